"""Resumes, awaittime, lost profiles and estimates, from log lines written by hand."""
import unittest

import statslice

LINE = (
    b'{"statslice":1,"begin":"2024-05-05T12:00:00Z","end":"2024-05-05T12:00:10Z","coverage":0.5,'
    b'"dropped":3,"func_profiles":{'
    b'"p":{"ncalls":2,"tottime":0.5,"cumtime":0.5,"file_name":"a.py","line_number":1,"name":"p"},'
    b'"f":{"ncalls":1,"tottime":0.25,"cumtime":0.25,"resumes":7,"awaittime":1.000000001,'
    b'"file_name":"a.py","line_number":2,"name":"f"}}}\n'
)


class Coros(unittest.TestCase):
    def test_functions_have_both_and_zeros_where_there_are_none(self) -> None:
        (record,) = statslice.read(LINE)
        plain, coro = record.functions()
        self.assertEqual((plain.resumes, plain.awaittime_ns), (0, 0))
        self.assertEqual((coro.resumes, coro.awaittime_ns), (7, 1000000001))
        self.assertEqual(len(record.function_rows()[0]), 8)

    def test_lost_profiles_are_told_and_summed(self) -> None:
        first, second = statslice.read(LINE + LINE)
        self.assertEqual(first.dropped, 3)
        first.merge(second)
        self.assertEqual(first.dropped, 6)
        first.dropped = 1
        self.assertEqual(first.dropped, 1)
        with self.assertRaises(ValueError):
            first.dropped = -1
        with self.assertRaises(OverflowError):
            first.dropped = 1 << 63

    def test_metrics(self) -> None:
        resumes = statslice.slices(LINE, slice="10s", metric="resumes")
        self.assertEqual(resumes.sums("a.py:2(f)"), [7])
        self.assertFalse(resumes.is_estimated)
        awaits = statslice.slices(LINE, slice="10s", metric="awaittime")
        self.assertEqual(awaits.sums("a.py:2(f)"), [1000000001])

    def test_estimates_are_scaled_and_say_so(self) -> None:
        series = statslice.slices(LINE, slice="10s", metric="ncalls", estimate=True)
        self.assertEqual(series.sums("a.py:1(p)"), [4])
        self.assertEqual(series.sums("a.py:2(f)"), [2])
        self.assertTrue(series.is_estimated)


if __name__ == "__main__":
    unittest.main()
