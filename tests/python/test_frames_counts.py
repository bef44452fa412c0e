"""The frames engine counts and times Python functions as cProfile does.

Random programs (frames_programs.py) and programs with work to do (frames_workloads.py) run under
cProfile and under the engine; calls, resumes, callers and times are compared, function by
function. Seeds are fixed, but for a few fresh ones, which a failure names.
STATSLICE_TEST_SEEDS=N takes N fresh ones.
"""
import asyncio
import gc
import os
import random
import time
import unittest

import frames_programs
import frames_workloads
from frames_reference import (compare_counts, from_frames, resumable, with_both, with_cprofile,
                              with_frames)

from statslice import _collector

FIXED_SEEDS = range(1, 21)
N_FRESH = int(os.environ.get("STATSLICE_TEST_SEEDS", "5"))
FRESH_SEEDS = [random.SystemRandom().randrange(1000, 10 ** 9) for _ in range(N_FRESH)]
N_WARM = 3  # runs after which 3.11 and newer have specialised what they specialise
OUR_FOLDER = os.path.dirname(os.path.abspath(__file__))


def without_threads_start(figures):
    """Without the edges of apart(), which a thread cuts."""
    for key in [key for key in figures.edges if key[0][2] == "apart"]:
        del figures.edges[key]
    return figures


class Case(unittest.TestCase):
    def setUp(self):
        gc.collect()
        gc.disable()  # a finaliser runs where it stands in the program, in every run
        self.addCleanup(gc.enable)

    def expect_none(self, lines, what):
        if lines:
            self.fail("%s: %d differences\n  %s" % (what, len(lines), "\n  ".join(lines[:20])))


class RandomPrograms(Case):
    def figures(self, seed, run, work):
        """(result, *Figures of the program's own functions) of a run."""
        result, *all_figures = run(work)

        def wanted(key):
            return key[0] == frames_programs.file_name(seed)
        return [result] + [without_threads_start(figures.only(wanted).called())
                           for figures in all_figures]

    def check(self, seed):
        space, code = frames_programs.load(seed)
        generators = resumable(code)
        for made in space.values():
            if hasattr(made, "co_code"):
                generators |= resumable(made)
        want, theirs = self.figures(seed, with_cprofile, space["main"])

        def same(what, run, work):
            got, *figures = self.figures(seed, run, work)
            self.assertEqual(got, want, "result of seed %d, %s" % (seed, what))
            for reference in figures[1:] or [theirs]:
                self.expect_none(compare_counts(figures[0], reference, generators,
                                                beside=len(figures) > 1),
                                 "seed %d, %s" % (seed, what))
        same("after cProfile", with_frames, space["main"])
        fresh, _ = frames_programs.load(seed)
        same("cold", with_frames, fresh["main"])
        for _ in range(N_WARM):
            self.assertEqual(fresh["main"](), want)
        same("warm", with_frames, fresh["main"])
        same("warm under the engine", with_frames, fresh["main"])
        threaded, _ = frames_programs.load(seed, threads=True)
        same("in threads", with_frames, threaded["main"])
        same("beside cProfile", with_both, fresh["main"])

    def test_counts_of_programs_known_to_pass(self):
        for seed in FIXED_SEEDS:
            self.check(seed)

    def test_counts_of_programs_never_seen_before(self):
        for seed in FRESH_SEEDS:
            self.check(seed)

    def test_different_seeds_make_different_programs(self):
        self.assertEqual(len({frames_programs.source(seed) for seed in FIXED_SEEDS}),
                         len(FIXED_SEEDS))


