// data.js - profiles of a shop that never ran, as lines of a profile log; figures follow from the time.

const S = 1e9;

/** name, file, line, calls in 10 s, own seconds of a call, who calls it (by number). */
const FUNCTIONS = [
  ["handle", "/srv/shop/app.py", 12, 40, 0.0004, null],
  ["Cart.add", "/srv/shop/cart.py", 31, 160, 0.0021, 0],
  ["Cart.total", "/srv/shop/cart.py", 58, 80, 0.0031, 0],
  ["query", "/srv/shop/db.py", 20, 400, 0.0042, 1],
  ["rows", "/srv/shop/db.py", 71, 400, 0.0009, 3],
  ["render", "/srv/shop/page.py", 9, 40, 0.0175, 0],
  ["escape", "/srv/shop/page.py", 44, 1200, 0.00011, 5],
  ["search", "/srv/shop/search.py", 17, 25, 0.0214, 0],
  ["score", "/srv/shop/search.py", 52, 2500, 0.00014, 7],
  ["tax", "/srv/shop/tax.py", 8, 80, 0.0006, 2],
  ["session", "/srv/shop/users.py", 15, 40, 0.0012, 0],
  ["log", "/srv/shop/log.py", 30, 320, 0.0002, 0],
  ["<img src=x onerror=window.pwned=1>", "/srv/shop/evil.py", 1, 30, 0.0032, 0],
  ["<script>window.pwned=1</script>", "/srv/<b>bold</b>/\"quoted'.py", 2, 30, 0.0021, 0],
  ["{built-in}", "~", 0, 600, 0.0003, 3],
];
const BUILTIN = "<built-in method time.sleep>";

/** More at noon than at night, a slow hour for one function, a deploy that makes another quicker. */
function level(index, time, begin) {
  const hours = (time - begin) / 3.6e6;
  const day = 1 + 0.5 * Math.sin((2 * Math.PI * (hours + index)) / 24);
  const ripple = 1 + 0.25 * Math.sin(time / 61_000 + index);
  const slow = index === 7 && hours % 6 > 4 ? 2.5 : 1;
  return day * ripple * slow;
}

function identity(index) {
  const [name, file, line] = FUNCTIONS[index];
  if (file === "~") return { key: "{built-in method time.sleep}", fields: { file_name: "~", line_number: 0, name: BUILTIN } };
  return {
    key: `${file}:${line}(${name})`,
    fields: { file_name: file, line_number: line, name: name.split(".").pop(), qualname: name },
  };
}

const seconds = (ns) => Number((ns / S).toFixed(9));

/** Own time with that of everything below, in ns. */
function cumulative(own) {
  const sums = [...own];
  for (let i = FUNCTIONS.length - 1; i > 0; i--) {
    const caller = FUNCTIONS[i][5];
    if (caller !== null) sums[caller] += sums[i];
  }
  return sums;
}

/** One profile of `ms` from `time` on. share: of the load that this process has. */
export function profile(time, ms, labels, share, begin) {
  const part = (share * ms) / 10_000;
  const calls = FUNCTIONS.map(([, , , n], i) => Math.max(1, Math.round(n * part * level(i, time, begin))));
  const own = FUNCTIONS.map(([, , , , each], i) => Math.round(calls[i] * each * S * (1 + 0.2 * Math.cos(time / 97_000 + i))));
  const whole = cumulative(own);
  const rows = {};
  FUNCTIONS.forEach(([, , , , , caller], i) => {
    const { key, fields } = identity(i);
    const callers = caller === null ? {} : { [identity(caller).key]: [calls[i], calls[i], seconds(own[i]), seconds(whole[i])] };
    rows[key] = { ncalls: calls[i], pcalls: calls[i], tottime: seconds(own[i]), cumtime: seconds(whole[i]), ...fields, callers };
  });
  return {
    statslice: 1, begin: new Date(time).toISOString(), end: new Date(time + ms).toISOString(), engine: "frames", clock: "wall",
    coverage: 1, labels, total_tt: seconds(own.reduce((a, b) => a + b, 0)),
    total_calls: calls.reduce((a, b) => a + b, 0), prim_calls: calls.reduce((a, b) => a + b, 0), func_profiles: rows,
  };
}

const PROCESSES = [
  [{ service: "shop", host: "web-1", route: "/cart" }, 0.5],
  [{ service: "shop", host: "web-2", route: "/search" }, 0.3],
  [{ service: "billing", host: "<b>db</b>-1", route: "(none)" }, 0.2],
];

/** Profiles over [begin, end) in ms; none from gap[0] to gap[1]. */
export function* shop(begin, end, ms = 10_000, gap = [0, 0]) {
  for (let time = begin; time < end; time += ms) {
    if (time >= gap[0] && time < gap[1]) continue;
    for (const [labels, share] of PROCESSES) yield profile(time, ms, labels, share, begin);
  }
}

/** One profile with many functions: the i-th took i + 1 microseconds in one call. */
export function wide(time, ms, count) {
  const rows = {};
  for (let i = 0; i < count; i++) {
    const fields = { file_name: `/srv/wide/module_${i % 97}.py`, line_number: 10 + i, name: `f${i}`, qualname: `f${i}` };
    rows[`${fields.file_name}:${fields.line_number}(f${i})`] = {
      ncalls: 1, pcalls: 1, tottime: seconds((i + 1) * 1000), cumtime: seconds((i + 1) * 1000), ...fields, callers: {},
    };
  }
  return {
    statslice: 1, begin: new Date(time).toISOString(), end: new Date(time + ms).toISOString(), engine: "frames", clock: "wall",
    coverage: 1, labels: { service: "wide" }, func_profiles: rows,
  };
}

export function logText(profiles) {
  let text = "";
  for (const one of profiles) text += JSON.stringify(one) + "\n";
  return text;
}
