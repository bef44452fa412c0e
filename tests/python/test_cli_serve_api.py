"""The query API: each answer is the command's on the same store, or is counted here by hand."""
import collections
import datetime
import gzip
import json
import marshal
import pstats
import random
import re
import shutil
import subprocess
import unittest
import urllib.parse

from cli_harness import CommandTest, STATSLICE
from serve_harness import Server

BEGIN = 1714910400  # 2024-05-05T12:00:00Z
FUNCTIONS = [("/srv/shop/cart.py", 7, "add", "Cart.add"), ("/srv/shop/cart.py", 30, "add", "Basket.add"),
             ("/srv/shop/db.py", 3, "query", "query"), ("/srv/shop/<img onerror=alert(1)>.py", 1, "x\"y", None),
             ("~", 0, "<built-in method time.sleep>", None)]


def rfc3339(seconds):
    text = datetime.datetime.utcfromtimestamp(seconds).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return text.rstrip("0").rstrip(".") + "Z"


def key_of(function):
    file, line, name, qualname = function
    return "{%s}" % name[1:-1] if file == "~" else "%s:%d(%s)" % (file, line, qualname or name)


def name_of(function):
    """As the column of a series is named."""
    file, _, _, qualname = function
    return "%s:%s" % (file, qualname) if qualname else key_of(function)


def seconds(ns):
    return float("%d.%09d" % divmod(ns, 10 ** 9))


