// legend.ts - the columns of a chart, largest first from the bottom of the bars; a click isolates one.

import { columnColors } from "./chart";
import { h, replace } from "./dom";
import { percent, short } from "./figures";
import type { ChartView } from "./chart";

export interface LegendEvents {
  isolate(only: string[]): void;
  point(column: number): void;
  open(name: string): void;
}

/** Alone: shows it, or all of them again. With others: adds it to them, or takes it away. */
function toggled(only: string[], name: string, withOthers: boolean): string[] {
  if (!withOthers) return only.length === 1 && only[0] === name ? [] : [name];
  return only.includes(name) ? only.filter((other) => other !== name) : [...only, name];
}

export class Legend {
  readonly element = h("ul", { class: "legend", "aria-label": "What the bars are made of" });

  constructor(private readonly events: LegendEvents) {}

  show(view: ChartView): void {
    const { series, only } = view;
    const colors = columnColors(series, view.dark);
    const focused = this.element.contains(document.activeElement)
      ? [...this.element.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement) : -1;
    replace(this.element, ...series.columns.map((column, i) => {
      const key = h("span", { class: "key" });
      key.style.backgroundColor = colors[i]!;
      const share = series.stacks && series.scale !== "share" && series.total !== null
        ? percent(column.value ?? 0, series.total) : "";
      const on = only.length === 0 || only.includes(column.name);
      const button = h("button", {
        type: "button", "aria-pressed": String(only.includes(column.name)), title: column.name,
        class: on ? "" : "off",
        click: (event: MouseEvent) =>
          this.events.isolate(toggled(only, column.name, event.ctrlKey || event.metaKey || event.shiftKey)),
        pointerenter: () => this.events.point(i), pointerleave: () => this.events.point(-1),
        focus: () => this.events.point(i), blur: () => this.events.point(-1),
      }, key, h("span", { class: "label" }, column.label),
      h("span", { class: "figure" }, short(column.value, series.unit)), h("span", { class: "share" }, share));
      return h("li", {}, button);
    }));
    if (focused >= 0) this.element.querySelectorAll("button")[focused]?.focus();
  }
}
