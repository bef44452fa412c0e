"""Tests of statslice._collector and statslice.cprofile.

What is expected comes from counting by hand, from a clock that the tests turn themselves, or
from the interpreter's own cProfile on the same program.
"""
import gc
import marshal
import os
import pstats
import random
import re
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest

import cProfile

from statslice import _collector
from statslice import cprofile

try:
    from cProfile import label
except ImportError:  # 3.15 has it elsewhere
    from profiling.tracing import label
try:
    import _testcapi
except ImportError:
    _testcapi = None

MONITORING = sys.version_info >= (3, 12)
DISABLE = ("~", 0, "<method 'disable' of '_lsprof.Profiler' objects>")


class Clock:
    """A timer that stands still unless told otherwise."""

    def __init__(self):
        self.now = 1000

    def __call__(self):
        return self.now


def find(stats, name):
    """The one function of this name: (primitive calls, calls, own, cumulative, callers)."""
    found = [value for key, value in stats.items() if key[2] == name]
    assert len(found) == 1, (name, found)
    return found[0]


def counts(stats):
    """All that two profilers must agree on: calls, and calls by caller; names without addresses."""
    def plain(key):
        return key[:2] + (re.sub(" at 0x[0-9a-f]+", "", key[2]),)
    return {plain(key): (cc, nc, sorted((plain(caller), value[:2])
                                        for caller, value in callers.items()))
            for key, (cc, nc, _, _, callers) in stats.items()}


def summed(entries):
    """What pstats keeps of getstats(), without times: equal identities summed, none dropped."""
    stats = {}
    for entry in entries:
        cc, nc, _, _, callers = stats.get(label(entry.code), (0, 0, 0, 0, {}))
        stats[label(entry.code)] = (cc + entry.callcount - entry.reccallcount,
                                             nc + entry.callcount, 0, 0, callers)
    for entry in entries:
        for call in entry.calls or ():
            callers = stats[label(call.code)][4]
            nc, cc = callers.get(label(entry.code), (0, 0))
            callers[label(entry.code)] = (nc + call.callcount,
                                                   cc + call.callcount - call.reccallcount)
    return stats


def compiled(source, name="program.py"):
    """The namespace of a program."""
    namespace = {}
    exec(compile(textwrap.dedent(source), name, "exec"), namespace)
    return namespace


