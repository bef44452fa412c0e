// time_picker.ts - which span of time: ranges that people ask for most, or any two times; and the zone.

import { h } from "./dom";
import { Popover } from "./popover";
import type { State } from "./state";
import { parseTime } from "./times";
import { isZone, spanText, timeText, zoneNames } from "./zone";

interface Range {
  from: string;
  to: string;
  text: string;
}

const RANGES: Range[] = [
  { from: "-5m", to: "now", text: "Last 5 minutes" }, { from: "-15m", to: "now", text: "Last 15 minutes" },
  { from: "-1h", to: "now", text: "Last hour" }, { from: "-6h", to: "now", text: "Last 6 hours" },
  { from: "-1d", to: "now", text: "Last 24 hours" }, { from: "-7d", to: "now", text: "Last 7 days" },
  { from: "-30d", to: "now", text: "Last 30 days" }, { from: "today", to: "now", text: "Today" },
  { from: "yesterday", to: "today", text: "Yesterday" },
];

export interface TimeEvents {
  choose(patch: Partial<State>): void;
  all(): void; // everything that there is
}

export function rangeText(state: State, now: number): string {
  const known = RANGES.find((range) => range.from === state.from && range.to === state.to);
  if (known !== undefined) return known.text;
  const from = parseTime(state.from, now, state.zone);
  const to = parseTime(state.to, now, state.zone);
  if (from === null || to === null) return state.from + " – " + state.to;
  return state.to === "now" ? "From " + state.from + " until now" : spanText(state.zone, from, to);
}

/** A fixed time by the zone's clock, others as they were typed. */
function editable(text: string, zone: string): string {
  return /^\d{4}-.*T.*Z$/.test(text) ? timeText(zone, Date.parse(text)) : text;
}

export class TimePicker {
  readonly popover: Popover;
  private readonly text = h("span", {});

  constructor(private readonly state: () => State, private readonly events: TimeEvents) {
    const button = h("button", { type: "button", class: "time-button" }, this.text,
      h("span", { class: "arrow", "aria-hidden": "true" }, "▾"));
    this.popover = new Popover(button, "Time", () => [this.ranges(), this.form()]);
  }

  show(): void {
    const text = rangeText(this.state(), Date.now());
    this.text.textContent = text;
    this.popover.button.setAttribute("aria-label", "Time: " + text);
  }

  private choose(patch: Partial<State>): void {
    this.popover.close(true);
    this.events.choose(patch);
  }

  private ranges(): HTMLElement {
    const { from, to } = this.state();
    return h("div", { class: "ranges" },
      ...RANGES.map((range) => h("button", {
        type: "button", "aria-pressed": String(range.from === from && range.to === to),
        click: () => this.choose({ from: range.from, to: range.to }),
      }, range.text)),
      h("button", { type: "button", click: () => { this.popover.close(true); this.events.all(); } }, "All there is"));
  }

  private form(): HTMLElement {
    const state = this.state();
    const problem = h("p", { class: "problem", role: "alert" });
    const input = (name: string, value: string): HTMLInputElement =>
      h("input", { id: "time-" + name, name, value, autocomplete: "off", spellcheck: "false" });
    const from = input("from", editable(state.from, state.zone));
    const to = input("to", editable(state.to, state.zone));
    const zone = h("input", { id: "time-zone", name: "zone", value: state.zone, list: "zones", autocomplete: "off", spellcheck: "false" });
    const submit = (event: Event): void => {
      event.preventDefault();
      const wrong = this.check(from.value, to.value, zone.value);
      problem.textContent = wrong;
      if (wrong === "") this.choose({ from: from.value.trim(), to: to.value.trim(), zone: zone.value.trim() });
    };
    return h("form", { class: "times", submit },
      h("label", { for: "time-from" }, "From"), from, h("label", { for: "time-to" }, "To"), to,
      h("label", { for: "time-zone" }, "Zone"), zone,
      h("datalist", { id: "zones" }, ...zoneNames().map((name) => h("option", { value: name }))),
      h("p", { class: "hint" }, "2024-05-05 14:00 · yesterday 9:30 · -2h · now"), problem,
      h("button", { type: "submit", class: "primary" }, "Show"));
  }

  /** What is wrong with the fields; empty where nothing is. */
  private check(from: string, to: string, zone: string): string {
    if (!isZone(zone.trim()) || zone.trim() === "") return "“" + zone + "” is no time zone: Europe/Berlin, or UTC.";
    const begin = parseTime(from, Date.now(), zone.trim());
    const end = parseTime(to, Date.now(), zone.trim());
    if (begin === null) return "“" + from + "” is no time: 2024-05-05 14:00, or -2h.";
    if (end === null) return "“" + to + "” is no time: 2024-05-05 15:00, or now.";
    return begin < end ? "" : "The end is not after the beginning.";
  }
}