class Workloads(Case):
    def test_counts_and_callers(self):
        for work in frames_workloads.ALL:
            work()
            want, theirs = with_cprofile(work)
            got, ours = with_frames(work)
            self.assertEqual(got, want, work.__name__)
            again, beside, reference = with_both(work)
            self.assertEqual(again, want, work.__name__)
            self.assertGreater(sum(row.calls for row in theirs.functions.values()), 100)

            def outside(key):
                """Not the test itself, which runs already when profiling begins."""
                return (os.path.basename(key[0]) not in ("cProfile.py", "frames_reference.py")
                        and os.path.basename(key[0]) != os.path.basename(__file__))
            generators = {key for key, row in ours.functions.items() if row.resumes}
            for figures, expected, what in ((ours, theirs, ""), (beside, reference, " beside")):
                self.expect_none(compare_counts(figures.only(outside).called(),
                                                expected.only(outside).called(), generators,
                                                beside=what != ""),
                                 work.__name__ + what)


def endless(function):
    try:
        function()
    except RecursionError:
        return True
    return False


def plain_recursion():
    def again():
        again()
    return [endless(again) for _ in range(3)]


def mutual_recursion():
    def first(n):
        return second(n + 1)

    def second(n):
        return first(n + 1)
    return [endless(lambda: first(0)) for _ in range(3)]


def recursion_of_generators():
    def walk(n):
        yield n
        yield from walk(n + 1)
    return [endless(lambda: list(walk(0))) for _ in range(3)]


def recursion_of_both():
    def each(n):
        for found in within(n):
            yield found

    def within(n):
        return list(each(n + 1))
    return [endless(lambda: within(0)) for _ in range(3)]


def recursion_that_goes_on():
    """Who catches it calls others."""
    def down(n):
        try:
            down(n + 1)
        except RecursionError:
            if n % 50 == 0:
                up(3)
            raise

    def up(n):
        return n and up(n - 1)
    return [endless(lambda: down(0)) for _ in range(3)]


class RecursionLimit(Case):
    """A call that it refuses is none: its function never began."""

    def test_counts(self):
        for work in (plain_recursion, mutual_recursion, recursion_of_generators, recursion_of_both,
                     recursion_that_goes_on):
            for _ in range(3):
                _, ours, theirs = with_both(work)

                def own(key):
                    return key[0] == __file__ and key[2] != "check"
                generators = {key for key, row in ours.functions.items() if row.resumes}
                self.expect_none(compare_counts(ours.only(own).called(), theirs.only(own).called(),
                                                generators, beside=True), work.__name__)


class Times(Case):
    """The same run, timed by both: the engine's clock readings enclose cProfile's."""

    EVENT_S = 3e-6  # what the profilers themselves may add to a function at each call in or below it
    NOISE_S = 2e-3  # the process loses the processor between two clock readings
    N_TRIES = 10    # and may do so more than once

    def far(self, ours, theirs, total):
        """Where times are further apart than the profilers' own doing explains."""
        below = {key: row.events for key, row in theirs.functions.items()}
        for (caller, _), row in theirs.edges.items():
            below[caller] = below.get(caller, 0) + row.events
        n_events = sum(row.events for row in theirs.functions.values())
        lines = []
        for key, row in theirs.functions.items():
            got = ours.functions[key]
            if abs(got.own - row.own) > self.NOISE_S + self.EVENT_S * below[key]:
                lines.append("own time of %s: %r, cProfile %r" % (key, got, row))
            if abs(got.cumulative - row.cumulative) > self.NOISE_S + self.EVENT_S * n_events:
                lines.append("cumulative time of %s: %r, cProfile %r" % (key, got, row))
        for key, row in theirs.edges.items():
            got = ours.edges[key]
            if abs(got.own - row.own) > self.NOISE_S + self.EVENT_S * below[key[1]]:
                lines.append("own time of edge %s: %r, cProfile %r" % (key, got, row))
            if abs(got.cumulative - row.cumulative) > self.NOISE_S + self.EVENT_S * n_events:
                lines.append("cumulative time of edge %s: %r, cProfile %r" % (key, got, row))
        return lines

    def check(self, work, wanted, what):
        for n_tries_left in reversed(range(self.N_TRIES)):
            _, ours, theirs = with_both(work)
            ours, theirs = ours.only(wanted).called(), theirs.only(wanted).called()
            lines = self.far(ours, theirs, 0)
            if not lines or not n_tries_left:
                break
        self.expect_none(lines, what)
        return theirs

    def test_of_random_programs_that_take_time(self):
        spent = 0.0
        for seed in [*range(101, 109), *FRESH_SEEDS[:2]]:
            space, _ = frames_programs.load(seed, spin_ns=300000)

            def wanted(key, name=frames_programs.file_name(seed)):
                return key[0] == name
            theirs = self.check(space["main"], wanted, "seed %d" % seed)
            spent += sum(row.own for row in theirs.functions.values())
        self.assertGreater(spent, 0.05)

    def test_of_programs_with_work_to_do(self):
        for work in (frames_workloads.rays, frames_workloads.tasks, frames_workloads.difference,
                     frames_workloads.page):
            self.check(work, lambda key: OUR_FOLDER in key[0] and "reference" not in key[0]
                       or "difflib" in key[0] or "html" in key[0], work.__name__)


