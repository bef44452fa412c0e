// chart_plan.ts - a series as rectangles and lines: what stands where, before anything is drawn.

import { OTHER, type Series } from "./series";

export interface Plan {
  series: Series;
  shown: number[]; // columns, from the bottom up
  max: number; // of the value axis
}

/** Which columns the legend leaves. Without any of them isolated: all. */
export function shownColumns(series: Series, only: string[]): number[] {
  const all = series.columns.map((_, i) => i);
  const some = all.filter((i) => only.includes(series.columns[i]!.name));
  return some.length === 0 ? all : some;
}

function stackedMax(series: Series, shown: number[]): number {
  let max = 0;
  for (let slice = 0; slice < series.begins.length; slice++) {
    let sum = 0;
    for (const column of shown) sum += series.columns[column]!.values[slice] || 0;
    if (sum > max) max = sum;
  }
  return max;
}

function largest(series: Series, shown: number[]): number {
  let max = 0;
  for (const column of shown) for (const value of series.columns[column]!.values) if (value > max) max = value;
  return max;
}

export function planChart(series: Series, only: string[]): Plan {
  let shown = shownColumns(series, only);
  if (!series.stacks && only.length === 0) shown = shown.filter((i) => series.columns[i]!.name !== OTHER);
  const max = series.stacks ? stackedMax(series, shown) : largest(series, shown);
  const whole = series.scale === "share" && shown.length === series.columns.length;
  return { series, shown, max: whole ? 1 : max > 0 ? max : 1 };
}

/** The column that a point of a slice is in; -1 for none. value: on the value axis. */
export function columnAt(plan: Plan, slice: number, value: number): number {
  if (!plan.series.stacks) return nearestLine(plan, slice, value);
  let top = 0;
  for (const column of plan.shown) {
    top += plan.series.columns[column]!.values[slice] || 0;
    if (value < top) return value < 0 ? -1 : column;
  }
  return -1;
}

function nearestLine(plan: Plan, slice: number, value: number): number {
  let best = -1;
  let distance = plan.max / 15;
  for (const column of plan.shown) {
    const away = Math.abs((plan.series.columns[column]!.values[slice] ?? NaN) - value);
    if (away < distance) {
      best = column;
      distance = away;
    }
  }
  return best;
}
