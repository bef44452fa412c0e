#!/usr/bin/env python3
"""pstats files in C beside Python's pstats: loading one, and merging three hundred.

For each interpreter: a profile of some 3,500 functions is made by cProfile under that very
interpreter (tests/data/make_profiles.py: its workload, and pydoc describing a hundred
modules). Loading is pstats.Stats(file).get_stats_profile() beside the same in C, every
figure of every function but not rounded. Merging is pstats.Stats(first) and .add of each
other file beside sts_pstats_merge_file of all. The files to merge are variants of the
profile: other figures, 3 % of the functions missing, the functions in another order.
Rounds of both sides alternate; times are medians, from the path to the result, with the
file in the page cache. Both sides must come to the same number of functions and calls.

usage: bench_pstats.py [--build BUILD] [--files 300] [INTERPRETER...]
       without INTERPRETER: the oldest and the newest one that have get_stats_profile
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
MAKE = os.path.join(ROOT, "tests", "data", "make_profiles.py")
DOCUMENTED = "100"
ROUNDS = 7  # of both sides, in turns
# Of the C side in each of them. Its process begins cold, while Python's goes on from turn to turn: many
# rounds, so that the first loads of a fresh process, which are slower, do not make the median.
C_ROUNDS = {"load": 401, "merge": 9}
LOAD_TARGET, MERGE_TARGET = 50, 80

# Runs under the interpreter that is measured. In: lines of JSON {"load": path} or {"merge": paths};
# out: for each the seconds, functions, calls.
PYTHON_SIDE = r"""
import gc, json, pstats, sys, time
for line in sys.stdin:
    job = json.loads(line)
    gc.collect()
    begin = time.perf_counter()
    if "load" in job:
        stats = pstats.Stats(job["load"])
        stats.get_stats_profile()
    else:
        stats = pstats.Stats(job["merge"][0])
        for path in job["merge"][1:]:
            stats.add(path)
    seconds = time.perf_counter() - begin
    print(json.dumps([seconds, len(stats.stats), stats.total_calls]), flush=True)
"""

# Makes variants of a profile as its interpreter writes them. The keys of callers are objects of
# their own, as those of cProfile are.
MAKE_VARIANTS = r"""
import marshal, os, random, sys
source, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(source, "rb") as file:
    stats = marshal.load(file)
for i in range(count):
    chance = random.Random(i)
    caller_keys = {}
    variant = {}
    items = list(stats.items())
    chance.shuffle(items)
    for function, (cc, nc, tt, ct, callers) in items:
        if chance.random() < 0.03:
            continue
        k, f = chance.randrange(1, 9), chance.random() + 0.5
        shared = {}
        for caller, (cnc, ccc, ctt, cct) in callers.items():
            key = caller_keys.setdefault(caller, tuple(list(caller)))
            shared[key] = cnc * k, ccc * k, round(ctt * f, 9), round(cct * f, 9)
        variant[tuple(list(function))] = cc * k, nc * k, round(tt * f, 9), round(ct * f, 9), shared
    with open(os.path.join(folder, "%03d.prof" % i), "wb") as file:
        marshal.dump(variant, file)
"""


def default_interpreters():
    listing = subprocess.run([sys.executable, os.path.join(ROOT, "tools", "find_pythons.py")],
                             stdout=subprocess.PIPE, check=True).stdout.decode()
    found = [line.split("\t") for line in listing.splitlines()]
    usable = [fields[0] for fields in found if int(fields[1].split(".")[1]) >= 9]
    return usable[:1] + usable[-1:] if len(usable) > 1 else usable


class CSide:
    def __init__(self, program):
        self.program = program

    def run(self, what, paths):
        """Seconds of each round, functions, edges, calls."""
        done = subprocess.run([self.program, what, str(C_ROUNDS[what]), *paths], stdout=subprocess.PIPE,
                              check=True).stdout.decode().splitlines()
        functions, edges, calls, _ = (int(word) for word in done[1].split())
        return [float(word) for word in done[0].split()], functions, edges, calls


class PythonSide:
    def __init__(self, interpreter):
        self.process = subprocess.Popen([interpreter, "-c", PYTHON_SIDE], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def run(self, job):
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline().decode())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def in_turns(python_run, c_run, rounds):
    """Medians of both sides, and the edges."""
    python_seconds, c_seconds, edges = [], [], 0
    for _ in range(rounds):
        seconds, functions, calls = python_run()
        python_seconds.append(seconds)
        seconds, c_functions, edges, c_calls = c_run()
        c_seconds += seconds
        if (functions, calls) != (c_functions, c_calls):
            sys.exit("bench_pstats: Python found %d functions and %d calls, C %d and %d"
                     % (functions, calls, c_functions, c_calls))
    return statistics.median(python_seconds), statistics.median(c_seconds), functions, edges


def report(title, medians, target):
    python_s, c_s, functions, edges = medians
    ratio = python_s / c_s
    print("  %-22s %5d functions %5d edges  pstats %9.2f ms  statslice %7.3f ms  %5.0f times"
          "  (target %d: %s)" % (title, functions, edges, python_s * 1e3, c_s * 1e3, ratio, target,
                                 "reached" if ratio >= target else "MISSED"), flush=True)
    return ratio >= target


def measure(interpreter, c_side, file_count, folder):
    source = os.path.join(folder, "source.prof")
    subprocess.run([interpreter, MAKE, source, "--document", DOCUMENTED], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([interpreter, "-c", MAKE_VARIANTS, source, folder, str(file_count)], check=True)
    paths = [os.path.join(folder, "%03d.prof" % i) for i in range(file_count)]
    python_side = PythonSide(interpreter)
    try:
        loaded = in_turns(lambda: python_side.run({"load": source}),
                          lambda: c_side.run("load", [source]), ROUNDS)
        reached = report("load, get_stats_profile", loaded, LOAD_TARGET)
        merged = in_turns(lambda: python_side.run({"merge": paths}),
                          lambda: c_side.run("merge", paths), 1)
        return report("merge of %d files" % file_count, merged, MERGE_TARGET) and reached
    finally:
        python_side.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("interpreters", nargs="*")
    args = parser.parse_args()
    c_side = CSide(os.path.join(args.build, "bench", "bench_pstats"))
    reached = True
    for interpreter in args.interpreters or default_interpreters():
        version = subprocess.run([interpreter, "-V"], stdout=subprocess.PIPE).stdout.decode().strip()
        print(version, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            reached = measure(interpreter, c_side, args.files, folder) and reached
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
