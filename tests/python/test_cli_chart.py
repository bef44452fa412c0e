"""statslice chart: which picture, where it goes, and what the terminal makes of it."""
import gzip
import unittest

from cli_harness import CommandTest, run_in_terminal

LINE_ENDS = str.maketrans("", "", "\r")


class Pictures(CommandTest):
    def test_the_ending_chooses_the_format(self):
        log = self.make_log()
        for name, magic in [("c.svg", b"<"), ("c.png", b"\x89PNG"), ("c.pdf", b"%PDF"),
                            ("c.svg.gz", b"\x1f\x8b")]:
            self.assertEqual(self.ok("chart", log, "-o", name), "")
            self.assertTrue(self.read(name).startswith(magic), name)
        self.assertIn(b"</svg>", gzip.decompress(self.read("c.svg.gz")))

    def test_a_format_by_name_goes_to_standard_output(self):
        text = self.ok("chart", self.make_log(), "--output-format", "svg", "--title", "a <b> & c")
        self.assertIn("a &lt;b&gt; &amp; c", text)

    def test_an_ending_that_is_no_picture(self):
        self.assertIn("--output-format", self.fails(2, "chart", self.make_log(), "-o", "c.bmp"))
        self.ok("chart", self.make_log(), "-o", "c.bmp", "--output-format", "png")

    def test_without_a_terminal_there_are_no_escapes(self):
        text = self.ok("chart", self.make_log())
        self.assertNotIn("\x1b", text)
        self.assertIn("slow", text)
        self.assertLessEqual(max(map(len, text.split("\n"))), 80)

    def test_a_locale_without_utf8_gets_ascii(self):
        for locale in ("C", "POSIX", "de_DE.ISO-8859-1"):
            self.assertTrue(self.ok("chart", self.make_log(), env={"LC_ALL": locale}).isascii())
        self.assertFalse(self.ok("chart", self.make_log()).isascii())

    def test_a_number_out_of_its_range(self):
        for value in ("12", "99999999999999999999", "-4", "1e3", ""):
            self.assertIn("is not a number from 200 to", self.fails(2, "chart", "--width", value, "a"))

    def test_an_unknown_theme(self):
        self.assertIn("auto light dark", self.fails(2, "chart", "--theme", "neon", "a.log"))

    def test_it_has_every_query_option_that_slices_has(self):
        query = self.ok("slices", "--help").split("\nQuery:\n")[1].split("\n\n")[0]
        self.assertIn(query, self.ok("chart", "--help"))

    def test_a_log_without_profiles(self):
        self.write("plain.log", "just a line\n")
        self.assertIn("no profiles found (1 line passed over)", self.fails(1, "chart", "plain.log"))

    def test_a_full_disk_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            self.assertIn("no space left", self.fails(1, "chart", self.make_log(), stdout=full))


class Colours(CommandTest):
    def chart(self, *arguments, **options):
        status, seen = run_in_terminal(self, "chart", self.make_log(), *arguments, **options)
        self.assertEqual(status, 0, seen)
        return seen

    def test_as_many_as_the_terminal_has(self):
        self.assertIn("\x1b[38;5;", self.chart())
        self.assertIn("\x1b[38;2;", self.chart(env={"COLORTERM": "truecolor"}))
        self.assertNotIn("\x1b[38", self.chart(env={"TERM": "linux"}))

    def test_none_when_asked_not_to(self):
        self.assertNotIn("\x1b[", self.chart(env={"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}))
        self.assertNotIn("\x1b[", self.chart(env={"TERM": "dumb"}))

    def test_forced_into_a_pipe(self):
        log = self.make_log()
        self.assertIn("\x1b[38;5;", self.ok("chart", log, env={"CLICOLOR_FORCE": "1"}))
        self.assertNotIn("\x1b[", self.ok("chart", log, env={"CLICOLOR_FORCE": "0"}))

    def test_no_escape_goes_into_a_file(self):
        status, _ = run_in_terminal(self, "chart", self.make_log(), "-o", "c.txt",
                                    "--output-format", "terminal")
        self.assertEqual(status, 0)
        self.assertNotIn(b"\x1b", self.read("c.txt"))


class Size(CommandTest):
    def width(self, **options):
        _, seen = run_in_terminal(self, "chart", self.make_log(), **options)
        return max(len(line) for line in seen.translate(LINE_ENDS).split("\n"))

    def test_the_chart_is_as_wide_as_the_terminal(self):
        plain = {"NO_COLOR": "1"}
        narrow, wide = self.width(columns=60, env=plain), self.width(columns=140, env=plain)
        self.assertLessEqual(narrow, 60)
        self.assertLessEqual(wide, 140)
        self.assertGreater(wide, 100)

    def test_COLUMNS_goes_before_the_terminal(self):
        self.assertLessEqual(self.width(columns=140, env={"NO_COLOR": "1", "COLUMNS": "70"}), 70)


if __name__ == "__main__":
    unittest.main()
