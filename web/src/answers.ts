// answers.ts - what /profile, /callers, /labels and /diff answer, as the page uses it.

import { nameParts, type NameParts } from "./names";

// --- /profile ---

export interface ProfileJson {
  from: string | null;
  to: string | null;
  coverage: number;
  profile_count: number;
  total_calls: number;
  functions: {
    file: string[]; line: number[]; name: string[]; qualname: (string | null)[]; function: string[];
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

/** The text that `match` is searched in. */
function pstatsText(all: ProfileJson["functions"], i: number): string {
  const text = all.function[i]!;
  return all.file[i] === "~" ? text : all.file[i] + ":" + all.line[i] + "(" + (all.qualname[i] ?? all.name[i]) + ")";
}

/** The regexes of a state; one that this browser does not know (the server's are Perl's) lets all through. */
function matcher(match: string[]): (text: string) => boolean {
  try {
    const regexes = match.map((text) => new RegExp(text));
    return (text) => regexes.length === 0 || regexes.some((regex) => regex.test(text));
  } catch {
    return () => true;
  }
}

export function readProfile(json: ProfileJson, match: string[]): FunctionRow[] {
  const all = json.functions;
  const fits = matcher(match);
  const rows: FunctionRow[] = [];
  for (let i = 0; i < all.function.length; i++) {
    if (!fits(pstatsText(all, i))) continue;
    const name = all.function[i]!;
    const parts = nameParts(name);
    if (all.file[i] !== "~") parts.place = parts.place.replace(/(:\d+)?$/, ":" + all.line[i]!);
    rows.push({
      name, file: all.file[i]!, parts, ncalls: all.ncalls[i]!, pcalls: all.pcalls[i]!,
      tottime: all.tottime_ns[i]! * 1e-9, cumtime: all.cumtime_ns[i]! * 1e-9,
    });
  }
  return rows;
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
