// chart.test.js - the chart: what a person does to it, and what it shows then.

import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { shop } from "./data.js";
import { addProfiles, drag, folder, HOUR, launch, MINUTE, openPage, query, Server, settled, shot, span, stopServers, texts, xOf } from "./harness.js";

const BEGIN = Date.UTC(2026, 2, 2, 10);
const END = BEGIN + 6 * HOUR;
const GAP = [BEGIN + 2 * HOUR, BEGIN + 2 * HOUR + 10 * MINUTE];
const DAY = span(BEGIN, END) + "&zone=UTC";
const PROFILES = [...shop(BEGIN, END, 30_000, GAP)];

let dir, server, browser, page;

before(async () => {
  dir = folder();
  addProfiles(dir + "/shop.db", PROFILES);
  server = await Server.start(dir + "/shop.db");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stopServers();
  fs.rmSync(dir, { recursive: true });
});

async function open(more = "", options = {}) {
  page = await openPage(browser, server, "?" + DAY + more, options);
  await settled(page);
  return page;
}

async function close() {
  assert.deepEqual(page.wrong, []);
  await page.context().close();
}

/** Waits for a change of the URL and the figures behind it. */
async function changed(act) {
  const before = page.url();
  await act();
  await page.waitForFunction((url) => location.href !== url, before);
  await settled(page);
}

const legend = () => texts(page, ".legend .label");

/** Own time in seconds of a function over profiles that fit. */
function ownTime(key, fits = () => true) {
  let ns = 0;
  for (const one of PROFILES) if (fits(one)) ns += Math.round((one.func_profiles[key]?.tottime ?? 0) * 1e9);
  return ns / 1e9;
}

/** Equal but for the noise that Chromium adds where a page reads its own canvas. */
function near(a, b) {
  return a.every((value, i) => Math.abs(value - b[i]) <= 8);
}

const QUERY = "/srv/shop/db.py:20(query)";

/** The colour of the chart's canvas, `share` along and `up` from the bottom of the plot, both 0 to 1. */
async function pixel(share, up) {
  await page.mouse.move(2, 2); // what is pointed at dims all else
  return page.evaluate(([share, up]) => {
    const canvas = document.querySelector(".main-chart canvas");
    const over = document.querySelector(".main-chart .u-over").getBoundingClientRect();
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const x = (over.left - box.left + share * over.width) * scale;
    const y = (over.top - box.top + (1 - up) * over.height) * scale;
    const [r, g, b, alpha] = canvas.getContext("2d").getImageData(Math.round(x), Math.round(y), 1, 1).data;
    return [r, g, b].map((c) => (c * alpha + 255 * (255 - alpha)) / 255); // on white paper
  }, [share, up]);
}

test("a drag zooms to the edges of slices, and back goes back", async () => {
  await open();
  await shot(page, "chart");
  await changed(() => drag(page, 0.5, 0.75));
  const from = Date.parse(query(page).get("from"));
  const to = Date.parse(query(page).get("to"));
  assert.equal(from % (5 * MINUTE), 0);
  assert.ok(Math.abs(from - (BEGIN + 3 * HOUR)) <= 5 * MINUTE, "from " + new Date(from).toISOString());
  assert.ok(Math.abs(to - (BEGIN + 4.5 * HOUR)) <= 5 * MINUTE, "to " + new Date(to).toISOString());
  const zoomed = await page.locator(".main-chart .facts").textContent();
  await changed(() => page.getByRole("button", { name: "Back" }).click());
  assert.equal(Date.parse(query(page).get("from")), BEGIN);
  await changed(() => page.goForward());
  await page.waitForFunction((text) => document.querySelector(".main-chart .facts").textContent === text, zoomed);
  await close();
});

test("the wheel zooms around the pointer; with Shift it moves; a double click widens", async () => {
  await open();
  const at = await xOf(page, 0.5);
  await page.mouse.move(at.x, at.y);
  await changed(() => page.mouse.wheel(0, -400));
  const width = Date.parse(query(page).get("to")) - Date.parse(query(page).get("from"));
  const middle = (Date.parse(query(page).get("to")) + Date.parse(query(page).get("from"))) / 2;
  assert.ok(width < 4 * HOUR && width > HOUR, "width " + width / HOUR);
  assert.ok(Math.abs(middle - (BEGIN + 3 * HOUR)) < 15 * MINUTE);
  const from = Date.parse(query(page).get("from"));
  await page.keyboard.down("Shift");
  await changed(() => page.mouse.wheel(0, 300));
  await page.keyboard.up("Shift");
  assert.ok(Date.parse(query(page).get("from")) > from);
  const before = Date.parse(query(page).get("to")) - Date.parse(query(page).get("from"));
  await changed(() => page.mouse.dblclick(at.x, at.y));
  assert.equal(Date.parse(query(page).get("to")) - Date.parse(query(page).get("from")), 2 * before);
  await close();
});

