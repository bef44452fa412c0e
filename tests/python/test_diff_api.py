"""statslice.diff: what the package makes of a comparison."""
import csv
import datetime
import io
import json
import os
import shutil
import tempfile
import unittest

import statslice

UTC = datetime.timezone.utc
BEGIN = 1714900000
FIELDS = ('{"statslice":1,"begin":"%s","end":"%s","func_profiles":{%s}}\n')
ROW = '"%s":{"ncalls":%d,"tottime":%s,"cumtime":%s,"file_name":"shop.py","line_number":1,"name":"%s"}'


def stamp(seconds):
    return datetime.datetime.fromtimestamp(BEGIN + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def log(*spans):
    lines = []
    for begin, end, rows in spans:
        lines.append(FIELDS % (stamp(begin), stamp(end), ",".join(
            ROW % (name, calls, time, time, name) for name, (calls, time) in rows.items())))
    return "".join(lines).encode()


LOG = log((0, 10, {"f": (10, 1.0), "g": (1, 0.5), "old": (4, 0.25)}),
          (100, 120, {"f": (40, 6.0), "g": (2, 1.0), "young": (2, 0.5)}))
SPANS = {"base": (BEGIN, BEGIN + 10), "new": "%d/%d" % (BEGIN + 100, BEGIN + 120)}


class DiffApi(unittest.TestCase):
    def test_rows_are_the_change_per_second_and_its_parts(self):
        diff = statslice.diff(LOG, by="name", **SPANS)
        self.assertEqual((diff.metric, diff.per, diff.by, diff.group_count, len(diff)),
                         ("tottime", "profiled", "name", 4, 4))
        rows = {row.name: row for row in diff.rows}
        f = rows["f"]
        # 1/s of 0.1 s to 2/s of 0.15 s: 1 * 0.125 and 0.05 * 1.5
        self.assertEqual((f.change, f.more_often, f.slower), (0.2, 0.125, 0.075))
        self.assertEqual((f.base.calls, f.base.count, f.base.value), (10, 1.0, 0.1))
        self.assertEqual((f.new.calls, f.new.count, f.new.time), (40, 2.0, 6.0))
        self.assertAlmostEqual(f.new.per_call, 0.15)
        self.assertEqual(rows["g"].change_ns, 0)
        self.assertEqual((rows["old"].state, rows["young"].state), ("gone", "new"))
        self.assertIsNone(rows["young"].base.per_call)
        self.assertEqual(diff.total.change_ns, sum(row.change_ns for row in diff.rows))
        self.assertEqual([row.name for row in diff.rows], ["f", "old", "young", "g"])

    def test_spans_tell_what_was_profiled(self):
        diff = statslice.diff(LOG, base=(BEGIN, BEGIN + 20), new=(BEGIN + 100, None))
        self.assertEqual(diff.base.begin, datetime.datetime.fromtimestamp(BEGIN, UTC))
        self.assertEqual((diff.base.coverage, diff.base.profiled_ns), (0.5, 10 * 10**9))
        self.assertEqual(diff.new.end_ns, (BEGIN + 120) * 10**9)
        self.assertEqual(diff.new.profile_count, 1)

    def test_times_may_be_of_any_kind(self):
        begin = datetime.datetime.fromtimestamp(BEGIN, UTC)
        whole = statslice.diff(LOG, by="name", **SPANS)
        for base in ((begin, begin + datetime.timedelta(seconds=10)), (None, begin +
                     datetime.timedelta(seconds=10)), "%d/10s" % BEGIN):
            self.assertEqual(statslice.diff(LOG, by="name", **{**SPANS, "base": base}).rows,
                             whole.rows)

    def test_two_inputs_are_compared_whole(self):
        with statslice.Profile() as before:
            sorted(range(1000))
        with statslice.Profile() as after:
            for _ in range(3):
                sorted(range(1000))
        diff = statslice.diff(before, after, by="name", per="total")
        calls = {row.name: (row.base.calls, row.new.calls) for row in diff.rows}
        self.assertEqual(calls["<built-in method builtins.sorted>"], (1, 3))

    def test_as_table_json_csv_dict_and_chart(self):
        diff = statslice.diff(LOG, by="name", top=2, **SPANS)
        self.assertIn("more often", str(diff))
        self.assertEqual([row["name"] for row in json.loads(diff.to_text("json"))["rows"]],
                         ["f", "old"])
        table = list(csv.DictReader(io.StringIO(diff.to_text("csv"))))
        self.assertEqual([row["kind"] for row in table], ["group", "group", "other", "total"])
        self.assertEqual(diff.to_dict()["group"], ["f", "old"])
        self.assertEqual(list(diff)[1]["change"], -0.025)
        self.assertIn("<svg", diff._repr_svg_())
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        diff.chart(os.path.join(folder, "d.png"))
        self.assertGreater(os.path.getsize(os.path.join(folder, "d.png")), 1000)
        self.assertIn("old", str(statslice.chart(diff)))
        self.assertEqual(diff.other.label, "other")

    def test_wrong_calls_are_refused(self):
        with self.assertRaises(TypeError):
            statslice.diff(LOG)
        with self.assertRaises(TypeError):
            statslice.diff(LOG, slice="10s", **SPANS)
        with self.assertRaises(statslice.UsageError):
            statslice.diff(LOG, sort="size", **SPANS)
        with self.assertRaises(statslice.NotFoundError):
            statslice.diff(LOG, base=SPANS["base"], new="now/1h")
        with self.assertRaises(TypeError):
            statslice.Diff()


if __name__ == "__main__":
    unittest.main()
