// One job and its runs.

import { get, path, post, remove } from "../api.js";
import { button, card, el, facts, moment, number, pill } from "../dom.js";
import { sure } from "../form.js";
import { trying } from "../problem.js";
import { changing } from "../session.js";
import { Table } from "../table.js";
import { actionOf, scheduleOf } from "./jobs.js";

// What came of a run: what was counted, or why it failed, and when it is tried again.
function cameOf({ counts, reason, nextAttempt, attempts }) {
  const again = nextAttempt && `tried again ${moment(nextAttempt)}`;
  const tries = attempts?.length > 1 && `${attempts.length} attempts failed`;
  const counted = Object.entries(counts ?? {}).map(([name, value]) => `${name} ${number(value)}`).join(", ");
  return [reason || counted, tries, again].filter(Boolean).join(" · ");
}

export async function show(view, name) {
  const where = `jobs/${path(name)}`;
  const about = el("div");
  const table = new Table({
    caption: "Runs",
    empty: "It has not run yet.",
    key: (run) => run.number || run.started,
    columns: [
      { title: "Run", value: (run) => run.number, number: true },
      { title: "Began", value: (run) => run.started, cell: (run) => moment(run.started) },
      { title: "Ended", value: (run) => run.ended, cell: (run) => moment(run.ended) },
      { title: "Went", value: (run) => run.state, cell: (run) => pill(run.state) },
      { title: "Files", value: (run) => run.files.join(", ") },
      { title: "What came of it", value: cameOf, cell: (run) => el("span", { class: "long" }, cameOf(run) || "–") },
    ],
  });
  table.down = true;
  const run = changing(() => button("Run now", () => trying(view.trouble, async () => {
    await post(`${where}/run`, { wait: false });
    view.again();
  }), { class: "main" }));
  const end = changing(() => button("Remove", async () => {
    if (await sure(`Remove ${name}?`, "Its history goes with it.", "Remove it", () => remove(where))) location.hash = "#/jobs";
  }, { class: "danger" }));
  view.fill(name, [run, end], card("", about), card("Runs", table.element));
  await view.watch(2, async () => {
    const job = await get(where, { signal: view.signal });
    about.replaceChildren(facts([["Does", actionOf(job)], ["Server", (job.protocol ?? "").toUpperCase()], ["File", job.path],
      ["List", job.list], ["Runs", scheduleOf(job)], ["Then starts", job.campaignGroup], ["Retries", number(job.retries)], ["Last run", pill(job.state || "never")]]));
    table.update(job.history);
  });
}
