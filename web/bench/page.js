// page.js - how quick the page is: first chart, zoom, table, each as a person waits for it.
//
//   node page.js STORE BEGIN-MS HOURS [ROUNDS]
//
// In:   a store with HOURS of profiles from BEGIN-MS on. Out: JSON, ms. Each first chart is in a browser
// context of its own: nothing is cached. A picture counts from when the browser has put it out, not from
// when the script was done with it.

import { drag, HOUR, launch, Server, settled, span } from "../tests/harness.js";

const [store, begin, hours, rounds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4]), Number(process.argv[5] ?? 9)];
const END = begin + hours * HOUR;

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** Marks each moment at which a drawn chart was put out. */
function observe() {
  window.shown = [];
  new PerformanceObserver((list) => {
    if (list.getEntriesByName("statslice:drawn").length === 0) return;
    requestAnimationFrame(() => setTimeout(() => window.shown.push(performance.now())));
  }).observe({ type: "mark" });
  window.addEventListener("mouseup", () => { window.released = performance.now(); }, true);
}

async function open(browser, server, query) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, timezoneId: "UTC" });
  const page = await context.newPage();
  await page.addInitScript(observe);
  await page.goto(server.url + query);
  await settled(page);
  return page;
}

async function firstCharts(browser, server) {
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const page = await open(browser, server, "/?zone=UTC&" + span(begin, END));
    times.push(await page.evaluate(() => window.shown[0]));
    await page.context().close();
  }
  return times;
}

/** From the button let go to the figures of the new span on the screen. */
async function zooms(browser, server) {
  const times = [];
  const page = await open(browser, server, "/?zone=UTC&" + span(begin, END));
  for (let i = 0; i < rounds; i++) {
    await page.waitForTimeout(300);
    const facts = await page.locator(".main-chart .facts").textContent();
    const share = 0.1 + 0.05 * i;
    await drag(page, share, share + 0.25);
    await page.waitForFunction((text) => document.querySelector(".main-chart .facts").textContent !== text, facts, { polling: "raf" });
    await page.waitForTimeout(200);
    times.push(await page.evaluate(() => {
      const answers = performance.getEntriesByType("resource").filter((entry) => entry.name.includes("/series?") && entry.startTime >= window.released);
      return window.shown.find((time) => time > answers[0].responseEnd) - window.released;
    }));
    await page.goBack();
    await settled(page);
  }
  await page.context().close();
  return times;
}

/** The longest that a frame took while the table of all functions is scrolled through. */
async function frames(browser, server) {
  const page = await open(browser, server, "/?zone=UTC&" + span(begin, END));
  const result = await page.evaluate(async () => {
    const box = document.querySelector(".gridbox");
    const gaps = [];
    let before = performance.now();
    for (let i = 1; i <= 120; i++) {
      box.scrollTop = (i / 120) * box.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      gaps.push(now - before);
      before = now;
    }
    return { rows: document.querySelector(".grid.functions").getAttribute("aria-rowcount") - 1, gaps };
  });
  await page.context().close();
  return result;
}

const server = await Server.start(store);
const browser = await launch();
const first = await firstCharts(browser, server);
const zoom = await zooms(browser, server);
const { rows, gaps } = await frames(browser, server);
await browser.close();
await server.stop();
console.log(JSON.stringify({
  first: median(first), first_worst: Math.max(...first), zoom: median(zoom), zoom_worst: Math.max(...zoom),
  rows, frame: median(gaps), frame_worst: Math.max(...gaps),
}));
