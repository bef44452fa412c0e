// chart_paint.ts - a plan on a canvas: bars, lines, gaps.

import type { Plan } from "./chart_plan";

export interface Inks {
  colors: string[]; // a column each
  gap: string;
}

/** Where things stand, in pixels of the canvas. */
export interface Scales {
  x: (time: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const DIM = 0.18; // beside a column that is pointed at
const PALE = 0.5; // slices that are not whole
const AIR_FROM_PX = 4; // bars at least that wide have a pixel of air between them

function eachSlice(plan: Plan, at: Scales, visit: (slice: number, left: number, width: number) => void): void {
  const { begins, ends } = plan.series;
  for (let slice = 0; slice < begins.length; slice++) {
    const left = Math.round(at.x(begins[slice]!));
    const right = Math.round(at.x(ends[slice]!));
    if (right < at.left || left > at.right) continue;
    const width = right - left;
    visit(slice, left, Math.max(1, width >= AIR_FROM_PX ? width - 1 : width));
  }
}

/** Slices without any profile, behind the grid. */
export function paintGaps(context: CanvasRenderingContext2D, plan: Plan, at: Scales, inks: Inks): void {
  context.fillStyle = inks.gap;
  const { begins, ends, profileCounts } = plan.series;
  for (let slice = 0; slice < begins.length; slice++) {
    if (profileCounts[slice]! > 0) continue;
    const first = slice;
    while (slice + 1 < begins.length && profileCounts[slice + 1] === 0) slice++;
    const left = Math.max(at.left, Math.round(at.x(begins[first]!)));
    const right = Math.min(at.right, Math.round(at.x(ends[slice]!)));
    if (right > left) context.fillRect(left, at.top, right - left, at.bottom - at.top);
  }
}

function paintBars(context: CanvasRenderingContext2D, plan: Plan, at: Scales, inks: Inks, lit: number): void {
  const bases = new Float64Array(plan.series.begins.length);
  for (const column of plan.shown) {
    const values = plan.series.columns[column]!.values;
    const strength = lit < 0 || lit === column ? 1 : DIM;
    context.fillStyle = inks.colors[column]!;
    eachSlice(plan, at, (slice, left, width) => {
      const value = values[slice] || 0;
      if (value <= 0) return;
      const bottom = Math.round(at.y(bases[slice]!));
      bases[slice]! += value;
      const top = Math.round(at.y(bases[slice]!));
      context.globalAlpha = plan.series.complete[slice] ? strength : strength * PALE;
      if (bottom > top) context.fillRect(left, top, width, bottom - top);
    });
  }
}

function paintLines(context: CanvasRenderingContext2D, plan: Plan, at: Scales, inks: Inks, lit: number): void {
  const radius = 2.5 * devicePixelRatio;
  context.lineWidth = 1.5 * devicePixelRatio;
  for (const column of plan.shown) {
    const values = plan.series.columns[column]!.values;
    const line = new Path2D();
    const dots = new Path2D();
    let before = false;
    eachSlice(plan, at, (slice, left, width) => {
      const value = values[slice]!;
      const x = left + width / 2;
      const y = at.y(value);
      if (Number.isNaN(value)) {
        before = false;
        return;
      }
      if (before) line.lineTo(x, y);
      else line.moveTo(x, y);
      before = true;
      if (width > 3 * radius || values.length < 200) {
        dots.moveTo(x + radius, y);
        dots.arc(x, y, radius, 0, 2 * Math.PI);
      }
    });
    context.globalAlpha = lit < 0 || lit === column ? 1 : DIM;
    context.strokeStyle = context.fillStyle = inks.colors[column]!;
    context.stroke(line);
    context.fill(dots);
  }
}

/** lit: the column that is pointed at; -1 for none. */
export function paintFigures(context: CanvasRenderingContext2D, plan: Plan, at: Scales, inks: Inks, lit: number): void {
  context.save();
  context.beginPath();
  context.rect(at.left, at.top, at.right - at.left, at.bottom - at.top + 1);
  context.clip();
  (plan.series.stacks ? paintBars : paintLines)(context, plan, at, inks, lit);
  context.restore();
}
