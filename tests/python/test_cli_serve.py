"""The server, asked as its clients ask it."""
import json
import unittest

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


if __name__ == "__main__":
    unittest.main()
