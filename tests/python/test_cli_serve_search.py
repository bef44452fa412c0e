"""Searches as Elasticsearch's clients write them: every figure is counted here by hand."""
import collections
import datetime
import json
import unittest

from cli_harness import CommandTest
from serve_harness import Server
from test_cli_serve_api import BEGIN, FUNCTIONS, line_of, name_of, profiles

METRICS = {"ncalls": 0, "pcalls": 1, "tottime": 2, "cumtime": 3}


def stamp(seconds, zone=datetime.timezone.utc):
    text = datetime.datetime.fromtimestamp(seconds, zone).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


class SearchTest(CommandTest):
    """60 profiles over 5 minutes: each lies in one slice of 10 s, whole."""

    @classmethod
    def setUpClass(cls):
        cls.home = CommandTest("run")
        cls.home.setUp()
        cls.profiles = [(int(begin), int(begin) + 10, labels, rows)
                        for begin, _, labels, rows in profiles(60, seed=3)]
        cls.profiles = [profile for profile in cls.profiles if not 90 <= profile[0] - BEGIN < 130]  # a gap
        cls.home.write("app.log", "".join(map(line_of, cls.profiles)))
        cls.home.ok("add", "-q", "profiles.db", "app.log")
        cls.server = Server(cls.home.path("profiles.db"))

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.home.doCleanups()

    def post(self, path, body, status=200):
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        got, self.headers, answer = self.server.request("POST", path, text, {"Content-Type": "application/json"})
        self.assertEqual(got, status, (body, answer[:500]))
        return json.loads(answer.decode())

    def search(self, aggs=None, query=None, path="/_search", **more):
        body = dict(more, size=0)
        if aggs is not None:
            body["aggs"] = aggs
        if query is not None:
            body["query"] = query
        return self.post(path, body)

    def refused(self, body, word, kind="illegal_argument_exception"):
        got = self.post("/_search", body, status=400)
        self.assertEqual((got["status"], got["error"]["type"], got["error"]["root_cause"][0]["type"]),
                         (400, kind, kind))
        self.assertIn(word, got["error"]["reason"], body)

    @staticmethod
    def total(chosen, metric, function=lambda function: True):
        value = sum(figures[METRICS[metric]] for _, _, _, rows in chosen for key, figures in rows.items()
                    if function(key))
        return value / 1e9 if metric.endswith("time") else value

    def same(self, a, b):
        self.assertAlmostEqual(a, b, places=9)


