// The suppression lists.

import { path } from "../api.js";
import { card, el, moment } from "../dom.js";
import { Table } from "../table.js";
import { importLink } from "./import.js";

export const CHANNELS = { "": "Every channel", voice: "Voice", sms: "SMS", email: "E-mail" };

export async function show(view) {
  const table = new Table({
    caption: "Suppression lists",
    source: "suppression-lists",
    changed: () => view.again(),
    empty: "No suppression list yet.",
    columns: [
      { title: "Name", field: "name", value: (row) => row.name, cell: (row) => el("a", { href: `#/suppressed/${path(row.name)}` }, row.name) },
      { title: "Entries are", field: "type", value: (row) => (row.type === "ClientID" ? "Client ids" : "Devices") },
      { title: "Entries", field: "entries", value: (row) => row.entries, number: true },
      { title: "Channel", field: "channel", value: (row) => CHANNELS[row.channel] ?? row.channel },
      { title: "Required", field: "required", value: (row) => (row.required ? "yes" : "no") },
      { title: "Until", value: (row) => row.expires ?? Infinity, cell: (row) => (row.expires ? moment(row.expires) : "for ever") },
    ],
  });
  view.fill("Suppression lists", [importLink("suppression")], card("", table.element));
  await view.watch(5, () => table.look(view.signal));
}
