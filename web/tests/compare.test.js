// compare.test.js - two spans side by side.

import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { shop } from "./data.js";
import { addProfiles, drag, folder, HOUR, launch, openPage, query, Server, settled, shot, span, stopServers, texts } from "./harness.js";

const BEGIN = Date.UTC(2026, 2, 2, 10);
const END = BEGIN + 6 * HOUR;
const PROFILES = [...shop(BEGIN, END, 30_000)];

let dir, server, browser, page;

before(async () => {
  dir = folder();
  addProfiles(dir + "/shop.db", PROFILES);
  server = await Server.start(dir + "/shop.db");
  browser = await launch();
  page = await openPage(browser, server, "?zone=UTC&slice=30m&" + span(BEGIN, END));
  await settled(page);
});

after(async () => {
  await browser?.close();
  await stopServers();
  fs.rmSync(dir, { recursive: true });
});

/** Own seconds per second of a function in [from, to). */
function rate(key, from, to) {
  let ns = 0;
  for (const one of PROFILES) {
    const begin = Date.parse(one.begin);
    if (begin >= from && begin < to) ns += Math.round(one.func_profiles[key].tottime * 1e9);
  }
  return ns / 1e6 / (to - from);
}

test("two drags choose before and after", async () => {
  await page.getByRole("button", { name: "Compare" }).click();
  assert.match(await page.locator(".pick").textContent(), /Before drag over the chart/);
  await drag(page, 0.01, 0.15);
  await page.waitForFunction(() => location.search.includes("base="));
  await drag(page, 0.68, 0.82);
  await page.waitForFunction(() => location.search.includes("new="));
  assert.equal(query(page).get("base"), "2026-03-02T10:00:00Z/2026-03-02T11:00:00Z");
  assert.equal(query(page).get("new"), "2026-03-02T14:00:00Z/2026-03-02T15:00:00Z");
  await page.locator(".grid.diff .rows .row").first().waitFor();
  assert.deepEqual(await texts(page, ".mark span"), ["Before", "After"]);
  await shot(page, "compare");
});

test("the table tells the change of each function", async () => {
  const key = "/srv/shop/search.py:17(search)";
  const before = rate(key, BEGIN, BEGIN + HOUR);
  const behind = rate(key, BEGIN + 4 * HOUR, BEGIN + 5 * HOUR);
  const row = page.locator(".grid.diff .rows .row", { hasText: "shop/search.py" }).filter({ hasText: "search" }).first();
  const titles = await row.locator(".cell span[title]").evaluateAll((all) => all.map((one) => one.title));
  const value = (text) => parseFloat(text) * (text.includes("ms/s") ? 1e-3 : text.includes("µs/s") ? 1e-6 : 1);
  assert.ok(Math.abs(value(titles[0]) - (behind - before)) < 2e-9, titles[0] + " is not " + (behind - before));
  assert.ok(Math.abs(value(titles[1]) + value(titles[2]) - value(titles[0])) < 2e-9, "the parts do not add up");
  assert.ok(Math.abs(value(titles[3]) - before) < 2e-9);
  assert.ok(Math.abs(value(titles[4]) - behind) < 2e-9);
});

test("both charts are drawn, on one scale", async () => {
  const drawn = await page.locator(".compare canvas").evaluateAll((all) => all.map((canvas) => {
    const { width, height } = canvas;
    const inked = (left, top, right, bottom) =>
      canvas.getContext("2d").getImageData(left, top, right - left, bottom - top).data.some((byte) => byte !== 0);
    return { bars: inked(width / 2, 0, width, height / 2), values: inked(0, 0, 40, height / 2), times: inked(0, height - 36, width, height) };
  }));
  const all = { bars: true, values: true, times: true };
  assert.deepEqual(drawn, [all, all]);
  assert.match((await texts(page, ".card.base h3"))[0], /^Before · 2026-03-02 10:00 – 11:00$/);
});

test("it sorts by each part, swaps the sides, and a link shows the same", async () => {
  await page.getByRole("button", { name: "got slower" }).click();
  assert.equal(query(page).get("sort"), "-slower");
  const rows = await texts(page, ".grid.diff .rows .row");
  const copy = await openPage(browser, server, page.url().slice(server.url.length + 1));
  await copy.locator(".grid.diff .rows .row").first().waitFor();
  assert.deepEqual(await texts(copy, ".grid.diff .rows .row"), rows);
  await copy.context().close();
  const change = (await texts(page, ".grid.diff .rows .change"))[0];
  await page.getByRole("button", { name: "Swap" }).click();
  await page.waitForFunction((text) => document.querySelector(".grid.diff .rows .change").textContent !== text, change);
  assert.equal((await texts(page, ".grid.diff .rows .change"))[0], change.startsWith("+") ? change.replace("+", "−") : change.replace("−", "+"));
  assert.deepEqual(page.wrong, []);
});
