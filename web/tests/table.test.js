// table.test.js - the tables under the chart, and one function.

import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { shop, wide } from "./data.js";
import { addProfiles, folder, HOUR, launch, openPage, query, Server, settled, shot, span, stopServers, texts } from "./harness.js";

const BEGIN = Date.UTC(2026, 2, 2, 10);
const END = BEGIN + HOUR;
const WIDE = BEGIN - HOUR;
const PROFILES = [...shop(BEGIN, END, 30_000)];
const COUNT = 10_000;

let dir, server, browser, page;

before(async () => {
  dir = folder();
  addProfiles(dir + "/shop.db", [...PROFILES, wide(WIDE, 10_000, COUNT)]);
  server = await Server.start(dir + "/shop.db");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stopServers();
  fs.rmSync(dir, { recursive: true });
});

async function open(more = "", from = BEGIN, to = END) {
  page = await openPage(browser, server, "?zone=UTC&" + span(from, to) + more);
  await settled(page);
}

async function close() {
  assert.deepEqual(page.wrong, []);
  await page.context().close();
}

/** A function's figures over all profiles, in whole ns. */
function sums(key) {
  const sum = { ncalls: 0, pcalls: 0, tottime: 0, cumtime: 0 };
  for (const one of PROFILES) {
    const row = one.func_profiles[key];
    sum.ncalls += row.ncalls;
    sum.pcalls += row.pcalls;
    sum.tottime += Math.round(row.tottime * 1e9);
    sum.cumtime += Math.round(row.cumtime * 1e9);
  }
  return sum;
}

const seconds = (ns) => (ns / 1e9).toLocaleString("en-US", { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const UNITS = { s: 1e9, ms: 1e6, "µs": 1e3, ns: 1 };
const nanoseconds = (text) => parseFloat(text) * UNITS[text.split(" ")[1]];
const rowOf = (name) => page.locator(".grid.functions .rows .row", { hasText: name });

test("every function has pstats' figures", async () => {
  await open();
  const rows = await page.locator(".grid.functions .rows .row").count();
  assert.equal(rows, Object.keys(PROFILES[0].func_profiles).length);
  for (const [key, shown] of [["/srv/shop/db.py:20(query)", "shop/db.py:20"], ["/srv/shop/cart.py:31(Cart.add)", "shop/cart.py:31"],
    ["{built-in method time.sleep}", "time.sleep"]]) {
    const cells = await rowOf(shown).locator(".cell").allTextContents();
    const sum = sums(key);
    assert.equal(cells[1], sum.ncalls.toLocaleString("en-US"));
    assert.equal(cells[2], sum.pcalls.toLocaleString("en-US"));
    assert.equal(cells[3], seconds(sum.tottime));
    assert.ok(Math.abs(nanoseconds(cells[4]) / (sum.tottime / sum.ncalls) - 1) < 0.01, cells[4]);
    assert.equal(cells[5], seconds(sum.cumtime));
    assert.ok(Math.abs(nanoseconds(cells[6]) / (sum.cumtime / sum.pcalls) - 1) < 0.01, cells[6]);
  }
  await close();
});

test("a head sorts, up and down, and says so", async () => {
  await open();
  const numbers = async (column) => (await texts(page, ".grid.functions .rows ." + column)).map((text) => Number(text.replace(/,/g, "")));
  const down = (list) => [...list].sort((a, b) => b - a);
  assert.deepEqual(await numbers("tottime"), down(await numbers("tottime")));
  await page.getByRole("button", { name: "ncalls", exact: true }).click();
  assert.equal(query(page).get("sort"), "-ncalls");
  assert.deepEqual(await numbers("ncalls"), down(await numbers("ncalls")));
  assert.equal(await page.getByRole("columnheader", { name: "ncalls" }).getAttribute("aria-sort"), "descending");
  await page.getByRole("button", { name: "ncalls", exact: true }).click();
  assert.deepEqual(await numbers("ncalls"), down(await numbers("ncalls")).reverse());
  await page.getByRole("button", { name: "function", exact: true }).click();
  const names = await texts(page, ".grid.functions .function-name");
  assert.deepEqual(names, [...names].sort());
  await close();
});

test("the search finds by any part of a name or a file", async () => {
  await open();
  await page.keyboard.press("/");
  await page.keyboard.type("search.py sc");
  assert.equal(query(page).get("search"), "search.py sc");
  assert.deepEqual(await texts(page, ".grid.functions .function-name"), ["score"]);
  assert.equal(await page.locator(".found").textContent(), "1 of 15 functions");
  await close();
});

test("rows that are seen have their history", async () => {
  await open();
  const query = rowOf("shop/db.py:20").locator(".sparkline path");
  await query.waitFor({ state: "attached" });
  const bars = (await query.getAttribute("d")).match(/M/g).length;
  assert.equal(bars, 30, "an hour in slices of 2 minutes");
  await close();
});

test("ten thousand functions: only those that are seen are in the page, and the last is reached", async () => {
  await open("", WIDE, WIDE + 60_000);
  assert.equal(await page.locator(".found").textContent(), "10,000 functions");
  assert.equal(await page.getByRole("table", { name: "Functions of the span" }).getAttribute("aria-rowcount"), String(COUNT + 1));
  const inPage = () => page.locator(".grid.functions .rows .row").count();
  assert.ok(await inPage() < 100, String(await inPage()));
  assert.equal((await texts(page, ".grid.functions .function-name"))[0], "f9999");
  await page.locator(".gridbox").first().focus();
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.activeElement.textContent.startsWith("f0"));
  assert.ok(await inPage() < 100);
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.activeElement.textContent.startsWith("f1module"
  ) || document.activeElement.querySelector?.(".function-name")?.textContent === "f1");
  await page.getByRole("searchbox", { name: "Search functions" }).fill("f77");
  assert.equal(await page.locator(".found").textContent(), "111 of 10,000 functions");
  await close();
});

