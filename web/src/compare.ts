// compare.ts - two spans, before and after: a chart each, and a table of what changed.

import { getJson, isAbort } from "./api";
import type { DiffJson, DiffRow } from "./answers";
import type { Mark } from "./chart";
import { h, replace, type Child } from "./dom";
import { count, exact, percent, short } from "./figures";
import { functionLink, type FunctionTableEvents } from "./function_table";
import { Grid, ordered, type GridColumn } from "./grid";
import { nameParts } from "./names";
import { planChart } from "./chart_plan";
import { diffParams, seriesParams, sidesOf, sideText } from "./query";
import { readSeries, type Series, type SeriesJson } from "./series";
import { SmallChart } from "./small_chart";
import type { State } from "./state";
import { chooseWidth } from "./times";
import { metricText } from "./toolbar";
import { spanText } from "./zone";

export type Side = "base" | "new";
const TITLES: Record<Side, string> = { base: "Before", new: "After" };
const BARS = 60;

export interface CompareEvents extends FunctionTableEvents {
  change(patch: Partial<State>): void;
  failed(error: unknown): void;
  say(text: string): void;
}

function signed(value: number, unit: string): string {
  return (value > 0 ? "+" : value < 0 ? "−" : "") + short(Math.abs(value), unit);
}

export class Compare {
  readonly element: HTMLElement;
  private readonly pick = h("div", { class: "pick", role: "radiogroup", "aria-label": "What the next drag chooses" });
  private readonly sides: Record<Side, SmallChart>;
  private readonly body: HTMLElement;
  private readonly summary = h("p", { class: "facts" });
  private readonly grid: Grid<DiffRow>;
  private rows: DiffRow[] = [];
  private diff: DiffJson | null = null;
  private next: Side = "base";
  private loading = new AbortController();
  private loaded = "";

  constructor(private readonly state: () => State, private readonly events: CompareEvents) {
    const chart = (side: Side): SmallChart => new SmallChart(TITLES[side], side, {
      span: (from, to) => events.change({ [side]: sideText(from, to) }), widen: () => undefined,
    });
    this.sides = { base: chart("base"), new: chart("new") };
    this.grid = new Grid<DiffRow>(this.columns(), { sort: (order) => events.sort(order) }, "What changed, function by function", "diff");
    this.body = h("div", { class: "compare-body" },
      h("div", { class: "two" }, this.sides.base.element, this.sides.new.element),
      this.summary, this.grid.element);
    this.element = h("div", { class: "compare" }, this.pick, this.body);
  }

  /** A drag on the chart above: the one span, then the other. */
  choose(from: number, to: number): void {
    const side = this.next;
    this.next = side === "base" ? "new" : "base";
    this.events.say(TITLES[side] + ": " + spanText(this.state().zone, from, to));
    this.events.change({ [side]: sideText(from, to) });
  }

  marks(): Mark[] {
    const marks: Mark[] = [];
    for (const side of ["base", "new"] as const) {
      const span = sidesOf(this.state()[side]);
      if (span !== null) marks.push({ from: span[0], to: span[1], text: TITLES[side], kind: side });
    }
    return marks;
  }

  show(dark: boolean, tints: Map<string, string>): void {
    const state = this.state();
    this.showPick(state);
    const base = sidesOf(state.base);
    const behind = sidesOf(state.new);
    this.body.hidden = base === null || behind === null;
    if (base === null || behind === null) return;
    const key = JSON.stringify([state.base, state.new, state.metric, state.by, state.where, state.match, state.zone, state.scale, state.top, dark]);
    if (key !== this.loaded) {
      this.loaded = key;
      void this.load(state, { base, new: behind }, dark, tints);
    } else {
      this.showRows();
    }
  }

  private showPick(state: State): void {
    if (state.base === "") this.next = "base";
    else if (state.new === "") this.next = "new";
    const choice = (side: Side): HTMLElement => {
      const span = sidesOf(state[side]);
      const text = span === null ? "drag over the chart" : spanText(state.zone, span[0], span[1]);
      const input = h("input", { type: "radio", name: "side", id: "side-" + side, change: () => { this.next = side; } });
      input.checked = this.next === side;
      return h("label", { class: side, for: "side-" + side }, input, h("strong", {}, TITLES[side]), " ", text);
    };
    replace(this.pick, choice("base"), choice("new"),
      h("button", { type: "button", class: "quiet", disabled: state.base === "" || state.new === "",
        click: () => this.events.change({ base: state.new, new: state.base }) }, "⇄ Swap"));
  }

