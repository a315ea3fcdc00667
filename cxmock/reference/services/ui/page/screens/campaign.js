// One campaign: started, paused, stopped and watched.

import { get, path, post, vocabulary } from "../api.js";
import { bars, lines, ring } from "../chart.js";
import { button, card, duration, el, facts, figure, moment, number, percent, pill, say } from "../dom.js";
import { sure } from "../form.js";
import { trying } from "../problem.js";
import { changing } from "../session.js";
import { MEDIA } from "./campaigns.js";

const KEPT = 240; // samples of the lines
const LOOKED_BACK = 15; // seconds, for the rate

// Commands by the state from which they make sense: what the button says, what is asked for, in this order.
const ACTS = {
  NotLoaded: [["Start", ["load", "start"], "main"], ["Load", ["load"]]],
  Active: [["Start", ["start"], "main"], ["Unload", ["unload"]]],
  Running: [["Pause", ["pause"]], ["Stop", ["stop"], "danger"]],
  Paused: [["Resume", ["resume"], "main"], ["Stop", ["stop"], "danger"]],
};
const OTHERWISE = [["Unload at once", ["force-unload"], "danger"]];

export async function show(view, name) {
  const where = `campaign-groups/${path(name)}`;
  const words = await vocabulary();
  const acts = el("div", { class: "acts" });
  const state = el("span", { role: "status" });
  const figures = el("dl", { class: "figures" });
  const circle = el("div");
  const drawn = el("div");
  const results = el("div");
  const about = el("div");
  const place = view.fill(name, [state, acts],
    el("div", { class: "watch" }, circle, figures),
    el("div", { class: "two" }, card("By call result", results), card("Since you watch", drawn)), card("Settings", about));
  const watched = new Watched();
  let shown = "";

  async function act(button, commands) {
    for (const one of acts.children) one.disabled = true;
    await trying(place, async () => {
      for (const command of commands) await post(`${where}/${command}`);
    });
    for (const one of acts.children) one.disabled = false;
    view.again();
  }

  function offer(status) {
    const offered = ACTS[status] ?? OTHERWISE;
    acts.replaceChildren(...(changing(() => offered.map(([text, commands, kind]) => button(text, async (event) => {
      if (commands.includes("force-unload")) {
        if (!(await sure("Unload at once?", "Calls that are under way are given up.", text, () => true))) return;
      }
      await act(event.target, commands);
    }, { class: kind ?? "" }))) ?? []));
  }

  await view.watch(1, async () => {
    const one = await get(where, { signal: view.signal });
    const status = one.completed && one.status === "NotLoaded" ? "Completed" : one.status;
    if (status !== shown) {
      if (shown) say(`${name} is ${status}.`);
      shown = status;
      state.replaceChildren(pill(status));
      offer(one.status);
    }
    watched.see(one);
    const { dialed = 0, answered = 0, blocked = 0, finished = 0, hitRatio, overdialRate } = one.statistics ?? {};
    const left = status === "Completed" ? 0 : one.remaining;
    const part = left == null || finished + left === 0 ? 0 : finished / (finished + left);
    circle.replaceChildren(ring(part, `${Math.floor(part * 100)} %`, `${Math.floor(part * 100)} per cent of the records are done`));
    figures.replaceChildren(
      figure("Dialed", number(dialed), watched.pace),
      figure("Connected", number(answered), hitRatio == null ? "" : `${percent(hitRatio)} of the attempts`),
      figure("Not allowed", number(blocked), "rules and suppression lists"),
      figure("Records left", one.statistics ? number(left) : "–", finished ? `${number(finished)} done` : ""),
      figure("Time to completion", watched.toGo(one, status), status === "Running" && one.nextDue ? `next attempt ${moment(one.nextDue)}` : ""));
    results.replaceChildren(outcomes(one, words));
    drawn.replaceChildren(watched.samples.length > 1
      ? lines(watched.samples, ["Dialed", "Connected"], ["first", "second"], `${number(dialed)} dialed, ${number(answered)} connected`)
      : el("p", { class: "nothing" }, "The lines begin when the campaign dials."));
    about.replaceChildren(facts([
      ["Contact list", one.contactList && el("a", { href: `#/list/${path(one.contactList)}` }, one.contactList)],
      ["Template", one.template], ["Media", MEDIA[one.media] ?? one.media], ["Dialing mode", words.dialModes[one.dialMode] ?? one.dialMode],
      ["Optimize by", `${words.aims[one.optimizeBy]?.name ?? one.optimizeBy}: ${one.optimizeGoal}`],
      ["Overdialed", overdialRate == null ? "–" : percent(overdialRate)], ["Message", one.message],
      ["Problem", one.problem]].filter(([, value]) => value)));
  });
}

// What was seen of a campaign since the screen was opened.
class Watched {
  samples = [];
  pace = "";

  see({ status, statistics }) {
    if (!statistics) return;
    const now = performance.now() / 1000;
    const sample = [now, statistics.dialed, statistics.answered];
    const last = this.samples.at(-1);
    if (!last || status === "Running" || last[1] !== sample[1]) this.samples.push(sample);
    if (this.samples.length > KEPT) this.samples = this.samples.filter((_, n) => n % 2 === 0 || n > KEPT - 20);
    this.finished = [...(this.finished ?? []), [now, statistics.finished]].filter(([at]) => at > now - LOOKED_BACK);
    const [first, end] = [this.samples.findLast(([at]) => at <= now - LOOKED_BACK) ?? this.samples[0], sample];
    const rate = (end[1] - first[1]) / (end[0] - first[0]);
    this.pace = status === "Running" && rate > 0 ? `${rate.toFixed(1)} a second` : "";
  }

  toGo({ remaining, completed }, status) {
    if (completed) return "done";
    if (status !== "Running" || remaining == null || !this.finished) return "–";
    const [first, end] = [this.finished[0], this.finished.at(-1)];
    const rate = (end[1] - first[1]) / (end[0] - first[0]);
    return rate > 0 && remaining ? `about ${duration(remaining / rate)}` : "–";
  }
}

const GOOD = new Set(["33", "0"]);

function outcomes({ statistics }, words) {
  const counted = Object.entries(statistics?.results ?? {}).sort(([, a], [, b]) => b - a);
  if (!counted.length) return el("p", { class: "nothing" }, "No attempt has ended yet.");
  return bars(counted.map(([result, count]) =>
    [words.callResults[result] ?? `Call result ${result}`, count, GOOD.has(result) ? "good" : ""]), "Attempts by call result");
}