class Timing(unittest.TestCase):
    """Times, by a clock that the profiled functions turn."""

    def setUp(self):
        self.clock = Clock()

    def tick(self, n):
        self.clock.now += n

    def profile(self, function, **options):
        profiler = _collector.Profiler(self.clock, 1e-9, builtins=False, **options)
        profiler.enable()
        try:
            function()
        finally:
            profiler.disable()
        return profiler

    def test_own_time_excludes_callees_and_cumulative_time_includes_them(self):
        def inner():
            self.clock.now += 30

        def outer():
            self.clock.now += 5
            inner()
            inner()
            self.clock.now += 7
        functions, edges = self.profile(outer).rows()
        by_name = {row[2]: row for row in functions}
        self.assertEqual(by_name["outer"][4:], (1, 1, 12, 72))
        self.assertEqual(by_name["inner"][4:], (2, 2, 60, 60))
        names = [row[2] for row in functions]
        self.assertEqual(edges, [(names.index("outer"), names.index("inner"), 2, 2, 60, 60)])

    def test_recursion_counts_cumulative_time_once(self):
        def down(n):
            self.clock.now += 10
            if n:
                down(n - 1)
        functions, edges = self.profile(lambda: down(4)).rows()
        by_name = {row[2]: row for row in functions}
        self.assertEqual(by_name["down"][4:], (5, 1, 50, 50))
        self.assertEqual(by_name["<lambda>"][4:], (1, 1, 0, 50))
        self.assertEqual(sorted(edge[2:] for edge in edges), [(1, 1, 10, 50), (4, 1, 40, 40)])

    def test_mutual_recursion_counts_each_function_once(self):
        def ping(n):
            self.clock.now += 1
            if n:
                pong(n - 1)

        def pong(n):
            self.clock.now += 100
            if n:
                ping(n - 1)
        rows = {row[2]: row for row in self.profile(lambda: ping(4)).rows()[0]}
        self.assertEqual(rows["ping"][4:], (3, 1, 3, 203))
        self.assertEqual(rows["pong"][4:], (2, 1, 200, 202))

    def test_an_exception_ends_a_call(self):
        def fail():
            self.clock.now += 3
            raise KeyError

        def work():
            for _ in range(2):
                try:
                    fail()
                except KeyError:
                    self.clock.now += 4
        rows = {row[2]: row for row in self.profile(work).rows()[0]}
        self.assertEqual(rows["fail"][4:], (2, 2, 6, 6))
        self.assertEqual(rows["work"][4:], (1, 1, 8, 14))

    def test_a_generator_is_charged_while_it_runs(self):
        def numbers():
            for i in range(3):
                self.clock.now += 10
                yield i

        def work():
            for _ in numbers():
                self.clock.now += 1
        rows = {row[2]: row for row in self.profile(work).rows()[0]}
        self.assertEqual(rows["numbers"][4:], (4, 4, 30, 30))
        self.assertEqual(rows["work"][4:], (1, 1, 3, 33))

    def test_disable_ends_the_calls_that_still_run(self):
        def outer():
            self.clock.now += 5
            inner()
            self.clock.now += 1000

        def inner():
            self.clock.now += 7
            profiler.disable()
            self.clock.now += 1000
        profiler = _collector.Profiler(self.clock, 1e-9, builtins=False)
        profiler.enable()
        outer()
        rows = {row[2]: row for row in profiler.rows()[0]}
        self.assertEqual(rows["outer"][4:], (1, 1, 5, 12))
        self.assertEqual(rows["inner"][4:], (1, 1, 7, 7))

    def test_enable_inside_nested_frames_ignores_what_began_before(self):
        def outer():
            inner()
            self.clock.now += 100
            leaf()

        def inner():
            profiler.enable()
            leaf()
            self.clock.now += 100

        def leaf():
            self.clock.now += 1
        profiler = _collector.Profiler(self.clock, 1e-9, builtins=False)
        outer()
        leaf()
        profiler.disable()
        self.assertEqual([row[2:3] + row[4:] for row in profiler.rows()[0]], [("leaf", 3, 3, 3, 3)])

    def test_own_times_add_up_to_the_time_profiled(self):
        source = random.Random(7)

        def node(depth):
            self.clock.now += source.randrange(1000)
            for _ in range(source.randrange(4) if depth else 0):
                source.choice(nodes)(depth - 1)
            self.clock.now += source.randrange(1000)
        nodes = [node, lambda depth: node(depth), lambda depth: [node(depth) for _ in "ab"]]

        def work():
            for _ in range(50):
                node(6)
        begin = self.clock.now
        functions, edges = self.profile(work).rows()
        self.assertEqual(sum(row[6] for row in functions), self.clock.now - begin)
        self.assertEqual({row[2]: row[7] for row in functions}["work"], self.clock.now - begin)
        self.assertGreater(len(edges), 4)

    def test_own_times_by_the_real_clock_add_up_to_the_outermost_call(self):
        profiler = _collector.Profiler()

        def work():
            for i in range(2000):
                sorted(range(i % 7), key=lambda x: -x)
        profiler.enable()
        work()
        profiler.disable()
        functions = profiler.rows()[0]
        total = sum(row[6] for row in functions if row[2] != DISABLE[2])
        outermost = {row[2]: row[7] for row in functions}["work"]
        self.assertAlmostEqual(total, outermost, delta=len(functions))  # 1 ns of rounding each

    def test_the_real_clock_runs_as_fast_as_the_steady_one(self):
        profiler = _collector.Profiler()
        begin = time.perf_counter()
        profiler.enable()
        time.sleep(0.15)
        profiler.disable()
        elapsed = time.perf_counter() - begin
        slept = find(profiler.stats_dict(), "<built-in method time.sleep>")[3]
        self.assertGreaterEqual(slept, 0.15)
        self.assertLessEqual(slept, elapsed)

    def test_a_second_reading_gives_the_same_figures(self):
        profiler = _collector.Profiler()
        profiler.enable()
        sorted(range(100), key=lambda x: -x)
        profiler.disable()
        self.assertEqual(profiler.rows(), profiler.rows())
        self.assertEqual(profiler.stats_dict(), profiler.stats_dict())

    def test_a_timer_of_seconds_keeps_nanoseconds(self):
        clock = Clock()
        clock.now = 12.5

        def work():
            clock.now += 0.25
        profiler = _collector.Profiler(clock)
        profiler.enable()
        work()
        profiler.disable()
        self.assertEqual({row[2]: row[6] for row in profiler.rows()[0]}["work"], 250000000)

    def test_a_timer_unit_scales_integers(self):
        def work():
            self.clock.now += 3
        profiler = _collector.Profiler(self.clock, 0.5)
        profiler.enable()
        work()
        profiler.disable()
        self.assertEqual(find(profiler.stats_dict(), "work")[2:4], (1.5, 1.5))
        self.assertEqual({row[2]: row[6] for row in profiler.rows()[0]}["work"], 1500000000)


class Identity(unittest.TestCase):
    """Which functions are told apart, and what they are called."""

    def test_two_code_objects_of_one_identity_are_summed(self):
        make = compiled("""
            def make():
                scope = {}
                exec(compile("def twin():\\n    pass\\n", "twin.py", "exec"), scope)
                return scope["twin"]
        """)["make"]
        first, second = make(), make()
        self.assertIsNot(first.__code__, second.__code__)
        profiler = _collector.Profiler(builtins=False)
        profiler.enable()
        first()
        second()
        second()
        profiler.disable()
        self.assertEqual(find(profiler.stats_dict(), "twin")[:2], (3, 3))
        twins = [row for row in profiler.rows()[0] if row[2] == "twin"]
        self.assertEqual([row[4:6] for row in twins], [(3, 3)])
        self.assertEqual(sorted(entry.callcount for entry in profiler.getstats()
                                if entry.code in (first.__code__, second.__code__)), [1, 2])

    def test_callers_of_one_identity_are_summed(self):
        scopes = []
        for _ in range(2):
            scope = {"leaf": sys.getsizeof}
            exec(compile("def twin(leaf):\n    leaf(1)\n", "twin.py", "exec"), scope)
            scopes.append(scope["twin"])
        profiler = _collector.Profiler()
        profiler.enable()
        for twin in scopes * 3:
            twin(sys.getsizeof)
        profiler.disable()
        callers = find(profiler.stats_dict(), "<built-in method sys.getsizeof>")[4]
        self.assertEqual([value[:2] for value in callers.values()], [(6, 6)])

    def test_addresses_are_not_part_of_a_name(self):
        profiler = _collector.Profiler()
        profiler.enable()
        object.__new__(object)
        profiler.disable()
        names = [key[2] for key in profiler.stats_dict()]
        self.assertIn("<built-in method __new__ of type object>", names)

    def test_rows_carry_the_qualified_name_where_code_has_one(self):
        class Shop:
            def sell(self):
                pass
        profiler = _collector.Profiler(builtins=False)
        profiler.enable()
        Shop().sell()
        profiler.disable()
        row = [row for row in profiler.rows()[0] if row[2] == "sell"][0]
        expected = Shop.sell.__qualname__ if sys.version_info >= (3, 11) else None
        self.assertEqual(row[:4], (__file__, Shop.sell.__code__.co_firstlineno, "sell", expected))

    def test_code_is_kept_alive_as_long_as_its_figures(self):
        profiler = _collector.Profiler(builtins=False)
        for i in range(200):  # freed code would be mistaken for new code at the same address
            scope = {}
            exec(compile("def f%d():\n    pass\n" % i, "many.py", "exec"), scope)
            profiler.enable()
            scope["f%d" % i]()
            profiler.disable()
        del scope
        gc.collect()
        found = {row[2]: row[4] for row in profiler.rows()[0] if row[0] == "many.py"}
        self.assertEqual(found, {"f%d" % i: 1 for i in range(200)})


