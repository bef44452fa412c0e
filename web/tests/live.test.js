// live.test.js - a page that is left open: profiles come, the server goes and comes back, tokens.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { profile, shop } from "./data.js";
import { addProfiles, folder, HOUR, launch, openPage, query, Server, settled, shot, STATSLICE, statslice, stopServers, texts } from "./harness.js";

const LABELS = { service: "shop", host: "web-1", route: "/cart" };

let dir, browser;

before(async () => {
  dir = folder();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stopServers();
  fs.rmSync(dir, { recursive: true });
});

/** The latest whole ten seconds. */
const now = () => Math.floor(Date.now() / 10_000) * 10_000;

test("an empty store teaches how to send the first profile, and shows it when it comes", async () => {
  const store = dir + "/first.db";
  const server = await Server.start(store);
  const page = await openPage(browser, server, "", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByText("No profile has come yet").waitFor();
  const commands = await texts(page, ".copyable pre");
  assert.equal(commands[0], `statslice run -o ${server.url} -- python your_program.py`);
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), commands[0]);
  await shot(page, "empty");
  addProfiles(store, [profile(now() - 20_000, 10_000, LABELS, 1, now())]);
  await settled(page);
  assert.equal(await page.locator(".empty").isVisible(), false);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await server.stop();
});

test("the command that the page teaches fills it, and the bars move", {
  skip: !fs.existsSync(path.join(path.dirname(STATSLICE), "python")) && "the Python package is not built",
}, async () => {
  const server = await Server.start(dir + "/taught.db");
  const page = await openPage(browser, server);
  const [, verb, ...words] = (await page.locator(".copyable pre").first().textContent()).split(" ");
  const program = dir + "/program.py";
  fs.writeFileSync(program, "import time\ndef work():\n    sum(range(20000))\nend = time.monotonic() + 8\nwhile time.monotonic() < end:\n    work()\n");
  const command = [verb, "--slice", "1s", ...words.slice(0, -2), "python3", program];
  page.setDefaultTimeout(30_000); // Python starts, and a slice is a second
  const ran = new Promise((resolve) => spawn(STATSLICE, command, { stdio: "ignore" }).on("exit", resolve));
  await settled(page);
  assert.equal((await texts(page, ".legend .label"))[0], "program.py:work");
  const facts = await page.locator(".main-chart .facts").textContent();
  await page.waitForFunction((text) => document.querySelector(".main-chart .facts").textContent !== text, facts, { timeout: 15_000 });
  assert.equal(await ran, 0);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await server.stop();
});

test("the bars move: what comes is drawn within seconds", async () => {
  const store = dir + "/live.db";
  const begin = now() - HOUR;
  addProfiles(store, [...shop(begin, now() - 60_000)]);
  const server = await Server.start(store);
  const page = await openPage(browser, server);
  await settled(page);
  const total = () => page.locator(".main-chart .facts").textContent();
  const picture = async () => (await page.locator(".main-chart .plot").screenshot()).toString("base64");
  const [before, drawn] = [await total(), await picture()];
  assert.equal(await page.getByRole("button", { name: "Live" }).getAttribute("aria-pressed"), "true");
  addProfiles(store, [...shop(now() - 60_000, now())]);
  await page.waitForFunction((text) => document.querySelector(".main-chart .facts").textContent !== text, before, { timeout: 15_000 });
  assert.notEqual(await picture(), drawn);
  await page.getByRole("button", { name: "Live" }).click();
  assert.match(query(page).get("to"), /^\d{4}-/);
  assert.equal(await page.getByRole("button", { name: "Go live" }).getAttribute("aria-pressed"), "false");
  await page.goBack();
  await page.getByRole("button", { name: "Live", exact: true }).waitFor();
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await server.stop();
});

