"""Many who ask at once: who asks the same shares an answer, and nobody is kept waiting by who asks much."""
import concurrent.futures
import contextlib
import json
import socket
import time
import unittest

from cli_harness import CommandTest
from serve_harness import Server

BEGIN = 1714910400  # 2024-05-05T12:00:00Z
FUNCTIONS = 150
DEAR = "/api/v1/series?slices=%d&top=150"
TOO_DEAR = DEAR % 90000 # more cells than are answered, which is found out at the end


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def line(n):
    return json.dumps({"statslice": 1, "begin": rfc3339(BEGIN + n), "end": rfc3339(BEGIN + n + 1), "func_profiles": {
        "a.py:%d(f%d)" % (i + 1, i): {"ncalls": 1, "tottime": 0.25, "cumtime": 0.5, "file_name": "a.py",
                                     "line_number": i + 1, "name": "f%d" % i} for i in range(FUNCTIONS)}}) + "\n"


class Share(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("app.log", "".join(line(n) for n in range(600)))
        self.ok("add", "-q", "s.db", "app.log")

    def serve(self, *options):
        server = Server(self.path("s.db"), *options)
        self.addCleanup(server.stop)
        return server

    def metric(self, server, name):
        text = server.get("/metrics")[2].decode()
        return int(next(line.split()[1] for line in text.splitlines()
                        if line.startswith("statslice_%s " % name)))

    def ask(self, server, path, source="127.0.0.1"):
        """A connection on which a question waits for its answer."""
        client = socket.create_connection((server.host, server.port), source_address=(source, 0), timeout=60)
        self.addCleanup(client.close)
        client.sendall(("GET %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n"
                        % (path, server.host, server.port)).encode())
        return client

    def answer(self, client):
        """(status, body)."""
        parts = []
        while True:
            part = client.recv(1 << 16)
            if not part:
                break
            parts.append(part)
        head, _, body = b"".join(parts).partition(b"\r\n\r\n")
        return int(head.split()[1]), body


class Called(Share):
    def test_no_desk_sleeps_while_somebody_waits(self):
        server = self.serve()
        request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n"
        text = ((request + "\r\n") * 299 + request + "Connection: close\r\n\r\n").encode()
        for _ in range(10):
            clients = [socket.create_connection((server.host, server.port), timeout=10) for _ in range(8)]
            for client in clients:
                self.addCleanup(client.close)
                client.sendall(text)
            for client in clients:
                with client.makefile("rb") as answers:
                    self.assertEqual(answers.read().count(b"HTTP/1.1 200 OK"), 300)


class Joined(Share):
    def test_an_answer_is_made_once_for_all_who_ask_it(self):
        server = self.serve()
        path = "/api/v1/series?slices=50000&top=20"
        clients = [self.ask(server, path) for _ in range(12)]
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(self.answer, clients))
        self.assertEqual({status for status, _ in answers}, {200})
        self.assertEqual(len({body for _, body in answers}), 1)
        self.assertEqual(len(json.loads(answers[0][1].decode())["slices"]), 30000)  # of 20 ms
        self.assertEqual(self.metric(server, "answers_misses_total"), 1)
        self.assertEqual(self.metric(server, "answers_joined_total") + self.metric(server, "answers_hits_total"), 11)
        self.assertGreater(self.metric(server, "answers_joined_total"), 0)

    def test_a_failure_is_told_to_all_in_their_own_words(self):
        server = self.serve()
        clients = [self.ask(server, TOO_DEAR) for _ in range(6)]
        for status, body in map(self.answer, clients):
            self.assertEqual((status, json.loads(body.decode())["error"]["reason"]), (422, "limit"))
        self.assertGreater(self.metric(server, "answers_joined_total"), 0)

    def test_it_is_made_for_who_stays(self):
        server = self.serve()
        clients = [self.ask(server, "/api/v1/series?slices=%d&top=20" % 50000) for _ in range(6)]
        for client in clients[:-1]:
            client.close()
        self.assertEqual(self.answer(clients[-1])[0], 200)


class Fair(Share):
    def check(self, server, others):
        """Who asks little is answered while hundreds of questions of others wait."""
        crowd = [self.ask(server, DEAR % (20000 + n), source) for n, source in enumerate(others)]
        time.sleep(0.3)
        for n in range(4):
            self.assertEqual(self.answer(self.ask(server, "/api/v1/series?slice=%ds" % (60 + n)))[0], 200)
        self.assertGreater(self.metric(server, "questions_waiting"), len(crowd) / 4)
        for client in crowd:
            client.close()

    def test_one_address_that_asks_much_holds_nobody_up(self):
        self.check(self.serve("--query-time", "10m"), ["127.0.0.2"] * 200)

    def test_two_of_them_do_not_either(self):
        self.check(self.serve("--query-time", "10m"), ["127.0.0.2", "127.0.0.3"] * 100)

    def test_a_queue_that_is_full_has_room_for_who_asks_little(self):
        server = self.serve("--queue", "8")
        crowd = [self.ask(server, DEAR % (20000 + n), "127.0.0.2") for n in range(40)]
        time.sleep(0.3)
        self.assertEqual(self.answer(self.ask(server, "/api/v1/series?slice=60s"))[0], 200)
        for client in crowd[:-1]:
            client.close()
        self.assertEqual(self.answer(crowd[-1])[0], 503)


class Options(Share):
    def test_without_a_cache_every_answer_is_made(self):
        server = self.serve("--cache", "0")
        for _ in range(2):
            self.assertEqual(server.get("/api/v1/series?slice=60s")[0], 200)
        self.assertEqual([self.metric(server, "answers_%s" % name) for name in ("misses_total", "hits_total", "bytes")],
                         [2, 0, 0])

    def test_a_small_cache_keeps_the_last_answers(self):
        server = self.serve("--cache", "100kB")
        for top in range(1, 40):
            self.assertEqual(server.get("/api/v1/series?slice=60s&top=%d" % top)[0], 200)
        self.assertLessEqual(self.metric(server, "answers_bytes"), 100000)
        server.get("/api/v1/series?slice=60s&top=39")
        server.get("/api/v1/series?slice=60s&top=1")
        self.assertEqual(self.metric(server, "answers_hits_total"), 1)

    def test_connections_of_one_address(self):
        server = self.serve("--address-connections", "4")
        kept = []
        for _ in range(4):
            client = self.ask(server, "/healthz")
            client.close()
        time.sleep(0.2)
        for _ in range(4):
            client = socket.create_connection((server.host, server.port), timeout=10)
            self.addCleanup(client.close)
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b" 200 ", client.recv(4096))
            kept.append(client)
        one_more = self.ask(server, "/healthz")
        one_more.settimeout(2)
        with contextlib.suppress(ConnectionResetError, socket.timeout):
            self.assertEqual(one_more.recv(4096), b"")
        self.assertIn(b" 200 ", self.ask(server, "/healthz", "127.0.0.9").recv(4096))

    def test_what_is_no_option_is_told(self):
        for option, value in (("--cache", "x"), ("--cache", "100TB"), ("--queue", "-1"), ("--queue", "10000000"),
                              ("--connections", "1e3"), ("--address-connections", "")):
            self.assertIn(option.lstrip("-") if value != "x" else "x", self.fails(2, "serve", "s.db", option, value))


if __name__ == "__main__":
    unittest.main()
