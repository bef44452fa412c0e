#!/usr/bin/env python3
"""Run interpreters' own tests of cProfile, profile and pstats on statslice's modules.

    run_stdlib_suites.py [BUILD/python]                    every interpreter that was found
    INTERPRETER run_stdlib_suites.py BUILD/python SUITE... these suites, in this interpreter

In this process sys.modules gives ours for cProfile, _lsprof and pstats; programs that the tests
start find them first on PYTHONPATH. Tests that pin what only the standard library's own
implementation can have are left out by name, in SKIPPED.
"""
import importlib
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SUITES = ["test_cprofile", "test_profile", "test_pstats"]

# "suite.Class.test": the reason why it cannot hold for another implementation.
SKIPPED = {
}

SHIM = """\
import sys
from {ours} import *
import {ours}
if __name__ == "__main__":
    {ours}.main()
else:
    sys.modules[__name__] = {ours}
"""


def flat(suite):
    """The single tests of a suite."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def replace_modules(shims):
    """Put ours in place of the standard library's, here and for programs started from here."""
    import statslice.cprofile
    from statslice import _collector

    replaced = {"cProfile": statslice.cprofile}
    sys.modules["_lsprof"] = _collector
    try:
        import statslice.pstats
        replaced["pstats"] = statslice.pstats
    except ImportError:
        print("statslice.pstats is not built: with the standard library's pstats")
    for name, module in replaced.items():
        sys.modules[name] = module
        with open(os.path.join(shims, name + ".py"), "w") as shim:
            shim.write(SHIM.format(ours=module.__name__))


def let_programs_see(paths):
    """Programs that test.support starts must not ignore PYTHONPATH, as they do with -I."""
    from test.support import script_helper

    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    script_helper.interpreter_requires_environment = lambda: True


def load(name):
    """The tests of one suite that are to run; the count of those left out is printed."""
    module = importlib.import_module("test." + name)
    chosen = unittest.TestSuite()
    for test in flat(unittest.defaultTestLoader.loadTestsFromModule(module)):
        label = test.id().replace("test." + name, name, 1)
        if label in SKIPPED:
            print("left out: %s: %s" % (label, SKIPPED[label]))
        else:
            chosen.addTest(test)
    return chosen


def run_here(package, names):
    """Run suites in this interpreter. Returns whether all passed, and there were some."""
    sys.path.insert(0, package)
    with tempfile.TemporaryDirectory() as shims, tempfile.TemporaryDirectory() as folder:
        replace_modules(shims)
        let_programs_see([shims, package])
        os.chdir(folder)
        tests = unittest.TestSuite(load(name) for name in names)
        result = unittest.TextTestRunner(verbosity=1).run(tests)
        os.chdir("/")
    return result.wasSuccessful() and result.testsRun > 0


def run_everywhere(package):
    """Run all suites in every interpreter that the package was built for."""
    listing = subprocess.check_output([sys.executable,
                                       os.path.join(ROOT, "tools", "find_pythons.py")])
    passed = []
    for line in listing.decode().splitlines():
        executable, version, _, suffix = line.split("\t")
        if os.path.exists(os.path.join(package, "statslice", "_collector" + suffix)):
            print("--- Python %s (%s)" % (version, executable), flush=True)
            passed.append(subprocess.call([executable, os.path.abspath(__file__), package]
                                          + SUITES, stderr=subprocess.STDOUT) == 0)
    return bool(passed) and all(passed)


def main(args):
    package = os.path.abspath(args[0] if args else os.path.join(ROOT, "build", "python"))
    ok = run_here(package, args[1:]) if args[1:] else run_everywhere(package)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
