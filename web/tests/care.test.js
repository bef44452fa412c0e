// care.test.js - the page for everybody, on every screen, with any name in it: axe, phones, injection, weight.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import zlib from "node:zlib";
import { shop } from "./data.js";
import { addProfiles, folder, HOUR, launch, openPage, query, Server, settled, shot, span, stopServers } from "./harness.js";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BEGIN = Date.UTC(2026, 2, 2, 10);
const END = BEGIN + 2 * HOUR;
const SPAN = "?zone=UTC&" + span(BEGIN, END);
const COMPARE = "&view=compare&base=2026-03-02T10:00:00Z/2026-03-02T10:30:00Z&new=2026-03-02T11:00:00Z/2026-03-02T11:30:00Z";
const WEIGHT_MAX = 300_000;

let dir, server, browser;

before(async () => {
  dir = folder();
  addProfiles(dir + "/shop.db", [...shop(BEGIN, END, 60_000)]);
  server = await Server.start(dir + "/shop.db");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stopServers();
  fs.rmSync(dir, { recursive: true });
});

/** What axe has against the page as it stands. */
async function violations(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: AXE }); // past the page's policy, which lets no script in
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
}

const VIEWS = {
  chart: { query: SPAN },
  slices: { query: SPAN + "&tab=slices" },
  filtered: { query: SPAN + "&where=service%3Dshop&match=db&only=/srv/shop/db.py:query" },
  function: { query: SPAN + "&function=/srv/shop/db.py:query", wait: ".function-panel .card:has-text('Own time by service')" },
  compare: { query: SPAN + COMPARE, wait: ".grid.diff .rows .row" },
  nothing: { query: "?zone=UTC&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z", wait: ".empty" },
};

for (const colorScheme of ["light", "dark"])
  test(`axe finds nothing in any view, ${colorScheme}`, async () => {
    for (const [name, view] of Object.entries(VIEWS)) {
      const page = await openPage(browser, server, view.query, { colorScheme });
      if (view.wait !== undefined) await page.locator(view.wait).first().waitFor();
      else await settled(page);
      assert.deepEqual(await violations(page), [], name);
      await shot(page, `${name}-${colorScheme}`);
      assert.deepEqual(page.wrong, []);
      await page.context().close();
    }
  });

test("axe finds nothing in the panels that open", async () => {
  const page = await openPage(browser, server, SPAN);
  await settled(page);
  for (const name of [/^Time:/, "+ Filter", /^Export/]) {
    await page.getByRole("button", { name }).click();
    await page.locator(".popover:not([hidden])").waitFor();
    assert.deepEqual(await violations(page), [], String(name));
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".popover:not([hidden])").count(), 0);
  }
  await page.context().close();
});

test("on a phone everything fits, and axe finds nothing", async () => {
  for (const [name, view] of Object.entries(VIEWS)) {
    const page = await openPage(browser, server, view.query, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: "dark" });
    if (view.wait !== undefined) await page.locator(view.wait).first().waitFor();
    else await settled(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, name + " is " + width + " wide");
    assert.deepEqual(await violations(page), [], name);
    await shot(page, `${name}-phone`);
    await page.context().close();
  }
});

test("nothing jumps while the page comes", async () => {
  const page = await openPage(browser, server, SPAN);
  await settled(page);
  await page.waitForTimeout(300);
  const shift = await page.evaluate(() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
      .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 100);
  }));
  assert.ok(shift < 0.02, "shifted by " + shift);
  await page.context().close();
});

test("light and dark follow the system, or a person's choice, which stays", async () => {
  const page = await openPage(browser, server, SPAN, { colorScheme: "dark" });
  await settled(page);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await paper(), "rgb(22, 26, 31)");
  await page.getByRole("button", { name: "Theme: as the system" }).click();
  await page.getByRole("button", { name: "Theme: dark" }).click();
  assert.equal(await paper(), "rgb(255, 255, 255)");
  await page.reload();
  await settled(page);
  assert.equal(await paper(), "rgb(255, 255, 255)");
  assert.equal(query(page).get("theme"), null);
  await page.context().close();
});

test("names and labels that look like markup are text, wherever they stand", async () => {
  const evil = "/srv/shop/evil.py:<img src=x onerror=window.pwned=1>";
  const views = [SPAN + "&top=20", SPAN + "&by=label:host", SPAN + "&tab=slices&top=20", SPAN + COMPARE,
    SPAN + "&function=" + encodeURIComponent(evil), SPAN + "&where=host%3D%3Cb%3Edb%3C/b%3E-1&search=%3Cimg",
    SPAN + "&function=" + encodeURIComponent("<img src=x onerror=window.pwned=1>"),
    SPAN + "&match=%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E"];
  for (const view of views) {
    const page = await openPage(browser, server, view);
    await settled(page);
    await page.mouse.move(400, 400);
    await page.getByRole("button", { name: "+ Filter" }).click();
    await page.locator(".label-values").first().waitFor();
    const found = await page.evaluate(() => [window.pwned, document.querySelectorAll("main img, main script, main b").length]);
    assert.deepEqual(found, [undefined, 0], view);
    assert.deepEqual(page.wrong.filter((text) => !text.includes("status of 404")), [], view);
    await page.context().close();
  }
  const page = await openPage(browser, server, SPAN + "&top=20");
  await settled(page);
  assert.equal(await page.locator(".grid.functions .rows .function-name", { hasText: "<img src=x onerror=window.pwned=1>" }).count(), 1);
  await page.context().close();
});

test("the policy keeps everything else out", async () => {
  const response = await fetch(server.url + "/");
  const policy = response.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.doesNotMatch(await response.text(), /style=|<style|\son\w+=|<script>/);
});

test("the page is light", async (t) => {
  let sum = 0;
  for (const path of ["/", "/assets/app.js", "/assets/app.css", "/assets/icon.svg"]) {
    const response = await fetch(server.url + path, { headers: { "Accept-Encoding": "gzip" } });
    assert.equal(response.status, 200);
    const etag = response.headers.get("etag");
    sum += zlib.gzipSync(Buffer.from(await response.arrayBuffer()), { level: 9 }).length;
    const again = await fetch(server.url + path, { headers: { "If-None-Match": etag } });
    assert.equal(again.status, 304);
  }
  t.diagnostic("compressed: " + (sum / 1000).toFixed(1) + " kB");
  assert.ok(sum < WEIGHT_MAX, String(sum));
});
