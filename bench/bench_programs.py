#!/usr/bin/env python3
"""Whole programs under the profilers: how much slower than without one.

The programs of whole_programs.py: one that does little but call, a WSGI service and an asyncio
service under load from another process, JSON and regular expressions, loops over numbers.

Machines are noisy and a budget is 1 %, so both sides run at the same time: a run is two processes
of one program, each bound to a processor of its own (its clients to another). In a turn one of
them works with the profiler and one without, for SECONDS after both have settled; in the turn
behind it they change roles. What disturbs both, and how processes and processors differ, falls
out of the geometric mean of the two turns. Counted is CPU time (all threads) a piece of work. The
table has medians over the pairs of turns of all runs, +- their standard error (from the
quartiles). The runs of the profilers follow each other, several times over. The column "none" sets
no profiler beside none: how well it can be measured.

  frames    statslice's frames engine as a service runs it: slices of 1 s written to a file
  budget    the same with a budget of 1 %; longer turns, as the governor works over time
  budget10  of 10 %: windows are the same, ten times as many, so that noise hides less of them;
            only when it is asked for
  events    statslice.Profile, threads included: the semantics of cProfile
  cProfile  as it comes; up to 3.11, where it sees one thread, one in each new thread
  yappi     wall clock, for interpreters that can import it (Debian: the system's own)

For the budget, each function's share of the own time as estimated (each slice's figures over its
coverage) is set beside that of a run with full coverage in the same process.

usage: bench_programs.py [--seconds 0.5] [--budget-seconds 2] [--turns 4] [--runs 2]
                         [--programs calls,web,...] [--engines frames,...] [INTERPRETER...]
       without INTERPRETER: the system's, the oldest and the newest one
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

PROGRAMS = ("calls", "web", "text", "numbers", "asyncio")
ENGINES = ("none", "frames", "budget", "events", "cProfile", "yappi")
BUDGET_PERCENT = 1.0
SLOWDOWN_TARGET, SHARE_TARGET, SHARE_OF_INTEREST = 2.0, 3.0, 5.0  # per cent and points
SYSTEM_PYTHON = "/usr/bin/python3"


# --- the side that is measured ------------------------------------------------------------------

def frames_switch(folder):
    from statslice import _collector
    return harness.service(_collector, os.path.join(folder, "frames.ndjson"))


def budget_switch(folder):
    from statslice import _collector
    return harness.service(_collector, os.path.join(folder, "budget.ndjson"),
                           budget=BUDGET_PERCENT)


def budget10_switch(folder):
    from statslice import _collector
    return harness.service(_collector, os.path.join(folder, "budget10.ndjson"),
                           budget=10.0 * BUDGET_PERCENT)


def events_switch(_folder):
    import statslice
    profile = statslice.Profile(threads=True)
    return profile.enable, profile.disable


def cprofile_switch(_folder):
    import cProfile
    profile = cProfile.Profile()
    if sys.version_info >= (3, 12):
        return profile.enable, profile.disable  # sees every thread

    def in_new_thread(*_event):
        cProfile.Profile().enable()  # the thread holds it

    def start():
        threading.setprofile(in_new_thread)
        profile.enable()

    def stop():
        profile.disable()
        threading.setprofile(None)

    return start, stop


def yappi_switch(_folder):
    import yappi
    yappi.set_clock_type("wall")

    def stop():
        yappi.stop()
        yappi.clear_stats()

    return yappi.start, stop


SWITCHES = {"none": lambda _folder: (harness.nothing, harness.nothing), "frames": frames_switch,
            "budget": budget_switch, "budget10": budget10_switch, "events": events_switch,
            "cProfile": cprofile_switch, "yappi": yappi_switch}


def work_for(program, seconds):
    """(CPU, wall) seconds a piece of work, over as many pieces as fit."""
    pieces, cpu, wall = 0, time.process_time(), time.perf_counter()
    while time.perf_counter() - wall < seconds:
        program.run()
        pieces += 1
    return (time.process_time() - cpu) / pieces, (time.perf_counter() - wall) / pieces


def turn(program, seconds, start, stop):
    start()
    work_for(program, seconds / 4)
    result = work_for(program, seconds)
    stop()
    return result


def shares(path):
    """Each function's share of the own time in a profile log, in per cent, scaled by coverage."""
    own, coverages = {}, []
    with open(path, encoding="utf-8") as file:
        for line in map(json.loads, file):
            coverages.append(line["coverage"])
            for row in line["func_profiles"].values():
                key = "%s:%d(%s)" % (os.path.basename(row["file_name"]), row["line_number"],
                                     row["name"])
                own[key] = own.get(key, 0.0) + row["tottime"] / line["coverage"]
    total = sum(own.values())
    return {key: 100.0 * value / total for key, value in own.items()}, statistics.mean(coverages)


def compare_shares(folder):
    """The estimated shares of the functions that matter beside the exact ones."""
    exact, full = shares(os.path.join(folder, "frames.ndjson"))
    estimate, coverage = shares(os.path.join(folder, "budget.ndjson"))
    assert full == 1.0, "an exact run has full coverage"
    return {"coverage": coverage, "functions": [
        (key, share, estimate.get(key, 0.0)) for key, share in exact.items()
        if max(share, estimate.get(key, 0.0)) > SHARE_OF_INTEREST]}


def worker(name, processor, folder):
    """Lines in: an engine and seconds, or "shares". Lines out: what came of it, as JSON."""
    import whole_programs

    os.sched_setaffinity(0, {int(processor)})
    program = whole_programs.PROGRAMS[name]()
    switches = {}
    try:
        for line in sys.stdin:
            engine, *seconds = line.split()
            if engine == "shares":
                result = compare_shares(folder)
            else:
                if engine not in switches:
                    switches[engine] = SWITCHES[engine](folder)
                result = turn(program, float(seconds[0]), *switches[engine])
            print(json.dumps(result), flush=True)
    finally:
        program.close()


