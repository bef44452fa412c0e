"""StatsProfile, FunctionProfile and their exact forms."""
import dataclasses
import json
import pickle
import pstats
import unittest

import statslice

HAS_STATS_PROFILE = hasattr(pstats, "StatsProfile")


def function_profile(cls, ncalls="3/1"):
    return cls(ncalls, 0.5, 0.167, 1.25, 1.25, "shop.py", 7)


def stats_profile(module, **functions):
    functions = functions or {"add": "3/1", "<lambda>": "2"}
    return module.StatsProfile(1.0, {
        name: function_profile(module.FunctionProfile, ncalls) for name, ncalls in functions.items()})


class Dataclasses(unittest.TestCase):
    def test_fields__are_those_of_pstats(self):
        self.assertEqual(
            [field.name for field in dataclasses.fields(statslice.FunctionProfile)],
            ["ncalls", "tottime", "percall_tottime", "cumtime", "percall_cumtime", "file_name",
             "line_number"])
        self.assertEqual([field.name for field in dataclasses.fields(statslice.StatsProfile)],
                         ["total_tt", "func_profiles"])

    @unittest.skipUnless(HAS_STATS_PROFILE, "pstats has it from 3.9 on")
    def test_equal_content__is_equal_both_ways(self):
        theirs, ours = stats_profile(pstats), stats_profile(statslice)
        self.assertEqual(theirs, ours)
        self.assertEqual(ours, theirs)
        self.assertEqual(hash(function_profile(pstats.FunctionProfile)),
                         hash(function_profile(statslice.FunctionProfile)))
        for other in (stats_profile(pstats, add="4/1"), stats_profile(pstats, other="3/1")):
            self.assertNotEqual(other, ours)
            self.assertNotEqual(ours, other)

    def test_other_things__are_not_equal(self):
        ours = stats_profile(statslice)
        for other in (None, 1, "StatsProfile", (1.0, ours.func_profiles), object()):
            self.assertNotEqual(ours, other)
        self.assertNotEqual(function_profile(statslice.FunctionProfile), ours)

    def test_profiles__are_ordinary_dataclasses(self):
        one = function_profile(statslice.FunctionProfile)
        self.assertEqual(vars(one), dataclasses.asdict(one))
        self.assertEqual(pickle.loads(pickle.dumps(one)), one)
        self.assertEqual(dataclasses.replace(one, ncalls="9").ncalls, "9")
        self.assertEqual({one: 1}[function_profile(statslice.FunctionProfile)], 1)


class Json(unittest.TestCase):
    def test_json__is_what_asdict_gives(self):
        ours = stats_profile(statslice)
        self.assertEqual(json.loads(ours.to_json()), dataclasses.asdict(ours))

    def test_json__comes_back_equal(self):
        for profile in (stats_profile(statslice), statslice.StatsProfile(0, {})):
            again = statslice.StatsProfile.from_json(profile.to_json(indent=1))
            self.assertEqual(again, profile)
            self.assertIs(type(again), statslice.StatsProfile)

    def test_json__of_something_else_is_refused(self):
        for text in ("[]", "{}", "null", '{"total_tt": 1}', '{"total_tt": 1, "func_profiles": [1]}',
                     '{"total_tt": 1, "func_profiles": {"f": {"ncalls": "1"}}}', "{"):
            with self.assertRaises(ValueError):
                statslice.StatsProfile.from_json(text)


class Exact(unittest.TestCase):
    STATS = {
        ("a.py", 1, "f"): (1, 3, 1e-9, 2.5e-7, {}),
        ("b.py", 1, "f"): (2, 2, 0.25, 1.5, {("a.py", 1, "f"): (2, 2, 0.25, 1.5)}),
        ("~", 0, "<built-in method len>"): (0, 0, 0.0, 0.0, {}),
    }

    def stats(self):
        stats = statslice.Stats()
        stats.stats = dict(self.STATS)
        return stats

    def test_exact__keeps_functions_of_one_name_apart(self):
        exact = self.stats().get_stats_profile(exact=True)
        self.assertEqual(list(exact.func_profiles), list(self.STATS))
        self.assertEqual(set(self.stats().get_stats_profile().func_profiles),
                         {"f", "<built-in method len>"})

    def test_exact__rounds_nothing(self):
        exact = self.stats().get_stats_profile(exact=True)
        one, two = exact.func_profiles[("a.py", 1, "f")], exact.func_profiles[("b.py", 1, "f")]
        self.assertEqual((one.ncalls, one.pcalls, one.tottime_ns, one.cumtime_ns), (3, 1, 1, 250))
        self.assertEqual((one.file_name, one.line_number, one.name), ("a.py", 1, "f"))
        self.assertEqual((one.tottime, one.percall_tottime_ns, one.percall_cumtime_ns),
                         (1e-9, 1 / 3, 250.0))
        self.assertEqual((two.cumtime_ns, two.cumtime), (1500000000, 1.5))
        self.assertEqual((exact.total_tt_ns, exact.total_calls, exact.prim_calls),
                         (250000001, 5, 3))

    def test_exact__per_call_without_calls_is_none(self):
        exact = self.stats().get_stats_profile(exact=True)
        built_in = exact.func_profiles[("~", 0, "<built-in method len>")]
        self.assertIsNone(built_in.percall_tottime_ns)
        self.assertIsNone(built_in.percall_cumtime_ns)

    def test_exact__order_is_the_sorted_one(self):
        stats = self.stats().sort_stats("tottime")
        self.assertEqual([key[0] for key in stats.get_stats_profile(exact=True).func_profiles],
                         ["b.py", "a.py", "~"])

    def test_exact__equals_by_way_of_a_record(self):
        self.assertEqual(statslice.as_record(self.stats()).get_stats_profile(exact=True),
                         self.stats().get_stats_profile(exact=True))


if __name__ == "__main__":
    unittest.main()
