"""The events engine of the collector that is always on: cProfile's counts, cut at slice edges.

What is counted is compared with cProfile's own count of the same work; tests of slices and labels are
those of the frames engine, on this one.
"""
import _thread
import asyncio
import collections
import contextvars
import cProfile
import gc
import json
import os
import random
import re
import sys
import threading
import time
import unittest

import frames_programs
import frames_workloads
import service_harness
import test_frames_slices
import test_labels
from frames_reference import identity
from frames_service import WIDTH_NS, by_thread, collect

import statslice
from statslice import _collector

SEEDS = list(range(1, 9)) + [random.SystemRandom().randrange(1000, 10 ** 9) for _ in range(3)]
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
NARROW_NS = 5000000
MONITORING = sys.version_info >= (3, 12)
OWN = ("cProfile.py", "frames_service.py", "frames_reference.py", os.path.basename(__file__))


class Counts:
    """functions: identity -> [calls, primitive]; edges: (caller, callee) -> the same."""

    def __init__(self):
        self.functions = collections.defaultdict(lambda: [0, 0])
        self.edges = collections.defaultdict(lambda: [0, 0])

    @staticmethod
    def add(row, calls, primitive):
        row[0] += calls
        row[1] += primitive

    def of(self, wanted):
        """({function: counts}, {edge: counts}) of what was called, and is wanted."""
        return ({key: row for key, row in self.functions.items() if row[0] and wanted(key)},
                {key: row for key, row in self.edges.items()
                 if row[0] and wanted(key[0]) and wanted(key[1])})


def identity_of(code):
    return ("~", 0, ADDRESS.sub("", code)) if isinstance(code, str) else identity(code)


def by_cprofile(work):
    """(result, Counts), with identities summed, which cProfile.Profile.stats does not."""
    counts, profiler = Counts(), cProfile.Profile()
    profiler.enable()
    try:
        result = work()
    finally:
        profiler.disable()
    for entry in profiler.getstats():
        caller = identity_of(entry.code)
        counts.add(counts.functions[caller], entry.callcount, entry.callcount - entry.reccallcount)
        for call in entry.calls or ():
            counts.add(counts.edges[caller, identity_of(call.code)], call.callcount,
                       call.callcount - call.reccallcount)
    return result, counts


def row_identity(row):
    return row["file_name"], row.get("line_number", 0), row["name"]


def by_events(work, **options):
    """(result, Counts) of all slices together."""
    lines, counts = [], Counts()
    _collector.start(dict({"callback": lines.append, "slice_ns": 60 * 10 ** 9, "engine": "events",
                           "labels": {}}, **options))
    try:
        result = work()
    finally:
        assert _collector.stop(30), _collector.status()
    for fields in map(json.loads, lines):
        rows = fields["func_profiles"]
        names = {key: row_identity(row)
                 for key, row in list(rows.items()) + list(fields.get("other_callers", {}).items())}
        for key, row in rows.items():
            counts.add(counts.functions[names[key]], row["ncalls"], row["pcalls"])
            for caller, figures in row.get("callers", {}).items():
                counts.add(counts.edges[names[caller], names[key]], *figures[:2])
    return result, counts


def outside(key):
    """Not the test itself, nor the calls that switch a profiler on or off."""
    return (os.path.basename(key[0]) not in OWN and "'_lsprof.Profiler' objects" not in key[2]
            and "statslice._collector" not in key[2])


class CountsAsCProfile(unittest.TestCase):
    def setUp(self):
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)

    def same(self, ours, theirs, wanted, what):
        for got, want in zip(ours.of(wanted), theirs.of(wanted)):
            lines = ["%s: events %s, cProfile %s" % (key, got.get(key), want.get(key))
                     for key in sorted(set(got) | set(want)) if got.get(key) != want.get(key)]
            self.assertEqual(lines[:20], [], what)

    def test_of_programs_with_work_to_do_c_functions_and_callers(self):
        for work in frames_workloads.ALL:
            work()
            want, theirs = by_cprofile(work)
            for width in (60 * 10 ** 9, NARROW_NS):
                got, ours = by_events(work, slice_ns=width)
                self.assertEqual(got, want, work.__name__)
                if width == NARROW_NS:  # a call of another slice is none from an older one in it
                    for counts in (ours, theirs):
                        for row in list(counts.functions.values()) + list(counts.edges.values()):
                            row[1] = 0
                self.same(ours, theirs, outside, (work.__name__, width))

    def test_of_random_programs(self):
        for seed in SEEDS:
            def wanted(key):
                return key[0] == frames_programs.file_name(seed) or (key[0] == "~" and outside(key))
            space, _ = frames_programs.load(seed)
            space["main"]()
            want, theirs = by_cprofile(space["main"])
            got, ours = by_events(space["main"])
            self.assertEqual(got, want, seed)
            self.same(ours, theirs, wanted, seed)

    def test_generators_count_each_time_they_go_on(self):
        def numbers():
            yield 1
            yield 2

        def work():
            return list(numbers()) + [n for n in numbers()]
        _, theirs = by_cprofile(work)
        _, ours = by_events(work)
        key = identity(numbers.__code__)
        self.assertEqual(ours.functions[key], theirs.functions[key])
        self.assertEqual(ours.functions[key], [6, 6])

    def test_beside_cprofile_both_count_or_the_programs_own_goes_first(self):
        def leaf():
            return len("abc")

        def work():
            for _ in range(10):
                leaf()
            return by_cprofile(lambda: [leaf() for _ in range(100)])[1]
        inner, ours = by_events(work)
        key = identity(leaf.__code__)
        self.assertEqual(inner.functions[key], [100, 100])
        self.assertEqual(ours.functions[key][0], 110 if MONITORING else 10)


