// The suppression lists.

import { get, path } from "../api.js";
import { card, el, moment } from "../dom.js";
import { Table } from "../table.js";
import { importLink } from "./import.js";

export const CHANNELS = { "": "Every channel", voice: "Voice", sms: "SMS", email: "E-mail" };

export async function show(view) {
  const table = new Table({
    caption: "Suppression lists",
    empty: "No suppression list yet.",
    columns: [
      { title: "Name", value: (row) => row.name, cell: (row) => el("a", { href: `#/suppressed/${path(row.name)}` }, row.name) },
      { title: "Entries are", value: (row) => (row.type === "ClientID" ? "Client ids" : "Devices") },
      { title: "Entries", value: (row) => row.entries, number: true },
      { title: "Channel", value: (row) => CHANNELS[row.channel] ?? row.channel },
      { title: "Required", value: (row) => (row.required ? "yes" : "no") },
      { title: "Until", value: (row) => row.expires ?? Infinity, cell: (row) => (row.expires ? moment(row.expires) : "for ever") },
    ],
  });
  view.fill("Suppression lists", [importLink("suppression")], card("", table.element));
  await view.watch(5, async () => table.update(await get("suppression-lists", { signal: view.signal })));
}
