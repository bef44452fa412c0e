"""statslice.slices(callers_of=..., callees_of=...): beside what pstats says of callers."""
import cProfile
import io
import os
import pstats
import shutil
import subprocess
import tempfile
import unittest

import statslice

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build")
STATSLICE = os.path.join(os.environ.get("STATSLICE_BUILD", BUILD), "statslice")
BEGIN = 1714900000
SPAN = 20  # seconds of a profile; slices are as wide
FIGURES = {"ncalls": 0, "pcalls": 1, "tottime": 2, "cumtime": 3}  # where pstats has a caller's


def leaf(depth):
    return sum(range(20)) if depth == 0 else leaf(depth - 1) + len(range(depth))


def left(count):
    for _ in range(count):
        leaf(3)


def right(count):
    for _ in range(count):
        leaf(0)
        len("abc")


def profiles():
    """Three profiles of different calls; in the last one leaf is also called by no function."""
    for count in (1, 4, 9):
        profile = cProfile.Profile()
        profile.runcall(left, count)
        profile.runcall(right, 2 * count)
        if count == 9:
            profile.runcall(leaf, 1)
        yield profile


class Callers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.stats = []
        self.log = os.path.join(self.folder, "app.log")
        with open(self.log, "wb") as file:
            for i, profile in enumerate(profiles()):
                begin = BEGIN + i * SPAN
                self.stats.append(pstats.Stats(profile, stream=io.StringIO()).stats)
                statslice.log(profile, file, begin=begin, end=begin + SPAN)

    def ask(self, metric, inputs=None, **options):
        return statslice.slices(inputs or self.log, slice=SPAN, by="name", metric=metric, top=0,
                                origin=BEGIN, **options)

    def wanted(self, name, metric, callees=False):
        """{caller, or callee: its sum in each slice}, in ns or calls, by pstats."""
        sums = {}
        for i, stats in enumerate(self.stats):
            for callee, (_, _, _, _, callers) in stats.items():
                for caller, figures in callers.items():
                    one, other = (caller, callee) if callees else (callee, caller)
                    if name not in one[2]:
                        continue
                    value = figures[FIGURES[metric]]
                    cells = sums.setdefault(other[2], [0] * len(self.stats))
                    cells[i] += value if metric.endswith("calls") else round(value * 1e9)
        return sums

    def cells(self, series):
        return {name: series.sums(name) for name in series.columns}

    def test_callers_are_those_that_pstats_lists(self):
        for metric in ("pcalls", "cumtime"):
            series = self.ask(metric, callers_of="leaf")
            self.assertEqual(self.cells(series), self.wanted("leaf", metric), metric)
            self.assertEqual((series.of, series.by), ("callers of leaf", "name"))
        self.assertIn("leaf", self.cells(series), "it calls itself")

    def test_callees_are_those_that_pstats_lists(self):
        for metric in FIGURES:
            series = self.ask(metric, callees_of=["leaf"])
            self.assertEqual(self.cells(series), self.wanted("leaf", metric, True), metric)

    def test_callers_and_nobody_add_up_to_the_function(self):
        for metric in ("ncalls", "tottime"):
            series = self.ask(metric, callers_of="leaf")
            own = self.ask(metric, match="leaf")
            cells = self.cells(series)
            nobody = cells.pop("(no caller)")
            self.assertEqual(cells, self.wanted("leaf", metric), metric)
            self.assertEqual(series.sums("total"), own.sums("total"), metric)
            self.assertEqual([value > 0 for value in nobody], [False, False, True], metric)
        self.assertEqual(self.cells(self.ask("ncalls", callers_of="leaf"))["(no caller)"],
                         [0, 0, 1])

    def test_a_store_says_the_same(self):
        store = os.path.join(self.folder, "app.db")
        subprocess.run([STATSLICE, "add", "-q", store, self.log], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for options in ({"callers_of": "leaf"}, {"callees_of": "left"}):
            for metric in FIGURES:
                self.assertEqual(self.ask(metric, store, **options).to_text("json"),
                                 self.ask(metric, **options).to_text("json"), metric)

    def test_what_cannot_be_told_is_refused(self):
        with self.assertRaisesRegex(ValueError, "metric resumes"):
            self.ask("resumes", callers_of="leaf")
        with self.assertRaisesRegex(ValueError, "do not go together"):
            self.ask("ncalls", callers_of="leaf", callees_of="leaf")

    def test_outputs_say_what_the_columns_are(self):
        series = self.ask("ncalls", callers_of="le.f")
        self.assertIn('"of": "callers of le.f"', series.to_text("json"))
        self.assertIn("calls by name, callers of le.f", str(series))
        self.assertIn("by name, callers of le.f", series.chart()._repr_svg_())
        self.assertNotIn('"of"', self.ask("ncalls").to_text("json"))


if __name__ == "__main__":
    unittest.main()
