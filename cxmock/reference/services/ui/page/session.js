// Who is signed in. When a session ends, the door opens over the page: what was typed below it stays.

import { call, get, onSessionEnd } from "./api.js";
import { el, say } from "./dom.js";
import { trying } from "./problem.js";

const door = document.getElementById("door");
const form = door.querySelector("form");
const channel = new BroadcastChannel("cxcontact-session");

let person = null;
let changed = () => {};
let waiting = null;
let enter = () => {};

// Tells `handler` who is signed in whenever that changes; null for nobody.
export function onPerson(handler) {
  changed = handler;
}

export const mayOnlyRead = () => Boolean(person?.read_only);

// Makes what changes something, for who may; whatever the page offers, CX Contact refuses the rest.
export const changing = (make) => (mayOnlyRead() ? null : make());

export async function begin() {
  take(await get("session"));
}

export async function signOut() {
  await call("POST", "logout", {}, { again: false }).catch(() => {});
  channel.postMessage("out");
  left();
}

function take(session) {
  const other = person?.username !== session.username || person.read_only !== session.read_only;
  person = session;
  if (other) changed(person);
}

function left() {
  person = null;
  changed(null);
  begin().catch(() => location.reload());
}

// Opens the door, once for all calls that wait; true when somebody came in.
onSessionEnd(() => {
  waiting ??= new Promise((resolve) => {
    document.getElementById("door-why").textContent = person ? "Your session has ended. What you typed is still there." : "";
    door.classList.toggle("closed", !person);
    door.showModal();
    form.elements[form.elements.username.value ? "password" : "username"].focus();
    enter = (session) => {
      waiting = null;
      form.elements.password.value = "";
      door.close();
      take(session);
      resolve(true);
    };
  });
  return waiting;
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const send = form.querySelector("button");
  if (send.disabled) return;
  send.disabled = true;
  const said = Object.fromEntries(new FormData(form));
  const session = await trying(document.getElementById("door-problem"), () => call("POST", "login", said, { again: false }));
  send.disabled = false;
  if (!session) return form.elements.password.select();
  channel.postMessage("in");
  say(`Signed in as ${session.username}.`);
  enter(session);
});

door.addEventListener("cancel", (event) => event.preventDefault());
door.addEventListener("close", () => waiting && door.showModal());

// Other tabs share the cookie: who signs in or out there does so here.
channel.addEventListener("message", async ({ data }) => {
  if (data === "out" && person) return left();
  if (data !== "in" || !waiting) return;
  const session = await call("GET", "session", undefined, { again: false }).catch(() => null);
  if (session && waiting) enter(session);
});

export function whoIs(session) {
  return el("span", { title: session.privileges.join(", ") }, session.username, el("small", {}, session.tenant));
}