test("a finger chooses a span, and a tap shows a slice", async () => {
  await open("", { hasTouch: true, viewport: { width: 360, height: 740 }, isMobile: true });
  const { box } = await xOf(page, 0);
  await page.touchscreen.tap(box.x + box.width / 2, box.y + 100);
  await page.locator(".main-chart .tooltip:not([hidden])").waitFor();
  const client = await page.context().newCDPSession(page);
  const touch = (type, x) => client.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y: box.y + 150 }] });
  await changed(async () => {
    await touch("touchStart", box.x + 0.25 * box.width);
    for (const share of [0.35, 0.5, 0.6, 0.75]) await touch("touchMove", box.x + share * box.width);
    await touch("touchEnd");
  });
  assert.ok(Math.abs(Date.parse(query(page).get("from")) - (BEGIN + 1.5 * HOUR)) <= 20 * MINUTE);
  await close();
});

test("presets, absolute times and zones; a text that is no time is told", async () => {
  await open();
  await page.getByRole("button", { name: /^Time:/ }).click();
  await page.getByLabel("From", { exact: true }).fill("sometimes");
  await page.getByRole("button", { name: "Show" }).click();
  assert.match(await page.locator(".problem").textContent(), /“sometimes” is no time/);
  await shot(page, "time");
  await page.getByLabel("From", { exact: true }).fill("2026-03-02 13:00");
  await page.getByLabel("To", { exact: true }).fill("2026-03-02T14:00:00+01:00");
  await page.getByLabel("Zone", { exact: true }).fill("Europe/Berlin");
  await changed(() => page.getByRole("button", { name: "Show" }).click());
  assert.equal(query(page).get("zone"), "Europe/Berlin");
  assert.match(await page.locator(".main-chart .facts").textContent(), /2026-03-02 13:00 – 14:00 Europe\/Berlin/);
  assert.deepEqual((await texts(page, ".time-button span"))[0], "2026-03-02 13:00 – 14:00");
  await page.getByRole("button", { name: /^Time:/ }).click();
  await changed(() => page.getByRole("button", { name: "All there is" }).click());
  assert.equal(Date.parse(query(page).get("from")), BEGIN);
  assert.equal(Date.parse(query(page).get("to")), END);
  await close();
});

test("metric, grouping, scale, width and top ask the API, and the answer is drawn", async () => {
  await open();
  const figures = () => texts(page, ".legend .figure");
  assert.equal((await legend())[0], "db.py:query");
  await changed(() => page.getByLabel("Metric", { exact: true }).selectOption("ncalls"));
  assert.equal((await legend())[0], "search.py:score");
  await changed(() => page.getByLabel("By", { exact: true }).selectOption("label:service"));
  assert.deepEqual(await legend(), ["shop", "billing"]);
  await changed(() => page.getByLabel("As", { exact: true }).selectOption("share"));
  const shares = (await figures()).map(parseFloat);
  assert.ok(Math.abs(shares[0] + shares[1] - 100) < 0.2, String(shares));
  await changed(() => page.getByLabel("As", { exact: true }).selectOption("rate"));
  assert.match((await figures())[0], /calls\/s|k\/s/);
  await changed(() => page.getByLabel("Slices", { exact: true }).selectOption("1h"));
  assert.match(await page.locator(".main-chart .facts").textContent(), /6 slices of 1 h/);
  await changed(() => page.getByLabel("By", { exact: true }).selectOption("function"));
  await changed(() => page.getByLabel("Top", { exact: true }).selectOption("5"));
  assert.equal((await legend()).length, 6);
  assert.equal(query(page).get("rate"), "on");
  await close();
});