PROGRAMS = {
    "classes": """
        class Base:
            def __init__(self, n):
                self.n = n
            @property
            def double(self):
                return self.n * 2
            @classmethod
            def make(cls, n):
                return cls(n)
            @staticmethod
            def helper(n):
                return abs(n)
            def __len__(self):
                return 3
            def __getattr__(self, name):
                raise AttributeError(name)
        def main():
            for i in range(20):
                base = Base.make(i)
                base.double, Base.helper(-i), len(base), hasattr(base, "x")
                str(base.n), repr([base.n]), dict.fromkeys("ab"), [].append(i), "a,b".split(",")
    """,
    "comprehensions": """
        def main():
            [x * x for x in range(10)]
            {x for x in range(3)}
            {x: len(str(x)) for x in range(4)}
            sum(x for x in range(10) if x % 2)
            list(map(lambda x: x + 1, filter(None, range(5))))
            sorted([3, 1, 2], key=lambda x: -x)
            max([1, 2], key=int), max(*([0],), **dict(key=int))
    """,
    "exceptions": """
        def fail(n):
            if n == 0:
                raise ValueError(n)
            try:
                fail(n - 1)
            finally:
                len("x")
        def main():
            for i in range(5):
                try:
                    fail(i)
                except ValueError:
                    pass
                try:
                    int("x")
                except ValueError as error:
                    str(error)
                try:
                    [].append()
                except TypeError:
                    pass
    """,
    "generators": """
        def numbers(n):
            try:
                for i in range(n):
                    got = yield i
            finally:
                abs(n)
        def chain(n):
            yield from numbers(n)
            yield from numbers(n)
        def main():
            list(chain(5))
            g = numbers(9)
            next(g), g.send(4)
            try:
                g.throw(KeyError)
            except KeyError:
                pass
            h = numbers(3)
            next(h)
            h.close()
            any(x == 1 for x in (1, 2))
    """,
    "coroutines": """
        import asyncio
        async def leaf(n):
            await asyncio.sleep(0)
            return n
        async def agen(n):
            for i in range(n):
                yield i
        async def top():
            for i in range(3):
                await leaf(i)
            return [x async for x in agen(4)]
        def main():
            coroutine = top()
            try:
                while True:
                    coroutine.send(None)
            except StopIteration:
                pass
    """,
    "recursion": """
        def even(n):
            return True if n == 0 else odd(n - 1)
        def odd(n):
            return False if n == 0 else even(n - 1)
        def ackermann(m, n):
            if m == 0:
                return n + 1
            if n == 0:
                return ackermann(m - 1, 1)
            return ackermann(m - 1, ackermann(m, n - 1))
        def main():
            even(30), ackermann(2, 3)
    """,
    "callbacks": """
        import functools, re, bisect
        def compare(a, b):
            return a - b
        class Lazy:
            def __get__(self, instance, owner):
                return len
            def __call__(self, x):
                return x
        class Holder:
            lazy = Lazy()
        def main():
            sorted([5, 2, 8], key=functools.cmp_to_key(compare))
            functools.reduce(lambda a, b: a + b, range(6))
            functools.partial(compare, 1)(2)
            re.sub("a", lambda m: m.group().upper(), "banana")
            Holder().lazy([1]), Lazy()(2)
            list(zip(map(str, range(3)), range(3)))
            "{:>{}}".format("x", 5), "-".join(str(i) for i in range(3))
            int.from_bytes(b"ab", "big"), (5).bit_length(), {}.get(1), {1: 2}.items()
    """,
}


