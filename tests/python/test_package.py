"""The package: profiles, logs, reading, slices; the way from one to the next."""
import collections
import cProfile
import datetime
import gzip
import io
import json
import logging
import os
import pathlib
import pstats
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import statslice

UTC = datetime.timezone.utc
START = 1582000000  # 2020-02-18T04:26:40Z


def outer(n):
    return sum(inner(i) for i in range(n))


def inner(i):
    return i * i


def stats_profile(total, **cumtimes):
    profiles = {
        name: statslice.FunctionProfile("1", seconds, seconds, seconds, seconds, "shop.py", line)
        for line, (name, seconds) in enumerate(cumtimes.items(), 1)
    }
    return statslice.StatsProfile(total, profiles)


def stats_of(rows):
    stats = statslice.Stats()
    stats.stats = rows
    return stats


class WithFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class Importing(unittest.TestCase):
    def run_python(self, code):
        return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE,
                              check=True).stdout.decode().strip()

    def test_import__loads_no_extension(self):
        self.assertEqual("[]", self.run_python(
            "import sys, statslice; print([name for name in sys.modules if"
            " name.startswith('statslice.') or name in ('dataclasses', 'json')])"))

    def test_every_name__is_there(self):
        for name in statslice.__all__:
            self.assertIsNotNone(getattr(statslice, name))
            self.assertIn(name, dir(statslice))
        self.assertRegex(statslice.__version__, r"^\d+\.\d+\.\d+")
        with self.assertRaises(AttributeError):
            statslice.nothing_of_the_kind

    def test_submodules__are_attributes(self):
        self.assertEqual("statslice.cprofile statslice.pstats", self.run_python(
            "import statslice; print(statslice.cprofile.__name__, statslice.pstats.__name__)"))

    def test_typing_marker__is_installed(self):
        folder = os.path.dirname(statslice.__file__)
        self.assertTrue(os.path.exists(os.path.join(folder, "py.typed")))


