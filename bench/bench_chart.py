#!/usr/bin/env python3
"""A chart of stacked bars as SVG: statslice beside matplotlib.

Both draw 360 slices of 20 functions, with a title, a time axis and a legend, into memory;
statslice also gives each part of a bar its tooltip. Rounds of both sides alternate; times
are medians. matplotlib's import is not counted, and one chart is drawn before the first
round. Both drawings must hold a shape for each part of each bar.

usage: bench_chart.py [--build BUILD] [--python PYTHON] [--rounds 5]
       PYTHON has matplotlib; without it: the system's Python
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SLICES, COLUMNS = 360, 20
C_ROUNDS = 15  # of the C side in each round
TARGET = 100

# Runs under the Python that has matplotlib. In: a line a round; out: seconds, paths, bytes.
MATPLOTLIB_SIDE = r"""
import datetime, io, json, sys, time
import matplotlib
matplotlib.use("svg")
import matplotlib.dates as dates
import matplotlib.pyplot as plt

slice_count, column_count = int(sys.argv[1]), int(sys.argv[2])
figures = [[((c * 7919 + s * 104729) % 1000 + 1) * 1000000 // (c + 1) / 1e9
            for s in range(slice_count)] for c in range(column_count)]
begin = datetime.datetime.fromtimestamp(1582000000, datetime.timezone.utc)
times = [begin + datetime.timedelta(seconds=10 * s) for s in range(slice_count)]

def draw():
    figure, axes = plt.subplots(figsize=(10, 4.8))
    tops = [0.0] * slice_count
    for c, heights in enumerate(figures):
        axes.bar(times, heights, width=9.0 / 86400, bottom=tops, align="edge",
                 label="views.py:handler_%d" % c)
        tops = [top + height for top, height in zip(tops, heights)]
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M", tz=datetime.timezone.utc))
    axes.set_title("Own time by function")
    axes.set_ylabel("s")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    out = io.BytesIO()
    figure.savefig(out, format="svg", bbox_inches="tight")
    plt.close(figure)
    return out.getvalue()

draw()
for line in sys.stdin:
    start = time.perf_counter()
    drawing = draw()
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, drawing.count(b"<path "), len(drawing)]), flush=True)
"""


def matplotlib_round(process):
    process.stdin.write(b"\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline().decode())


def statslice_round(program):
    done = subprocess.run([program, str(C_ROUNDS), str(SLICES), str(COLUMNS)], check=True,
                          stdout=subprocess.PIPE).stdout.decode().splitlines()
    parts, size = (int(word) for word in done[1].split())
    return [float(word) for word in done[0].split()], parts, size


def check_work(name, shapes):
    if shapes < SLICES * COLUMNS:
        sys.exit("bench_chart: %s drew %d shapes for %d parts" % (name, shapes, SLICES * COLUMNS))


def measure(process, program, rounds):
    """Medians of both sides in seconds, and the sizes of both drawings in bytes."""
    theirs, ours = [], []
    for _ in range(rounds):
        seconds, shapes, their_size = matplotlib_round(process)
        check_work("matplotlib", shapes)
        theirs.append(seconds)
        seconds, shapes, our_size = statslice_round(program)
        check_work("statslice", shapes)
        ours += seconds
    return statistics.median(theirs), statistics.median(ours), their_size, our_size


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    has_matplotlib = subprocess.run([args.python, "-c", "import matplotlib"],
                                    stderr=subprocess.DEVNULL).returncode == 0
    if not has_matplotlib:
        print("bench_chart: skipped, %s has no matplotlib" % args.python)
        return 0
    process = subprocess.Popen([args.python, "-c", MATPLOTLIB_SIDE, str(SLICES), str(COLUMNS)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        their_s, our_s, their_size, our_size = measure(
            process, os.path.join(args.build, "bench", "bench_chart"), args.rounds)
    finally:
        process.stdin.close()
        process.wait()
    ratio = their_s / our_s
    print("chart of %d slices x %d functions to SVG: matplotlib %.0f ms (%d kB), statslice %.2f ms"
          " (%d kB): %.0f times (target %d: %s)"
          % (SLICES, COLUMNS, their_s * 1e3, their_size // 1000, our_s * 1e3, our_size // 1000,
             ratio, TARGET, "reached" if ratio >= TARGET else "MISSED"))
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
