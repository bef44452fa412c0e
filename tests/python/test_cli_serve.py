"""The server, asked as its clients ask it."""
import hashlib
import json
import os
import sqlite3
import ssl
import subprocess
import time
import unittest
import urllib.request

from cli_harness import CommandTest
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

    def test_a_method_that_is_not_for_the_address(self):
        status, headers, _ = self.server.request("POST", "/healthz")
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))


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
        time.sleep(1.2)
        self.assertEqual(self.status(server, "/api/v1/series", reader), 401)

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


if __name__ == "__main__":
    unittest.main()
