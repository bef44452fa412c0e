"""Slices of the always-on collector: times are conserved, thread by thread and slice by slice.

What is expected is told from outside of the engine: by time.time_ns() in the threads and around
them, and by counts that the threads keep themselves.
"""
import bisect
import collections
import os
import random
import threading
import time
import unittest
import zlib

from frames_service import WIDTH_NS, by_thread, collect

from statslice import _collector

SEED = int(os.environ.get("STATSLICE_TEST_SEED", random.SystemRandom().randrange(10 ** 9)))
SECONDS = float(os.environ.get("STATSLICE_TEST_SECONDS", "3"))
ACCURACY = 0.001
EDGE_NS = 2000000  # so near to an edge a clock read beside the engine's does not tell the slice
CLOCK_NS = 50000  # what two readings of the clock may differ by for one moment
BIG = os.urandom(1 << 16) * 8


def native_id():
    return threading.get_native_id()


class Diary:
    """What a thread knows of itself: when it ran, what it called, and when."""

    def __init__(self):
        self.thread = None
        self.born_ns = self.died_ns = 0     # measured around the thread
        self.begin_ns = self.end_ns = 0     # measured in it
        self.about_ns = 0                   # when it was about to call what it notes next
        self.calls = collections.defaultdict(list)

    def call(self, function, *args):
        self.about_ns = time.time_ns()
        return function(self, *args)

    def note(self, name):
        """A call's begin lies between two readings of the clock."""
        self.calls[name].append((self.about_ns, time.time_ns()))


def spin(diary, seconds):
    diary.note("spin")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        diary.call(leaf)
        sum(range(1000))


def leaf(diary):
    diary.note("leaf")


def nap(diary, seconds):
    diary.note("nap")
    time.sleep(seconds)


def squeeze(diary, seconds):
    """C code that lets the lock of the interpreter go, for long."""
    diary.note("squeeze")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        zlib.compress(BIG, 6)


def linger(diary, seconds):
    diary.note("linger")
    threading.Event().wait(seconds)


def dive(diary, seconds, depth=12):
    diary.note("dive")
    if depth:
        return diary.call(dive, seconds, depth - 1)
    return diary.call(nap, seconds)


def numbers(diary, seconds):
    for _ in range(5):
        yield diary.call(nap, seconds / 5)


def iterate(diary, seconds):
    diary.note("iterate")
    return list(numbers(diary, seconds))


KINDS = [spin, nap, squeeze, linger, dive, iterate]


def live(diary, dice, until, seconds):
    """A thread's life."""
    diary.begin_ns = time.time_ns()
    diary.thread = native_id()
    end = min(until, time.perf_counter() + seconds)
    while time.perf_counter() < end:
        kind = dice.choice(KINDS)
        diary.call(kind, min(dice.expovariate(1 / 0.05), 0.5))
    diary.end_ns = time.time_ns()


def crowd(dice, seconds, n_at_once=5):
    """Threads that are born and die at random. Returns their diaries."""
    until = time.perf_counter() + seconds
    diaries, running = [], []
    while time.perf_counter() < until or running:
        while len(running) < n_at_once and time.perf_counter() < until:
            diary = Diary()
            length = dice.choice((0.001, 0.03, 0.3, 1.0)) * dice.random()
            thread = threading.Thread(target=live, args=(diary, random.Random(dice.random()), until,
                                                         length))
            diary.born_ns = time.time_ns()
            thread.start()
            running.append((thread, diary))
            diaries.append(diary)
        thread, diary = running.pop(dice.randrange(len(running)))
        thread.join()
        diary.died_ns = time.time_ns()
        time.sleep(dice.random() * 0.02)
    return diaries


def between(begins, ends, begin, end):
    """How many intervals, both of whose sides ascend, lie in a span, or else touch it: whichever side
    is given first is looked for behind the span's begin, and the other one before its end."""
    return max(0, bisect.bisect_left(ends, end) - bisect.bisect_left(begins, begin))


