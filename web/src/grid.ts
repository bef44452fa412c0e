// grid.ts - a table of any length: only the rows that are seen are in the page.

import { h, replace, type Child } from "./dom";

export interface GridColumn<Row> {
  key: string;
  title: string;
  hint?: string; // what the column means
  numeric?: boolean;
  cell(row: Row): Child;
  compare?(a: Row, b: Row): number; // there is one: the column can be sorted by
}

export interface GridEvents {
  sort(order: string): void; // "-key": largest first
  seen?(from: number, to: number): void; // rows that are in the page now
}

const ROW_PX = 28;
const SPARE = 12; // rows above and below those that are seen

/** The rows in an order: "key", or "-key" for the largest first. Equal ones keep theirs. */
export function ordered<Row>(rows: Row[], columns: GridColumn<Row>[], order: string): Row[] {
  const down = order.startsWith("-");
  const compare = columns.find((column) => column.key === order.replace(/^-/, ""))?.compare;
  if (compare === undefined) return rows;
  return [...rows].sort(down ? (a, b) => compare(b, a) : compare);
}

export class Grid<Row> {
  readonly element: HTMLElement;
  private readonly head = h("div", { class: "row head", role: "row", "aria-rowindex": 1 });
  private readonly body = h("div", { class: "rows", role: "rowgroup" });
  private readonly table: HTMLElement;
  private rows: Row[] = [];
  private first = -1;
  private last = -1;
  private active = -1;

  constructor(private columns: GridColumn<Row>[], private readonly events: GridEvents, label: string, kind: string) {
    this.table = h("div", { class: "grid " + kind, role: "table", "aria-label": label, "aria-colcount": columns.length },
      h("div", { role: "rowgroup", class: "headgroup" }, this.head), this.body);
    this.element = h("div", {
      class: "gridbox", tabindex: 0, role: "region", "aria-label": label + ", scrollable",
      scroll: () => this.draw(false), keydown: (event: KeyboardEvent) => this.keyed(event),
    }, this.table);
    new ResizeObserver(() => this.draw(false)).observe(this.element);
  }

  setColumns(columns: GridColumn<Row>[]): void {
    this.columns = columns;
    this.table.setAttribute("aria-colcount", String(columns.length));
  }

  /** rows: in the order in which they stand. */
  show(rows: Row[], order: string): void {
    this.rows = rows;
    this.showHead(order);
    this.table.setAttribute("aria-rowcount", String(rows.length + 1));
    this.body.style.height = rows.length * ROW_PX + "px";
    this.draw(true);
  }

  /** Draw again the rows that are seen: something that they show has come. */
  refresh(): void {
    this.draw(true);
  }

  toTop(): void {
    this.element.scrollTop = 0;
    this.active = -1;
  }

  private showHead(order: string): void {
    const focused = this.head.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.key : undefined;
    const sorted = order.replace(/^-/, "");
    const down = order.startsWith("-");
    replace(this.head, ...this.columns.map((column) => {
      const on = column.key === sorted;
      const kind = column.key + (column.numeric ? " numeric" : "");
      const title = column.compare === undefined ? h("span", { title: column.hint ?? "" }, column.title) : h("button", {
        type: "button", title: column.hint ?? "", "data-key": column.key,
        click: () => this.events.sort(on ? (down ? "" : "-") + column.key : (column.numeric ? "-" : "") + column.key),
      }, column.title, on && h("span", { class: "arrow", "aria-hidden": "true" }, down ? "▾" : "▴"));
      return h("div", {
        role: "columnheader", class: "cell " + kind, "aria-sort": on ? (down ? "descending" : "ascending") : null,
      }, title);
    }));
    if (focused !== undefined) this.head.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  private draw(again: boolean): void {
    const seen = Math.ceil(this.element.clientHeight / ROW_PX);
    const at = Math.floor(this.element.scrollTop / ROW_PX);
    const first = Math.max(0, at - SPARE);
    const last = Math.min(this.rows.length, at + seen + SPARE);
    if (!again && at >= this.first && Math.min(this.rows.length, at + seen) <= this.last) return;
    const focused = this.body.contains(document.activeElement) ? this.active : -1;
    if (again || first >= this.last || last <= this.first) this.drawAll(first, last);
    else this.drawMissing(first, last);
    this.first = first;
    this.last = last;
    if (focused >= 0 && !this.body.contains(document.activeElement)) this.focusRow(focused);
    this.events.seen?.(first, last);
  }

  private drawAll(first: number, last: number): void {
    replace(this.body, ...this.rows.slice(first, last).map((row, i) => this.rowOf(row, first + i)));
  }

  /** Keeps the rows that stay, in their order. */
  private drawMissing(first: number, last: number): void {
    for (let i = this.first; i < Math.min(first, this.last); i++) this.body.firstElementChild!.remove();
    for (let i = Math.max(last, this.first); i < this.last; i++) this.body.lastElementChild!.remove();
    for (let i = Math.min(this.first, last) - 1; i >= first; i--) this.body.prepend(this.rowOf(this.rows[i]!, i));
    for (let i = Math.max(this.last, first); i < last; i++) this.body.append(this.rowOf(this.rows[i]!, i));
  }

  private rowOf(row: Row, index: number): HTMLElement {
    const element = h("div", {
      role: "row", class: "row", "aria-rowindex": index + 2,
      focusin: () => { this.active = index; },
    }, ...this.columns.map((column) => h("div", {
      role: "cell", class: "cell " + column.key + (column.numeric ? " numeric" : ""),
    }, column.cell(row))));
    element.style.transform = `translateY(${index * ROW_PX}px)`;
    return element;
  }

  private focusRow(index: number): void {
    const row = this.body.querySelector(`[aria-rowindex="${index + 2}"]`);
    row?.querySelector<HTMLElement>("a, button")?.focus({ preventScroll: true });
  }

  /** Arrows go from row to row, also to those that are not in the page yet. */
  private keyed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_PX) - 2);
    const steps: Record<string, number> = {
      ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined || this.rows.length === 0 || this.head.contains(event.target as Node)) return;
    event.preventDefault();
    this.active = Math.max(0, Math.min(this.rows.length - 1, this.active + step));
    const top = this.active * ROW_PX;
    const inner = this.element.clientHeight - this.head.offsetHeight - ROW_PX;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top > this.element.scrollTop + inner) this.element.scrollTop = top - inner;
    this.draw(true);
    this.focusRow(this.active);
  }
}
