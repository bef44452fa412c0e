#!/usr/bin/env python3
"""How long the program stands still while a slice of 5,000 functions is closed.

A thread calls 5,000 functions from two callers each within every slice of 0.2 s. Around the
slice's edge a thread reads the clock and calls a function as fast as it can; the longest gap
between two readings is how long it had to wait: for its own figures to be cut ("own": the
thread that called is the one that waits), or for the interpreter's lock while those of a thread
that sleeps are cut ("sleeper"). The first is read on the thread's CPU clock, so that other
processes do not show; a wait for a lock passes on the steady clock alone, so that the second is to
be read on a quiet machine. The same without the collector stands beside them; medians over the
slices count. The collector's own figure, cut_max_ns of status(), is its longest time under the
lock since the start, by the steady clock as well.

usage: bench_cut.py [--slices 40] [--build BUILD/python] [INTERPRETER...]
"""
import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

FUNCTIONS, PER_FILE = 5000, 25
SLICE_S, WATCH_S = 0.2, 0.04  # the clock is watched so long before and after each edge
TARGET_MS = 1.0


def many_functions():
    """Two functions that call each of 5,000, which lie in 200 files."""
    functions = []
    for i in range(FUNCTIONS // PER_FILE):
        space = {}
        lines = ["def function_%d_%d(): pass" % (i, j) for j in range(PER_FILE)]
        exec(compile("\n".join(lines), "/srv/shop/package/module_%d.py" % i, "exec"), space)
        functions += [value for name, value in space.items() if name.startswith("function")]
    assert len(functions) == FUNCTIONS

    def once():
        for function in functions:
            function()

    def again():
        for function in functions:
            function()

    return lambda: (once(), again())


def called():
    """An event for the collector."""


def longest_gap_ns(clock_ns, until):
    longest, before = 0, clock_ns()
    while time.time() < until:
        called()
        now = clock_ns()
        longest = max(longest, now - before)
        before = now
    return longest


def next_edge():
    """The first edge that leaves time to call everything before it is watched."""
    return ((time.time() + SLICE_S / 2) // SLICE_S + 1) * SLICE_S


def sleep_until(moment):
    time.sleep(max(0.0, moment - time.time()))


def own_gaps(call_all, slices):
    gaps = []
    for _ in range(slices):
        edge = next_edge()
        call_all()
        sleep_until(edge - WATCH_S)
        gaps.append(longest_gap_ns(time.thread_time_ns, edge + WATCH_S))
    return gaps


def sleeper_gaps(call_all, slices):
    gaps = []
    for _ in range(slices):
        edge = next_edge()
        sleeper = threading.Thread(target=lambda: (call_all(), sleep_until(edge + 2 * WATCH_S)))
        sleeper.start()
        sleep_until(edge - WATCH_S)
        gaps.append(longest_gap_ns(time.perf_counter_ns, edge + WATCH_S))
        sleeper.join()
    return gaps


def worker(slices):
    """Prints JSON: {case: [gaps in ns]} without and with the collector, and its own figure."""
    from statslice import _collector

    call_all = many_functions()
    cases = {"own": own_gaps, "sleeper": sleeper_gaps}
    result = {"without": {name: case(call_all, slices) for name, case in cases.items()}}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "profiles.ndjson")
        start, stop = harness.service(_collector, path, slice_ns=int(SLICE_S * 1e9))
        start()
        result["with"] = {name: case(call_all, slices) for name, case in cases.items()}
        result["cut_max_ns"] = _collector.status()["cut_max_ns"]
        stop()
        with open(path, encoding="utf-8") as file:
            full = [len(json.loads(line)["func_profiles"]) >= FUNCTIONS for line in file]
    assert sum(full) >= 2 * slices, "slices without the functions"
    print(json.dumps(result))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slices", type=int, default=40)
    parser.add_argument("--build", default=harness.PACKAGE)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("interpreters", nargs="*", metavar="INTERPRETER")
    options = parser.parse_args()
    if options.worker:
        worker(options.slices)
        return 0
    print(harness.load_average() + "\n")
    print("%-5s %-8s %16s %16s %16s" % ("ms", "", "without, median", "with, median",
                                        "longest cut"))
    met = True
    for interpreter, version in harness.interpreters(options.interpreters):
        result = harness.ask_worker(__file__, interpreter, [os.path.abspath(options.build)],
                                    "--slices", str(options.slices))
        cut_ms = result["cut_max_ns"] / 1e6
        for case in ("own", "sleeper"):
            without, gap = (statistics.median(result[key][case]) / 1e6
                            for key in ("without", "with"))
            met &= gap < TARGET_MS
            print("%-5s %-8s %16.3f %16.3f %16.3f  %g %s" % (
                version, case, without, gap, cut_ms, TARGET_MS,
                "reached" if gap < TARGET_MS else "MISSED"), flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
