// Small charts in SVG. Each says in words what it shows.

import { el, number, svg } from "./dom.js";

// A ring, `part` of 1 of it filled.
export function ring(part, text, label) {
  const radius = 42;
  const round = 2 * Math.PI * radius;
  const filled = Math.min(1, Math.max(0, part)) * round;
  const circle = (kind, dash) =>
    svg("circle", { class: kind, cx: 50, cy: 50, r: radius, "stroke-dasharray": dash, transform: "rotate(-90 50 50)" });
  return svg("svg", { class: "ring", viewBox: "0 0 100 100", role: "img", "aria-label": label },
    circle("track", `${round} 0`), filled > 0 && circle("filled", `${filled} ${round}`),
    svg("text", { x: 50, y: 50, "text-anchor": "middle", "dominant-baseline": "central" }, text));
}

// Bars with their names and counts: [[name, count, kind], ...]
export function bars(pairs, label) {
  const most = Math.max(1, ...pairs.map(([, count]) => count));
  return el("ul", { class: "bars", "aria-label": label }, pairs.map(([name, count, kind]) =>
    el("li", {}, el("span", { class: "name" }, name),
      svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
        svg("rect", { class: "track", width: 100, height: 8 }),
        svg("rect", { class: `filled ${kind ?? ""}`, width: (100 * count) / most, height: 8 })),
      el("span", { class: "count" }, number(count)))));
}

const WIDE = 600;
const HIGH = 150;

// Lines over time: samples are [seconds, first, second, ...], names and kinds are those of the lines.
export function lines(samples, names, kinds, label) {
  const begin = samples[0]?.[0] ?? 0;
  const span = Math.max(1, (samples.at(-1)?.[0] ?? 0) - begin);
  const most = Math.max(1, ...samples.flatMap((sample) => sample.slice(1)));
  const spot = ([at, ...values], place) =>
    `${(((at - begin) / span) * WIDE).toFixed(1)},${(HIGH - (values[place] / most) * (HIGH - 10)).toFixed(1)}`;
  const drawn = names.flatMap((_, place) => {
    const spots = samples.map((sample) => spot(sample, place)).join(" ");
    return [
      place === 0 && svg("polygon", { class: `area ${kinds[place]}`, points: `0,${HIGH} ${spots} ${WIDE},${HIGH}` }),
      svg("polyline", { class: `line ${kinds[place]}`, points: spots }),
    ];
  });
  const grid = [0, 0.5, 1].map((part) => svg("line", { class: "grid", x1: 0, x2: WIDE, y1: HIGH - part * (HIGH - 10), y2: HIGH - part * (HIGH - 10) }));
  return el("figure", { class: "lines" },
    el("figcaption", {}, names.map((name, place) => el("span", { class: `key ${kinds[place]}` }, name)), el("span", { class: "soft" }, `up to ${number(most)}`)),
    svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img", "aria-label": label }, grid, drawn));
}
