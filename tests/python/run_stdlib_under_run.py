#!/usr/bin/env python3
"""Interpreters' own tests of calls, generators, threads, forks and recursion under "statslice run".

    run_stdlib_under_run.py [--build build] [--only 3.11] [--jobs 2] [--engine events] [SUITE...]

Each suite runs twice in each interpreter that the package was built for: as it is, and under
"statslice run". Every single test must end as it ended without; one that fails without is told, and
is no failure of ours. A test that differed is given a second run under statslice before it counts,
as some of these suites depend on the machine's pace; it is told, too. Programs that the tests start
inherit the profiling.
"""
import argparse
import concurrent.futures
import doctest
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TIMEOUT_S = 300

# suite: which of its tests, as a regular expression; None: all
SUITES = {
    "test_threading": None,  # the slowest goes first
    "test_generators": None,
    "test_coroutines": None,
    "test_asyncgen": None,
    "test_contextlib": None,
    "test_contextlib_async": None,
    "test_exceptions": None,
    "test_fork1": None,
    "test_call": None,
    "test_context": None,
    "test_isinstance": None,
    "test_raise": None,
    "test_richcmp": None,
    "test_scope": None,
    "test_sys": r"recurs|frame|exit|atexit|current_exc|unraisable|excepthook",
    "test_threading_local": None,
    "test_with": None,
    "test_yield_from": None,
}

# What must differ, and why; it is told.
KNOWN = {
    "test.test_call.TestRecursion.test_super_deep":
        "90,000 Python calls deep: under a frame hook each takes C stack, and ends in RecursionError",
}


# --- in the interpreter under test ---


class Outcomes(unittest.TestResult):
    """Remembers how each test ended, by its name."""

    def __init__(self):
        super().__init__()
        self.of = {}
        self.texts = {}

    def tell(self, test, outcome, text=""):
        name = test.id()
        if self.of.get(name) not in ("failed", "error"):
            self.of[name] = outcome
            self.texts[name] = text

    def addSuccess(self, test):
        self.tell(test, "ok")

    def addSkip(self, test, reason):
        self.tell(test, "skipped")

    def addFailure(self, test, problem):
        self.tell(test, "failed", self._exc_info_to_string(problem, test))

    def addError(self, test, problem):
        self.tell(test, "error", self._exc_info_to_string(problem, test))

    def addSubTest(self, test, subtest, problem):
        if problem is not None:
            self.tell(test, "failed", self._exc_info_to_string(problem, test))

    def addExpectedFailure(self, test, problem):
        self.tell(test, "failed as expected")

    def addUnexpectedSuccess(self, test):
        self.tell(test, "passed unexpectedly")


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def load(name, pattern):
    """The tests of a suite: those of unittest, and of doctest where the suite has some."""
    module = importlib.import_module("test." + name)
    tests = list(flat(unittest.defaultTestLoader.loadTestsFromModule(module)))
    if hasattr(module, "__test__") and not hasattr(module, "load_tests"):
        tests += flat(doctest.DocTestSuite(module))
    return unittest.TestSuite(test for test in tests if not pattern or re.search(pattern, test.id()))


def run_here(name, path):
    """Run one suite in this interpreter and write the outcomes to a file."""
    from test.support import script_helper

    # programs that the tests start see PYTHONPATH
    script_helper.interpreter_requires_environment = lambda: True
    outcomes = Outcomes()
    pid = os.getpid()
    load(name, SUITES.get(name)).run(outcomes)
    if os.getpid() == pid:
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            json.dump({"of": outcomes.of, "texts": outcomes.texts}, file)
    return 0


# --- outside ---


def interpreters(build, only):
    """(version, executable) of each interpreter that the build holds an extension for."""
    listing = subprocess.check_output([sys.executable, os.path.join(ROOT, "tools",
                                                                    "find_pythons.py")])
    for line in listing.decode().splitlines():
        executable, version, _, suffix = line.split("\t")
        if os.path.exists(os.path.join(build, "python", "statslice", "_collector" + suffix)):
            if not only or version in only:
                yield version, executable


def has_suite(executable, name):
    return subprocess.call([executable, "-c", "import importlib.util as u, sys; "
                            "sys.exit(u.find_spec('test.%s') is None)" % name]) == 0


