// empty.ts - what to do where there is nothing to show.

import type { LabelsJson } from "./answers";
import { h } from "./dom";
import { copyText } from "./exports";
import { rfc3339 } from "./times";
import type { State } from "./state";
import { timeText } from "./zone";

function copyable(text: string): HTMLElement {
  const button = h("button", { type: "button", class: "copy", click: () => {
    void copyText(text).then(() => { button.textContent = "Copied"; });
  } }, "Copy");
  return h("div", { class: "copyable" }, h("pre", { tabindex: 0 }, text), button);
}

/** Nothing has ever come: how to send the first profile. */
function firstSteps(): HTMLElement {
  const server = location.origin;
  return h("div", { class: "empty" },
    h("h2", {}, "No profile has come yet"),
    h("p", {}, "As soon as the first one does, this page shows it. A Python program as it is:"),
    copyable(`statslice run -o ${server} -- python your_program.py`),
    h("p", {}, "A service, always on, one profile every ten seconds:"),
    copyable(`import statslice\n\nstatslice.start("${server}", service="your-service")`),
    h("p", {}, "A .prof file that cProfile has written:"),
    copyable(`curl --data-binary @your.prof '${server}/api/v1/pstats?service=your-service'`),
    h("p", { class: "hint" }, "Where the server has tokens, senders need one of their own, in STATSLICE_TOKEN: statslice token add STORE --role ingest --name your-service"));
}

export interface EmptyEvents {
  go(patch: Partial<State>): void;
}

const HOUR = 3_600_000;

/** labels: of everything that there is. */
export function emptyView(state: State, labels: LabelsJson, events: EmptyEvents): HTMLElement {
  if (labels.profile_count === 0 || labels.last === null || labels.first === null) return firstSteps();
  const filtered = state.where.length + state.match.length > 0;
  const first = Date.parse(labels.first);
  const last = Date.parse(labels.last);
  const button = (text: string, patch: Partial<State>): HTMLElement =>
    h("button", { type: "button", click: () => events.go(patch) }, text);
  return h("div", { class: "empty" },
    h("h2", {}, filtered ? "No profile here fits the filters" : "No profile in this span"),
    h("p", {}, "There are profiles from " + timeText(state.zone, first) + " to " + timeText(state.zone, last) + "."),
    h("div", { class: "buttons" },
      filtered && button("Without filters", { where: [], match: [] }),
      button("Their last hour", { from: rfc3339(Math.max(first, last - HOUR)), to: rfc3339(Math.ceil(last / 1000) * 1000) }),
      button("All of it", { from: rfc3339(Math.floor(first / 1000) * 1000), to: rfc3339(Math.ceil(last / 1000) * 1000) })));
}