test("a span without profiles leads to where they are", async () => {
  const store = dir + "/old.db";
  const begin = Date.UTC(2026, 2, 2, 10);
  addProfiles(store, [...shop(begin, begin + 2 * HOUR, 60_000)]);
  const server = await Server.start(store);
  const page = await openPage(browser, server);
  await page.getByText("There are profiles from 2026-03-02 10:00 to 2026-03-02 12:00.").waitFor();
  await shot(page, "elsewhere");
  await page.getByRole("button", { name: "Their last hour" }).click();
  await settled(page);
  assert.equal(query(page).get("from"), "2026-03-02T11:00:00Z");
  await page.context().close();
  await server.stop();
});

test("the server goes away and comes back: the page says so, and goes on by itself", async () => {
  const store = dir + "/gone.db";
  addProfiles(store, [...shop(now() - HOUR, now(), 60_000)]);
  const server = await Server.start(store);
  const page = await openPage(browser, server);
  await settled(page);
  await server.stop();
  await page.locator(".notice", { hasText: "The server does not answer" }).waitFor({ timeout: 20_000 });
  await shot(page, "gone");
  assert.equal(await page.locator(".main-chart").isVisible(), true);
  await server.restart();
  await page.waitForFunction(() => document.querySelector(".notice").hidden, null, { timeout: 20_000 });
  await page.context().close();
  await server.stop();
});

test("a server with tokens asks for one, and takes the right one alone", async () => {
  const store = dir + "/token.db";
  addProfiles(store, [...shop(now() - HOUR, now(), 60_000)]);
  const token = /\S{32,}/.exec(statslice("token", "add", store, "--role", "read", "--name", "page"))[0];
  const server = await Server.start(store);
  const page = await openPage(browser, server);
  await page.getByLabel("Token", { exact: true }).fill("wrong");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#token")?.value === ""); // it asks again
  await shot(page, "token");
  await page.getByLabel("Token", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Go on" }).click();
  await settled(page);
  assert.deepEqual(page.wrong, []);
  await page.reload();
  await settled(page);
  await page.context().close();
  await server.stop();
});

test("exports: pictures, figures and a profile that Python's pstats reads", async () => {
  const store = dir + "/export.db";
  const begin = Date.UTC(2026, 2, 2, 10);
  const profiles = [...shop(begin, begin + HOUR, 60_000)];
  addProfiles(store, profiles);
  const server = await Server.start(store);
  const page = await openPage(browser, server, "?zone=UTC&from=2026-03-02T10:00:00Z&to=2026-03-02T11:00:00Z&slice=1m",
    { acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"] });
  await settled(page);
  const save = async (name) => {
    await page.getByRole("button", { name: /^Export/ }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    const file = dir + "/" + download.suggestedFilename();
    await download.saveAs(file);
    return file;
  };
  assert.equal(fs.readFileSync(await save("Chart as PNG")).subarray(1, 4).toString(), "PNG");
  assert.match(fs.readFileSync(await save("Chart as SVG"), "utf8"), /<svg [^]*db\.py:query/);
  const slices = fs.readFileSync(await save("Slices as CSV"), "utf8").trim().split("\r\n");
  assert.match(slices[0], /^slice_begin,slice_end/);
  assert.equal(slices.length, 1 + 60);
  assert.match(fs.readFileSync(await save("Functions as CSV"), "utf8"), /\/srv\/shop\/db\.py,20,query/);
  const prof = await save("Profile of the span");
  const program = "import pstats, sys; s = pstats.Stats(sys.argv[1]); print(s.total_calls, round(s.total_tt, 6))";
  const sum = (pick) => profiles.reduce((total, one) => total + pick(one), 0);
  const python = execFileSync("python3", ["-c", program, prof], { encoding: "utf8" });
  assert.deepEqual(python.split(" ").map(Number), [sum((one) => one.total_calls), Number(sum((one) => one.total_tt).toFixed(6))]);
  await page.getByRole("button", { name: /^Export/ }).click();
  await page.getByRole("button", { name: "Copy a link" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  await server.stop();
});
