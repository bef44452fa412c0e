// chart.ts - a series over time: uPlot has the scales, the axes and the pointer; bars and gaps are ours.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { paintFigures, paintGaps, type Inks, type Scales } from "./chart_paint";
import { columnAt, planChart, type Plan } from "./chart_plan";
import { cssVariable, h } from "./dom";
import { inUnit, tickDigits, unitFor, valueTicks } from "./figures";
import { assignColors, colorOf } from "./palette";
import { OTHER, sliceAt, snap, type Series } from "./series";
import { touchDrag, wheelZoom } from "./chart_gestures";
import { tickTexts, timeTicks } from "./zone";

export interface ChartView {
  series: Series;
  zone: string;
  only: string[];
  dark: boolean;
  max?: number; // of the value axis, where several charts share one
  tints?: Map<string, string>; // colours that names have elsewhere
}

/** A span that is marked in the chart: before, after. */
export interface Mark {
  from: number;
  to: number;
  text: string;
  kind: "base" | "new";
}

export interface ChartEvents {
  span(from: number, to: number): void; // chosen with a drag or the wheel
  point(slice: number, column: number, x: number, y: number): void; // -1: nothing is pointed at
  widen(): void; // a double click
  drawn?(): void;
}

const FONT = "12px system-ui, sans-serif";
const TICK_WIDTH_PX = 92;
const TICK_HEIGHT_PX = 48;
const EMPTY_DATA: uPlot.AlignedData = [[0, 1], [null, null]];

/** A colour for each column, as src/chart gives them. */
export function columnColors(series: Series, dark: boolean, tints?: Map<string, string>): string[] {
  const names = series.columns.filter((column) => column.name !== OTHER).map((column) => column.name);
  const colors = assignColors(names).map((number, i) => tints?.get(names[i]!) ?? colorOf(number, dark));
  if (names.length < series.columns.length) colors.push(cssVariable("--other"));
  return colors;
}

export class Chart {
  readonly element: HTMLElement;
  private readonly plot: uPlot;
  private view: ChartView | null = null;
  private plan: Plan | null = null;
  private inks: Inks = { colors: [], gap: "" };
  private lit = -1;
  private range: [number, number] = [0, 1];
  private marks: Mark[] = [];
  stale = true; // what is seen is not what was shown last
  private readonly markBox = h("div", { class: "marks" });

  constructor(host: HTMLElement, private readonly events: ChartEvents, label: string) {
    this.element = host;
    host.classList.add("plot", "blank"); // axes without figures would tell of 1970
    this.plot = new uPlot(this.options(), EMPTY_DATA, host);
    this.plot.over.append(this.markBox);
    this.plot.root.setAttribute("aria-hidden", "true");
    host.setAttribute("aria-label", label);
    wheelZoom(this.plot, (from, to) => this.preview(from, to), (from, to) => this.choose(from, to));
    touchDrag(this.plot, (from, to) => this.choose(from, to), (x, y) => this.pointAt(x, y));
    new ResizeObserver(() => this.resize()).observe(host);
  }

  show(view: ChartView): void {
    this.view = view;
    this.stale = false;
    this.plan = planChart(view.series, view.only);
    if (view.max !== undefined) this.plan.max = view.max;
    this.inks = { colors: columnColors(view.series, view.dark, view.tints), gap: cssVariable("--gap") };
    const { begins, ends } = view.series;
    if (begins.length === 0) return;
    this.element.classList.remove("blank");
    this.range = [begins[0]!, ends[ends.length - 1]!];
    this.plot.setData([Array.from(begins), Array.from(view.series.totals)], true);
    this.placeMarks();
  }

  setMarks(marks: Mark[]): void {
    this.marks = marks;
    this.placeMarks();
  }

  /** column: shown in full, all others dim; -1: all in full. */
  light(column: number): void {
    if (column === this.lit) return;
    this.lit = column;
    this.plot.redraw(false);
  }

  /** Where a slice stands in the element, for a tooltip without a pointer. */
  positionOf(slice: number): { x: number; y: number } {
    const series = this.view!.series;
    const middle = (series.begins[slice]! + series.ends[slice]!) / 2;
    return { x: this.plot.over.offsetLeft + this.plot.valToPos(middle, "x"), y: this.plot.over.offsetTop + 20 };
  }

  toDataUrl(): string {
    return this.plot.ctx.canvas.toDataURL("image/png");
  }

  // --- scales ---