test("a function opens with its history, callers, callees and labels", async () => {
  await open();
  await rowOf("shop/db.py:20").getByRole("link").click();
  assert.equal(query(page).get("function"), "/srv/shop/db.py:query");
  assert.match(await page.locator(".function-head h2").textContent(), /^query/);
  const sum = sums("/srv/shop/db.py:20(query)");
  assert.match(await page.locator(".function-panel .facts").textContent(), new RegExp((sum.tottime / 1e9).toFixed(9) + " s own"));
  const callers = page.locator(".card", { hasText: "Callers: 1" });
  await callers.waitFor();
  assert.deepEqual((await callers.locator("td").allTextContents())[0], sum.ncalls.toLocaleString("en-US"));
  assert.match(await callers.locator("tbody th").textContent(), /^Cart\.add/);
  const callees = page.locator(".card", { hasText: "Callees: 2" });
  assert.deepEqual((await callees.locator(".function-name").allTextContents()).sort(), ["rows", "time.sleep"]);
  const services = page.locator(".card", { hasText: "Own time by service" });
  await services.waitFor();
  assert.deepEqual(await services.locator("tbody th").allTextContents(), ["shop", "billing"]);
  const charts = await page.locator(".function-panel canvas").evaluateAll((all) => all.map((canvas) => {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return data.some((byte) => byte !== 0);
  }));
  assert.deepEqual(charts, [true, true]);
  await shot(page, "function");
  await callees.getByRole("link", { name: /rows/ }).click();
  await page.waitForFunction(() => document.querySelector(".function-head h2").textContent.startsWith("rows"));
  await page.goBack();
  await page.waitForFunction(() => document.querySelector(".function-head h2").textContent.startsWith("query"));
  await page.getByRole("button", { name: "← All functions" }).click();
  await rowOf("shop/db.py:20").waitFor();
  assert.equal(query(page).get("function"), null);
  await close();
});

test("one function stays itself whatever the chart shows: shares, other metrics, filters for others", async () => {
  await open("&share=on&metric=ncalls&match=page&function=/srv/shop/db.py:query");
  const callers = page.locator(".card", { hasText: "Callers: 1" });
  await callers.waitFor();
  const services = page.locator(".card", { hasText: "Own time by service" });
  await services.waitFor();
  const total = (await services.locator("tbody td:first-of-type").allTextContents()).reduce((sum, text) => sum + nanoseconds(text), 0);
  assert.ok(Math.abs(total / sums("/srv/shop/db.py:20(query)").tottime - 1) < 0.01, String(total));
  await close();
});

test("a function opens by the keyboard", async () => {
  await open();
  await page.locator(".gridbox").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator(".function-panel:not([hidden])").waitFor();
  assert.notEqual(query(page).get("function"), null);
  await close();
});

test("the slices are the chart's text form", async () => {
  await open("&slice=10m");
  await page.getByRole("button", { name: "Slices" }).click();
  assert.equal(query(page).get("tab"), "slices");
  assert.equal(await page.locator(".grid.slices .rows .row").count(), 6);
  const answer = await server.json("/series?slice=10m&top=10&" + span(BEGIN, END));
  const first = page.locator(".grid.slices .rows .row").last();
  const cells = await first.locator(".cell").evaluateAll((all) => all.map((cell) => cell.querySelector("span")?.title ?? cell.textContent));
  assert.equal(cells[0], "2026-03-02 10:00");
  assert.deepEqual(cells.slice(3, 5).map((text) => text.endsWith(" s") ? parseFloat(text) : NaN), answer.slices[0].values.slice(0, 2));
  await close();
});
