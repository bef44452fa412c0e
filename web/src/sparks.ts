// sparks.ts - small histories for the rows of a table that are seen, asked for together.

import { getJson, isAbort, type Params } from "./api";
import { svg } from "./dom";
import { readSeries, type SeriesJson } from "./series";

const TOGETHER = 24; // functions of one request: a URL has its limits
const WAIT_MS = 60; // while the table scrolls
const WIDTH = 96;
const HEIGHT = 20;

export class Sparks {
  private known = new Map<string, Float64Array>();
  private wanted: string[] = [];
  private params: ((functions: Params) => Params) | null = null;
  private timer = 0;
  private loading: AbortController | null = null;

  constructor(private readonly arrived: () => void) {}

  /** From now on histories are of another span, or of the same once more. What is known stays until then. */
  restart(params: (functions: Params) => Params, forget: boolean): void {
    this.params = params;
    this.loading?.abort();
    this.loading = null;
    if (forget) this.known = new Map();
    else this.stale = new Set(this.known.keys());
    if (this.wanted.length > 0) this.want(this.wanted);
  }

  private stale = new Set<string>();

  of(name: string): Float64Array | undefined {
    return this.known.get(name);
  }

  want(names: string[]): void {
    this.wanted = names;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), WAIT_MS);
  }

  private async load(): Promise<void> {
    if (this.params === null || this.loading !== null) return;
    const missing = this.wanted.filter((name) => !this.known.has(name) || this.stale.has(name)).slice(0, TOGETHER);
    if (missing.length === 0) return;
    const loading = new AbortController();
    this.loading = loading;
    try {
      const { body } = await getJson<SeriesJson>("/series", this.params(missing.map((name) => ["function", name])),
        loading.signal);
      for (const name of missing) {
        this.known.set(name, new Float64Array());
        this.stale.delete(name);
      }
      for (const column of readSeries(body).columns) this.known.set(column.name, column.values);
      this.arrived();
    } catch (error) {
      if (!isAbort(error)) this.wanted = []; // the table stands without them; the chart tells the reason
    } finally {
      if (this.loading === loading) this.loading = null;
    }
    if (this.loading === null && !loading.signal.aborted) void this.load();
  }
}

export function sparkline(values: Float64Array | undefined, color: string | undefined): Element {
  const picture = svg("svg", { class: "sparkline", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none",
    "aria-hidden": "true" });
  if (values === undefined || values.length === 0) return picture;
  let max = 0;
  for (const value of values) if (value > max) max = value;
  if (max <= 0) return picture;
  const step = WIDTH / values.length;
  let path = "";
  values.forEach((value, i) => {
    if (!(value > 0)) return;
    const height = Math.max(1, (value / max) * HEIGHT);
    path += `M${(i * step).toFixed(2)} ${HEIGHT}v${(-height).toFixed(2)}h${Math.max(0.8, step - 0.6).toFixed(2)}v${height.toFixed(2)}z`;
  });
  const bars = svg("path", { d: path });
  if (color !== undefined) bars.style.fill = color;
  picture.append(bars);
  return picture;
}
