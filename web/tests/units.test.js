// units.test.js - times, zones, widths, figures and colours by themselves, against figures from outside.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { folder, ROOT } from "./harness.js";

async function load(name) {
  const dir = folder();
  const outfile = path.join(dir, "module.mjs");
  await build({ entryPoints: [path.join(ROOT, "web", "src", name + ".ts")], bundle: true, format: "esm", outfile, logLevel: "error" });
  const module = await import(outfile);
  fs.rmSync(dir, { recursive: true });
  return module;
}

const utc = (text) => Date.parse(text);

test("times are read as docs/queries.md says", async () => {
  const { parseTime } = await load("times");
  const now = utc("2024-05-05T12:34:56Z");
  const cases = [
    ["now", "UTC", "2024-05-05T12:34:56Z"], ["-1h", "UTC", "2024-05-05T11:34:56Z"], ["-1h30m", "UTC", "2024-05-05T11:04:56Z"],
    ["now-1d", "UTC", "2024-05-04T12:34:56Z"], ["now+5m", "UTC", "2024-05-05T12:39:56Z"],
    ["2024-05-05T12:00:00Z", "UTC", "2024-05-05T12:00:00Z"], ["2024-05-05T12:00:00.5+02:00", "UTC", "2024-05-05T10:00:00.5Z"],
    ["2024-05-05", "Europe/Berlin", "2024-05-04T22:00:00Z"], ["2024-05-05 12:00", "Europe/Berlin", "2024-05-05T10:00:00Z"],
    ["2024-05-05T12:00:30", "America/New_York", "2024-05-05T16:00:30Z"], ["today", "Europe/Berlin", "2024-05-04T22:00:00Z"],
    ["yesterday", "UTC", "2024-05-04T00:00:00Z"], ["yesterday 14:00", "Asia/Kolkata", "2024-05-04T08:30:00Z"],
    ["1714900000", "UTC", "2024-05-05T09:06:40Z"],
  ];
  for (const [text, zone, expected] of cases) assert.equal(parseTime(text, now, zone), utc(expected), text);
  for (const text of ["", "soon", "2024-5-5", "12:00", "-1y", "-", "2024-05-05 noon"]) assert.equal(parseTime(text, now, "UTC"), null, text);
});

test("days of 23 and 25 hours begin at midnight", async () => {
  const { midnight, fromLocal, offsetMs } = await load("zone");
  const hours = (day) => (midnight("Europe/Berlin", utc(day), 1) - midnight("Europe/Berlin", utc(day))) / 3.6e6;
  assert.deepEqual([hours("2024-03-31T12:00:00Z"), hours("2024-10-27T12:00:00Z"), hours("2024-05-05T12:00:00Z")], [23, 25, 24]);
  assert.equal(offsetMs("Asia/Kathmandu", utc("2024-05-05T00:00:00Z")), 5.75 * 3.6e6);
  assert.equal(fromLocal("America/New_York", utc("2024-11-03T00:00:00Z")), utc("2024-11-03T04:00:00Z"));
});

test("ticks stand at round times of the zone's clock, the date where the day changes", async () => {
  const { timeTicks, tickTexts } = await load("zone");
  const ticks = timeTicks("Europe/Berlin", utc("2024-03-30T21:00:00Z"), utc("2024-03-31T09:00:00Z"), 7);
  assert.deepEqual(ticks.map((tick) => new Date(tick).toISOString().slice(11, 16)), ["21:00", "23:00", "01:00", "02:00", "04:00", "06:00", "08:00"]);
  assert.deepEqual(tickTexts("Europe/Berlin", ticks), ["22:00\n2024-03-30", "00:00\n2024-03-31", "03:00", "04:00", "06:00", "08:00", "10:00"]);
});

test("widths are those that a person would choose", async () => {
  const { chooseWidth, widthOf, durationText } = await load("times");
  const H = 3.6e6;
  assert.deepEqual([chooseWidth(H, 120).text, chooseWidth(24 * H, 120).text, chooseWidth(30 * 24 * H, 120).text, chooseWidth(1000, 100).text],
    ["30s", "15m", "6h", "10ms"]);
  assert.equal(widthOf("1h30m").ms, 1.5 * H);
  assert.equal(widthOf("0s"), null);
  assert.equal(durationText(90 * 60_000), "1 h 30 min");
});

test("figures keep their digits", async () => {
  const { exact, short, percent, valueTicks } = await load("figures");
  assert.equal(exact(12.345678901, "s"), "12.345678901 s");
  assert.equal(exact(0.000012345, "s"), "12.345 µs");
  assert.equal(exact(0.5, "s"), "500.000000 ms");
  assert.equal(exact(0, "s"), "0.000000000 s");
  assert.equal(exact(12345678, "calls"), "12,345,678 calls");
  assert.equal(exact(0.123456, "ratio"), "12.3456%");
  assert.equal(exact(null, "s"), "no figure");
  assert.equal(short(1234567, "calls"), "1.23 M");
  assert.equal(short(0.0042, "s"), "4.20 ms");
  assert.equal(percent(1, 3), "33%");
  assert.equal(percent(-1, 30), "−3.3%");
  assert.deepEqual(valueTicks(23, 1, 5), [0, 5, 10, 15, 20]);
});

test("a function's colour is that of src/chart/palette.c", async () => {
  const { hashText, assignColors, colorOf } = await load("palette");
  const source = fs.readFileSync(path.join(ROOT, "src", "chart", "palette.c"), "utf8");
  const sets = [...source.matchAll(/colors_(?:light|dark)\[[^=]*=\s*\{([^;]*)\};/g)].map(([, body]) =>
    [...body.matchAll(/0x(..), 0x(..), 0x(..)/g)].map(([, r, g, b]) => ("#" + r + g + b).toLowerCase()));
  assert.deepEqual([...Array(20).keys()].map((i) => colorOf(i, false)), sets[0]);
  assert.deepEqual([...Array(20).keys()].map((i) => colorOf(i, true)), sets[1]);
  assert.equal(typeof hashText("ä"), "bigint");
  assert.equal(new Set(assignColors(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])).size, 10);
});

test("a URL says a state, and any URL gives one", async () => {
  const { readState, writeState, DEFAULTS } = await load("state");
  const state = { ...DEFAULTS, from: "2024-05-05T12:00:00Z", zone: "Europe/Berlin", metric: "ncalls", scale: "rate", top: 20,
    where: ["a=b&c", "x~^é"], match: ["\\.py"], only: ["(other)"], function: "a:b", search: "x y", tab: "slices", sort: "name" };
  assert.deepEqual(readState(writeState(state)), state);
  assert.equal(writeState({ ...DEFAULTS }), "");
  assert.deepEqual(readState("?metric=magic&top=1e9&view=moon&rate=yes"), { ...DEFAULTS });
  assert.equal(readState("?metric=percall&share=on").scale, "total");
});
