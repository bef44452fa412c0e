// app.ts - the page put together: state to questions, answers to what is seen.

import { ApiError, askEarly, getJson, isAbort } from "./api";
import { readProfile, type FunctionRow, type LabelsJson, type ProfileJson } from "./answers";
import { Compare } from "./compare";
import { h, icon, replace } from "./dom";
import { emptyView } from "./empty";
import { exportMenu, type Export } from "./exports";
import { Filters } from "./filters";
import { Lower } from "./lower";
import { likelyRoom, MainChart } from "./main_chart";
import { Notice } from "./notice";
import { diffParams, profileParams, seriesParams, spanOf, type Span } from "./query";
import { readSeries, type Series, type SeriesJson } from "./series";
import { StateStore, type State } from "./state";
import "./style.css";
import { applyTheme, isDark, nextTheme, onSystemTheme, theme } from "./theme";
import { TimePicker } from "./time_picker";
import { chooseWidth, isLive, rfc3339 } from "./times";
import { askForToken } from "./token";
import { Toolbar } from "./toolbar";
import { browserZone } from "./zone";

const POLL_MIN_MS = 2000;
const POLL_MAX_MS = 60_000; // a day's slices are wide, and its figures are work for the server
const RETRY_MS = 5000;
const SPARK_BARS = 48;

const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  out: "M3 7h10v2H3z",
  back: "M9.5 3 4.5 8l5 5V9.5H13v-3H9.5z",
};
const THEME_TEXT = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
const THEME_SIGN = { auto: "◐", light: "☀", dark: "☾" };

/** What decides about the figures; the rest of a state is how they are shown. */
function asked(state: State): string {
  return JSON.stringify([state.from, state.to, state.zone, state.slice, state.metric, state.by, state.scale, state.top,
    state.where, state.match]);
}

/** The state, and the first question, which is on its way while the page is built. */
function openStore(): StateStore {
  const store = new StateStore(browserZone());
  const span = spanOf(store.state, Date.now(), likelyRoom());
  if (span !== null) askEarly("/series", seriesParams(store.state, span));
  return store;
}

class App {
  private readonly store = openStore();
  private readonly notice = new Notice({
    retry: () => void this.load(), back: () => history.back(), token: () => askForToken(() => void this.load()),
  });
  private readonly time = new TimePicker(() => this.store.state, {
    choose: (patch) => this.store.go(patch), all: () => void this.showAll(),
  });
  private readonly filters = new Filters(() => this.store.state, {
    change: (patch) => this.store.go(patch), wantLabels: () => void this.loadLabels(),
  });
  private readonly toolbar = new Toolbar((patch) => this.store.go(patch), this.filters.element);
  private readonly chart = new MainChart({
    span: (from, to) => this.chooseSpan(from, to),
    widen: () => this.widen(),
    isolate: (only) => this.store.go({ only }),
    say: (text) => this.notice.say(text),
  });
  private readonly tableEvents = {
    sort: (sort: string) => this.store.adjust({ sort }),
    open: (name: string) => this.store.go({ function: name, view: "chart" }),
    link: (name: string) => this.store.link({ function: name, view: "chart" }),
    failed: (error: unknown) => this.notice.fail(error),
  };
  private readonly lower = new Lower({
    ...this.tableEvents,
    close: () => this.store.go({ function: "" }),
    span: (from, to) => this.chooseSpan(from, to),
    widen: () => this.widen(),
    filter: (condition) => this.store.go({ where: [...this.store.state.where, condition] }),
    tab: (tab) => this.store.adjust({ tab }),
    search: (search) => this.store.adjust({ search }),
  });
  private readonly compare = new Compare(() => this.store.state, {
    ...this.tableEvents, change: (patch) => this.store.go(patch), say: (text) => this.notice.say(text),
  });
  private readonly live = h("button", { type: "button", class: "live", click: () => this.toggleLive() });
  private readonly compareButton = h("button", {
    type: "button", class: "quiet",
    click: () => this.store.go(this.store.state.view === "compare" ? { view: "chart" } : { view: "compare", function: "" }),
  }, "Compare");
  private readonly themeButton = h("button", { type: "button", class: "quiet sign", click: () => {
    nextTheme();
    this.themed();
  } });
  private readonly emptyBox = h("div", { class: "empty-box", hidden: true });
  private readonly charts = h("div", { class: "charts" }, this.chart.element, this.lower.element, this.compare.element);

  private span: Span | null = null;
  private series: Series | null = null;
  private rows: FunctionRow[] = [];
  private labels: LabelsJson | null = null;
  private loading = new AbortController();
  private timer = 0;
  private shownKey = ""; // what series and rows are of
  private sparkKey = "";

