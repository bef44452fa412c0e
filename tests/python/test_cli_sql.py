"""The extension for SQLite, in the sqlite3 shell: its sums beside the command's."""
import json
import os
import shutil
import subprocess
import sys
import unittest

from cli_harness import BUILD, CommandTest, function, log_line

EXTENSION = os.path.join(BUILD, "statslice_sqlite")
BEGIN = 1700000000  # s since 1970


@unittest.skipUnless(shutil.which("sqlite3"), "no sqlite3 shell")
class Sql(CommandTest):
    def setUp(self):
        super().setUp()
        for name, step in (("shop", 10), ("till", 7)):
            lines = [log_line(BEGIN + step * i, f=function(0.5 + i / 1000),
                              g=function(0.25, ncalls="3", line_number=7),
                              long=function(9.5, line_number=9)) for i in range(300)]
            self.write(name + ".log", "".join(lines))
            self.ok("add", "s.db", "-q", "--label", "service=" + name, "--label", "host=h1",
                    name + ".log")

    def shell(self, *sql, database="s.db", status=0, shown=False):
        done = subprocess.run(["sqlite3", "-batch", "-list" if shown else "-json", database], cwd=self.folder,
                              input="\n".join((".load " + EXTENSION,) + sql).encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        if status:
            self.assertNotEqual(done.returncode, 0, done.stdout)
            return done.stderr.decode()
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), sql)
        return done.stdout.decode() if shown else json.loads(done.stdout.decode() or "[]")

    def slices(self, *options):
        """{(begin, function): own ns} as `statslice slices` has it."""
        text = self.ok("slices", "--by", "name", "--top", "0", "--output-format", "csv", *options,
                       "s.db").splitlines()
        names = text[0].split(",")[4:-1]
        cells = {}
        for line in text[1:]:
            row = line.split(",")
            for name, value in zip(names, row[4:-1]):
                if name != "other":
                    cells[row[0], name] = round(float(value) * 1e9)
        return {key: value for key, value in cells.items() if value}

    def asked(self, width, where="1"):
        rows = self.shell("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', begin_ns / 1000000000, 'unixepoch')"
                          " AS begin, name, sum(tottime_ns) AS ns FROM function_slices"
                          " WHERE width = '" + width + "' AND " + where + " GROUP BY 1, 2;")
        return {(row["begin"], row["name"]): row["ns"] for row in rows if row["ns"]}

    def test_slices_are_those_of_the_command(self):
        for width in ("10s", "1m", "10m", "1h"):
            self.assertEqual(self.asked(width), self.slices("--slice", width), width)
        self.assertEqual(self.asked("1m", "service = 'till'"),
                         self.slices("--slice", "1m", "--where", "service=till"))

    def test_sums_of_large_chunks(self):
        lines = [log_line(BEGIN + 10 * i, **{"f%d" % k: function(1 + k % 7 + i / 64, line_number=k)
                                             for k in range(300) if (i + k) % 5})
                 for i in range(60)]
        self.write("large.log", "".join(lines))
        self.ok("add", "large.db", "-q", "large.log")
        os.replace(self.path("large.db"), self.path("s.db"))
        for width in ("10s", "1m"):
            self.assertEqual(self.asked(width), self.slices("--slice", width), width)
        rows = self.shell("SELECT name, sum(tottime_ns) AS ns FROM functions GROUP BY name;")
        sums = {}
        for (_, name), value in self.slices("--slice", "1h").items():
            sums[name] = sums.get(name, 0) + value
        self.assertEqual({row["name"]: row["ns"] for row in rows}, sums)

    def test_totals_are_those_of_the_span(self):
        self.ok("convert", "s.db", "-o", "span.prof", "--from", str(BEGIN + 5), "--to",
                str(BEGIN + 1003))
        rows = self.shell("SELECT name, sum(ncalls) AS ncalls, sum(tottime_ns) AS ns"
                          " FROM functions('%d', '%d') GROUP BY name;" % (BEGIN + 5, BEGIN + 1003))
        self.assertEqual(sorted(row["name"] for row in rows), ["f", "g", "long"])
        stats = self.ok("stats", "span.prof", "--sort", "name")
        for row in rows:
            line = [line for line in stats.splitlines() if "(%s)" % row["name"] in line][0].split()
            self.assertEqual(int(line[0]), row["ncalls"])
            self.assertAlmostEqual(float(line[1]), row["ns"] / 1e9, delta=0.0006)

    def test_series_join_and_labels(self):
        rows = self.shell("SELECT service, json_extract(labels, '$.host') AS host, profiles FROM series"
                          " ORDER BY 1;")
        self.assertEqual([tuple(row.values()) for row in rows],
                         [("shop", "h1", 300), ("till", "h1", 300)])
        rows = self.shell("SELECT sum(s.ncalls) AS n FROM function_slices('1h') AS s JOIN series"
                          " ON series.id = series_id WHERE series.service = 'shop' AND s.name = 'g';")
        self.assertEqual(rows, [{"n": 900}])

    def test_filters_are_pushed_down(self):
        plan = self.shell("EXPLAIN QUERY PLAN SELECT tottime_ns FROM function_slices WHERE width = '1m'"
                          " AND begin_ns >= 5 AND end_ns < 9 AND service = 'shop' AND name = 'f'"
                          " AND file = 'app.py' AND series_id = 1;", shown=True)
        for pushed in ("w=", "b>", "e<", "s=", "n=", "f=", "i="):
            self.assertIn(pushed, plan)
        whole = self.asked("1m")
        part = self.asked("1m", "begin_ns >= %d AND begin_ns < %d AND name = 'f'"
                          % ((BEGIN + 300) * 10 ** 9, (BEGIN + 900) * 10 ** 9))
        times = sorted({begin for begin, _ in part})
        self.assertEqual(len(times), 10)
        self.assertEqual(part, {key: value for key, value in whole.items()
                                if key[1] == "f" and times[0] <= key[0] <= times[-1]})

    def test_what_is_pushed_down_changes_no_row(self):
        """Conditions on the table, beside the same on a copy of it, where nothing is pushed."""
        lines = [log_line(BEGIN + 47 * i, f=function(33.0 + i, ncalls="%d" % (7 + i)),
                          g=function(0.25, 0, line_number=7, file_name="other.py"),
                          h=function(97.0, ncalls="11/5", line_number=9)) for i in range(9)]
        for name in ("001", "shop"):
            self.write(name + ".log", "".join(lines))
            self.ok("add", "few.db", "-q", "--label", "service=" + name, name + ".log")
        first, some = (BEGIN - 100) // 60 * 60 * 10 ** 9, (BEGIN + 120) // 60 * 60 * 10 ** 9
        conditions = [
            "begin_ns = %d" % first, "begin_ns <= %d" % first, "end_ns <= %d" % (first + 60 * 10 ** 9),
            "begin_ns < %d" % some, "begin_ns >= %d" % some, "end_ns > %d" % some,
            "service = '001'", "service IN ('1', '001', 'shop')", "series_id = 1.0", "series_id = '2'",
            "name = 'f' OR file = 'other.py'", "name = 'f' OR service = '001' OR series_id = 1",
            "begin_ns = %d OR name = 'h' AND service = 'shop'" % some, "cumtime_ns = 0",
        ]
        shown = ["count(*)", "sum(ncalls)", "sum(pcalls), sum(tottime_ns)", "name, cumtime",
                 "begin_ns, service, file, name, ncalls, pcalls, tottime_ns, cumtime_ns"]
        asks = [(what, where) for where in conditions for what in shown]
        copy = "CREATE TEMP TABLE copy AS SELECT * FROM function_slices('1m');"
        for source in ("function_slices WHERE width = '1m' AND (%s)", "function_slices('1m') WHERE %s"):
            sql = []
            for what, where in asks:
                for one in (source, "copy WHERE %s"):
                    sql.append("SELECT json_group_array(row) AS rows FROM (SELECT json_array(%s) AS row FROM %s"
                               " ORDER BY 1);" % (what, one % where))
            told = self.shell(copy, *sql, database="few.db", shown=True).splitlines()
            self.assertEqual(len(told), 2 * len(asks))
            for i, ask in enumerate(asks):
                self.assertEqual(told[2 * i], told[2 * i + 1], (source, ask))
                self.assertNotEqual(json.loads(told[2 * i]), [], ask)

    def test_arguments_can_be_read(self):
        rows = self.shell("SELECT width, count(*) > 0 AS any FROM function_slices"
                          " WHERE width IN ('1h', '1d') GROUP BY 1;")
        self.assertEqual(rows, [{"width": "1d", "any": 1}, {"width": "1h", "any": 1}])
        rows = self.shell("SELECT from_time, to_time FROM functions(%d) LIMIT 1;" % BEGIN)
        self.assertEqual(rows, [{"from_time": BEGIN, "to_time": None}])

    def test_another_store_and_order_and_limit(self):
        rows = self.shell("SELECT name FROM functions WHERE store = 's.db' AND service = 'shop'"
                          " ORDER BY tottime DESC LIMIT 1;", database=":memory:")
        self.assertEqual(rows, [{"name": "long"}])
        self.assertIn("name a store", self.shell("SELECT * FROM functions;", database=":memory:",
                                                 status=1))

    def test_wrong_arguments_are_told(self):
        self.assertIn("width of a slice", self.shell("SELECT * FROM function_slices('soon');", status=1))
        self.assertIn("from must be a time", self.shell("SELECT * FROM functions('banana');", status=1))
        self.assertIn("not a store", self.shell("CREATE TABLE t(x); SELECT * FROM functions;",
                                                database="other.db", status=1))

    def test_a_damaged_store_gives_no_figure(self):
        with open(self.path("s.db"), "r+b") as file:
            pages = file.seek(0, os.SEEK_END) // 16384
            for page in range(pages // 2, pages):
                file.seek(page * 16384 + 8000)
                byte = file.read(1)
                file.seek(-1, os.SEEK_CUR)
                file.write(bytes([byte[0] ^ 8]))
        self.assertIn("damaged", self.shell("SELECT sum(tottime) FROM functions;", status=1))

    def test_in_python(self):
        program = ("import sqlite3, sys\ndb = sqlite3.connect('s.db')\n"
                   "if not hasattr(db, 'enable_load_extension'): sys.exit(77)\n"
                   "db.enable_load_extension(True)\ndb.load_extension(sys.argv[1])\n"
                   "print(*db.execute(\"SELECT sum(ncalls) FROM functions WHERE name = 'f'\").fetchone())")
        for python in (sys.executable, "/usr/bin/python3"):
            done = subprocess.run([python, "-c", program, EXTENSION], cwd=self.folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
            if done.returncode != 77:
                self.assertEqual((done.stdout.decode(), done.stderr.decode()), ("600\n", ""))
                return
        self.skipTest("no Python here whose sqlite3 loads extensions")


if __name__ == "__main__":
    unittest.main()
