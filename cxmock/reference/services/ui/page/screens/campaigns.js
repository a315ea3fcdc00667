// The campaigns, and how one is made.

import { pageOf, path, post, vocabulary } from "../api.js";
import { button, card, el, pill } from "../dom.js";
import { ask, choice, field, input } from "../form.js";
import { problem } from "../problem.js";
import { Table } from "../table.js";

export const MEDIA = { voice: "Voice", sms: "SMS", email: "E-mail" };

export function campaignTable(view) {
  return new Table({
    caption: "Campaigns",
    source: "campaign-groups",
    changed: () => view.again(),
    empty: "No campaign yet. Make one on a contact list.",
    columns: [
      { title: "Campaign", field: "name", value: (row) => row.name, cell: (row) => el("a", { href: `#/campaign/${path(row.name)}` }, row.name) },
      { title: "Media", field: "media", value: (row) => MEDIA[row.media] ?? row.media },
      { title: "Contact list", field: "contactList", value: (row) => row.contactList, cell: (row) => (row.contactList ? el("a", { href: `#/list/${path(row.contactList)}` }, row.contactList) : "") },
      { title: "Status", field: "status", value: (row) => row.status, cell: (row) => pill(row.status || "unknown") },
    ],
  });
}

export async function show(view) {
  const table = campaignTable(view);
  view.fill("Campaigns", [newCampaign()], card("", table.element));
  await view.watch(3, () => table.look(view.signal));
}

export function newCampaign(list = "") {
  const made = button("New campaign", async () => {
    try {
      await define(list);
    } catch (error) {
      made.closest(".screen").prepend(problem(error));
    }
  });
  return made;
}

async function define(list) {
  const [words, lists] = await Promise.all([vocabulary(), pageOf("contact-lists", { limit: 1000 })]);
  const voice = [
    field("Dialing mode", choice("dialMode", Object.entries(words.dialModes), "1")),
    field("Optimize by", choice("optimizeBy", Object.entries(words.aims).map(([aim, { name }]) => [aim, name]), "1")),
    field("Goal", input({ name: "optimizeGoal", type: "number", min: 0, max: 1000 }), "Per cent or seconds; left empty, the usual one"),
  ];
  const message = el("textarea", { name: "message", rows: 3 });
  const texts = [
    field("Message", message, "Such as: Hello {FirstName}"),
    field("From", input({ name: "sender" }), "Left empty, the tenant's own"),
  ];
  const subject = field("Subject", input({ name: "subject" }));
  const of = (media) => {
    for (const one of voice) toggle(one, media === "voice");
    for (const one of texts) toggle(one, media !== "voice");
    toggle(subject, media === "email");
  };
  const media = choice("media", Object.entries(MEDIA), "voice", { change: (event) => of(event.target.value) });
  of("voice");
  const made = await ask({
    title: "New campaign",
    fields: [
      field("Name", input({ name: "name", required: true })),
      field("Contact list", choice("contactList", lists.rows.map((one) => [one.name, one.name]), list)),
      field("Agent group", input({ name: "group", required: true, value: "Outbound agents" }), "As Configuration has it"),
      field("Media", media), ...voice, subject, ...texts,
    ],
    done: "Make it",
    act: (said) => post("campaign-groups", said),
  });
  if (made) location.hash = `#/campaign/${path(made.name)}`;
}

function toggle(shown, wanted) {
  shown.hidden = !wanted;
  shown.querySelector("input, select, textarea").disabled = !wanted;
}