class Threads(unittest.TestCase):
    def calls(self, work, name, **options):
        _, slices = collect(work, engine="events", thread_label=True, **options)
        return {thread: sum(piece.row(name)["ncalls"] for piece in pieces)
                for thread, pieces in by_thread(slices).items()
                if any(piece.row(name)["ncalls"] for piece in pieces)}

    def test_born_in_each_way_from_their_first_call_on(self):
        ended = threading.Semaphore(0)

        def leaf():
            pass

        def life(n):
            for _ in range(n):
                leaf()
            ended.release()

        def grand(n):
            _thread.start_new_thread(life, (n,))
            ended.acquire()
            life(0)

        def work():
            thread = threading.Thread(target=life, args=(1,))
            thread.start()
            thread.join()
            _thread.start_new_thread(life, (20,))
            _thread.start_new(grand, (300,))
            for _ in range(3):
                ended.acquire()
        self.assertEqual(sorted(self.calls(work, "leaf", slice_ns=60 * 10 ** 9).values()),
                         [1, 20, 300])

    def test_alive_before_the_start(self):
        go = threading.Event()

        def leaf():
            pass

        def life():
            go.wait()
            for _ in range(7):
                leaf()
        thread = threading.Thread(target=life)
        thread.start()

        def work():
            go.set()
            thread.join()
        self.assertEqual(list(self.calls(work, "leaf").values()), [7])

    @unittest.skipIf(MONITORING, "tools of sys.monitoring do not share")
    def test_a_profile_function_of_the_programs_is_left_alone(self):
        seen = []

        def own(frame, event, arg):
            if event == "call":
                seen.append(frame.f_code.co_name)

        def leaf():
            pass

        def work():
            leaf()
            self.assertIsNone(sys.getprofile())
            sys.setprofile(own)
            for _ in range(10):
                leaf()
            self.assertTrue(_collector.flush(10))
            leaf()
            self.assertIs(sys.getprofile(), own)
            sys.setprofile(None)
            self.assertTrue(_collector.flush(10))  # where threads are looked at again
            for _ in range(100):
                leaf()
        try:
            calls = self.calls(work, "leaf", slice_ns=60 * 10 ** 9)
        finally:
            sys.setprofile(None)
        self.assertEqual(seen.count("leaf"), 11)
        self.assertEqual(list(calls.values()), [101])

    @unittest.skipIf(MONITORING, "threads have no profile functions")
    def test_nothing_is_left_in_threads(self):
        go = threading.Event()
        found = []

        def life():
            go.wait()
            found.append(sys.getprofile())
            sys.setprofile(None)
        thread = threading.Thread(target=life)
        _collector.start({"callback": lambda line: None, "engine": "events", "labels": {}})
        thread.start()
        self.assertTrue(_collector.stop(30))
        go.set()
        thread.join()
        self.assertEqual(found + [sys.getprofile()], [None, None])

    @unittest.skipUnless(MONITORING, "no sys.monitoring")
    def test_the_tool_is_ours_and_given_back(self):
        def tools():
            return [sys.monitoring.get_tool(id) for id in range(6)]
        before = tools()
        during, _ = collect(tools, engine="events")
        self.assertEqual(during[:3], before[:3])
        self.assertEqual(during.count("statslice"), 1)
        self.assertEqual(tools(), before)

    @unittest.skipUnless(MONITORING, "no sys.monitoring")
    def test_no_free_tool_is_told(self):
        for id in (3, 4):
            sys.monitoring.use_tool_id(id, "other")
            self.addCleanup(sys.monitoring.free_tool_id, id)
        with self.assertRaisesRegex(RuntimeError, "sys.monitoring"):
            collect(lambda: None, engine="events")
        self.assertFalse(_collector.status()["running"])


