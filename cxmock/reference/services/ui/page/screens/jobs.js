// The jobs: files fetched from the customer's server, and results taken there.

import { path, post } from "../api.js";
import { button, card, el, moment, pill } from "../dom.js";
import { ask, choice, field, input } from "../form.js";
import { Table } from "../table.js";

const ACTIONS = {
  "import-contacts": "Import contacts", "append-contacts": "Append contacts",
  "import-suppression": "Import suppressed devices", "export-results": "Export results",
};

export const actionOf = (job) => ACTIONS[job.action] ?? job.action;

// When a job runs by itself; there may be more kinds of schedules than this page knows.
export function scheduleOf({ schedule }) {
  if (!schedule) return "on demand";
  return schedule.at ? moment(schedule.at) : Object.values(schedule).join(" ");
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
  view.fill("Jobs", [button("New job", () => define(), { class: "main" })], card("", table.element));
  await view.watch(3, () => table.look(view.signal));
}

async function define() {
  const made = await ask({
    title: "New job",
    fields: [
      field("Name", input({ name: "name", required: true })),
      field("Does", choice("action", Object.entries(ACTIONS), "import-contacts")),
      field("Server", choice("protocol", [["sftp", "SFTP"], ["ftp", "FTP"]], "sftp")),
      field("File", input({ name: "path", required: true, placeholder: "/in/leads-*.csv" }), "On the server; a pattern stands for several"),
      field("List", input({ name: "list", required: true })),
      field("Once, at", input({ name: "at", type: "datetime-local" }), "UTC; left empty, it runs on demand"),
    ],
    done: "Make it",
    act: ({ at, ...said }) => post("jobs", at ? { ...said, schedule: { at: `${at}:00Z` } } : said),
  });
  if (made) location.hash = `#/job/${path(made.name)}`;
}