STANDARD_LIBRARY = """
    import argparse, ast, asyncio, collections, contextlib, dataclasses, difflib, email, fractions
    import html.parser, inspect, io, json, pprint, statistics, string, tokenize
    class Parser(html.parser.HTMLParser):
        pass
    @contextlib.contextmanager
    def context():
        yield 1
    async def one(n):
        await asyncio.sleep(0)
        return n
    def main():
        with open(ast.__file__) as stream:
            source = stream.read()
        ast.dump(ast.parse(source))
        sum(1 for _ in ast.walk(ast.parse(source)))
        json.loads(json.dumps({"a": [1, 2, {"b": None}] * 50}, indent=2))
        list(difflib.unified_diff(source.split("\\n")[:80], source.split("\\n")[20:100]))
        pprint.pformat({"a": list(range(50))})
        list(tokenize.generate_tokens(io.StringIO(source).readline))
        email.message_from_string("A: b\\n\\nx\\n")
        statistics.mean([fractions.Fraction(1, 3)] * 9)
        parser = argparse.ArgumentParser()
        parser.add_argument("-x")
        parser.parse_args(["-x", "1"])
        inspect.signature(parser.add_argument)
        dataclasses.make_dataclass("Data", ["a", "b"])(1, 2)
        collections.namedtuple("Point", "x y")(1, 2)
        collections.Counter("abcabc").most_common(2)
        string.Template("$a").substitute(a=1)
        Parser().feed("<a b='c'>x</a>" * 5)
        with context():
            one(1).close()
"""


def generated_program(seed):
    """A program of functions that call each other and builtins at random; always the same one."""
    source = random.Random(seed)
    lines = []
    for i in range(12):
        lines.append("def f%d(depth):" % i)
        for _ in range(source.randrange(1, 5)):
            kind = source.randrange(5)
            if kind == 0:
                lines.append("    len(str(depth))")
            elif kind == 1:
                lines.append("    [abs(x) for x in range(%d)]" % source.randrange(3))
            elif kind == 2:
                lines.append("    sum(x for x in range(%d))" % source.randrange(3))
            else:
                lines.append("    if depth: f%d(depth - 1)" % source.randrange(12))
        if source.randrange(4) == 0:
            lines.append("    if depth %% 2: raise ValueError(%d)" % i)
    lines.append("def main():")
    for i in range(12):
        lines.append("    try: f%d(5)" % i)
        lines.append("    except ValueError: pass")
    return "\n".join(lines)


class SameAsCProfile(unittest.TestCase):
    """Calls, and calls by caller, are those of the interpreter's own profiler."""

    def check(self, source, **options):
        results = []
        for make in (cProfile.Profile, cprofile.Profile):
            main = compiled(source)["main"]
            main()
            profiler = make()
            profiler.enable(**options)  # 3.14's cProfile forgets the constructor's options here
            try:
                main()
            finally:
                profiler.disable()
            profiler.create_stats()
            results.append(counts(profiler.stats))
        self.maxDiff = None
        self.assertEqual(results[0], results[1])
        self.assertGreater(len(results[1]), 1)

    def test_counts_on_programs(self):
        for name, source in PROGRAMS.items():
            with self.subTest(name):
                self.check(source)

    def test_counts_on_generated_programs(self):
        for seed in range(25):
            with self.subTest(seed):
                self.check(generated_program(seed))

    def test_counts_without_builtins(self):
        for name, source in PROGRAMS.items():
            with self.subTest(name):
                self.check(source, builtins=False)

    def test_counts_without_subcalls(self):
        for name, source in PROGRAMS.items():
            with self.subTest(name):
                self.check(source, subcalls=False)

    def test_counts_on_the_standard_library(self):
        main = compiled(STANDARD_LIBRARY)["main"]
        main()
        main()  # whatever is cached is so now
        theirs, ours = cProfile.Profile(), _collector.Profiler()
        for profiler in (theirs, ours):
            profiler.enable()
            try:
                main()
            finally:
                profiler.disable()
        expected = counts(summed(theirs.getstats()))
        self.assertGreater(len(expected), 150)
        self.maxDiff = None
        self.assertEqual(counts(ours.stats_dict()), expected)
        self.assertEqual(counts(summed(ours.getstats())), expected)

    def test_entries_have_the_fields_of_lsprof(self):
        import _lsprof
        self.assertEqual(_collector.profiler_entry.n_sequence_fields, 6)
        for ours, theirs in ((_collector.profiler_entry, _lsprof.profiler_entry),
                             (_collector.profiler_subentry, _lsprof.profiler_subentry)):
            names = [name for name in vars(theirs) if not name.startswith("_")]
            self.assertEqual([name for name in vars(ours) if not name.startswith("_")], names)

    def test_entries_agree(self):
        def entries(make):
            main = compiled(PROGRAMS["recursion"])["main"]
            profiler = make()
            profiler.enable()
            main()
            profiler.disable()

            def name(code):
                return code if isinstance(code, str) else code.co_name
            return sorted((name(e.code), e.callcount, e.reccallcount,
                           e.calls and sorted((name(c.code), c.callcount, c.reccallcount)
                                              for c in e.calls)) for e in profiler.getstats())
        self.assertEqual(entries(_collector.Profiler), entries(cProfile.Profile))

    def test_figures_so_far_leave_out_what_still_runs(self):
        def during(make):
            scope = compiled("""
                def leaf(): pass
                def main(profiler, out):
                    leaf()
                    profiler.snapshot_stats()
                    out.append(dict(profiler.stats))
            """)
            out = []
            profiler = make()
            profiler.enable(builtins=False)
            scope["main"](profiler, out)
            profiler.disable()
            return {key: value for key, value in counts(out[0]).items() if key[0] == "program.py"}
        self.assertEqual(during(cprofile.Profile), during(cProfile.Profile))


