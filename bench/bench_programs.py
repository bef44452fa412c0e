#!/usr/bin/env python3
"""Whole programs under the profilers: how much slower than without one.

The programs of whole_programs.py: one that does little but call, a WSGI service and an asyncio
service under load from another process, JSON and regular expressions, loops over numbers. A
run is a process with one program and one profiler: turns without and with it, the order
changing from turn to turn, each first letting program and profiler settle, then doing work that
takes SECONDS without a profiler. A turn's slowdown is the CPU time (all threads) with the
profiler over that without; what stands in the table is the median over the turns of all runs,
+- its standard error (from the quartiles). The runs of the profilers follow each other, several
times over. The column "none" compares nothing with nothing: how well this machine measures.

  frames    statslice's frames engine as a service runs it: slices of 1 s written to a file
  budget    the same with a budget of 1 %; longer turns, as the governor works over time
  events    statslice.Profile, threads included: the semantics of cProfile
  cProfile  as it comes; up to 3.11, where it sees one thread, one in each new thread
  yappi     wall clock, for interpreters that can import it (Debian: the system's own)

For the budget, each function's share of the own time as estimated (each slice's figures over its
coverage) is set beside that of a run with full coverage in the same process.

usage: bench_programs.py [--seconds 0.5] [--budget-seconds 2.5] [--turns 4] [--runs 2]
                         [--programs calls,web,...] [--engines frames,...] [INTERPRETER...]
       without INTERPRETER: the system's, the oldest and the newest one
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
            "budget": budget_switch, "events": events_switch, "cProfile": cprofile_switch,
            "yappi": yappi_switch}


def seconds_of(program, n):
    """(CPU, wall) seconds of n pieces of work."""
    cpu, wall = time.process_time(), time.perf_counter()
    program.run(n)
    return time.process_time() - cpu, time.perf_counter() - wall


def pieces_for(program, seconds):
    """How many pieces of work take so long once the program has settled."""
    seconds_of(program, 10)
    return max(1, round(seconds / (seconds_of(program, 20)[1] / 20)))


def turn(program, n, start, stop):
    start()
    program.run(max(1, n // 4))
    result = seconds_of(program, n)
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


def compare_shares(program, n, folder):
    """The estimate's worst error over functions that matter, beside an exact run."""
    turn(program, n, *frames_switch(folder))
    exact, full = shares(os.path.join(folder, "frames.ndjson"))
    estimate, coverage = shares(os.path.join(folder, "budget.ndjson"))
    assert full == 1.0
    return {"coverage": coverage, "functions": [
        (key, share, estimate.get(key, 0.0)) for key, share in exact.items()
        if max(share, estimate.get(key, 0.0)) > SHARE_OF_INTEREST]}


def worker(name, engine, seconds, turns, folder):
    """One run; prints JSON: a pair of (CPU, wall) without and with the engine for each turn."""
    import whole_programs

    result = {"turns": []}
    plain, switch = SWITCHES["none"](folder), SWITCHES[engine](folder)
    program = whole_programs.PROGRAMS[name]()
    try:
        n = pieces_for(program, seconds)
        for i in range(turns):
            order = [plain, switch] if i % 2 == 0 else [switch, plain]
            times = [turn(program, n, *one) for one in order]
            result["turns"].append(times if i % 2 == 0 else times[::-1])
        if engine == "budget":
            result["shares"] = compare_shares(program, n * 4, folder)
    finally:
        program.close()
    print(json.dumps(result))


# --- the side that asks -------------------------------------------------------------------------

class Slowdowns:
    """What the turns of one program under one engine came to."""

    def __init__(self):
        self.percents = {"CPU": [], "wall": []}
        self.shares = []

    def add(self, result):
        for plain, profiled in result["turns"]:
            for kind, before, after in zip(("CPU", "wall"), plain, profiled):
                self.percents[kind].append(100.0 * (after / before - 1.0))
        self.shares += [result["shares"]] if "shares" in result else []

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
    return os.spawnl(os.P_WAIT, interpreter, interpreter, "-c",
                     "import importlib.util as u, sys; sys.exit(u.find_spec(%r) is None)"
                     % module) == 0


def measure(interpreter, options, engines):
    """{(program, engine): Slowdowns} of one interpreter."""
    found = {(program, engine): Slowdowns() for program in options.programs
             for engine in engines}
    for _ in range(options.runs):
        for program, engine in found:
            seconds = options.budget_seconds if engine == "budget" else options.seconds
            with tempfile.TemporaryDirectory() as folder:
                found[program, engine].add(harness.ask_worker(
                    __file__, interpreter, [os.path.abspath(options.build)],
                    program, engine, str(seconds), str(options.turns), folder))
    return found


def report_budget(version, options, found):
    """Print the governor's figures; whether it kept what it promises."""
    met = True
    for program in options.programs:
        one = found[program, "budget"]
        errors = [(abs(estimate - exact), key, exact, estimate) for run in one.shares
                  for key, exact, estimate in run["functions"]]
        worst = max(errors)
        kept = one.median() <= SLOWDOWN_TARGET and worst[0] <= SHARE_TARGET
        met &= kept
        print("%-5s %-8s CPU %s %%, wall %s %%, coverage %.3f; of %d shares the worst: %s "
              "%.1f %%, estimated %.1f %%  %s" % (
                  version, program, one.text(), one.text("wall"),
                  statistics.mean(run["coverage"] for run in one.shares), len(errors), worst[1],
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
    parser.add_argument("--budget-seconds", type=float, default=2.5)
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
        worker(sys.argv[2], sys.argv[3], float(sys.argv[4]), int(sys.argv[5]), sys.argv[6])
    else:
        sys.exit(main())
