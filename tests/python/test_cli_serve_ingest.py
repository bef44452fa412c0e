"""Profiles in over HTTP: what is acknowledged is in the store, once, as `statslice add` would have it."""
import base64
import concurrent.futures
import gzip
import http.client
import json
import os
import random
import sqlite3
import subprocess
import threading
import time
import unittest

from cli_harness import CommandTest, function, log_line
from serve_harness import Server

KILLS = int(os.environ.get("STATSLICE_KILLS", "10"))  # 50 when it is to be shown
BEGIN = 1714910400  # 2024-05-05T12:00:00Z
PROFILES = "/api/v1/profiles"


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def profile(n, functions=3, **labels):
    """One second long, the n-th since BEGIN; function i was called n + i + 1 times."""
    return {"statslice": 1, "begin": rfc3339(BEGIN + n), "end": rfc3339(BEGIN + n + 1),
            "labels": dict({"service": "shop"}, **labels), "func_profiles": {
                "a.py:%d(f%d)" % (i + 1, i): {
                    "ncalls": n + i + 1, "tottime": 0.25, "cumtime": 0.5, "file_name": "a.py",
                    "line_number": i + 1, "name": "f%d" % i} for i in range(functions)}}


def line(n, **options):
    return json.dumps(profile(n, **options)) + "\n"


class IngestTest(CommandTest):
    def serve(self, *options, store="s.db"):
        server = Server(self.path(store), *options)
        self.addCleanup(server.stop)
        return server

    def post(self, server, path, body, status=200, **headers):
        body = body if isinstance(body, bytes) else body.encode()
        got, _, answer = server.request("POST", path, body=body, headers=headers)
        self.assertEqual(got, status, answer)
        return json.loads(answer.decode())

    def counts(self, answer):
        return tuple(answer[name] for name in ("new", "known", "expired", "passed", "refused_count"))

    def stored(self, store="s.db"):
        """The profiles of a store, whole."""
        if json.loads(self.ok("info", "--output-format", "json", store))[0]["profiles"] == 0:
            return []
        out = self.ok("convert", store, "--to", "ndjson", "-o", "-")
        return [json.loads(text) for text in out.splitlines()]

    def same(self, one, other):
        """Both stores answer alike."""
        for arguments in (("--slice", "10s", "--metric", "ncalls"), ("--slice", "1m", "--by", "label:service"),
                          ("--slice", "7s", "--metric", "cumtime", "--by", "name")):
            answers = [self.ok("slices", *arguments, "--output-format", "json", store)
                       for store in (one, other)]
            self.assertEqual(*answers)
        key = lambda p: json.dumps(p, sort_keys=True)
        self.assertEqual(*[sorted(map(key, self.stored(store))) for store in (one, other)])


