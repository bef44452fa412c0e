"""The always-on collector with a budget: what it tells of the part that it saw.

What is expected is told by the program itself, which times its own pieces; nothing is asked of
what the collector costs here (bench/bench_programs.py does).
"""
import collections
import os
import random
import threading
import time
import unittest

from frames_service import by_thread, collect

from statslice import _collector

SECONDS = float(os.environ.get("STATSLICE_TEST_SECONDS", "5"))
PIECE_S = 0.0007
SPANS = 4         # of SECONDS each, where one is out of bounds: chance does half as much in them
POINTS_BESIDE = 12  # the same beside threads that compute, which has a bias: docs/collector.md
POINTS = 3.5      # what chance alone stays within, with so many windows as BUDGET pays for
BUDGET = 5.0      # per cent: more windows in few seconds
ROUND_NS = 5000   # what is rounded in a slice's coverage and times, and 0.1 % of it
CPU_SHARE = 0.95  # of the time in which a thread would run; less: other processes took it


def loops(seconds):
    """No call of Python, nor a long one of C."""
    end = time.perf_counter() + seconds
    total = 0
    while time.perf_counter() < end:
        for i in range(40):
            total += i * i
    return total


def leaf(number):
    return number + 1


def calls(seconds):
    """Little but calls of Python."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for i in range(40):
            leaf(i)


def in_c(seconds):
    """One call of C that holds the lock of the interpreter."""
    return sum(range(int(seconds * 4e7)))


def naps(seconds):
    """One call of C without the lock."""
    time.sleep(seconds)


KINDS = (loops, calls, in_c, naps)
RUNNING = ("loops", "calls", "in_c")  # not waiting for anything


def mixed(dice, seconds):
    """Pieces of random kinds and lengths. Returns how many seconds each kind took, and the
    thread's processor time as "cpu"."""
    spent = collections.Counter(cpu=-time.thread_time())
    until = time.perf_counter() + seconds
    begin = time.perf_counter()
    while begin < until:
        kind = dice.choice(KINDS)
        kind(dice.expovariate(1 / PIECE_S))
        end = time.perf_counter()
        spent[kind.__name__] += end - begin
        begin = end
    spent["cpu"] += time.thread_time()
    return spent


def estimates(slices):
    """Seconds of own time of each function, each slice's scaled to the whole of it."""
    own = collections.Counter()
    for piece in slices:
        for row in piece.rows:
            own[row["name"]] += row["tottime"] / piece.coverage
    own["calls"] += own.pop("leaf", 0.0)
    return own


def percents(seconds):
    total = sum(seconds[kind.__name__] for kind in KINDS)
    return {kind.__name__: 100.0 * seconds[kind.__name__] / total for kind in KINDS}


def furthest_off(exact, estimated):
    return max(abs(estimated[name] - share) for name, share in exact.items())


class Budget(unittest.TestCase):
    def collect_shares(self, collect_span, spans):
        """Shares in that many spans together: as the program says, as the slices estimate.

        Where threads wait for a processor, the collector's waits for one too, and longer when the
        others run: it is told that shares are worse there (docs/collector.md)."""
        spent, own = collections.Counter(), collections.Counter()
        dice = random.Random(3 + spans)
        for _ in range(spans):
            span_spent, slices = collect_span(dice)
            if span_spent["cpu"] < CPU_SHARE * sum(span_spent[name] for name in RUNNING):
                self.skipTest("the machine is too busy")
            spent += span_spent
            own += estimates(slices)
        return percents(spent), percents(own)

    def check_shares(self, collect_span, points=POINTS):
        """Windows are drawn by chance: one span may be out of bounds, all together are not, but by a bias."""
        exact, estimated = self.collect_shares(collect_span, 1)
        if furthest_off(exact, estimated) > points:
            exact, estimated = self.collect_shares(collect_span, SPANS)
        self.assertLessEqual(furthest_off(exact, estimated), points, (exact, estimated))

    def test_shares_are_not_biased(self):
        """Neither by where windows begin and end, nor by calls that cannot be interrupted."""
        self.check_shares(lambda dice: collect(lambda: mixed(dice, SECONDS), budget=BUDGET,
                                               slice_ns=10 ** 9))

    def test_shares_are_not_far_off_beside_threads_that_compute(self):
        """The lock is asked for by others as well, who get it at other times: a long call of C that
        holds it ends with them, and its moments are given up for others."""
        done = threading.Event()

        def other():
            while not done.is_set():
                in_c(0.00002)
                time.sleep(0.001)

        def span(dice):
            (main, spent), slices = collect(lambda: (threading.get_native_id(), mixed(dice, SECONDS)),
                                            budget=BUDGET, slice_ns=10 ** 9, thread_label=True)
            return spent, by_thread(slices)[main]
        thread = threading.Thread(target=other)
        thread.start()
        try:
            self.check_shares(span, POINTS_BESIDE)
        finally:
            done.set()
            thread.join()

    def test_own_times_are_those_of_the_part_that_was_collected(self):
        def work():
            mixed(random.Random(5), 2.0)
            return threading.get_native_id()
        main, slices = collect(work, budget=1.0, thread_label=True)
        pieces = by_thread(slices)[main]
        self.assertGreater(len(pieces), 5)
        for piece in pieces[1:-1]:
            collected = piece.coverage * (piece.end - piece.begin)
            self.assertAlmostEqual(piece.own_ns, collected, delta=ROUND_NS + 0.001 * collected)

    def test_what_calls_is_collected_in_part_and_what_does_not_is_always(self):
        figures = {}

        def work(kind):
            end = time.perf_counter() + 3.0  # a whole slice at least, though some had no window
            while time.perf_counter() < end:
                kind(0.05)
            figures[kind] = _collector.status()
        _, slices = collect(lambda: work(calls), budget=1.0, slice_ns=10 ** 9)
        self.assertLess(max(piece.coverage for piece in slices[1:-1]), 0.5)
        self.assertLess(figures[calls]["overhead_percent"], 1.5)
        _, slices = collect(lambda: work(naps), budget=1.0, slice_ns=10 ** 9)
        self.assertGreater(slices[-2].coverage, 0.95)
        self.assertLess(figures[naps]["overhead_percent"], 1.0)

    def test_without_a_budget_everything_is_collected(self):
        _, slices = collect(lambda: mixed(random.Random(6), 0.3))
        self.assertEqual({piece.coverage for piece in slices}, {1})


if __name__ == "__main__":
    unittest.main()
