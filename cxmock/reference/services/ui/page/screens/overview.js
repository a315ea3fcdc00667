// All at one glance, as the page's server side gathers it from five back ends.

import { get } from "../api.js";
import { card, counted, el, figure, number } from "../dom.js";
import { problem } from "../problem.js";
import { campaignTable, newCampaign } from "./campaigns.js";
import { listTable } from "./lists.js";
import { importLink } from "./import.js";

const MOST = 1000; // of a list, in one answer
const many = (rows) => `${number(rows?.length ?? 0)}${rows?.length === MOST ? "+" : ""}`;
const sum = (rows, name) => (rows ?? []).reduce((total, row) => total + (row[name] ?? 0), 0);

export async function show(view) {
  const figures = el("dl", { class: "figures" });
  const missing = el("div");
  const [campaigns, lists] = [campaignTable(view), listTable(view)];
  const cards = {
    "campaign-groups": card("Campaigns", campaigns.element),
    "contact-lists": card("Contact lists", lists.element),
  };
  view.fill("Overview", [importLink(), newCampaign()], missing, figures,
    cards["campaign-groups"], cards["contact-lists"]);
  await view.watch(3, async () => {
    const all = await get("overview", { signal: view.signal });
    const running = (all["campaign-groups"] ?? []).filter((one) => one.status === "Running").length;
    const failed = (all.jobs ?? []).filter((one) => one.state === "failed").length;
    figures.replaceChildren(
      figure("Contacts", number(sum(all["contact-lists"], "contacts")), `in ${counted(all["contact-lists"]?.length ?? 0, "list")}`),
      figure("Never to contact", number(sum(all["suppression-lists"], "entries")), `on ${counted(all["suppression-lists"]?.length ?? 0, "list")}`),
      figure("Campaigns", many(all["campaign-groups"]), `${running} running`),
      figure("Jobs", many(all.jobs), `${failed} failed last`),
    );
    await Promise.all([["campaign-groups", campaigns], ["contact-lists", lists]].map(([what, table]) =>
      what in all.errors || table.look(view.signal)));
    const errors = Object.entries(all.errors);
    for (const [what, one] of Object.entries(cards)) one.hidden = what in all.errors;
    missing.replaceChildren(...errors.map(([what, message]) => problem({ message, detail: `So this is not shown: ${what}.` })));
  });
}
