"""statslice diff beside the same comparison made in Python with whole fractions."""
import collections
import csv
import io
import json
import random
import unittest
from fractions import Fraction

from cli_harness import CommandTest, function, log_line, run_in_terminal
from test_cli_span import line, part, row, stamp


def half_away(value):
    whole = int(abs(value) + Fraction(1, 2))
    return -whole if value < 0 else whole


def compared(calls, times, seconds):
    """(value of base, value of new, change, more often, slower), in ns per second."""
    values = [half_away(Fraction(time) / second) for time, second in zip(times, seconds)]
    change = values[1] - values[0]
    if calls[0] and calls[1]:
        counts = [Fraction(n) / second for n, second in zip(calls, seconds)]
        lengths = [Fraction(time, n) for time, n in zip(times, calls)]
        more_often = half_away((counts[1] - counts[0]) * (lengths[0] + lengths[1]) / 2)
    elif (calls[0], times[0]) == (0, 0) and calls[1] or (calls[1], times[1]) == (0, 0) and calls[0]:
        more_often = change
    else:
        more_often = 0
    return values[0], values[1], change, more_often, change - more_often


def covered(spans):
    """Seconds that spans cover; overlaps count once."""
    total, reached = 0, None
    for begin, end in sorted(spans):
        if reached is None or begin > reached:
            total, reached = total + end - begin, end
        elif end > reached:
            total, reached = total + end - reached, end
    return total


def parsed(text):
    return json.loads(text, parse_float=Fraction)


def ns(value):
    value = Fraction(value) * 10 ** 9
    assert value.denominator == 1, value
    return int(value)


