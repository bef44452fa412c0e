"""A server in place of inputs: the command answers as it does of the server's store itself."""
import json
import os
import pstats
import re
import socket
import threading
import unittest

from cli_harness import CommandTest, run_in_terminal
from serve_harness import Server
from test_cli_serve_api import line_of, profiles, undated

SPANS = ("--base", "2024-05-05 12:00/12:02", "--new", "2024-05-05 12:02:30/2m")


class Remote(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("app.log", "".join(map(line_of, profiles(40))))
        self.ok("add", "-q", "profiles.db", "app.log")
        self.server = Server(self.path("profiles.db"))
        self.addCleanup(self.server.stop)

    def both(self, verb, *arguments, **options):
        """What the server gives, which has to be what the store gives."""
        of_store = self.run_raw(verb, "profiles.db", *arguments, **options)
        of_server = self.run_raw(verb, self.server.url, *arguments, **options)
        self.assertEqual((of_server.returncode, of_server.stderr), (0, b""), arguments)
        self.assertEqual((of_server.returncode, of_server.stdout), (of_store.returncode, of_store.stdout), arguments)
        return of_server.stdout

    def test_slices(self):
        for arguments in ((), ("--slice", "1m", "--by", "label:service", "--rate"),
                          ("--where", "service=shop", "--where", "canary=yes & \u00e4", "--match", "a|b&c=d"),
                          ("--zone", "local", "--slice", "day"), ("--output-format", "csv", "--top", "0")):
            self.assertTrue(self.both("slices", *arguments, env={"TZ": "Europe/Berlin"}), arguments)
        for name in ("s.csv", "s.json.gz", "s.ndjson.zst"):
            self.both("slices", "--slice", "30s", "-o", name)
            self.assertTrue(os.path.getsize(self.path(name)) > 20)

    def test_a_table_has_the_width_of_the_terminal(self):
        tables = []
        for source in ("profiles.db", self.server.url):
            status, seen = run_in_terminal(self, "slices", "-q", source, "--slice", "1m", columns=90)
            self.assertEqual(status, 0)
            tables.append(seen)
        self.assertEqual(tables[0], tables[1])
        self.assertIn("\x1b[", tables[0])

    def test_charts(self):
        self.both("chart", "--slice", "1m")
        self.both("chart", "--slice", "1m", env={"CLICOLOR_FORCE": "1", "COLUMNS": "60", "LINES": "30"})
        for name in ("c.svg", "c.png", "c.pdf"):
            pictures = []
            for source in ("profiles.db", self.server.url):
                self.ok("chart", source, "--title", "x & <y>", "--width", "600", "--height", "300", "--theme", "dark",
                        "-o", name)
                pictures.append(undated(self.read(name)))
            self.assertEqual(pictures[0], pictures[1])

    def test_what_a_server_has(self):
        """As of the store itself, but for what its file is made of."""
        of_store = self.ok("info", "profiles.db").splitlines()
        of_server = self.ok("info", self.server.url).splitlines()
        self.assertEqual(of_server[:2], [self.server.url, "  format      server"])
        self.assertEqual(of_server[2:], [re.sub(r", \d+ series", "", line) for line in of_store
                                         if not re.match(r"profiles|  (format|size|functions|levels) |  {12}.*rows", line)])
        self.assertEqual(json.loads(self.ok("info", "--output-format", "json", self.server.url))["profile_count"], 40)
        self.fails(2, "info", self.server.url, "profiles.db")

    def test_comparisons(self):
        for arguments in ((), ("--output-format", "json"), ("--output-format", "terminal"), ("--metric", "cumtime")):
            self.both("diff", *SPANS, *arguments)
        self.assertIn("base", self.fails(2, "diff", self.server.url))

    def test_tables_of_pstats(self):
        for arguments in (("--sort", "tottime"), ("--sort", "cumulative", "--callers", "cart"),
                          ("--from", "2024-05-05 12:00:03", "--to", "2024-05-05 12:01", "--where", "host!=h1"),
                          ("--attribution", "end", "--to", "2024-05-05 12:01")):
            text = self.run_raw("stats", self.server.url, *arguments).stdout
            self.assertEqual(text.replace(self.server.url.encode(), b"profiles.db"),
                             self.run_raw("stats", "profiles.db", *arguments).stdout)
            self.assertIn(b"cart.py", text)

    def test_a_prof_file_of_a_span(self):
        for source, name in (("profiles.db", "a.prof"), (self.server.url, "b.prof")):
            self.ok("convert", source, "--from", "2024-05-05 12:00:07", "--to", "2024-05-05 12:02", "-o", name)
        self.assertEqual(pstats.Stats(self.path("a.prof")).stats, pstats.Stats(self.path("b.prof")).stats)
        self.assertIn("--merge", self.fails(2, "convert", self.server.url, "-o", "x.ndjson"))
        for source, name in (("profiles.db", "a.csv"), (self.server.url, "b.csv")):
            self.ok("convert", source, "--merge", "-o", name)
        self.assertEqual(self.read("a.csv"), self.read("b.csv"))

    def test_what_the_server_refuses_is_said(self):
        self.assertIn("slice must be a width", self.fails(2, "slices", self.server.url, "--slice", "x"))
        self.assertIn("no profile lies in", self.fails(1, "diff", self.server.url, "--base", "2030-01-01", "--new",
                                                       "2030-01-02"))
        self.assertIn("alone", self.fails(2, "slices", self.server.url, "app.log"))
        self.assertIn("alone", self.fails(2, "stats", "app.log", self.server.url))
        self.assertIn("/else/api", self.fails(1, "slices", self.server.url + "/else"))
        self.assertIn("could not ask", self.fails(1, "chart", "http://127.0.0.1:1"))
        self.assertFalse(os.path.exists(self.path("x.svg")))

    def test_a_file_is_not_replaced_by_a_failure(self):
        self.write("keep.csv", "kept")
        self.fails(2, "slices", self.server.url, "--slice", "x", "-o", "keep.csv")
        self.assertEqual(self.read("keep.csv"), b"kept")

    def test_what_is_no_server_of_ours(self):
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        self.addCleanup(listening.close)

        def answer():
            connection, _ = listening.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        self.assertIn("500", self.fails(1, "slices", "http://127.0.0.1:%d" % listening.getsockname()[1]))
        thread.join()


class Tokens(CommandTest):
    def test_a_token_that_may_ask(self):
        self.write("app.log", "".join(map(line_of, profiles(4))))
        self.ok("add", "-q", "profiles.db", "app.log")
        tokens = {role: self.run_raw("token", "add", "profiles.db", "--role", role, "--name", role)
                  .stdout.decode().split()[-1] for role in ("read", "ingest")}
        server = Server(self.path("profiles.db"))
        self.addCleanup(server.stop)
        expected = self.ok("slices", "profiles.db")
        self.assertIn("token", self.fails(1, "slices", server.url))
        self.assertIn("token", self.fails(1, "slices", server.url, env={"STATSLICE_TOKEN": tokens["ingest"]}))
        self.assertEqual(self.ok("slices", server.url, env={"STATSLICE_TOKEN": tokens["read"]}), expected)
        self.write("token", tokens["read"] + "\n")
        self.assertEqual(self.ok("slices", server.url, "--token-file", "token", env={"STATSLICE_TOKEN": "x"}), expected)
        self.assertIn("nowhere", self.fails(1, "slices", server.url, "--token-file", "nowhere"))


if __name__ == "__main__":
    unittest.main()
