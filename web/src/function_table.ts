// function_table.ts - pstats' columns of a span, one row a function.

import type { FunctionRow } from "./answers";
import { h } from "./dom";
import { count, exact, inUnit, short, unitFor } from "./figures";
import { Grid, ordered, type GridColumn } from "./grid";
import { Sparks, sparkline } from "./sparks";

export interface FunctionTableEvents {
  sort(order: string): void;
  open(name: string): void;
  link(name: string): string;
}

export const perCall = (time: number, calls: number): number => (calls === 0 ? NaN : time / calls);
const numbers = (pick: (row: FunctionRow) => number) => (a: FunctionRow, b: FunctionRow): number =>
  (pick(a) || 0) - (pick(b) || 0);

/** A function's name as a link that opens it. */
export function functionLink(name: string, text: string, place: string, events: Pick<FunctionTableEvents, "open" | "link">): HTMLElement {
  return h("a", {
    href: events.link(name), title: name,
    click: (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      events.open(name);
    },
  }, h("span", { class: "function-name" }, text), place !== "" && h("span", { class: "place" }, place));
}

export class FunctionTable {
  readonly grid: Grid<FunctionRow>;
  private rows: FunctionRow[] = [];
  private colors = new Map<string, string>();
  private unit = unitFor(1, "s");
  private largest = 0;
  private shown: FunctionRow[] = [];
  private needle: string | null = null;
  private readonly texts = new Map<FunctionRow, string>();

  constructor(private readonly events: FunctionTableEvents, private readonly sparks: Sparks) {
    this.grid = new Grid(this.columns(), {
      sort: (order) => events.sort(order),
      seen: (from, to) => sparks.want(this.shown.slice(from, to).map((row) => row.name)),
    }, "Functions of the span", "functions");
  }

  /** Returns: how many rows are left of the search. */
  show(rows: FunctionRow[], order: string, search: string, colors: Map<string, string>): number {
    const again = rows === this.rows && search === this.needle;
    this.colors = colors;
    if (rows !== this.rows) {
      this.rows = rows;
      this.texts.clear();
      for (const row of rows) this.texts.set(row, (row.name + " " + row.parts.place).toLowerCase());
      this.largest = rows.reduce((max, row) => Math.max(max, row.tottime), 0);
      this.unit = unitFor(rows.reduce((max, row) => Math.max(max, row.cumtime), 0), "s");
    }
    const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const left = words.length === 0 ? rows : rows.filter((row) => {
      const text = this.texts.get(row)!;
      return words.every((word) => text.includes(word));
    });
    this.shown = ordered(left, this.columns(), order);
    this.needle = search;
    this.grid.setColumns(this.columns());
    this.grid.show(this.shown, order);
    if (!again && search !== "") this.grid.toTop();
    return left.length;
  }

  private time(value: number): HTMLElement {
    return h("span", { title: exact(value, "s") }, inUnit(value, { ...this.unit, suffix: "" }, 3));
  }

  private own(row: FunctionRow): HTMLElement {
    const bar = h("span", { class: "bar" });
    bar.style.width = (this.largest > 0 ? (100 * row.tottime) / this.largest : 0) + "%";
    return h("span", { class: "with-bar" }, bar, this.time(row.tottime));
  }

  private name(row: FunctionRow): HTMLElement {
    const key = h("span", { class: "key" });
    const color = this.colors.get(row.name);
    if (color !== undefined) key.style.backgroundColor = color;
    return h("span", { class: "named" }, key, functionLink(row.name, row.parts.name, row.parts.place, this.events));
  }

  private columns(): GridColumn<FunctionRow>[] {
    const each = (value: number): HTMLElement => h("span", { title: exact(value, "s") }, short(value, "s"));
    const own = (row: FunctionRow): number => perCall(row.tottime, row.ncalls);
    const whole = (row: FunctionRow): number => perCall(row.cumtime, row.pcalls);
    const unit = ", " + this.unit.suffix;
    return [
      { key: "name", title: "function", cell: (row) => this.name(row), compare: (a, b) => (a.parts.name < b.parts.name ? -1 : 1) },
      { key: "ncalls", title: "ncalls", hint: "all calls", numeric: true, cell: (row) => count(row.ncalls), compare: numbers((row) => row.ncalls) },
      { key: "pcalls", title: "pcalls", hint: "primitive calls: those that were not recursive", numeric: true, cell: (row) => count(row.pcalls), compare: numbers((row) => row.pcalls) },
      { key: "tottime", title: "tottime" + unit, hint: "own time, without the functions it calls", numeric: true, cell: (row) => this.own(row), compare: numbers((row) => row.tottime) },
      { key: "percall", title: "percall", hint: "tottime / ncalls", numeric: true, cell: (row) => each(own(row)), compare: numbers(own) },
      { key: "cumtime", title: "cumtime" + unit, hint: "time with the functions it calls", numeric: true, cell: (row) => this.time(row.cumtime), compare: numbers((row) => row.cumtime) },
      { key: "percall-cum", title: "percall", hint: "cumtime / pcalls", numeric: true, cell: (row) => each(whole(row)), compare: numbers(whole) },
      { key: "spark", title: "over time", hint: "the chart's metric, over the span", cell: (row) => sparkline(this.sparks.of(row.name), this.colors.get(row.name)) },
    ];
  }
}