class ByHand(Case):
    """Counts and times told by counting on fingers, and by the program's own clock."""

    def rows(self, work):
        figures = with_frames(work)[1]
        return {key[2]: row for key, row in figures.functions.items() if key[0] == __file__}, \
            {(caller[2], callee[2]): row for (caller, callee), row in figures.edges.items()}

    def counts(self, row):
        return row.calls, row.primitive, row.resumes

    def test_a_resume_is_no_call(self):
        def numbers():
            yield from range(3)

        def work():
            return list(numbers()), list(numbers())
        rows, edges = self.rows(work)
        self.assertEqual(self.counts(rows["numbers"]), (2, 2, 6))
        self.assertEqual(self.counts(edges["work", "numbers"]), (2, 2, 0))

    def test_throw_and_close_are_resumes(self):
        def numbers():
            try:
                yield 1
            except ValueError:
                yield 2
            finally:
                pass

        def work():
            one, other = numbers(), numbers()
            next(one), next(other)
            one.throw(ValueError())
            one.close()
            other.close()
        rows, _ = self.rows(work)
        self.assertEqual(self.counts(rows["numbers"]), (2, 2, 3))

    def test_what_was_specialised_before_is_counted(self):
        class Thing:
            def __init__(self):
                self.n = 1

            def __getitem__(self, key):
                return key

            def __getattribute__(self, name):
                return object.__getattribute__(self, name)

            @property
            def p(self):
                return 2

            def method(self):
                return 3

        class Plain:
            def __init__(self, n):
                self.n = n

            @property
            def q(self):
                return self.n

            def __getitem__(self, key):
                return key

        def numbers():
            for i in range(5):
                yield i

        def use(n):
            thing, total = Thing(), 0
            for i in range(n):
                plain = Plain(i)
                total += thing[i] + thing.p + thing.method() + plain.q + plain[1]
                for number in numbers():
                    total += number
            return total
        for _ in range(20):
            use(50)
        rows = self.rows(lambda: use(100))[0]
        self.assertEqual(rows["p"].calls, 100)
        self.assertEqual(rows["method"].calls, 100)
        self.assertEqual(rows["q"].calls, 100)
        self.assertEqual(rows["__getitem__"].calls, 100)
        self.assertEqual(self.counts(rows["numbers"]), (100, 100, 500))
        figures = with_frames(lambda: use(100))[1].functions
        self.assertEqual(sorted((row.calls for key, row in figures.items()
                                 if key[2] == "__init__" and key[0] == __file__)), [1, 100])

    def test_frames_that_ran_before_are_charged_without_a_call(self):
        frames = _collector.Frames(threads=True)

        def nap(seconds):
            time.sleep(seconds)

        def inner():
            frames.enable()
            time.sleep(0.02)

        def outer():
            inner()
            nap(0.03)  # what ran before is seen to have ended at the next call
            frames.disable()
        begin = time.perf_counter()
        outer()
        elapsed = time.perf_counter() - begin
        rows = {key[2]: row for key, row in from_frames(frames).functions.items()}
        self.assertEqual(self.counts(rows["inner"]), (0, 0, 0))
        self.assertEqual(self.counts(rows["outer"]), (0, 0, 0))
        self.assertGreaterEqual(rows["inner"].own, 0.0199)
        self.assertLess(rows["inner"].cumulative, elapsed - 0.0299)
        self.assertGreaterEqual(rows["outer"].cumulative, 0.0498)
        self.assertEqual(self.counts(rows["nap"]), (1, 1, 0))
        self.assertGreaterEqual(rows["nap"].cumulative, 0.0299)
        self.assertGreaterEqual(rows["test_frames_that_ran_before_are_charged_without_a_call"]
                                .cumulative, 0.0498)

    def test_frames_that_still_run_are_charged(self):
        frames = _collector.Frames(threads=True)
        moments = []

        def inner():
            moments.append(time.perf_counter())
            time.sleep(0.02)
            frames.disable()
            moments.append(time.perf_counter())
            time.sleep(0.05)

        def outer():
            moments.append(time.perf_counter())
            time.sleep(0.01)
            inner()
        frames.enable()
        outer()
        begin, begin_inner, end = moments
        rows = {key[2]: row for key, row in from_frames(frames).functions.items()}
        self.assertEqual(self.counts(rows["inner"]), (1, 1, 0))
        self.assertAlmostEqual(rows["inner"].own, end - begin_inner, delta=0.005)
        self.assertAlmostEqual(rows["outer"].cumulative, end - begin, delta=0.005)

    def test_recursion_is_timed_once(self):
        def down(n):
            time.sleep(0.002)
            if n:
                down(n - 1)
        begin = time.perf_counter()
        rows, edges = self.rows(lambda: down(9))
        elapsed = time.perf_counter() - begin
        self.assertEqual(self.counts(rows["down"]), (10, 1, 0))
        self.assertGreaterEqual(rows["down"].cumulative, 0.02)
        self.assertLessEqual(rows["down"].cumulative, elapsed)
        self.assertEqual(self.counts(edges["down", "down"]), (9, 1, 0))
        self.assertLess(edges["down", "down"].cumulative, rows["down"].cumulative)

    def test_own_times_add_up_to_the_time_profiled(self):
        def work():
            for _ in range(3):
                frames_workloads.tasks()
                time.sleep(0.01)
        frames = _collector.Frames(threads=True)
        begin = time.perf_counter_ns()
        frames.enable()
        enabled = time.perf_counter_ns()
        work()
        disabled = time.perf_counter_ns()
        frames.disable()
        end = time.perf_counter_ns()
        total = sum(row.own for row in from_frames(frames).functions.values())
        self.assertGreaterEqual(total, (disabled - enabled) / 1e9 * 0.999)
        self.assertLessEqual(total, (end - begin) / 1e9 * 1.001)

    def test_awaiting_is_not_running(self):
        async def nap():
            await asyncio.sleep(0.05)
            return time.sleep(0.01)

        async def both():
            await asyncio.gather(nap(), nap())
        begin = time.perf_counter()
        rows, _ = self.rows(lambda: asyncio.run(both()))
        elapsed = time.perf_counter() - begin
        self.assertEqual(rows["nap"].calls, 2)
        self.assertEqual(rows["nap"].resumes, 2)
        self.assertGreaterEqual(rows["nap"].own, 0.0199)
        self.assertGreaterEqual(rows["nap"].awaited, rows["nap"].cumulative + 0.099)
        self.assertGreaterEqual(rows["both"].awaited, rows["both"].cumulative + 0.0699)
        self.assertLess(rows["both"].awaited, elapsed)

    def test_many_functions_of_one_identity_are_one_row(self):
        namespaces = []
        for i in range(50):
            space = {}
            exec(compile("def same(): return %d" % i, "<made>", "exec"), space)
            namespaces.append(space)

        def work():
            return sum(space["same"]() for space in namespaces)
        result, figures = with_frames(work)
        self.assertEqual(result, sum(range(50)))
        self.assertEqual(figures.functions["<made>", 1, "same"].calls, 50)


if __name__ == "__main__":
    unittest.main()
