"""What Grafana's JSON data sources ask: the figures are those of the command."""
import datetime
import gzip
import json
import unittest

from test_cli_serve_api import BEGIN, Api, rfc3339

RANGE = {"from": "2024-05-05T12:00:00.000Z", "to": "2024-05-05T12:05:00.000Z", "raw": {"from": "now-5m", "to": "now"}}


class Grafana(Api):
    def post(self, path, body, status=200):
        text = body if isinstance(body, str) else json.dumps(body)
        got, _, answer = self.shared.server.request("POST", "/grafana/" + path, text,
                                                    {"Content-Type": "application/json"})
        self.assertEqual(got, status, (path, body, answer))
        return json.loads(answer.decode())

    def query(self, *targets, **more):
        body = {"panelId": 1, "range": RANGE, "rangeRaw": RANGE["raw"], "interval": "10s", "intervalMs": 10000,
                "maxDataPoints": 30, "targets": list(targets), "scopedVars": {}, "adhocFilters": []}
        body.update(more)
        return self.post("query", body)

    def expected(self, **options):
        """{label: [[value, ms]]} of the command's NDJSON, in the range of the panel."""
        options = dict({"from": "2024-05-05T12:00:00Z", "to": "2024-05-05T12:05:00Z", "slices": "30"}, **options)
        text = self.command("slices", "--output-format", "ndjson", **options).decode()
        series = {}
        for row in map(json.loads, text.splitlines()):
            at = datetime.datetime.strptime(row["begin"], "%Y-%m-%dT%H:%M:%SZ")
            ms = int((at - datetime.datetime(1970, 1, 1)).total_seconds() * 1000)
            series.setdefault(row["label"], []).append([row["value"], ms])
        return series

    @staticmethod
    def of(answer):
        return {entry["target"]: entry["datapoints"] for entry in answer}

    def test_it_is_there(self):
        for path in ("/grafana", "/grafana/"):
            self.assertEqual(self.shared.server.get(path)[0], 200)

    def test_a_target_is_a_metric(self):
        got = self.query({"target": "tottime", "refId": "A", "type": "timeserie"})
        self.assertEqual(self.of(got), self.expected(metric="tottime"))
        self.assertEqual({entry["refId"] for entry in got}, {"A"})

    def test_a_payload_holds_options(self):
        for payload, options in (
                ({"by": "label:service", "top": 2}, {"by": "label:service", "top": "2"}),
                ({"where": ["service=shop", "host!=h1"], "rate": "on"}, {"where": ["service=shop", "host!=h1"], "rate": "on"}),
                ({"slice": "1m", "fill": "null", "by": "name", "match": ""}, {"slice": "1m", "fill": "null", "by": "name"})):
            got = self.query({"target": "ncalls", "refId": "B", "payload": payload})
            self.assertEqual(self.of(got), self.expected(metric="ncalls", **options))
            got = self.query({"target": "ncalls", "refId": "B", "data": payload})
            self.assertEqual(self.of(got), self.expected(metric="ncalls", **options))

    def test_a_target_may_be_written_as_a_url(self):
        got = self.query({"target": "metric=percall&by=label%3Aservice&top=1&match=a%2Bdd%7Cquery"})
        self.assertEqual(self.of(got), self.expected(metric="percall", by="label:service", top="1", match="a+dd|query"))

    def test_slices_are_as_wide_as_the_panel_needs(self):
        for points, interval, slices in ((30, 10000, "30"), (10, 10000, "10"), (500, 60000, "5"), (1, 1, "1")):
            got = self.query({"target": "tottime"}, maxDataPoints=points, intervalMs=interval)
            self.assertEqual(self.of(got), self.expected(metric="tottime", slices=slices))

    def test_filters_of_a_dashboard(self):
        filters = [{"key": "service", "operator": "=", "value": "shop"}, {"key": "host", "operator": "!~", "value": "h[12]"}]
        got = self.query({"target": "tottime"}, adhocFilters=filters)
        self.assertEqual(self.of(got), self.expected(where=["service=shop", "host!~h[12]"]))
        got = self.query({"target": "tottime"}, adhocFilters=[{"key": "function", "operator": "=~", "value": "cart"}])
        self.assertEqual(self.of(got), self.expected(match="cart"))

    def test_several_targets_one_hidden(self):
        got = self.query({"target": "tottime", "refId": "A", "payload": {"by": "label:service"}},
                         {"target": "nonsense", "refId": "B", "hide": True},
                         {"target": "ncalls", "refId": "C", "payload": {"by": "label:host"}})
        self.assertEqual([entry["refId"] for entry in got], ["A", "A", "C", "C", "C"])

    def test_a_table(self):
        (table,) = self.query({"target": "tottime", "refId": "A", "type": "table", "payload": {"by": "label:service"}})
        self.assertEqual((table["type"], table["columns"][0]), ("table", {"text": "Time", "type": "time"}))
        expected = self.expected(by="label:service")
        for i, column in enumerate(table["columns"][1:], 1):
            self.assertEqual([[row[i], row[0]] for row in table["rows"]], expected[column["text"]])

    def test_names_for_the_editor(self):
        metrics = self.post("search", {"target": ""})
        self.assertIn("percall-cum", metrics)
        self.assertEqual([metric["value"] for metric in self.post("metrics", {})], metrics)
        payloads = {payload["name"]: payload for payload in self.post("metrics", {"metric": "tottime"})[0]["payloads"]}
        self.assertEqual(payloads["by"]["type"], "input")
        self.assertEqual([option["value"] for option in payloads["attribution"]["options"]], ["spread", "end", "start"])
        self.assertEqual(self.post("metric-payload-options", {"metric": "tottime", "name": "rate", "payload": {}}),
                         [{"label": "off", "value": "off"}, {"label": "on", "value": "on"}])

    def test_labels_for_variables_and_filters(self):
        self.assertEqual(self.post("tag-keys", {}), [{"type": "string", "text": key} for key in ("canary", "host", "service")])
        self.assertEqual(self.post("tag-values", {"key": "service"}), [{"text": "mail"}, {"text": "shop"}])
        self.assertEqual(self.post("variable", {"payload": {"target": "label:service"}, "range": RANGE}),
                         [{"__text": "mail", "__value": "mail"}, {"__text": "shop", "__value": "shop"}])
        self.assertEqual(self.post("search", {"target": "service"}), ["mail", "shop"])
        self.assertEqual(self.post("annotations", {"range": RANGE, "annotation": {"name": "x"}}), [])

    def test_a_body_that_cannot_be_read(self):
        plain = b'{"targets":[]}'
        for encoding, body, status in (
                ("gzip", gzip.compress(plain), 200), ("gzip", gzip.compress(plain)[:-5], 400), ("gzip", plain, 400),
                ("br", plain, 415), ("gzip, gzip", plain, 415),
                ("gzip", gzip.compress(b" " * (17 << 20)), 422)):
            for path in ("/grafana/search", "/_search"):
                got, _, answer = self.shared.server.request("POST", path, body, {"Content-Encoding": encoding})
                if path == "/_search":
                    status = {200: 400, 422: 400}.get(status, status)
                self.assertEqual(got, status, (path, encoding, body[:20], answer))

    def test_what_is_wrong_is_told(self):
        for path, body, word in (
                ("query", {"targets": [{"target": "time"}]}, "metric"),
                ("query", {"targets": [{"target": "tottime", "payload": {"bogus": 1}}]}, "bogus"),
                ("query", {"targets": [{"target": "tottime"}], "adhocFilters": [{"key": "a", "operator": "<", "value": "1"}]}, "<"),
                ("query", {"targets": [{"target": "tottime"}] * 30}, "targets"), ("query", "{", "byte"),
                ("tag-values", {}, "key"), ("metric-payload-options", {"name": "x"}, "x")):
            self.assertIn(word, self.post(path, body, 400)["error"]["message"])
        self.assertEqual(self.post("nothing", {}, 404)["error"]["reason"], "not-found")
        self.assertEqual(rfc3339(BEGIN), "2024-05-05T12:00:00Z")


if __name__ == "__main__":
    unittest.main()
