// Begins: finds out who is signed in, and shows the screen that the address names.

import { el } from "./dom.js";
import { problem } from "./problem.js";
import { begin, mayOnlyRead, onPerson, signOut, whoIs } from "./session.js";
import * as campaigns from "./screens/campaigns.js";
import * as campaign from "./screens/campaign.js";
import * as compliance from "./screens/compliance.js";
import * as contactList from "./screens/contact-list.js";
import * as importing from "./screens/import.js";
import * as job from "./screens/job.js";
import * as jobs from "./screens/jobs.js";
import * as lists from "./screens/lists.js";
import * as overview from "./screens/overview.js";
import * as suppression from "./screens/suppression.js";
import * as suppressionList from "./screens/suppression-list.js";

// Address -> screen; those with a title in the second place stand in the navigation. A screen is a module with
// show(view, ...names): it fills view.root, names being what stands behind the address.
const SCREENS = {
  "": [overview, "Overview"],
  lists: [lists, "Contact lists"],
  list: [contactList, "", "lists"],
  suppression: [suppression, "Suppression"],
  suppressed: [suppressionList, "", "suppression"],
  campaigns: [campaigns, "Campaigns"],
  campaign: [campaign, "", "campaigns"],
  jobs: [jobs, "Jobs"],
  job: [job, "", "jobs"],
  compliance: [compliance, "Compliance"],
  import: [importing, "", "lists"],
};

const main = document.getElementById("main");
let leave = new AbortController();
let inside = false; // somebody is signed in

// What a screen has: where it is shown, and what ends when it is left.
class View {
  constructor(root, signal) {
    Object.assign(this, { root, signal, again: () => {} });
  }

  // Fills the screen: its heading, what can be done, and the rest. Returns the place where problems are told.
  fill(title, acts, ...children) {
    document.title = `${title} · CX Contact in miniature`;
    this.trouble = el("div");
    this.rest = el("div", { class: "screen" }, children);
    this.root.replaceChildren(
      el("div", { class: "head" }, el("h1", {}, title), el("div", { class: "acts" }, acts)),
      ...(mayOnlyRead() ? [el("p", { class: "note" }, "You may only read: what would change something is not offered.")] : []),
      this.trouble, this.rest);
    return this.trouble;
  }

  // Runs `look` now and every so many seconds for as long as the screen is shown and somebody can see it.
  async watch(seconds, look) {
    let troubled = false;
    let loaded = false;
    let stale = false;
    let wake = () => {};
    // Has `look` run again at once: something changed, or something else is wanted.
    this.again = () => {
      stale = true;
      wake();
    };
    while (!this.signal.aborted) {
      stale = false;
      if (!document.hidden) {
        try {
          await look();
          if (troubled) this.trouble.replaceChildren();
          this.rest.hidden = troubled = false;
          loaded = true;
        } catch (error) {
          if (!troubled && !this.signal.aborted) this.trouble.replaceChildren(problem(error));
          troubled = true;
          this.rest.hidden = !loaded; // better nothing than what looks empty
        }
      }
      if (stale) continue;
      await new Promise((go) => {
        const timer = setTimeout(go, (seconds + (troubled ? 3 : 0)) * 1000);
        wake = () => (clearTimeout(timer), go());
      });
    }
  }
}

function show() {
  leave.abort();
  if (!inside) return;
  leave = new AbortController();
  const [, place = "", ...names] = location.hash.split("/").map(decoded);
  const [screen, , within] = SCREENS[place] ?? SCREENS[""];
  const root = el("div", { class: "screen" });
  main.replaceChildren(root);
  for (const link of document.querySelectorAll("#screens a")) {
    const here = link.dataset.place === (within ?? place);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (here) link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  const view = new View(root, leave.signal);
  Promise.resolve(screen.show(view, ...names)).catch((error) => !view.signal.aborted && root.append(problem(error)));
}

function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

document.getElementById("screens").append(...Object.entries(SCREENS).filter(([, [, title]]) => title).map(([place, [, title]]) =>
  el("li", {}, el("a", { href: `#/${place}`, "data-place": place }, title))));
document.getElementById("leave").addEventListener("click", signOut);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

onPerson((person) => {
  inside = Boolean(person);
  document.getElementById("leave").hidden = !person;
  document.getElementById("who").replaceChildren(...(person ? [whoIs(person)] : []));
  main.replaceChildren();
  show();
});
addEventListener("hashchange", () => {
  show();
  main.focus();
});

begin().catch((error) => main.replaceChildren(problem(error)));
