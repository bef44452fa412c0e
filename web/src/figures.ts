// figures.ts - figures as texts: the same unit along an axis, exact ones in tooltips.

export interface Unit {
  factor: number; // shown = value * factor
  suffix: string;
}

const TIMES: [number, string][] = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]];
const COUNTS: [number, string, number][] = [[1e9, "G", 1e9], [1e6, "M", 1e6], [1e4, "k", 1e3]];

/** The unit in which a figure of that size reads best. `unit`: of the series (docs/formats/tables.md). */
export function unitFor(size: number, unit: string): Unit {
  if (unit === "ratio") return { factor: 100, suffix: "%" };
  const behind = unit === "s/s" || unit === "calls/s" ? "/s" : "";
  if (unit.startsWith("calls")) {
    const found = COUNTS.find(([least]) => size >= least);
    return found === undefined ? { factor: 1, suffix: behind === "" ? "" : " calls/s" }
      : { factor: 1 / found[2], suffix: found[1] + behind };
  }
  const [least, name] = TIMES.find(([limit]) => size >= limit) ?? (size > 0 ? TIMES[3]! : TIMES[0]!);
  return { factor: 1 / least, suffix: name + behind };
}

const grouped = new Map<number, Intl.NumberFormat>();

function group(value: number, digits: number): string {
  let format = grouped.get(digits);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    grouped.set(digits, format);
  }
  return format.format(value);
}

function join(text: string, suffix: string): string {
  return suffix === "" ? text : text + (suffix === "%" || suffix.startsWith(" ") ? suffix : " " + suffix);
}

export function inUnit(value: number, unit: Unit, digits: number): string {
  return join(group(value * unit.factor, digits), unit.suffix);
}

/** Three digits or so: "1.24 s", "812 µs". */
export function short(value: number | null, unit: string): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (value === 0) return unit === "ratio" ? "0%" : "0";
  const chosen = unitFor(Math.abs(value), unit);
  const shown = Math.abs(value * chosen.factor);
  const whole = chosen.suffix === "" || chosen.suffix === " calls/s";
  const digits = whole && Number.isInteger(value) ? 0 : shown >= 100 ? 0 : shown >= 10 ? 1 : 2;
  return inUnit(value, chosen, digits);
}

/** Digits behind the point that a sum of whole nanoseconds has. */
const NS_DIGITS: Record<string, number> = { s: 9, ms: 6, "µs": 3, ns: 0 };

/** All digits that the figure has. */
export function exact(value: number | null, unit: string): string {
  if (value === null || Number.isNaN(value)) return "no figure";
  if (unit === "calls" || unit === "calls/s") return join(everyDigit(value), unit);
  const chosen = unitFor(Math.abs(value), unit);
  const shown = value * chosen.factor;
  const whole = unit === "s" && Math.abs(value * 1e9 - Math.round(value * 1e9)) < 1e-3;
  return join(whole ? group(shown, NS_DIGITS[chosen.suffix]!) : everyDigit(shown), chosen.suffix);
}

function everyDigit(value: number): string {
  const before = Math.max(1, Math.ceil(Math.log10(Math.abs(value) + 1)));
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: Math.max(0, Math.min(9, 12 - before)) }).format(value);
}

export function count(value: number): string {
  return group(value, 0);
}

export function percent(part: number, whole: number): string {
  const text = whole === 0 ? "" : group((100 * part) / whole, Math.abs(part / whole) < 0.0995 ? 1 : 0) + "%";
  return text.replace("-", "−");
}

/** Round values from 0 to about `max`, 1, 2 or 5 times a power of ten of the unit apart. */
export function valueTicks(max: number, factor: number, room: number): number[] {
  if (!(max > 0)) return [0];
  const rough = (max * factor) / Math.max(1, room);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999)!;
  const ticks: number[] = [];
  for (let i = 0; i * step <= max * factor * 1.0001; i++) ticks.push((i * step) / factor);
  return ticks;
}

export function tickDigits(ticks: number[], factor: number): number {
  const step = ticks.length > 1 ? (ticks[1]! - ticks[0]!) * factor : 1;
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}
