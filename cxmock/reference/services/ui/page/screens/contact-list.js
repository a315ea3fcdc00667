// One contact list: how large it is, what was rejected, its results.

import { download, get, path, post } from "../api.js";
import { button, card, el, facts, figure, moment, number, pill, say } from "../dom.js";
import { trying } from "../problem.js";
import { changing } from "../session.js";
import { newCampaign } from "./campaigns.js";
import { rejectsTable } from "./import.js";

export async function show(view, name) {
  const figures = el("dl", { class: "figures" });
  const about = el("div");
  const rejects = rejectsTable();
  const where = `contact-lists/${path(name)}`;
  const exporting = changing(() => button("Export results", () => trying(view.trouble, async () => {
    const told = await post(`${where}/export`, { file: `export/${name}.csv` });
    say(`${number(told.records)} records exported.`);
    await download(told.file);
  })));
  const appending = changing(() => el("a", { class: "button", href: `#/import/contacts/${path(name)}` }, "Append a file"));
  view.fill(name, [exporting, appending, newCampaign(name)],
    figures, card("", about), card("Rejected in its files", rejects.element));
  await view.watch(5, async () => {
    const [one, rejected] = await Promise.all([
      get(where, { signal: view.signal }), get(`${where}/rejects`, { signal: view.signal })]);
    figures.replaceChildren(figure("Contacts", number(one.contacts)), figure("Devices", number(one.devices)), figure("Rejected", number(one.rejected), "of the last file"));
    about.replaceChildren(facts([
      ["Last file", one.file], ["Last import", one.status && pill(one.status)], ["Made", moment(one.created)],
      ["Table", one.table], ["Calling list", one.dbid && `DBID ${one.dbid}`]]));
    rejects.update(rejected.map((row) => ({ line: row.line, reason: row.reason, text: row.content, file: row.file })));
  });
}
