// filters.ts - conditions on labels, with how many profiles carry each, and on functions.

import type { LabelsJson } from "./answers";
import { h, replace, type Child } from "./dom";
import { count } from "./figures";
import { Popover } from "./popover";
import type { State } from "./state";

const VALUES_MAX = 100; // of a key that are listed

export interface FilterEvents {
  change(patch: Partial<State>): void;
  wantLabels(): void;
}

export class Filters {
  readonly element = h("div", { class: "filters" });
  private readonly chips = h("ul", { class: "chips", "aria-label": "Filters" });
  private readonly popover: Popover;
  private labels: LabelsJson | null = null;
  private readonly match = h("input", {
    type: "search", class: "match-input", placeholder: "functions: regex", "aria-label": "Only functions that match this regular expression",
    autocomplete: "off", spellcheck: "false",
    keydown: (event: KeyboardEvent) => event.key === "Enter" && this.addMatch(),
    change: () => this.addMatch(),
  });

  constructor(private readonly state: () => State, private readonly events: FilterEvents) {
    const button = h("button", { type: "button", class: "quiet" }, "+ Filter");
    this.popover = new Popover(button, "Filter by label", () => this.panel());
    button.addEventListener("click", () => this.popover.isOpen && events.wantLabels());
    this.element.append(this.chips, this.popover.element, this.match);
  }

  showLabels(labels: LabelsJson): void {
    this.labels = labels;
    if (this.popover.isOpen && document.activeElement?.id !== "label-condition") this.popover.refill();
  }

  show(): void {
    const { where, match } = this.state();
    const chip = (kind: string, text: string, remove: () => void): HTMLElement => h("li", { class: "chip " + kind },
      h("span", {}, text), h("button", { type: "button", "aria-label": "Remove the filter " + text, click: remove }, "×"));
    replace(this.chips,
      ...where.map((text, i) => chip("where", text, () => this.events.change({ where: where.filter((_, k) => k !== i) }))),
      ...match.map((text, i) => chip("match", "/" + text + "/", () => this.events.change({ match: match.filter((_, k) => k !== i) }))));
    this.chips.hidden = where.length + match.length === 0;
  }

  private addMatch(): void {
    const text = this.match.value.trim();
    this.match.value = "";
    const { match } = this.state();
    if (text !== "" && !match.includes(text)) this.events.change({ match: [...match, text], only: [] });
  }

  private addWhere(text: string): void {
    const { where } = this.state();
    this.popover.close(true);
    if (text !== "" && !where.includes(text)) this.events.change({ where: [...where, text] });
  }

  private panel(): Child[] {
    const condition = h("input", { id: "label-condition", placeholder: "service~^sh", autocomplete: "off", spellcheck: "false" });
    const form = h("form", { class: "condition", submit: (event: Event) => {
      event.preventDefault();
      this.addWhere(condition.value.trim());
    } }, h("label", { for: "label-condition" }, "Condition"), condition, h("button", { type: "submit" }, "Add"),
    h("p", { class: "hint" }, "key=value · key!=value · key~regex · key!~regex"));
    if (this.labels === null) return [h("p", { class: "hint" }, "Asking which labels there are …"), form];
    if (this.labels.labels.length === 0)
      return [h("p", { class: "hint" }, "These profiles have no labels. statslice.start(…, service=\"shop\") gives them some."), form];
    return [...this.labels.labels.map((label) => this.values(label)), form];
  }

  private values(label: LabelsJson["labels"][number]): HTMLElement {
    const rows = label.values.slice(0, VALUES_MAX).map(({ value, profile_count }) => h("li", {},
      h("button", { type: "button", class: "value", click: () => this.addWhere(label.key + "=" + value) },
        h("span", { class: "label" }, value === "" ? "(none)" : value), h("span", { class: "figure" }, count(profile_count))),
      h("button", { type: "button", class: "not", "aria-label": "Not " + label.key + " " + value, title: "all but this",
        click: () => this.addWhere(label.key + "!=" + value) }, "≠")));
    const more = label.values.length - rows.length;
    return h("div", { class: "label-values", role: "group", "aria-label": label.key },
      h("p", { class: "label-key" }, label.key), h("ul", {}, ...rows),
      more > 0 && h("p", { class: "hint" }, count(more) + " more: write a condition"));
  }
}
