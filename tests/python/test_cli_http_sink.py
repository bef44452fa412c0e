"""The collector's way to the command's server, which is killed meanwhile."""
import collections
import os
import socket
import subprocess
import sys
import textwrap
import time
import unittest

import statslice
from cli_harness import ENVIRONMENT, CommandTest
from serve_harness import Server

KILLS = int(os.environ.get("HTTP_SINK_KILLS", "8"))
WORKERS, CALLS = 3, 7

# Forked workers, each of which tells how many calls it made.
SERVICE = """
import os, sys, time
import statslice
def called(): pass
url, spool, workers, calls = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
statslice.start(url, slice=0.05, service="shop", spool=spool)
children = []
for _ in range(workers):
    pid = os.fork()
    if pid == 0:
        while not os.path.exists(spool + ".end"):
            for _ in range(calls):
                called()
            calls_made = globals().get("calls_made", 0) + calls
            time.sleep(0.005)
        ended = statslice.stop(40)
        status = statslice.status()
        print(calls_made, ended, status["profiles_dropped"], flush=True)
        os._exit(0)
    children.append(pid)
for pid in children:
    os.waitpid(pid, 0)
statslice.stop(40)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class KilledServer(CommandTest):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.token = self.ok("token", "add", "profiles.db", "--role", "ingest",
                             "--name", "shop").strip()
        self.server = self.start_server()

    def start_server(self):
        server = Server(self.path("profiles.db"), "--listen", "127.0.0.1:%d" % self.port)
        self.addCleanup(server.stop)
        self.assertEqual(server.port, self.port)
        return server

    def profiles(self):
        self.ok("convert", "profiles.db", "-o", "all.ndjson")
        return list(statslice.read(self.path("all.ndjson"), strict=True))

    def begin_service(self, token):
        environment = dict(ENVIRONMENT, STATSLICE_TOKEN=token,
                           PYTHONPATH=os.path.join(os.path.dirname(statslice.__file__), ".."))
        service = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(SERVICE), self.server.url, self.path("spool"),
             str(WORKERS), str(CALLS)], stdout=subprocess.PIPE, env=environment)
        self.addCleanup(service.stdout.close)
        self.addCleanup(service.wait)
        self.addCleanup(service.kill)
        return service

    def end_service(self, service):
        """The calls that all workers made, where none of them lost a profile."""
        open(self.path("spool.end"), "w").close()
        lines = service.stdout.read().decode().split("\n")[:-1]
        self.assertEqual(service.wait(60), 0)
        self.assertEqual([line.split()[1:] for line in lines], [["True", "0"]] * WORKERS)
        return sum(int(line.split()[0]) for line in lines)

    def test_what_a_killed_server_did_not_take_is_sent_again_and_nothing_twice(self):
        service = self.begin_service(self.token)
        for number in range(KILLS):
            time.sleep(0.35 + 0.05 * (number % 5))
            self.server.kill()
            time.sleep(0.1 * (number % 3))
            self.server = self.start_server()
        calls = self.end_service(service)
        self.assertEqual(self.server.stop(), 0)
        profiles = self.profiles()
        self.assertEqual(sum(row.ncalls for record in profiles for row in record.functions()
                             if row.name == "called"), calls)
        times = collections.Counter((record.labels["pid"], record.begin) for record in profiles)
        self.assertEqual(max(times.values()), 1)
        self.assertEqual(self.left_in_spool(), [])
        self.assertIn("whole", self.ok("check", "profiles.db"))

    def left_in_spool(self):
        return [name for _, _, names in os.walk(self.path("spool")) for name in names
                if name.endswith(".ndjson")]

    def test_a_wrong_token_is_told_and_what_waits_is_sent_with_the_right_one(self):
        program = """
import statslice, sys
def called(): pass
statslice.start(sys.argv[1], slice=60, service="shop", spool=sys.argv[2])
for _ in range(9): called()
print(statslice.flush(1), statslice.status()["last_error"])
statslice.stop()
"""
        def run(token):
            environment = dict(ENVIRONMENT, STATSLICE_TOKEN=token,
                               PYTHONPATH=os.path.join(os.path.dirname(statslice.__file__), ".."))
            return subprocess.run([sys.executable, "-c", program, self.server.url,
                                   self.path("spool")], env=environment, check=True,
                                  stdout=subprocess.PIPE, timeout=60).stdout.decode()
        told = run("sts_none")
        self.assertTrue(told.startswith("False the server answered 401"), told)
        self.assertEqual(len(self.left_in_spool()), 1)
        self.assertTrue(run(self.token).startswith("True None"))
        self.assertEqual(self.left_in_spool(), [])
        self.server.stop()
        self.assertEqual(sum(row.ncalls for record in self.profiles()
                             for row in record.functions() if row.name == "called"), 18)

    def test_run_sends_to_a_server(self):
        self.write("token", self.token + "\n")
        self.write("program.py", "def called(): pass\nfor _ in range(50): called()\n")
        self.ok("run", "-o", self.server.url, "--token-file", "token", "--spool", "spool",
                "--label", "service=shop", "--", sys.executable, "program.py")
        self.server.stop()
        self.assertEqual(sum(row.ncalls for record in self.profiles()
                             for row in record.functions() if row.name == "called"), 50)


if __name__ == "__main__":
    unittest.main()