class Profiles(IngestTest):
    def test_a_log_that_is_posted_is_a_log_that_is_added(self):
        self.make_log(count=40)
        log = self.read("app.log").replace(b"1582000", b"1714911") + b"".join(
            line(n, host="h%d" % (n % 3)).encode() for n in range(50)) + line(7, host="h1").encode() + \
            b"2024-05-05 12:00:00,123 INFO shop: " + line(60).encode() + b'{"statslice":1,"broken'
        self.write("all.log", log)
        self.ok("add", "-q", "added.db", "all.log")
        server = self.serve()
        first = self.post(server, PROFILES + "?others=pass", log)
        self.assertEqual(self.counts(first), (40 + 50 + 1 + 1, 0, 0, 1, 1))
        self.assertEqual([row["line"] for row in first["refused"]], [94])
        again = self.post(server, PROFILES + "?others=pass", log)
        self.assertEqual(self.counts(again), (0, 92, 0, 1, 1))
        packed = self.post(server, PROFILES + "?others=pass", gzip.compress(log),
                           **{"Content-Encoding": "gzip"})
        self.assertEqual(self.counts(packed), (0, 92, 0, 1, 1))
        self.same("added.db", "s.db")

    def test_in_parts_and_in_any_order_it_is_the_same(self):
        lines = [line(n, host="h%d" % (n % 2)) for n in range(120)]
        self.write("all.log", "".join(lines))
        self.ok("add", "-q", "added.db", "all.log")
        server = self.serve()
        rng = random.Random(3)
        parts = [lines[i:i + 7] for i in range(0, 120, 7)]
        parts += [rng.sample(lines, 9) for _ in range(10)]
        rng.shuffle(parts)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda part: self.post(server, PROFILES, "".join(part)), parts))
        self.assertEqual(sum(answer["new"] for answer in answers), 120)
        self.assertEqual(sum(answer["known"] for answer in answers), 90)
        self.same("added.db", "s.db")

    def test_zstd_and_an_array_and_one_line_without_its_end(self):
        server = self.serve()
        packed = subprocess.run(["zstd", "-q", "-c"], input=line(1).encode(), stdout=subprocess.PIPE)
        if packed.returncode == 0:
            answer = self.post(server, PROFILES, packed.stdout, **{"Content-Encoding": "zstd"})
            self.assertEqual(answer["new"], 1)
        self.assertEqual(self.post(server, PROFILES, json.dumps([profile(2), profile(3)], indent=1))["new"],
                         2)
        self.assertEqual(self.post(server, PROFILES, line(4).rstrip())["new"], 1)
        self.write("all.log", line(5) + line(6))
        self.ok("convert", "all.log", "--to", "json", "-o", "all.json")
        self.assertEqual(self.post(server, PROFILES, self.read("all.json"))["new"], 2)

    def test_what_is_refused_is_told(self):
        server = self.serve()
        bad = line(2).replace('"tottime": 0.25', '"tottime": -0.25')
        answer = self.post(server, PROFILES, "hello\n\n" + line(1) + bad + "{}\n")
        self.assertEqual(self.counts(answer), (1, 0, 0, 0, 3))
        self.assertEqual([row["line"] for row in answer["refused"]], [1, 4, 5])
        self.assertRegex(answer["refused"][1]["reason"], "negative time at byte")
        whole = self.post(server, PROFILES, "hello\n" * 150, status=422)
        self.assertEqual((len(whole["refused"]), whole["refused_count"]), (100, 150))
        self.assertEqual(whole["error"]["reason"], "refused")
        for path, body, reason in ((PROFILES, "", "the body is empty"),
                                   (PROFILES + "?bogus=1", line(1), '"bogus" is not one of'),
                                   (PROFILES + "?others=maybe", line(1), "neither refuse nor pass"),
                                   (PROFILES + "?label.=x", line(1), "key"),
                                   (PROFILES + "?service=%FF", line(1), "not UTF-8"),
                                   (PROFILES, gzip.compress(line(1).encode()), "Content-Encoding: gzip")):
            self.assertIn(reason, self.post(server, path, body, status=400)["error"]["message"])
        self.assertEqual(len(self.stored()), 1)

    def test_the_description_tells_the_answers(self):
        server = self.serve()
        described = json.loads(server.get("/api/v1/openapi.json")[2].decode())
        for path in (PROFILES, "/api/v1/pstats", "/_bulk"):
            self.assertLessEqual({"200", "400", "413", "415", "429", "503", "507"},
                                 set(described["paths"][path]["post"]["responses"]))
        schemas = described["components"]["schemas"]
        answer = self.post(server, PROFILES, line(1) + "hello")
        self.assertEqual(set(schemas["Ingested"]["required"]), set(answer))
        self.assertEqual(set(schemas["Ingested"]["properties"]["refused"]["items"]["required"]),
                         set(answer["refused"][0]))
        self.assertEqual(set(schemas["Bulk"]["required"]),
                         set(self.post(server, "/_bulk", '{"index":{}}\n{}\n')))

    def test_labels_of_the_request(self):
        server = self.serve()
        self.post(server, PROFILES + "?service=till%20%C3%A4&label.host=h%261", line(1, host="h0", pid="7"))
        self.assertEqual(self.stored()[0]["labels"], {"host": "h&1", "pid": "7", "service": "till ä"})

    def test_a_profile_that_has_expired(self):
        self.ok("add", "-q", "s.db", self.make_log(count=3))
        self.ok("retain", "s.db", "--raw", "1h")
        answer = self.post(self.serve(), PROFILES, log_line(1582000000, late=function(1.0)) + line(1))
        self.assertEqual(self.counts(answer), (1, 0, 1, 0, 0))

    def test_another_writer_at_the_same_time(self):
        server = self.serve()
        self.write("other.log", "".join(line(n, host="other") for n in range(3000)))
        adding = self.start("add", "-q", "s.db", "other.log", stdout=subprocess.DEVNULL)
        new = 0
        for n in range(60):
            new += self.post(server, PROFILES, line(n) + line(1000 + n))["new"]
        self.assertEqual(adding.wait(60), 0)
        self.assertEqual(new, 120)
        self.assertEqual(len(self.stored()), 3120)


