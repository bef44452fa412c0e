"""The description of the API: well formed, complete, and what requests made from it find."""
import json
import random
import re
import unittest
import urllib.parse

from cli_harness import CommandTest
from serve_harness import Server
from test_cli_serve_api import line_of, profiles

try:
    import hypothesis
    import hypothesis.strategies as strategies
except ImportError:
    hypothesis = None

REQUESTS = 400
WORDS = ["", "0", "1", "-1", "10s", "1us", "day", "now", "-1h", "2024-05-05", "2024-05-05/1h", "epoch", "Europe/Berlin",
         "function", "label:service,function", "service=shop", "service~^s", "x!~(", "cart", "(?i)ADD", "(a+)+$", "on",
         "\u00e4\u4e2d", "\x01", "%", "a" * 2000, "9" * 30, "1e308", "../../etc/passwd", "<script>", "\ud800"]


class OpenApi(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.home = CommandTest("run")
        cls.home.setUp()
        cls.home.write("app.log", "".join(map(line_of, profiles(20))))
        cls.home.ok("add", "-q", "profiles.db", "app.log")
        cls.server = Server(cls.home.path("profiles.db"))
        status, cls.headers, body = cls.server.get("/api/v1/openapi.json")
        assert status == 200, body
        cls.document = json.loads(body.decode())

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.home.doCleanups()

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation

    def schema(self, schema):
        while "$ref" in schema:
            self.assertTrue(schema["$ref"].startswith("#/components/schemas/"))
            schema = self.document["components"]["schemas"][schema["$ref"].split("/")[-1]]
        return schema

    def check(self, value, schema, where):
        """Whether a value has the shape that is told of it."""
        schema = self.schema(schema)
        kinds = schema.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            self.assertTrue({"number", "integer"} & set(kinds), (where, value, schema))
            if kinds == ["integer"]:
                self.assertIsInstance(value, int, where)
        elif kinds:
            self.assertIn(names[type(value)], kinds, where)
        if isinstance(value, dict):
            for key in schema.get("required", []):
                self.assertIn(key, value, where)
            for key, inner in value.items():
                if "properties" in schema:
                    self.assertIn(key, schema["properties"], where)
                    self.check(inner, schema["properties"][key], where + "." + key)
        elif isinstance(value, list) and "items" in schema:
            for inner in value:
                self.check(inner, schema["items"], where + "[]")


class Document(OpenApi):
    def test_it_is_an_openapi_description(self):
        self.assertEqual(self.document["openapi"], "3.1.0")
        self.assertLessEqual({"title", "version"}, set(self.document["info"]))
        names = []
        for path, method, operation in self.operations():
            self.assertRegex(path, "^/")
            self.assertIn(method, ("get", "post"))
            names.append(operation["operationId"])
            self.assertIn("200", operation["responses"])
            for status, answer in operation["responses"].items():
                self.assertRegex(status, "^[2-5][0-9][0-9]$")
                self.assertTrue(answer["description"])
                for medium in answer.get("content", {}).values():
                    if "schema" in medium:
                        self.schema(medium["schema"])
            parameters = [parameter["name"] for parameter in operation["parameters"]]
            self.assertEqual(len(parameters), len(set(parameters)), path)
            for parameter in operation["parameters"]:
                self.assertEqual(parameter["in"], "query")
                self.assertIn("type", parameter["schema"])
                self.assertTrue(parameter["description"])
        self.assertEqual(len(names), len(set(names)))

    def test_every_reference_is_there_and_every_schema_used(self):
        text = json.dumps(self.document)
        used = set(re.findall(r"#/components/schemas/(\w+)", text))
        self.assertEqual(used, set(self.document["components"]["schemas"]))

    def test_every_address_answers_in_the_shape_that_is_told(self):
        needed = {"/api/v1/callers": "?function=query", "/api/v1/diff": "?base=2024-05-05/&new=/2024-05-06"}
        for path, method, operation in self.operations():
            if method == "post" and path.startswith(("/api/v1/p", "/_bulk")):
                continue  # those take profiles
            query = needed.get(path, needed["/api/v1/diff"] if path.startswith("/api/v1/diff") else "")
            body = None if method == "get" else "{}"
            if path in ("/grafana/tag-values", "/grafana/metric-payload-options"):
                body = json.dumps({"key": "service", "name": "by"})
            status, headers, answer = self.server.request(method.upper(), path + query, body)
            self.assertEqual(status, 200, (path, answer))
            content = operation["responses"]["200"]["content"]
            kind = headers["Content-Type"]
            self.assertTrue(kind in content or kind.split(";")[0] in content, (path, kind, list(content)))
            if "schema" in content.get(kind, {}):
                self.check(json.loads(answer.decode()), content[kind]["schema"], path)

    def test_every_option_of_a_query_is_a_parameter(self):
        help_text = self.home.ok("slices", "--help").split("\nQuery:\n")[1].split("\n\n")[0]
        options = set(re.findall(r"(?m)^ +--([a-z-]+)", help_text))
        self.assertGreater(len(options), 15)
        for path in ("/api/v1/series", "/api/v1/chart.svg"):
            names = {parameter["name"] for parameter in self.document["paths"][path]["get"]["parameters"]}
            self.assertLessEqual(options, names)


class Requests(OpenApi):
    """Requests made from the description, with values of the told kind and with any others."""

    def value(self, draw, schema):
        if schema["type"] == "array":
            return [draw(WORDS) for _ in range(draw([0, 1, 2]))]
        if draw([0, 1, 2]) == 0:
            return [draw(WORDS)]
        if "enum" in schema:
            return [draw(schema["enum"])]
        if schema["type"] == "integer":
            return [str(draw([schema["minimum"], schema["maximum"], schema["minimum"] + 7]))]
        return [draw(WORDS)]

    BODIES = ["", "{}", "[]", "null", "{\"size\":0}", "{\"query\":{}}", "{\"targets\":[{}]}", "{\"targets\":[{\"target\":1}]}",
              "{\"targets\":[{\"target\":\"tottime\",\"payload\":{\"by\":\"name\"}}],\"range\":{\"from\":\"x\"}}",
              "{\"aggs\":{\"a\":{}}}", "{\"a\":" * 200, "\xff\xfe", "{\"key\":\"service\"}", "{}\n{}\n", "{}\n{\"aggs\":1}\n"]

    def send(self, draw):
        path, method, operation = draw([entry for entry in self.operations()
                                        if not (entry[1] == "post" and entry[0].startswith(("/api/v1/p", "/_bulk")))])
        pairs = []
        for parameter in operation["parameters"]:
            if parameter.get("required") or draw(range(6)) == 0:
                pairs += [(parameter["name"], value) for value in self.value(draw, parameter["schema"])]
        query = urllib.parse.urlencode(pairs, errors="surrogatepass")
        body = None if method == "get" else draw(self.BODIES).encode("latin-1")
        status, _, answer = self.server.request(method.upper(), path + ("?" + query if query else ""), body)
        told = set(operation["responses"]) | {"400", "404", "414", "422", "503"}
        self.assertIn(str(status), told, (method, path, query, body, answer[:300]))
        if status >= 400:
            self.assertIn("error", json.loads(answer.decode()), (path, answer[:300]))

    def test_no_request_is_too_much(self):
        if hypothesis is not None:
            @hypothesis.settings(max_examples=REQUESTS, deadline=None, database=None)
            @hypothesis.given(strategies.data())
            def send(data):
                self.send(lambda choices: data.draw(strategies.sampled_from(list(choices))))
            send()
        else:
            rng = random.Random(20240505)
            for _ in range(REQUESTS):
                self.send(lambda choices: rng.choice(list(choices)))
        self.assertEqual(self.server.get("/healthz")[0], 200)


if __name__ == "__main__":
    unittest.main()
