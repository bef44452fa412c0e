"""Profile, StatsProfile, log, slices: beside the same written by hand in Python.

By hand means: a Counter per ten seconds since the first stamp and per bare
name of a function, charged at the second in which the profile was logged. The
command gives the same figures when it is asked to cut that way; by default it
gives sums that are right where the hand-written ones are not.
"""
import cProfile
import collections
import dataclasses
import datetime
import json
import pstats
import sys
import time
import unittest

from cli_harness import CommandTest, function, log_line

AS_BY_HAND = ["--by", "name", "--origin", "first", "--attribution", "end", "--top", "0",
              "--output-format", "json"]
FIRST = 1582000003


def sleep1():
    time.sleep(0.001)


def sleep2():
    time.sleep(0.002)
    sleep1()


def sleep3():
    time.sleep(0.003)
    sleep2()


def stats_profile_of(*calls):
    profile = cProfile.Profile()
    profile.enable()
    for call in calls:
        call()
    profile.disable()
    return dataclasses.asdict(pstats.Stats(profile).get_stats_profile())


def by_hand(log, metric, width_s):
    """What is written by hand: one Counter a slice."""
    first = log[0][0]
    slices = collections.defaultdict(collections.Counter)
    for timestamp, stats_profile in log:
        for name, row in stats_profile["func_profiles"].items():
            value = int(row["ncalls"].split("/")[0]) if metric == "ncalls" else row[metric]
            slices[(timestamp - first) // width_s][name] += value
    return slices


def seconds(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=datetime.timezone.utc).timestamp()


@unittest.skipIf(sys.version_info < (3, 9), "get_stats_profile is from 3.9")
class ByHand(CommandTest):
    def slices(self, log, *arguments):
        self.write("app.log", "".join(
            json.dumps({"timestamp": timestamp, "stats_profile": stats_profile}) + "\n"
            for timestamp, stats_profile in log))
        return json.loads(self.ok("slices", "app.log", *AS_BY_HAND, *arguments))

    def assert_as_by_hand(self, log, metric, width_s):
        table = self.slices(log, "--metric", metric, "--slice", "%ds" % width_s)
        names = [column["name"] for column in table["columns"]]
        wanted = by_hand(log, metric, width_s)
        got = {}
        for one in table["slices"]:
            at = (seconds(one["begin"]) - log[0][0]) / width_s
            self.assertEqual(at, int(at))
            got[int(at)] = dict(zip(names, one["values"]))
        self.assertEqual(sorted(got), list(range(max(wanted) + 1)))
        self.assertEqual(set(names), {name for one in wanted.values() for name in one})
        for at, values in got.items():
            for name in names:
                self.assertAlmostEqual(values[name], wanted[at][name], delta=1e-6)

    def test_ten_rounds_with_recorded_stamps(self):
        stamps = [0, 3, 9, 10, 11, 19, 20, 25, 41, 60]
        calls = [sleep1, sleep2, sleep3]
        log = [(FIRST + stamp, stats_profile_of(*calls[:1 + i % 3], *[sleep1] * i))
               for i, stamp in enumerate(stamps)]
        for metric in ("cumtime", "tottime", "ncalls"):
            self.assert_as_by_hand(log, metric, 10)

    def test_ten_rounds_with_the_clocks_stamps(self):
        log = []
        for _ in range(10):
            profile = stats_profile_of(sleep1, sleep2, sleep3, lambda: time.sleep(0.25))
            log.append((int(time.time()), profile))
        self.assert_as_by_hand(log, "cumtime", 1)


class WhereByHandIsWrong(CommandTest):
    """Slices of 10 s with epoch-aligned edges, own time, and the defaults otherwise."""

    def slices(self, *arguments):
        table = json.loads(self.ok("slices", "app.log", "--slice", "10s", "--output-format", "json",
                                   *arguments))
        names = [column["name"] for column in table["columns"]]
        return [dict(zip(names, one["values"])) for one in table["slices"]], table

    def test_two_functions_of_one_name_are_two(self):
        profile = cProfile.Profile()
        spaces = []
        for file_name, number in (("a.py", 1000), ("b.py", 2000)):
            space = {}
            exec(compile("def work(): sum(range(%d))" % number, file_name, "exec"), space)
            spaces.append(space)
        profile.enable()
        for space in spaces:
            space["work"]()
            space["work"]()
        profile.disable()
        profile.dump_stats(self.path("two.prof"))
        rows = {key[0]: row for key, row in pstats.Stats(self.path("two.prof")).stats.items()
                if key[2] == "work"}
        self.ok("convert", "two.prof", "-o", "app.log", "--to", "ndjson")
        _, table = self.slices("--top", "0")
        values = {column["name"]: column["value"] for column in table["columns"]}
        for file_name in ("a.py", "b.py"):
            (name,) = [name for name in values if name.startswith(file_name) and "work" in name]
            self.assertAlmostEqual(values[name], rows[file_name][2], delta=1e-9)

    def test_a_profile_across_an_edge_is_divided(self):
        # 12 s of work that end 4 s behind an edge: 8 s before it and 4 s behind it.
        self.write("app.log", log_line(1582000004, f=function(12.0, ncalls="300")))
        slices, table = self.slices()
        name = table["columns"][0]["name"]
        self.assertEqual([one[name] for one in slices], [8.0, 4.0])
        slices, _ = self.slices("--metric", "ncalls")
        self.assertEqual([one[name] for one in slices], [200, 100])
        self.assertEqual([one["coverage"] for one in table["slices"]], [0.8, 0.4])

    def test_an_empty_slice_keeps_its_place(self):
        self.write("app.log", log_line(1582000005, f=function(1.0)) +
                   log_line(1582000037, f=function(3.0)))
        slices, table = self.slices()
        self.assertEqual([sum(one.values()) for one in slices], [1.0, 0, 0, 3.0])
        self.assertEqual([one["begin"] for one in table["slices"]],
                         ["2020-02-18T04:26:%02dZ" % s for s in (40, 50)] +
                         ["2020-02-18T04:27:%02dZ" % s for s in (0, 10)])

    def test_what_is_not_among_the_largest_is_in_other(self):
        self.write("app.log", log_line(1582000005, a=function(0.5), b=function(0.25),
                                       c=function(0.125), d=function(0.0625)))
        _, table = self.slices("--top", "2")
        self.assertEqual((table["other"], table["total"]), (0.1875, 0.9375))

    def test_the_sum_over_all_slices_is_the_sum_of_the_log(self):
        self.make_log(count=50, step=7)
        total = sum(0.25 + round(0.1 * i, 9) for i in range(50))
        for slicing in (["--slice", "3s"], ["--slice", "1m"], ["--slices", "9"], []):
            table = json.loads(self.ok("slices", "app.log", "--output-format", "json", *slicing))
            self.assertAlmostEqual(table["total"], total, delta=1e-9)
            self.assertAlmostEqual(sum(one["total"] for one in table["slices"]), total, delta=1e-7)


if __name__ == "__main__":
    unittest.main()