class Pstats(IngestTest):
    def test_a_file_with_its_labels_and_span(self):
        body = self.read(self.make_prof("one.prof"))
        server = self.serve()
        path = "/api/v1/pstats?service=shop&host=h1&end=2024-05-05T12:00:00Z"
        self.assertEqual(self.counts(self.post(server, path, body)), (1, 0, 0, 0, 0))
        self.assertEqual(self.counts(self.post(server, path, gzip.compress(body),
                                               **{"Content-Encoding": "gzip"})), (0, 1, 0, 0, 0))
        [stored] = self.stored()
        self.assertEqual(stored["labels"], {"host": "h1", "service": "shop"})
        self.assertEqual((stored["engine"], stored["end"]), ("import", "2024-05-05T12:00:00Z"))
        self.assertEqual(self.ok("stats", "s.db").splitlines()[2:], self.ok("stats", "one.prof").splitlines()[2:])
        spans = {"begin=1714910400&end=1714910460.5": ("2024-05-05T12:00:00Z", "2024-05-05T12:01:00.5Z")}
        for arguments, span in spans.items():
            self.post(server, "/api/v1/pstats?service=b&" + arguments, body)
            [stored] = [p for p in self.stored() if p["labels"] == {"service": "b"}]
            self.assertEqual((stored["begin"], stored["end"]), span)

    def test_without_a_time_it_ends_now(self):
        body = self.read(self.make_prof("one.prof"))
        before = time.time()
        self.post(self.serve(), "/api/v1/pstats?service=shop", body)
        [stored] = self.stored()
        self.assertGreaterEqual(stored["end"], rfc3339(before)[:-1])
        self.assertLessEqual(stored["end"], rfc3339(time.time() + 1))

    def test_what_is_no_file(self):
        body = self.read(self.make_prof("one.prof"))
        server = self.serve()
        self.assertRegex(self.post(server, "/api/v1/pstats", body[:-3], status=422)["error"]["message"],
                         "byte")
        self.post(server, "/api/v1/pstats", "hello", status=422)
        for arguments in ("begin=noon", "begin=2024-05-05T12:00:01Z&end=2024-05-05T12:00:00Z"):
            answer = self.post(server, "/api/v1/pstats?" + arguments, body,
                               status=400 if "noon" in arguments else 422)
            self.assertRegex(answer["error"]["message"], "RFC 3339|begins after its end")
        self.assertEqual(self.stored(), [])


def bulk(documents, action="create", **about):
    return "".join("%s\n%s\n" % (json.dumps({action: about}), document) for document in documents)


