"""The pstats files that statslice writes, loaded by this interpreter's own pstats.

Expected figures come from the standard library alone: what it loads from the profiles of
tests/data/pstats, and what pstats.Stats.add makes of two of them.
"""
import glob
import json
import marshal
import os
import pstats
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("STATSLICE_BUILD", os.path.join(ROOT, "build"))
STATSLICE = os.path.join(BUILD, "statslice")
PROFILES = os.path.join(ROOT, "tests", "data", "pstats")

# Python 3 does not read the strings that Python 2's marshal wrote: 2.7 itself says what is in them.
DUMP_AS_JSON = """
import json, marshal, sys
stats = marshal.load(open(sys.argv[1], "rb"))
json.dump([(k, v[:4], list(v[4].items())) for k, v in stats.items()], sys.stdout)
"""


# Constants of all kinds, which its code object holds.
SCRIPT = """
def outer(a, b=(1, -2.5, 1j, b"x", "\\xfc", None, ..., 10 ** 40, -10 ** 30)):
    def inner():
        return a in {1, 2, 3}
    return inner, lambda: [c for c in b[1:2]], 10 ** 40
for function in outer(1)[:2]:
    function()
"""


def python_2():
    found = shutil.which("python2.7")
    versions = glob.glob(os.path.expanduser("~/.pyenv/versions/2.7*/bin/python2.7"))
    return versions[0] if versions else found


def load(path):
    """The dict of a profile, without the sampler's mark; {} where no interpreter reads it."""
    if not path.endswith("-2.7.prof"):
        with open(path, "rb") as file:
            stats = marshal.load(file)
        stats.pop(("__sampled__",), None)
        return stats
    if python_2() is None:
        return {}
    dump = subprocess.run([python_2(), "-c", DUMP_AS_JSON, path], stdout=subprocess.PIPE, check=True)
    return {tuple(key): (*value, {tuple(caller): tuple(figures) if isinstance(figures, list) else figures
                                  for caller, figures in callers})
            for key, value, callers in json.loads(dump.stdout.decode())}


def ns(seconds):
    return round(seconds * 1e9)


def exact(stats):
    """Times as ns; yappi's swapped counts put right."""
    return {
        function: (min(cc, nc), max(cc, nc), ns(tt), ns(ct),
                   {caller: c if isinstance(c, int) else (c[0], c[1], ns(c[2]), ns(c[3]))
                    for caller, c in callers.items()})
        for function, (cc, nc, tt, ct, callers) in stats.items()}


def in_order(stats):
    return [(function, list(value[4])) for function, value in stats.items()]