  private async load(state: State, spans: Record<Side, [number, number]>, dark: boolean, tints: Map<string, string>): Promise<void> {
    this.loading.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    const ask = async (side: Side): Promise<Series> => {
      const [from, to] = spans[side];
      const span = { from, to, width: chooseWidth(to - from, BARS), tooNarrow: false };
      return readSeries((await getJson<SeriesJson>("/series", seriesParams({ ...state, slice: "" }, span), signal)).body);
    };
    try {
      const [base, behind, diff] = await Promise.all([ask("base"), ask("new"),
        getJson<DiffJson>("/diff", diffParams(state), signal)]);
      const max = base.unit === behind.unit && this.sameWidth(base, behind)
        ? { max: Math.max(planChart(base, []).max, planChart(behind, []).max) } : {};
      for (const [side, series] of [["base", base], ["new", behind]] as [Side, Series][])
        this.sides[side].show({ series, zone: state.zone, only: state.only, dark, tints, ...max },
          TITLES[side] + " · " + spanText(state.zone, ...spans[side]));
      this.diff = diff.body;
      this.rows = diff.body.rows;
      this.showSummary();
      this.showRows();
    } catch (error) {
      if (isAbort(error)) return;
      this.loaded = "";
      this.events.failed(error);
    }
  }

  private sameWidth(a: Series, b: Series): boolean {
    return a.ends[0]! - a.begins[0]! === b.ends[0]! - b.begins[0]!;
  }

  private showSummary(): void {
    const { metric, total, unit, per, base, new: behind } = this.diff!;
    const change = total.base.value === 0 ? "" : " (" + (total.change > 0 ? "+" : "") + percent(total.change, total.base.value) + ")";
    this.summary.textContent = [
      metricText(metric) + " of all: " + short(total.base.value, unit) + " → " + short(total.new.value, unit) + ", " + signed(total.change, unit) + change,
      "called more often " + signed(total.more_often, unit), "slower " + signed(total.slower, unit),
      per === "total" ? "sums" : "per second " + (per === "profiled" ? "that was profiled" : "of the span"),
      count(base.profile_count) + " and " + count(behind.profile_count) + " profiles"].join(" · ");
  }

  private showRows(): void {
    const state = this.state();
    const order = /^-?(change|relative|more|slower|base|new|calls|name)$/.test(state.sort) ? state.sort : "-change";
    const words = state.search.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const left = words.length === 0 ? this.rows : this.rows.filter((row) => words.every((word) => row.name.toLowerCase().includes(word)));
    this.grid.setColumns(this.columns());
    this.grid.show(ordered(left, this.columns(), order), order);
  }

  private name(row: DiffRow): Child {
    if (this.state().by !== "function") return h("span", { title: row.name }, row.label);
    const parts = nameParts(row.name);
    return functionLink(row.name, parts.name, parts.place, this.events);
  }

  private columns(): GridColumn<DiffRow>[] {
    const unit = this.diff?.unit ?? "s";
    const size = (value: number): number => Math.abs(value);
    const kind = (value: number): string => (value > 0 ? "more" : value < 0 ? "less" : "");
    const change = (value: number): HTMLElement => h("span", { class: kind(value), title: exact(value, unit) }, signed(value, unit));
    const plain = (value: number): HTMLElement => h("span", { title: exact(value, unit) }, short(value, unit));
    const relative = (row: DiffRow): number => (row.base.value === 0 ? Infinity : row.change / row.base.value);
    const calls = (row: DiffRow): string => short(row.base.count, "calls") + " → " + short(row.new.count, "calls");
    const each = (row: DiffRow): string => short(row.base.per_call, "s") + " → " + short(row.new.per_call, "s");
    return [
      { key: "name", title: "function", cell: (row) => this.name(row), compare: (a, b) => (a.label < b.label ? -1 : 1) },
      { key: "change", title: "change", numeric: true, cell: (row) => change(row.change), compare: (a, b) => size(a.change) - size(b.change) },
      { key: "relative", title: "in %", numeric: true, cell: (row) => row.state === "both" ? h("span", { class: kind(row.change) }, (row.change > 0 ? "+" : "") + percent(row.change, row.base.value)) : row.state, compare: (a, b) => relative(a) - relative(b) },
      { key: "more", title: "called more often", hint: "the part of the change that comes of more or fewer calls", numeric: true, cell: (row) => change(row.more_often), compare: (a, b) => size(a.more_often) - size(b.more_often) },
      { key: "slower", title: "got slower", hint: "the part of the change that comes of longer or shorter calls", numeric: true, cell: (row) => change(row.slower), compare: (a, b) => size(a.slower) - size(b.slower) },
      { key: "base", title: "before", numeric: true, cell: (row) => plain(row.base.value), compare: (a, b) => a.base.value - b.base.value },
      { key: "new", title: "after", numeric: true, cell: (row) => plain(row.new.value), compare: (a, b) => a.new.value - b.new.value },
      { key: "calls", title: this.diff?.per === "total" ? "calls" : "calls/s", numeric: true, cell: calls, compare: (a, b) => a.new.count - b.new.count },
      { key: "each", title: "per call", numeric: true, cell: each },
    ];
  }
}