class CFunctions(unittest.TestCase):
    def test_their_time_is_their_own_in_each_slice(self):
        def nap():
            begin = time.perf_counter()
            time.sleep(0.35)
            return time.perf_counter() - begin
        slept, slices = collect(nap, engine="events")
        rows = [piece.row("<built-in method time.sleep>") for piece in slices]
        self.assertEqual(sum(row["ncalls"] for row in rows), 1)
        self.assertAlmostEqual(sum(row["tottime"] for row in rows), slept, delta=0.005)
        inside = rows[1:-1]  # of slices that lie in the call
        self.assertGreaterEqual(len(inside), 2)
        for row in inside:
            self.assertAlmostEqual(row["tottime"] * 1e9, WIDTH_NS, delta=WIDTH_NS / 1000)

    def test_a_name_that_takes_python_code_to_tell(self):
        class Noisy(type):
            def __repr__(cls):
                return "noisy " + "".join(str(n) for n in range(3))

        class Box(dict, metaclass=Noisy):
            pass

        def work():
            box = Box(a=1)
            return [box.get("a") for _ in range(5)]
        got, counts = by_events(work)
        self.assertEqual(got, [1] * 5)
        self.assertEqual(counts.functions["~", 0, "<method 'get' of 'dict' objects>"][0], 5)


class Service(unittest.TestCase):
    def test_status_tells_the_engine(self):
        seen = []
        collect(lambda: seen.append(_collector.status()), engine="events")
        self.assertEqual((seen[0]["engine"], seen[0]["overhead_percent"]), ("events", None))

    def test_a_block_of_frames_is_refused_meanwhile(self):
        def work():
            self.assertRaises(RuntimeError, _collector.Frames().enable)
        collect(work, engine="events")
        _collector.Frames().enable()

    def test_the_engines_take_turns(self):
        def leaf():
            pass
        for engine in ("events", "frames") * 3:
            _, slices = collect(lambda: [leaf() for _ in range(5)], engine=engine)
            self.assertEqual(sum(piece.row("leaf")["ncalls"] for piece in slices), 5)
            self.assertEqual({piece.engine for piece in slices}, {engine})

    def test_a_callback_is_not_profiled(self):
        def heard(line):
            lines.append(line)
            time.sleep(0.001)
        lines = []
        _collector.start({"callback": heard, "engine": "events", "labels": {}, "slice_ns": NARROW_NS})
        time.sleep(0.2)
        self.assertTrue(_collector.stop(30))
        self.assertGreater(len(lines), 10)
        self.assertFalse([line for line in lines if b'"name":"heard"' in line])


class Slices(test_frames_slices.Slices):
    engine = "events"


class OnEvents(unittest.TestCase):
    def setUp(self):
        service_harness.engine = "events"

    def tearDown(self):
        service_harness.engine = "frames"


class Labels(OnEvents, test_labels.Blocks):
    def test_time_in_flight_is_split_where_the_label_changes(self):
        def burn(seconds):
            begin = time.perf_counter()
            while time.perf_counter() < begin + seconds:
                pass
            return time.perf_counter() - begin

        def outer(took):
            took[None] = burn(0.02)
            with statslice.label(a="x"):
                took["x"] = burn(0.06)
        took = {}
        with service_harness.collecting() as records:
            outer(took)
        for name, seconds in took.items():
            ran = sum(row.cumtime_ns for record in records if record.labels.get("a") == name
                      for row in record.functions() if row.name == "outer")
            self.assertAlmostEqual(ran / 1e9, seconds, delta=0.005)


class ThreadsAndTasks(OnEvents, test_labels.ThreadsAndTasks):
    def test_a_context_that_is_left_takes_its_labels_along(self):
        def leaf():
            pass

        def inner():
            statslice.label(a="inner").__enter__()
            leaf()
        context = contextvars.copy_context()
        with service_harness.collecting() as records:
            leaf()
            context.run(inner)
            for _ in range(10):
                leaf()
            context.run(leaf)
        self.assertEqual(service_harness.calls_by(records, "leaf", "a"),
                         {(None,): 11, ("inner",): 2})

    def test_tasks_of_asyncio(self):
        async def task(name, n):
            with statslice.label(task=name):
                for _ in range(n):
                    self.step()
                    await asyncio.sleep(0)

        async def main():
            await asyncio.gather(task("a", 5), task("b", 50))
        with service_harness.collecting() as records:
            asyncio.run(main())
        self.assertEqual(service_harness.calls_by(records, "step", "task"), {("a",): 5, ("b",): 50})

    @staticmethod
    def step():
        pass


if __name__ == "__main__":
    unittest.main()