class Switches(unittest.TestCase):
    """enable, disable, clear, and what happens when they come at odd moments."""

    def tearDown(self):
        sys.setprofile(None)

    def test_figures_add_up_over_several_spans(self):
        profiler = _collector.Profiler(builtins=False)
        for _ in range(3):
            profiler.enable()
            (lambda: None)()
            profiler.disable()
        self.assertEqual(find(profiler.stats_dict(), "<lambda>")[:2], (3, 3))

    def test_enable_twice_is_as_with_cprofile(self):
        for make in (cProfile.Profile, _collector.Profiler):
            profiler = make()
            profiler.enable(builtins=False)
            if MONITORING:
                with self.assertRaises(ValueError):
                    profiler.enable(builtins=False)
            else:
                profiler.enable(builtins=False)
            (lambda: None)()
            profiler.disable()
            entries = [e for e in profiler.getstats() if getattr(e.code, "co_name", "") == "<lambda>"]
            self.assertEqual([e.callcount for e in entries], [1])

    @unittest.skipUnless(MONITORING, "before, the profile function is simply replaced")
    def test_another_tool_is_told_of_and_left_alone(self):
        sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "other")
        try:
            with self.assertRaisesRegex(ValueError, "Another profiling tool is already active"):
                _collector.Profiler().enable()
            self.assertEqual(sys.monitoring.get_tool(sys.monitoring.PROFILER_ID), "other")
        finally:
            sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)

    def test_disable_without_enable_does_nothing(self):
        _collector.Profiler().disable()

    def test_clear_forgets_also_while_enabled(self):
        profiler = _collector.Profiler(builtins=False)

        def inner():
            profiler.clear()

        def outer():
            inner()
            (lambda: None)()
        profiler.enable()
        outer()
        profiler.disable()
        self.assertEqual([key[2] for key in profiler.stats_dict()], ["<lambda>"])

    def test_subcalls_can_be_switched_between_spans(self):
        profiler = _collector.Profiler(builtins=False)

        def inner():
            pass

        def outer():
            inner()
        for subcalls in (True, False, True):
            profiler.enable(subcalls=subcalls)
            outer()
            profiler.disable()
        cc, nc, _, _, callers = find(profiler.stats_dict(), "inner")
        self.assertEqual((cc, nc), (3, 3))
        self.assertEqual([value[:2] for value in callers.values()], [(2, 2)])

    def test_deep_recursion(self):
        def down(n):
            return n and down(n - 1)
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(20000)
        try:
            profiler = _collector.Profiler(builtins=False)
            result = []
            threading.stack_size(512 * 1024 * 1024)
            thread = threading.Thread(
                target=lambda: result.append(profiler.enable() or down(15000) or profiler.disable()))
            thread.start()
            thread.join()
        finally:
            threading.stack_size(0)
            sys.setrecursionlimit(limit)
        self.assertEqual(find(profiler.stats_dict(), "down")[:2], (1, 15001))

    def test_an_unmatched_c_call_does_not_shift_the_stack(self):
        import types
        bound = types.MethodType(len, [1, 2])  # no return event on 3.12 and newer
        clock = Clock()

        def inner():
            bound()
            clock.now += 5

        def outer():
            inner()
            clock.now += 7
        profiler = _collector.Profiler(clock, 1e-9)
        profiler.enable()
        outer()
        profiler.disable()
        rows = {row[2]: row[4:] for row in profiler.rows()[0]}
        self.assertEqual(rows["outer"], (1, 1, 7, 12))
        self.assertEqual(rows["inner"][:2] + rows["inner"][3:], (1, 1, 5))

    def test_a_method_called_on_the_wrong_type_raises_its_own_error_alone(self):
        profiler = _collector.Profiler()
        profiler.enable()
        try:
            with self.assertRaisesRegex(TypeError, "descriptor 'append'"):
                list.append(3, 4)
        finally:
            profiler.disable()

    def test_constructor_takes_what_lsprof_takes(self):
        _collector.Profiler(time.perf_counter, 0.0, True, False)
        _collector.Profiler(timer=None, timeunit=1.0, subcalls=1, builtins=0, threads=True)
        with self.assertRaises(TypeError):
            _collector.Profiler(nonsense=1)

    def test_a_subclass_may_forget_to_initialize(self):
        class Careless(_collector.Profiler):
            def __init__(self):
                pass
        profiler = Careless()
        profiler.enable()
        len("")
        profiler.disable()
        self.assertTrue(profiler.stats_dict())


