// main_chart.ts - the large chart with its heading, legend, tooltip and keys.

import { Chart, columnColors, type ChartView, type Mark } from "./chart";
import { chartKeys } from "./chart_keys";
import { h, setText } from "./dom";
import { count, short } from "./figures";
import { Legend } from "./legend";
import type { Span } from "./query";
import { OTHER } from "./series";
import type { State } from "./state";
import { durationText } from "./times";
import { byText, metricText } from "./toolbar";
import { Tooltip } from "./tooltip";
import { spanText } from "./zone";

export interface MainChartEvents {
  span(from: number, to: number): void;
  widen(): void;
  isolate(only: string[]): void;
  say(text: string): void;
}

const SCALE_TEXT = { total: "", rate: ", per second", share: ", share of each slice" };

function groupsText(groups: number, by: string): string {
  const known = /^(function|file|module|package)$/.test(by);
  return count(groups) + (known ? " " + by + (groups === 1 ? "" : "s") : groups === 1 ? " group" : " groups");
}

function sameView(a: ChartView, b: ChartView): boolean {
  return a.series === b.series && a.zone === b.zone && a.dark === b.dark && a.only.join("\n") === b.only.join("\n");
}

function roomIn(width: number): number {
  return Math.max(30, Math.min(180, Math.floor(width / 7)));
}

/** What room() will say, or nearly, before the page stands: the window without margins and legend. */
export function likelyRoom(): number {
  const width = Math.min(document.body.clientWidth, 1680);
  return roomIn(window.innerWidth > 900 ? width - 348 : window.innerWidth > 640 ? width - 32 : width - 20);
}

export class MainChart {
  readonly element: HTMLElement;
  private readonly title = h("h2", {});
  private readonly facts = h("p", { class: "facts" });
  private readonly host = h("div", { tabindex: 0, role: "application", "aria-roledescription": "chart", "aria-describedby": "chart-help" });
  private readonly box: HTMLElement;
  private readonly tip = new Tooltip();
  private readonly legend: Legend;
  private readonly chart: Chart;
  private view: ChartView | null = null;

  constructor(private readonly events: MainChartEvents) {
    this.legend = new Legend({
      isolate: (only) => events.isolate(only), point: (column) => this.chart.light(column), open: () => undefined,
    });
    this.box = h("div", { class: "plot-box" }, this.host, this.tip.element);
    this.element = h("section", { class: "main-chart", "aria-label": "Chart" },
      h("div", { class: "chart-head" }, this.title, this.facts),
      h("div", { class: "chart-row" }, this.box, this.legend.element),
      h("p", { id: "chart-help", class: "offscreen" }, "Left and right go from slice to slice, Enter goes into one, " +
        "plus and minus zoom, Shift with left and right moves. The table below, tab Slices, has the same figures."));
    this.chart = new Chart(this.host, {
      span: (from, to) => { this.tip.hide(); events.span(from, to); },
      widen: () => events.widen(),
      point: (slice, column, x, y) => this.point(slice, column, x, y),
      drawn: () => performance.mark("statslice:drawn"),
    }, "Chart");
    chartKeys(this.host, {
      series: () => this.view?.series ?? null,
      point: (slice) => this.pointByKey(slice),
      span: (from, to) => events.span(from, to),
      widen: () => events.widen(),
    });
  }

  /** Bars that there is room for. */
  room(): number {
    return roomIn(this.host.clientWidth || 900);
  }

  show(state: State, span: Span, view: ChartView): void {
    const same = !this.chart.stale && this.view !== null && sameView(this.view, view);
    this.view = view;
    if (!same) {
      this.chart.show(view);
      this.legend.show(view);
    }
    this.showTexts(state, span);
    this.element.classList.remove("loading");
  }

  setMarks(marks: Mark[]): void {
    this.chart.setMarks(marks);
  }

  /** The figures are of another span than the one that is asked for now. */
  wait(): void {
    this.element.classList.add("loading");
  }

  /** Names and the colours that they have here. */
  tints(): Map<string, string> {
    const tints = new Map<string, string>();
    if (this.view === null) return tints;
    const colors = columnColors(this.view.series, this.view.dark);
    this.view.series.columns.forEach((column, i) => column.name !== OTHER && tints.set(column.name, colors[i]!));
    return tints;
  }

  private showTexts(state: State, span: Span): void {
    const { series } = this.view!;
    const slices = series.begins.length;
    const title = metricText(state.metric) + " by " + byText(state.by) + SCALE_TEXT[state.scale];
    setText(this.title, title);
    document.title = title + " – statslice";
    this.host.setAttribute("aria-label", title);
    const gaps = series.profileCounts.filter((n) => n === 0).length;
    const partial = series.complete.filter((complete, i) => !complete && series.profileCounts[i]! > 0).length;
    setText(this.facts, [
      series.stacks && series.scale !== "share" ? short(series.total, series.unit) + " in all" : "",
      count(series.profileCount) + " profiles", groupsText(series.groupCount, state.by),
      count(slices) + " slices of " + (span.width.calendar ? span.width.text : durationText(span.width.ms)),
      spanText(state.zone, span.from, span.to) + " " + state.zone,
      gaps > 0 ? "grey bands: no profile" : "", partial > 0 ? "pale bars: slices that are not whole" : "",
      series.nested ? "time is counted at every level of calls" : "",
      series.estimated ? "some figures are estimated" : "",
      span.tooNarrow ? "slices of " + state.slice + " would be too many here" : "",
    ].filter((text) => text !== "").join(" · "));
  }

  private point(slice: number, column: number, x: number, y: number): void {
    if (slice < 0 || this.view === null) {
      this.tip.hide();
      this.chart.light(-1);
      return;
    }
    this.tip.show(this.view, slice, column, x, y, this.box.clientWidth);
  }

  private pointByKey(slice: number): void {
    if (slice < 0 || this.view === null) {
      this.tip.hide();
      return;
    }
    const { x, y } = this.chart.positionOf(slice);
    this.tip.show(this.view, slice, -1, x, y, this.box.clientWidth);
    this.events.say(Tooltip.sentence(this.view, slice));
  }
}