# --- the side that asks -------------------------------------------------------------------------

class Worker:
    """A process that runs one program on one processor."""

    def __init__(self, interpreter, build, program, processor):
        self.folder = tempfile.TemporaryDirectory()
        environment = dict(os.environ, PYTHONPATH=os.path.abspath(build), PYTHONHASHSEED="0")
        self.process = subprocess.Popen(
            [interpreter, os.path.abspath(__file__), "--worker", program, str(processor),
             self.folder.name], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)).encode() + b"\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a worker ended with status %d" % self.process.wait())
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()


class Slowdowns:
    """What the turns of one program under one engine came to."""

    def __init__(self):
        self.percents = {"CPU": [], "wall": []}
        self.shares = []

    def add(self, turns):
        """Of two turns with their roles changed: ((CPU, wall) with, without) each."""
        for i, kind in enumerate(("CPU", "wall")):
            logs = [math.log(profiled[i] / plain[i]) for profiled, plain in turns]
            self.percents[kind].append(100.0 * (math.exp(statistics.mean(logs)) - 1.0))

    def median(self, kind="CPU"):
        return statistics.median(self.percents[kind])

    def error(self, kind="CPU"):
        """The median's standard error, for values spread about as a bell is."""
        values = self.percents[kind]
        quartiles = statistics.quantiles(values, n=4)
        return 1.2533 * (quartiles[2] - quartiles[0]) / 1.349 / len(values) ** 0.5

    def text(self, kind="CPU"):
        return "%+.1f+-%.1f" % (self.median(kind), self.error(kind))


def can_import(interpreter, module):
    ask = "import importlib.util as u, sys; sys.exit(u.find_spec(%r) is None)" % module
    return subprocess.call([interpreter, "-c", ask]) == 0


def both(profiled, plain, engine, seconds):
    """One turn: ((CPU, wall) with, without)."""
    profiled.ask(engine, seconds)
    plain.ask("none", seconds)
    return profiled.answer(), plain.answer()


def run(found, interpreter, program, engine, options):
    """Two processes; adds their turns to found."""
    seconds = options.budget_seconds if engine == "budget" else options.seconds
    processors = sorted(os.sched_getaffinity(0))
    pair = [Worker(interpreter, options.build, program, processors[i]) for i in (0, -1)]
    try:
        for _ in range(options.turns):
            found.add([both(*pair, engine, seconds), both(*pair[::-1], engine, seconds)])
            if engine == "budget":  # the exact figures, in the same conditions
                both(*pair, "frames", seconds)
        if engine == "budget":
            pair[0].ask("shares")
            found.shares.append(pair[0].answer())
    finally:
        for one in pair:
            one.close()


def measure(interpreter, options, engines):
    """{(program, engine): Slowdowns} of one interpreter."""
    found = {(program, engine): Slowdowns() for program in options.programs
             for engine in engines}
    for _ in range(options.runs):
        for (program, engine), slowdowns in found.items():
            run(slowdowns, interpreter, program, engine, options)
    return found


def report_budget(version, options, found):
    """Print the governor's figures; whether it kept what it promises."""
    met = True
    for program in options.programs:
        one = found[program, "budget"]
        errors = [(abs(estimate - exact), key, exact, estimate) for each in one.shares
                  for key, exact, estimate in each["functions"]]
        worst = max(errors)
        kept = one.median() <= SLOWDOWN_TARGET and worst[0] <= SHARE_TARGET
        met &= kept
        print("%-5s %-8s CPU %s %%, wall %s %%, coverage %.3f; of %d shares the worst: %s "
              "%.1f %%, estimated %.1f %%  %s" % (
                  version, program, one.text(), one.text("wall"),
                  statistics.mean(each["coverage"] for each in one.shares), len(errors), worst[1],
                  worst[2], worst[3], "kept" if kept else "MISSED"))
    return met


def report(version, options, engines, found):
    """Print one interpreter's tables; whether the budget was kept."""
    for program in options.programs:
        print("%-5s %-8s" % (version, program), *(
            "%12s" % (found[program, engine].text() if engine in engines else "-")
            for engine in options.engines), flush=True)
    return "budget" not in engines or report_budget(version, options, found)


def chosen_interpreters(names):
    if names:
        return harness.interpreters(names)
    found = sorted(harness.interpreters(), key=lambda one: int(one[1].split(".")[1]))
    system = harness.interpreters([SYSTEM_PYTHON]) if os.path.exists(SYSTEM_PYTHON) else []
    return system + [one for one in (found[0], found[-1])
                     if one[1] not in [version for _, version in system]]


def words(text):
    return text.split(",")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--budget-seconds", type=float, default=2.0)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--programs", type=words, default=PROGRAMS)
    parser.add_argument("--engines", type=words, default=ENGINES)
    parser.add_argument("--build", default=harness.PACKAGE)
    parser.add_argument("interpreters", nargs="*", metavar="INTERPRETER")
    options = parser.parse_args()
    print(harness.load_average() + "\n")
    print("%-5s %-8s" % ("", "CPU, %"), *("%12s" % engine for engine in options.engines))
    met = True
    for interpreter, version in chosen_interpreters(options.interpreters):
        engines = [engine for engine in options.engines
                   if engine != "yappi" or can_import(interpreter, engine)]
        met &= report(version, options, engines, measure(interpreter, options, engines))
    return 0 if met else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(*sys.argv[2:])
    else:
        sys.exit(main())
