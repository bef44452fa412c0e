// chart_keys.ts - the chart without a pointer: arrows go from slice to slice, Enter goes into one.

import type { Series } from "./series";

export interface KeyEvents {
  series(): Series | null;
  point(slice: number): void; // -1: no longer
  span(from: number, to: number): void;
  widen(): void;
}

const ZOOM = 0.5;
const PAN = 0.5;

export function chartKeys(host: HTMLElement, events: KeyEvents): void {
  let at = -1;
  const go = (slice: number, count: number): void => {
    at = Math.max(0, Math.min(count - 1, slice));
    events.point(at);
  };
  const move = (series: Series, by: number): void => {
    const begin = series.begins[0]!;
    const width = series.ends[series.ends.length - 1]! - begin;
    events.span(begin + by * width, begin + (1 + by) * width);
  };
  const narrow = (series: Series): void => {
    const begin = series.begins[0]!;
    const width = series.ends[series.ends.length - 1]! - begin;
    const middle = at < 0 ? begin + width / 2 : (series.begins[at]! + series.ends[at]!) / 2;
    const from = Math.max(begin, Math.min(middle - (width * ZOOM) / 2, begin + width * (1 - ZOOM)));
    events.span(from, from + width * ZOOM);
  };
  host.addEventListener("keydown", (event) => {
    const series = events.series();
    if (series === null || series.begins.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const count = series.begins.length;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => (event.shiftKey ? move(series, -PAN) : go(at < 0 ? count - 1 : at - 1, count)),
      ArrowRight: () => (event.shiftKey ? move(series, PAN) : go(at + 1, count)),
      Home: () => go(0, count),
      End: () => go(count - 1, count),
      Enter: () => { if (at >= 0) events.span(series.begins[at]!, series.ends[at]!); },
      "+": () => narrow(series),
      "=": () => narrow(series),
      "-": () => events.widen(),
      Escape: () => events.point(at = -1),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  host.addEventListener("blur", () => events.point(at = -1));
}