class BadTimers(unittest.TestCase):
    """A timer can raise, give nonsense, or turn on the profiler that asks it."""

    def unraisable(self, timer, unit=0.0):
        """The types of exceptions reported while a call is profiled with this timer."""
        seen = []
        old, sys.unraisablehook = sys.unraisablehook, lambda args: seen.append(args.exc_type)
        try:
            self.profiler = _collector.Profiler(timer, unit)
            self.profiler.enable()
            (lambda: None)()
            self.profiler.disable()
            self.profiler.clear()
        finally:
            sys.unraisablehook = old
        return set(seen)

    def test_a_timer_that_raises_is_reported_and_survived(self):
        def timer():
            raise ZeroDivisionError
        self.assertEqual(self.unraisable(timer), {ZeroDivisionError})

    def test_a_timer_that_gives_nonsense_is_reported(self):
        self.assertEqual(self.unraisable(lambda: "late"), {TypeError})
        self.assertEqual(self.unraisable(lambda: "late", 1e-3), {TypeError})
        self.assertEqual(self.unraisable(lambda: float("nan")), {OverflowError})
        self.assertEqual(self.unraisable(lambda: 1e300), {OverflowError})
        self.assertEqual(self.unraisable(lambda: 1 << 80, 1e-3), {OverflowError})

    def test_a_timer_cannot_disable_or_clear(self):
        for method in ("disable", "clear"):
            for turn in (1, 2, 3, 4):
                calls = []

                def timer():
                    calls.append(1)
                    if len(calls) == turn:
                        getattr(self.profiler, method)()
                    return len(calls)
                self.assertEqual(self.unraisable(timer), {RuntimeError}, (method, turn))

    def test_a_timer_may_read_the_figures(self):
        def timer():
            self.profiler.getstats(), self.profiler.stats_dict(), self.profiler.rows()
            return 1.0
        self.assertEqual(self.unraisable(timer), set())

    def test_an_exception_in_flight_passes_through(self):
        def timer():
            try:
                raise KeyError
            except KeyError:
                return 0.0

        def fail():
            raise ValueError("mine")
        profiler = _collector.Profiler(timer)
        profiler.enable()
        try:
            with self.assertRaisesRegex(ValueError, "mine"):
                fail()
        finally:
            profiler.disable()

    def test_another_thread_may_stop_a_profiler_while_its_timer_runs(self):
        in_timer, stopped = threading.Event(), threading.Event()

        def timer():
            if threading.current_thread() is worker and not stopped.is_set():
                in_timer.set()
                stopped.wait(10)
            return 1.0

        def work():
            profiler.enable()
            (lambda: None)()
        profiler = _collector.Profiler(timer)
        worker = threading.Thread(target=work)
        worker.start()
        self.assertTrue(in_timer.wait(10))
        profiler.disable()
        profiler.clear()
        stopped.set()
        worker.join()
        profiler.disable()


