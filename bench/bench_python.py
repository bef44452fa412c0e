#!/usr/bin/env python3
"""statslice.pstats beside pstats: load a profile of 3,500 functions, and add such profiles.

    bench_python.py [--build build] [--rounds 15]

Runs under every interpreter that the package was built for. Both sides take turns in one run;
what counts is the best time of each. The target is load + get_stats_profile in a fifth of the time
of the standard library, which has it from 3.9 on.
"""
import argparse
import io
import marshal
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FUNCTIONS = 3500
TARGET = 5.0


def made_up_stats(seed):
    """Stats of a shape as real programs have: 140 files, 2.4 callers a function."""
    chance = random.Random(seed)
    keys = []
    for module in range(FUNCTIONS // 25):
        path = "/usr/lib/python3/dist-packages/package_%d/module_%d.py" % (module % 17, module)
        for i in range(25):
            name = "function_%d_%d" % (module, i) if i % 5 else "__init__"
            keys.append((path, 40 * i + chance.randrange(40), name))
    stats = {}
    for key in keys:
        callers = {
            caller: (1 + chance.randrange(99), 1, chance.randrange(10**7) * 1e-9,
                     chance.randrange(10**9) * 1e-9)
            for caller in chance.sample(keys, chance.choice([0, 1, 1, 2, 2, 3, 8]))
        }
        calls = 1 + chance.randrange(10000)
        stats[key] = (calls, calls, chance.randrange(10**8) * 1e-9, chance.randrange(10**9) * 1e-9,
                      callers)
    return stats


def best_ms(works, rounds):
    """The best time of each work, which take turns."""
    best = {name: float("inf") for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begin = time.perf_counter()
            work()
            best[name] = min(best[name], (time.perf_counter() - begin) * 1e3)
    return best


def measure(rounds):
    """Print this interpreter's line. Returns whether the target is met."""
    import pstats

    from statslice import pstats as ours

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for seed in range(3):
            paths.append(os.path.join(folder, "%d.prof" % seed))
            with open(paths[-1], "wb") as file:
                marshal.dump(made_up_stats(seed), file)

        def load(module):
            stats = module.Stats(paths[0], stream=io.StringIO())
            return stats.get_stats_profile()

        works = {"add, pstats": lambda: pstats.Stats(*paths), "add, ours": lambda: ours.Stats(*paths),
                 "load, ours": lambda: load(ours)}
        has_profile = hasattr(pstats.Stats, "get_stats_profile")
        if has_profile:
            works["load, pstats"] = lambda: load(pstats)
        best = best_ms(works, rounds)
    adds = best["add, pstats"] / best["add, ours"]
    line = "%d.%d   %7.2f ms" % (*sys.version_info[:2], best["load, ours"])
    if not has_profile:
        print(line + "        -               %6.1f x" % adds)
        return True
    loads = best["load, pstats"] / best["load, ours"]
    print(line + "  %7.2f ms  %6.1f x  %6.1f x" % (best["load, pstats"], loads, adds))
    return loads >= TARGET


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        return 0 if measure(options.rounds) else 1
    print("load + get_stats_profile of %d functions, best of %d, and 3 such files added\n" % (
        FUNCTIONS, options.rounds))
    print("          ours        pstats   faster  add, faster", flush=True)
    sys.path.insert(0, os.path.join(ROOT, "tools"))
    from run_python_tests import interpreters

    build = os.path.abspath(options.build)
    environment = dict(os.environ, PYTHONPATH=os.path.join(build, "python"))
    met = [subprocess.run([executable, os.path.abspath(__file__), "--here", "--rounds",
                           str(options.rounds)], env=environment).returncode == 0
           for _, executable in interpreters(build)]
    print("\ntarget (load at least %g times faster): %s" % (TARGET, "met" if all(met) else "missed"))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
