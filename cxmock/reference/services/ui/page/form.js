// Forms and dialogs: every field has its label, and what the API says about it stands below.

import { button, el } from "./dom.js";
import { trying } from "./problem.js";

let made = 0;

// field("Name", input({name: "name", required: true}), "what it is for")
export function field(title, control, hint = "") {
  const id = `field-${(made += 1)}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return el("div", { class: "field" },
    el("label", { for: id }, title), control, hint && el("small", { id: `${id}-hint` }, hint));
}

// Shows a field, and has it said, only where it is wanted.
export function toggle(shown, wanted) {
  shown.hidden = !wanted;
  shown.querySelector("input, select, textarea").disabled = !wanted;
}

export function check(title, name, checked = false) {
  return el("label", { class: "check" }, el("input", { type: "checkbox", name, checked }), title);
}

export const input = (attributes) => el("input", { autocomplete: "off", ...attributes });

// choice("media", [["voice", "Voice"], ...], "voice")
export function choice(name, pairs, chosen, on = {}) {
  const options = pairs.map(([value, title]) => el("option", { value, selected: String(value) === String(chosen) }, title));
  return el("select", { name, on }, options);
}

// Opens a dialog with a form; `act` gets what it says and may refuse. Resolves to what `act` returned, or undefined.
export function ask({ title, fields, done, act, danger = false }) {
  return new Promise((resolve) => {
    const place = el("div");
    const send = el("button", { type: "submit", class: danger ? "danger" : "main" }, done);
    const id = `dialog-${(made += 1)}`;
    const form = el("form", {}, el("h2", { id }, title), ...fields, place,
      el("div", { class: "acts" }, button("Cancel", () => dialog.close(), { class: "quiet" }), send));
    const dialog = el("dialog", { "aria-labelledby": id }, form);
    let result;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      result = await trying(place, async () => (await act(spoken(form))) ?? true);
      send.disabled = false;
      if (result !== undefined) dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export const sure = (title, text, done, act) => ask({ title, fields: [el("p", {}, text)], done, act, danger: true });

// What a form says: texts without what is empty, and every box as true or false.
export function spoken(form) {
  const said = {};
  for (const one of form.elements) {
    if (!one.name || one.disabled || one.type === "file") continue;
    if (one.type === "checkbox") said[one.name] = one.checked;
    else if (one.type === "number" && one.value !== "") said[one.name] = Number(one.value);
    else if (one.value.trim() !== "") said[one.name] = one.value.trim();
  }
  return said;
}