class Slices(unittest.TestCase):
    engine = "frames"

    def collect(self, work, **options):
        self.before_ns = time.time_ns()
        found = collect(work, engine=self.engine, **options)
        self.after_ns = time.time_ns()
        return found

    def check_spans(self, slices, begin_ns, end_ns):
        """Slices lie on the grid and follow one another; the first and the last are cut short, by
        the start and the stop around what ran from begin_ns to end_ns."""
        spans = sorted({(piece.begin, piece.end) for piece in slices})
        for (_, end), (begin, _) in zip(spans, spans[1:]):
            self.assertEqual(end, begin)
            self.assertEqual(begin % WIDTH_NS, 0)
        self.assertLess(self.before_ns - CLOCK_NS, spans[0][0])
        self.assertLess(spans[0][0], begin_ns + CLOCK_NS)
        self.assertLess(end_ns - CLOCK_NS, spans[-1][1])
        self.assertLess(spans[-1][1], self.after_ns + CLOCK_NS)
        for piece in slices:
            self.assertLessEqual(piece.end - piece.begin, WIDTH_NS)
            self.assertLessEqual(piece.own_ns, piece.end - piece.begin + len(piece.rows), vars(piece))
            self.assertEqual(piece.coverage, 1)
            self.assertEqual((piece.engine, piece.clock), (self.engine, "wall"))
        return spans

    def check_thread(self, diary, pieces):
        """A thread's own times against what it measured itself, slice by slice."""
        for piece in pieces:
            inside = min(diary.end_ns, piece.end) - max(diary.begin_ns, piece.begin)
            around = min(diary.died_ns, piece.end) - max(diary.born_ns, piece.begin)
            slack = ACCURACY * (piece.end - piece.begin)
            self.assertGreaterEqual(piece.own_ns, inside - slack, (vars(diary), piece.begin))
            self.assertLessEqual(piece.own_ns, around + slack, (vars(diary), piece.begin))
        whole = sum(piece.own_ns for piece in pieces)
        self.assertGreaterEqual(whole, (diary.end_ns - diary.begin_ns) * (1 - ACCURACY) - 20000)
        self.assertLessEqual(whole, (diary.died_ns - diary.born_ns) * (1 + ACCURACY) + 20000)

    def check_present(self, diary, pieces, spans):
        """It shows in each slice that it saw the whole of."""
        shown = {piece.begin for piece in pieces}
        for begin, end in spans:
            if diary.begin_ns + EDGE_NS < end and begin < diary.end_ns - EDGE_NS:
                self.assertIn(begin, shown, vars(diary))

    def check_counts(self, diary, pieces):
        """Calls are counted in the slice of their start."""
        for name, times in diary.calls.items():
            counted = sum(piece.row(name)["ncalls"] for piece in pieces)
            self.assertEqual(counted, len(times), name)
            before, after = zip(*times)
            for piece in pieces:
                surely = between(before, after, piece.begin + CLOCK_NS, piece.end - CLOCK_NS)
                perhaps = between(after, before, piece.begin - CLOCK_NS, piece.end + CLOCK_NS)
                self.assertGreaterEqual(piece.row(name)["ncalls"], surely, name)
                self.assertLessEqual(piece.row(name)["ncalls"], perhaps, name)

    def test_conservation_under_random_work_and_threads(self):
        dice = random.Random(SEED)

        def work():
            begin = time.time_ns()
            diaries = crowd(dice, SECONDS)
            return begin, diaries, time.time_ns()
        with self.subTest(seed=SEED):
            (begin, diaries, end), slices = self.collect(work, thread_label=True)
            spans = self.check_spans(slices, begin, end)
            threads = by_thread(slices)
            for diary in diaries:
                pieces = [piece for piece in threads[diary.thread]
                          if piece.end > diary.born_ns and piece.begin < diary.died_ns]
                self.check_thread(diary, pieces)
                self.check_present(diary, pieces, spans)
                self.check_counts(diary, pieces)
            main = Diary()
            main.born_ns, main.died_ns = spans[0][0], spans[-1][1]
            main.begin_ns, main.end_ns = begin, end
            self.check_thread(main, threads[native_id()])
            self.check_present(main, threads[native_id()], spans)
            self.assertGreater(len(diaries), 10)

    def test_slices_add_up_to_what_was_not_sliced(self):
        diary, dice = Diary(), random.Random(7)

        def work():
            begin = time.time_ns()
            for kind in KINDS * 2:
                diary.call(kind, 0.01 + dice.random() * 0.1)
            return time.time_ns() - begin
        elapsed, slices = self.collect(work)
        self.assertEqual({piece.thread for piece in slices}, {None})
        for name, times in diary.calls.items():
            self.assertEqual(sum(piece.row(name)["ncalls"] for piece in slices), len(times), name)
        cumulative = sum(piece.row("work")["cumtime"] for piece in slices) * 1e9
        self.assertAlmostEqual(cumulative, elapsed, delta=elapsed * ACCURACY + 100000)
        dives = sum(piece.row("dive")["pcalls"] for piece in slices)
        self.assertEqual(dives, 2)

    def test_a_thread_in_one_long_c_call_is_in_every_slice(self):
        lock = threading.Lock()
        lock.acquire()
        ids = []

        def sleeper():
            ids.append(native_id())
            time.sleep(1.05)
            ends["sleeper"] = time.time_ns()

        def blocked():
            ids.append(native_id())
            lock.acquire()
            ends["blocked"] = time.time_ns()

        def squeezer():
            ids.append(native_id())
            zlib.compress(BIG * 40, 9)
            ends["squeezer"] = time.time_ns()

        def work():
            begin = time.time_ns()
            threads = [threading.Thread(target=target) for target in (sleeper, blocked, squeezer)]
            for thread in threads:
                thread.start()
            threads[2].join()
            threads[0].join()
            lock.release()
            threads[1].join()
            return begin
        ends = {}
        begin, slices = self.collect(work, thread_label=True)
        threads = by_thread(slices)
        self.assertEqual(len(set(ids)), 3)
        for name, end in ends.items():
            pieces = [pieces for pieces in threads.values()
                      if any(piece.row(name) for piece in pieces)]
            self.assertEqual(len(pieces), 1)
            whole = [piece for piece in pieces[0]
                     if piece.begin > begin + WIDTH_NS and piece.end < end]
            self.assertGreaterEqual(len(whole), 7 if name != "squeezer" else 1)
            for piece in whole:
                ran = piece.row(name)["cumtime"] * 1e9
                self.assertAlmostEqual(ran, piece.end - piece.begin, delta=WIDTH_NS * ACCURACY)
                self.assertEqual(piece.row(name)["ncalls"], 0)
            self.assertEqual(sum(piece.row(name)["ncalls"] for piece in pieces[0]), 1)

    def test_frames_that_run_at_start_and_at_stop_are_charged(self):
        def outer():
            inner()
            time.sleep(0.06)

        def inner():
            lines = []
            begin = time.time_ns()
            _, slices = self.collect(lambda: time.sleep(0.15))
            pieces.extend(slices)
            spans.append((begin, time.time_ns()))
            return lines
        pieces, spans = [], []
        outer()
        elapsed = spans[0][1] - spans[0][0]
        for name in ("outer", "inner"):
            self.assertEqual(sum(piece.row(name)["ncalls"] for piece in pieces), 0)
            cumulative = sum(piece.row(name)["cumtime"] for piece in pieces) * 1e9
            self.assertGreaterEqual(cumulative, 150e6 * (1 - ACCURACY))
            self.assertLessEqual(cumulative, elapsed * (1 + ACCURACY))

    def test_threads_that_ran_before_the_start_are_charged(self):
        ids, go, done = [], threading.Event(), threading.Event()

        def old():
            ids.append(native_id())
            go.wait()
            time.sleep(0.12)
            done.set()
            time.sleep(0.3)
        thread = threading.Thread(target=old)
        thread.start()

        def work():
            time.sleep(0.25)
            go.set()
            done.wait()
        _, slices = self.collect(work, thread_label=True)
        thread.join()
        mine = [piece for piece in slices if piece.thread == ids[0]]
        begin, end = min(p.begin for p in slices), max(p.end for p in slices)
        self.assertEqual(sum(piece.row("old")["ncalls"] for piece in mine), 0)
        self.assertAlmostEqual(sum(piece.row("old")["cumtime"] for piece in mine) * 1e9, end - begin,
                               delta=(end - begin) * ACCURACY)
        self.assertAlmostEqual(sum(piece.own_ns for piece in mine), end - begin,
                               delta=(end - begin) * ACCURACY)

    def test_flush_ends_a_slice_and_the_grid_goes_on(self):
        def work():
            for _ in range(3):
                time.sleep(0.13)
                self.assertTrue(_collector.flush(10))
            time.sleep(0.13)
        _, slices = self.collect(work)
        spans = sorted({(piece.begin, piece.end) for piece in slices})
        self.assertEqual([a for _, a in spans[:-1]], [b for b, _ in spans[1:]])
        off_grid = [end for _, end in spans[:-1] if end % WIDTH_NS]
        self.assertEqual(len(off_grid), 3)
        total = sum(piece.own_ns for piece in slices)
        self.assertAlmostEqual(total, spans[-1][1] - spans[0][0], delta=total * ACCURACY + 100000)

    def test_the_clock_of_the_processor_counts_running_alone(self):
        def burn():
            end = time.thread_time_ns() + 300000000
            while time.thread_time_ns() < end:
                pass

        def rest():
            time.sleep(0.3)

        def work():
            begin = time.thread_time_ns()
            burn()
            rest()
            return time.thread_time_ns() - begin
        used, slices = self.collect(work, clock="cpu", thread_label=True)
        mine = [piece for piece in slices if piece.thread == native_id()]
        self.assertAlmostEqual(sum(piece.row("burn")["cumtime"] for piece in mine), 0.3, delta=0.006)
        self.assertLess(sum(piece.row("rest")["cumtime"] for piece in mine), 0.02)
        self.assertAlmostEqual(sum(piece.row("work")["cumtime"] for piece in mine) * 1e9, used,
                               delta=used * 0.02)
        for piece in mine:
            self.assertEqual(piece.clock, "cpu")
            # The processor's time is read when somebody looks: at a call after the edge, or by
            # the ticker, which waits for the interpreter's lock.
            self.assertLessEqual(piece.own_ns, piece.end - piece.begin + 30000000)


if __name__ == "__main__":
    unittest.main()
