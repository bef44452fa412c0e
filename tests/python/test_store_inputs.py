"""slices(), chart(), diff() and read() of a store: as of the log that it was fed from."""
import cProfile
import datetime
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
UTC = datetime.timezone.utc
BEGIN = 1714903190  # 10 s before a full hour: some spans cross it
SPAN = 20


def work(count):
    return sum(len(str(i)) for i in range(count))


class StoreInputs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.log, self.store = self.path("app.log"), self.path("app.db")
        with open(self.log, "wb") as file:
            for i in range(12):
                profile = cProfile.Profile()
                profile.runcall(work, 10 + 7 * i)
                statslice.log(profile, file, {"service": "shop" if i % 3 else "mail"},
                              begin=BEGIN + i * SPAN, end=BEGIN + (i + 1) * SPAN)
        self.add(self.log)

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, *arguments):
        done = subprocess.run([STATSLICE, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), arguments)
        return done.stdout.decode()

    def add(self, *inputs):
        self.command("add", "-q", self.store, *inputs)

    def test_slices_and_charts(self):
        for options in ({"slice": 60}, {"slice": "7s", "metric": "ncalls", "by": "label:service"},
                        {"slices": 5, "where": {"service": "shop"}, "match": "work"},
                        {"slice": "1h", "level": "raw", "from_": BEGIN + 33}):
            of_log, of_store = (statslice.slices(source, **options)
                                for source in (self.log, self.store))
            self.assertEqual(of_store.to_text("json"), of_log.to_text("json"), options)
            self.assertEqual(of_store.chart()._repr_svg_(), of_log.chart()._repr_svg_(), options)
        self.assertGreater(sum(of_store.sums("total")), 0)

    def test_profiles(self):
        of_log, of_store = (list(statslice.read(source)) for source in (self.log, self.store))
        self.assertEqual([record.begin for record in of_store], [record.begin for record in of_log])
        self.assertEqual([record.totals() for record in of_store],
                         [record.totals() for record in of_log])

    def test_comparisons(self):
        base = "%d/%d" % (BEGIN, BEGIN + 77)
        for options in ({}, {"metric": "cumtime", "by": "module"}, {"where": {"service": "shop"}},
                        {"per": "total", "match": "work"}):
            of_log, of_store = (statslice.diff(source, base=base, new="%d/" % (BEGIN + 95),
                                               top=0, **options)
                                for source in (self.log, self.store))
            self.assertEqual(of_store.to_text("json"), of_log.to_text("json"), options)
        self.assertEqual(of_store.base.profile_count, 4)

    def test_comparisons_of_files_that_do_not_tell_their_time(self):
        before, behind = self.path("before.prof"), self.path("behind.prof")
        for path, count in ((before, 100), (behind, 200)):
            profile = cProfile.Profile()
            profile.runcall(work, count)
            profile.dump_stats(path)
        stores = []
        for path in (before, behind):
            self.store = path + ".db"
            self.add(path)
            stores.append(self.store)
        of_files, of_stores = statslice.diff(before, behind), statslice.diff(*stores)
        self.assertEqual((of_files.per, of_stores.per), ("total", "total"))
        self.assertEqual([row.change_ns for row in of_stores.rows],
                         [row.change_ns for row in of_files.rows])
        # one that tells it is enough
        self.add(self.log)
        self.assertEqual(statslice.diff(self.store, self.log).per, "profiled")

    def test_totals_are_what_pstats_makes_of_the_profiles(self):
        sums = {}
        for record in statslice.read(self.log):
            for row in record.functions():
                ncalls, pcalls = sums.get(row.name, (0, 0))
                sums[row.name] = (ncalls + row.ncalls, pcalls + row.pcalls)
        path = self.path("all.prof")
        self.command("convert", self.store, "-o", path)
        stats = pstats.Stats(path, stream=io.StringIO()).stats
        self.assertEqual({name: (ncalls, pcalls) for (_, _, name), (pcalls, ncalls, _, _, _)
                          in stats.items()}, sums)
        self.assertEqual(self.command("stats", self.store, "--sort", "cumtime"),
                         self.command("stats", self.log, "--sort", "cumtime")
                         .replace(self.log, self.store))


if __name__ == "__main__":
    unittest.main()