def profiles(count=60, seed=1):
    """Profiles as plain figures in nanoseconds: each function is called by the one before it."""
    rng = random.Random(seed)
    made = []
    for i in range(count):
        begin = BEGIN + 10 * (i // 2) + (rng.choice((0, 0.5, 3.25)) if i % 7 == 0 else 0)
        rows = {}
        for at, function in enumerate(FUNCTIONS):
            if rng.random() < 0.7 or at == 0:
                calls = rng.randrange(1, 50)
                own = rng.randrange(10 ** 9)
                rows[function] = (calls, rng.randrange(1, calls + 1), own, own + rng.randrange(10 ** 9))
        labels = {"service": ("shop", "mail")[i % 2], "host": "h%d" % rng.randrange(3)}
        if i % 5 == 0:
            labels["canary"] = "yes & \u00e4"
        made.append((begin, begin + 10, labels, rows))
    return made


def undated(picture):
    """A PDF without the second in which it was made."""
    return re.sub(rb"/CreationDate \(D:\d+", b"", picture)


def line_of(profile):
    begin, end, labels, rows = profile
    functions = {}
    for at, (function, (ncalls, pcalls, own, cumulative)) in enumerate(rows.items()):
        file, line, name, qualname = function
        row = {"ncalls": ncalls, "pcalls": pcalls, "tottime": seconds(own), "cumtime": seconds(cumulative),
               "file_name": file, "line_number": line, "name": name}
        if qualname:
            row["qualname"] = qualname
        if at > 0:
            caller = list(rows)[at - 1]
            row["callers"] = {key_of(caller): [ncalls, pcalls, seconds(own), seconds(cumulative)]}
        functions[key_of(function)] = row
    return json.dumps({"statslice": 1, "begin": rfc3339(begin), "end": rfc3339(end), "engine": "frames",
                       "labels": labels, "func_profiles": functions}) + "\n"


class Api(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = ApiStore()

    @classmethod
    def tearDownClass(cls):
        cls.shared.close()

    def get(self, path, status=200, headers=None, **arguments):
        query = urllib.parse.urlencode(
            [(key.replace("_", "-"), value) for key, values in arguments.items()
             for value in (values if isinstance(values, list) else [values])])
        url = "/api/v1/" + path + ("?" + query if query else "")
        got, got_headers, body = self.shared.server.get(url, headers=headers)
        self.assertEqual(got, status, (url, body[:300]))
        self.last_headers = got_headers
        return body

    def json(self, path, **arguments):
        return json.loads(self.get(path, **arguments).decode())

    def command(self, verb, *arguments, **options):
        """What the command answers, of the same store."""
        for key, values in options.items():
            for value in values if isinstance(values, list) else [values]:
                name = "--" + key.replace("_", "-")
                arguments += (name,) if value == "on" else (name, value)
        done = subprocess.run([STATSLICE, verb, self.shared.store, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.environment(), cwd=self.folder)
        self.assertEqual(done.returncode, 0, (arguments, done.stderr))
        return done.stdout


class ApiStore:
    """One store and one server for the tests of a class."""

    def __init__(self, count=60):
        self.test = CommandTest("run")
        self.test.setUp()
        self.profiles = profiles(count)
        self.test.write("app.log", "".join(map(line_of, self.profiles)))
        self.test.ok("add", "-q", "profiles.db", "app.log")
        self.store = self.test.path("profiles.db")
        self.server = Server(self.store)

    def close(self):
        self.server.stop()
        self.test.doCleanups()


class SameAsTheCommand(Api):
    QUESTIONS = [
        {},
        {"slice": "10s", "metric": "cumtime", "by": "name", "top": "2"},
        {"slice": "1m", "metric": "ncalls", "rate": "on", "by": "label:service"},
        {"slices": "4", "share": "on", "by": "label:service,function", "top": "3", "top_per_slice": "on"},
        {"slice": "day", "zone": "Europe/Berlin", "offset": "6h", "metric": "percall"},
        {"slice": "7s", "origin": "first", "attribution": "end", "fill": "null", "metric": "percall-cum"},
        {"where": ["service=shop", "host~^h[01]$"], "match": ["cart", "sleep"], "slice": "20s"},
        {"function": "/srv/shop/cart.py:Cart.add", "by": "label:host", "slice": "30s"},
        {"from": "2024-05-05 12:01", "to": "2024-05-05T12:03:07Z", "slice": "13s", "top": "0"},
        {"where": "canary=yes & \u00e4", "slice": "1m"},
        {"callers_of": "query", "metric": "ncalls", "slice": "1m"},
        {"from": "2030-01-01", "slice": "1h"},
    ]

    def test_a_series_in_every_format(self):
        for question in self.QUESTIONS:
            for output in ("json", "ndjson", "csv", "table"):
                body = self.get("series", format=output, **question)
                self.assertEqual(body, self.command("slices", "-q", "--output-format", output, **question))

    def test_what_is_shown_by_default_is_json(self):
        self.assertEqual(self.get("series", slice="1m"),
                         self.command("slices", "--output-format", "json", slice="1m"))
        self.assertEqual(self.last_headers["Content-Type"], "application/json")

    def test_a_chart(self):
        for ending, kind in (("svg", "image/svg+xml"), ("png", "image/png"), ("pdf", "application/pdf")):
            for question in self.QUESTIONS[1:4]:
                body = self.get("chart." + ending, title="a <b>", width="700", **question)
                self.assertEqual(self.last_headers["Content-Type"], kind)
                self.command("chart", "-o", self.path("c." + ending), title="a <b>", width="700", **question)
                self.assertEqual(undated(body), undated(self.read("c." + ending)))

    def test_a_chart_for_a_terminal(self):
        body = self.get("chart.txt", slice="1m", columns="80", rows="24")
        self.assertEqual(body, self.command("chart", "--output-format", "terminal", slice="1m"))

    def test_two_spans_compared(self):
        spans = {"base": "2024-05-05 12:00/12:02", "new": "2024-05-05 12:02:30/2m"}
        for more in ({}, {"metric": "cumtime", "by": "module", "top": "1"}, {"where": "service=shop", "per": "total"}):
            for output in ("json", "csv", "table"):
                self.assertEqual(self.get("diff", format=output, **dict(spans, **more)),
                                 self.command("diff", "--output-format", output, **dict(spans, **more)))
        for ending in ("svg", "png", "pdf"):
            body = self.get("diff." + ending, height="400", **spans)
            self.command("diff", "-o", self.path("d." + ending), height="400", **spans)
            self.assertEqual(undated(body), undated(self.read("d." + ending)))
        self.assertEqual(self.get("diff.txt", columns="80", rows="24", **spans),
                         self.command("diff", "--output-format", "terminal", **spans))

    def test_relative_times_are_of_the_request(self):
        before = datetime.datetime.utcnow().replace(microsecond=0)
        got = self.json("profile", **{"from": "-1h", "to": "now"})
        after = datetime.datetime.utcnow()
        told = datetime.datetime.strptime(got["to"], "%Y-%m-%dT%H:%M:%SZ")
        self.assertTrue(before <= told <= after, (before, told, after))
        self.assertEqual(datetime.datetime.strptime(got["from"], "%Y-%m-%dT%H:%M:%SZ"),
                         told - datetime.timedelta(hours=1))
        self.assertEqual((got["profile_count"], got["function_count"]), (0, 0))


class CountedByHand(Api):
    def sums(self, holds=lambda labels: True):
        """{function: [ncalls, pcalls, own, cumulative]} over whole profiles, and the same by edge."""
        of, edges, count = collections.OrderedDict(), {}, 0
        for _, _, labels, rows in self.shared.profiles:
            if not holds(labels):
                continue
            count += 1
            for at, (function, figures) in enumerate(rows.items()):
                sums = of.setdefault(function, [0, 0, 0, 0])
                sums[:] = [a + b for a, b in zip(sums, figures)]
                if at > 0:
                    sums = edges.setdefault((list(rows)[at - 1], function), [0, 0, 0, 0])
                    sums[:] = [a + b for a, b in zip(sums, figures)]
        return of, edges, count

    def test_the_profile_of_all_of_it(self):
        of, _, count = self.sums(lambda labels: labels["service"] == "shop")
        got = self.json("profile", where="service=shop")
        columns = got["functions"]
        rows = {name: row for name, *row in zip(columns["function"], columns["ncalls"], columns["pcalls"],
                                                columns["tottime_ns"], columns["cumtime_ns"])}
        self.assertEqual(rows, {name_of(function): row for function, row in of.items()})
        self.assertEqual(sorted(zip(columns["file"], columns["line"], columns["name"],
                                    [name or "" for name in columns["qualname"]])),
                         sorted((file, line, name, qualname or "") for file, line, name, qualname in of))
        self.assertEqual(got["profile_count"], count)
        self.assertEqual(got["total_calls"], sum(row[0] for row in of.values()))
        self.assertEqual(got["prim_calls"], sum(row[1] for row in of.values()))
        self.assertEqual(round(got["total_tt"] * 1e9), sum(row[2] for row in of.values()))
        self.assertEqual(got["from"], "2024-05-05T12:00:00Z")

    def test_a_prof_file_is_read_by_python(self):
        of, edges, _ = self.sums()
        body = self.get("profile", format="pstats")
        self.assertIn("profile.prof", self.last_headers["Content-Disposition"])
        marshal.loads(body)
        self.write("profile.prof", body)
        stats = pstats.Stats(self.path("profile.prof"))
        got = {key: (value[1], value[0], round(value[2] * 1e9), round(value[3] * 1e9))
               for key, value in stats.stats.items()}
        expected = {(file, line, name): tuple(row) for (file, line, name, _), row in of.items()}
        self.assertEqual(got, expected)
        self.assertEqual(stats.total_calls, sum(row[0] for row in of.values()))
        callers = {(caller, callee): (row[0], row[1]) for callee, value in stats.stats.items()
                   for caller, row in value[4].items()}
        self.assertEqual(callers, {(caller[:3], callee[:3]): (row[0], row[1])
                                   for (caller, callee), row in edges.items()})

    def test_other_formats_are_those_of_convert(self):
        for output in ("ndjson", "csv", "ndjson-flat"):
            self.command("convert", "--merge", "-o", self.path("all." + output), "--to", output)
            self.assertEqual(self.get("profile", format=output), self.read("all." + output))

    def test_callers_and_callees(self):
        of, edges, _ = self.sums()
        for function in FUNCTIONS:
            for name in {name_of(function), key_of(function)}:
                got = self.json("callers", function=name)
                self.assertEqual([got[key] for key in ("ncalls", "pcalls", "tottime_ns", "cumtime_ns")],
                                 of[function])
                for side, here, there in (("callers", 1, 0), ("callees", 0, 1)):
                    rows = {row["name"]: [row[key] for key in ("ncalls", "pcalls", "tottime_ns", "cumtime_ns")]
                            for row in got[side]}
                    self.assertEqual(rows, {name_of(edge[there]): row for edge, row in edges.items()
                                            if edge[here] == function})
        self.assertEqual(self.json("callers", function="nobody")["callers"], [])

    def test_functions_are_found(self):
        of, _, _ = self.sums()
        by_time = sorted(of.items(), key=lambda item: -item[1][2])
        got = self.json("functions")
        self.assertEqual([(row["name"], [row[key] for key in ("ncalls", "pcalls", "tottime_ns", "cumtime_ns")])
                          for row in got["functions"]], [(name_of(function), row) for function, row in by_time])
        got = self.json("functions", q="cart\\.py", limit="1")
        found = [name_of(function) for function, _ in by_time if "cart.py" in function[0]]
        self.assertEqual((got["function_count"], [row["name"] for row in got["functions"]]),
                         (len(found), found[:1]))

    def test_labels_are_counted(self):
        span = {"from": rfc3339(BEGIN + 60), "to": rfc3339(BEGIN + 120.5)}
        reaches = lambda begin, end: begin < BEGIN + 120.5 and end > BEGIN + 60
        always, elsewhere = lambda *_: True, lambda labels: labels["host"] != "h1"
        for asked, holds, lies in (({}, always, always), ({"where": "host!=h1"}, elsewhere, always),
                                   (span, always, reaches), (dict(span, where="host!=h1"), elsewhere, reaches),
                                   ({"from": span["from"]}, always, lambda _, end: end > BEGIN + 60),
                                   ({"to": span["from"]}, always, lambda begin, _: begin < BEGIN + 60)):
            got = self.json("labels", **asked)
            chosen = [profile for profile in self.shared.profiles if holds(profile[2]) and lies(*profile[:2])]
            self.assertGreater(len(chosen), 0)
            self.assertEqual(got["profile_count"], len(chosen))
            self.assertEqual(got["first"], rfc3339(min(begin for begin, _, _, _ in chosen)))
            self.assertEqual(got["last"], rfc3339(max(end for _, end, _, _ in chosen)))
            counts = collections.Counter((key, value) for _, _, labels, _ in chosen for key, value in labels.items())
            self.assertEqual({(key["key"], value["value"]): value["profile_count"] for key in got["labels"]
                              for value in key["values"]}, dict(counts))
            for key in got["labels"]:
                self.assertEqual(key["without"], sum(key["key"] not in labels for _, _, labels, _ in chosen))

    def test_names_are_data(self):
        """A function that is called as a script is text, wherever it comes out."""
        self.assertIn("<img onerror=alert(1)>", json.dumps(self.json("series")))
        self.assertNotIn(b"<img", self.get("chart.svg"))


class Wire(Api):
    def test_an_answer_that_did_not_change_is_not_sent_again(self):
        first = self.get("series", slice="1m")
        etag = self.last_headers["ETag"]
        for tag in (etag, '"x", ' + etag, "*", etag[2:]):
            self.assertEqual(self.get("series", status=304, slice="1m", headers={"If-None-Match": tag}), b"")
            self.assertEqual(self.last_headers["ETag"], etag)
        self.assertEqual(self.get("series", slice="1m", headers={"If-None-Match": '"x"'}), first)
        self.get("series", slice="2m")
        self.assertNotEqual(self.last_headers["ETag"], etag)
        self.get("series", **{"slice": "1m", "format": "csv"})
        self.assertNotEqual(self.last_headers["ETag"], etag)

    def test_the_order_of_arguments_is_not_another_question(self):
        self.get("series", slice="1m", metric="ncalls", where=["host=h1", "service=shop"])
        etag = self.last_headers["ETag"]
        self.get("series", where=["host=h1", "service=shop"], metric=["tottime", "ncalls"], slice="1m")
        self.assertEqual(self.last_headers["ETag"], etag)
        a = self.get("series", slices="3", slice="1m")
        b = self.get("series", slice="1m", slices="3")  # the last one counts
        self.assertNotEqual(a, b)

    def test_an_answer_is_compressed_as_asked(self):
        plain = self.get("series", slice="10s")
        for accept, encoding in (("gzip", "gzip"), ("gzip, deflate, br", "gzip"), ("gzip, zstd", "zstd"),
                                 ("gzip;q=0.9, zstd;q=0.1", "gzip"), ("gzip;q=0", None), ("br", None),
                                 ("*", "zstd"), ("identity, gzip;q=0.5", None), ("GZIP", "gzip"), ("", None)):
            body = self.get("series", slice="10s", headers={"Accept-Encoding": accept})
            self.assertEqual(self.last_headers["Content-Encoding"], encoding, accept)
            self.assertIn("Accept-Encoding", self.last_headers["Vary"])
            if encoding == "gzip":
                body = gzip.decompress(body)
            elif encoding == "zstd" and shutil.which("zstd"):
                body = subprocess.run(["zstd", "-dc"], input=body, stdout=subprocess.PIPE, check=True).stdout
            elif encoding:
                continue
            self.assertEqual(body, plain, accept)

    def test_the_pages_files_are_compressed_as_asked(self):
        server = self.shared.server
        plain = server.get("/")
        for accept, encoding in (("gzip", "gzip"), ("gzip;q=0", None), ("x-gzip", None), ("zstd", None), ("*", "gzip"),
                                 ("*, gzip;q=0", None)):
            _, headers, body = server.get("/", headers={"Accept-Encoding": accept})
            self.assertEqual(headers["Content-Encoding"], encoding, accept)
            self.assertEqual(gzip.decompress(body) if encoding else body, plain[2])
            self.assertEqual(headers["ETag"], plain[1]["ETag"])
        tag = plain[1]["ETag"]
        self.assertTrue(tag.startswith('W/"'), tag)  # one for bytes that differ
        for known, status in ((tag, 304), (tag[2:], 304), ("*", 304), ('"a,b", ' + tag, 304), ('"a"', 200)):
            self.assertEqual(server.get("/", headers={"If-None-Match": known})[0], status, known)

    def test_head_has_the_headers_alone(self):
        self.get("series")
        length = self.last_headers["Content-Length"]
        status, headers, body = self.shared.server.request("HEAD", "/api/v1/series")
        self.assertEqual((status, headers["Content-Length"], body), (200, length, b""))

    WRONG = [
        ("series?bogus=1", 400, "bogus"), ("series?slice=x", 400, "slice"), ("series?format=xml", 400, "format"),
        ("series?metric=time", 400, "metric"), ("series?rate=on&share=on", 400, ""),
        ("series?from=2024-05-06&to=2024-05-05", 400, "from"), ("series?match=(", 400, "regular"),
        ("series?zone=Mars/Base", 400, "Mars"), ("series?slice=1us", 422, "slices"),
        ("chart.svg?width=199", 400, "width"), ("chart.svg?width=99999", 400, "width"),
        ("chart.svg?columns=80", 400, "columns"), ("chart.gif", 404, "chart.gif"),
        ("profile?metric=ncalls", 400, "metric"), ("profile?from=x", 400, "from"),
        ("profile?from=now&to=-1h", 400, "from"), ("callers", 400, "function"), ("diff", 400, "base"),
        ("diff?base=yesterday&new=today", 404, "yesterday"), ("functions?limit=0", 400, "limit"),
        ("functions?q=(", 400, "regular"), ("labels?where=x", 400, "where"), ("labels?from=now&to=-1h", 400, "from"),
        ("series?" + "&".join(["where=a=b"] * 300), 400, ""),
    ]

    def test_what_is_wrong_is_told(self):
        for path, status, word in self.WRONG:
            got, _, body = self.shared.server.get("/api/v1/" + path)
            self.assertEqual(got, status, (path, body))
            error = json.loads(body.decode())["error"]
            self.assertEqual(error["status"], status)
            self.assertIn(word, error["message"], path)


class ChangingStore(CommandTest):
    def test_an_answer_is_of_what_is_stored_now(self):
        made = profiles(8)
        self.write("a.log", "".join(map(line_of, made[:4])))
        self.write("b.log", "".join(map(line_of, made[4:])))
        self.ok("add", "-q", "profiles.db", "a.log")
        server = Server(self.path("profiles.db"))
        self.addCleanup(server.stop)
        question = "/api/v1/series?slice=10s&metric=ncalls&top=1"
        _, headers, before = server.get(question)
        self.assertEqual(server.get(question)[2], before)
        self.ok("add", "-q", "profiles.db", "b.log")
        status, _, after = server.get(question, headers={"If-None-Match": headers["ETag"]})
        self.assertEqual(status, 200)
        self.assertEqual(after.decode(), self.ok("slices", "profiles.db", "--slice", "10s", "--metric", "ncalls",
                                                 "--top", "1", "--output-format", "json"))
        self.assertNotEqual(before, after)


if __name__ == "__main__":
    unittest.main()
