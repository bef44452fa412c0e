#!/usr/bin/env python3
"""Run tests/python under every interpreter that the package was built for.

    run_python_tests.py [--build build] [--only 3.11] [--list] [test_module ...]

A test file runs under every interpreter. Files in ONCE test programs or the tree rather than the
package, and run once, under the interpreter that runs this. Two runs go at a time, as most of a
run's time is waiting for slices to end. Prints the counts of each, and the whole output of those
that failed. Exit status: 0, 1 failed, 2 usage.
"""
import argparse
import concurrent.futures
import fnmatch
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TESTS = os.path.join(ROOT, "tests", "python")
ONCE = ["test_cli_*", "test_house_*", "test_install"]
RUNS_AT_A_TIME = 2
RAN = re.compile(r"^Ran \d+ tests? in", re.MULTILINE)


def interpreters(build):
    """(version, executable) of each interpreter that the build holds an extension for."""
    listing = subprocess.run([sys.executable, os.path.join(ROOT, "tools", "find_pythons.py")],
                             stdout=subprocess.PIPE, check=True)
    package = os.path.join(build, "python", "statslice")
    for line in listing.stdout.decode().splitlines():
        executable, version, _, suffix = line.split("\t")
        if os.path.exists(os.path.join(package, "_core" + suffix)):
            yield version, executable


def modules(names):
    """(those for every interpreter, those for one)."""
    found = sorted(name[:-3] for name in os.listdir(TESTS)
                   if name.startswith("test_") and name.endswith(".py"))
    if names:
        found = [name for name in found if name in names]
    once = [name for name in found if any(fnmatch.fnmatch(name, pattern) for pattern in ONCE)]
    return [name for name in found if name not in once], once


def run(title, executable, names, build):
    """Run test modules in one process. Returns (whether all passed, what there is to say)."""
    environment = dict(os.environ, STATSLICE_BUILD=build, PYTHONDONTWRITEBYTECODE="1",
                       PYTHONPATH=os.path.join(build, "python"))
    begin = time.monotonic()
    result = subprocess.run([executable, "-X", "faulthandler", "-m", "unittest", *names], cwd=TESTS,
                            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    output = result.stdout.decode(errors="replace")
    ran = RAN.search(output)
    ok = result.returncode == 0 and ran is not None
    head = "--- %s (%s), %.1f s" % (title, executable, time.monotonic() - begin)
    return ok, head + "\n" + (output[ran.start():] if ok else output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build"), help="build folder")
    parser.add_argument("--only", action="append", help="a version (3.11); may be repeated")
    parser.add_argument("--list", action="store_true", help="say what would run where")
    parser.add_argument("names", nargs="*", help="test modules; all by default")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    every, once = modules(options.names)
    found = [(version, executable) for version, executable in interpreters(build)
             if not options.only or version in options.only]
    if not found or not every + once:
        parser.error("no interpreter with a built extension" if not found else "no such test")
    runs = [("Python " + version, executable, every) for version, executable in found if every]
    if once:
        runs.append(("once", sys.executable, once))
    if options.list:
        for title, executable, names in runs:
            print(title, executable, *names)
        return 0
    passed = []
    with concurrent.futures.ThreadPoolExecutor(RUNS_AT_A_TIME) as pool:
        for ok, output in pool.map(lambda one: run(*one, build), reversed(runs)):
            print(output, flush=True)
            passed.append(ok)
    print("%d of %d runs passed" % (sum(passed), len(passed)))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