test("labels filter, with how many profiles carry each; a regex chooses functions", async () => {
  await open();
  const shopProfiles = PROFILES.filter((one) => one.labels.service === "shop").length;
  await page.getByRole("button", { name: "+ Filter" }).click();
  const value = page.locator(".label-values", { hasText: "service" }).locator(".value", { hasText: "shop" });
  assert.equal(await value.locator(".figure").textContent(), shopProfiles.toLocaleString("en-US"));
  await shot(page, "filter");
  const panel = await page.locator(".popover:not([hidden])").boundingBox();
  assert.ok(panel.x >= 0 && panel.x + panel.width <= await page.evaluate(() => document.body.clientWidth), "the panel is cut");
  await changed(() => value.click());
  assert.deepEqual(query(page).getAll("where"), ["service=shop"]);
  assert.match(await page.locator(".main-chart .facts").textContent(), new RegExp(shopProfiles.toLocaleString("en-US") + " profiles"));
  await page.getByRole("button", { name: "+ Filter" }).click();
  await changed(() => page.getByRole("button", { name: "Not host web-1" }).click());
  assert.deepEqual(query(page).getAll("where"), ["service=shop", "host!=web-1"]);
  await changed(async () => {
    await page.getByPlaceholder("functions: regex").fill("db\\.py");
    await page.keyboard.press("Enter");
  });
  assert.deepEqual((await legend()).sort(), ["db.py:query", "db.py:rows"]);
  const web2 = ownTime(QUERY, (one) => one.labels.host === "web-2");
  assert.equal((await texts(page, ".grid.functions .rows .tottime"))[0], web2.toLocaleString("en-US", { minimumFractionDigits: 3, maximumFractionDigits: 3 }));
  await changed(() => page.getByRole("button", { name: "Remove the filter service=shop" }).click());
  assert.deepEqual(query(page).getAll("where"), ["host!=web-1"]);
  await close();
});

test("a regex that is none is told, and back leads on", async () => {
  await open();
  await page.getByPlaceholder("functions: regex").fill("(");
  await page.keyboard.press("Enter");
  await page.locator(".notice", { hasText: "That cannot be asked" }).waitFor();
  await page.locator(".notice").getByRole("button", { name: "Go back" }).click();
  await page.waitForFunction(() => document.querySelector(".notice").hidden);
  assert.deepEqual(page.wrong.filter((text) => !text.includes("400")), []);
  await page.context().close();
});

test("the legend isolates on a click, adds with Ctrl, and shows all again", async () => {
  await open();
  const row = (name) => page.locator(".legend button", { hasText: name });
  const top = await pixel(0.25, 0.02);
  await changed(() => row("page.py:render").click());
  assert.deepEqual(query(page).getAll("only"), ["/srv/shop/page.py:render"]);
  assert.ok(!near(await pixel(0.25, 0.02), top));
  await shot(page, "isolated");
  await changed(() => row("db.py:rows").click({ modifiers: ["Control"] }));
  assert.deepEqual(query(page).getAll("only"), ["/srv/shop/page.py:render", "/srv/shop/db.py:rows"]);
  await changed(() => row("db.py:rows").click());
  await changed(() => row("db.py:rows").click());
  assert.deepEqual(query(page).getAll("only"), []);
  assert.ok(near(await pixel(0.25, 0.02), top));
  await close();
});

test("the tooltip has the exact figures of the slice", async () => {
  await open("&slice=10m");
  const at = await xOf(page, 0.5 / 36);
  await page.mouse.move(at.x, at.y);
  const row = page.locator(".main-chart .tooltip .row", { hasText: "db.py:query" });
  const first = ownTime(QUERY, (one) => Date.parse(one.begin) < BEGIN + 10 * MINUTE);
  assert.equal(await row.locator(".figure").textContent(), first.toFixed(9) + " s");
  const when = await page.locator(".main-chart .tooltip .when").textContent();
  assert.equal(when, "2026-03-02 10:00 – 10:10");
  const total = Object.keys(PROFILES[0].func_profiles).reduce((sum, key) =>
    sum + Math.round(1e9 * ownTime(key, (one) => Date.parse(one.begin) < BEGIN + 10 * MINUTE)), 0) / 1e9;
  assert.equal(await page.locator(".main-chart .tooltip .sum .figure").textContent(), total.toFixed(9) + " s");
  assert.match(await page.locator(".main-chart .tooltip .remark").textContent(), /60 profiles/);
  await shot(page, "tooltip");
  await close();
});

