// The jobs: files fetched from the customer's server, and results taken there.

import { path, post } from "../api.js";
import { button, card, el, moment, pill } from "../dom.js";
import { ask, choice, field, input, toggle } from "../form.js";
import { changing } from "../session.js";
import { Table } from "../table.js";

const ACTIONS = {
  "import-contacts": "Import contacts", "append-contacts": "Append contacts",
  "import-suppression": "Import suppressed devices", "append-suppression": "Append suppressed devices",
  "export-results": "Export results",
};

export const actionOf = (job) => ACTIONS[job.action] ?? job.action;

// When a job runs by itself.
export function scheduleOf({ schedule, enabled }) {
  if (!schedule) return "on demand";
  const when = schedule.at ? moment(schedule.at) : [schedule.cron, schedule.timeZone].filter(Boolean).join(", ");
  return enabled === false ? `${when} (disabled)` : when;
}

export async function show(view) {
  const table = new Table({
    caption: "Jobs",
    source: "jobs",
    changed: () => view.again(),
    empty: "No job yet.",
    columns: [
      { title: "Name", field: "name", value: (row) => row.name, cell: (row) => el("a", { href: `#/job/${path(row.name)}` }, row.name) },
      { title: "Does", field: "action", value: actionOf },
      { title: "Server", field: "protocol", value: (row) => (row.protocol ?? "").toUpperCase() },
      { title: "File", value: (row) => row.path },
      { title: "List", field: "list", value: (row) => row.list },
      { title: "Runs", value: scheduleOf },
      { title: "Last run", field: "state", value: (row) => row.state, cell: (row) => pill(row.state || "never") },
    ],
  });
  view.fill("Jobs", [changing(() => button("New job", () => define(), { class: "main" }))], card("", table.element));
  await view.watch(3, () => table.look(view.signal));
}

async function define() {
  const once = field("At", input({ name: "at", type: "datetime-local", required: true }), "UTC");
  const again = field("Cron expression", input({ name: "cron", required: true, placeholder: "0 8 * * mon-fri" }), "Minute, hour, day of the month, month, day of the week");
  const zone = field("Time zone", input({ name: "timeZone", placeholder: "Europe/Paris" }), "Left empty, the tenant's");
  const of = () => {
    toggle(once, kind.value === "once");
    for (const one of [again, zone]) toggle(one, kind.value === "again");
  };
  const kind = choice("kind", [["", "On demand"], ["once", "Once"], ["again", "Again and again"]], "", { change: of });
  of();
  const made = await ask({
    title: "New job",
    fields: [
      field("Name", input({ name: "name", required: true })),
      field("Does", choice("action", Object.entries(ACTIONS), "import-contacts")),
      field("Server", choice("protocol", [["sftp", "SFTP"], ["ftp", "FTP"]], "sftp")),
      field("File", input({ name: "path", required: true, placeholder: "/in/leads-*.csv" }), "On the server; a pattern stands for several"),
      field("List", input({ name: "list", required: true })),
      field("Runs", kind), once, again, zone,
    ],
    done: "Make it",
    act: ({ kind: runs, at, cron, timeZone, ...said }) => {
      const schedules = { once: { at: `${at}:00Z` }, again: { cron, ...(timeZone && { timeZone }) } };
      return post("jobs", runs in schedules ? { ...said, schedule: schedules[runs] } : said);
    },
  });
  if (made) location.hash = `#/job/${path(made.name)}`;
}
