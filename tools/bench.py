#!/usr/bin/env python3
"""Run every program bench/bench_*.py, one after the other, and show what they print.

    bench.py [NAME...]     all, or those whose name holds one of NAMEs

Each measures both sides in one run on the same work and prints ratios of
medians, with the target and whether it was reached.
"""
import glob
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main(wanted):
    failed = 0
    for path in sorted(glob.glob(os.path.join(ROOT, "bench", "bench_*.py"))):
        name = os.path.basename(path)[:-3]
        if wanted and not any(word in name for word in wanted):
            continue
        print("== " + name, flush=True)
        failed |= subprocess.run([sys.executable, path], cwd=ROOT).returncode != 0
        print(flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
