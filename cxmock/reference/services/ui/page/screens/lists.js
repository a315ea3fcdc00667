// The contact lists.

import { get, path } from "../api.js";
import { card, el, moment, pill } from "../dom.js";
import { Table } from "../table.js";
import { importLink } from "./import.js";

export function listTable(tools = []) {
  return new Table({
    caption: "Contact lists",
    empty: "No contact list yet. Import a file to have one.",
    tools,
    columns: [
      { title: "Name", value: (row) => row.name, cell: (row) => el("a", { href: `#/list/${path(row.name)}` }, row.name) },
      { title: "Contacts", value: (row) => row.contacts, number: true },
      { title: "Devices", value: (row) => row.devices, number: true },
      { title: "Rejected", value: (row) => row.rejected, number: true },
      { title: "Last file", value: (row) => row.file },
      { title: "Made", value: (row) => row.created, cell: (row) => moment(row.created) },
      { title: "Last import", value: (row) => row.status, cell: (row) => (row.status ? pill(row.status) : "") },
    ],
  });
}

export async function show(view) {
  const table = listTable();
  view.fill("Contact lists", [importLink()], card("", table.element));
  await view.watch(5, async () => table.update(await get("contact-lists", { signal: view.signal })));
}
