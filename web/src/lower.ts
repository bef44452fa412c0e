// lower.ts - what stands under the chart: the table of functions, that of slices, or one function.

import type { FunctionRow } from "./answers";
import { h, setText } from "./dom";
import { count } from "./figures";
import { FunctionPanel, type FunctionPanelEvents } from "./function_panel";
import { FunctionTable } from "./function_table";
import type { Span } from "./query";
import type { Series } from "./series";
import { SliceTable } from "./slice_table";
import { Sparks } from "./sparks";
import type { State, Tab } from "./state";

export interface LowerEvents extends FunctionPanelEvents {
  tab(tab: Tab): void;
  search(text: string): void;
}

/** All that it shows. */
export interface LowerView {
  state: State;
  span: Span;
  series: Series;
  rows: FunctionRow[];
  keys: string[]; // of labels
  dark: boolean;
  tints: Map<string, string>;
}

export class Lower {
  readonly element: HTMLElement;
  readonly sparks: Sparks;
  private readonly functions: FunctionTable;
  private readonly slices = new SliceTable();
  private readonly panel: FunctionPanel;
  private readonly tables: HTMLElement;
  private readonly found = h("span", { class: "found", role: "status" });
  private readonly tabs: Record<Tab, HTMLButtonElement>;
  private readonly search = h("input", {
    type: "search", placeholder: "Search functions  ( / )", "aria-label": "Search functions", autocomplete: "off", spellcheck: "false",
    input: () => this.events.search(this.search.value),
  });
  private opened = "";

  constructor(private readonly events: LowerEvents) {
    this.sparks = new Sparks(() => this.functions.grid.refresh());
    this.functions = new FunctionTable(events, this.sparks);
    this.panel = new FunctionPanel(events);
    const tab = (name: Tab, text: string): HTMLButtonElement =>
      h("button", { type: "button", click: () => events.tab(name) }, text);
    this.tabs = { functions: tab("functions", "Functions"), slices: tab("slices", "Slices") };
    this.tables = h("div", { class: "tables" },
      h("div", { class: "table-head" },
        h("div", { class: "tabs", role: "group", "aria-label": "Table" }, this.tabs.functions, this.tabs.slices),
        this.search, this.found),
      this.functions.grid.element, this.slices.grid.element);
    this.slices.grid.element.hidden = this.panel.element.hidden = true;
    this.element = h("section", { class: "lower", "aria-label": "Figures" }, this.tables, this.panel.element);
  }

  focusSearch(): void {
    this.search.focus();
  }

  show(view: LowerView): void {
    const { state } = view;
    const open = state.function !== "";
    this.tables.hidden = open;
    this.panel.element.hidden = !open;
    if (!open) {
      this.opened = "";
      this.showTables(view);
      return;
    }
    const key = JSON.stringify([state, view.span.from, view.span.to, view.series.profileCount, view.dark, view.keys]);
    if (key === this.opened) return;
    this.opened = key;
    this.panel.show(state, view.span, view.rows.find((row) => row.name === state.function), view.keys, view);
  }

  private showTables(view: LowerView): void {
    const { state, rows } = view;
    const slices = state.tab === "slices";
    for (const [name, button] of Object.entries(this.tabs)) button.setAttribute("aria-pressed", String(name === state.tab));
    this.functions.grid.element.hidden = slices;
    this.slices.grid.element.hidden = !slices;
    this.search.hidden = this.found.hidden = slices;
    if (slices) {
      this.slices.show(view.series, state.zone);
      return;
    }
    if (this.search.value !== state.search) this.search.value = state.search;
    const left = this.functions.show(rows, state.sort, state.search, state.by === "function" ? view.tints : new Map());
    setText(this.found, (state.search === "" ? "" : count(left) + " of ") + count(rows.length) + " functions");
  }
}
