// zone.ts - clocks of time zones, from the browser's own tables. Times are ms since 1970 UTC.

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
    formatters.set(zone, found);
  }
  return found;
}

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

export function isZone(zone: string): boolean {
  try {
    formatter(zone);
    return true;
  } catch {
    return false;
  }
}

export function zoneNames(): string[] {
  const all = Intl as unknown as { supportedValuesOf?: (key: string) => string[] };
  const names = all.supportedValuesOf?.("timeZone") ?? [];
  return names.includes("UTC") ? names : ["UTC", ...names];
}

/** What the zone's clock is ahead of UTC at a moment. */
export function offsetMs(zone: string, time: number): number {
  if (zone === "UTC") return 0;
  const whole = Math.floor(time / 1000) * 1000;
  const part: Record<string, number> = {};
  for (const { type, value } of formatter(zone).formatToParts(whole)) part[type] = Number(value);
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!) - whole;
}

/** The moment at which the zone's clock shows what a UTC clock shows at `local`. */
export function fromLocal(zone: string, local: number): number {
  const first = local - offsetMs(zone, local);
  return local - offsetMs(zone, first);
}

export function midnight(zone: string, time: number, days = 0): number {
  const local = new Date(time + offsetMs(zone, time));
  return fromLocal(zone, Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + days));
}

const two = (n: number): string => String(n).padStart(2, "0");

export interface Clock {
  date: string; // 2024-05-05
  time: string; // 14:03
  seconds: string; // 14:03:07, with .250 where there is a fraction
}

export function clockOf(zone: string, time: number): Clock {
  const d = new Date(time + offsetMs(zone, time));
  const hm = two(d.getUTCHours()) + ":" + two(d.getUTCMinutes());
  const ms = d.getUTCMilliseconds();
  return {
    date: d.getUTCFullYear() + "-" + two(d.getUTCMonth() + 1) + "-" + two(d.getUTCDate()),
    time: hm,
    seconds: hm + ":" + two(d.getUTCSeconds()) + (ms === 0 ? "" : "." + String(ms).padStart(3, "0")),
  };
}

/** "2024-05-05 14:03", with seconds where there are any. */
export function timeText(zone: string, time: number): string {
  const clock = clockOf(zone, time);
  return clock.date + " " + (time % 60_000 === 0 ? clock.time : clock.seconds);
}

/** A span for people: the date stands once where both ends share it. */
export function spanText(zone: string, begin: number, end: number): string {
  const from = timeText(zone, begin);
  const to = timeText(zone, end);
  return from + " – " + (from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to);
}

// --- ticks ---

const S = 1000, M = 60 * S, H = 60 * M, DAY = 24 * H;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S, M, 2 * M, 5 * M,
  10 * M, 15 * M, 30 * M, H, 2 * H, 3 * H, 6 * H, 12 * H, DAY, 2 * DAY, 7 * DAY];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];

function monthTicks(zone: string, from: number, to: number, room: number): number[] {
  const months = (to - from) / (30.4 * DAY);
  const step = MONTH_STEPS.find((s) => months / s <= room) ?? 240;
  const first = new Date(from + offsetMs(zone, from));
  const ticks: number[] = [];
  let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  for (; ; month += step) {
    const at = fromLocal(zone, Date.UTC(Math.floor(month / 12), month % 12, 1));
    if (at > to) return ticks;
    if (at >= from) ticks.push(at);
  }
}

/** Round times of the zone's clock within [from, to], at most about `room` of them. */
export function timeTicks(zone: string, from: number, to: number, room: number): number[] {
  const step = STEPS.find((s) => (to - from) / s <= room);
  if (step === undefined) return monthTicks(zone, from, to, room);
  const ticks: number[] = [];
  let local = Math.ceil((from + offsetMs(zone, from)) / step) * step;
  for (; ; local += step) {
    const at = fromLocal(zone, local);
    if (at > to) return ticks;
    if (at >= from && at !== ticks[ticks.length - 1]) ticks.push(at);
  }
}

/** Texts of ticks; the date stands under the first one and where the day changes. */
export function tickTexts(zone: string, ticks: number[]): string[] {
  const step = ticks.length > 1 ? Math.min(...ticks.slice(1).map((t, i) => t - ticks[i]!)) : M;
  let day = "";
  return ticks.map((tick) => {
    const clock = clockOf(zone, tick);
    if (step >= 27 * DAY) return clock.date.slice(0, 7);
    if (step >= 20 * H) return clock.date;
    const text = step < M ? clock.seconds : clock.time;
    if (clock.date === day) return text;
    day = clock.date;
    return text + "\n" + day;
  });
}
