"""The server, asked as its clients ask it."""
import contextlib
import hashlib
import http.client
import json
import os
import re
import select
import shutil
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import unittest
import urllib.request

from cli_harness import CommandTest, function, log_line
from serve_harness import Server


class Serve(CommandTest):
    def setUp(self):
        super().setUp()
        self.ok("add", "-q", "profiles.db", self.make_log())
        self.server = Server(self.path("profiles.db"))
        self.addCleanup(self.server.stop)

    def test_it_lives_and_ends_when_asked(self):
        self.assertEqual(self.server.get("/healthz")[::2], (200, b"ok\n"))
        self.assertEqual(self.server.stop(), 0)

    def test_a_series_is_that_of_the_command(self):
        status, _, body = self.server.get("/api/v1/series?slice=20s&metric=ncalls&top=1")
        self.assertEqual(status, 200)
        self.assertEqual(body.decode(), self.ok(
            "slices", "profiles.db", "--slice", "20s", "--metric", "ncalls", "--top", "1",
            "--output-format", "json"))

    def test_an_option_that_is_none_is_named(self):
        status, _, body = self.server.get("/api/v1/series?bogus=1")
        self.assertIn(status, (400, 404))
        self.assertIn("bogus", json.loads(body.decode())["error"]["message"])

    def test_a_browser_makes_nothing_else_of_an_answer(self):
        for path in ("/api/v1/chart.svg", "/api/v1/series", "/healthz", "/none", "/"):
            headers = self.server.get(path)[1]
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff", path)
            self.assertEqual(headers["Referrer-Policy"], "no-referrer", path)
            self.assertEqual(headers["Cross-Origin-Resource-Policy"], "same-origin", path)
            policy, = headers.get_all("Content-Security-Policy")
            self.assertIn("default-src 'none'", policy)
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertNotIn("script-src 'unsafe", policy)

    def test_a_method_that_is_not_for_the_address(self):
        status, headers, _ = self.server.request("POST", "/healthz")
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))


class Stop(CommandTest):
    def setUp(self):
        super().setUp()
        self.ok("add", "-q", "profiles.db", self.make_log())
        self.server = Server(self.path("profiles.db"), "--access-log", "off")
        self.addCleanup(self.server.stop)

    def ask_on(self, seen):
        """Without a pause, on connections that are kept, until the server is away."""
        try:
            while True:
                connection = http.client.HTTPConnection(self.server.host, self.server.port,
                                                        timeout=20)
                with contextlib.closing(connection):
                    while True:
                        connection.request("GET", "/api/v1/labels")
                        answer = connection.getresponse()
                        answer.read()
                        seen.append(answer.status)
                        if answer.getheader("Connection") == "close":
                            break
        except (OSError, http.client.HTTPException):
            pass

    def test_it_ends_while_it_is_asked_without_a_pause(self):
        seen = []
        askers = [threading.Thread(target=self.ask_on, args=(seen,)) for _ in range(16)]
        for asker in askers:
            asker.start()
        time.sleep(0.5)
        begin = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - begin, 8)
        for asker in askers:
            asker.join()
        self.assertGreater(seen.count(200), 16)
        self.assertLessEqual(set(seen), {200, 503})

    def test_it_does_not_wait_for_who_takes_no_answer(self):
        slow = socket.create_connection((self.server.host, self.server.port), timeout=20)
        with contextlib.closing(slow):
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            for _ in range(2000): # pipelined; more answers than the sockets hold
                slow.sendall(b"GET /api/v1/chart.svg HTTP/1.1\r\nHost: localhost\r\n\r\n")
                if not select.select([], [slow], [], 0.2)[1]:
                    break
            begin = time.monotonic()
            self.assertEqual(self.server.stop(), 0)
            self.assertLess(time.monotonic() - begin, 20)


