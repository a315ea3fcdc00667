// Shows what went wrong, in the four parts that the API tells: what, what helps, the code, and where.

import { el } from "./dom.js";

export function problem(error) {
  if (error.name === "AbortError") return el("p", { class: "soft" }, "Cancelled.");
  const marks = [
    error.code ? `code ${error.code}` : "",
    error.status ? `HTTP ${error.status}` : "",
  ].filter(Boolean).join(" · ");
  const where = [error.call, error.trace && `trace ${error.trace}`].filter(Boolean).join(" · ");
  return el("div", { class: "problem", role: "alert" },
    el("strong", {}, error.message || String(error)),
    error.detail && el("p", {}, error.detail),
    (marks || where) && el("p", { class: "marks" }, marks && el("span", {}, marks), where && el("span", {}, where)),
  );
}

// Runs `act`, and shows in `place` why it failed, if it does. Returns what `act` returned, or undefined.
export async function trying(place, act) {
  place.replaceChildren();
  try {
    return await act();
  } catch (error) {
    place.replaceChildren(problem(error));
    return undefined;
  }
}