class DiffTest(CommandTest):
    def setUp(self):
        super().setUp()
        chance = random.Random(23)
        self.profiles = []
        lines = []
        for _ in range(120):
            begin = chance.randrange(0, 1000)
            end = begin + chance.randrange(1, 30)
            service = chance.choice(["shop", "mail"])
            names = chance.sample("abcdefgh", 4) + (["late"] if begin > 600 else [])
            figures = {}
            for name in names:
                calls, own = chance.randrange(1, 50), chance.randrange(10 ** 9)
                figures[name] = (calls, chance.randrange(1, calls + 1), own,
                                 own + chance.randrange(10 ** 9))
            lines.append(line(begin, end, {"service": service},
                              [row(name, *values) for name, values in figures.items()]))
            self.profiles.append((begin, end, service, figures))
        self.write("app.log", "".join(lines))

    def expected(self, spans, metric="tottime", service=None):
        calls_at, time_at = (0, 2) if metric == "tottime" else (1, 3)
        sums = collections.defaultdict(lambda: [[0, 0], [0, 0]])
        seconds = []
        for side, (at, until) in enumerate(spans):
            inside = []
            for begin, end, of, figures in self.profiles:
                if service not in (None, of) or end <= at or begin >= until:
                    continue
                inside.append((max(begin, at), min(end, until)))
                for name, values in figures.items():
                    parts = [part(value, begin, end, at, until) for value in values]
                    sums[name][0][side] += parts[calls_at]
                    sums[name][1][side] += parts[time_at]
            seconds.append(covered(inside))
        return {name: compared(calls, times, seconds) for name, (calls, times) in sums.items()
                if any(calls) or any(times)}, seconds

    def diff(self, spans, *arguments):
        text = self.ok("diff", "app.log", "--by", "name", "--top", "0", "--output-format", "json",
                       "--base", "%s/%s" % tuple(map(stamp, spans[0])),
                       "--new", "%s/%s" % tuple(map(stamp, spans[1])), *arguments)
        return parsed(text)

    @staticmethod
    def figures(answer):
        return {one["name"]: (ns(one["base"]["value"]), ns(one["new"]["value"]), ns(one["change"]),
                              ns(one["more_often"]), ns(one["slower"])) for one in answer["rows"]}

    def test_every_row_is_what_fractions_give(self):
        chance = random.Random(1)
        for round in range(20):
            begins = [chance.randrange(0, 900) for _ in range(2)]
            spans = [(at, at + chance.randrange(60, 400)) for at in begins]
            metric = chance.choice(["tottime", "cumtime"])
            service = chance.choice([None, "shop"])
            where = ["--where", "service=" + service] if service else []
            answer = self.diff(spans, "--metric", metric, *where)
            expected, seconds = self.expected(spans, metric, service)
            self.assertEqual(self.figures(answer), expected)
            self.assertEqual([answer["base"]["profiled"], answer["new"]["profiled"]], seconds)
            self.assertAlmostEqual(float(answer["base"]["coverage"]),
                                   seconds[0] / (spans[0][1] - spans[0][0]), places=12)
            for one in answer["rows"]:
                self.assertEqual(ns(one["more_often"]) + ns(one["slower"]), ns(one["change"]))
            for key in ("change", "more_often", "slower"):
                self.assertEqual(sum(ns(one[key]) for one in answer["rows"]),
                                 ns(answer["total"][key]))
            sizes = [abs(ns(one["change"])) for one in answer["rows"]]
            self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_a_span_beside_itself_is_no_change(self):
        answer = self.diff([(100, 400), (100, 400)])
        self.assertGreater(len(answer["rows"]), 5)
        for one in answer["rows"] + [answer["total"]]:
            self.assertEqual((one["change"], one["more_often"], one["slower"]), (0, 0, 0))

    def test_swapping_the_spans_negates_every_figure(self):
        spans = [(50, 300), (500, 900)]
        there, back = self.figures(self.diff(spans)), self.figures(self.diff(spans[::-1]))
        self.assertEqual({name: tuple(-value for value in values[2:])
                          for name, values in there.items()},
                         {name: values[2:] for name, values in back.items()})

    def test_what_is_new_or_gone_says_so(self):
        states = {one["name"]: one["state"] for one in self.diff([(0, 500), (650, 1000)])["rows"]}
        self.assertEqual(states["late"], "new")
        states = {one["name"]: one["state"] for one in self.diff([(650, 1000), (0, 500)])["rows"]}
        self.assertEqual(states["late"], "gone")

    def test_sums_and_seconds_of_the_span_can_be_asked_for(self):
        spans = [(100, 300), (500, 900)]
        sums = self.diff(spans, "--per", "total")
        for one in sums["rows"] + [sums["total"]]:
            for side in ("base", "new"):
                self.assertEqual(one[side]["value"], one[side]["time"])
                self.assertEqual(one[side]["count"], one[side]["calls"])
        times = {one["name"]: ns(one["new"]["time"]) for one in sums["rows"]}
        for one in self.diff(spans, "--per", "span")["rows"]:
            self.assertEqual(ns(one["new"]["value"]), half_away(Fraction(times[one["name"]], 400)))

    def test_the_top_and_other_are_all(self):
        whole = self.diff([(100, 400), (400, 900)])
        some = self.diff([(100, 400), (400, 900)], "--top", "3")
        self.assertEqual(some["rows"], whole["rows"][:3])
        self.assertEqual(some["total"], whole["total"])
        self.assertEqual(ns(some["other"]["change"]),
                         sum(ns(one["change"]) for one in whole["rows"][3:]))

    def test_csv_holds_the_same(self):
        arguments = ["app.log", "--by", "name", "--base", stamp(100) + "/" + stamp(400),
                     "--new", stamp(400) + "/" + stamp(900)]
        answer = parsed(self.ok("diff", *arguments, "--output-format", "json"))
        self.ok("diff", *arguments, "-o", "diff.csv")
        rows = list(csv.DictReader(io.StringIO(self.read("diff.csv").decode())))
        self.assertEqual([one["group"] for one in rows],
                         [one["name"] for one in answer["rows"]] + ["total"])
        self.assertEqual([Fraction(one["slower"]) for one in rows[:-1]],
                         [one["slower"] for one in answer["rows"]])