class Profiling(WithFolder):
    def test_profile__knows_when_it_ran(self):
        before = time.time_ns()
        with statslice.Profile() as profile:
            time.sleep(0.01)
        after = time.time_ns()
        begin_ns, end_ns, profiled_ns = profile.span()
        self.assertLessEqual(before, begin_ns)
        self.assertLessEqual(end_ns, after)
        self.assertGreaterEqual(end_ns - begin_ns, 10_000_000)
        self.assertGreaterEqual(profiled_ns, 10_000_000)
        self.assertEqual(profile.begin.tzinfo, UTC)
        self.assertEqual(profile.end - profile.begin,
                         datetime.timedelta(microseconds=end_ns // 1000 - begin_ns // 1000))

    def test_profile__not_enabled_yet(self):
        profile = statslice.Profile()
        self.assertIsNone(profile.begin)
        self.assertIsNone(profile.end)
        self.assertEqual(profile.get_stats_profile(), statslice.StatsProfile(0, {}))

    def test_profile__with_a_pause_is_covered_in_part(self):
        profile = statslice.Profile()
        profile.enable()
        profile.disable()
        time.sleep(0.05)
        profile.enable()
        profile.disable()
        record = statslice.as_record(profile)
        self.assertLess(record.coverage, 0.5)
        begin, end = record.begin_ns / 1e9 - 100, record.end_ns / 1e9 + 100
        self.assertLess(statslice.as_record(profile, begin=begin, end=end).coverage, 0.0005)
        self.assertGreaterEqual(record.end_ns - record.begin_ns, 50_000_000)

    def test_profile__gives_its_stats_profile(self):
        with statslice.Profile() as profile:
            outer(10)
        self.assertEqual(profile.get_stats_profile().func_profiles["inner"].ncalls, "10")
        exact = profile.get_stats_profile(exact=True)
        key = (__file__, inner.__code__.co_firstlineno, "inner")
        self.assertEqual((exact.func_profiles[key].ncalls, exact.func_profiles[key].pcalls), (10, 10))
        self.assertEqual(exact.total_tt_ns,
                         sum(row.tottime_ns for row in exact.func_profiles.values()))
        self.assertEqual(statslice.Stats(profile).get_stats_profile(exact=True).func_profiles[key],
                         exact.func_profiles[key].__class__(
                             **{**vars(exact.func_profiles[key]), "qualname": None}))

    def test_profile__writes_files_that_pstats_loads(self):
        with statslice.Profile() as profile:
            outer(5)
        path = str(self.folder / "x.prof")
        profile.write(path)
        stats = pstats.Stats(path).stats
        self.assertEqual(stats[(__file__, inner.__code__.co_firstlineno, "inner")][:2], (5, 5))

    def test_command__profiles_a_script(self):
        script = self.folder / "script.py"
        script.write_text("import sys\ndef f(): return sys.argv[1:]\nprint(f())\n")
        out = self.folder / "out.prof"
        run = subprocess.run([sys.executable, "-m", "statslice", "-o", str(out), str(script), "a", "-b"],
                             stdout=subprocess.PIPE, check=True)
        self.assertEqual(run.stdout.decode().strip(), "['a', '-b']")
        self.assertIn((str(script), 2, "f"), pstats.Stats(str(out)).stats)


class Records(WithFolder):
    def all_kinds(self):
        """The same calls, as everything that a profile can be."""
        profiler = cProfile.Profile()
        profiler.runcall(outer, 10)
        path = str(self.folder / "x.prof")
        profiler.dump_stats(path)
        yield "cProfile", profiler
        yield "path", path
        yield "path object", pathlib.Path(path)
        yield "bytes", pathlib.Path(path).read_bytes()
        yield "bytearray", bytearray(pathlib.Path(path).read_bytes())
        yield "memoryview", memoryview(pathlib.Path(path).read_bytes())
        with open(path, "rb") as file:
            yield "open file", file
        yield "pstats.Stats", pstats.Stats(path)
        yield "Stats", statslice.Stats(path)
        if hasattr(pstats, "StatsProfile"):
            yield "pstats.StatsProfile", pstats.Stats(path).get_stats_profile()
        yield "StatsProfile", statslice.Stats(path).get_stats_profile()
        yield "ExactStatsProfile", statslice.Stats(path).get_stats_profile(exact=True)
        yield "record", statslice.as_record(path)
        with statslice.Profile() as profile:
            outer(10)
        yield "Profile", profile

    def test_record__of_every_kind(self):
        for kind, profile in self.all_kinds():
            with self.subTest(kind):
                record = statslice.as_record(profile, {"service": "shop"}, end=START)
                rows = {row.name: row for row in record.functions()}
                self.assertEqual((rows["inner"].ncalls, rows["inner"].pcalls), (10, 10))
                self.assertEqual(rows["inner"].file_name, __file__)
                self.assertEqual(record.labels, {"service": "shop"})
                self.assertEqual(record.end_ns, START * 10**9)
                self.assertLessEqual(record.begin_ns, record.end_ns)

    def test_record__has_edges(self):
        profiler = cProfile.Profile()
        profiler.runcall(outer, 10)
        edges = {(edge.caller.name, edge.callee.name): edge
                 for edge in statslice.as_record(profiler).edges()}
        self.assertEqual(edges["<genexpr>", "inner"].ncalls, 10)

    def test_record__stats_are_those_of_the_profiler(self):
        profiler = cProfile.Profile()
        profiler.runcall(outer, 10)
        record = statslice.as_record(profiler)
        profiler.create_stats()
        self.assertEqual(set(record.stats), set(profiler.stats))
        for func, (primitive, calls, own, cumulative, callers) in profiler.stats.items():
            entry = record.stats[func]
            self.assertEqual(entry[:2], (primitive, calls))
            self.assertAlmostEqual(entry[2], own, places=12)
            self.assertAlmostEqual(entry[3], cumulative, places=12)
            self.assertEqual(set(entry[4]), set(callers))

    def test_record__survives_pstats_profile_of_recursion_and_surrogates(self):
        rows = {("\udc80.py", 3, "\u4e00"): (1, 3, 0.5, 0.75, {("\udc80.py", 3, "\u4e00"): (2, 0, 0.25, 0.5)})}
        record = statslice.as_record(stats_of(rows))
        self.assertEqual(record.stats, rows)
        again = statslice.as_record(record.to_bytes("ndjson"))
        self.assertEqual(again.stats, rows)

    def test_record__spans(self):
        profile = stats_profile(2.5, f=2.5)
        moment = datetime.datetime(2020, 2, 18, 4, 26, 40, tzinfo=UTC)
        for arguments, expected in (
                ({"end": START}, (START - 2.5, START)), ({"begin": START}, (START, START + 2.5)),
                ({"begin": moment, "end": START + 10}, (START, START + 10)),
                ({"end": moment.astimezone(datetime.timezone(datetime.timedelta(hours=5)))},
                 (START - 2.5, START)), ({"end": START + 0.25}, (START - 2.25, START + 0.25))):
            record = statslice.as_record(profile, **arguments)
            self.assertEqual((record.begin_ns, record.end_ns),
                             tuple(int(edge * 4) * 250000000 for edge in expected))
        now = time.time_ns()
        self.assertLess(abs(statslice.as_record(profile).end_ns - now), 60 * 10**9)
        with self.assertRaises(ValueError):
            statslice.as_record(profile, begin=START, end=START - 1)

    def test_record__of_an_exact_profile_is_exact(self):
        key = ("shop.py", 7, "buy")
        row = statslice.ExactFunctionProfile(5, 2, 3, 123456789012345678, *key, "Shop.buy")
        exact = statslice.ExactStatsProfile(3, 5, 2, {key: row})
        self.assertEqual(statslice.as_record(exact).get_stats_profile(exact=True), exact)

    def test_record__refuses_times_that_are_none(self):
        for moment in (START * 1000, START * 10**9, 1e300, float("nan"), float("inf")):
            with self.assertRaises(ValueError):
                statslice.as_record(stats_profile(1.0, f=1.0), end=moment)

    def test_record__arithmetic(self):
        one = statslice.as_record(stats_profile(1.0, f=1.0), end=START)
        two = one.copy()
        two.merge(one)
        self.assertEqual(two.totals(), (2, 2, 2 * 10**9))
        two.subtract(one)
        self.assertEqual(two.get_stats_profile(exact=True), one.get_stats_profile(exact=True))
        self.assertRaises(statslice.UsageError, one.copy().subtract,
                          statslice.as_record(stats_profile(1.0, g=5.0), end=START))
        self.assertRaises(TypeError, one.merge, 3)

    def test_record__refuses_nonsense(self):
        for nonsense in (42, None, object(), {"a": 1}):
            with self.assertRaises(TypeError):
                statslice.as_record(nonsense)
        key = ("f", 1, "g")
        for rows in ({1: 2}, {key: (1, 1, 0.0)}, {key: (-1, 1, 0.0, 0.0, {})},
                     {key: (1, 1, float("nan"), 0.0, {})}, {key: (1, 1, 1e300, 0.0, {})},
                     {("f", 2**40, "g"): (1, 1, 0.0, 0.0, {})}, {key: ("a", 1, 0.0, 0.0, {})},
                     {("f\0", 1, "g"): (1, 1, 0.0, 0.0, {})}, {key: (1, 1, 0.0, 0.0, [])},
                     {key: (1, 1, 0.0, 0.0, {"x": 1})}, {key: (1, 1, 0.0, 0.0, {key: (1,)})}):
            with self.assertRaises((TypeError, ValueError, OverflowError)):
                statslice.as_record(stats_of(rows))
        record = statslice.ProfileRecord()
        with self.assertRaises(ValueError):
            record.coverage = 2
        with self.assertRaises(ValueError):
            record.engine = "steam"
        self.assertRaises(IndexError, record.add_rows, [], [(0, 0, 1, 1, 1, 1)])
        self.assertRaises(TypeError, record.add_rows, [1], [])

    def test_write__every_format_by_its_ending(self):
        record = statslice.as_record(stats_profile(1.0, f=1.0), {"a": "b"}, end=START)
        for name in ("x.prof", "x.ndjson", "x.ndjson.gz", "x.ndjson.zst"):
            path = self.folder / name
            record.write(path)
            (again,) = statslice.read(path)
            self.assertEqual(again.get_stats_profile(exact=True),
                             record.get_stats_profile(exact=True), name)
        self.assertEqual(gzip.open(self.folder / "x.ndjson.gz").read(), record.to_bytes("ndjson"))
        with self.assertRaises(ValueError):
            record.write(self.folder / "x.unknown")
        with self.assertRaises(statslice.NotFoundError):
            record.write(self.folder / "x", "no such format")
        with self.assertRaises(FileNotFoundError):
            record.write(self.folder / "missing" / "x.prof")


class Logging(WithFolder):
    PROFILE = stats_profile(1.5, f=1.25, g=0.25)

    def assert_line(self, line):
        self.assertEqual(line.count("\n"), 1)
        data = json.loads(line)
        self.assertEqual((data["statslice"], data["total_tt"], data["labels"]),
                         (1, 1.5, {"service": "shop"}))
        (record,) = statslice.read(line.encode())
        self.assertEqual({row.name: row.cumtime for row in record.functions()}, {"f": 1.25, "g": 0.25})
        self.assertEqual(record.end, datetime.datetime(2020, 2, 18, 4, 26, 40, tzinfo=UTC))

    def test_log__needs_a_target_that_can_be_written(self):
        with self.assertRaisesRegex(TypeError, "a logger or a path, not NoneType"):
            statslice.log(self.PROFILE, None)

    def log(self, target):
        return statslice.log(self.PROFILE, target, labels={"service": "shop"}, end=START)

    def test_log__to_streams(self):
        text, binary = io.StringIO(), io.BytesIO()
        self.log(text)
        self.log(binary)
        self.assert_line(text.getvalue())
        self.assert_line(binary.getvalue().decode())

    def test_log__to_files_and_paths(self):
        path = self.folder / "log"
        with open(path, "w") as file:
            self.log(file)
        self.assert_line(path.read_text())
        with open(path, "wb") as file:
            self.log(file)
        self.assert_line(path.read_text())
        self.log(path)
        self.assertEqual(len(list(statslice.read(path))), 2)

    def test_log__to_a_logger_whose_lines_are_found(self):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger = logging.Logger("shop")
        logger.addHandler(handler)
        logger.info("started, 100%% of it")
        self.log(logger)
        logger.info("stopped")
        reader = statslice.read(stream.getvalue().encode())
        (record,) = reader
        self.assertEqual(record.labels, {"service": "shop"})
        counts = reader.counts()
        self.assertEqual((counts["lines"], counts["profiles"], counts["lines_passed"]), (3, 1, 2))

    def test_log__of_names_that_are_not_ascii_to_any_target(self):
        names = ["h\xe4user", "\u5bb6", "\U0001f3e0", "\udc80"]
        profile = stats_profile(4.0, **{name: 1.0 for name in names})
        labels = {"stra\xdfe": "\u4e00\U0001f3e0"}
        path = self.folder / "log"
        with open(path, "w", encoding="ascii") as file:
            line = statslice.log(profile, file, labels)
        with open(path, "ab") as file:
            statslice.log(profile, file, labels)
        statslice.log(profile, path, labels)
        self.assertTrue(all(ord(character) < 128 for character in line))
        records = list(statslice.read(path))
        self.assertEqual(len(records), 3)
        for record in records:
            self.assertEqual([row.name for row in record.functions()], names)
            self.assertEqual(record.labels, labels)

    def test_log__returns_the_line(self):
        stream = io.StringIO()
        self.assertEqual(self.log(stream) + "\n", stream.getvalue())

    def test_log__does_not_stop_a_profiler(self):
        for make in (statslice.Profile, cProfile.Profile):
            profile = make()
            profile.enable()
            outer(3)
            statslice.log(profile, io.StringIO())
            outer(3)
            profile.disable()
            rows = statslice.as_record(profile).functions()  # with those of imports that log makes
            (row,) = [row for row in rows if (row.file_name, row.name) == (__file__, "inner")]
            self.assertEqual(row.ncalls, 6)


class Reading(WithFolder):
    def test_read__closes_and_refuses(self):
        reader = statslice.read(b"no profile\n")
        self.assertEqual(list(reader), [])
        reader.close()
        reader.close()
        self.assertRaises(ValueError, next, reader)
        self.assertRaises(ValueError, reader.counts)

    def test_read__of_missing_files_is_os_error(self):
        with self.assertRaises(FileNotFoundError) as caught:
            statslice.read(self.folder / "missing")
        self.assertEqual(caught.exception.filename, str(self.folder / "missing"))
        self.assertRaises(IsADirectoryError, statslice.read, self.folder)

    def test_read__of_broken_input_is_format_error(self):
        path = self.folder / "broken.prof"
        statslice.as_record(stats_profile(1.0, f=1.0)).write(path)
        path.write_bytes(path.read_bytes()[:-9])
        with self.assertRaises(statslice.FormatError) as caught:
            list(statslice.read(path))
        self.assertIn("broken.prof", str(caught.exception))
        self.assertIsInstance(caught.exception, (statslice.Error, ValueError))

    def test_read__strict_refuses_broken_lines(self):
        line = statslice.log(stats_profile(1.0, f=1.0), io.StringIO())[:-20].encode() + b"\n"
        reader = statslice.read(line)
        self.assertEqual(list(reader), [])
        self.assertEqual(reader.counts()["lines_broken"], 1)
        with self.assertRaises(statslice.FormatError):
            list(statslice.read(line, strict=True))

    def test_read__from_threads_at_once(self):
        data = statslice.log(stats_profile(1.0, f=1.0), io.StringIO()).encode() + b"\n"
        reader = statslice.read(data * 2000)
        seen, refused = [], []

        def work():
            while True:
                try:
                    seen.append(next(reader).totals())
                except StopIteration:
                    return
                except ValueError as error:
                    refused.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(seen), 2000)


class Slicing(WithFolder):
    def article(self):
        """Ten rounds that end 3 s apart, as (time, StatsProfile)."""
        return [(START + 3 * i, stats_profile(2.0 + i / 4, sleep1=1.0 + i / 8, sleep2=i / 8))
                for i in range(10)]

    def counters(self, rounds, width):
        """What people write by hand: cumtime of a name, summed by the slice of its time."""
        first = rounds[0][0]
        counters = collections.defaultdict(collections.Counter)
        for moment, profile in rounds:
            for name, row in profile.func_profiles.items():
                counters[(moment - first) // width][name] += row.cumtime
        return counters

    def slices(self, inputs, **options):
        return statslice.slices(inputs, slice=10, by="name", metric="cumtime", origin="first",
                                attribution="end", **options)

    def test_slices__of_the_articles_list(self):
        rounds = self.article()
        series = self.slices(rounds)
        expected = self.counters(rounds, 10)
        self.assertEqual(len(series), len(expected))
        for i, slice in enumerate(series.slices):
            self.assertEqual(slice.begin_ns, (START + 10 * i) * 10**9)
            for name in ("sleep1", "sleep2"):
                self.assertAlmostEqual(series[name][i], expected[i][name], places=9)
        self.assertEqual(set(series.columns), {"sleep1", "sleep2"})

    def test_slices__of_anything_are_the_same(self):
        rounds = self.article()
        expected = self.slices(rounds).to_dict()
        log = self.folder / "x.log"
        for moment, profile in rounds:
            statslice.log(profile, log, end=moment)
        records = [statslice.as_record(profile, end=moment) for moment, profile in rounds]
        inputs = {
            "path": str(log), "path object": log, "bytes": log.read_bytes(), "records": records,
            "generator": (record for record in records), "reader": statslice.read(log),
            "stamped": tuple(rounds), "mixed": [log.read_bytes().splitlines(True)[0], *rounds[1:]],
            "spans": [(record.begin, record.end, profile)
                      for record, (_, profile) in zip(records, rounds)],
            "datetimes": [(datetime.datetime.fromtimestamp(moment, UTC), profile)
                          for moment, profile in rounds],
            "asdict": b"".join(
                json.dumps({"timestamp": moment, "stats_profile": json.loads(profile.to_json())})
                .encode() + b"\n" for moment, profile in rounds),
        }
        for what, value in inputs.items():
            with self.subTest(what):
                self.assertEqual(self.slices(value).to_dict(), expected)

    def test_series__columns_rows_and_totals(self):
        series = self.slices(self.article())
        data = series.to_dict()
        self.assertEqual(list(data), ["begin", "sleep1", "sleep2"])
        self.assertEqual(dict(series), data)
        self.assertEqual([row["sleep1"] for row in series], data["sleep1"])
        self.assertEqual(series.values, [list(row) for row in zip(data["sleep1"], data["sleep2"])])
        self.assertEqual(series.totals, {"sleep1": 15.625, "sleep2": 5.625})
        self.assertEqual(sum(series.total), 21.25)
        self.assertEqual(sum(series.sums("sleep1")), 15625000000)
        self.assertEqual((series.metric, series.unit, series.by, series.zone, series.scale),
                         ("cumtime", "s", "name", "UTC", "total"))
        self.assertEqual((series.has_other, series.is_nested, series.group_count), (False, True, 2))
        self.assertEqual(series.counts, {"profiles_in": 10, "profiles_out": 0, "functions_out": 0})
        self.assertEqual(series.slices[0].begin, datetime.datetime(2020, 2, 18, 4, 26, 40, tzinfo=UTC))
        self.assertRaises(KeyError, series.__getitem__, "nothing")
        self.assertEqual(json.loads(series.to_text("json"))["metric"], "cumtime")
        self.assertIn("sleep1", str(series))

    def test_series__other_is_exact(self):
        series = self.slices(self.article(), top=1)
        self.assertEqual(list(series.to_dict()), ["begin", "sleep1", "other"])
        self.assertEqual(sum(series.other), 5.625)
        self.assertEqual(series["other"], series.other)

    def test_series__a_group_of_a_reserved_name_keeps_its_values(self):
        series = self.slices([(START, stats_profile(1.0, begin=0.75, other=0.25))])
        data = series.to_dict()
        self.assertEqual(list(data), ["begin", "begin_", "other"])
        self.assertEqual((data["begin_"], data["other"]), ([0.75], [0.25]))

    def test_pandas__takes_it(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("pandas is not installed")
        series = self.slices(self.article())
        for frame in (pandas.DataFrame(series), pandas.DataFrame(series.to_dict())):
            self.assertEqual(list(frame.columns), ["begin", "sleep1", "sleep2"])
            self.assertEqual(frame["sleep1"].sum(), 15.625)
            self.assertEqual(frame.set_index("begin").index[0], pandas.Timestamp(START, unit="s", tz="UTC"))

    def test_options__in_pythons_words(self):
        rounds = self.article()
        whole = self.slices(rounds).to_dict()
        for options in ({"width": datetime.timedelta(seconds=10)}, {"width": "10s"}, {"slice": 10.0}):
            series = statslice.slices(rounds, by=["name"], metric="cumtime", origin=START,
                                      attribution="end", **options)
            self.assertEqual(series.to_dict(), whole)
        named = {"slice": 10, "by": "name", "metric": "cumtime", "origin": START, "attribution": "end"}
        later = statslice.slices(rounds, from_=START + 10, **named)
        self.assertEqual(later["sleep1"], whole["sleep1"][1:])
        moment = datetime.datetime.fromtimestamp(START + 10, UTC)
        earlier = statslice.slices(rounds, to=moment, **named)
        self.assertEqual(earlier["sleep1"], whole["sleep1"][:1])
        shares = self.slices(rounds, share=True, metric_=None)
        self.assertEqual(shares.unit, "ratio")
        self.assertEqual(self.slices(rounds, match=["sleep1"]).columns, ["sleep1"])
        self.assertEqual(self.slices(rounds, match="sleep2", rate=False).columns, ["sleep2"])

    def test_options__where_by_labels(self):
        records = [statslice.as_record(profile, {"service": "ab"[i % 2]}, end=moment)
                   for i, (moment, profile) in enumerate(self.article())]
        for where in ("service=a", ["service=a"], {"service": "a"}):
            series = self.slices(records, where=where)
            self.assertEqual(series.counts["profiles_in"], 5)
        both = statslice.slices(records, slice="1d", by=("label:service", "name"))
        self.assertEqual(len(both.columns), 4)

    def test_options__of_a_zone(self):
        series = statslice.slices(self.article(), slice="day", zone="Europe/Berlin")
        begin = series.slices[0].begin
        self.assertEqual(begin.isoformat(), "2020-02-18T00:00:00+01:00")

    def test_options__wrong_ones_are_refused(self):
        self.assertRaises(TypeError, statslice.slices, [], nonsense=1)
        for options in ({"metric": "nonsense"}, {"slice": "-1s"}, {"slice": 0}, {"top": "x"},
                        {"where": "nonsense"}, {"match": "("}, {"zone": "Mars/North"}):
            with self.assertRaises(statslice.UsageError):
                statslice.slices([], **options)
        for options in ({"from_": object()}, {"slice": []}):
            with self.assertRaises(TypeError):
                statslice.slices([], **options)

    def test_slices__of_nothing_is_empty(self):
        series = statslice.slices([])
        self.assertEqual((len(series), series.columns, series.values, list(series)), (0, [], [], []))
        self.assertEqual(series.to_dict(), {"begin": []})

    def test_slices__of_nonsense_are_refused(self):
        self.assertRaises(TypeError, statslice.slices, 42)
        self.assertRaises(TypeError, statslice.slices, [42])
        self.assertRaises(FileNotFoundError, statslice.slices, str(self.folder / "missing"))
        self.assertRaises(TypeError, statslice.Series)

    @unittest.skipUnless(hasattr(signal, "setitimer"), "needs timers")
    def test_slices__hear_signals_while_they_read(self):
        line = statslice.log(stats_profile(1.0, **{"f%d" % i: 1.0 for i in range(200)}), io.StringIO())
        log = (line.encode() + b"\n") * 10000

        def interrupt(number, frame):
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with self.assertRaises(KeyboardInterrupt):
            for _ in range(1000):
                statslice.slices(log, slice="1s", match="nothing")


class Charts(WithFolder):
    ROUNDS = [(START + 10 * i, stats_profile(3.0, f=1.0 + i, g=2.0, h=0.5)) for i in range(6)]

    def series(self):
        return statslice.slices(self.ROUNDS, slice=10, by="name")

    def test_chart__of_a_series_and_of_inputs_is_the_same(self):
        chart = statslice.chart(self.series(), title="A & B")
        self.assertEqual(statslice.chart(self.ROUNDS, slice=10, by="name", title="A & B").render("svg"),
                         chart.render("svg"))
        self.assertEqual(self.series().chart(title="A & B").render("svg"), chart.render("svg"))

    def test_chart__shows_itself_in_a_notebook(self):
        import xml.etree.ElementTree

        svg = statslice.chart(self.series(), title="A & B")._repr_svg_()
        self.assertTrue(xml.etree.ElementTree.fromstring(svg).tag.endswith("svg"))
        self.assertIn("A &amp; B", svg)
        self.assertTrue(self.series()._repr_svg_().lstrip().startswith("<"))

    def test_chart__prints_itself(self):
        text = str(statslice.chart(self.series(), columns=70, rows=20))
        self.assertIn("f", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 70)
        self.assertTrue(str(statslice.chart(self.series(), ascii=True)).isascii())

    def test_chart__saves_by_the_ending(self):
        for name, magic in (("x.svg", b"<"), ("x.png", b"\x89PNG"), ("x.pdf", b"%PDF"), ("x.txt", b"")):
            path = self.folder / name
            statslice.chart(self.series(), path, width_px=640)
            self.assertTrue(path.read_bytes().startswith(magic), name)
        statslice.chart(self.series()).save(self.folder / "picture", format="png")
        self.assertTrue((self.folder / "picture").read_bytes().startswith(b"\x89PNG"))

    def test_chart__refuses_what_it_does_not_know(self):
        chart = statslice.chart(self.series())
        self.assertRaises(ValueError, chart.save, self.folder / "x.jpg")
        self.assertRaises(statslice.NotFoundError, chart.render, "jpg")
        self.assertRaises(TypeError, statslice.chart(self.series(), nonsense=1).render, "svg")
        self.assertRaises(ValueError, statslice.chart(self.series(), theme="pink").render, "svg")
        self.assertRaises(statslice.UsageError, statslice.chart(self.series(), width_px=3).render, "svg")


if __name__ == "__main__":
    unittest.main()
