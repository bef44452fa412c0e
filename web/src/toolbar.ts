// toolbar.ts - what is asked: metric, grouping, scale, width, top.

import type { LabelsJson } from "./answers";
import { h, replace } from "./dom";
import { isPerCall, type Scale, type State } from "./state";
import { WIDTHS } from "./times";

type Choice = [value: string, text: string];

const METRIC_CHOICES: Choice[] = [
  ["tottime", "Own time"], ["cumtime", "Cumulative time"], ["ncalls", "Calls"], ["pcalls", "Primitive calls"],
  ["percall", "Own time per call"], ["percall-cum", "Cumulative time per call"],
  ["resumes", "Resumes of coroutines"], ["awaittime", "Time of coroutines, waiting included"],
];
const BY_CHOICES: Choice[] = [
  ["function", "function"], ["name", "bare name"], ["file", "file"], ["module", "module"], ["package", "package"],
];
const SCALE_CHOICES: Choice[] = [["total", "total"], ["rate", "per second"], ["share", "share"]];
const TOP_CHOICES = [5, 10, 15, 20, 30, 50].map((n): Choice => [String(n), "top " + n]);
const WIDTH_CHOICES: Choice[] = [["", "auto"], ...WIDTHS.filter((width) => width.ms >= 100).map((width): Choice =>
  [width.text, width.text.replace(/^(\d+)(\D)/, "$1 $2")])];

export function metricText(metric: string): string {
  return METRIC_CHOICES.find(([value]) => value === metric)?.[1] ?? metric;
}

export function byText(by: string): string {
  return (BY_CHOICES.find(([value]) => value === by)?.[1] ?? by).replace(/^label:/, "").replace(",", " and ");
}

/** A list to choose from; a value that is not in it is added, so that every link can be shown. */
class Select {
  readonly element: HTMLElement;
  readonly select: HTMLSelectElement;
  private choices: Choice[] = [];

  constructor(label: string, choices: Choice[], chosen: (value: string) => void) {
    const id = "choose-" + label.toLowerCase();
    this.select = h("select", { id, change: () => chosen(this.select.value) });
    this.element = h("div", { class: "choice" }, h("label", { for: id }, label), this.select);
    this.offer(choices);
  }

  offer(choices: Choice[]): void {
    this.choices = choices;
    const value = this.select.value;
    replace(this.select, ...choices.map(([of, text]) => h("option", { value: of }, text)));
    if (value !== "") this.show(value);
  }

  show(value: string): void {
    if (!this.choices.some(([known]) => known === value)) this.offer([...this.choices, [value, value]]);
    this.select.value = value;
  }
}

export class Toolbar {
  readonly element: HTMLElement;
  private readonly metric: Select;
  private readonly by: Select;
  private readonly scale: Select;
  private readonly slice: Select;
  private readonly top: Select;

  constructor(change: (patch: Partial<State>) => void, filters: HTMLElement) {
    this.metric = new Select("Metric", METRIC_CHOICES, (metric) =>
      change(isPerCall(metric) ? { metric, scale: "total" } : { metric }));
    this.by = new Select("By", BY_CHOICES, (by) => change({ by, only: [] }));
    this.scale = new Select("As", SCALE_CHOICES, (scale) => change({ scale: scale as Scale }));
    this.slice = new Select("Slices", WIDTH_CHOICES, (slice) => change({ slice }));
    this.top = new Select("Top", TOP_CHOICES, (top) => change({ top: Number(top) }));
    this.element = h("div", { class: "toolbar", role: "group", "aria-label": "What is shown" },
      this.metric.element, this.by.element, this.scale.element, this.slice.element, this.top.element, filters);
  }

  show(state: State): void {
    this.metric.show(state.metric);
    this.by.show(state.by);
    this.scale.show(state.scale);
    this.scale.select.disabled = isPerCall(state.metric);
    this.slice.show(state.slice);
    this.top.show(String(state.top));
  }

  showLabels(labels: LabelsJson): void {
    const keys = labels.labels.map((label) => label.key);
    this.by.offer([...BY_CHOICES, ...keys.map((key): Choice => ["label:" + key, key]),
      ...keys.map((key): Choice => ["label:" + key + ",function", key + " and function"])]);
  }
}
