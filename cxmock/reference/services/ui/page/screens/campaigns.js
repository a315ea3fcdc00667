// The campaigns, and how one is made.

import { pageOf, path, post, vocabulary } from "../api.js";
import { button, card, el, pill } from "../dom.js";
import { ask, choice, field, input, toggle } from "../form.js";
import { problem } from "../problem.js";
import { changing, mayOnlyRead } from "../session.js";
import { Table } from "../table.js";

export const MEDIA = { voice: "Voice", sms: "SMS", email: "E-mail" };

export function campaignTable(view) {
  return new Table({
    caption: "Campaigns",
    source: "campaign-groups",
    changed: () => view.again(),
    empty: `No campaign yet.${mayOnlyRead() ? "" : " Make one on a contact list."}`,
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

export const newCampaign = (list = "") => changing(() => definer(list));

function definer(list) {
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
  const [words, lists, templates] = await Promise.all([
    vocabulary(), pageOf("contact-lists", { limit: 1000 }), pageOf("campaign-templates", { limit: 1000 })]);
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
  // What a template says is not said again.
  const of = () => {
    const [own, voiced] = [!template.value, media.value === "voice"];
    toggle(means, own);
    for (const one of voice) toggle(one, own && voiced);
    for (const one of texts) toggle(one, own && !voiced);
    toggle(subject, own && media.value === "email");
  };
  const named = templates.rows.map(({ name }) => [name, name]);
  const template = choice("template", [["", "None: as said below"], ...named], "", { change: of });
  const media = choice("media", Object.entries(MEDIA), "voice", { change: of });
  const means = field("Media", media);
  const pattern = field("Campaign template", template);
  toggle(pattern, named.length > 0);
  of();
  const made = await ask({
    title: "New campaign",
    fields: [
      field("Name", input({ name: "name", required: true })),
      field("Contact list", choice("contactList", lists.rows.map((one) => [one.name, one.name]), list)),
      field("Agent group", input({ name: "group", required: true, value: "Outbound agents" }), "As Configuration has it"),
      pattern, means, ...voice, subject, ...texts,
    ],
    done: "Make it",
    act: (said) => post("campaign-groups", said),
  });
  if (made) location.hash = `#/campaign/${path(made.name)}`;
}