class Shape(SearchTest):
    def test_the_answer_without_any_aggregation(self):
        for body in ("", "{}", {"size": 0}, {"query": {"match_all": {}}, "track_total_hits": True}):
            got = self.post("/_search", body)
            self.assertEqual((got["timed_out"], got["_shards"]),
                             (False, {"total": 1, "successful": 1, "skipped": 0, "failed": 0}))
            self.assertEqual(got["hits"], {"total": {"value": len(self.profiles), "relation": "eq"},
                                           "max_score": None, "hits": []})
            self.assertIsInstance(got["took"], int)
            self.assertNotIn("aggregations", got)
        self.assertEqual(self.headers["X-Elastic-Product"], "Elasticsearch")

    def test_fields_are_told(self):
        for path in ("/_mapping", "/profiles-*/_mapping", "/a/_mapping?pretty&ignore_unavailable=true"):
            status, headers, body = self.server.get(path)
            self.assertEqual((status, headers["X-Elastic-Product"]), (200, "Elasticsearch"))
            (index,) = json.loads(body.decode()).values()
            fields = index["mappings"]["properties"]
            labels = {key for _, _, labels, _ in self.profiles for key in labels}
            self.assertEqual(fields.pop("labels"),
                             {"properties": {key: {"type": "keyword"} for key in labels}})
            by_type = collections.defaultdict(set)
            for name, field in fields.items():
                by_type[field["type"]].add(name)
            self.assertEqual(by_type["date"], {"@timestamp", "timestamp", "begin", "end"})
            self.assertEqual(by_type["double"], {"tottime", "cumtime", "awaittime"})
            self.assertEqual(by_type["long"], {"ncalls", "pcalls", "resumes"})
            for name in [*by_type["keyword"], *("labels." + key for key in labels)]:
                self.search({"t": {"terms": {"field": name}}})
        self.assertEqual(self.server.get("/_mapping?nothing=1")[0], 400)

    def test_an_index_may_stand_before_it(self):
        got = self.search({"s": {"sum": {"field": "ncalls"}}}, path="/logs-*/_search?ignore_unavailable=true")
        self.assertEqual(got["aggregations"]["s"], {"value": self.total(self.profiles, "ncalls")})

    def test_several_searches_in_one_request(self):
        sums = {"size": 0, "aggs": {"s": {"sum": {"field": "tottime"}}}}
        lines = [{"index": "x"}, sums, {}, {"aggs": {"s": {"max": {"field": "tottime"}}}}, {}, sums]
        got = self.post("/_msearch?max_concurrent_shard_requests=5",
                        "".join(json.dumps(line) + "\n" for line in lines))
        self.assertEqual([answer["status"] for answer in got["responses"]], [200, 400, 200])
        self.assertIn("max", got["responses"][1]["error"]["reason"])
        for i in (0, 2):
            self.same(got["responses"][i]["aggregations"]["s"]["value"], self.total(self.profiles, "tottime"))

    def test_what_is_not_there_is_said(self):
        for body, word in (
                ({"size": 10}, "size"), ({"aggs": {"a": {"avg": {"field": "tottime"}}}}, "avg"),
                ({"aggs": {"a": {"sum": {"field": "host"}}}}, "host"),
                ({"aggs": {"a": {"date_histogram": {"field": "host", "fixed_interval": "1m"}}}}, "@timestamp"),
                ({"aggs": {"a": {"date_histogram": {"field": "@timestamp"}}}}, "interval"),
                ({"aggs": {"a": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1.5h"}}}}, "1.5h"),
                ({"aggs": {"a": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1w"}}}}, "1w"),
                ({"aggs": {"a": {"date_histogram": {"field": "@timestamp", "calendar_interval": "2d"}}}}, "2d"),
                ({"aggs": {"a": {"date_histogram": {"field": "@timestamp", "calendar_interval": "1d",
                                                    "time_zone": "Mars/Base"}}}}, "Mars"),
                ({"aggs": {"a": {"terms": {"field": "function", "order": {"x": "desc"}}}}}, "x"),
                ({"aggs": {"a": {"terms": {"field": "function", "size": 0}}}}, "size"),
                ({"aggs": {"a": {"terms": {"field": "function"}, "aggs": {"b": {"terms": {"field": "name"}}}}}},
                 "terms"),
                ({"query": {"fuzzy": {"host": "x"}}}, "fuzzy"), ({"query": {"term": {"tottime": 1}}}, "tottime"),
                ({"query": {"bool": {"must_not": {"range": {"@timestamp": {"gte": "now"}}}}}}, "range"),
                ({"query": {"range": {"@timestamp": {"gte": "yesterday"}}}}, "yesterday"),
                ({"query": {"range": {"@timestamp": {"gte": "2024-05-05", "format": "dd.MM"}}}}, "format"),
                ({"query": {"query_string": {"query": "a OR b"}}}, "a OR b"), ({"from": 1}, "from"),
                ({"query": {"regexp": {"host": "("}}}, "regular")):
            self.refused(body, word)
        for body in ("{", "[]", "{\"size\": 0} x", "{\"query\": 1}", "\xff", "{\"aggs\": {\"a\": []}}", "null"):
            self.refused(body, "byte", "parsing_exception")


class Histograms(SearchTest):
    def histogram(self, **options):
        below = options.pop("below", {"s": {"sum": {"field": "tottime"}}})
        query = options.pop("query", None)
        options.setdefault("field", "@timestamp")
        got = self.search({"h": {"date_histogram": options, "aggs": below}}, query)
        return got["aggregations"]["h"]["buckets"]

    def expected(self, width, chosen=None, offset=0):
        """{begin: [profiles]} with every bucket from the first to the last."""
        chosen = self.profiles if chosen is None else chosen
        buckets = collections.OrderedDict()
        floor = [(profile[0] - offset) // width * width + offset for profile in chosen]
        for begin in range(min(floor), max(floor) + 1, width):
            buckets[begin] = [profile for profile, at in zip(chosen, floor) if at == begin]
        return buckets

    def check(self, got, expected, zone=datetime.timezone.utc):
        self.assertEqual([(bucket["key"], bucket["key_as_string"], bucket["doc_count"]) for bucket in got],
                         [(begin * 1000, stamp(begin, zone), len(chosen)) for begin, chosen in expected.items()])
        for bucket, chosen in zip(got, expected.values()):
            self.same(bucket["s"]["value"], self.total(chosen, "tottime"))

    def test_intervals(self):
        for option, text, width in (("fixed_interval", "10s", 10), ("fixed_interval", "1m", 60),
                                    ("fixed_interval", "20000ms", 20), ("calendar_interval", "1m", 60),
                                    ("calendar_interval", "minute", 60), ("interval", "1h", 3600),
                                    ("calendar_interval", "day", 86400), ("fixed_interval", "1d", 86400)):
            self.check(self.histogram(**{option: text}), self.expected(width))

    def test_gaps_and_the_fewest_documents(self):
        expected = self.expected(10)
        self.assertIn(0, map(len, expected.values()))
        self.check(self.histogram(fixed_interval="10s", min_doc_count=0), expected)
        for least in (1, 2):
            self.check(self.histogram(fixed_interval="10s", min_doc_count=least),
                       {begin: chosen for begin, chosen in expected.items() if len(chosen) >= least})

    def test_bounds_that_are_to_be_shown(self):
        expected = self.expected(60)
        begin, end = min(expected) - 180, max(expected) + 120
        wide = collections.OrderedDict((at, expected.get(at, [])) for at in range(begin, end + 1, 60))
        for low, high in ((begin * 1000, end * 1000 + 59999), (stamp(begin + 5), stamp(end + 1))):
            self.check(self.histogram(fixed_interval="1m", extended_bounds={"min": low, "max": high}), wide)
        inside = {"min": stamp(begin + 240), "max": stamp(begin + 300)}
        self.check(self.histogram(fixed_interval="1m", extended_bounds=inside), expected)
        none = self.histogram(fixed_interval="1m", extended_bounds={"min": stamp(begin), "max": stamp(begin + 60)},
                              query={"term": {"service": "nobody"}})
        self.assertEqual([(bucket["doc_count"], bucket["s"]["value"]) for bucket in none], [(0, 0), (0, 0)])

    def test_offsets(self):
        self.check(self.histogram(fixed_interval="1m", offset="+10s"), self.expected(60, offset=10))
        self.check(self.histogram(fixed_interval="1h", offset="-10m"), self.expected(3600, offset=-600))
        self.check(self.histogram(calendar_interval="day", offset="+6h"), self.expected(86400, offset=6 * 3600))

    def test_zones(self):
        berlin = datetime.timezone(datetime.timedelta(hours=2))
        for zone, clock in (("Europe/Berlin", berlin), ("+02:00", berlin),
                            ("-05:00", datetime.timezone(datetime.timedelta(hours=-5)))):
            shift = -int(clock.utcoffset(None).total_seconds())
            for interval in ({"calendar_interval": "1d"}, {"fixed_interval": "12h"}):
                width = 86400 if "calendar_interval" in interval else 43200
                self.check(self.histogram(time_zone=zone, **interval), self.expected(width, offset=shift), clock)

    def test_formats_of_keys(self):
        for text, strftime in (("yyyy-MM-dd", "%Y-%m-%d"), ("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
                               ("yyyy-MM-dd'T'HH:mm:ss", "%Y-%m-%dT%H:%M:%S")):
            bucket = self.histogram(fixed_interval="1m", format=text)[1]
            at = datetime.datetime.utcfromtimestamp(bucket["key"] / 1000)
            self.assertEqual(bucket["key_as_string"], at.strftime(strftime))
        bucket = self.histogram(fixed_interval="1m", format="epoch_millis")[0]
        self.assertEqual(bucket["key_as_string"], str(bucket["key"]))

    def test_a_range_is_cut_to_the_millisecond(self):
        for clause, low, high in (
                ({"gte": (BEGIN + 60) * 1000, "lt": (BEGIN + 120) * 1000, "format": "epoch_millis"}, 60, 120),
                ({"gte": stamp(BEGIN + 60), "lte": stamp(BEGIN + 119.999)}, 60, 120),
                ({"gt": stamp(BEGIN + 59.999), "lt": stamp(BEGIN + 120)}, 60, 120),
                ({"gte": "2024-05-05T12:01:00", "lt": "2024-05-05T12:02:00"}, 60, 120),
                ({"gte": "2024-05-05T14:01:00", "lt": "2024-05-05T14:02:00", "time_zone": "Europe/Berlin"}, 60, 120),
                ({"gte": "2024-05-05T12:01", "lte": "2024-05-05T12:01"}, 60, 120),
                ({"gte": "2024-05-05T12:01:40||/m", "lt": "2024-05-05T11:02:00.000Z||+1h"}, 60, 120),
                ({"gte": BEGIN + 60, "lt": BEGIN + 120, "format": "epoch_second"}, 60, 120),
                ({"gte": "2024-05-05"}, -10 ** 6, 10 ** 6), ({"lte": "2024-05-05"}, -10 ** 6, 10 ** 6),
                ({"gte": "2024-05||/y", "lt": "now"}, -10 ** 6, 10 ** 6)):
            chosen = [profile for profile in self.profiles if low <= profile[0] - BEGIN < high]
            got = self.search({"s": {"sum": {"field": "tottime"}}},
                              {"bool": {"filter": [{"range": {"@timestamp": clause}}]}})
            self.assertEqual(got["hits"]["total"]["value"], len(chosen), clause)
            self.same(got["aggregations"]["s"]["value"], self.total(chosen, "tottime"))
        for clause in ({"gt": "2024-05-05"}, {"lt": "2024-05-05"}, {"gte": "now-1h"}, {"gte": "now/d"}):
            got = self.search({"s": {"sum": {"field": "tottime"}}}, {"range": {"@timestamp": clause}})
            self.assertEqual((got["hits"]["total"]["value"], got["aggregations"]["s"]["value"]), (0, 0), clause)


class Terms(SearchTest):
    def by_function(self, chosen, metric):
        return {name_of(function): self.total(chosen, metric, lambda key: key == function)
                for function in FUNCTIONS if any(function in rows for _, _, _, rows in chosen)}

    def check_functions(self, got, chosen, size=10, order=("doc_count", True)):
        calls = self.by_function(chosen, "ncalls")
        times = self.by_function(chosen, "tottime")
        what, falls = order
        by = {"doc_count": calls, "s": times, "key": {key: key for key in calls}}[what]
        keys = sorted(sorted(calls), key=by.__getitem__, reverse=falls) if what != "key" else \
            sorted(calls, reverse=falls)
        self.assertEqual([(bucket["key"], bucket["doc_count"]) for bucket in got["buckets"]],
                         [(key, calls[key]) for key in keys[:size]])
        for bucket in got["buckets"]:
            self.same(bucket["s"]["value"], times[bucket["key"]])
        self.assertEqual(got["sum_other_doc_count"], sum(calls[key] for key in keys[size:]))
        self.assertEqual(got["doc_count_error_upper_bound"], 0)

    def test_functions_in_every_order(self):
        for order, expected in (({}, ("doc_count", True)), ({"order": {"_count": "asc"}}, ("doc_count", False)),
                                ({"order": {"_key": "asc"}}, ("key", False)),
                                ({"order": [{"s": "desc"}, {"_key": "asc"}]}, ("s", True)),
                                ({"order": {"s.value": "asc"}}, ("s", False))):
            for size in (2, 10):
                got = self.search({"f": {"terms": dict(order, field="function", size=size),
                                         "aggs": {"s": {"sum": {"field": "tottime"}}}}})
                self.check_functions(got["aggregations"]["f"], self.profiles, size, expected)

    def test_functions_in_each_bucket_of_time(self):
        got = self.search({"h": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1m"}, "aggs": {
            "f": {"terms": {"field": "function.keyword", "size": 2, "order": {"s": "desc"}},
                  "aggs": {"s": {"sum": {"field": "tottime"}}, "c": {"sum": {"field": "cumtime"}}}}}}})
        for bucket in got["aggregations"]["h"]["buckets"]:
            chosen = [profile for profile in self.profiles if profile[0] // 60 * 60000 == bucket["key"]]
            self.assertEqual(bucket["doc_count"], len(chosen))
            self.check_functions(bucket["f"], chosen, 2, ("s", True))
            for row in bucket["f"]["buckets"]:
                self.same(row["c"]["value"], self.by_function(chosen, "cumtime")[row["key"]])

    def test_the_history_of_each_function(self):
        got = self.search({"f": {"terms": {"field": "function"}, "aggs": {
            "s": {"sum": {"field": "tottime"}},
            "h": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1m"},
                  "aggs": {"c": {"sum": {"field": "cumtime"}}}}}}})
        self.check_functions(got["aggregations"]["f"], self.profiles)
        for row in got["aggregations"]["f"]["buckets"]:
            self.assertEqual(sum(bucket["doc_count"] for bucket in row["h"]["buckets"]), row["doc_count"])
            for bucket in row["h"]["buckets"]:
                chosen = [profile for profile in self.profiles if profile[0] // 60 * 60000 == bucket["key"]]
                self.same(bucket["c"]["value"], self.by_function(chosen, "cumtime").get(row["key"], 0))

    def test_labels_count_profiles(self):
        for below in ({}, {"order": {"_key": "desc"}}):
            got = self.search({"l": {"terms": dict(below, field="labels.host"),
                                     "aggs": {"s": {"sum": {"field": "tottime"}}}}})
            hosts = sorted({labels["host"] for _, _, labels, _ in self.profiles})
            chosen = {host: [p for p in self.profiles if p[2]["host"] == host] for host in hosts}
            keys = sorted(hosts, key=lambda host: (-len(chosen[host]), host)) if not below else hosts[::-1]
            buckets = got["aggregations"]["l"]["buckets"]
            self.assertEqual([(b["key"], b["doc_count"]) for b in buckets], [(k, len(chosen[k])) for k in keys])
            for bucket in buckets:
                self.same(bucket["s"]["value"], self.total(chosen[bucket["key"]], "tottime"))

    def test_a_service_over_time_by_function(self):
        """The tree of a dashboard: time, then service, then function; and service, time, function."""
        functions = {"f": {"terms": {"field": "function"}, "aggs": {"s": {"sum": {"field": "tottime"}}}}}
        time = {"field": "@timestamp", "fixed_interval": "2m"}
        got = self.search({"h": {"date_histogram": time, "aggs": {
            "l": {"terms": {"field": "service"}, "aggs": functions}}}})
        other = self.search({"l": {"terms": {"field": "service"}, "aggs": {
            "h": {"date_histogram": time, "aggs": functions}}}})
        turned = {(bucket["key"], row["key"]): bucket for row in other["aggregations"]["l"]["buckets"]
                  for bucket in row["h"]["buckets"]}
        seen = 0
        for bucket in got["aggregations"]["h"]["buckets"]:
            for row in bucket["l"]["buckets"]:
                chosen = [p for p in self.profiles
                          if p[0] // 120 * 120000 == bucket["key"] and p[2]["service"] == row["key"]]
                self.assertEqual(row["doc_count"], len(chosen))
                self.check_functions(row["f"], chosen)
                self.assertEqual(turned[bucket["key"], row["key"]]["f"], row["f"])
                seen += row["doc_count"]
        self.assertEqual(seen, len(self.profiles))

    def test_names_and_files_and_modules(self):
        for field, part in (("name", 2), ("file", 0)):
            got = self.search({"f": {"terms": {"field": field}, "aggs": {"s": {"sum": {"field": "ncalls"}}}}})
            expected = collections.Counter()
            for _, _, _, rows in self.profiles:
                for function, figures in rows.items():
                    key = "(built-in)" if (field, function[0]) == ("file", "~") else function[part]
                    expected[key] += figures[0]
            self.assertEqual({b["key"]: b["s"]["value"] for b in got["aggregations"]["f"]["buckets"]}, expected)


class Conditions(SearchTest):
    def test_what_holds(self):
        label = "service"
        cases = (
            ({"term": {"service": "shop"}}, lambda p: p[2][label] == "shop"),
            ({"term": {"service.keyword": {"value": "shop"}}}, lambda p: p[2][label] == "shop"),
            ({"terms": {"host": ["h0", "h2"]}}, lambda p: p[2]["host"] in ("h0", "h2")),
            ({"terms": {"host": []}}, lambda p: False),
            ({"match_phrase": {"labels.host": "h1"}}, lambda p: p[2]["host"] == "h1"),
            ({"regexp": {"host": "h[01]"}}, lambda p: p[2]["host"] in ("h0", "h1")),
            ({"regexp": {"host": {"value": "h"}}}, lambda p: False),
            ({"prefix": {"service": "sh"}}, lambda p: p[2][label] == "shop"),
            ({"wildcard": {"host": {"value": "?0"}}}, lambda p: p[2]["host"] == "h0"),
            ({"exists": {"field": "canary"}}, lambda p: "canary" in p[2]),
            ({"bool": {"must_not": {"exists": {"field": "canary"}}}}, lambda p: "canary" not in p[2]),
            ({"bool": {"must_not": [{"term": {"host": "h0"}}, {"terms": {"host": ["h1", "x"]}}]}},
             lambda p: p[2]["host"] == "h2"),
            ({"bool": {"should": [{"term": {"host": "h0"}}, {"match_phrase": {"host": "h1"}}],
                       "minimum_should_match": 1}}, lambda p: p[2]["host"] in ("h0", "h1")),
            ({"bool": {"must_not": [{"bool": {"should": [{"term": {"host": "h0"}}]}}]}},
             lambda p: p[2]["host"] != "h0"),
            ({"bool": {"filter": {"term": {"host": "h0"}}, "should": {"term": {"service": "x"}}}},
             lambda p: p[2]["host"] == "h0"),
            ({"bool": {"must": [{"match_all": {}}], "filter": [
                {"query_string": {"analyze_wildcard": True, "query": "*"}}, {"term": {"service": "mail"}}]}},
             lambda p: p[2][label] == "mail"),
            ({"query_string": {"query": "service:shop AND -host:\"h1\""}},
             lambda p: p[2][label] == "shop" and p[2]["host"] != "h1"),
            ({"query_string": {"query": "host:h* canary:*", "default_operator": "AND"}}, lambda p: "canary" in p[2]),
            ({"query_string": {"query": "host:h* AND canary:* -host:h1"}},
             lambda p: "canary" in p[2] and p[2]["host"] != "h1"),
            ({"query_string": {"query": "NOT host:h1 service:shop -host:h0"}},
             lambda p: p[2][label] == "shop" and p[2]["host"] == "h2"),
            ({"query_string": {"query": "-host:h1"}}, lambda p: p[2]["host"] != "h1"),
            ({"term": {"canary": "yes & \u00e4"}}, lambda p: "canary" in p[2]),
            ({"match_none": {}}, lambda p: False),
        )
        for query, holds in cases:
            chosen = [profile for profile in self.profiles if holds(profile)]
            got = self.search({"s": {"sum": {"field": "tottime"}}}, query)
            self.assertEqual(got["hits"]["total"]["value"], len(chosen), query)
            self.same(got["aggregations"]["s"]["value"], self.total(chosen, "tottime"))

    def test_query_strings_that_mean_other_than_all_of_it_are_refused(self):
        for text in ("host:h0 host:h1", "host:h0 OR host:h1", "service:shop -host:h1 AND canary:*", "AND host:h0",
                     "host:h0 AND", "host:h0 AND AND host:h1", "word", "host:(h0 h1)", "host:[a TO b]"):
            self.refused({"query": {"query_string": {"query": text}}}, "is not supported")

    def test_functions_are_chosen(self):
        add = name_of(FUNCTIONS[0])
        for query, holds in (
                ({"term": {"function": add}}, lambda key: name_of(key) == add),
                ({"terms": {"function": [add, name_of(FUNCTIONS[4])]}}, lambda key: key in (FUNCTIONS[0], FUNCTIONS[4])),
                ({"term": {"file": "/srv/shop/cart.py"}}, lambda key: key[0] == "/srv/shop/cart.py"),
                ({"regexp": {"function": ".*add\\)"}}, lambda key: key[2] == "add"),
                ({"wildcard": {"file": "*/db.py"}}, lambda key: key[0].endswith("/db.py"))):
            got = self.search({"s": {"sum": {"field": "tottime"}}}, query)
            self.same(got["aggregations"]["s"]["value"], self.total(self.profiles, "tottime", holds))


class Grafana(SearchTest):
    """Requests as the data source of Grafana's type "Elasticsearch" makes them.

    Source: grafana/grafana, pkg/tsdb/elasticsearch: data_query.go, client/client.go."""

    FROM, TO = BEGIN * 1000, (BEGIN + 300) * 1000

    def panel(self, buckets, metric="tottime", query="*"):
        """The first answer of a panel's _msearch; bucket aggregations inside each other, the metric in the last."""
        aggs = {"1": {"sum": {"field": metric}}}
        for name, kind, settings in reversed(buckets):
            aggs = {name: {kind: settings, "aggs": aggs}}
            if kind == "terms" and "1" in settings.get("order", {}):
                aggs[name]["aggs"]["1"] = {"sum": {"field": metric}}
        filters = [{"range": {"@timestamp": {"gte": self.FROM, "lte": self.TO, "format": "epoch_millis"}}}]
        if query:
            filters.append({"query_string": {"analyze_wildcard": True, "query": query}})
        lines = ({"ignore_unavailable": True, "index": "profiles", "search_type": "query_then_fetch"},
                 {"aggs": aggs, "query": {"bool": {"filter": filters}}, "size": 0})
        got = self.post("/_msearch?max_concurrent_shard_requests=5",
                        "".join(json.dumps(line) + "\n" for line in lines))
        self.assertEqual(got["responses"][0]["status"], 200, got)
        return got["responses"][0]["aggregations"]

    def time(self, interval="60s", **more):
        return ("2", "date_histogram", dict(
            {"field": "@timestamp", "fixed_interval": interval, "min_doc_count": 0, "format": "epoch_millis",
             "extended_bounds": {"min": self.FROM, "max": self.TO}}, **more))

    def check_minutes(self, buckets, chosen, function=lambda key: True):
        self.assertEqual([bucket["key"] for bucket in buckets][:5], [self.FROM + 60000 * i for i in range(5)])
        for bucket in buckets:
            inside = [p for p in chosen if p[0] * 1000 - p[0] % 60 * 1000 == bucket["key"]]
            self.same(bucket["1"]["value"], self.total(inside, "tottime", function))

    def test_a_panel_over_time(self):
        for query in ("*", ""):
            got = self.panel([self.time()], query=query)
            self.check_minutes(got["2"]["buckets"], self.profiles)
        got = self.panel([self.time()], query="service:shop")
        self.check_minutes(got["2"]["buckets"], [p for p in self.profiles if p[2]["service"] == "shop"])

    def test_a_panel_by_a_label(self):
        got = self.panel([("3", "terms", {"field": "labels.host", "size": 10, "min_doc_count": 1,
                                          "order": {"_key": "desc"}}), self.time()])
        self.assertEqual([bucket["key"] for bucket in got["3"]["buckets"]], ["h2", "h1", "h0"])
        for bucket in got["3"]["buckets"]:
            self.check_minutes(bucket["2"]["buckets"], [p for p in self.profiles if p[2]["host"] == bucket["key"]])

    def test_a_panel_by_function(self):
        got = self.panel([("3", "terms", {"field": "function", "size": 3, "min_doc_count": 1,
                                          "order": {"1": "desc"}}), self.time()])
        totals = {name_of(key): self.total(self.profiles, "tottime", lambda other, key=key: other == key)
                  for key in FUNCTIONS}
        largest = sorted(totals, key=lambda name: -totals[name])[:3]
        self.assertEqual([bucket["key"] for bucket in got["3"]["buckets"]], largest)
        for bucket in got["3"]["buckets"]:
            self.check_minutes(bucket["2"]["buckets"], self.profiles,
                               lambda key, name=bucket["key"]: name_of(key) == name)

    def test_the_values_of_a_variable(self):
        aggs = {"1": {"terms": {"field": "labels.service", "size": 500, "order": {"_key": "asc"}}}}
        body = {"size": 0, "aggs": aggs, "query": {"bool": {"filter": [
            {"range": {"@timestamp": {"gte": self.FROM, "lte": self.TO, "format": "epoch_millis"}}}]}}}
        got = self.post("/_msearch", '{"search_type":"query_then_fetch","ignore_unavailable":true,"index":"profiles"}\n'
                        + json.dumps(body) + "\n")
        self.assertEqual([bucket["key"] for bucket in got["responses"][0]["aggregations"]["1"]["buckets"]],
                         sorted({p[2]["service"] for p in self.profiles if "service" in p[2]}))


if __name__ == "__main__":
    unittest.main()