class TwoInputs(CommandTest):
    def test_two_files_are_compared_whole(self):
        self.write("before.log", log_line(1582000000, quick=function(0.25, ncalls="5"),
                                          slow=function(1.0, ncalls="10")))
        self.write("after.log", log_line(1582000900, quick=function(0.5, ncalls="10"),
                                         slow=function(3.0, ncalls="10")))
        for name in ("before", "after"):
            self.ok("convert", name + ".log", "-o", name + ".prof")
        for ending in (".log", ".prof"):
            answer = parsed(self.ok("diff", "before" + ending, "after" + ending, "--by", "name",
                                    "--output-format", "json"))
            self.assertEqual(answer["per"], "total")
            self.assertEqual([(one["name"], one["change"], one["more_often"], one["slower"])
                              for one in answer["rows"]],
                             [("slow", 2, 0, 2), ("quick", Fraction(1, 4), Fraction(1, 4), 0)])

    def test_inputs_of_the_span_before_can_be_named(self):
        self.write("a.log", log_line(1582000000, f=function(0.25)))
        self.write("b.log", log_line(1582000001, f=function(0.25)))
        self.write("c.log", log_line(1582000002, f=function(1.5)))
        answer = parsed(self.ok("diff", "--base-input", "a.log", "--base-input", "b.log", "c.log",
                                "--output-format", "json"))
        self.assertEqual(answer["total"]["change"], 1)
        self.assertEqual(answer["base"]["profile_count"], 2)

    def test_the_article_of_two_days(self):
        """Time stamps and own time alone: seconds of the span are what there is."""
        self.write("a.log", log_line(1582000005, f=function(1.0)) +
                   log_line(1582000105, f=function(2.0)))
        answer = parsed(self.ok("diff", "a.log", "--base", "1582000000/10s", "--new",
                                "1582000100/10s", "--output-format", "json"))
        self.assertEqual(answer["per"], "span")
        self.assertEqual(answer["total"]["change"], Fraction(1, 10))


class Output(CommandTest):
    ARGUMENTS = ["app.log", "--base", "1582000000/1582000030", "--new", "1582000030/1582000060",
                 "--per", "span"]

    def setUp(self):
        super().setUp()
        self.make_log(count=7)

    def test_pictures_by_the_ending_of_the_file(self):
        for name, magic in (("d.svg", b"<svg "), ("d.png", b"\x89PNG"), ("d.pdf", b"%PDF")):
            self.ok("diff", *self.ARGUMENTS, "-o", name)
            self.assertTrue(self.read(name).startswith(magic), name)
        picture = self.read("d.svg").decode()
        for text in ("got slower", "called more often", "app.py:9(slow)"):
            self.assertIn(text, picture)

    def test_the_table_fits_the_terminal_and_has_colours(self):
        for columns in (60, 80, 120):
            status, seen = run_in_terminal(self, "diff", *self.ARGUMENTS, columns=columns)
            self.assertEqual(status, 0)
            self.assertIn("\x1b[31m", seen)
            self.assertIn("slow", seen)
            for one in seen.replace("\r", "").split("\n"):
                plain = "".join(piece.split("m", 1)[-1] if i else piece
                                for i, piece in enumerate(one.split("\x1b[")))
                if "%" not in plain or "profiled" not in plain:
                    self.assertLessEqual(len(plain), columns, plain)

    def test_bars_in_the_terminal_fit(self):
        for columns in (50, 80, 200):
            _, seen = run_in_terminal(self, "diff", *self.ARGUMENTS, "--output-format", "terminal",
                                      columns=columns)
            self.assertIn("\u2588", seen)
            plain = self.ok("diff", *self.ARGUMENTS, "--output-format", "terminal",
                            env={"COLUMNS": str(columns)})
            for one in plain.split("\n"):
                self.assertLessEqual(len(one), columns)

    def test_what_cannot_be_compared_is_said(self):
        self.assertIn("--base and --new", self.fails(2, "diff", "app.log"))
        self.assertIn("no input", self.fails(2, "diff"))
        self.assertIn("--base and --new", self.fails(2, "diff", "app.log", "--base", "yesterday"))
        self.assertIn("base must be a span", self.fails(2, "diff", "app.log", "--base", "soon",
                                                        "--new", "now/1h"))
        self.assertIn("no profile lies in new", self.fails(
            1, "diff", "app.log", "--base", "1582000000/1h", "--new", "1600000000/1h"))
        self.assertIn("per", self.fails(2, "diff", "app.log", "app.log", "--per", "second"))
        self.assertIn("the ending", self.fails(2, "chart", "app.log", "-o", "x.xyz"))


if __name__ == "__main__":
    unittest.main()