class Bulk(IngestTest):
    def test_the_answer_is_an_elasticsearchs(self):
        server = self.serve()
        body = bulk([line(1).strip(), line(1, host="h").strip(), '{"message": "hello"}'], _index="logs-app") + \
            bulk([line(2).strip()[:-1], "hello"], action="index", _id='7"\u00e9', _index="other") + \
            '{"delete":{"_id":1}}\n'
        answer = self.post(server, "/app/_bulk?timeout=60s&filter_path=took", body,
                           **{"Content-Type": "application/x-ndjson"})
        self.assertEqual((answer["errors"], type(answer["took"])), (True, int))
        items = [(action, item["_index"], item["status"], item.get("result"), item.get("error", {}).get("type"))
                 for [(action, item)] in (item.items() for item in answer["items"])]
        self.assertEqual(items, [("create", "logs-app", 201, "created", None),
                                 ("create", "logs-app", 201, "created", None),
                                 ("create", "logs-app", 200, "noop", None),
                                 ("index", "other", 400, None, "document_parsing_exception"),
                                 ("index", "other", 400, None, "document_parsing_exception"),
                                 ("delete", "app", 400, None, "document_parsing_exception")])
        self.assertEqual(answer["items"][4]["index"]["_id"], '7"\u00e9')
        self.assertEqual(answer["items"][4]["index"]["error"]["reason"], "not a JSON object")
        self.assertEqual(answer["items"][5]["delete"]["_id"], "1")
        ids = [answer["items"][i]["create"]["_id"] for i in range(3)]
        self.assertEqual(len(set(ids)), 3)
        again = self.post(server, "/_bulk", bulk([line(1).strip()]))
        self.assertEqual(again["errors"], False)
        self.assertEqual(again["items"][0]["create"]["result"], "noop")
        self.assertEqual(again["items"][0]["create"]["_id"], ids[0])  # the same document has the same id

    def test_a_request_that_is_no_bulk_is_refused_whole(self):
        server = self.serve()
        body = bulk([line(1).strip()]) + '{"put":{}}\n{}\n'
        answer = self.post(server, "/_bulk", body, status=400)
        self.assertEqual((answer["status"], answer["error"]["type"]), (400, "illegal_argument_exception"))
        self.assertIn("line 3", answer["error"]["reason"])
        self.assertEqual(self.stored(), [])

    def test_what_shippers_ask_before_they_send(self):
        server = self.serve()
        for headers in ({"Accept": "application/json"}, {"User-Agent": "Vector/0.40.0"},
                        {"User-Agent": "Grafana/11.1.0"}, {"User-Agent": "Go-http-client/1.1"},
                        {"Accept": "application/vnd.elasticsearch+json; compatible-with=8"}):
            status, got, body = server.get("/", headers=headers)
            self.assertEqual((status, got["X-Elastic-Product"]), (200, "Elasticsearch"))
            self.assertRegex(json.loads(body.decode())["version"]["number"], r"^8\.\d+\.\d+$")
        for headers in ({"Accept": "text/html,*/*;q=0.8"}, {}):
            self.assertNotIn("X-Elastic-Product", server.get("/", headers=headers)[1])
        self.assertNotIn("X-Elastic-Product", server.get("/", headers={"Accept": "text/html"})[1])
        self.assertEqual(json.loads(server.get("/_license?human=false")[2].decode())["license"]["status"],
                         "active")
        self.assertEqual(server.get("/_cluster/health")[0], 200)
        for path in ("/_index_template/filebeat-8.17.0", "/_ilm/policy/filebeat", "/_template/logs"):
            self.assertEqual(server.request("HEAD", path)[0], 200)
            self.assertEqual(server.request("PUT", path, body="{}")[2], b'{"acknowledged":true}\n')

    def test_tokens_as_shippers_show_them(self):
        token = self.ok("token", "add", "s.db", "--role", "ingest", "--name", "shipper").strip()
        server = self.serve()
        basic = base64.b64encode(("anybody:" + token).encode()).decode()
        for header in ("Bearer " + token, "ApiKey " + token, "ApiKey " + basic, "Basic " + basic, "basic  " + basic):
            self.assertFalse(self.post(server, "/_bulk", bulk([line(1).strip()]), Authorization=header)["errors"])
        for header in ("Basic " + basic[:-8], "Basic !", "Basic " + base64.b64encode(token.encode()).decode(),
                       "Bearer" + token, token, "Basic " + "A" * 2000, ""):
            self.post(server, "/_bulk", bulk([line(1).strip()]), status=401, Authorization=header)


