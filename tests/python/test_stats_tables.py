"""`statslice stats` prints what the pstats of this interpreter prints, byte for byte.

The profile of the interpreter's own version goes through every combination of options,
the other profiles of tests/data/pstats through a few.
"""
import glob
import itertools
import json
import marshal
import os
import subprocess
import sys
import tempfile
import unittest

import stats_reference

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "tests", "data", "pstats")
BUILD = os.environ.get("STATSLICE_BUILD", os.path.join(ROOT, "build"))
STATSLICE = os.path.join(BUILD, "statslice")
VERSION = "%d.%d" % sys.version_info[:2]
FUNCTIONS_MIN = 1000

KEYS = ["calls", "ncalls", "cumtime", "cumulative", "filename", "line", "module", "name", "nfl",
        "pcalls", "stdname", "time", "tottime"]
AMBIGUOUS = {"c", "cum", "n", "t"}  # pstats raises KeyError
PREFIXES = sorted({key[:n] for key in KEYS for n in range(1, len(key))} - AMBIGUOUS)
TABLES = ["stats", "callers", "callees"]
RESTRICTIONS = [
    ["20"], ["0"], ["1"], ["1000000"], ["-3"],
    ["0.1"], ["0.5"], [".25"], ["0.0"], ["1.0"], ["1e-2"], ["0.999"],
    ["json"], ["(?i)JSON"], ["^{"], [r"\(__init__\)$"], [r"\.py:\d{3}\("], ["nothing is called so"],
    ["a'b|e"], ["a'b|\"|e"], ["\t|\\\\|e"], ["ä|\u200b|\U0001f600|e"], ["("], ["(", "e", "["],
    ["0.5", "30", "e"], ["e", "0.5", "30"], ["e", "i", "n", "10"], ["40", "__", "0.5"],
]

# Files that no pstats of 3.8 to 3.13 prints as it prints others.
NOT_COMPARED = {
    "sampled-3.15.prof": "its mark on the sampler is a key that older versions cannot unpack",
    "yappi-3.11.prof": "its counts are swapped, which pstats prints as they are",
    "cprofile-2.7.prof": "byte strings in Python 3; compared with 2.7's own pstats below",
    "profile-2.7.prof": "as above",
}


def case(table="stats", sort=(), restrictions=(), strip=False, reverse=False):
    return {"table": table, "sort": list(sort), "restrictions": list(restrictions),
            "strip": strip, "reverse": reverse}


def every_case():
    for table, strip in itertools.product(TABLES, (False, True)):
        for key in [()] + [(key,) for key in KEYS]:
            yield case(table, key, (), strip)
        for key in KEYS:
            yield case(table, (key,), ("25",), strip, True)
        for restrictions in RESTRICTIONS:
            yield case(table, ("tottime",), restrictions, strip)
    for n, key in enumerate(PREFIXES + ["-1", "0", "1", "2"]):
        yield case("stats", (key,), ("30",), n % 2 == 1)
    for n, pair in enumerate(itertools.product(KEYS, KEYS)):
        yield case(TABLES[n % 3], pair, ("60",), n % 2 == 1)
    for restrictions in RESTRICTIONS:
        yield case("stats", (), restrictions)
    yield case("stats", ("line", "pcalls", "name", "filename"), ("100",))


def few_cases(time_key="cumulative"):
    for table, strip in itertools.product(TABLES, (False, True)):
        yield case(table, (), (), strip)
        yield case(table, (time_key,), ("0.1", "e"), strip, True)
        yield case(table, ("nfl",), (), strip)


def total_order_cases():
    """For 2.7, whose dicts have an order of their own."""
    for key in ("nfl", "stdname"):
        for table in TABLES:
            yield case(table, (key,), ())
            yield case(table, (key,), ("e", "0.3", "20"))
        yield case("stats", (key,), (), True)


def command_of(paths, options):
    command = [STATSLICE, "stats"] + paths
    for key in options["sort"]:
        command.append("--sort=" + key)
    if options["table"] != "stats":
        command.append("--" + options["table"])
    if options["strip"]:
        command.append("--strip-dirs")
    if options["reverse"]:
        command.append("--reverse")
    return command + ["--"] + options["restrictions"]


