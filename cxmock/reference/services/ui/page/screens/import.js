// Imports a file: up to the share in chunks, then into a contact list or a suppression list.

import { download, get, path, post, upload } from "../api.js";
import { button, bytes, card, counted, el, figure, number, say } from "../dom.js";
import { check, choice, field, input, spoken } from "../form.js";
import { problem } from "../problem.js";
import { changing, mayOnlyRead } from "../session.js";
import { Table } from "../table.js";

const KINDS = { contacts: "contact-lists", suppression: "suppression-lists" };
const MODES = [["", "Refuse the file"], ["append", "Append to it"], ["update", "Update its contacts"], ["replace", "Replace it"]];
const ENCODINGS = [["", "Found out by itself"], ["UTF-8", "UTF-8"], ["ISO-8859-1", "ISO-8859-1"], ["windows-1252", "Windows-1252"]];

export const importLink = (kind = "contacts") =>
  changing(() => el("a", { class: "button main", href: `#/import/${kind}` }, "Import a file"));

export function rejectsTable() {
  return new Table({
    caption: "Rejected rows",
    empty: "No row was rejected.",
    key: (row) => `${row.file ?? ""} ${row.line} ${row.reason}`,
    columns: [
      { title: "Line", value: (row) => row.line, number: true },
      { title: "Reason", value: (row) => row.reason, cell: (row) => el("span", { class: "long" }, row.reason) },
      { title: "Row", value: (row) => row.text, cell: (row) => el("code", { class: "long" }, row.text) },
    ],
  });
}

export async function show(view, kind = "contacts", list = "") {
  const contacts = kind !== "suppression";
  const title = contacts ? "Import contacts" : "Import suppressed devices";
  if (mayOnlyRead()) return void view.fill(title, []);
  const file = el("input", { type: "file", name: "file", accept: ".csv,.txt,text/csv,text/plain", required: true });
  const name = input({ name: "name", required: true, maxlength: 64, value: list, readonly: Boolean(list) });
  const drop = field("File", file, "CSV with a heading row: FirstName, LastName, ClientID, Device1, …");
  if (!contacts) drop.querySelector("small").textContent = "CSV with a heading row: Device, or ClientID.";
  const send = el("button", { type: "submit", class: "main" }, "Import");
  const form = el("form", { class: "card grid" }, drop, field("List", name),
    ...(contacts ? [
      field("Country", input({ name: "country", placeholder: "US", maxlength: 2 }), "Of numbers that do not say it: ISO 3166"),
      field("Time zone", input({ name: "timeZone", placeholder: "America/New_York" }), "Of contacts for whom nothing tells one"),
      field("Encoding", choice("encoding", ENCODINGS, "")),
      field("If there is such a list", choice("mode", MODES, list ? "append" : "")),
    ] : [
      field("Entries are", choice("type", [["Device", "Devices"], ["ClientID", "Client ids"]], "Device")),
      field("Channel", choice("channel", [["", "Every channel"], ["voice", "Voice"], ["sms", "SMS"], ["email", "E-mail"]], "")),
      field("Country", input({ name: "country", placeholder: "US", maxlength: 2 }), "Of numbers that do not say it: ISO 3166"),
      check("Required: every campaign has it", "required"),
    ]),
    el("div", { class: "acts" }, send));
  const went = el("div", { "aria-live": "polite" });
  const other = contacts ? ["suppression", "Import suppressed devices instead"] : ["contacts", "Import contacts instead"];
  view.fill(title, [!list && el("a", { href: `#/import/${other[0]}` }, other[1])], form, went);

  file.addEventListener("change", () => {
    if (file.files[0] && !name.value) name.value = file.files[0].name.replace(/\.[^.]*$/, "");
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    file.dispatchEvent(new Event("change"));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const cut = new AbortController();
    view.signal.addEventListener("abort", () => cut.abort());
    send.disabled = true;
    try {
      const told = await bring(file.files[0], KINDS[contacts ? "contacts" : "suppression"], spoken(form), went, cut);
      went.replaceChildren(result(told, contacts));
      say(`Imported ${number(told.contacts ?? told.entries)}, rejected ${number(told.rejected)}.`);
      if (!list) form.reset();
    } catch (error) {
      went.replaceChildren(problem(error));
    }
    send.disabled = false;
  });
}

async function bring(file, target, said, place, cut) {
  const bar = el("progress", { max: Math.max(1, file.size), value: 0, "aria-label": "Upload" });
  const text = el("span");
  const stop = button("Cancel", () => cut.abort(), { class: "quiet" });
  place.replaceChildren(card("", el("div", { class: "under-way" }, text, bar, stop)));
  const progress = (there) => {
    bar.value = there;
    text.textContent = `Uploading ${file.name}: ${bytes(there)} of ${bytes(file.size)}`;
  };
  progress(0);
  const there = await upload(file, file.name, { progress, signal: cut.signal });
  text.textContent = `Importing ${file.name} …`;
  bar.removeAttribute("value");
  bar.setAttribute("aria-label", "Import");
  stop.remove(); // what is being imported is all or nothing
  const far = setInterval(() => farOf(target, said.name).then((lines) => lines && (text.textContent = `Importing ${file.name}: ${counted(lines, "line")} so far`), () => {}), 1000);
  return post(target, { ...said, file: there }).finally(() => clearInterval(far));
}

// How many lines of the file that is being imported are behind.
async function farOf(target, name) {
  if (target !== KINDS.contacts) return 0;
  const [latest] = await get(`${target}/${path(name)}/imports`);
  return latest?.status === "running" ? latest.lines : 0;
}

function result(told, contacts) {
  const rejects = rejectsTable();
  rejects.update(told.rejects);
  const more = told.rejectsFile && button("Download all rejects", (event) =>
    download(told.rejectsFile).catch((error) => event.target.after(problem(error))));
  const where = contacts ? `#/list/${path(told.name)}` : `#/suppressed/${path(told.name)}`;
  return el("div", {},
    el("div", { class: "notice", role: "status" }, el("strong", {}, `${told.name} is imported.`), " ", el("a", { href: where }, "Look at the list")),
    el("dl", { class: "figures" },
      contacts ? figure("Contacts", number(told.contacts)) : figure("Entries", number(told.entries), `the list has ${number(told.size)}`),
      contacts && figure("Devices", number(told.devices), `${number(told.leftOutDevices)} left out`),
      figure("Rejected", number(told.rejected), contacts ? `${number(told.duplicates)} duplicates` : ""),
      contacts && figure("Lines", number(told.lines), told.encoding)),
    told.warning && problem({ message: told.warning }),
    card("Rejected rows and devices", el("p", { class: "soft" }, `The first ${told.rejects.length}. `, more), rejects.element));
}
