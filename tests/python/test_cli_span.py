"""Totals of a span: stats and convert with --from, --to and --where, beside sums made in Python."""
import collections
import datetime
import fractions
import json
import pstats
import random
import unittest

from cli_harness import CommandTest

BEGIN = 1714900000  # 2024-05-05T09:06:40Z


def stamp(seconds):
    time = datetime.datetime.fromtimestamp(BEGIN + seconds, datetime.timezone.utc)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_text(ns):
    return "%d.%09d" % divmod(ns, 10 ** 9)


def row(name, ncalls, pcalls, tottime_ns, cumtime_ns, callers=None):
    fields = ('"ncalls":%d,"pcalls":%d,"tottime":%s,"cumtime":%s,"file_name":"shop.py",'
              '"line_number":1,"name":"%s"' % (ncalls, pcalls, seconds_text(tottime_ns),
                                               seconds_text(cumtime_ns), name))
    if callers:
        fields += ',"callers":{%s}' % ",".join(
            '"%s":[%d,%d,%s,%s]' % (caller, *figures[:2], *map(seconds_text, figures[2:]))
            for caller, figures in callers.items())
    return '"%s":{%s}' % (name, fields)


def line(begin_s, end_s, labels, rows):
    return ('{"statslice":1,"begin":"%s","end":"%s","labels":%s,"func_profiles":{%s}}\n' %
            (stamp(begin_s), stamp(end_s), json.dumps(labels), ",".join(rows)))


def half_up(value):
    return int(value + fractions.Fraction(1, 2))


def part(value, begin, end, at, until):
    """What of a figure over [begin, end) falls into [at, until)."""
    def by(then):
        return half_up(fractions.Fraction(value * (min(max(then, begin), end) - begin),
                                          end - begin))
    return by(until) - by(at)


