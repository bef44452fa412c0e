#!/usr/bin/env python3
"""The frames engine beside cProfile and an empty frame hook: added nanoseconds a Python call.

For every interpreter found: the five programs of call_programs.py, each run plain and under
the engines in turns within one process. A turn switches an engine on, runs the program once
to let the interpreter settle, three times to measure, and takes the least of the three; what
it took longer than the same round's plain turn, over the number of Python calls (resumes of
generators too), is the added time a call; medians over the rounds. Time is the process's CPU
time with all its threads, so that other processes do not show.

  empty     a hook that only calls the interpreter's evaluator: the least that any hook costs
  cProfile  as cProfile.Profile() makes it
  block     the frames engine for a block of code, edges with callers included
  slices    the frames engine as a service runs it: edges, slices of 1 s, a writer thread, a file

The line "all" has geometric means over the programs; the ratio is that of slices to cProfile.

usage: bench_frames.py [--rounds 25] [--build BUILD/python] [INTERPRETER...]
"""
import argparse
import json
import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

ENGINES = ("empty", "cProfile", "block", "slices")
TARGETS = {"3.8": 0.15, "3.9": 0.15, "3.10": 0.15, "3.11": 0.18}
TARGET_NEWER = 0.28


def python_calls(work):
    """How many times Python frames are entered: calls and resumes."""
    count = 0

    def see(_frame, event, _arg):
        nonlocal count
        count += event == "call"

    sys.setprofile(see)
    work()
    sys.setprofile(None)
    return count


def engines(folder):
    """name: (start, stop) of all that take turns."""
    import cProfile

    import empty_frame_hook
    from statslice import _collector

    theirs, block = cProfile.Profile(), _collector.Frames()
    service = harness.service(_collector, os.path.join(folder, "profiles.ndjson"))
    return {
        "plain": (harness.nothing, harness.nothing),
        "empty": (empty_frame_hook.start, empty_frame_hook.stop),
        "cProfile": (theirs.enable, theirs.disable),
        "block": (block.enable, block.disable),
        "slices": service,
    }


def turn_ns(work, start, stop):
    """CPU time of one run of work under an engine that has settled."""
    start()
    work()
    times = []
    for _ in range(3):
        begin = time.process_time_ns()
        work()
        times.append(time.process_time_ns() - begin)
    stop()
    return min(times)


def worker(rounds):
    """Measure in this interpreter; prints JSON: {program: {engine: added ns a call}}."""
    import call_programs

    result = {}
    with tempfile.TemporaryDirectory() as folder:
        switches = engines(folder)
        for name, work in call_programs.PROGRAMS:
            calls = python_calls(work)
            added = {engine: [] for engine in switches}
            for _ in range(rounds):
                turns = {engine: turn_ns(work, *switch) for engine, switch in switches.items()}
                for engine, value in turns.items():
                    added[engine].append((value - turns["plain"]) / calls)
                added["plain"][-1] = turns["plain"] / calls
            result[name] = {engine: statistics.median(values)
                            for engine, values in added.items()}
    print(json.dumps(result))


LINE = "%-5s %-10s %8.1f %8.1f %9.1f %8.1f %8.1f %7.2f"


def report(version, result):
    """Print one interpreter's lines; whether it reached its target."""
    for program, added in result.items():
        print(LINE % (version, program, added["plain"], *(added[name] for name in ENGINES),
                      added["slices"] / added["cProfile"]))
    means = {engine: harness.geometric_mean([added[engine] for added in result.values()])
             for engine in ("plain",) + ENGINES}
    ratio, target = means["slices"] / means["cProfile"], TARGETS.get(version, TARGET_NEWER)
    print((LINE + "  %.2f %s") % (
        version, "all", means["plain"], *(means[name] for name in ENGINES), ratio, target,
        "reached" if ratio <= target else "MISSED"), flush=True)
    return ratio <= target


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--build", default=harness.PACKAGE)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("interpreters", nargs="*", metavar="INTERPRETER")
    options = parser.parse_args()
    if options.worker:
        worker(options.rounds)
        return 0
    print(harness.load_average() + "\n")
    print("%-5s %-10s %8s %8s %9s %8s %8s %7s  target" % (
        "", "ns a call", "plain", *("+" + name for name in ENGINES), "ratio"))
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for interpreter, version in harness.interpreters(options.interpreters):
            harness.build_extension("empty_frame_hook", folder, interpreter)
            met &= report(version, harness.ask_worker(
                __file__, interpreter, [os.path.abspath(options.build), folder],
                "--rounds", str(options.rounds)))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