class Shippers(IngestTest):
    """A line as Filebeat, Vector and Fluent Bit send it, however they were told to read it."""

    BEAT = {"@timestamp": "2026-11-23T10:00:00.000Z", "log": {"offset": 0, "file": {"path": "/var/log/app.log"}},
            "host": {"name": "h"}, "agent": {"type": "filebeat", "version": "8.17.0"},
            "ecs": {"version": "8.0.0"}, "input": {"type": "filestream"}}
    VECTOR = {"file": "/var/log/app.log", "host": "h", "source_type": "file",
              "timestamp": "2026-11-23T10:00:00.000000000Z"}
    FLUENT_BIT = {"@timestamp": "2026-11-23T10:00:00.000Z"}

    def forms(self, text):
        """(what it is, the document)."""
        parsed = json.loads(text)
        docker = json.dumps({"log": text + "\n", "stream": "stdout", "time": "2026-11-23T10:00:00.1Z"})
        yield "filebeat", dict(self.BEAT, message=text)
        yield "filebeat, behind a prefix", dict(self.BEAT, message="12:00:00 INFO shop: " + text)
        yield "filebeat, ndjson parser", dict(self.BEAT, **parsed)
        yield "filebeat, ndjson parser with a target", dict(self.BEAT, json=parsed)
        yield "filebeat, decode_json_fields beside the message", dict(self.BEAT, message=text, **parsed)
        yield "filebeat, decode_json_fields with a target", dict(self.BEAT, message=text, app=parsed)
        yield "vector", dict(self.VECTOR, message=text)
        yield "vector, merged", dict(self.VECTOR, **parsed)
        yield "vector, merged beside the message", dict(self.VECTOR, message=text, **parsed)
        yield "fluent bit", dict(self.FLUENT_BIT, log=text)
        yield "fluent bit, parsed", dict(self.FLUENT_BIT, **parsed)
        yield "fluent bit, parsed and kept", dict(self.FLUENT_BIT, log=text, **parsed)
        yield "fluent bit, docker", dict(self.FLUENT_BIT, log=docker, kubernetes={"pod_name": "p"})
        yield "fluent bit, cri", dict(self.FLUENT_BIT, log="2026-11-23T10:00:00.1Z stdout F " + text)

    def check(self, text):
        self.write("one.log", text + "\n")
        self.ok("add", "-q", "added.db", "one.log")
        server = self.serve()
        documents = []
        for what, document in self.forms(text):
            for shown, ordered in ((what, document), (what + ", sorted", dict(sorted(document.items()))),
                                   (what + ", backwards", dict(sorted(document.items(), reverse=True)))):
                documents.append(json.dumps(ordered))
                answer = self.post(server, "/_bulk", bulk(documents[-1:]))
                first = len(documents) == 1
                self.assertEqual([item["create"]["result"] for item in answer["items"]],
                                 ["created" if first else "noop"], shown)
                self.assertEqual(len(self.stored()), 1, shown)
        self.same("added.db", "s.db")

    def test_our_own_lines(self):
        self.check(line(1, host="h1").strip())

    def test_lines_of_the_article(self):
        self.check(log_line(1582000000, slow=function(1.5, ncalls="3/1")).strip())


