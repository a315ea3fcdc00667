// Makes elements. Data becomes text, never markup: nothing here or elsewhere parses HTML.

const SVG = "http://www.w3.org/2000/svg";

// el("p", {class: "soft", on: {click}}, "text", otherElement): attributes that are null or false are left out.
export function el(name, attributes = {}, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, name), attributes, children);
}

function furnish(made, { on = {}, ...attributes }, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  for (const [event, act] of Object.entries(on)) made.addEventListener(event, act);
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
}

export function button(text, act, attributes = {}) {
  return el("button", { type: "button", ...attributes, on: { click: act } }, text);
}

// Says something to who cannot see what changed.
export function say(text) {
  document.getElementById("said").textContent = text;
}

export const number = (value) => (value == null || value === "" ? "–" : Number(value).toLocaleString("en"));

export const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

export const percent = (value) => (value == null ? "–" : `${Number(value).toFixed(1)} %`);

export function bytes(count) {
  for (const [size, unit] of [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]]) {
    if (count >= size) return `${(count / size).toFixed(1)} ${unit}`;
  }
  return `${count} B`;
}

// A moment, given in UTC seconds or as ISO 8601, as CX Contact's clock has it.
export function moment(value) {
  if (!value) return "–";
  const when = new Date(typeof value === "number" ? value * 1000 : value);
  return Number.isNaN(when.valueOf()) ? String(value) : `${when.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

const KINDS = {
  Running: "good", Completed: "good", done: "good",
  Active: "fair", Paused: "fair", running: "fair", retrying: "fair", WaitingUnload: "fair", Unloading: "fair",
  failed: "bad",
};
const NAMES = { NotLoaded: "Not loaded", Active: "Loaded", WaitingUnload: "Unloading" };

// A state, as people read it.
export function pill(state) {
  return el("span", { class: `pill ${KINDS[state] ?? ""}` }, NAMES[state] ?? state);
}

export function card(title, ...children) {
  return el("section", { class: "card" }, title && el("h2", {}, title), ...children);
}

export function figure(name, value, note = "") {
  return el("div", { class: "figure" }, el("dt", {}, name), el("dd", {}, value, note && el("small", {}, note)));
}

export function facts(pairs) {
  return el("dl", { class: "facts" }, pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value ?? "–"))));
}
