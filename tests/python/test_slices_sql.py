"""Slices beside the same grouping by SQL: SQLite's strftime, and Python's zoneinfo."""
import collections
import datetime
import json
import random
import sqlite3
import unittest

from cli_harness import CommandTest, function, log_line

try:
    import zoneinfo
except ImportError:  # 3.8
    zoneinfo = None

UTC = datetime.timezone.utc
BEGIN = 1706000000  # 2024-01-23
SPAN = 300 * 86400
NAMES = ["f%02d" % i for i in range(20)]

# --slice, and the first second of the slice that a stamp lies in
GROUPINGS = [
    ("1h", "strftime('%s', strftime('%Y-%m-%d %H:00:00', stamp, 'unixepoch'))"),
    ("day", "strftime('%s', date(stamp, 'unixepoch'))"),
    ("week", "strftime('%s', date(stamp, 'unixepoch', '-6 days', 'weekday 1'))"),
    ("month", "strftime('%s', date(stamp, 'unixepoch', 'start of month'))"),
    ("year", "strftime('%s', date(stamp, 'unixepoch', 'start of year'))"),
    ("7000s", "stamp / 7000 * 7000"),
]


def unix(text):
    return int(datetime.datetime.strptime(text.replace("Z", "+0000"),
                                          "%Y-%m-%dT%H:%M:%S%z").timestamp())


class SlicesBesideSql(CommandTest):
    def setUp(self):
        super().setUp()
        chance = random.Random(5)
        self.rows = []
        lines = []
        for _ in range(400):
            stamp = BEGIN + chance.randrange(SPAN)
            calls = {name: chance.randrange(1, 100) for name in chance.sample(NAMES, 6)}
            self.rows += [(stamp, name, count) for name, count in calls.items()]
            lines.append(log_line(stamp, **{name: function(0.001, ncalls=str(count))
                                            for name, count in calls.items()}))
        self.write("app.log", "".join(lines))

    def table(self, *arguments):
        """(begin of the slice, name): calls, of the cells that are not zero."""
        table = json.loads(self.ok("slices", "app.log", "--attribution", "end", "--by", "name",
                                   "--metric", "ncalls", "--output-format", "json", *arguments))
        names = [column["name"] for column in table["columns"]]
        cells = {}
        for one in table["slices"]:
            for name, value in list(zip(names, one["values"])) + [("other", one["other"])]:
                if value:
                    cells[unix(one["begin"]), name] = value
        return cells

    def test_every_cell_is_what_group_by_gives(self):
        database = sqlite3.connect(":memory:")
        database.execute("create table log (stamp integer, name text, ncalls integer)")
        database.executemany("insert into log values (?, ?, ?)", self.rows)
        for width, begin in GROUPINGS:
            wanted = database.execute(
                "select cast(%s as integer), name, sum(ncalls) from log group by 1, 2" % begin)
            self.assertEqual(self.table("--slice", width, "--top", "0"),
                             {(at, name): calls for at, name, calls in wanted}, width)

    def test_other_is_the_sum_of_what_is_not_among_the_largest(self):
        database = sqlite3.connect(":memory:")
        database.execute("create table log (stamp integer, name text, ncalls integer)")
        database.executemany("insert into log values (?, ?, ?)", self.rows)
        top = [name for name, in database.execute(
            "select name from log group by name order by sum(ncalls) desc, name limit 4")]
        wanted = collections.Counter()
        for stamp, name, calls in self.rows:
            wanted[stamp // 86400 * 86400, name if name in top else "other"] += calls
        self.assertEqual(self.table("--slice", "day", "--top", "4"), dict(wanted))

    @unittest.skipIf(zoneinfo is None, "zoneinfo is from 3.9")
    def test_days_of_a_zone_begin_at_its_midnight(self):
        for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"):
            zone = zoneinfo.ZoneInfo(name)
            wanted = collections.Counter()
            for stamp, function_name, calls in self.rows:
                date = datetime.datetime.fromtimestamp(stamp, zone).date()
                midnight = datetime.datetime(date.year, date.month, date.day, tzinfo=zone)
                wanted[int(midnight.astimezone(UTC).timestamp()), function_name] += calls
            self.assertEqual(self.table("--slice", "day", "--zone", name, "--top", "0"),
                             dict(wanted), name)


if __name__ == "__main__":
    unittest.main()