class Limits(IngestTest):
    def test_a_body_that_is_too_large_is_413(self):
        server = self.serve()
        bomb = gzip.compress(bytes(300 << 20), 1)
        self.post(server, PROFILES, gzip.compress(bomb, 9)[:0] + bomb, status=413,
                  **{"Content-Encoding": "gzip"})
        self.post(server, PROFILES, "x\n" * 100001, status=413)
        self.post(server, "/_bulk", '{"index":{}}\n{}\n' * 100001, status=413)
        self.assertEqual(self.post(server, PROFILES, line(1))["new"], 1)

    def status_at_the_head(self, server, length):
        """(status, Retry-After) of a request whose body is not even sent; None: it is waited for."""
        connection = http.client.HTTPConnection(server.host, server.port, timeout=1)
        try:
            connection.putrequest("POST", PROFILES)
            connection.putheader("Content-Length", str(length))
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, answer.headers["Retry-After"]
        except OSError:
            return None
        finally:
            connection.close()

    def test_large_bodies_that_never_end_leave_room_for_others(self):
        server = self.serve()
        slow = []
        for _ in range(5):  # four of them fit
            connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
            self.addCleanup(connection.close)
            connection.putrequest("POST", PROFILES)
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders()
            for _ in range(62):
                connection.send(b"100000\r\n" + bytes(1 << 20) + b"\r\n")
            slow.append(connection)
        deadline = time.monotonic() + 120  # the server reads what was sent
        status = None
        while status is None and time.monotonic() < deadline:
            status = self.status_at_the_head(server, 20 << 20)
        self.assertEqual(status, (429, "1"))
        self.assertEqual(self.post(server, PROFILES, line(1))["new"], 1)
        with open("/proc/%d/status" % server.process.pid) as file:
            most = int([row.split()[1] for row in file if row.startswith("VmHWM")][0])
        self.assertLess(most, 800 << 10)  # kB
        statuses = []  # one was refused: in most cases the last
        while slow and 429 not in statuses:
            slow[-1].send(b"0\r\n\r\n")
            statuses.append(slow.pop().getresponse().status)
        self.assertIn(429, statuses)
        for connection in slow:
            connection.close()
        deadline = time.monotonic() + 120  # it sees that they went
        status = None
        while status != 422 and time.monotonic() < deadline:
            try:
                status = server.request("POST", PROFILES, body=bytes(20 << 20))[0]
            except OSError:  # answered and closed before all was sent
                time.sleep(0.1)
        self.assertEqual(status, 422)

    def test_what_is_not_understood_is_415_and_broken_is_400(self):
        server = self.serve()
        self.post(server, PROFILES, line(1), status=415, **{"Content-Encoding": "br"})
        for body in (b"hello", gzip.compress(line(1).encode())[:-9]):
            self.post(server, PROFILES, body, status=400, **{"Content-Encoding": "gzip"})
        self.assertEqual(self.stored(), [])

    def test_profiles_over_the_limits_are_refused_alone(self):
        server = self.serve()
        big = json.dumps(dict(profile(1), func_profiles={
            "f%d" % i: {"ncalls": 1, "tottime": 0, "cumtime": 0, "file_name": "a", "line_number": i}
            for i in range(50001)}))
        labels = {"k%d" % i: "v" for i in range(64)}
        answer = self.post(server, PROFILES, big + "\n" + line(2) + line(3, **labels))
        self.assertEqual(self.counts(answer), (1, 0, 0, 0, 2))
        self.assertIn("50001 functions", answer["refused"][0]["reason"])

    def test_a_full_queue_is_429_and_nothing_is_lost(self):
        server = self.serve()
        self.post(server, PROFILES, line(0))
        padded = [json.dumps(dict(profile(n), padding="x" * (24 << 20))) for n in range(1, 9)]
        holder = sqlite3.connect(self.path("s.db"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")  # commits wait for this
        answers = []

        def send(body):
            status, headers, _ = server.request("POST", PROFILES, body=body.encode(), timeout=60)
            answers.append((status, headers["Retry-After"]))
            return status
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            sent = [pool.submit(send, body) for body in padded]
            deadline = time.monotonic() + 8
            while not answers and time.monotonic() < deadline:
                time.sleep(0.05)
            holder.execute("ROLLBACK")
            statuses = [future.result() for future in sent]
        holder.close()
        self.assertLessEqual(set(answers), {(200, None), (429, "1")})
        self.assertIn(429, statuses)
        self.assertIn(200, statuses)
        self.assertEqual(len(self.stored()), 1 + statuses.count(200))
        for status, body in zip(statuses, padded):
            answer = self.post(server, PROFILES, body)
            self.assertEqual(self.counts(answer)[:2], (0, 1) if status == 200 else (1, 0))

    def test_hostile_bodies_end_in_no_5xx_and_change_nothing(self):
        server = self.serve()
        rng = random.Random(6)
        good = line(1).encode()
        bodies = [b"\x00" * 1000, b"[" * 100000, b'{"a":' * 100000, b'{"statslice":1' * 1000,
                  b'[{"statslice":1},', b'"', b"\\", b"\xff\xfe" * 500, b'{"statslice":1,"func_profiles":{}}',
                  good.replace(b"12:00:01Z", b"99:00:01Z"), good.replace(b"2,", b"1e400,"),
                  good.replace(b'"f0"', b'"\\ud800"'), good.replace(b'"f0"', b'"\\u0000"')]
        for _ in range(60):
            broken = bytearray(good)
            for _ in range(rng.randrange(1, 4)):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            bodies.append(bytes(broken))
        for body in bodies:
            for path in (PROFILES, "/api/v1/pstats?service=x", "/_bulk", PROFILES + "?others=pass"):
                sent = b'{"index":{}}\n' + body if path == "/_bulk" else body
                status, _, answer = server.request("POST", path, body=sent)
                self.assertIn(status, (200, 400, 422), (path, body[:80], answer))
                json.loads(answer.decode())
        self.assertEqual(self.post(server, PROFILES, line(100))["new"], 1)
        self.assertEqual(server.stop(), 0)
        self.assertIn("whole", self.ok("check", "-q", "s.db"))

    def test_a_client_that_goes_away_harms_no_other(self):
        server = self.serve()
        for sent in (0, 10, 5000):
            connection = http.client.HTTPConnection(server.host, server.port)
            connection.putrequest("POST", PROFILES)
            connection.putheader("Content-Length", "100000")
            connection.endheaders()
            connection.send(b"x" * sent)
            connection.close()
        connection = http.client.HTTPConnection(server.host, server.port)
        connection.request("POST", PROFILES, body=line(1))
        connection.close()  # without waiting for the answer
        self.assertEqual(self.post(server, PROFILES, line(2))["new"], 1)
        self.assertEqual(server.stop(), 0)
        self.assertIn(len(self.stored()), (1, 2))


class FullDisk(IngestTest):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("disk"))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", self.path("disk")],
                                 stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("mounting a small disk needs root")
        self.addCleanup(subprocess.run, ["umount", self.path("disk")])

    def test_nothing_is_acknowledged_and_it_goes_on_when_there_is_room(self):
        server = self.serve(store="disk/s.db")
        rng = random.Random(1)

        def body(n):
            text = json.dumps(dict(profile(n), func_profiles={
                "f%d" % i: {"ncalls": rng.randrange(1, 10 ** 9), "tottime": rng.randrange(10 ** 9) / 1e9,
                            "cumtime": rng.randrange(10 ** 9, 10 ** 10) / 1e9, "file_name": "a", "line_number": i}
                for i in range(2000)}))
            return text + "\n"
        acknowledged, failed = [], None
        for n in range(400):
            text = body(n)
            status, headers, answer = server.request("POST", PROFILES, body=text.encode())
            if status != 200:
                failed = (n, text)
                break
            acknowledged.append(n)
        self.assertIsNotNone(failed)
        self.assertEqual((status, headers["Retry-After"]), (507, "30"))
        self.assertIn("no space left", json.loads(answer.decode())["error"]["message"])
        self.assertGreater(len(acknowledged), 3)
        self.assertIn(self.post(server, "/_bulk", bulk([failed[1].strip()]), status=507)["status"], (507,))
        subprocess.run(["mount", "-o", "remount,size=40m", self.path("disk")], check=True)
        self.assertEqual(self.post(server, PROFILES, failed[1])["new"], 1)
        begins = sorted(p["begin"] for p in self.stored("disk/s.db"))
        self.assertEqual(begins, sorted(rfc3339(BEGIN + n) for n in acknowledged + [failed[0]]))
        self.assertEqual(server.stop(), 0)


class Killed(IngestTest):
    """A client that sends until it is told, as the collector's sink does, while the server is killed."""

    def send_all(self, first, server_of, enough):
        """Send batches of profiles from first on, each again until it is acknowledged."""
        rng = random.Random(first)
        while not enough.is_set():
            batch = range(first, first + rng.randrange(1, 9))
            first = batch.stop
            body = "".join(map(line, batch)).encode()
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                time.sleep(0.005)
                try:
                    status, _, answer = server_of().request("POST", PROFILES, body=body, timeout=10)
                except (OSError, http.client.HTTPException):
                    self.unanswered += 1
                    if enough.is_set() and server_of().process.poll() is not None:
                        return
                    continue
                if status == 200:
                    counted = json.loads(answer.decode())
                    assert counted["new"] + counted["known"] == len(batch), counted
                    self.acknowledged.update(batch)
                    self.known += counted["known"]
                    break

    def start_senders(self, count, server_of):
        self.acknowledged, self.known, self.unanswered = set(), 0, 0
        enough = threading.Event()
        threads = [threading.Thread(target=self.send_all, args=(1000000 * i, server_of, enough), daemon=True)
                   for i in range(count)]
        for thread in threads:
            thread.start()
        return enough, threads

    def begins(self):
        return [p["begin"] for p in self.stored()] if os.path.exists(self.path("s.db")) else []

    def test_what_was_acknowledged_is_there_and_nothing_twice(self):
        rng = random.Random(9)
        servers = [Server(self.path("s.db"))]
        self.addCleanup(lambda: servers[0].stop())
        enough, threads = self.start_senders(4, lambda: servers[0])
        try:
            for _ in range(KILLS):
                before = len(self.acknowledged)
                while len(self.acknowledged) == before:  # it takes profiles in
                    time.sleep(0.01)
                time.sleep(0.2 * rng.random())
                servers[0].kill()
                promised = {rfc3339(BEGIN + n) for n in tuple(self.acknowledged)}
                there = self.begins()
                self.assertEqual(len(there), len(set(there)))
                self.assertLessEqual(promised, set(there))
                servers[0] = Server(self.path("s.db"))
        finally:
            enough.set()
            for thread in threads:
                thread.join(70)
        stored = self.stored()
        by_begin = {rfc3339(BEGIN + n): n for n in self.acknowledged}
        self.assertEqual(sorted(p["begin"] for p in stored), sorted(by_begin))  # each of them once
        for p in stored:
            n = by_begin[p["begin"]]
            self.assertEqual(sorted(f["ncalls"] for f in p["func_profiles"].values()), [n + 1, n + 2, n + 3])
        self.assertEqual(servers[0].stop(), 0)
        self.assertIn("whole", self.ok("check", "-q", "s.db"))
        self.assertGreater(self.unanswered, 0)
        if "STATSLICE_KILLS" in os.environ:
            print("%d kills, %d profiles acknowledged, %d of them known when sent again, %d sendings unanswered"
                  % (KILLS, len(self.acknowledged), self.known, self.unanswered))

    def test_a_stop_answers_what_was_sent(self):
        for _ in range(5):
            server = Server(self.path("s.db"))
            self.addCleanup(server.stop)
            enough, threads = self.start_senders(2, lambda: server)
            while not self.acknowledged:
                time.sleep(0.01)
            enough.set()
            self.assertEqual(server.stop(), 0)
            for thread in threads:
                thread.join(70)
            self.assertLessEqual({rfc3339(BEGIN + n) for n in self.acknowledged}, set(self.begins()))


if __name__ == "__main__":
    unittest.main()
