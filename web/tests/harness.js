// harness.js - a store of known profiles, the real server on it, and a real browser before it.

import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { logText } from "./data.js";

const HERE = path.dirname(fileURLToPath(import.meta.url));
export const ROOT = path.resolve(HERE, "../..");
export const STATSLICE = process.env.STATSLICE ?? path.join(ROOT, "build", "statslice");
const SHOTS = process.env.STATSLICE_SHOTS ?? path.join(ROOT, "build", "web-shots");
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const START_MS = 20_000;

export const HOUR = 3_600_000;
export const MINUTE = 60_000;

export function folder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), "statslice-page-"));
}

export function statslice(...args) {
  return execFileSync(STATSLICE, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
}

/** Adds profiles to a store, which is made where there is none. */
export function addProfiles(store, profiles) {
  const log = store + ".log";
  fs.writeFileSync(log, logText(profiles));
  statslice("add", store, log);
  fs.unlinkSync(log);
}

const running = new Set();

/** Ends every server that a test has left. */
export async function stopServers() {
  for (const server of [...running]) await server.stop();
}

export class Server {
  static async start(store, ...options) {
    const server = new Server();
    server.store = store;
    server.options = options;
    await server.run("127.0.0.1:0");
    return server;
  }

  run(listen) {
    this.process = spawn(STATSLICE, ["serve", this.store, "--listen", listen, ...this.options],
      { stdio: ["ignore", "ignore", "pipe"] });
    running.add(this);
    return new Promise((resolve, reject) => {
      let said = "";
      const timer = setTimeout(() => reject(new Error("the server did not start: " + said)), START_MS);
      this.process.on("exit", () => reject(new Error("the server ended: " + said)));
      this.process.stderr.on("data", (data) => {
        said += data;
        const found = /https?:\/\/[^\s"]+:\d+/.exec(said);
        if (found === null) return;
        clearTimeout(timer);
        this.url = found[0];
        resolve();
      });
    });
  }

  /** Again, at the same address. */
  restart() {
    return this.run(this.url.replace(/^https?:\/\//, ""));
  }

  stop() {
    running.delete(this);
    if (this.process.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.process.on("exit", resolve);
      this.process.kill("SIGTERM");
    });
  }

  async json(question) {
    const response = await fetch(this.url + "/api/v1" + question);
    if (!response.ok) throw new Error(question + ": " + response.status + " " + await response.text());
    return response.json();
  }
}

export function launch() {
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find((name) => fs.existsSync(name));
  if (executablePath === undefined) throw new Error("there is no Chromium: tools/install_deps.sh installs it");
  // a root user, as in a container, has no sandbox
  const args = ["--force-color-profile=srgb", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])];
  return chromium.launch({ executablePath, args });
}

/** What went wrong in a page beside what a test looks at: errors, refused content, requests to elsewhere. */
function watch(page, origin) {
  const wrong = [];
  page.on("pageerror", (error) => wrong.push("error: " + error.message));
  page.on("console", (message) => {
    const expected = /status of (304|401|503)|ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/;
    if (message.type() === "error" && !expected.test(message.text())) wrong.push("console: " + message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) wrong.push("asked elsewhere: " + url);
  });
  return wrong;
}

/** A page at a query of the server. Options are playwright's of a context. */
export async function openPage(browser, server, query = "", options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 }, timezoneId: "UTC", locale: "en-US", colorScheme: "light", ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  page.wrong = watch(page, server.url);
  await page.goto(server.url + "/" + query);
  return page;
}

/** Waits until the chart stands and everything that was asked for has come. */
export async function settled(page) {
  await page.waitForFunction(() => {
    const chart = document.querySelector(".main-chart");
    return chart !== null && !chart.classList.contains("loading") && performance.getEntriesByName("statslice:drawn").length > 0;
  });
  await page.waitForFunction(() => document.querySelector(".grid.functions .rows .row, .function-panel:not([hidden]), .compare:not([hidden]), .grid.slices .rows .row") !== null);
}

export async function shot(page, name) {
  fs.mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, name + ".png") });
}

export const span = (from, to) => `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;

/** Where a moment of the shown span is, in pixels of the window. */
export async function xOf(page, share) {
  const box = await page.locator(".main-chart .u-over").boundingBox();
  return { x: box.x + share * box.width, y: box.y + box.height * 0.8, box };
}

export async function drag(page, fromShare, toShare) {
  const from = await xOf(page, fromShare);
  const to = await xOf(page, toShare);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, from.y, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await page.mouse.up();
}

export const query = (page) => new URL(page.url()).searchParams;
export const texts = (page, selector) => page.locator(selector).allTextContents();
