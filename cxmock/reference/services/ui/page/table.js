// A table that sorts, filters and pages what it is given, and keeps its place when new rows come.

import { button, el } from "./dom.js";

const PAGE = 20;
const FEW = 6; // rows that need no filter

// columns: {title, value: (row) => what it sorts by, cell: (row) => what it shows (the value by itself), number: bool}
export class Table {
  constructor({ caption, columns, key = (row) => row.name, empty = "Nothing yet.", tools = [] }) {
    Object.assign(this, { columns, key, empty, rows: [], made: new Map(), sorted: 0, down: false, page: 0 });
    this.search = el("input", { type: "search", "aria-label": `Filter: ${caption}`, placeholder: "Filter", on: { input: () => this.turn(0) } });
    this.heads = columns.map((column, place) => this.head(column, place));
    this.body = el("tbody", { role: "rowgroup" });
    this.table = el("table", { role: "table", "aria-label": caption },
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, this.heads)), this.body);
    this.nothing = el("p", { class: "nothing" }, "Loading …");
    this.range = el("span", { role: "status" });
    this.back = button("Back", () => this.turn(this.page - 1), { class: "quiet", "aria-label": "Previous page" });
    this.on = button("Next", () => this.turn(this.page + 1), { class: "quiet", "aria-label": "Next page" });
    this.pager = el("div", { class: "pager" }, this.range, this.back, this.on);
    this.bar = el("div", { class: "bar" }, this.search, ...tools);
    this.element = el("div", { class: "table" }, this.bar, el("div", { class: "wide" }, this.table), this.nothing, this.pager);
    this.table.hidden = this.pager.hidden = this.search.hidden = true;
  }

  head(column, place) {
    if (!column.title) return el("th", { role: "columnheader", scope: "col", "aria-label": "What can be done" });
    const turn = button(column.title, () => this.sort(place), { class: "sort" });
    return el("th", { role: "columnheader", scope: "col", class: column.number && "number" }, turn);
  }

  update(rows) {
    this.rows = rows ?? [];
    this.show();
  }

  sort(place) {
    this.down = this.sorted === place && !this.down;
    this.sorted = place;
    this.turn(0);
  }

  turn(page) {
    this.page = page;
    this.show();
  }

  chosen() {
    const wanted = this.search.value.trim().toLowerCase();
    const { value } = this.columns[this.sorted];
    const found = this.rows.filter((row) =>
      !wanted || this.columns.some((column) => String(column.value(row) ?? "").toLowerCase().includes(wanted)));
    return found.sort((a, b) => compare(value(a), value(b)) * (this.down ? -1 : 1));
  }

  show() {
    const found = this.chosen();
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const begin = this.page * PAGE;
    const shown = found.slice(begin, begin + PAGE).map((row) => this.row(row));
    // What stands there already stays there, so that whoever is at a row is not thrown out of it.
    if (shown.length !== this.body.children.length || shown.some((one, n) => one !== this.body.children[n])) {
      this.body.replaceChildren(...shown);
    }
    this.heads.forEach((head, place) => head.setAttribute("aria-sort", place !== this.sorted ? "none" : this.down ? "descending" : "ascending"));
    this.table.hidden = !found.length;
    this.nothing.hidden = Boolean(found.length);
    this.nothing.textContent = this.rows.length ? "Nothing fits the filter." : this.empty;
    this.search.hidden = this.rows.length < FEW;
    this.pager.hidden = pages === 1;
    this.range.textContent = `${begin + 1}–${begin + shown.length} of ${found.length}`;
    this.back.disabled = this.page === 0;
    this.on.disabled = this.page === pages - 1;
  }

  row(row) {
    const text = JSON.stringify(row);
    const kept = this.made.get(this.key(row));
    if (kept?.text === text) return kept.made;
    const made = el("tr", { role: "row" }, this.columns.map((column) => {
      const shown = (column.cell ?? column.value)(row);
      const said = typeof shown === "number" ? shown.toLocaleString("en") : shown === "" || shown == null ? "–" : shown;
      return el("td", { role: "cell", class: column.number && "number", "data-title": column.title }, said);
    }));
    this.made.set(this.key(row), { text, made });
    return made;
  }
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), "en", { numeric: true });
}
