"""statslice.pstats against the pstats that ships with the interpreter that runs this."""
import copy
import cProfile
import io
import itertools
import marshal
import os
import pickle
import profile
import pstats
import random
import subprocess
import sys
import tempfile
import unittest

from statslice import _core
from statslice import pstats as ours

SORT_KEYS = list(pstats.Stats.sort_arg_dict_default)
NAN = float("nan")


def busy():
    """Code of the standard library with a few hundred functions, recursion and built-ins."""
    import argparse
    import ast
    import inspect
    import json
    import textwrap
    import tokenize

    source = inspect.getsource(textwrap)
    ast.dump(ast.parse(source))
    list(tokenize.generate_tokens(io.StringIO(source).readline))
    json.loads(json.dumps({"a": [list(range(5))] * 20}, indent=1))
    fibonacci(9)
    parser = argparse.ArgumentParser(prog="x")
    parser.add_argument("--thing", choices="abc")
    parser.parse_args(["--thing", "a"])
    parser.format_help()


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def synthetic(seed, functions=200):
    """Stats with what real ones seldom have: halves of a millisecond, huge and negative times."""
    chance = random.Random(seed)
    plain = seed % 2 == 1  # else with integers that only marshal reads
    times = [0.0, 0.0005, 0.0015, 0.0025, 1.0005, 2.5e-7, 1e-9, -0.0004, -0.5, 123456.7895, 7, 0]
    times += [3e12, 1e300] if plain else [3e8]
    keys = [("~", 0, "<built-in method %s>" % name) for name in ("a", "b.c", "")]
    keys += [("~", 0, "<"), ("~", 0, "no brackets"), ("", 0, ""), ("\u00e9\udc80.py", -3, "\u4e00")]
    keys += [("/p%d/m%d.py" % (i % 3, i % 7), i, "f%d" % (i % 50)) for i in range(functions)]
    keys += [("/other/m1.py", 1, "f1"), ("jprofile", 0, "profiler")]
    stats = {}
    for key in keys:
        calls = chance.choice([0, 1, 2, 3, 7, 1000, 2 ** 30 if plain else 2 ** 40])
        primitive = chance.choice([calls, calls // 2, 0])
        callers = {
            caller: (chance.randrange(9), chance.randrange(9), chance.choice(times), chance.random())
            for caller in chance.sample(keys, chance.randrange(4))
        }
        stats[key] = (primitive, calls, chance.choice(times) or chance.random(),
                      chance.choice(times), callers)
    return stats


class WithFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def dumped(self, stats, name="dumped.prof", version=marshal.version):
        path = self.path(name)
        with open(path, "wb") as file:
            marshal.dump(stats, file, version)
        return path

    def profiled(self, name="real.prof"):
        profiler = cProfile.Profile()
        profiler.runcall(busy)
        profiler.dump_stats(self.path(name))
        return self.path(name)

    def profiled_by_profile(self):
        profiler = profile.Profile()
        profiler.runcall(fibonacci, 5)
        profiler.dump_stats(self.path("profile.prof"))
        return self.path("profile.prof")

    def inputs(self):
        yield self.profiled()
        yield self.profiled_by_profile()
        for seed in range(5):
            stats = synthetic(seed)
            yield self.dumped(stats, "synthetic%d.prof" % seed)
            yield self.dumped(stats, "old%d.prof" % seed, version=2)


def both(*args):
    """The same Stats by both modules, with their streams."""
    theirs_stream, ours_stream = io.StringIO(), io.StringIO()
    return (pstats.Stats(*args, stream=theirs_stream), ours.Stats(*args, stream=ours_stream),
            theirs_stream, ours_stream)


class Loading(WithFiles):
    ATTRIBUTES = ("stats", "total_calls", "prim_calls", "total_tt", "max_name_len", "top_level",
                  "fcn_list", "files", "all_callees")

    def assert_same(self, theirs, mine):
        for name in self.ATTRIBUTES:
            self.assertEqual(getattr(theirs, name), getattr(mine, name), name)
        self.assertEqual(list(theirs.stats), list(mine.stats))
        self.assertEqual(theirs.total_tt.hex() if theirs.total_tt else 0,
                         mine.total_tt.hex() if mine.total_tt else 0)

    def test_load__all_attributes_equal(self):
        for path in self.inputs():
            with self.subTest(path=path):
                theirs, mine, _, _ = both(path)
                self.assert_same(theirs, mine)

    def test_add__of_files_equals(self):
        paths = list(self.inputs())
        paths.remove(self.path("profile.prof"))  # its callers are not of a kind with the others'
        theirs, mine, _, _ = both(*paths)
        self.assert_same(theirs, mine)
        theirs.add(paths[0])
        mine.add(paths[0])
        self.assert_same(theirs, mine)

    def test_add__itself_doubles(self):
        theirs, mine, _, _ = both(self.profiled())
        theirs.add(theirs)
        mine.add(mine)
        self.assert_same(theirs, mine)

    def test_add__takes_the_standard_library_stats(self):
        path = self.profiled()
        theirs, mine, _, _ = both(path, path)
        mine = ours.Stats(path).add(pstats.Stats(path))
        self.assert_same(theirs, mine)

    def test_profiler__gives_its_stats_away(self):
        first, second = cProfile.Profile(), cProfile.Profile()
        first.runcall(fibonacci, 3)
        second.runcall(fibonacci, 3)
        self.assertEqual(list(pstats.Stats(first).stats), list(ours.Stats(second).stats))
        self.assertEqual(second.stats, {})

    def test_path_object__is_taken(self):
        import pathlib

        path = self.profiled()
        self.assertEqual(ours.Stats(pathlib.Path(path)).stats, pstats.Stats(path).stats)

    def test_nothing__is_empty_and_fills_up(self):
        theirs, mine, _, _ = both()
        self.assert_same(theirs, mine)
        path = self.profiled()
        self.assert_same(theirs.add(path), mine.add(path))

    def test_wrong_things__are_refused_by_both(self):
        broken = self.path("broken.prof")
        with open(self.profiled(), "rb") as file:
            data = file.read()
        for what, content in (("empty", b""), ("cut", data[:len(data) // 2]), ("text", b"import x"),
                              ("no dict", marshal.dumps([1, 2])), ("no stats", marshal.dumps({1: 2})),
                              ("short", marshal.dumps({("f", 1, "g"): (1, 1, 0.0, 0.0)})),
                              ("nothing", marshal.dumps({}))):
            with open(broken, "wb") as file:
                file.write(content)
            for module in (pstats, ours):
                with self.subTest(what, module=module):
                    self.assertRaises((AttributeError, EOFError, TypeError, ValueError),
                                      module.Stats, broken, stream=io.StringIO())
        for thing in (42, object(), self.path("missing.prof")):
            with self.assertRaises(Exception) as theirs:
                pstats.Stats(thing)
            with self.assertRaises(type(theirs.exception)):
                ours.Stats(thing)

    def test_every_cut__is_refused(self):
        data = marshal.dumps({("f.py", 1, "g"): (1, 1, 0.5, 0.5, {("f.py", 2, "h"): (1, 1, 0.5, 0.5)})})
        path = self.path("cut.prof")
        for length in range(len(data)):
            with open(path, "wb") as file:
                file.write(data[:length])
            with self.assertRaises((EOFError, ValueError, TypeError)):
                ours.Stats(path)

    def test_flipped_bits__plain_is_what_marshal_loads(self):
        data = marshal.dumps(synthetic(3, 8))
        chance = random.Random(5)
        plain = 0
        for _ in range(3000):
            flipped = bytearray(data)
            flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            flipped = bytes(flipped)
            if not _core.is_plain_stats(flipped):
                continue  # not for marshal either: it crashes on some of these
            plain += 1
            stats = marshal.loads(flipped)
            for function in (_core.stats_totals, self.function_profiles):
                self.assertEqual(repr(function(flipped)), repr(function(stats)))
        self.assertGreater(plain, 300)

    def test_flipped_bits__never_crash(self):
        for seed in (2, 3):
            data = marshal.dumps(synthetic(seed, 8))
            chance = random.Random(seed)
            path = self.path("flipped.prof")
            for _ in range(700):
                flipped = bytearray(data)
                flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                with open(path, "wb") as file:
                    file.write(flipped)
                try:
                    ours.Stats(path, stream=io.StringIO()).get_stats_profile()
                except Exception as error:
                    self.assertNotIsInstance(error, (MemoryError, RecursionError, SystemError))

    def function_profiles(self, source):
        return _core.stats_func_profiles(source, None, ours.FunctionProfile)

    def test_dump__loads_in_both(self):
        path = self.profiled()
        ours.Stats(path).dump_stats(self.path("again.prof"))
        self.assertEqual(pstats.Stats(self.path("again.prof")).stats, pstats.Stats(path).stats)

    def test_stats__changed_by_hand_counts(self):
        theirs, mine, theirs_stream, ours_stream = both(self.profiled())
        for stats in (theirs, mine):
            stats.stats = {key: entry for key, entry in stats.stats.items() if "json" in key[0]}
            del stats.stats[next(iter(stats.stats))]
            stats.print_stats()
        self.assertEqual(theirs_stream.getvalue(), ours_stream.getvalue())
        self.assertEqual(len(mine.get_stats_profile(exact=True).func_profiles), len(mine.stats))

    def test_copies__are_whole(self):
        mine = ours.Stats(self.profiled(), stream=io.StringIO())
        expected = copy.deepcopy(mine).stats
        self.assertTrue(expected)
        self.assertEqual(pickle.loads(pickle.dumps(mine)).stats, expected)
        self.assertEqual(copy.copy(mine).stats, expected)


class Tables(WithFiles):
    def assert_prints_equal(self, path, act):
        theirs, mine, theirs_stream, ours_stream = both(path)
        act(theirs)
        act(mine)
        self.assertEqual(theirs_stream.getvalue(), ours_stream.getvalue())

    def print_all(self, stats, *restrictions):
        stats.print_stats(*restrictions)
        stats.print_callers(*restrictions)
        stats.print_callees(*restrictions)

    def test_tables__as_loaded(self):
        for path in self.inputs():
            with self.subTest(path=path):
                self.assert_prints_equal(path, self.print_all)

    def test_tables__every_sort_key_and_its_beginnings(self):
        path = self.dumped(synthetic(11))
        beginnings = {key[:n] for key in SORT_KEYS for n in range(1, len(key) + 1)}
        beginnings &= set(pstats.Stats().get_sort_arg_defs())
        self.assertEqual(pstats.Stats().get_sort_arg_defs(), ours.Stats().get_sort_arg_defs())
        for key in sorted(beginnings) + [-1, 0, 1, 2]:
            with self.subTest(key=key):
                self.assert_prints_equal(path, lambda stats: stats.sort_stats(key).print_stats())

    def test_tables__pairs_of_keys_and_reverse(self):
        path = self.dumped(synthetic(12))
        for keys in itertools.permutations(SORT_KEYS, 2):
            with self.subTest(keys=keys):
                self.assert_prints_equal(
                    path, lambda stats: stats.sort_stats(*keys).reverse_order().print_stats(40))

    def test_tables__restrictions(self):
        path = self.profiled()
        for restrictions in ((), (5,), (0,), (0.1,), (0.0,), (1.0,), (1,), (10 ** 9,), (-1,),
                             ("json",), ("(", 3), ("argparse", 0.5, 2), ("nothing such",),
                             (True,), (r"\(f",), ("^~|<",)):
            with self.subTest(restrictions=restrictions):
                self.assert_prints_equal(
                    path, lambda stats: self.print_all(stats.sort_stats("nfl"), *restrictions))

    def test_tables__stripped(self):
        for path in (self.profiled(), self.dumped(synthetic(13))):
            self.assert_prints_equal(
                path, lambda stats: self.print_all(stats.strip_dirs().sort_stats("cumulative")))

    def test_mixed_keys__are_refused(self):
        stats = ours.Stats(self.profiled())
        self.assertRaises(TypeError, stats.sort_stats, "calls", ours.SortKey.TIME)
        self.assertRaises(TypeError, stats.sort_stats, ours.SortKey.TIME, "calls")
        self.assertRaises(KeyError, stats.sort_stats, "c")

    def test_subclass__may_print_its_own_lines(self):
        class Mine(ours.Stats):
            def print_line(self, func):
                print("line", func[2], file=self.stream)

        stream = io.StringIO()
        Mine(self.profiled(), stream=stream).print_stats("fibonacci")
        self.assertIn("line fibonacci", stream.getvalue())


@unittest.skipUnless(hasattr(pstats.Stats, "get_stats_profile"), "pstats has it from 3.9 on")
class StatsProfiles(WithFiles):
    def assert_profiles_equal(self, theirs, mine):
        self.assertEqual(theirs, mine)
        self.assertEqual(mine, theirs)
        self.assertEqual(repr(theirs), repr(mine))

    def test_stats_profile__equals(self):
        for path in self.inputs():
            with self.subTest(path=path):
                theirs, mine, _, _ = both(path)
                self.assert_profiles_equal(theirs.get_stats_profile(), mine.get_stats_profile())

    def test_stats_profile__equals_in_any_order(self):
        for path in self.inputs():
            for key in ("calls", "stdname"):
                theirs, mine, _, _ = both(path)
                self.assert_profiles_equal(theirs.sort_stats(key).get_stats_profile(),
                                           mine.sort_stats(key).get_stats_profile())

    def test_stats_profile__equals_after_sums_and_strips(self):
        paths = [self.profiled("a.prof"), self.dumped(synthetic(1), "b.prof")]
        theirs, mine, _, _ = both(*paths)
        self.assert_profiles_equal(theirs.get_stats_profile(), mine.get_stats_profile())
        self.assert_profiles_equal(theirs.strip_dirs().get_stats_profile(),
                                   mine.strip_dirs().get_stats_profile())

    def test_stats_profile__of_nothing(self):
        theirs, mine, _, _ = both()
        self.assert_profiles_equal(theirs.get_stats_profile(), mine.get_stats_profile())


class Module(unittest.TestCase):
    def test_names__all_of_pstats(self):
        for name, thing in vars(pstats).items():
            if getattr(thing, "__module__", None) == "pstats":
                self.assertTrue(hasattr(ours, name), name)
        for name in dir(pstats.Stats):
            self.assertTrue(hasattr(ours.Stats, name), name)

    def test_sort_key__equals(self):
        for theirs, mine in zip(pstats.SortKey, ours.SortKey):
            self.assertEqual((theirs.name, theirs.value, str(theirs)),
                             (mine.name, mine.value, str(mine)))
        self.assertIs(ours.SortKey("ncalls"), ours.SortKey.CALLS)

    def test_helpers__do_the_same(self):
        for func in (("~", 0, "<len>"), ("~", 0, "len"), ("/a/b.py", 3, "f"), ("~", 1, "<x>")):
            for name in ("func_std_string", "func_strip_path", "func_get_function_name"):
                self.assertEqual(getattr(pstats, name)(func), getattr(ours, name)(func))
        self.assertEqual(ours.count_calls({"a": 2, "b": 3}), 5)
        self.assertEqual(ours.f8(1.23456), pstats.f8(1.23456))
        new = {"a": (1, 2, 3.5, 4)}, {"a": (1, 1, 1.25, 1), "b": (0, 0, 0, 1)}
        old = {"a": 1}, {"a": 2, "b": 3}
        for target, source in (new, old, ({}, {}), ({}, new[1])):
            self.assertEqual(pstats.add_callers(target, source), ours.add_callers(target, source))
            self.assertEqual(pstats.add_func_stats((1, 2, 3, 4.5, target), (1, 1, 1, 1, source)),
                             ours.add_func_stats((1, 2, 3, 4.5, target), (1, 1, 1, 1, source)))
        rows = [(2, "b"), (1, "b"), (2, "a")]
        for columns in ([(0, 1)], [(0, -1)], [(1, 1), (0, -1)]):
            for left, right in itertools.product(rows, rows):
                self.assertEqual(pstats.TupleComp(columns).compare(left, right),
                                 ours.TupleComp(columns).compare(left, right))

    def test_rounding__is_that_of_the_decimal_text(self):
        chance = random.Random(1)
        numbers = [0.0005, 0.0015, 1.0005, 2.0005, 0.1235, -0.0005, 1e300, 5e-324, float("inf"), 7,
                   2 ** 70, -0.0, 123456789.1235, 999999.9995]
        numbers += [chance.randrange(10 ** 7) / 10 ** 4 for _ in range(20000)]
        numbers += [chance.random() * 10 ** chance.randrange(-6, 12) for _ in range(20000)]
        for number in numbers:
            expected = float("%8.3f" % number)
            self.assertEqual(expected.hex(), _core.stats_round(number).hex(), number)
        self.assertNotEqual(_core.stats_round(NAN), _core.stats_round(NAN))


class Browser(WithFiles):
    COMMANDS = "\n".join([
        "stats 3", "sort", "sort nosuch", "sort cumulative name", "stats 5", "reverse", "stats 3",
        "strip", "stats 0.1 json", "stats 7.5 2", "callers fibonacci", "callees fibonacci", "add %s",
        "stats 2", "add missing.prof", "read missing.prof", "read", "help", "help stats",
        "help add", "help sort", "help read", "help callers", "help quit", "stats 2", "quit"])

    def browse(self, module, *files):
        commands = (self.COMMANDS % files[0] if files else "stats\nadd x\nread\nsort\nstrip\n") + "\n"
        run = subprocess.run([sys.executable, "-m", module, *files], input=commands.encode(),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(run.stderr, b"")
        self.assertEqual(run.returncode, 0)
        return run.stdout.decode()

    def test_browser__says_what_that_of_pstats_says(self):
        path = self.profiled()
        for files in ((path,), (path, path), ()):
            self.assertEqual(self.browse("pstats", *files), self.browse("statslice.pstats", *files))


if __name__ == "__main__":
    unittest.main()