class SpanTest(CommandTest):
    def setUp(self):
        super().setUp()
        chance = random.Random(11)
        self.profiles = []
        lines = []
        for i in range(60):
            begin = chance.randrange(0, 600)
            end = begin + chance.randrange(1, 40)
            service = chance.choice(["shop", "mail"])
            figures = {name: (calls, calls, own, own + chance.randrange(10 ** 9))
                       for name in "abc"
                       for calls, own in [(chance.randrange(1, 50), chance.randrange(10 ** 9))]}
            edge = tuple(max(0, value // 3) for value in figures["b"])
            lines.append(line(begin, end, {"service": service}, [
                row("a", *figures["a"]), row("b", *figures["b"], callers={"a": edge}),
                row("c", *figures["c"])]))
            self.profiles.append((begin, end, service, figures, edge))
        self.write("app.log", "".join(lines))

    def expected(self, at, until, service=None):
        sums = collections.defaultdict(lambda: [0, 0, 0, 0])
        edges = [0, 0, 0, 0]
        for begin, end, of, figures, edge in self.profiles:
            if service not in (None, of) or end <= at or begin >= until:
                continue
            for name, values in figures.items():
                for i, value in enumerate(values):
                    sums[name][i] += part(value, begin, end, at, until)
            for i, value in enumerate(edge):
                edges[i] += part(value, begin, end, at, until)
        return dict(sums), edges

    def total(self, *arguments):
        """(figures by name, figures of the edge from a to b), in calls and ns."""
        text = self.ok("convert", "app.log", "--to", "ndjson", "--merge", *arguments)
        record = json.loads(text, parse_float=fractions.Fraction)
        def ns(value):
            value = fractions.Fraction(value) * 10 ** 9
            self.assertEqual(value.denominator, 1)
            return int(value)
        sums, edges = {}, [0, 0, 0, 0]
        for fields in record["func_profiles"].values():
            sums[fields["name"]] = [fields["ncalls"], fields["pcalls"], ns(fields["tottime"]),
                                    ns(fields["cumtime"])]
            for values in fields.get("callers", {}).values():
                edges = [values[0], values[1], ns(values[2]), ns(values[3])]
        return sums, edges

    def test_the_total_of_any_span_is_the_sum_of_what_lies_in_it(self):
        chance = random.Random(3)
        for _ in range(25):
            at = chance.randrange(0, 600)
            until = at + chance.randrange(50, 300)
            for service in (None, "shop"):
                where = ["--where", "service=" + service] if service else []
                self.assertEqual(
                    self.total("--from", stamp(at), "--to", stamp(until), *where),
                    self.expected(at, until, service))

    def test_totals_of_spans_that_touch_add_up(self):
        chance = random.Random(4)
        cuts = [0] + sorted(chance.sample(range(1, 640), 12)) + [700]
        whole, whole_edges = self.total()
        sums, edges = collections.defaultdict(lambda: [0, 0, 0, 0]), [0, 0, 0, 0]
        for at, until in zip(cuts, cuts[1:]):
            one, one_edges = self.total("--from", stamp(at), "--to", stamp(until))
            for name, values in one.items():
                sums[name] = [left + right for left, right in zip(sums[name], values)]
            edges = [left + right for left, right in zip(edges, one_edges)]
        self.assertEqual((dict(sums), edges), (whole, whole_edges))

    def test_a_total_is_what_the_slices_of_the_span_add_up_to(self):
        for at, until in ((100, 400), (33, 177)):
            sums, _ = self.total("--from", stamp(at), "--to", stamp(until))
            for i, metric in ((0, "ncalls"), (2, "tottime"), (3, "cumtime")):
                table = json.loads(self.ok(
                    "slices", "app.log", "--from", stamp(at), "--to", stamp(until), "--slice", "1h",
                    "--metric", metric, "--by", "name", "--output-format", "json"),
                    parse_float=fractions.Fraction)
                unit = 1 if metric == "ncalls" else 10 ** 9
                self.assertEqual({column["name"]: column["value"] * unit
                                  for column in table["columns"]},
                                 {name: values[i] for name, values in sums.items()})

    def test_a_prof_of_a_span_opens_in_pstats_and_stats_prints_the_same(self):
        span = ["--from", stamp(100), "--to", stamp(300)]
        self.ok("convert", "app.log", *span, "-o", "span.prof")
        sums, edges = self.expected(100, 300)
        stats = pstats.Stats(self.path("span.prof")).stats
        self.assertEqual({key[2]: [nc, cc] for key, (cc, nc, _, _, _) in stats.items()},
                         {name: values[:2] for name, values in sums.items()})
        self.assertEqual(stats["shop.py", 1, "b"][4]["shop.py", 1, "a"][0], edges[0])
        for table in ([], ["--callers"], ["--callees"]):
            ours = self.ok("stats", "app.log", "--sort", "name", *span, *table)
            theirs = self.ok("stats", "span.prof", "--sort", "name", *table)
            self.assertEqual(ours.split("\n\n", 1)[1], theirs.split("\n\n", 1)[1])

    def test_profiles_that_are_not_merged_are_cut_one_by_one(self):
        text = self.ok("convert", "app.log", "--from", stamp(100), "--to", stamp(300), "--to",
                       "ndjson")
        records = [json.loads(one) for one in text.splitlines()]
        self.assertEqual(len(records), sum(end > 100 and begin < 300
                                           for begin, end, _, _, _ in self.profiles))
        for record in records:
            self.assertGreaterEqual(record["begin"], stamp(100))
            self.assertLessEqual(record["end"], stamp(300))

    def test_relative_times_and_zones_are_read_as_slices_read_them(self):
        whole = self.ok("stats", "app.log", "--sort", "name")
        local = ["--zone", "Europe/Berlin", "--from", "2024-05-05 11:06:40", "--to", "now"]
        self.assertEqual(self.ok("stats", "app.log", "--sort", "name", *local), whole)
        done = self.run_raw("stats", "app.log", "--from", "yesterday 14:00", "--to", "today")
        self.assertEqual(done.returncode, 0)
        self.assertIn("outside of the range", done.stderr.decode())
        self.assertIn("0 function calls", done.stdout.decode())

    def test_wrong_spans_are_refused(self):
        self.assertIn("before", self.fails(2, "stats", "app.log", "--from", "-1h", "--to", "-2h"))
        self.assertIn("from must be a time", self.fails(2, "stats", "app.log", "--from", "soon"))
        self.assertIn("to must be a time", self.fails(2, "convert", "app.log", "-o", "x.prof",
                                                      "--to", "2024-99"))
        self.assertIn("where", self.fails(2, "stats", "app.log", "--where", "service"))


if __name__ == "__main__":
    unittest.main()
