"""Shippers of logs and a client of Elasticsearch, as Debian has them, against the server."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import textwrap
import time
import unittest

from cli_harness import CommandTest
from serve_harness import Server

SYSTEM_PYTHON = "/usr/bin/python3"
OMELASTICSEARCH = "/usr/lib/x86_64-linux-gnu/rsyslog/omelasticsearch.so"
BEGIN = 1714910400  # 2024-05-05T12:00:00Z
WAIT_S = 30
FUNCTIONS = 60


def has_client():
    return os.path.exists(SYSTEM_PYTHON) and subprocess.run(
        [SYSTEM_PYTHON, "-c", "import elasticsearch"], stderr=subprocess.DEVNULL).returncode == 0


def has_rsyslog():
    return shutil.which("rsyslogd") is not None and subprocess.run(
        ["dpkg-query", "-W", "rsyslog-elasticsearch"], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode == 0


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def profile(n):
    """One second long; function i takes 0.25 s and was called n + i + 1 times."""
    return {"statslice": 1, "begin": rfc3339(BEGIN + n), "end": rfc3339(BEGIN + n + 1), "labels": {"service": "shop"},
            "func_profiles": {"a.py:%d(f%d)" % (i + 1, i): {
                "ncalls": n + i + 1, "tottime": 0.25, "cumtime": 0.5, "file_name": "a.py", "line_number": i + 1,
                "name": "f%d" % i} for i in range(FUNCTIONS)}}


def line(n):
    return json.dumps(profile(n)) + "\n"


class ShipperTest(CommandTest):
    def serve(self, *options):
        server = Server(self.path("s.db"), *options)
        self.addCleanup(server.stop)
        return server

    def token(self, role):
        return self.ok("token", "add", "s.db", "--role", role, "--name", role).strip()

    def stored(self):
        return json.loads(self.ok("info", "--output-format", "json", "s.db"))[0]["profiles"]

    def wait_for(self, count):
        """Until so many profiles are stored, and no more than these."""
        deadline = time.monotonic() + WAIT_S
        while self.stored() < count and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.stored(), count)


@unittest.skipUnless(has_client(), "python3-elasticsearch is not installed")
class Client(ShipperTest):
    def run_client(self, server, script, **options):
        """What a script prints as JSON; `es` is the client, `profiles` the first 40."""
        self.write("profiles.json", json.dumps([profile(n) for n in range(40)]))
        self.write("client.py", textwrap.dedent("""
            import json, sys, warnings
            warnings.simplefilter("ignore")
            from elasticsearch import Elasticsearch, helpers
            es = Elasticsearch(sys.argv[1], **json.loads(sys.argv[2]))
            profiles = json.load(open("profiles.json"))
            def show(value):
                print(json.dumps(value))
        """) + textwrap.dedent(script))
        done = subprocess.run([SYSTEM_PYTHON, "client.py", server.url, json.dumps(options)], cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [json.loads(text) for text in done.stdout.splitlines()]

    def test_it_takes_the_server_for_one_of_its_own(self):
        shown = self.run_client(self.serve(), """
            show(es.ping())
            show(es.info()["version"]["number"])
            show(es.cluster.health()["status"])
        """)
        self.assertEqual(shown[0], True)
        self.assertRegex(shown[1], r"^\d+\.\d+\.\d+$")
        self.assertEqual(shown[2], "green")

    def test_bulks_of_its_helpers(self):
        shown = self.run_client(self.serve(), """
            def actions(**more):
                return [dict(_index="profiles", _source=profile, **more) for profile in profiles]
            show(helpers.bulk(es, actions(), refresh=True))
            show(helpers.bulk(es, actions(_op_type="create")))
            show(list(ok for ok, _ in helpers.streaming_bulk(es, actions(), chunk_size=7)))
            show(list(ok for ok, _ in helpers.parallel_bulk(es, actions(), thread_count=2, chunk_size=7)))
            bad = [dict(_index="profiles", _source=dict(profiles[0], begin="x"))]
            done, failed = helpers.bulk(es, actions()[:2] + bad, raise_on_error=False)
            show([done, [item["index"]["status"] for item in failed]])
        """)
        self.assertEqual(shown, [[40, []], [40, []], [True] * 40, [True] * 40, [2, [400]]])
        self.assertEqual(self.stored(), 40)

    def test_a_search(self):
        shown = self.run_client(self.serve(), """
            helpers.bulk(es, [dict(_index="profiles", _source=profile) for profile in profiles])
            calls = {"calls": {"sum": {"field": "ncalls"}}, "own": {"sum": {"field": "tottime"}}}
            body = {"size": 0, "query": {"term": {"service": "shop"}}, "aggs": {"time": {
                "date_histogram": {"field": "@timestamp", "fixed_interval": "10s"},
                "aggs": {"who": {"terms": {"field": "function", "size": 3, "order": {"calls": "desc"}}, "aggs": calls}}}}}
            show(es.search(index="profiles", body=body))
            show(es.msearch(body=[{}, {"size": 0, "aggs": calls}])["responses"][0]["aggregations"])
            show(es.count(index="profiles")["count"])
            show(es.search(index="profiles", size=0)["hits"]["total"]["value"])
        """)
        buckets = shown[0]["aggregations"]["time"]["buckets"]
        self.assertEqual([bucket["key"] for bucket in buckets], [(BEGIN + 10 * n) * 1000 for n in range(4)])
        for n, bucket in enumerate(buckets):
            self.assertEqual(bucket["doc_count"], 10)
            # f59, f58 and f57: sums of m + i + 1 over the ten seconds m of the bucket
            self.assertEqual([(who["key"], who["calls"]["value"], who["own"]["value"]) for who in bucket["who"]["buckets"]],
                             [("a.py:%d(f%d)" % (i + 1, i), sum(m + i + 1 for m in range(10 * n, 10 * n + 10)), 2.5)
                              for i in (59, 58, 57)])
        self.assertEqual(shown[1]["calls"]["value"], sum(m + i + 1 for m in range(40) for i in range(FUNCTIONS)))
        self.assertAlmostEqual(shown[1]["own"]["value"], 40 * FUNCTIONS * 0.25)
        self.assertEqual(shown[2:], [40, 40])

    def test_tokens_in_its_ways(self):
        token = self.token("admin")
        server = self.serve()
        for options in ({"http_auth": ["anybody", token]}, {"api_key": ["anything", token]}, {"api_key": token}):
            self.assertEqual(self.run_client(server, """
                show(helpers.bulk(es, [dict(_index="profiles", _source=profile) for profile in profiles])[0])
            """, **options), [40])
        shown = self.run_client(server, """
            from elasticsearch import exceptions
            try:
                helpers.bulk(es, [dict(_index="profiles", _source=profiles[0])])
            except exceptions.AuthenticationException as error:
                show(error.status_code)
        """, http_auth=["anybody", "sts_wrong"])
        self.assertEqual(shown, [401])


@unittest.skipUnless(has_rsyslog(), "rsyslog-elasticsearch is not installed")
class Rsyslog(ShipperTest):
    CONFIG = textwrap.dedent("""\
        global(workDirectory="{folder}/work" maxMessageSize="32m")
        module(load="imfile" mode="polling" pollingInterval="1")
        module(load="omelasticsearch")
        template(name="profile" type="list") {{
            constant(value="{{") property(outname="message" name="msg" format="jsonf") constant(value="}}")
        }}
        ruleset(name="profiles") {{
            if $msg contains "func_profiles" then
                action(type="omelasticsearch" server="127.0.0.1" serverport="{port}" template="profile"
                       searchIndex="profiles" searchType="" bulkmode="on" maxbytes="32m" {more}
                       queue.type="LinkedList" queue.dequeueBatchSize="100" action.resumeRetryCount="-1"
                       action.resumeInterval="1")
        }}
        input(type="imfile" file="{folder}/app.log" tag="app" ruleset="profiles")
    """)

    def ship(self, port, **options):
        more = " ".join('%s="%s"' % item for item in options.items())
        os.mkdir(self.path("work"))
        self.write("rsyslog.conf", self.CONFIG.format(folder=self.folder, port=port, more=more))
        process = subprocess.Popen(
            ["rsyslogd", "-n", "-i", self.path("pid"), "-f", self.path("rsyslog.conf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end, process)

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def append(self, text):
        with open(self.path("app.log"), "a") as log:
            log.write(text)

    def test_a_log_as_it_grows(self):
        server = self.serve()
        self.append("".join(line(n) for n in range(20)) + "another line\n")
        self.ship(server.port)
        self.wait_for(20)
        self.append("2024-05-05 12:00:21,123 INFO shop: " + line(20) + "".join(line(n) for n in range(21, 300)))
        self.wait_for(300)

    def test_with_a_token(self):
        token = self.token("ingest")
        server = self.serve()
        self.append("".join(line(n) for n in range(20)))
        self.ship(server.port, uid="shipper", pwd=token)
        self.wait_for(20)

    def test_while_the_server_is_away(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.append("".join(line(n) for n in range(20)))
        self.ship(port)
        time.sleep(2)
        server = self.serve("--listen", "127.0.0.1:%d" % port)
        self.wait_for(20)
        server.kill()
        self.append("".join(line(n) for n in range(20, 40)))
        time.sleep(2)
        self.serve("--listen", "127.0.0.1:%d" % port)
        self.wait_for(40)


if __name__ == "__main__":
    unittest.main()
