// slice_table.ts - the chart's text form: a row a slice, a column for each part of its bar.

import { h } from "./dom";
import { exact, short } from "./figures";
import { Grid, type GridColumn } from "./grid";
import type { Series } from "./series";
import { timeText } from "./zone";

function columnsOf(series: Series, zone: string): GridColumn<number>[] {
  const cell = (value: number): HTMLElement => h("span", { title: exact(value, series.unit) }, short(value, series.unit));
  const state = (slice: number): string =>
    series.profileCounts[slice] === 0 ? "no profile" : series.complete[slice] ? "" : "not whole";
  return [
    { key: "when", title: "slice", cell: (slice) => timeText(zone, series.begins[slice]!) },
    { key: "state", title: "state", cell: state },
    { key: "total", title: "total", numeric: true, cell: (slice) => cell(series.totals[slice]!) },
    ...series.columns.map((column, i): GridColumn<number> => ({
      key: "c" + i, title: column.label, hint: column.name, numeric: true, cell: (slice) => cell(column.values[slice]!),
    })),
  ];
}

export class SliceTable {
  readonly grid = new Grid<number>([], { sort: () => undefined }, "Slices of the chart", "slices");

  show(series: Series, zone: string): void {
    this.grid.setColumns(columnsOf(series, zone));
    this.grid.show([...series.begins.keys()].reverse(), "");
  }
}
