// One suppression list: what it holds for, and its single entries.

import { get, path, post, put, remove } from "../api.js";
import { button, card, counted, el, facts, moment, say } from "../dom.js";
import { ask, check, choice, field, input, spoken, sure } from "../form.js";
import { trying } from "../problem.js";
import { changing } from "../session.js";
import { CHANNELS } from "./suppression.js";

export async function show(view, name) {
  const where = `suppression-lists/${path(name)}`;
  const about = el("div");
  const found = el("div", { "aria-live": "polite" });
  let now = {};

  const change = changing(() => button("Change", () => ask({
    title: `Change ${name}`,
    fields: [
      field("Channel", choice("channel", Object.entries(CHANNELS), now.channel)),
      check("Required: every campaign has it", "required", now.required),
    ],
    done: "Change it",
    act: (said) => put(where, { channel: "", ...said }),
  }).then(() => view.again())));
  const end = changing(() => button("Remove", async () => {
    if (await sure(`Remove ${name}?`, "Who is on it may be contacted again at once.", "Remove it", () => remove(where))) location.hash = "#/suppression";
  }, { class: "danger" }));

  const form = el("form", { class: "row" }, field("Device or client id", input({ name: "entry", required: true })),
    el("button", { type: "submit", value: "look" }, "Look up"), changing(() => el("button", { type: "submit", value: "add", class: "main" }, "Suppress")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { entry } = spoken(form);
    const one = `${where}/entries/${path(entry)}`;
    trying(found, async () => {
      if (event.submitter?.value === "add") {
        await post(`${where}/entries`, { entries: [entry] });
        say(`${entry} is suppressed.`);
        view.again();
      }
      const told = await get(one);
      const off = changing(() => button("Take it off", () => trying(found, async () => {
        await remove(one);
        found.replaceChildren(el("p", {}, `${told.entry} is on the list no more.`));
        view.again();
      })));
      found.replaceChildren(el("p", { class: "row" }, `${told.entry} is on the list, ${told.expires ? `until ${moment(told.expires)}` : "for ever"}. `, off));
    });
  });

  view.fill(name, [change, end], card("", about), card("One entry", form, found));
  await view.watch(5, async () => {
    now = await get(where, { signal: view.signal });
    about.replaceChildren(facts([["Entries", counted(now.entries, now.type === "ClientID" ? "client id" : "device")], ["Channel", CHANNELS[now.channel] ?? now.channel], ["Required", now.required ? "yes" : "no"],
      ["Until", now.expires ? moment(now.expires) : "for ever"], ["Made", moment(now.created)]]));
  });
}
