#!/usr/bin/env python3
"""The events engine beside cProfile and an empty callback: added nanoseconds a call.

For every interpreter found: five programs that do little but call, each run plain and under
the three, in turns within one process; medians. What a run takes longer than the plain one,
over the number of calls it makes (Python's and C's; a generator's resumptions too), is the
added time a call. A line "all" has geometric means over the programs, the mean cost over the
empty callback, and whether the target is reached: half of cProfile's added time up to 3.10;
from 3.11 on, where the interpreter's own dispatch is most of it, 0.85, or 25 ns over empty.

usage: bench_events.py [BUILD/python [INTERPRETER...]]
"""
import json
import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

ROUNDS = 25


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class Account:
    def __init__(self, balance):
        self.balance = balance

    def amount(self, n):
        return n

    def add(self, n):
        self.balance += self.amount(n)

    def take(self, n):
        self.balance -= self.amount(n)


def methods(n):
    account = Account(0)
    for i in range(n):
        account.add(i)
        account.take(i)


def closures(n):
    def outer(i):
        def inner():
            return i
        return inner()
    for i in range(n):
        outer(i)


def builtins(n):
    values = []
    for i in range(n):
        values.append(i)
        len(values)
        abs(i)
        "a".startswith("b")


def numbers(n):
    for i in range(n):
        yield i


def generators(n):
    for _ in numbers(n):
        pass


PROGRAMS = [
    ("recursion", lambda: fib(18)),
    ("methods", lambda: methods(2500)),
    ("closures", lambda: closures(5000)),
    ("builtins", lambda: builtins(2500)),
    ("generator", lambda: generators(10000)),
]


def timed(work, start, stop):
    begin = time.perf_counter()
    start()
    work()
    stop()
    return time.perf_counter() - begin


def worker():
    """Measure in this interpreter; prints JSON: {program: {engine: added ns a call}}."""
    import cProfile
    import empty_hook
    from statslice import _collector

    theirs, ours = cProfile.Profile(), _collector.Profiler()
    engines = [
        ("plain", harness.nothing, harness.nothing),
        ("empty", empty_hook.start, empty_hook.stop),
        ("cProfile", theirs.enable, theirs.disable),
        ("ours", ours.enable, ours.disable),
    ]
    result = {}
    for name, work in PROGRAMS:
        counter = _collector.Profiler()
        counter.enable()
        work()
        counter.disable()
        calls = sum(entry.callcount for entry in counter.getstats())
        times = {engine: [] for engine, _, _ in engines}
        for _ in range(ROUNDS):
            for engine, start, stop in engines:
                times[engine].append(timed(work, start, stop))
        plain = statistics.median(times["plain"])
        result[name] = {engine: (statistics.median(values) - plain) / calls * 1e9
                        for engine, values in times.items() if engine != "plain"}
    print(json.dumps(result))


def target(version, ratio, over_empty):
    """What is asked of this version, and whether it is so."""
    if version in ("3.8", "3.9", "3.10"):
        return "0.50 " + ("reached" if ratio <= 0.5 else "MISSED")
    return "0.85 or 25 ns " + ("reached" if ratio <= 0.85 or over_empty <= 25 else "MISSED")


def report(version, result):
    """Print one interpreter's lines."""
    line = "%-5s %-10s %8.1f %9.1f %8.1f %8.2f %12.1f"
    for program, added in result.items():
        print(line % (version, program, added["empty"], added["cProfile"], added["ours"],
                      added["ours"] / added["cProfile"], added["ours"] - added["empty"]))
    means = {engine: harness.geometric_mean([added[engine] for added in result.values()])
             for engine in ("empty", "cProfile", "ours")}
    ratio = means["ours"] / means["cProfile"]
    over_empty = sum(added["ours"] - added["empty"] for added in result.values()) / len(result)
    print((line + "   %s") % (version, "all", means["empty"], means["cProfile"], means["ours"],
                              ratio, over_empty, target(version, ratio, over_empty)), flush=True)


def main(package, chosen):
    print("%-5s %-10s %8s %9s %8s %8s %12s" % ("", "", "empty", "cProfile", "ours", "ratio",
                                               "over empty"))
    with tempfile.TemporaryDirectory() as folder:
        for interpreter, version in harness.interpreters(chosen):
            harness.build_extension("empty_hook", folder, interpreter)
            report(version, harness.ask_worker(__file__, interpreter, [package, folder]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker()
    else:
        main(os.path.abspath(sys.argv[1]) if sys.argv[1:] else harness.PACKAGE, sys.argv[2:])
