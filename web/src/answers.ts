// answers.ts - what /profile, /callers, /labels and /diff answer, as the page uses it.

import { nameParts, seriesName, type NameParts } from "./names";

// --- /profile ---

export interface ProfileJson {
  from: string | null;
  to: string | null;
  coverage: number;
  profile_count: number;
  total_calls: number;
  functions: {
    file: string[]; line: number[]; name: string[]; qualname?: (string | null)[];
    ncalls: number[]; pcalls: number[]; tottime_ns: number[]; cumtime_ns: number[];
  };
}

/** A function of a span; times in seconds. */
export interface FunctionRow {
  name: string; // as series by function name it
  file: string;
  parts: NameParts;
  ncalls: number;
  pcalls: number;
  tottime: number;
  cumtime: number;
}

export function readProfile(json: ProfileJson): FunctionRow[] {
  const all = json.functions;
  return all.name.map((name, i) => {
    const full = seriesName(all.file[i]!, all.line[i]!, name, all.qualname?.[i] ?? null);
    const parts = nameParts(full);
    if (all.file[i] !== "~") parts.place = parts.place.replace(/(:\d+)?$/, ":" + all.line[i]!);
    return {
      name: full, file: all.file[i]!, parts, ncalls: all.ncalls[i]!, pcalls: all.pcalls[i]!,
      tottime: all.tottime_ns[i]! * 1e-9, cumtime: all.cumtime_ns[i]! * 1e-9,
    };
  });
}

// --- /callers ---

export interface EdgeJson {
  name: string;
  ncalls: number;
  pcalls: number;
  tottime_ns: number;
  cumtime_ns: number;
}

export interface CallersJson {
  callers: EdgeJson[];
  callees: EdgeJson[];
}

// --- /labels ---

export interface LabelsJson {
  profile_count: number;
  first: string | null;
  last: string | null;
  labels: { key: string; values: { value: string; profile_count: number }[] }[];
}

// --- /diff (docs/diff.md, "json") ---

export interface DiffFigures {
  value: number;
  count: number;
  per_call: number | null;
  time: number;
  calls: number;
}

export interface DiffPart {
  change: number;
  more_often: number;
  slower: number;
  base: DiffFigures;
  new: DiffFigures;
}

export interface DiffRow extends DiffPart {
  name: string;
  label: string;
  state: "both" | "new" | "gone";
}

interface DiffSide {
  begin: string;
  end: string;
  profiled: number;
  coverage: number;
  profile_count: number;
}

export interface DiffJson {
  metric: string;
  per: string;
  unit: string;
  nested: boolean;
  base: DiffSide;
  new: DiffSide;
  rows: DiffRow[];
  total: DiffPart;
}
