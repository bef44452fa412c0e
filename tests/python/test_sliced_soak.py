"""The events engine of the always-on collector for long and under load: test_frames_soak.py, on it."""
import unittest

import test_frames_soak


class Soak(test_frames_soak.Soak):
    engine = "events"
    test_blocks_profiled_again_and_again = None  # those are not cut into slices
    test_hours_on_a_fast_clock = None  # the recorder's, whoever tells it of calls
    test_thousands_of_label_sets = None  # likewise


if __name__ == "__main__":
    unittest.main()
