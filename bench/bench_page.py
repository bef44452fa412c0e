#!/usr/bin/env python3
"""The page of statslice serve in headless Chromium, on 24 hours of a fleet that never ran (fleet.h).

8,640 profiles of 10 s, 2,410 functions, 20 million rows: from navigation to the first chart, from a
drag to the zoomed one, and frames while the table of all functions is scrolled. What each takes is
told from the picture being put out. The compressed weight of the page stands beside.
"""
import gzip
import json
import os
import subprocess

import harness

DATA = os.path.join(harness.ROOT, "build", "bench-page")
STORE = os.path.join(DATA, "day.db")
ROWS = os.path.join(harness.ROOT, "build", "bench", "store_rows")
PAGE = os.path.join(harness.ROOT, "build", "web")
BEGIN_MS = 1772409600 * 1000  # fleet.h
ASSETS = ["index.html", "app.js", "app.css", "icon.svg"]


def weight():
    total = 0
    for name in ASSETS:
        with open(os.path.join(PAGE, name), "rb") as file:
            total += len(gzip.compress(file.read(), 9))
    return total / 1000


def tell(what, value, unit, target):
    print("%-52s %8.1f %s   target %g%s" % (what, value, unit, target,
                                           "" if value <= target else "   (missed)"))


def main():
    os.makedirs(DATA, exist_ok=True)
    if not os.path.exists(STORE):
        subprocess.check_call([ROWS, "store", STORE, "slices=8640", "functions=2410"],
                              stdout=subprocess.DEVNULL)
    answer = json.loads(subprocess.check_output(
        ["node", os.path.join(harness.ROOT, "web", "bench", "page.js"), STORE, str(BEGIN_MS), "24"]))
    tell("first chart, from navigation, median of 9", answer["first"], "ms", 500)
    tell("  the slowest", answer["first_worst"], "ms", 500)
    tell("zoom, from the drag's end, median of 9", answer["zoom"], "ms", 150)
    tell("  the slowest", answer["zoom_worst"], "ms", 150)
    tell("frame while %s functions are scrolled, median" % format(answer["rows"], ","),
         answer["frame"], "ms", 50)
    tell("  the longest", answer["frame_worst"], "ms", 50)
    tell("page, compressed", weight(), "kB", 300)


if __name__ == "__main__":
    main()