test("gaps are bands, slices that are not whole are paler, and both are said", async () => {
  await open("&slice=10m");
  assert.ok(near(await pixel((2 * HOUR + 5 * MINUTE) / (6 * HOUR), 0.47), [0xf1, 0xf2, 0xf4]));
  assert.match(await page.locator(".main-chart .facts").textContent(), /grey bands: no profile/);
  const gap = await xOf(page, (2 * HOUR + 5 * MINUTE) / (6 * HOUR));
  await page.mouse.move(gap.x, gap.y);
  assert.match(await page.locator(".main-chart .tooltip .remark").textContent(), /nothing was measured/);
  await page.mouse.move(2, 2);
  const whole = await pixel(8.5 / 36, 0.05);
  await page.goto(server.url + "/?zone=UTC&slice=10m&" + span(BEGIN + 5 * MINUTE, END));
  await settled(page);
  assert.match(await page.locator(".main-chart .facts").textContent(), /pale bars: slices that are not whole/);
  const pale = await pixel(0.5 / 36, 0.05);
  assert.ok(near(pale, whole.map((c) => (c + 255) / 2)), pale + " is not half of " + whole);
  await close();
});

test("colours are those of the server's own chart", async () => {
  await open();
  const shown = await page.evaluate(() => [...document.querySelectorAll(".legend .key")].map((key) => getComputedStyle(key).backgroundColor));
  const svg = await (await fetch(server.url + "/api/v1/chart.svg?theme=light&" + span(BEGIN, END))).text();
  const classes = new Map([...svg.matchAll(/\.(\w+)\{color:(#[0-9a-f]{6})\}/g)].map(([, name, color]) => [name, color]));
  const drawn = [...svg.matchAll(/class="(\w+)"\/>\s*<text[^>]*>([^<]*)</g)].map(([, name]) => classes.get(name));
  const hex = shown.map((text) => "#" + text.match(/\d+/g).map((n) => Number(n).toString(16).padStart(2, "0")).join(""));
  assert.equal(hex.length, 11);
  const end = drawn.indexOf("#b4bac1") + 1; // other is the last one
  assert.deepEqual(hex, drawn.slice(end - 11, end));
  await close();
});

test("times per call are lines; shares fill the chart", async () => {
  await open("&metric=percall");
  assert.equal(await page.getByLabel("As", { exact: true }).isDisabled(), true);
  assert.equal((await legend())[0], "search.py:search");
  await shot(page, "percall");
  await page.goto(server.url + "/?" + DAY + "&share=on");
  await settled(page);
  assert.ok(!near(await pixel(0.1, 0.98), [255, 255, 255]));
  await close();
});

test("a link shows the same", async () => {
  await open("&metric=cumtime&top=5&where=service%3Dshop&only=/srv/shop/db.py:query&sort=-ncalls&search=s");
  const seen = async () => [await texts(page, ".legend"), await texts(page, ".main-chart .facts"), await texts(page, ".grid.functions .rows .name")];
  const drawn = async () => {
    const colors = [];
    for (const share of [0.05, 0.3, 0.6, 0.9]) for (const up of [0.1, 0.5, 0.9]) colors.push(...await pixel(share, up));
    return colors;
  };
  const before = await seen();
  const colors = await drawn();
  const url = page.url();
  await close();
  page = await openPage(browser, server, url.slice(server.url.length + 1));
  await settled(page);
  assert.deepEqual(await seen(), before);
  assert.ok(near(await drawn(), colors));
  await close();
});

test("the keyboard goes from slice to slice, in and out", async () => {
  await open("&slice=10m");
  await page.locator(".main-chart .plot").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator(".status").textContent(), /^2026-03-02 10:10 – 10:20: total [\d.]+ s; db\.py:query/);
  await changed(() => page.keyboard.press("Enter"));
  assert.equal(query(page).get("from"), new Date(BEGIN + 10 * MINUTE).toISOString().replace(".000", ""));
  await page.locator(".main-chart .plot").focus();
  await changed(() => page.keyboard.press("-"));
  assert.equal(query(page).get("from"), new Date(BEGIN + 5 * MINUTE).toISOString().replace(".000", ""));
  await changed(() => page.keyboard.press("Shift+ArrowRight"));
  await close();
});
