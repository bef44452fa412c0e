// small_chart.ts - a chart in a card, with its heading and its tooltip; made when it is first shown.

import { Chart, type ChartView } from "./chart";
import { h, setText } from "./dom";
import { Tooltip } from "./tooltip";

export interface SmallChartEvents {
  span(from: number, to: number): void;
  widen(): void;
}

export class SmallChart {
  readonly element: HTMLElement;
  private readonly title: HTMLElement;
  private readonly host = h("div", { class: "small-plot", role: "img" });
  private readonly tip = new Tooltip();
  private readonly box = h("div", { class: "plot-box" }, this.host, this.tip.element);
  private chart: Chart | null = null;
  private view: ChartView | null = null;

  constructor(private readonly label: string, kind: string, private readonly events: SmallChartEvents) {
    this.title = h("h3", {}, label);
    this.element = h("section", { class: "card " + kind }, this.title, this.box);
  }

  show(view: ChartView, title = this.label): void {
    setText(this.title, title);
    this.view = view;
    this.chart ??= new Chart(this.host, {
      span: this.events.span, widen: this.events.widen,
      point: (slice, column, x, y) => {
        if (slice < 0 || this.view === null) this.tip.hide();
        else this.tip.show(this.view, slice, column, x, y, this.box.clientWidth);
      },
    }, this.label);
    this.chart.show(view);
  }
}
