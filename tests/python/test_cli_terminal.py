"""The command in a terminal: its size, the bar while it reads."""
import time
import unittest

from cli_harness import CommandTest, function, log_line, run_in_terminal

LINE = log_line(1582000000, f=function(0.5)).encode()


def slowly(process):
    """Feed the command for a second, a bit at a time."""
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        process.stdin.write(LINE * 50)
        process.stdin.flush()
        yield
    process.stdin.close()
    while True:
        yield


class Size(CommandTest):
    def test_help_is_wrapped_at_the_terminals_width(self):
        _, seen = run_in_terminal(self, "slices", "--help", columns=60)
        text = seen.replace("\r", "").split("\nExamples:")[0]
        self.assertIn(max(len(line) for line in text.split("\n")), range(55, 61))


class Progress(CommandTest):
    def test_a_bar_is_drawn_while_it_reads_and_erased_at_the_end(self):
        status, seen = run_in_terminal(self, "slices", "--slice", "1s", "-", feed=slowly)
        self.assertEqual(status, 0, seen)
        self.assertIn("standard input", seen)
        self.assertRegex(seen, r"\d+ [kM]?B/s")
        self.assertEqual(seen.rsplit("/s", 1)[1][:4], "\r\x1b[K")

    def test_a_pipe_that_is_read_twice_is_watched_too(self):
        status, seen = run_in_terminal(self, "slices", "--slices", "9", "-", feed=slowly)
        self.assertEqual(status, 0, seen)
        self.assertIn("standard input", seen)

    def test_a_file_of_known_size_tells_what_is_left(self):
        self.write("long.log", LINE * 200000)
        _, seen = run_in_terminal(self, "convert", "long.log", "-o", "x.ndjson.gz")
        if "long.log" not in seen:
            self.skipTest("too quick for a bar")
        self.assertRegex(seen, r"long\.log  \[#*-*\]  +\d+%  \d+ [kM]B/s  \d:\d\d left")

    def test_quiet_draws_none(self):
        status, seen = run_in_terminal(self, "slices", "-q", "--slice", "1s", "-", feed=slowly)
        self.assertEqual(status, 0, seen)
        self.assertNotIn("standard input", seen)

    def test_quick_work_draws_none(self):
        _, seen = run_in_terminal(self, "info", self.make_log())
        self.assertNotIn("\x1b[K", seen)


if __name__ == "__main__":
    unittest.main()