  private options(): uPlot.Options {
    const axis = (more: uPlot.Axis): uPlot.Axis => ({
      font: FONT, stroke: () => cssVariable("--muted"), ticks: { show: false },
      grid: { stroke: () => cssVariable("--grid"), width: 1 }, ...more,
    });
    return {
      width: this.element.clientWidth || 600, height: this.element.clientHeight || 300,
      legend: { show: false },
      padding: [8, 30, 0, 0],
      scales: {
        x: { time: false, range: () => this.range },
        y: { range: () => [0, (this.plan?.max ?? 1) * (this.plan?.max === 1 && this.plan.series.scale === "share" ? 1 : 1.04)] },
      },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [
        axis({
          size: 42, gap: 6,
          splits: (u) => timeTicks(this.zone(), u.scales.x!.min!, u.scales.x!.max!, u.bbox.width / uPlot.pxRatio / TICK_WIDTH_PX),
          values: (_u, splits) => tickTexts(this.zone(), splits),
          grid: { show: false },
        }),
        axis({
          size: (_u, values) => 16 + 7 * Math.max(3, ...(values ?? []).map((text) => text.length)), gap: 6,
          splits: (u) => valueTicks(u.scales.y!.max!, this.unit().factor, u.bbox.height / uPlot.pxRatio / TICK_HEIGHT_PX),
          values: (_u, splits) => {
            const digits = tickDigits(splits, this.unit().factor);
            return splits.map((split) => inUnit(split, this.unit(), digits));
          },
        }),
      ],
      cursor: {
        drag: { x: true, y: false, setScale: false, dist: 4 },
        y: false, points: { show: false },
        bind: { dblclick: () => () => (this.events.widen(), null) },
      },
      hooks: {
        drawClear: [(u) => { if (this.plan !== null) paintGaps(u.ctx, this.plan, this.scales(u), this.inks); }],
        draw: [(u) => this.draw(u)],
        setSelect: [(u) => this.selected(u)],
        setCursor: [(u) => this.pointAt(u.cursor.left ?? -1, u.cursor.top ?? -1)],
        setScale: [(_u, key) => { if (key === "x") this.placeMarks(); }],
      },
    };
  }

  private draw(u: uPlot): void {
    if (this.plan === null) return;
    paintFigures(u.ctx, this.plan, this.scales(u), this.inks, this.lit);
    this.events.drawn?.();
  }

  private zone(): string {
    return this.view?.zone ?? "UTC";
  }

  private unit(): { factor: number; suffix: string } {
    return unitFor(this.plan?.max ?? 0, this.plan?.series.unit ?? "s");
  }

  private scales(u: uPlot): Scales {
    const { left, top, width, height } = u.bbox;
    return {
      x: (time) => u.valToPos(time, "x", true), y: (value) => u.valToPos(value, "y", true),
      left, top, right: left + width, bottom: top + height,
    };
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width > 0 && height > 0 && (width !== this.plot.width || height !== this.plot.height)) {
      this.plot.setSize({ width, height });
      this.placeMarks();
    }
  }

  // --- the pointer ---

  private selected(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 4) return;
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.choose(u.posToVal(left, "x"), u.posToVal(left + width, "x"));
  }

  private choose(from: number, to: number): void {
    if (this.view === null || this.view.series.begins.length === 0) return;
    const inside = from >= this.range[0] && to <= this.range[1];
    const [begin, end] = inside ? snap(this.view.series, from, to) : [from, to];
    this.events.span(begin, end);
  }

  /** Shows a span at once, with the figures that are there, while the new ones are on their way. */
  preview(from: number, to: number): void {
    this.range = [from, to];
    this.stale = true;
    this.plot.setScale("x", { min: from, max: to });
  }

  private pointAt(left: number, top: number): void {
    if (this.plan === null || this.view === null || this.view.series.begins.length === 0) return;
    if (left < 0 || top < 0) {
      this.events.point(-1, -1, 0, 0);
      return;
    }
    const slice = sliceAt(this.view.series, this.plot.posToVal(left, "x"));
    const column = columnAt(this.plan, slice, this.plot.posToVal(top, "y"));
    this.events.point(slice, column, this.plot.over.offsetLeft + left, this.plot.over.offsetTop + top);
  }

  private placeMarks(): void {
    this.markBox.replaceChildren(...this.marks.map((mark) => {
      const left = this.plot.valToPos(Math.max(mark.from, this.range[0]), "x");
      const right = this.plot.valToPos(Math.min(mark.to, this.range[1]), "x");
      const element = h("div", { class: "mark " + mark.kind }, h("span", {}, mark.text));
      element.style.left = left + "px";
      element.style.width = Math.max(0, right - left) + "px";
      element.hidden = right <= left;
      return element;
    }));
  }
}
