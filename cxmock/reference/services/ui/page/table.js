// A table that sorts, filters and pages, and keeps its place when new rows come.
//
// What it shows is either given to it, all rows at once (`update`), or asked for page by page (`look`): then `source` is
// the list's path, and a column can be sorted by where it names a `field` that the API sorts by.

import { pageOf } from "./api.js";
import { button, el } from "./dom.js";

const PAGE = 20;
const FEW = 6; // rows that need no filter

// columns: {title, value: (row) => what it sorts by, cell: (row) => what it shows (the value by itself), number: bool, field}
export class Table {
  constructor({ caption, columns, source = "", key = (row) => row.name, empty = "Nothing yet.", changed = () => {} }) {
    Object.assign(this, { columns, source, key, empty, changed, rows: [], made: new Map(), sorted: 0, down: false, page: 0 });
    this.search = el("input", { type: "search", "aria-label": `Filter: ${caption}`, placeholder: source ? "Filter by name" : "Filter", maxlength: 255, on: { input: () => this.turn(0) } });
    this.heads = columns.map((column, place) => this.head(column, place));
    this.body = el("tbody", { role: "rowgroup" });
    this.table = el("table", { role: "table", "aria-label": caption },
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, this.heads)), this.body);
    this.nothing = el("p", { class: "nothing" }, "Loading …");
    this.range = el("span", { role: "status" });
    this.back = button("Back", () => this.turn(this.page - 1), { class: "quiet", "aria-label": "Previous page" });
    this.on = button("Next", () => this.turn(this.page + 1), { class: "quiet", "aria-label": "Next page" });
    this.pager = el("div", { class: "pager" }, this.range, this.back, this.on);
    this.bar = el("div", { class: "bar" }, this.search);
    this.element = el("div", { class: "table" }, this.bar, el("div", { class: "wide" }, this.table), this.nothing, this.pager);
    this.table.hidden = this.pager.hidden = this.search.hidden = true;
  }

  head(column, place) {
    const marks = { role: "columnheader", scope: "col", class: column.number && "number" };
    if (!column.title) return el("th", { ...marks, "aria-label": "What can be done" });
    if (this.source && !column.field) return el("th", marks, el("span", { class: "sort" }, column.title));
    return el("th", { ...marks, "aria-sort": "none" }, button(column.title, () => this.sort(place), { class: "sort" }));
  }

  // Takes all rows there are.
  update(rows) {
    this.rows = rows ?? [];
    this.showChosen();
  }

  // Asks for the page that is to be shown.
  async look(signal) {
    const asked = this.asked();
    const { rows, total } = await pageOf(this.source, asked, { signal });
    if (JSON.stringify(asked) !== JSON.stringify(this.asked())) return; // another page is wanted meanwhile
    if (total <= asked.offset && this.page) this.turn(Math.ceil(total / PAGE) - 1);
    else this.show(rows, total, Boolean(asked.name));
  }

  asked() {
    const sort = `${this.down ? "-" : ""}${this.columns[this.sorted].field}`;
    return { offset: this.page * PAGE, limit: PAGE, sort, name: this.search.value.trim() };
  }

  sort(place) {
    this.down = this.sorted === place && !this.down;
    this.sorted = place;
    this.turn(0);
  }

  turn(page) {
    this.page = Math.max(0, page);
    if (this.source) this.changed();
    else this.showChosen();
  }

  showChosen() {
    const wanted = this.search.value.trim().toLowerCase();
    const { value } = this.columns[this.sorted];
    const found = this.rows.filter((row) =>
      !wanted || this.columns.some((column) => String(column.value(row) ?? "").toLowerCase().includes(wanted)));
    found.sort((a, b) => compare(value(a), value(b)) * (this.down ? -1 : 1));
    this.page = Math.min(this.page, Math.max(0, Math.ceil(found.length / PAGE) - 1));
    this.show(found.slice(this.page * PAGE, (this.page + 1) * PAGE), found.length, Boolean(wanted));
  }

  show(rows, total, filtered) {
    const begin = this.page * PAGE;
    const shown = rows.map((row) => this.row(row));
    // What stands there already stays there, so that whoever is at a row is not thrown out of it.
    if (shown.length !== this.body.children.length || shown.some((one, n) => one !== this.body.children[n])) {
      this.body.replaceChildren(...shown);
    }
    this.heads.forEach((head, place) => head.hasAttribute("aria-sort") &&
      head.setAttribute("aria-sort", place !== this.sorted ? "none" : this.down ? "descending" : "ascending"));
    this.table.hidden = !total;
    this.nothing.hidden = Boolean(total);
    this.nothing.textContent = filtered ? "Nothing fits the filter." : this.empty;
    this.search.hidden = !filtered && total < FEW;
    this.pager.hidden = total <= PAGE;
    this.range.textContent = `${begin + 1}–${begin + shown.length} of ${total.toLocaleString("en")}`;
    this.back.disabled = this.page === 0;
    this.on.disabled = begin + PAGE >= total;
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