@unittest.skipUnless(os.path.exists(STATSLICE), "the command is not built")
class WrittenFiles(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def convert(self, *paths):
        out = os.path.join(self.folder.name, "out.prof")
        subprocess.run([STATSLICE, "convert", "-q", *paths, "-o", out], check=True)
        return out

    def test_each_profile_comes_back_equal_to_the_nanosecond_and_in_order(self):
        for path in sorted(glob.glob(os.path.join(PROFILES, "*.prof"))):
            expected = load(path)
            if not expected:
                continue
            with self.subTest(os.path.basename(path)):
                stats = pstats.Stats(self.convert(path)).stats
                self.assertEqual(exact(stats), exact(expected))
                if "-2.7" not in path:  # whose dicts have no order
                    self.assertEqual(in_order(stats), in_order(expected))

    def test_times_are_the_very_doubles_that_are_nearest_to_the_nanosecond(self):
        stats = pstats.Stats(self.convert(os.path.join(PROFILES, "cprofile-3.12.prof"))).stats
        for cc, nc, tt, ct, callers in stats.values():
            for seconds in (tt, ct):
                self.assertEqual(seconds, ns(seconds) / 1e9)

    def test_a_function_named_by_its_code_object_is_shown_by_that_but_for_the_address(self):
        """python -m profile names the first function so."""
        script = os.path.join(self.folder.name, "script.py")
        profile = os.path.join(self.folder.name, "script.prof")
        with open(script, "w") as file:
            file.write(SCRIPT.lstrip())
        subprocess.run([sys.executable, "-m", "profile", "-o", profile, script], check=True)
        expected = {function if isinstance(function[2], str) else
                    function[:2] + (re.sub(" at 0x[0-9a-f]+", "", repr(function[2])),): value[:4]
                    for function, value in exact(load(profile)).items()}
        self.assertIn(("profile", 0, '<code object <module>, file "%s", line 1>' % script), expected)
        found = {function: value[:4] for function, value in exact(load(self.convert(profile))).items()}
        self.assertEqual(found, expected)

    def test_merging_equals_adding(self):
        paths = [os.path.join(PROFILES, "cprofile-3.%d.prof" % minor) for minor in (12, 13, 12)]
        added = pstats.Stats(paths[0])
        for path in paths[1:]:
            added.add(path)
        merged = pstats.Stats(self.convert(*paths))
        expected, found = exact(added.stats), exact(merged.stats)
        self.assertEqual(found.keys(), expected.keys())
        for function, value in expected.items():
            self.assertEqual(found[function][:2], value[:2])
            self.assertLessEqual(abs(found[function][2] - value[2]), 1)
            self.assertLessEqual(abs(found[function][3] - value[3]), 1)
            self.assertEqual(found[function][4].keys(), value[4].keys())
            for caller, figures in value[4].items():
                self.assertEqual(found[function][4][caller][:2], figures[:2])
                self.assertLessEqual(abs(found[function][4][caller][2] - figures[2]), 1)
        self.assertEqual(merged.total_calls, added.total_calls)
        self.assertEqual(merged.prim_calls, added.prim_calls)

    def test_the_order_of_merging_changes_nothing(self):
        paths = [os.path.join(PROFILES, "cprofile-3.%d.prof" % minor) for minor in (8, 9, 10, 11)]
        one = pstats.Stats(self.convert(*paths)).stats
        other = pstats.Stats(self.convert(*reversed(paths))).stats
        self.assertEqual(one, other)

    def test_the_tables_of_pstats_are_the_same_text(self):
        path = os.path.join(PROFILES, "cprofile-3.11.prof")
        texts = []
        for name in (path, self.convert(path)):
            out = os.path.join(self.folder.name, "text")
            with open(out, "w") as stream:
                stats = pstats.Stats(name, stream=stream)
                stats.files = []
                stats.sort_stats("cumulative", "stdname").print_stats().print_callers().print_callees()
            with open(out) as stream:
                texts.append(stream.read())
        self.assertEqual(*texts)


@unittest.skipUnless(os.path.exists(STATSLICE), "the command is not built")
class RefusedFiles(unittest.TestCase):
    def refusal(self, data):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.prof")
            with open(path, "wb") as file:
                file.write(data)
            done = subprocess.run([STATSLICE, "convert", path, "-o", os.path.join(folder, "y.prof")],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
            self.assertEqual(done.returncode, 1)
            self.assertFalse(os.path.exists(os.path.join(folder, "y.prof")))
            return done.stderr.decode()

    def test_a_cut_file_is_refused_with_its_name_and_the_place(self):
        with open(os.path.join(PROFILES, "cprofile-3.12.prof"), "rb") as file:
            data = file.read()
        self.assertRegex(self.refusal(data[:5000]), r"^statslice: .*x\.prof.* ends .* at byte \d+")
        self.assertRegex(self.refusal(data[:-1]), r"^statslice: .*x\.prof.* ends .* at byte \d+")

    def test_a_count_that_no_file_can_hold_is_refused(self):
        self.assertRegex(self.refusal(b"{(\xff\xff\xff\x7f"), r"x\.prof.* a count of 2147483647")

    def test_a_negative_count_is_refused(self):
        data = marshal.dumps({("f.py", 1, "f"): (-1, 1, 0.0, 0.0, {})})
        self.assertRegex(self.refusal(data), r"x\.prof.* below 0 at byte \d+")

    def test_nan_is_refused(self):
        data = marshal.dumps({("f.py", 1, "f"): (1, 1, float("nan"), 0.0, {})})
        self.assertRegex(self.refusal(data), r"x\.prof.* not finite at byte \d+")


if __name__ == "__main__":
    unittest.main()
