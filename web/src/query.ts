// query.ts - a state as questions to the API.

import type { Params } from "./api";
import { isPerCall, type State } from "./state";
import { chooseWidth, isLive, parseTime, rfc3339, widthOf, type Width } from "./times";
import { midnight } from "./zone";

/** A span to ask for, and its slices. */
export interface Span {
  from: number;
  to: number;
  width: Width;
  tooNarrow: boolean; // the asked width would have been more bars than there is room for
}

const BARS_MAX = 2000;

function alignDown(time: number, width: Width, zone: string): number {
  return width.calendar ? midnight(zone, time) : Math.floor(time / width.ms) * width.ms;
}

function alignUp(time: number, width: Width, zone: string): number {
  const down = alignDown(time, width, zone);
  if (down === time) return time;
  return width.calendar ? midnight(zone, time, 1) : down + width.ms;
}

/**
 * The span of a state at a moment. What counts from now is cut at edges of slices, so that the first
 * bar is a whole one and the server can say that nothing has changed.
 * room: bars that there is room for. Returns: null where a text is no time, or the span is empty.
 */
export function spanOf(state: State, now: number, room: number): Span | null {
  let from = parseTime(state.from, now, state.zone);
  let to = parseTime(state.to, now, state.zone);
  if (from === null || to === null || from >= to) return null;
  const asked = state.slice === "" ? null : widthOf(state.slice);
  const tooNarrow = asked !== null && (to - from) / asked.ms > BARS_MAX;
  const width = asked === null || tooNarrow ? chooseWidth(to - from, tooNarrow ? BARS_MAX / 4 : room) : asked;
  if (isLive(state.to)) {
    from = alignDown(from, width, state.zone);
    to = alignUp(to, width, state.zone);
  }
  return { from, to, width, tooNarrow };
}

/** "FROM/TO" of a comparison as two moments. */
export function sidesOf(text: string): [number, number] | null {
  const [from, to] = text.split("/").map((part) => parseTime(part, 0, "UTC"));
  return from === null || to === null || from === undefined || to === undefined || from >= to ? null : [from, to];
}

export function sideText(from: number, to: number): string {
  return rfc3339(from) + "/" + rfc3339(to);
}

function spanParams(from: number, to: number): Params {
  return [["from", rfc3339(from)], ["to", rfc3339(to)]];
}

const each = (name: string, values: string[]): Params => values.map((value) => [name, value]);

/** What chooses profiles and functions. */
export function filterParams(state: State): Params {
  return [...each("where", state.where), ...each("match", state.match)];
}

/** more: replaces what the state says; "function" may stand in it several times. */
export function seriesParams(state: State, span: Span, more: Params = []): Params {
  const params = new Map<string, string>([
    ...spanParams(span.from, span.to), ["slice", span.width.text], ["zone", state.zone], ["metric", state.metric],
    ["by", state.by], ["top", String(state.top)], ["fill", "null"],
  ] as Params);
  if (state.scale !== "total") params.set(state.scale, "on");
  for (const [name, value] of more) if (name !== "function") params.set(name, value);
  if (isPerCall(params.get("metric")!)) for (const scale of ["rate", "share"]) params.delete(scale);
  return [...params, ...filterParams(state), ...more.filter(([name]) => name === "function")];
}

/** The profile knows no `match`: the page looks at its functions itself. */
export function profileParams(state: State, span: Span): Params {
  return [...spanParams(span.from, span.to), ...each("where", state.where)];
}

export function diffParams(state: State): Params {
  const metric = state.metric === "cumtime" ? "cumtime" : "tottime";
  return [["base", state.base], ["new", state.new], ["metric", metric], ["by", state.by], ["zone", state.zone],
    ["top", "0"], ...filterParams(state)];
}
