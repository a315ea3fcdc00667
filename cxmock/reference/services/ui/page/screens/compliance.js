// The compliance rules, and the data that tell where a number is.

import { get, pageOf, path, post, put, remove } from "../api.js";
import { button, card, el, facts, moment, number, say } from "../dom.js";
import { ask, choice, field, input, sure } from "../form.js";
import { trying } from "../problem.js";
import { changing } from "../session.js";
import { Table } from "../table.js";

// Kind of rule -> what it is, and one to begin with.
const KINDS = {
  attempts: ["Attempts", { type: "attempts", limit: 3, seconds: 86400 }],
  times: ["Contact times", { type: "times", prefixes: ["1"], weekdays: [["09:00", "20:00"]] }],
  dates: ["Days off", { type: "dates", dates: ["2026-12-25"] }],
  location: ["Locations", { type: "location", prefixes: ["1305"] }],
  timezone: ["Time zones of one's own", { type: "timezone", timeZone: "America/Phoenix", prefixes: ["1928"] }],
  external: ["External validation", { type: "external", url: "http://127.0.0.1:9000/may-call" }],
};
const APART = new Set(["type", "required", "priority", "name"]);

function says(rule) {
  return Object.entries(rule).filter(([name]) => !APART.has(name))
    .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(" · ");
}

export async function show(view) {
  const about = el("div");
  const rules = new Table({
    caption: "Compliance rules",
    empty: "No rule yet: all that no suppression list has may be contacted at any time.",
    columns: [
      { title: "Name", value: (rule) => rule.name },
      { title: "Kind", value: (rule) => KINDS[rule.type]?.[0] ?? rule.type },
      { title: "Says", value: says, cell: (rule) => el("span", { class: "long" }, says(rule)) },
      { title: "Required", value: (rule) => (rule.required === false ? "no" : "yes") },
      { title: "Priority", value: (rule) => rule.priority ?? "", number: true },
      ...(changing(() => [{ title: "", value: () => "", cell: (rule) => el("span", { class: "acts" },
        button("Change", () => change(rule), { "aria-label": `Change ${rule.name}` }),
        button("Remove", () => end(rule), { class: "danger", "aria-label": `Remove ${rule.name}` })) }]) ?? []),
    ],
  });

  const change = (rule) => edit(rule).then(() => view.again());
  const end = (rule) => sure(`Remove ${rule.name}?`, "It holds no more at once, for running campaigns too.", "Remove it",
    () => remove(`compliance-rules/${path(rule.name)}`)).then(() => view.again());
  const fetchNow = changing(() => button("Fetch now", () => trying(view.trouble, async () => {
    const told = await post("compliance-data");
    say(told.changed ? "There were newer data." : "The data were the newest.");
    view.again();
  })));

  view.fill("Compliance", [changing(() => button("New rule", () => change(null), { class: "main" }))],
    card("Rules", rules.element), card("Compliance data", about, fetchNow));
  await view.watch(5, async () => {
    const [all, data] = await Promise.all([
      pageOf("compliance-rules", { limit: 1000 }, { signal: view.signal }), get("compliance-data", { signal: view.signal })]);
    rules.update(Object.entries(all.rows).map(([name, rule]) => ({ ...rule, name })));
    about.replaceChildren(facts([["Version", data.version], ["Fetched", moment(data.fetched)], ["Area codes", number(data.areaCodes)],
      ["Countries", number(data.countries)], ["Problem", data.problem]].filter(([, value]) => value)));
  });
}

// A rule is written as JSON: what each kind may be given is the API's to say.
function edit(rule) {
  const { name = "", ...written } = rule ?? {};
  const text = el("textarea", { name: "rule", rows: 9, spellcheck: "false", class: "code", required: true });
  const begin = (kind) => (text.value = JSON.stringify(KINDS[kind][1], null, 2));
  const kinds = field("Kind", choice("kind", Object.entries(KINDS).map(([kind, [title]]) => [kind, title]), "attempts", { change: (event) => begin(event.target.value) }));
  if (rule) text.value = JSON.stringify(written, null, 2);
  else begin("attempts");
  return ask({
    title: rule ? `Change ${name}` : "New rule",
    fields: [!rule && field("Name", input({ name: "name", required: true })), !rule && kinds,
      field("Rule", text, "JSON. It holds at once, for running campaigns too.")].filter(Boolean),
    done: rule ? "Change it" : "Set it",
    act: (said) => {
      let wanted;
      try {
        wanted = JSON.parse(said.rule);
      } catch (error) {
        throw Object.assign(new Error("This is not JSON."), { detail: error.message });
      }
      return put(`compliance-rules/${path(said.name ?? name)}`, wanted);
    },
  });
}