class Threads(unittest.TestCase):
    """Each thread has a stack of its own, and is profiled only when asked for."""

    @staticmethod
    def spin(times):
        for _ in range(times):
            Threads.leaf()

    @staticmethod
    def leaf():
        time.sleep(0)

    def run_threads(self, n, times):
        threads = [threading.Thread(target=self.spin, args=(times,)) for _ in range(n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_by_default_only_the_thread_that_enables_is_profiled(self):
        profiler = _collector.Profiler()
        profiler.enable()
        self.run_threads(2, 10)
        self.spin(3)
        profiler.disable()
        self.assertEqual(find(profiler.stats_dict(), "leaf")[1], 3)

    def test_what_enabling_does_is_not_profiled(self):
        out = run_python("""
            import sys
            from statslice import _collector
            p = _collector.Profiler(threads=True)
            p.enable(); len(""); p.disable()
            print(sorted(name for _, _, name in p.stats_dict()))
        """)
        self.assertEqual(out.strip(), repr(["<built-in method builtins.len>",
                                            "<method 'disable' of '_lsprof.Profiler' objects>"]))

    def test_threads_born_later_are_profiled_when_asked_for(self):
        profiler = _collector.Profiler(threads=True)
        profiler.enable()
        self.run_threads(4, 25)
        self.spin(3)
        profiler.disable()
        stats = profiler.stats_dict()
        self.assertEqual(find(stats, "leaf")[1], 103)
        self.assertEqual(find(stats, "spin")[1], 5)
        self.assertEqual(find(stats, "leaf")[4][find_key(stats, "spin")][:2], (103, 103))
        self.assertEqual([e.callcount for e in profiler.getstats()
                          if e.code is self.leaf.__code__], [103])

    def test_threads_alive_already_are_profiled_when_asked_for(self):
        begin, done, end = threading.Event(), threading.Event(), threading.Event()

        def live():
            begin.wait(10)
            self.spin(7)
            done.set()
            end.wait(10)
            self.spin(100)
        thread = threading.Thread(target=live)
        thread.start()
        profiler = _collector.Profiler()
        profiler.enable(threads=True)
        begin.set()
        done.wait(10)
        profiler.disable()
        end.set()
        thread.join()
        self.assertEqual(find(profiler.stats_dict(), "leaf")[1], 7)

    def test_stacks_do_not_mix(self):
        barrier = threading.Barrier(2)

        def first():
            barrier.wait(10)
            barrier.wait(10)

        def second():
            barrier.wait(10)
            self.leaf()
            barrier.wait(10)
        profiler = _collector.Profiler(threads=True)
        profiler.enable()
        threads = [threading.Thread(target=first), threading.Thread(target=second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        profiler.disable()
        stats = profiler.stats_dict()
        self.assertEqual([key[2] for key in find(stats, "leaf")[4]], ["second"])
        for name in ("first", "second"):
            self.assertEqual([key[2] for key in find(stats, name)[4]], ["run"])

    def test_many_short_threads_share_few_stacks_and_lose_nothing(self):
        profiler = _collector.Profiler(threads=True)
        profiler.enable()
        for _ in range(100):
            self.run_threads(2, 2)
        profiler.disable()
        self.assertEqual(find(profiler.stats_dict(), "leaf")[1], 400)

    def test_the_hook_of_threading_is_given_back(self):
        def mine(frame, event, arg):
            pass
        threading.setprofile(mine)
        try:
            profiler = _collector.Profiler(threads=True)
            profiler.enable()
            profiler.disable()
            self.assertIs(threading._profile_hook, mine)
        finally:
            threading.setprofile(None)

    @unittest.skipIf(MONITORING, "from 3.12 on threading's hook is left alone")
    def test_a_hook_of_threading_set_since_is_left_alone(self):
        def mine(frame, event, arg):
            pass
        profiler = _collector.Profiler(threads=True)
        profiler.enable()
        threading.setprofile(mine)
        try:
            profiler.disable()
            self.assertIs(threading._profile_hook, mine)
        finally:
            threading.setprofile(None)

    def test_two_spans_with_threads(self):
        profiler = _collector.Profiler(threads=True)
        for _ in range(2):
            profiler.enable()
            self.run_threads(2, 5)
            profiler.disable()
            self.run_threads(2, 50)
        self.assertEqual(find(profiler.stats_dict(), "leaf")[1], 20)

    def test_a_thread_that_starts_before_disable_and_runs_after_it(self):
        class Late(threading.Thread):
            def run(self):
                Threads.spin(5)
        profiler = _collector.Profiler(threads=True)
        profiler.enable()
        thread = Late()
        profiler.disable()
        thread.start()
        thread.join()
        self.assertNotIn("leaf", [key[2] for key in profiler.stats_dict()])

    @unittest.skipIf(MONITORING, "a second enable is refused from 3.12 on")
    def test_enable_in_each_thread_gives_each_a_stack(self):
        profiler = _collector.Profiler()

        def work():
            profiler.enable()
            self.spin(5)
        profiler.enable()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        self.spin(2)
        profiler.disable()
        self.assertEqual(find(profiler.stats_dict(), "leaf")[1], 7)


def find_key(stats, name):
    """The one key of this name."""
    found = [key for key in stats if key[2] == name]
    assert len(found) == 1, (name, found)
    return found[0]


class Memory(unittest.TestCase):
    """Nothing leaks, and nothing breaks when memory runs out."""

    @staticmethod
    def work():
        for i in range(50):
            str(i), [].append(i), sorted([2, 1], key=lambda x: x)

    def round(self, threads):
        profiler = cprofile.Profile(threads=threads)
        profiler.enable()
        self.work()
        profiler.disable()
        profiler.getstats(), profiler.stats_dict(), profiler.rows()
        profiler.clear()
        with profiler:
            self.work()

    @unittest.skipUnless(hasattr(sys, "getallocatedblocks"), "counts blocks")
    def test_nothing_is_left_after_many_rounds(self):
        for threads in (False, True):
            growths = []
            for _ in range(8):  # the interpreter's free lists fill in the first ones
                before = sys.getallocatedblocks()
                for _ in range(200):
                    self.round(threads)
                gc.collect()
                growths.append(sys.getallocatedblocks() - before)
            self.assertLess(min(growths), 50, growths)

    def test_references_are_given_back(self):
        def leaf():
            pass
        before = sys.getrefcount(leaf.__code__), sys.getrefcount(None)
        profiler = _collector.Profiler(builtins=False)
        profiler.enable()
        leaf()
        profiler.disable()
        held = sys.getrefcount(leaf.__code__)
        self.assertEqual(held, before[0] + 1)
        entries = profiler.getstats()
        del entries
        profiler.clear()
        self.assertEqual(sys.getrefcount(leaf.__code__), before[0])

    def test_a_profiler_in_a_cycle_is_collected(self):
        import weakref

        class Timer:
            def __call__(self):
                return 1.0
        timer = Timer()
        timer.profiler = _collector.Profiler(timer)
        gone = weakref.ref(timer)
        del timer
        gc.collect()
        self.assertIsNone(gone())

    def test_a_profiler_dropped_while_enabled_does_not_crash(self):
        run_python("""
            from statslice import _collector
            def f(): pass
            for threads in (False, True):
                p = _collector.Profiler(threads=threads)
                p.enable()
                f()
                del p
                f()
                import sys
                sys.setprofile(None)
                if hasattr(sys, "monitoring"):
                    sys.monitoring.free_tool_id(2)
        """)

    def test_an_interpreter_may_end_while_profiled(self):
        run_python("""
            import threading, time
            from statslice import _collector
            p = _collector.Profiler(threads=True)
            p.enable()
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            len("")
        """)

    def test_other_interpreters_of_the_process_may_profile(self):
        run_python("""
            import sys, textwrap
            from statslice import _collector
            try:
                import _interpreters as interpreters
            except ImportError:
                import _xxsubinterpreters as interpreters
            source = '''
            import sys
            sys.path[:] = %r
            from statslice import _collector, _core
            def recurse(n): return n and recurse(n - 1)
            for threads in False, True:
                p = _collector.Profiler(threads=threads)
                p.enable(); recurse(9); p.disable()
                stats = p.stats_dict()
                assert [v[:2] for k, v in stats.items() if k[2] == "recurse"] == [(1, 10)]
                assert _core.stats_totals(stats)[:2] == (11, 2), list(stats)
            ''' % sys.path
            outside = _collector.Profiler()
            outside.enable()
            for _ in range(3):
                interpreter = interpreters.create()
                failure = interpreters.run_string(interpreter, textwrap.dedent(source))
                assert failure is None, failure
                interpreters.destroy(interpreter)
            outside.disable()
            outside.stats_dict()
        """)

    @unittest.skipUnless(hasattr(_testcapi, "set_nomemory"), "needs _testcapi")
    def test_every_allocation_may_fail(self):
        out = run_python("""
            import _testcapi, sys
            from statslice import _collector
            sys.unraisablehook = lambda args: None
            def leaf(): pass
            def work(n):
                leaf(); len("x"); [].append(1)
                if n: work(n - 1)
            def attempt(threads):
                p = _collector.Profiler(threads=threads)
                p.enable()
                work(400)
                p.disable()
                return p.getstats(), p.stats_dict(), p.rows()
            attempt(False), attempt(True)
            outcomes = {"whole": 0, "refused": 0}
            for threads in (False, True):
                n = 0
                while True:
                    n += 1
                    _testcapi.set_nomemory(n, n + 1)
                    try:
                        result = attempt(threads)
                    except BaseException:
                        _testcapi.remove_mem_hooks()
                        outcomes["refused"] += 1
                    else:
                        _testcapi.remove_mem_hooks()
                        outcomes["whole"] += 1
                        whole = [e for e in result[0] if e.code is work.__code__]
                        if whole and whole[0].callcount == 401 and n > 3000:
                            break
                    sys.setprofile(None)
                    if hasattr(sys, "monitoring") and sys.monitoring.get_tool(2):
                        sys.monitoring.set_events(2, 0)
                        sys.monitoring.free_tool_id(2)
            print(outcomes["refused"] > 10)
        """)
        self.assertEqual(out.strip(), "True")


def run_python(source, *args):
    """The output of a program run by this interpreter; fails when it does."""
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(source)] + list(args),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if run.returncode != 0:
        raise AssertionError("exit status %d\n%s" % (run.returncode, run.stderr.decode()))
    return run.stdout.decode()


class DropIn(unittest.TestCase):
    """The module statslice.cprofile has all that cProfile has, and behaves alike."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def command(self, module, *args, **options):
        run = subprocess.run([sys.executable, "-m", module] + list(args), cwd=self.folder,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        return run.returncode, run.stdout.decode(), run.stderr.decode()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as stream:
            stream.write(textwrap.dedent(text))
        return path

    def test_all_public_names_are_there(self):
        public = [name for name in vars(cProfile) if not name.startswith("_")
                  and getattr(getattr(cProfile, name), "__module__", None) == "cProfile"]
        self.assertEqual([name for name in public if not hasattr(cprofile, name)], [])
        methods = [name for name in dir(cProfile.Profile) if not name.startswith("_")]
        self.assertEqual([name for name in methods if not hasattr(cprofile.Profile, name)], [])

    def test_usage_and_help_are_the_same(self):
        for args in ((), ("-h",), ("-s", "nonsense", "x.py"), ("-x",), ("-o",)):
            self.assertEqual(self.command("statslice.cprofile", *args),
                             self.command("cProfile", *args), args)

    def test_a_script_is_profiled_as_with_cprofile(self):
        self.write("helper.py", "def help(): return 3\n")
        self.write("script.py", """
            import sys, helper
            def work(): return helper.help()
            work()
            print(sys.argv, __name__, __file__)
            sys.exit(3)
        """)
        outputs = []
        for module in ("cProfile", "statslice.cprofile"):
            status, out, _ = self.command(module, "-o", module, "script.py", "-o", "x")
            with open(os.path.join(self.folder, module), "rb") as stream:
                outputs.append((status, out, {key for key in marshal.load(stream)
                                              if self.folder in key[0] or "script" in key[0]}))
        self.assertEqual(outputs[0], outputs[1])

    def test_a_table_is_printed_as_with_cprofile(self):
        self.write("script.py", "def f(n): return n and f(n - 1)\nf(5)\n")
        tables = []
        for module in ("cProfile", "statslice.cprofile"):
            status, out, err = self.command(module, "-s", "name", "script.py")
            self.assertEqual((status, err), (0, ""))
            tables.append(re.sub(r"\d+\.\d+", "T", out))
        self.assertEqual(tables[0], tables[1])

    def test_a_module_is_profiled(self):
        self.write("tool.py", "print(__name__)\n")
        status, out, _ = self.command("statslice.cprofile", "-m", "tool")
        self.assertEqual(status, 0)
        self.assertTrue(out.startswith("__main__\n"), out)
        self.assertNotEqual(self.command("statslice.cprofile", "-m", "no_such_module_xyz")[0], 0)

    def test_run_and_runctx_write_files_that_pstats_loads(self):
        path = os.path.join(self.folder, "out.prof")
        cprofile.runctx("work()", {"work": lambda: sorted([2, 1])}, {}, path)
        stats = pstats.Stats(path)
        self.assertIn(("~", 0, "<built-in method builtins.sorted>"), stats.stats)
        cprofile.run("raise SystemExit", path)
        self.assertIn(DISABLE, pstats.Stats(path).stats)

    def test_runcall_gives_the_result_and_stops_on_an_exception(self):
        profile = cprofile.Profile()
        self.assertEqual(profile.runcall(max, 3, 4, key=lambda x: -x), 3)
        with self.assertRaises(ZeroDivisionError):
            profile.runcall(lambda: 1 / 0)
        self.assertIsNone(sys.getprofile())

    def test_pstats_takes_a_profile(self):
        profile = cprofile.Profile()
        with profile as same:
            self.assertIs(same, profile)
            len("")
        self.assertEqual(pstats.Stats(profile).stats, profile.stats_dict())


if __name__ == "__main__":
    unittest.main()
