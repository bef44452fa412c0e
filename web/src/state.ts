// state.ts - what the page shows, and the URL that says the same.
//
// Names and values are those of the API wherever it has them, so that a link can be read, and typed.

export type Scale = "total" | "rate" | "share";
export type View = "chart" | "compare";
export type Tab = "functions" | "slices";

export interface State {
  view: View;
  from: string; // as docs/queries.md, "Times"
  to: string;
  zone: string;
  slice: string; // "": the page chooses
  metric: string;
  by: string;
  scale: Scale;
  top: number;
  where: string[];
  match: string[];
  only: string[]; // columns that the legend isolates
  function: string; // the one that is open, by its name in a series
  tab: Tab;
  sort: string; // column; "-" before it: largest first
  search: string;
  base: string; // spans to compare: "FROM/TO"
  new: string;
}

export const DEFAULTS: Readonly<State> = {
  view: "chart",
  from: "-1h",
  to: "now",
  zone: "",
  slice: "",
  metric: "tottime",
  by: "function",
  scale: "total",
  top: 10,
  where: [],
  match: [],
  only: [],
  function: "",
  tab: "functions",
  sort: "-tottime",
  search: "",
  base: "",
  new: "",
};

export const METRICS = ["tottime", "cumtime", "ncalls", "pcalls", "percall", "percall-cum", "resumes", "awaittime"];
const TEXTS = ["from", "to", "zone", "slice", "by", "function", "sort", "search", "base", "new"] as const;
const LISTS = ["where", "match", "only"] as const;
const TOP_MAX = 100;

export function isPerCall(metric: string): boolean {
  return metric.startsWith("percall");
}

/** A state from a URL's query; what it does not know it leaves at the default. */
export function readState(search: string): State {
  const query = new URLSearchParams(search);
  const state: State = { ...DEFAULTS };
  for (const name of TEXTS) state[name] = query.get(name) ?? DEFAULTS[name];
  for (const name of LISTS) state[name] = query.getAll(name);
  const metric = query.get("metric");
  if (metric !== null && METRICS.includes(metric)) state.metric = metric;
  if (query.get("view") === "compare") state.view = "compare";
  if (query.get("tab") === "slices") state.tab = "slices";
  if (query.get("rate") === "on") state.scale = "rate";
  if (query.get("share") === "on") state.scale = "share";
  if (isPerCall(state.metric)) state.scale = "total";
  const top = Number(query.get("top") ?? DEFAULTS.top);
  if (Number.isInteger(top) && top >= 1 && top <= TOP_MAX) state.top = top;
  return state;
}

/** The query of a URL, with "?" where there is any; defaults are left out. */
export function writeState(state: State): string {
  const query = new URLSearchParams();
  if (state.view !== DEFAULTS.view) query.set("view", state.view);
  for (const name of TEXTS) if (state[name] !== DEFAULTS[name]) query.set(name, state[name]);
  if (state.metric !== DEFAULTS.metric) query.set("metric", state.metric);
  if (state.scale !== "total") query.set(state.scale, "on");
  if (state.top !== DEFAULTS.top) query.set("top", String(state.top));
  if (state.tab !== DEFAULTS.tab) query.set("tab", state.tab);
  for (const name of LISTS) for (const value of state[name]) query.append(name, value);
  const text = query.toString().replace(/%2F/g, "/").replace(/%3A/g, ":");
  return text === "" ? "" : "?" + text;
}

/** Keeps the state and the browser's history at the same. */
export class StateStore {
  state: State;
  private readonly listeners: ((state: State, before: State) => void)[] = [];

  constructor(zone: string) {
    this.state = readState(location.search);
    if (this.state.zone === "") this.state.zone = zone;
    history.replaceState(null, "", this.url(this.state));
    window.addEventListener("popstate", () => {
      const state = readState(location.search);
      if (state.zone === "") state.zone = zone;
      this.become(state);
    });
  }

  url(state: State): string {
    return location.pathname + writeState(state);
  }

  /** The URL of this state with a change. */
  link(patch: Partial<State>): string {
    return this.url({ ...this.state, ...patch });
  }

  /** A step that the browser's back button undoes. */
  go(patch: Partial<State>): void {
    const state = { ...this.state, ...patch };
    if (this.url(state) !== this.url(this.state)) history.pushState(null, "", this.url(state));
    this.become(state);
  }

  /** A change too small for a step back, such as a letter typed. */
  adjust(patch: Partial<State>): void {
    const state = { ...this.state, ...patch };
    history.replaceState(null, "", this.url(state));
    this.become(state);
  }

  listen(listener: (state: State, before: State) => void): void {
    this.listeners.push(listener);
  }

  private become(state: State): void {
    const before = this.state;
    this.state = state;
    for (const listener of this.listeners) listener(state, before);
  }
}
