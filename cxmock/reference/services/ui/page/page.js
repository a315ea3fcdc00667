// The page talks to its own origin only; its server side asks the back ends.
"use strict";

const at = (id) => document.getElementById(id);

const COLUMNS = {
  "contact-lists": [["name", "Name"], ["contacts", "Contacts"], ["devices", "Devices"], ["rejected", "Rejected"], ["file", "File"]],
  "campaign-groups": [["name", "Campaign group"], ["media", "Media"], ["contactList", "Contact list"], ["status", "Status"]],
  "suppression-lists": [["name", "Name"], ["type", "Of"], ["entries", "Entries"], ["channel", "Channel"]],
  "jobs": [["name", "Name"], ["action", "Action"], ["state", "Last run"]],
};
const STATES = { Running: "good", Active: "good", done: "good", failed: "bad" };

async function call(method, path, data) {
  const body = data && JSON.stringify(data);
  const answer = await fetch(`api/${path}`, { method, body, headers: { "Content-Type": "application/json" } });
  const reply = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(reply.status?.message ?? answer.statusText), { status: answer.status });
  return reply.data;
}

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text ?? "";
  if (kind) made.className = kind;
  return made;
}

function cell(key, value) {
  const made = element("td", "", typeof value === "number" ? "number" : "");
  if (key === "status" || key === "state") made.append(element("span", value || "never", `state ${STATES[value] ?? ""}`));
  else made.textContent = value === "" || value == null ? "–" : value.toLocaleString("en");
  return made;
}

function show(kind, rows) {
  if (!rows?.length) return at(kind).replaceChildren(element("p", "Nothing yet.", "nothing"));
  const table = element("table");
  const head = table.createTHead().insertRow();
  for (const [key, title] of COLUMNS[kind]) head.append(element("th", title, typeof rows[0][key] === "number" ? "number" : ""));
  const body = table.createTBody();
  for (const row of rows) body.insertRow().append(...COLUMNS[kind].map(([key]) => cell(key, row[key])));
  at(kind).replaceChildren(table);
}

function open(house) {
  at("house").hidden = !house;
  at("who").hidden = !house;
  at("door").hidden = house;
}

async function refresh() {
  try {
    const all = await call("GET", "overview");
    for (const kind of Object.keys(COLUMNS)) show(kind, all[kind]);
    at("user").textContent = all.session ? `${all.session.username} · ${all.session.tenant}` : "";
    at("errors").textContent = Object.values(all.errors).join(" ");
    open(true);
  } catch (problem) {
    if (problem.status === 401) return open(false);
    at("errors").textContent = problem.message;
  }
}

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("refused").textContent = "";
  try {
    await call("POST", "login", Object.fromEntries(new FormData(event.target)));
    event.target.reset();
    await refresh();
  } catch (problem) {
    at("refused").textContent = problem.message;
  }
});

at("leave").addEventListener("click", async () => {
  await call("POST", "logout").catch(() => {});
  open(false);
});

refresh();
setInterval(() => at("house").hidden || refresh(), 3000);