def fixture(name):
    return os.path.join(DATA, name)


def find_python2():
    folders = os.environ.get("PATH", "").split(os.pathsep)
    folders += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/2.7*/bin")))
    for folder in folders:
        path = os.path.join(folder, "python2.7")
        # pyenv's shims start whatever is chosen for the folder
        if os.path.exists(path) and os.path.basename(folder.rstrip("/")) != "shims":
            return path
    return None


class Python2(object):
    """Python 2.7, printing tables until it is closed."""

    def __init__(self, python):
        self.process = subprocess.Popen([python, stats_reference.__file__], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def table(self, question):
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.read(int(self.process.stdout.readline()))

    def close(self):
        self.process.communicate()


def without_space_after_arrow(printed):
    """2.7 prints no space behind an arrow that nothing follows."""
    return printed.replace(b"<- \n", b"<-\n").replace(b"-> \n", b"->\n")


class StatsTables(unittest.TestCase):
    maxDiff = 4000

    def ours(self, paths, options):
        command = command_of(paths, options)
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((run.returncode, run.stderr), (0, b""), command)
        return run.stdout

    def compare(self, paths, cases, print_table=stats_reference.table, adapt=bytes):
        for options in cases:
            theirs = print_table(dict(options, paths=paths))
            ours = adapt(self.ours(paths, options))
            if ours != theirs:
                self.assertEqual(ours.decode("utf-8", "replace").split("\n"),
                                 theirs.decode("utf-8", "replace").split("\n"), (paths, options))

    def test_own_versions_profile_in_every_combination(self):
        path = fixture("cprofile-%s.prof" % VERSION)
        if not os.path.exists(path):
            self.skipTest("there is no profile of " + VERSION)
        self.assertGreaterEqual(len(stats_reference.load([path], False).stats), FUNCTIONS_MIN)
        self.compare([path], every_case())

    def test_all_profiles(self):
        names = [name for name in sorted(os.listdir(DATA))
                 if name.endswith(".prof") and name not in NOT_COMPARED]
        self.assertGreater(len(names), 6)
        for name in names:
            # The module profile adds floats up: times that are equal to the nanosecond differ in
            # their last bits, which only Python's own sort sees.
            time_key = "calls" if name.startswith("profile-") else "cumulative"
            with self.subTest(name=name):
                self.compare([fixture(name)], few_cases(time_key))

    def test_several_files_are_added_as_pstats_adds_them(self):
        paths = [fixture("cprofile-%s.prof" % version) for version in ("3.8", "3.12", "3.9")]
        self.compare(paths, few_cases())

    def test_sums_of_files_that_are_equal_to_the_nanosecond_stand_by_their_last_bits(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        paths = [os.path.join(folder.name, name) for name in ("a.prof", "b.prof", "c.prof")]
        for n, path in enumerate(paths):
            times = [(i * 7919 % 1000003, 1000003 - i * 7919 % 1000003, 17)[n] * 1e-9
                     for i in range(300)]
            with open(path, "wb") as file:
                marshal.dump({("x.py", i, "f%d" % i): (1, 1, time, time, {})
                              for i, time in enumerate(times)}, file)
        for strip in (False, True):
            self.compare(paths, [case("stats", (key,), (), strip) for key in ("time", "cumulative")])

    def test_profiles_of_2_7_as_its_own_pstats_prints_them(self):
        python = find_python2()
        if python is None:
            self.skipTest("there is no Python 2.7")
        python2 = Python2(python)
        self.addCleanup(python2.close)
        for name in ("cprofile-2.7.prof", "profile-2.7.prof"):
            with self.subTest(name=name):
                self.compare([fixture(name)], total_order_cases(), python2.table,
                             without_space_after_arrow)

    def test_ambiguous_keys_are_refused_as_pstats_refuses_them(self):
        path = fixture("cprofile-3.12.prof")
        for key in sorted(AMBIGUOUS) + ["file name", "x", ""]:
            run = subprocess.run([STATSLICE, "stats", path, "--sort=" + key],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual((run.returncode, run.stdout), (2, b""), key)
            with self.assertRaises(KeyError):
                stats_reference.load([path], False).sort_stats(key)


if __name__ == "__main__":
    unittest.main()
