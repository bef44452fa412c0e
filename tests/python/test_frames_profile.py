"""statslice.Profile(engine="frames"): the methods of the other engine, on exact figures."""
import cProfile
import io
import os
import pstats
import tempfile
import threading
import unittest

import statslice
from service_harness import needs_frames


def leaf():
    return len("x")


def recursive(depth):
    leaf()
    return recursive(depth - 1) if depth else 0


def program():
    for depth in range(5):
        recursive(depth)


def calls(stats):
    """{name: (primitive calls, calls)} of this file's functions."""
    return {key[2]: row[:2] for key, row in stats.items()
            if key[2] in ("leaf", "recursive", "program")}


@needs_frames
class FramesProfile(unittest.TestCase):
    def profile(self, **options):
        profile = statslice.Profile(engine="frames", **options)
        with profile:
            program()
        return profile

    def test_calls_are_those_of_cprofile(self):
        reference = cProfile.Profile(builtins=False)
        reference.runcall(program)
        profile = self.profile()
        expected = calls(pstats.Stats(reference).stats)
        self.assertEqual(expected["recursive"], (5, 15))
        self.assertEqual(calls(statslice.Stats(profile).stats), expected)
        self.assertEqual(calls(profile.stats_dict()), expected)
        rows = profile.get_stats_profile(exact=True).func_profiles.values()
        self.assertEqual({row.name: (row.pcalls, row.ncalls) for row in rows
                          if row.name in expected}, expected)
        self.assertEqual(profile.get_stats_profile().func_profiles["recursive"].ncalls, "15/5")

    def test_it_knows_its_engine_and_when_it_ran(self):
        profile = statslice.Profile(engine="frames")
        self.assertIsNone(profile.begin)
        with profile:
            program()
        self.assertLess(profile.begin, profile.end)
        record = statslice.as_record(profile, {"service": "shop"})
        self.assertEqual((record.engine, record.begin, record.labels),
                         ("frames", profile.begin, {"service": "shop"}))
        self.assertEqual(statslice.Profile().engine, "events")

    def test_it_is_written_and_logged(self):
        profile = self.profile()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.prof")
            profile.write(path)
            self.assertEqual(calls(pstats.Stats(path).stats), calls(profile.stats_dict()))
            profile.dump_stats(path)
            self.assertEqual(calls(pstats.Stats(path).stats), calls(profile.stats_dict()))
        stream = io.StringIO()
        statslice.log(profile, stream)
        record, = statslice.read(stream.getvalue().encode(), strict=True)
        self.assertEqual((record.engine, calls(record.stats)),
                         ("frames", calls(profile.stats_dict())))

    def test_runs_add_up_until_it_is_cleared(self):
        profile = self.profile()
        self.assertEqual(profile.runcall(recursive, 0), 0)
        profile.runctx("leaf()", {"leaf": leaf}, {})
        self.assertEqual(calls(profile.stats_dict())["leaf"], (17, 17))
        profile.clear()
        self.assertEqual(calls(profile.stats_dict()), {})

    def test_one_thread_or_all(self):
        for threads, expected in ((False, {}), (True, {"leaf": (1, 1)})):
            profile = statslice.Profile(engine="frames", threads=threads)
            with profile:
                thread = threading.Thread(target=leaf)
                thread.start()
                thread.join()
            self.assertEqual(calls(profile.stats_dict()), expected)

    def test_one_at_a_time(self):
        with statslice.Profile(engine="frames"):
            self.assertRaises(RuntimeError, statslice.Profile(engine="frames").enable)
        statslice.Profile(engine="frames").runcall(leaf)

    def test_options_of_the_other_engine_are_refused(self):
        for option in ("timer", "subcalls", "builtins"):
            self.assertRaises(TypeError, statslice.Profile, engine="frames", **{option: None})
        self.assertRaises(statslice.UsageError, statslice.Profile, engine="steam")


if __name__ == "__main__":
    unittest.main()