def run_suite(command, name):
    """Run one suite in a folder of its own. Returns its outcomes; a text where there are none."""
    with tempfile.TemporaryDirectory(prefix="statslice-suite-") as folder:
        path = os.path.join(folder, "outcomes.json")
        work = os.path.join(folder, "work")
        os.mkdir(work)
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(("PYTHON", "STATSLICE"))}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        command = [word.replace("{log}", os.path.join(folder, "log.ndjson")) for word in command]
        status, output = run_group([*command, os.path.abspath(__file__), "--here", name, path],
                                   work, environment)
        if status is None:
            return "took more than %d s\n%s" % (TIMEOUT_S, output)
        if status != 0 or not os.path.exists(path):
            return "ended with status %d\n%s" % (status, output)
        if "run" in command and not profiled(os.path.join(folder, "log.ndjson"), name):
            return "was not profiled\n" + output
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def run_group(command, folder, environment):
    """(status, end of the output); status None where it had to be ended, with all it started."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            status = None
        output.seek(0)
        return status, output.read().decode(errors="replace")[-4000:]


def profiled(log, name):
    """Whether the log tells of functions of the suite (or, of the smallest, of unittest's)."""
    try:
        with open(log, encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return False
    return (name + ".py") in text or os.path.join("unittest", "suite.py") in text


class Comparison:
    """One suite in one interpreter, without and under statslice run."""

    def __init__(self, build, engine, version, executable, name):
        self.title = "%s %s" % (version, name)
        self.name = name
        self.plain_command = [executable]
        self.run_command = [os.path.join(build, "statslice"), "run", "-o", "{log}", "--slice", "1s",
                            "--engine", engine, "--", executable]
        self.lines, self.tests, self.differing, self.failed_without = [], 0, [], []

    def run(self):
        begin = time.monotonic()
        plain = run_suite(self.plain_command, self.name)
        if isinstance(plain, str):
            self.lines.append("without statslice the suite %s" % plain)
            self.failed_without.append(self.name)
            plain = {"of": {}, "texts": {}}
        self.compare(plain)
        self.lines.insert(0, "%-5s %-22s %4d tests, %d differ, %d fail without (%.0f s)" % (
            *self.title.split(), self.tests, len(self.differing), len(self.failed_without),
            time.monotonic() - begin))
        return self

    def compare(self, plain):
        ours = run_suite(self.run_command, self.name)
        differing = self.differences(plain, ours)
        if differing:
            again = run_suite(self.run_command, self.name)
            differing_again = self.differences(plain, again)
            for name in sorted(set(differing) - set(differing_again)):
                self.lines.append("the same only at the second run: %s: %s" % (
                    name, differing[name]))
            differing = {name: text for name, text in differing.items() if name in differing_again}
        for name in sorted(set(differing) & set(KNOWN)):
            self.lines.append("differs, as it must: %s: %s" % (name, KNOWN[name]))
            del differing[name]
        self.tests = len(plain["of"])
        self.failed_without += [name for name, outcome in plain["of"].items()
                                if outcome in ("failed", "error")]
        self.lines += ["fails without statslice, too: " + name for name in self.failed_without]
        self.differing = sorted(differing)
        self.lines += ["DIFFERS: %s: %s" % item for item in sorted(differing.items())]

    def differences(self, plain, ours):
        """{test: what became of it under statslice}."""
        if isinstance(ours, str):
            return {self.name: "the suite " + ours}
        return {name: "%s, %s without\n%s" % (ours["of"].get(name, "not run"), outcome,
                                              ours["texts"].get(name, ""))
                for name, outcome in plain["of"].items()
                if outcome not in ("failed", "error") and ours["of"].get(name) != outcome}


def main():
    if sys.argv[1:2] == ["--here"]:
        return run_here(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build"), help="build folder")
    parser.add_argument("--only", action="append", help="a version (3.11); may be repeated")
    parser.add_argument("--engine", default="frames", help="of statslice run")
    parser.add_argument("--jobs", type=int, default=2, help="suites at a time")
    parser.add_argument("names", nargs="*", metavar="SUITE", help="those above by default; any other of the interpreter's")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    begin = time.monotonic()
    comparisons = [Comparison(build, options.engine, version, executable, name)
                   for version, executable in interpreters(build, options.only)
                   for name in options.names or SUITES if has_suite(executable, name)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for comparison in pool.map(Comparison.run, comparisons):
            print("\n    ".join(comparison.lines), flush=True)
    differing = sum(len(comparison.differing) for comparison in comparisons)
    tests = sum(comparison.tests for comparison in comparisons)
    print("Ran %d tests in %.1f s" % (tests, time.monotonic() - begin))
    print("FAILED (failures=%d)" % differing if differing or not tests else "OK")
    return 1 if differing or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
