// All at one glance, as the page's server side gathers it from five back ends.

import { get } from "../api.js";
import { card, counted, el, figure, number } from "../dom.js";
import { problem } from "../problem.js";
import { campaignTable, newCampaign } from "./campaigns.js";
import { listTable } from "./lists.js";
import { importLink } from "./import.js";

const sum = (rows, name) => (rows ?? []).reduce((total, row) => total + (row[name] ?? 0), 0);

export async function show(view) {
  const figures = el("dl", { class: "figures" });
  const missing = el("div");
  const [campaigns, lists] = [campaignTable(), listTable()];
  view.fill("Overview", [importLink(), newCampaign()], missing, figures,
    card("Campaigns", campaigns.element), card("Contact lists", lists.element));
  await view.watch(3, async () => {
    const all = await get("overview", { signal: view.signal });
    const running = (all["campaign-groups"] ?? []).filter((one) => one.status === "Running").length;
    const failed = (all.jobs ?? []).filter((one) => one.state === "failed").length;
    figures.replaceChildren(
      figure("Contacts", number(sum(all["contact-lists"], "contacts")), `in ${counted(all["contact-lists"]?.length ?? 0, "list")}`),
      figure("Never to contact", number(sum(all["suppression-lists"], "entries")), `on ${counted(all["suppression-lists"]?.length ?? 0, "list")}`),
      figure("Campaigns", number(all["campaign-groups"]?.length ?? 0), `${running} running`),
      figure("Jobs", number(all.jobs?.length ?? 0), `${failed} failed last`),
    );
    const errors = Object.entries(all.errors);
    missing.replaceChildren(...errors.map(([what, message]) => problem({ message, detail: `So this is not shown: ${what}.` })));
    campaigns.update(all["campaign-groups"]);
    lists.update(all["contact-lists"]);
  });
}