  start(root: HTMLElement): void {
    const exporting = exportMenu({
      offers: () => this.offers(), link: () => this.link(),
      failed: (error) => this.notice.fail(error), done: (text) => this.notice.say(text),
    });
    const step = (label: string, path: string, click: () => void): HTMLElement =>
      h("button", { type: "button", class: "quiet sign", "aria-label": label, title: label, click }, icon(path));
    replace(root,
      h("header", { class: "top" },
        h("a", { class: "brand", href: "/" }, h("img", { src: "/assets/icon.svg", alt: "", width: 20, height: 20 }), h("h1", {}, "statslice")),
        this.time.popover.element, this.live,
        step("Back", ICONS.back, () => history.back()), step("Zoom out", ICONS.out, () => this.widen()),
        h("span", { class: "spring" }), this.compareButton, exporting.element, this.themeButton),
      h("main", {}, this.toolbar.element, this.notice.element, this.emptyBox, this.charts, this.notice.status));
    this.store.listen((state, before) => this.changed(state, before));
    onSystemTheme(() => this.themed());
    document.addEventListener("visibilitychange", () => !document.hidden && this.schedule(0));
    document.addEventListener("keydown", (event) => {
      const typing = (event.target as HTMLElement).closest("input, select, textarea") !== null;
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.lower.focusSearch();
    });
    this.themed();
    this.showFrame();
    void this.load().then(() => this.loadLabels());
  }

  // --- what changes ---

  private changed(state: State, before: State): void {
    this.showFrame();
    if (asked(state) !== asked(before)) void this.load();
    else this.show();
  }

  private chooseSpan(from: number, to: number): void {
    if (this.store.state.view === "compare") this.compare.choose(from, to);
    else this.store.go({ from: rfc3339(from), to: rfc3339(to) });
  }

  private widen(): void {
    if (this.span === null) return;
    const more = (this.span.to - this.span.from) / 2;
    this.store.go({ from: rfc3339(this.span.from - more), to: rfc3339(this.span.to + more) });
  }

  private toggleLive(): void {
    if (!isLive(this.store.state.to)) this.store.go({ from: "-1h", to: "now" });
    else if (this.span !== null) this.store.go({ from: rfc3339(this.span.from), to: rfc3339(this.span.to) });
  }

  private async showAll(): Promise<void> {
    const labels = await this.loadLabels();
    if (labels === null || labels.first === null || labels.last === null) return;
    this.store.go({
      from: rfc3339(Math.floor(Date.parse(labels.first) / 1000) * 1000), to: rfc3339(Math.ceil(Date.parse(labels.last) / 1000) * 1000),
    });
  }

  private themed(): void {
    applyTheme();
    this.themeButton.textContent = THEME_SIGN[theme()];
    this.themeButton.setAttribute("aria-label", THEME_TEXT[theme()]);
    this.themeButton.title = THEME_TEXT[theme()];
    this.show();
  }

  // --- questions ---

  private async load(): Promise<void> {
    this.loading.abort();
    this.loading = new AbortController();
    clearTimeout(this.timer);
    const { state } = this.store;
    const span = spanOf(state, Date.now(), this.chart.room());
    if (span === null) {
      this.notice.fail(new ApiError(400, "“" + state.from + "” to “" + state.to + "” is no span of time"));
      return;
    }
    this.chart.wait();
    const { signal } = this.loading;
    try {
      const series = await getJson<SeriesJson>("/series", seriesParams(state, span), signal);
      // the chart first: both at once would share the server's cores
      const profile = getJson<ProfileJson>("/profile", profileParams(state, span), signal);
      profile.catch(() => undefined); // told when it is waited for
      const key = asked(state) + span.from + "/" + span.to;
      const other = key !== this.shownKey;
      this.shownKey = key;
      if (series.fresh || other) this.series = readSeries(series.body);
      this.span = span;
      await this.showSeries();
      const answer = await profile;
      if (answer.fresh || other) this.rows = readProfile(answer.body, state.match);
      this.notice.clear();
      if (answer.fresh || series.fresh || other) this.restartSparks(state, span);
      this.show();
      this.schedule(Math.max(POLL_MIN_MS, Math.min(POLL_MAX_MS, span.width.ms / 5)));
    } catch (error) {
      if (!isAbort(error)) this.failed(error);
    }
  }


  private restartSparks(state: State, span: Span): void {
    const params = { ...span, width: chooseWidth(span.to - span.from, SPARK_BARS) };
    const key = asked(state);
    this.lower.sparks.restart((functions) =>
      seriesParams({ ...state, slice: "", scale: "total", match: [] }, params, [["by", "function"], ["top", "0"], ...functions]), key !== this.sparkKey);
    this.sparkKey = key;
  }

