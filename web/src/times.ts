// times.ts - times as people write them (docs/queries.md, "Times"), and widths of slices.

import { fromLocal, midnight, offsetMs } from "./zone";

const UNIT_MS: Record<string, number> = {
  ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000,
};

/** "1h30m" in ms; null where it is no duration. */
export function durationMs(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return null;
  let sum = 0;
  for (const [, number, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|[smhdw])/g)) sum += Number(number) * UNIT_MS[unit!]!;
  return sum;
}

function relative(text: string, now: number): number | null {
  if (text === "now") return now;
  const found = /^(?:now)?([+-])(.+)$/.exec(text);
  const duration = found === null ? null : durationMs(found[2]!);
  return duration === null ? null : found![1] === "-" ? now - duration : now + duration;
}

function clockMs(text: string | undefined): number {
  if (text === undefined) return 0;
  const [hours, minutes, seconds] = text.split(":").map(Number);
  return ((hours! * 60 + minutes!) * 60 + (seconds ?? 0)) * 1000;
}

const CLOCK = "(\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?)";

function byClock(text: string, now: number, zone: string): number | null {
  const day = new RegExp("^(today|yesterday)(?: " + CLOCK + ")?$").exec(text);
  if (day !== null) {
    const begin = midnight(zone, now, day[1] === "today" ? 0 : -1);
    return day[2] === undefined ? begin : fromLocal(zone, begin + offsetMs(zone, begin) + clockMs(day[2]));
  }
  const date = new RegExp("^(\\d{4})-(\\d{2})-(\\d{2})(?:[ T]" + CLOCK + ")?$").exec(text);
  if (date === null) return null;
  const local = Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3]));
  return fromLocal(zone, local + clockMs(date[4]));
}

/** A moment in ms; null where the text is no time. */
export function parseTime(text: string, now: number, zone: string): number | null {
  const trimmed = text.trim();
  const known = relative(trimmed, now) ?? byClock(trimmed, now, zone);
  if (known !== null) return known;
  if (/^\d{9,}(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^\d{4}-\d{2}-\d{2}[T ].*(Z|[+-]\d{2}:?\d{2})$/i.test(trimmed)) return null;
  const parsed = Date.parse(trimmed.replace(" ", "T"));
  return Number.isNaN(parsed) ? null : parsed;
}

/** A moment as links and the API have it. */
export function rfc3339(time: number): string {
  return new Date(Math.round(time)).toISOString().replace(".000Z", "Z");
}

export function isLive(to: string): boolean {
  return to === "now";
}

/** "1 h 30 min", for people. */
export function durationText(ms: number): string {
  const parts: string[] = [];
  let left = Math.round(ms);
  for (const [unit, size] of [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000], ["ms", 1]] as const) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(count + " " + unit);
    left -= count * size;
  }
  return parts.slice(0, 2).join(" ") || "0 s";
}

// --- widths ---

export interface Width {
  text: string; // as the API takes it
  ms: number; // of calendar units: about
  calendar: boolean;
}

const fixed = (text: string): Width => ({ text, ms: durationMs(text)!, calendar: false });
const calendar = (text: string, days: number): Width => ({ text, ms: days * UNIT_MS.d!, calendar: true });

export const WIDTHS: Width[] = [
  ...["1ms", "2ms", "5ms", "10ms", "20ms", "50ms", "100ms", "200ms", "500ms", "1s", "2s", "5s", "10s", "15s", "30s",
    "1m", "2m", "5m", "10m", "15m", "30m", "1h", "2h", "3h", "6h", "12h"].map(fixed),
  calendar("day", 1), calendar("2day", 2), calendar("week", 7), calendar("month", 30.4), calendar("quarter", 91.3),
  calendar("year", 365.25), calendar("10year", 3652.5),
];

/** The narrowest pleasant width of which at most `room` fit into a span. */
export function chooseWidth(span: number, room: number): Width {
  return WIDTHS.find((width) => span / width.ms <= room) ?? WIDTHS[WIDTHS.length - 1]!;
}

export function widthOf(text: string): Width | null {
  const known = WIDTHS.find((width) => width.text === text);
  const ms = durationMs(text);
  return known ?? (ms === null || ms <= 0 ? null : { text, ms, calendar: false });
}
