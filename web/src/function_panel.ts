// function_panel.ts - one function: its history, its time per call, who calls it, what it calls, by label.

import { getJson, isAbort, type Params } from "./api";
import type { CallersJson, EdgeJson, FunctionRow } from "./answers";
import type { ChartView } from "./chart";
import { h, replace, type Child } from "./dom";
import { count, exact, percent, short } from "./figures";
import { functionLink, perCall, type FunctionTableEvents } from "./function_table";
import { nameParts } from "./names";
import { profileParams, seriesParams, type Span } from "./query";
import { readSeries, type Series, type SeriesJson } from "./series";
import { SmallChart } from "./small_chart";
import type { State } from "./state";

const EDGES_MAX = 200;
const KEYS_MAX = 6;

export interface FunctionPanelEvents extends FunctionTableEvents {
  span(from: number, to: number): void;
  widen(): void;
  close(): void;
  failed(error: unknown): void;
  filter(condition: string): void;
}

type Row = { label: Child; figures: string[] };

function plainTable(caption: string, heads: string[], rows: Row[], none: string): HTMLElement {
  if (rows.length === 0) return h("section", { class: "card" }, h("h3", {}, caption), h("p", { class: "hint" }, none));
  return h("section", { class: "card" }, h("h3", {}, caption), h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.label),
        ...row.figures.map((figure) => h("td", {}, figure))))))));
}

export class FunctionPanel {
  readonly element = h("div", { class: "function-panel" });
  private readonly heading = h("h2", { tabindex: -1 });
  private readonly facts = h("p", { class: "facts" });
  private readonly history: SmallChart;
  private readonly calls: SmallChart;
  private readonly edges = h("div", { class: "two" });
  private readonly labels = h("div", { class: "two" });
  private loading = new AbortController();
  private name = "";

  constructor(private readonly events: FunctionPanelEvents) {
    this.history = new SmallChart("Own time", "", events);
    this.calls = new SmallChart("Own time per call", "", events);
    this.element.append(
      h("div", { class: "function-head" },
        h("button", { type: "button", class: "quiet", click: () => events.close() }, "← All functions"), this.heading),
      this.facts, h("div", { class: "two" }, this.history.element, this.calls.element), this.edges, this.labels);
  }

  /** row: its figures of the span, where the table has them. */
  show(state: State, span: Span, row: FunctionRow | undefined, keys: string[], view: Pick<ChartView, "dark" | "tints">): void {
    this.loading.abort();
    this.loading = new AbortController();
    const opened = state.function !== this.name;
    this.name = state.function;
    const parts = row?.parts ?? nameParts(state.function);
    replace(this.heading, parts.name, h("span", { class: "place" }, parts.place));
    this.heading.title = state.function;
    this.facts.textContent = row === undefined ? "" : [
      count(row.ncalls) + " calls", count(row.pcalls) + " primitive", exact(row.tottime, "s") + " own",
      exact(row.cumtime, "s") + " cumulative", short(perCall(row.tottime, row.ncalls), "s") + " own per call",
      row.file === "~" ? "built-in" : row.file].join(" · ");
    if (opened) {
      replace(this.edges);
      replace(this.labels);
      this.heading.focus({ preventScroll: true });
    }
    // of one function a share would be the whole, and a filter for others nothing
    void this.load({ ...state, scale: "total", match: [] }, span, keys, view);
  }

  private async load(state: State, span: Span, keys: string[], view: Pick<ChartView, "dark" | "tints">): Promise<void> {
    const { signal } = this.loading;
    const name: [string, string] = ["function", state.function];
    const ask = async (more: Params): Promise<Series> => readSeries((await getJson<SeriesJson>("/series",
      seriesParams(state, span, [name, ...more]), signal)).body);
    const chart = async (figure: SmallChart, metric: string): Promise<void> => {
      const series = await ask([["metric", metric], ["by", "function"], ["top", "1"]]);
      figure.show({ series, zone: state.zone, only: [], dark: view.dark, ...(view.tints ? { tints: view.tints } : {}) });
    };
    try {
      await Promise.all([chart(this.history, "tottime"), chart(this.calls, "percall"), this.loadEdges(state, span, signal)]);
      const tables: HTMLElement[] = [];
      for (const key of keys.slice(0, KEYS_MAX))
        tables.push(this.labelTable(key, await ask([["by", "label:" + key], ["metric", "tottime"], ["top", "50"]])));
      replace(this.labels, ...tables);
    } catch (error) {
      if (!isAbort(error)) this.events.failed(error);
    }
  }

  private async loadEdges(state: State, span: Span, signal: AbortSignal): Promise<void> {
    const { body } = await getJson<CallersJson>("/callers", [["function", state.function], ...profileParams(state, span)], signal);
    const heads = ["function", "ncalls", "pcalls", "tottime", "cumtime"];
    const rows = (edges: EdgeJson[]): Row[] => [...edges].sort((a, b) => b.cumtime_ns - a.cumtime_ns).slice(0, EDGES_MAX).map((edge) => {
      const parts = nameParts(edge.name);
      return {
        label: functionLink(edge.name, parts.name, parts.place, this.events),
        figures: [count(edge.ncalls), count(edge.pcalls), short(edge.tottime_ns * 1e-9, "s"), short(edge.cumtime_ns * 1e-9, "s")],
      };
    });
    replace(this.edges,
      plainTable("Callers: " + count(body.callers.length), heads, rows(body.callers), "Nothing that was profiled calls it."),
      plainTable("Callees: " + count(body.callees.length), heads, rows(body.callees), "It calls nothing that was profiled."));
  }

  private labelTable(key: string, series: Series): HTMLElement {
    const rows = series.columns.map((column): Row => ({
      label: h("button", { type: "button", class: "as-link", title: "only these profiles",
        click: () => this.events.filter(key + "=" + (column.name === "(none)" ? "" : column.name)) }, column.label),
      figures: [short(column.value, series.unit), percent(column.value ?? 0, series.total ?? 0)],
    }));
    return plainTable("Own time by " + key, [key, "tottime", "share"], rows, "No time in this span.");
  }
}
