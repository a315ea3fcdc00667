// The contact lists.

import { path } from "../api.js";
import { card, el, moment, pill } from "../dom.js";
import { mayOnlyRead } from "../session.js";
import { Table } from "../table.js";
import { importLink } from "./import.js";

export function listTable(view) {
  return new Table({
    caption: "Contact lists",
    source: "contact-lists",
    changed: () => view.again(),
    empty: `No contact list yet.${mayOnlyRead() ? "" : " Import a file to have one."}`,
    columns: [
      { title: "Name", field: "name", value: (row) => row.name, cell: (row) => el("a", { href: `#/list/${path(row.name)}` }, row.name) },
      { title: "Contacts", field: "contacts", value: (row) => row.contacts, number: true },
      { title: "Devices", field: "devices", value: (row) => row.devices, number: true },
      { title: "Rejected", field: "rejected", value: (row) => row.rejected, number: true },
      { title: "Last file", value: (row) => row.file },
      { title: "Made", field: "created", value: (row) => row.created, cell: (row) => moment(row.created) },
      { title: "Last import", field: "status", value: (row) => row.status, cell: (row) => (row.status ? pill(row.status) : "") },
    ],
  });
}

export async function show(view) {
  const table = listTable(view);
  view.fill("Contact lists", [importLink()], card("", table.element));
  await view.watch(5, () => table.look(view.signal));
}