  private failed(error: unknown): void {
    this.notice.fail(error);
    if (!(error instanceof ApiError)) return;
    if (error.status === 401) askForToken(() => void this.load().then(() => this.loadLabels()));
    if ([0, 429, 502, 503].includes(error.status))
      this.timer = window.setTimeout(() => void this.load(), Math.max(error.retryAfterMs, RETRY_MS));
  }

  /** The next look at the store, while the span ends now and somebody is looking. */
  private schedule(afterMs: number): void {
    clearTimeout(this.timer);
    if (isLive(this.store.state.to) && !document.hidden) this.timer = window.setTimeout(() => void this.load(), afterMs);
  }

  private async loadLabels(): Promise<LabelsJson | null> {
    try {
      this.labels = (await getJson<LabelsJson>("/labels", [])).body;
      this.toolbar.showLabels(this.labels);
      this.toolbar.show(this.store.state);
      this.filters.showLabels(this.labels);
      this.show();
      return this.labels;
    } catch {
      return null; // the page works without; /series tells what is wrong
    }
  }

  // --- what is seen ---

  private showFrame(): void {
    const { state } = this.store;
    const live = isLive(state.to);
    this.time.show();
    this.toolbar.show(state);
    this.filters.show();
    replace(this.live, icon(live ? ICONS.pause : ICONS.play), live ? "Live" : "Go live");
    this.live.setAttribute("aria-pressed", String(live));
    this.compareButton.setAttribute("aria-pressed", String(state.view === "compare"));
    const comparing = state.view === "compare";
    this.lower.element.hidden = comparing;
    this.compare.element.hidden = !comparing;
  }

  private async showSeries(): Promise<void> {
    const empty = this.series!.profileCount === 0;
    if (!empty) {
      this.emptyBox.hidden = true;
      this.charts.hidden = false;
      this.showChart();
      return;
    }
    const all = await getJson<LabelsJson>("/labels", []);
    replace(this.emptyBox, emptyView(this.store.state, all.body, { go: (patch) => this.store.go(patch) }));
    this.emptyBox.hidden = false;
    this.charts.hidden = true;
  }

  private showChart(): void {
    const { state } = this.store;
    if (this.series === null || this.span === null || this.series.profileCount === 0) return;
    this.chart.show(state, this.span, { series: this.series, zone: state.zone, only: state.only, dark: isDark() });
    this.chart.setMarks(state.view === "compare" ? this.compare.marks() : []);
  }

  private show(): void {
    const { state } = this.store;
    this.showChart();
    if (this.series === null || this.span === null || this.series.profileCount === 0) return;
    const tints = this.chart.tints();
    if (state.view === "compare") {
      this.compare.show(isDark(), tints);
      return;
    }
    this.lower.show({
      state, span: this.span, series: this.series, rows: this.rows,
      keys: this.labels?.labels.map((label) => label.key) ?? [], dark: isDark(), tints,
    });
  }

  // --- exports ---

  /** This state with its span in fixed times: the same tomorrow. */
  private link(): string {
    const fixed = this.span === null ? {} : { from: rfc3339(this.span.from), to: rfc3339(this.span.to) };
    return location.origin + this.store.link(fixed);
  }

  private offers(): Export[] {
    const { state } = this.store;
    if (this.span === null) return [];
    const series = seriesParams(state, this.span);
    const picture = [...series, ["theme", isDark() ? "dark" : "light"] as [string, string]];
    if (state.view === "compare" && state.base !== "" && state.new !== "")
      return [
        { text: "Comparison as CSV", file: "diff.csv", path: "/diff", params: [...diffParams(state), ["format", "csv"]] },
        { text: "Comparison as SVG", file: "diff.svg", path: "/diff.svg", params: diffParams(state) },
      ];
    return [
      { text: "Chart as PNG", file: "statslice.png", path: "/chart.png", params: [...picture, ["width", "1600"]] },
      { text: "Chart as SVG", file: "statslice.svg", path: "/chart.svg", params: picture },
      { text: "Slices as CSV", file: "slices.csv", path: "/series", params: [...series, ["format", "csv"]] },
      { text: "Functions as CSV", file: "functions.csv", path: "/profile", params: [...profileParams(state, this.span), ["format", "csv"]] },
      { text: "Profile of the span (.prof)", file: "span.prof", path: "/profile", params: [...profileParams(state, this.span), ["format", "pstats"]] },
    ];
  }
}

const root = document.getElementById("app");
if (root !== null) new App().start(root);
