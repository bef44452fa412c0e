#!/usr/bin/env python3
"""How fast a server answers: 24 h in slices of 10 min, of a store of 20 million rows, by wrk.

The store is that of bench_store.py (build/bench-store/20M.store), or any other. Each client asks on a connection
that stays. Three kinds of questions: every one another one, so that each is computed; the same one, which is
kept; and the same one by clients that have the answer already, and are told so (304).

usage: bench_serve_query.py [--store PATH] [--clients N] [--seconds N] [--statslice PATH]
                            [--from TIME] [--to TIME]
"""
import argparse
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request

import harness

QUESTION = "/api/v1/series?slice=10m&metric=cumtime&top=20&from=%s&to=%s"

# Each thread counts on its own; the condition holds for every profile, and is another text each time.
DISTINCT = """
local thread_count = 0
function setup(thread) thread:set("id", thread_count); thread_count = thread_count + 1 end
local n = 0
function request()
  n = n + 1
  return wrk.format("GET", "%s&where=bench!=" .. id .. "_" .. n)
end
"""
HEADERS = 'wrk.path = "%s"\nwrk.headers["%s"] = "%s"\n'


def milliseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def run_wrk(url, script, clients, seconds):
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        text = subprocess.check_output(
            ["wrk", "-t2", "-c%d" % clients, "-d%ds" % seconds, "--latency", "-s", file.name, url]).decode()
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    assert refused is None, text
    latency = {share: milliseconds(value) for share, value in re.findall(r"(?m)^\s+(50|99)%\s+(\S+)", text)}
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), latency["50"], latency["99"]


def memory_mb(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


def told_url(log):
    """Where the server says that it is, once it does."""
    for _ in range(300):
        found = re.search(r"http://\S+", log.read())
        if found:
            return found.group(0)
        time.sleep(0.1)
        log.seek(0)
    raise SystemExit("the server did not start")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--store", default=os.path.join(harness.ROOT, "build", "bench-store", "20M.store"))
    parser.add_argument("--statslice", default=os.path.join(harness.ROOT, "build", "statslice"))
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--from", dest="begin", default="2026-03-02")
    parser.add_argument("--to", dest="end", default="2026-03-03")
    options = parser.parse_args()
    log = tempfile.NamedTemporaryFile("r")  # with a line for each request
    with open(log.name, "w", encoding="utf-8") as stderr:
        server = subprocess.Popen([options.statslice, "serve", options.store, "--listen", "127.0.0.1:0"],
                                  stderr=stderr)
    try:
        url = told_url(log)
        path = QUESTION % (options.begin, options.end)
        with urllib.request.urlopen(url + path) as answer:
            etag, body = answer.headers["ETag"], answer.read()
        series = json.loads(body.decode())
        print("%d slices, %d columns of %d groups, %d profiles, %.0f kB of JSON; %d clients, load average %.2f"
              % (len(series["slices"]), len(series["columns"]), series["group_count"], series["profiles_in"],
                 len(body) / 1e3, options.clients, os.getloadavg()[0]))
        print("%-34s %12s %9s %9s" % ("question", "a second", "p50 ms", "p99 ms"))
        for name, script in (("another one each time", DISTINCT % path),
                             ("another one, compressed by zstd", 'wrk.headers["Accept-Encoding"] = "zstd"\n' + DISTINCT % path),
                             ("the same", HEADERS % (path, "X-Bench", "1")),
                             ("the same, compressed by gzip", HEADERS % (path, "Accept-Encoding", "gzip")),
                             ("the same, not changed (304)", HEADERS % (path, "If-None-Match", etag.replace('"', '\\"')))):
            figures = run_wrk(url, script, options.clients, options.seconds)
            print("%-34s %12.0f %9.2f %9.2f" % ((name,) + figures))
        print("memory of the server afterwards: %.0f MB; load average %.2f"
              % (memory_mb(server.pid), os.getloadavg()[0]))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


if __name__ == "__main__":
    main()
