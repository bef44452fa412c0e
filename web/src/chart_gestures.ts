// chart_gestures.ts - the wheel and the finger, which uPlot leaves to its users.

import type uPlot from "uplot";

const SETTLE_MS = 160; // after the last turn of the wheel
const STEP = 0.0016; // of a pixel of the wheel
const SPAN_MIN_MS = 20;
const DRAG_MIN_PX = 12;

type Choose = (from: number, to: number) => void;

/** The wheel zooms around the pointer; sideways, or with Shift, it moves. */
export function wheelZoom(plot: uPlot, preview: Choose, choose: Choose): void {
  let timer = 0;
  plot.over.addEventListener("wheel", (event) => {
    event.preventDefault();
    const min = plot.scales.x!.min!;
    const max = plot.scales.x!.max!;
    const lines = event.deltaMode === 1 ? 16 : 1;
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    let from = min, to = max;
    if (Math.abs(sideways) > (event.shiftKey ? 0 : Math.abs(event.deltaY))) {
      const shift = ((max - min) * sideways * lines) / plot.over.clientWidth;
      from += shift;
      to += shift;
    } else {
      const pointer = plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x");
      const factor = Math.exp(Math.max(-400, Math.min(400, event.deltaY * lines)) * STEP);
      from = pointer - (pointer - min) * factor;
      to = pointer + (max - pointer) * factor;
    }
    if (to - from < SPAN_MIN_MS) return;
    preview(from, to);
    clearTimeout(timer);
    timer = window.setTimeout(() => choose(from, to), SETTLE_MS);
  }, { passive: false });
}

/** A finger that moves sideways chooses a span; one that taps points. Up and down scrolls the page. */
export function touchDrag(plot: uPlot, choose: Choose, point: Choose): void {
  const over = plot.over;
  let begin = -1;
  const xOf = (event: PointerEvent): number =>
    Math.max(0, Math.min(over.clientWidth, event.clientX - over.getBoundingClientRect().left));
  const clear = (): void => {
    begin = -1;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  };
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") begin = xOf(event);
  });
  over.addEventListener("pointermove", (event) => {
    if (begin < 0 || event.pointerType !== "touch") return;
    const now = xOf(event);
    plot.setSelect({ left: Math.min(begin, now), top: 0, width: Math.abs(now - begin), height: over.clientHeight }, false);
  });
  over.addEventListener("pointerup", (event) => {
    if (begin < 0 || event.pointerType !== "touch") return;
    const ends = [begin, xOf(event)].sort((a, b) => a - b) as [number, number];
    clear();
    if (ends[1] - ends[0] >= DRAG_MIN_PX) choose(plot.posToVal(ends[0], "x"), plot.posToVal(ends[1], "x"));
    else point(ends[1], event.clientY - over.getBoundingClientRect().top);
  });
  over.addEventListener("pointercancel", clear);
}
