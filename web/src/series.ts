// series.ts - the answer of /series as the chart wants it: a column of numbers each.

export interface SeriesJson {
  metric: string;
  scale: string;
  unit: string;
  by: string;
  zone: string;
  width: number | null;
  estimated?: boolean;
  nested: boolean;
  profiles_in: number;
  group_count: number;
  columns: { name: string; label: string; value: number | null }[];
  other: number | null;
  total: number | null;
  slices: {
    begin: string; end: string; coverage: number; complete: boolean; estimated?: boolean; profile_count: number;
    values: (number | null)[]; other: number | null; total: number | null;
  }[];
}

export interface Column {
  name: string; // unique; OTHER for the rest
  label: string;
  value: number | null; // over the whole range
  values: Float64Array; // a slice each; NaN: no figure
}

export interface Series {
  metric: string;
  scale: string;
  unit: string;
  by: string;
  nested: boolean;
  estimated: boolean;
  stacks: boolean; // figures add up
  groupCount: number;
  profileCount: number;
  columns: Column[]; // largest first; "other" last, where there is any
  total: number | null;
  begins: Float64Array; // ms
  ends: Float64Array;
  totals: Float64Array;
  coverage: Float64Array;
  complete: boolean[];
  profileCounts: Float64Array;
}

export const OTHER = "(other)";

const figure = (value: number | null | undefined): number => value ?? NaN;

export function readSeries(json: SeriesJson): Series {
  const slices = json.slices;
  const columnOf = (pick: (slice: SeriesJson["slices"][number]) => number): Float64Array =>
    Float64Array.from(slices, pick);
  const columns: Column[] = json.columns.map((column, i) => ({
    ...column, values: columnOf((slice) => figure(slice.values[i])),
  }));
  if (json.group_count > json.columns.length)
    columns.push({ name: OTHER, label: "other", value: json.other, values: columnOf((slice) => figure(slice.other)) });
  return {
    metric: json.metric, scale: json.scale, unit: json.unit, by: json.by, nested: json.nested,
    estimated: json.estimated === true, stacks: !json.metric.startsWith("percall"),
    groupCount: json.group_count, profileCount: json.profiles_in, columns, total: json.total,
    begins: columnOf((slice) => Date.parse(slice.begin)), ends: columnOf((slice) => Date.parse(slice.end)),
    totals: columnOf((slice) => figure(slice.total)), coverage: columnOf((slice) => slice.coverage),
    complete: slices.map((slice) => slice.complete), profileCounts: columnOf((slice) => slice.profile_count),
  };
}

/** The slice that holds a moment; the nearest one beyond the ends. -1: there is none. */
export function sliceAt(series: Series, time: number): number {
  let low = 0;
  let high = series.begins.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (series.begins[middle]! <= time) low = middle;
    else high = middle - 1;
  }
  return high;
}

/** A span made as wide as the slices that it touches. */
export function snap(series: Series, from: number, to: number): [number, number] {
  const first = sliceAt(series, Math.min(from, to));
  const last = sliceAt(series, Math.max(from, to) - 1e-3);
  return [series.begins[first]!, series.ends[Math.max(first, last)]!];
}