class Access(CommandTest):
    def serve(self, *options):
        server = Server(self.path("profiles.db"), *options)
        self.addCleanup(server.stop)
        return server

    def token(self, role, name):
        return self.ok("token", "add", "profiles.db", "--role", role, "--name", name).strip()

    def status(self, server, path, token=None, method="GET", **headers):
        if token is not None:
            headers["Authorization"] = "Bearer " + token
        return server.request(method, path, headers=headers)[0]

    def test_roles_do_what_they_may(self):
        reader, writer = self.token("read", "dashboard"), self.token("ingest", "shop")
        server = self.serve()
        asked = "/api/v1/series"
        self.assertEqual(self.status(server, asked), 401)
        self.assertEqual(self.status(server, asked, "sts_" + 43 * "A"), 401)
        self.assertEqual(self.status(server, asked, reader[:-1]), 401)
        self.assertEqual(self.status(server, asked, writer), 403)
        self.assertEqual(self.status(server, asked, reader), 200)
        admin = self.token("admin", "me")
        time.sleep(0.15)
        self.assertEqual(self.status(server, asked, admin), 200)
        self.assertEqual(self.status(server, "/healthz"), 200)
        self.assertEqual(self.status(server, "/"), 200)

    def test_a_token_that_was_removed_is_none(self):
        reader = self.token("read", "dashboard")
        self.token("read", "another")
        server = self.serve()
        self.assertEqual(self.status(server, "/api/v1/series", reader), 200)
        self.ok("token", "remove", "profiles.db", "--name", "dashboard")
        self.assertEqual(self.status(server, "/api/v1/series", reader), 401)

    def test_without_the_last_token_nobody_comes_in(self):
        reader = self.token("read", "dashboard")
        server = self.serve()
        self.assertEqual(self.status(server, "/api/v1/series", reader), 200)
        self.ok("token", "remove", "profiles.db", "--name", "dashboard")
        self.assertEqual(self.status(server, "/api/v1/series"), 401)
        reader = self.token("read", "next")
        self.assertEqual(self.status(server, "/api/v1/series", reader), 200)

    def test_a_token_counts_at_once(self):
        server = self.serve()
        connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
        self.addCleanup(connection.close)

        def ask(token=None):
            connection.request("GET", "/api/v1/labels", headers={"Authorization": "Bearer " + token} if token else {})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        self.assertEqual(ask(), 200)
        for name in ("first", "second", "third"):
            token = self.token("read", name)
            self.assertEqual((ask(), ask("sts_none"), ask(token)), (401, 401, 200))

    def test_the_store_keeps_no_token(self):
        secret = self.token("read", "dashboard")
        self.assertRegex(secret, r"\Asts_[A-Za-z0-9_-]{43}\Z")
        for name in os.listdir(self.folder):
            self.assertNotIn(secret.encode(), self.read(name))
        listed = self.ok("token", "list", "profiles.db")
        self.assertIn("dashboard", listed)
        self.assertNotIn(secret, listed)
        hashed = hashlib.sha256(secret.encode()).digest()
        kept = sqlite3.connect(self.path("profiles.db")).execute("SELECT hash FROM token").fetchone()
        self.assertEqual(kept[0], hashed)

    def test_names_are_given_once(self):
        self.token("read", "dashboard")
        self.fails(2, "token", "add", "profiles.db", "--role", "read", "--name", "dashboard")
        self.fails(1, "token", "remove", "profiles.db", "--name", "other")
        self.fails(2, "token", "add", "profiles.db", "--role", "king", "--name", "x")
        self.fails(2, "token", "grow", "profiles.db")

    def test_it_does_not_listen_openly_unasked(self):
        message = self.fails(2, "serve", "profiles.db", "--listen", "0.0.0.0:0")
        self.assertIn("--insecure", message)
        server = self.serve("--insecure", "--listen", "0.0.0.0:0")
        self.assertEqual(self.status(server, "/healthz"), 200)

    def test_pages_of_elsewhere_do_not_come_in(self):
        server = self.serve()
        mine = "%s:%d" % (server.host, server.port)
        self.assertEqual(self.status(server, "/healthz", Origin="http://" + mine), 200)
        self.assertEqual(self.status(server, "/healthz", Origin="https://elsewhere.example"), 403)
        self.assertEqual(self.status(server, "/healthz", Origin="null"), 403)
        self.assertEqual(self.status(server, "/api/v1/series", Host="elsewhere.example"), 403)
        self.assertEqual(self.status(server, "/api/v1/series", Host="localhost:8521"), 200)

    def test_tls(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", "key.pem", "-out", "cert.pem"], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = self.serve("--tls-cert", self.path("cert.pem"), "--tls-key", self.path("key.pem"))
        self.assertTrue(server.url.startswith("https://"))
        trust = ssl.create_default_context(cafile=self.path("cert.pem"))
        with urllib.request.urlopen(server.url + "/healthz", context=trust, timeout=30) as answer:
            self.assertEqual(answer.read(), b"ok\n")
        self.fails(2, "serve", "profiles.db", "--tls-cert", "cert.pem")
        self.fails(1, "serve", "profiles.db", "--tls-cert", "cert.pem", "--tls-key", "profiles.db")


def raw(server, data, timeout=20, pause=0):
    """All that comes back to these bytes, sent as they are."""
    with socket.create_connection((server.host, server.port), timeout=timeout) as client:
        for part in data if isinstance(data, list) else [data]:
            client.sendall(part)
            time.sleep(pause)
        answer = b""
        while True:
            try:
                more = client.recv(65536)
            except ConnectionError:
                return answer
            if not more:
                return answer
            answer += more


class Hostile(CommandTest):
    """Each gets what it deserves, and the others are served meanwhile."""

    def serve(self, *options):
        self.ok("add", "-q", "profiles.db", self.make_log())
        server = Server(self.path("profiles.db"), *options)
        self.addCleanup(server.stop)
        return server

    def lives(self, server):
        begin = time.monotonic()
        self.assertEqual(server.get("/api/v1/series")[0], 200)
        self.assertLess(time.monotonic() - begin, 5)

    def status_of(self, answer):
        found = re.match(rb"HTTP/1\.[01] (\d+) ", answer)
        return int(found.group(1)) if found else None

    def test_no_http(self):
        server = self.serve("--request-time", "1s")
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), b"\n\n\n\n",
                     b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", bytes(5000),
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n"):
            with self.subTest(data=data[:20]):
                status = self.status_of(raw(server, data + b"\r\n\r\n"))
                self.assertIn(status, (None, 200, 400, 405, 501, 505))
                self.lives(server)

    def test_a_head_that_two_may_read_in_two_ways(self):
        server = self.serve()
        post = b"POST /api/v1/profiles HTTP/1.1\r\nHost: localhost\r\n"
        inner = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for head, status in (
                (post + b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(inner), 400),
                (post + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(inner), 400),
                (post + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400),
                (post + b"Transfer-Encoding: gzip\r\n", 501),
                (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere\r\n", 400)):
            with self.subTest(head=head):
                answer = raw(server, head + b"\r\n" + inner)  # to the end of the connection
                self.assertEqual(self.status_of(answer), status)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1)
        self.lives(server)

    def test_who_holds_all_connections_makes_room(self):
        server = self.serve("--connections", "64")
        begun = time.monotonic()
        held = []
        for number in range(64):
            held.append(socket.create_connection((server.host, server.port), 20,
                                                 ("127.0.1.%d" % (number % 4), 0)))
            held[-1].sendall(b"GET / HTTP/1.1\r\n")
        try:
            self.assertEqual(server.get("/healthz", timeout=20)[0], 200)
            self.assertLess(time.monotonic() - begun, 15)  # silence is for 30 s
        finally:
            for client in held:
                client.close()

    def test_a_large_head(self):
        server = self.serve()
        head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Large: %s\r\n\r\n" % (b"a" * 300000)
        self.assertEqual(self.status_of(raw(server, head)), 431)
        line = b"GET /healthz?%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"a" * 300000)
        self.assertEqual(self.status_of(raw(server, line)), 414)
        self.lives(server)

    def test_a_large_body(self):
        server = self.serve()
        head = (b"POST /api/v1/profiles HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
                % (1 << 40))
        self.assertEqual(self.status_of(raw(server, head)), 413)
        for path in (b"/_search", b"/grafana/query"):  # questions are smaller
            head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (path, 17 << 20)
            self.assertEqual(self.status_of(raw(server, head)), 413)
        self.lives(server)

    def test_paths(self):
        server = self.serve()
        for path in ("/../../etc/passwd", "/assets/../server.c", "/assets/%2e%2e/%2e%2e/etc/passwd",
                     "/%00", "/" + "a/" * 2000, "/api/v1/series/", "//api/v1/series"):
            with self.subTest(path=path[:40]):
                self.assertIn(server.get(path)[0], (400, 404))
        self.assertEqual(server.get("/api/v1/series?from=%00")[0], 400)
        status, _, body = server.get("/api/v1/series?by=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
        self.assertEqual(status, 400)
        json.loads(body.decode())

    def test_many_arguments(self):
        server = self.serve("--request-time", "1s")
        for count in (1000, 20000):
            line = "&".join("where=a=%d" % i for i in range(count)).encode()
            answer = raw(server, b"GET /api/v1/series?%s HTTP/1.1\r\nHost: localhost\r\n"
                                 b"Connection: close\r\n\r\n" % line)
            self.assertIn(self.status_of(answer), (None, 400, 414, 422, 431))
            self.lives(server)

    def test_slow_clients_hold_nothing(self):
        server = self.serve("--request-time", "2s")
        slow = [socket.create_connection((server.host, server.port), timeout=20)
                for _ in range(100)]
        try:
            end = time.monotonic() + 3.5
            while time.monotonic() < end:
                for client in slow:
                    try:
                        client.sendall(b"G")
                    except OSError:
                        pass # cut already, as it should be
                self.lives(server)
                time.sleep(0.2)
            for client in slow:
                client.settimeout(10)
                try:
                    self.assertEqual(client.recv(10), b"")
                except ConnectionError:
                    pass
        finally:
            for client in slow:
                client.close()
        server.metrics_with("\nstatslice_http_connections_late_total 100\n")

    def test_who_hangs_up_amid_a_request_is_let_go(self):
        server = self.serve()
        for _ in range(200):
            client = socket.create_connection((server.host, server.port), timeout=20)
            client.sendall(b"POST /api/v1/profiles HTTP/1.1\r\nHost: localhost\r\n"
                           b"Content-Length: 100\r\n\r\n{")
            client.close()
        deadline = time.monotonic() + 10 # silence is borne for 30 s
        while time.monotonic() < deadline:
            time.sleep(0.3)
            found = re.search(r"(?m)^statslice_http_connections (\d+)$",
                              server.get("/metrics")[2].decode())
            if int(found.group(1)) < 5:
                return
        self.fail(found.group(0))

    def test_who_says_no_more_is_answered(self):
        server = self.serve()
        client = socket.create_connection((server.host, server.port), timeout=20)
        with contextlib.closing(client):
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.shutdown(socket.SHUT_WR)
            self.assertEqual(self.status_of(client.recv(1000)), 200)

    def test_one_address_does_not_get_all_connections(self):
        server = self.serve()
        clients = [socket.create_connection((server.host, server.port), timeout=20)
                   for _ in range(300)]
        try:
            end = time.monotonic() + 10
            ended = []
            while len(ended) < 300 - 256 and time.monotonic() < end:
                ended = select.select(clients, [], [], 0.1)[0]
            self.assertEqual(len(ended), 300 - 256)
        finally:
            for client in clients:
                client.close()
        time.sleep(0.3)
        self.lives(server)

    def test_a_rate_for_each_token(self):
        self.ok("token", "add", "profiles.db", "--role", "admin", "--name", "other")
        eager = self.ok("token", "add", "profiles.db", "--role", "read", "--name", "eager").strip()
        calm = self.ok("token", "add", "profiles.db", "--role", "read", "--name", "calm").strip()
        server = self.serve("--rate-limit", "20")

        def ask(token):
            return server.get("/api/v1/labels", headers={"Authorization": "Bearer " + token})

        answers = [ask(eager) for _ in range(60)]
        refused = [headers for status, headers, _ in answers if status == 429]
        self.assertGreaterEqual(len([a for a in answers if a[0] == 200]), 20)
        self.assertGreater(len(refused), 5)
        self.assertEqual(refused[0]["Retry-After"], "1")
        self.assertEqual(ask(calm)[0], 200)

    def test_a_question_that_takes_too_long_is_given_up(self):
        server = self.serve("--query-time", "1ns")
        status, _, body = server.get("/api/v1/series")
        self.assertEqual((status, json.loads(body.decode())["error"]["reason"]), (503, "time"))


class Place(CommandTest):
    """A store that its path no longer leads to."""

    def test_nothing_is_acknowledged_into_a_store_that_is_gone(self):
        self.make_log(count=3)
        log = self.read("app.log")
        server = Server(self.path("s.db"))
        self.addCleanup(server.stop)

        def post():
            status, headers, body = server.request("POST", "/api/v1/profiles", log)
            return status, headers["Retry-After"], json.loads(body.decode())
        self.assertEqual(post()[0], 200)
        os.rename(self.path("s.db"), self.path("elsewhere.db"))
        for _ in range(2):
            status, after, answer = post()
            self.assertEqual((status, after, answer["error"]["reason"]), (503, "5", "store"))
            self.assertIn("removed or replaced", answer["error"]["message"])
        for path in ("/readyz", "/api/v1/labels"):
            self.assertEqual(server.get(path)[0], 503)
        self.assertFalse(os.path.exists(self.path("s.db")))
        self.write("s.db", b"another one")
        self.assertEqual((server.get("/readyz")[0], post()[0]), (503, 503))
        self.assertEqual(self.read("s.db"), b"another one")
        os.rename(self.path("elsewhere.db"), self.path("s.db"))
        self.assertEqual(server.get("/readyz")[0], 200)
        status, _, answer = post()
        self.assertEqual((status, answer["new"], answer["known"]), (200, 0, 3))


class Watching(CommandTest):
    def test_every_request_is_a_line(self):
        self.ok("add", "-q", "profiles.db", self.make_log())
        server = Server(self.path("profiles.db"), "--access-log", self.path("access.log"),
                        "--access-log-format", "json")
        self.addCleanup(server.stop)
        server.get("/api/v1/series?by=file&match=%22%0A")
        server.get("/none", headers={"User-Agent": "a\tb"})
        server.stop()
        first, second = sorted(map(json.loads, self.read("access.log").decode().splitlines()),
                               key=lambda row: row["status"])  # a line is written when its client has the answer
        self.assertEqual((first["method"], first["path"], first["status"], first["peer"]),
                         ("GET", "/api/v1/series", 200, "127.0.0.1"))
        self.assertEqual(first["arguments"], [["by", "file"], ["match", "\"\n"]])
        self.assertGreater(first["answer_bytes"], 10)
        self.assertEqual((second["status"], second["user_agent"]), (404, "a\tb"))

    def test_a_request_with_much_in_it_is_a_line(self):
        server = Server(self.path("profiles.db"), "--access-log", self.path("access.log"))
        self.addCleanup(server.stop)
        query = "&".join("where=%s%d" % ("%0A" * 300, i) for i in range(60))
        server.get("/api/v1/series?" + query)
        server.stop()
        line, = self.read("access.log").decode().splitlines()
        self.assertRegex(line, r'\\x0a&\.\.\." 4\d\d ')

    def test_text_lines_stay_lines(self):
        server = Server(self.path("profiles.db"))
        self.addCleanup(server.stop)
        server.get("/none%0A127.0.0.1%20forged?a=%22%0Ab")
        server.stop()
        lines = [line for line in server.lines if "forged" in line]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r'\A\d{4}-\d\d-\d\dT\S+Z 127\.0\.0\.1 - "GET /none\\x0a127\.0\.0\.1 '
                                   r'forged\?a=\\x22\\x0ab" 404 \d+ \d+\.\d{3}ms\n\Z')

    def test_metrics(self):
        self.write("now.log", log_line(time.time() - 60, work=function(0.25)))
        self.ok("add", "-q", "profiles.db", "now.log")
        server = Server(self.path("profiles.db"), "--metrics-functions", "5")
        self.addCleanup(server.stop)
        for _ in range(3):
            server.get("/api/v1/series")
        server.get("/none")
        text = server.metrics_with(
            'statslice_http_requests_total{method="GET",path="/api/v1/series",code="2xx"} 3\n',
            'statslice_http_requests_total{method="any",path="none",code="4xx"} 1\n')
        status, headers, body = server.get("/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        self.assertRegex(text, r'statslice_function_tottime_seconds\{function="[^"]*work[^"]*"\} 0\.25')
        for line in text.splitlines(): # the shape of the format
            self.assertRegex(line, r'\A(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{.*\})? [0-9.]+)\Z')
        promtool = shutil.which("promtool")
        if promtool:
            checked = subprocess.run([promtool, "check", "metrics"], input=body,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(checked.returncode, 0, checked.stdout.decode())

    def test_the_service_manager_is_told(self):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(self.path("notify"))
        manager.settimeout(20)
        server = Server(self.path("profiles.db"), environment=self.environment(
            NOTIFY_SOCKET=self.path("notify"), WATCHDOG_USEC="400000"))
        self.addCleanup(server.stop)
        self.assertIn(b"READY=1", manager.recv(1000))
        self.assertEqual(manager.recv(1000), b"WATCHDOG=1")
        self.assertEqual(server.get("/readyz")[::2], (200, b"ready\n"))
        server.stop()
        told = b""
        while told != b"STOPPING=1":
            told = manager.recv(1000)


if __name__ == "__main__":
    unittest.main()
