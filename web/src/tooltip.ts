// tooltip.ts - what a slice holds, to the last digit.

import { columnColors, type ChartView } from "./chart";
import { shownColumns } from "./chart_plan";
import { h, replace } from "./dom";
import { count, exact, percent } from "./figures";
import { spanText } from "./zone";

const ROWS_MAX = 12;
const AWAY_PX = 16;

/** What a slice is, beside its figures. */
function remarks(view: ChartView, slice: number): string[] {
  const { series } = view;
  const profiles = series.profileCounts[slice]!;
  if (profiles === 0) return ["no profile: nothing was measured"];
  const texts = [count(profiles) + (profiles === 1 ? " profile" : " profiles")];
  const coverage = series.coverage[slice]!;
  if (coverage < 0.9995) texts.push("covers " + percent(coverage, 1) + " of the time");
  if (!series.complete[slice]) texts.push("not whole: data or range ends inside");
  return texts;
}

/** The rows of a slice, from the top of its bar down; the largest ones where there are many. */
function rowsOf(view: ChartView, slice: number, lit: number): { column: number; value: number }[] {
  const rows = shownColumns(view.series, view.only)
    .map((column) => ({ column, value: view.series.columns[column]!.values[slice]! }))
    .filter((row) => row.value > 0)
    .sort((a, b) => b.value - a.value);
  const kept = rows.slice(0, ROWS_MAX);
  const missing = rows.find((row) => row.column === lit);
  if (missing !== undefined && !kept.includes(missing)) kept[kept.length - 1] = missing;
  return kept;
}

export class Tooltip {
  readonly element = h("div", { class: "tooltip", role: "presentation", hidden: true });

  hide(): void {
    this.element.hidden = true;
  }

  show(view: ChartView, slice: number, lit: number, x: number, y: number, room: number): void {
    const { series } = view;
    const colors = columnColors(series, view.dark);
    const rows = rowsOf(view, slice, lit).map(({ column, value }) => {
      const key = h("span", { class: "key" });
      key.style.backgroundColor = colors[column]!;
      return h("div", { class: column === lit ? "row lit" : "row" }, key,
        h("span", { class: "label" }, series.columns[column]!.label),
        h("span", { class: "figure" }, exact(value, series.unit)));
    });
    const total = series.totals[slice]!;
    replace(this.element,
      h("div", { class: "when" }, spanText(view.zone, series.begins[slice]!, series.ends[slice]!)),
      ...rows,
      series.stacks && rows.length > 0 && h("div", { class: "row sum" }, h("span", { class: "key" }),
        h("span", { class: "label" }, "total"), h("span", { class: "figure" }, exact(total, series.unit))),
      h("div", { class: "remark" }, remarks(view, slice).join(" · ")));
    this.element.hidden = false;
    const width = this.element.offsetWidth;
    const left = x + AWAY_PX + width <= room ? x + AWAY_PX : Math.max(0, x - AWAY_PX - width);
    this.element.style.left = left + "px";
    this.element.style.top = Math.max(0, Math.min(y, 40)) + "px";
  }

  /** The same in one sentence, for a screen reader. */
  static sentence(view: ChartView, slice: number): string {
    const { series } = view;
    const parts = rowsOf(view, slice, -1).slice(0, 3)
      .map(({ column, value }) => series.columns[column]!.label + " " + exact(value, series.unit));
    const when = spanText(view.zone, series.begins[slice]!, series.ends[slice]!);
    return when + ": " + (parts.length === 0 ? "" : "total " + exact(series.totals[slice]!, series.unit) + "; ") +
      [...parts, ...remarks(view, slice)].join("; ");
  }
}
