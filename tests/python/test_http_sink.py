"""The collector that is always on, to a server that is there, or not."""
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

import statslice
from profiles_server import ProfilesServer, lose_answer, reset, slow, status
from service_harness import HERE, STOP_S, needs_service, run_python

WORK = """
import os, sys, time
import statslice
def called(): pass
def work(n):
    for _ in range(n): called()
def start(**options):
    options = dict(dict(slice=0.05, service="shop", spool=os.environ["TEST_SPOOL"]), **options)
    statslice.start(os.environ["TEST_URL"], **options)
"""


def called():
    pass


def work(count):
    for _ in range(count):
        called()


def wait_for(question, seconds=STOP_S):
    end = time.monotonic() + seconds
    while not question():
        if time.monotonic() > end:
            raise AssertionError("it did not happen: %s" % statslice.status())
        time.sleep(0.01)


@needs_service
class HttpSink(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="statslice-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.spool = os.path.join(self.folder, "spool")
        self.server = ProfilesServer()
        self.addCleanup(self.server.stop)
        self.addCleanup(statslice.stop, 0)

    def start(self, **options):
        options = dict(dict(slice=0.05, service="shop", spool=self.spool), **options)
        return statslice.start(self.server.url, **options)

    def environment(self, **more):
        return dict({"TEST_URL": self.server.url, "TEST_SPOOL": self.spool}, **more)

    def python(self, text, *args, **environment):
        done = run_python(WORK + textwrap.dedent(text), *args, **self.environment(**environment))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def begin_python(self, text):
        environment = dict(os.environ, **self.environment())
        process = subprocess.Popen([sys.executable, "-c", WORK + textwrap.dedent(text)], cwd=HERE,
                                   env=environment, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def spooled(self):
        return sorted(name for _, _, names in os.walk(self.spool) for name in names
                      if name.endswith(".ndjson"))

    def send_what_is_left(self):
        """By the next process of the service, as by its next start."""
        self.python("""
            start(slice=60)
            assert statslice.flush(30), statslice.status()
            end = time.monotonic() + 30
            while statslice.status()["profiles_spooled"] and time.monotonic() < end:
                time.sleep(0.01)
            print(statslice.status()["profiles_adopted"])
            assert statslice.stop(30), statslice.status()
        """)

    def test_all_calls_arrive(self):
        self.server.start()
        self.start(token="0123-token")
        for _ in range(10):
            work(100)
            time.sleep(0.02)
        figures = statslice.status()
        self.assertTrue(statslice.stop(STOP_S))
        self.assertEqual(self.server.calls(), 1000)
        self.assertEqual(figures["target"], self.server.url)
        self.assertEqual((figures["profiles_dropped"], figures["server_away"]), (0, False))
        self.assertTrue(self.server.is_in_order())
        path, headers = self.server.requests[-1]
        self.assertEqual(path, "/api/v1/profiles")
        self.assertEqual(headers["Authorization"], "Bearer 0123-token")
        self.assertEqual(headers["Content-Type"], "application/x-ndjson")
        figures = statslice.status()
        self.assertEqual(figures["profiles_written"], len(self.server.lines))
        self.assertEqual((figures["profiles_spooled"], figures["requests_failed"]), (0, 0))
        self.assertEqual(self.spooled(), [])

    def test_a_server_that_comes_late_gets_all_in_order(self):
        self.start()
        for _ in range(10):
            work(50)
            time.sleep(0.05)
        wait_for(lambda: statslice.status()["profiles_spooled"] >= 5)
        figures = statslice.status()
        self.assertTrue(figures["server_away"])
        self.assertRegex(figures["last_error"], "the server is away: ")
        self.assertEqual(figures["profiles_written"], 0)
        self.assertTrue(self.spooled())
        self.server.start()
        self.assertTrue(statslice.flush(STOP_S))
        self.assertEqual(self.server.calls(), 500)
        self.assertTrue(self.server.is_in_order())
        self.assertLess(len(self.server.requests), 5)  # batches
        self.assertFalse(statslice.status()["server_away"])
        wait_for(lambda: statslice.status()["profiles_spooled"] == 0)  # there may be newer ones

    def test_a_server_with_troubles_gets_all_once_and_in_order(self):
        self.server.script.extend([
            status(500), reset, status(503), lose_answer, status(502), slow(0.4),
            status(429, Retry_After="1"), reset, lose_answer, status(408)])
        self.server.start()
        self.start(slice=0.03)
        begin = time.monotonic()
        while self.server.script and time.monotonic() < begin + STOP_S:
            work(10)
            time.sleep(0.01)
            statslice.flush(0.02)
        self.assertFalse(self.server.script)
        self.assertTrue(statslice.stop(STOP_S))
        status_ = statslice.status()
        self.assertEqual(self.server.calls() % 10, 0)
        self.assertEqual(status_["profiles_dropped"], 0)
        self.assertEqual(status_["profiles_written"], len(self.server.lines))
        self.assertTrue(self.server.is_in_order())
        self.assertGreater(max(self.server.times_stored.values()), 1)  # the answers that got lost

    def test_calls_are_counted_over_restarts(self):
        self.start(slice=0.03)
        for round_ in range(4):
            self.server.start()
            for _ in range(6):
                work(25)
                time.sleep(0.02)
            self.server.stop()
            for _ in range(6):
                work(25)
                time.sleep(0.02)
        self.server.start()
        self.assertTrue(statslice.stop(STOP_S))
        self.assertEqual(self.server.calls(), 4 * 12 * 25)
        self.assertTrue(self.server.is_in_order())

    def test_retry_after_is_kept(self):
        self.server.script.append(status(429, Retry_After="2"))
        self.server.start()
        self.start(slice=60)
        work(5)
        begin = time.monotonic()
        self.assertFalse(statslice.flush(0.3))
        self.assertTrue(statslice.flush(STOP_S))
        self.assertGreater(time.monotonic() - begin, 1.9)
        self.assertEqual(self.server.calls(), 5)

    def test_a_token_that_is_refused_costs_no_profile(self):
        self.server.token = "right"
        self.server.start()
        self.start(token="wrong", slice=60)
        work(5)
        self.assertFalse(statslice.flush(0.3))
        self.assertRegex(statslice.status()["last_error"], "401.*token.*no such token")
        self.assertNotIn("wrong", statslice.status()["last_error"])
        self.assertFalse(statslice.stop())
        self.assertTrue(self.spooled())
        self.start(token="right", slice=60)
        self.assertTrue(statslice.stop(STOP_S))
        self.assertEqual(self.server.calls(), 5)

    def test_the_token_comes_from_the_environment_or_a_file(self):
        path = os.path.join(self.folder, "token")
        with open(path, "w") as file:
            file.write("of-a-file\n")
        self.server.start()
        program = "start(**(dict(token_file=sys.argv[1]) if sys.argv[1:] else {})); work(1)"
        for args, environment, token in (
                ([], {"STATSLICE_TOKEN": "of-the-environment"}, "of-the-environment"),
                ([], {"STATSLICE_TOKEN_FILE": path}, "of-a-file"),
                ([path], {"STATSLICE_TOKEN": "of-the-environment"}, "of-a-file")):
            self.python(program, *args, **environment)
            self.assertEqual(self.server.requests[-1][1]["Authorization"], "Bearer " + token)
        self.assertEqual(self.server.calls(), 3)

    def test_a_redirect_is_not_followed(self):
        other = ProfilesServer().start()
        self.addCleanup(other.stop)
        for number in (301, 302, 307, 308):
            self.server.script.append(status(number, Location=other.url + "/api/v1/profiles"))
        self.server.start()
        self.start(slice=60, token="secret")
        work(5)
        while self.server.script:
            flushed = statslice.flush(0.2)
            if self.server.script: # else the last of them was answered meanwhile
                self.assertFalse(flushed)
                self.assertRegex(statslice.status()["last_error"], "30[1278], and it is not followed")
        self.assertTrue(statslice.flush(STOP_S))
        self.assertEqual((other.requests, self.server.calls()), ([], 5))

    def test_what_is_refused_for_ever_is_dropped_and_told(self):
        def refuse(handler, body):
            if b"poison" not in body:
                return handler.answer(200, statslice_answer(handler, body))
            handler.answer(422, b'{"error": {"status": 422, "message": "a label is too long"}}')

        def statslice_answer(handler, body):
            import json
            return json.dumps(handler.server.owner.store(body)).encode()

        self.server.script.extend([refuse] * 40)
        self.start(slice=60)
        for number in range(7):
            with statslice.label(kind="poison" if number == 3 else "good%d" % number):
                work(10)
        self.server.start()
        self.assertFalse(statslice.flush(STOP_S))
        wait_for(lambda: statslice.status()["profiles_spooled"] == 0)
        figures = statslice.status()
        self.assertEqual(figures["profiles_dropped"], 1)
        self.assertEqual(figures["last_error"], "the server refused a profile: a label is too long")
        self.assertEqual(self.server.calls(), 60)
        self.assertTrue(statslice.stop(STOP_S))
        self.assertEqual(sum(record.dropped for record in self.server.profiles()), 1)

    # --- processes ---

    def test_a_process_ends_while_the_server_is_away_and_the_next_sends(self):
        begin = time.monotonic()
        self.python("start(); work(70); time.sleep(0.2); work(7)")
        self.assertLess(time.monotonic() - begin, 8)
        self.assertTrue(self.spooled())
        self.server.start()
        self.send_what_is_left()
        self.assertEqual(self.server.calls(), 77)
        self.assertEqual(self.spooled(), [])

    def test_the_end_does_not_wait_for_a_server_that_hangs(self):
        with socket.socket() as silent:  # takes connections, and says nothing
            silent.bind(("127.0.0.1", self.server.port))
            silent.listen(10)
            seconds = float(self.python("""
                import atexit
                begin = time.monotonic()
                atexit.register(lambda: print(time.monotonic() - begin))
                start(slice=60)
                work(9)
            """))
            self.assertLess(seconds, 2.9)  # 2 s, and what a busy machine takes
        self.server.start()
        self.send_what_is_left()
        self.assertEqual(self.server.calls(), 9)

    def test_a_killed_process_leaves_its_slices_to_the_next(self):
        killed = self.begin_python("""
            start(slice=60)
            for _ in range(5):
                work(30)
                statslice.flush(0)
                end = time.monotonic() + 20
                while statslice.status()["slices_pending"] and time.monotonic() < end:
                    time.sleep(0.01)
            print("spooled", flush=True)
            work(1000)
            time.sleep(60)
        """)
        self.assertEqual(killed.stdout.readline(), b"spooled\n")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        self.server.start()
        self.send_what_is_left()
        self.assertEqual(self.server.calls(), 150)
        self.assertTrue(self.server.is_in_order())

    def test_forked_workers_share_the_spool(self):
        program = """
            start()
            work(10)
            children = []
            for i in range(4):
                pid = os.fork()
                if pid == 0:
                    for _ in range(5):
                        work(20)
                        time.sleep(0.04)
                    statslice.stop()
                    os._exit(0)
                children.append(pid)
            for pid in children:
                assert os.waitpid(pid, 0)[1] == 0
            work(10)
            statslice.stop()
        """
        self.python(program)
        names = [name for name in self.spooled()]
        self.assertEqual(len(names), len(set(names)))
        self.server.start()
        self.python(program)
        self.send_what_is_left()
        self.assertEqual(self.server.calls(), 2 * (20 + 400))
        self.assertEqual(len({record.labels["pid"] for record in self.server.profiles()}), 11)
        self.assertTrue(self.server.is_in_order())
        self.assertEqual(self.spooled(), [])

    def test_a_fork_under_way_loses_nothing(self):
        """The request that is being made is ended before the fork, and made again."""
        self.server.script.extend([slow(0.5)] * 3)
        self.server.start()
        self.python("""
            start(slice=60)
            for i in range(5):
                work(100)
                statslice.flush(0.05)
                pid = os.fork()
                if pid == 0:
                    work(1)
                    assert statslice.stop(20), statslice.status()
                    os._exit(0)
                assert os.waitpid(pid, 0)[1] == 0
            assert statslice.stop(20), statslice.status()
        """)
        self.assertEqual(self.server.calls(), 505)

    # --- the spool ---

    def test_the_spool_keeps_its_limit_and_tells_what_it_dropped(self):
        self.start(slice=60, spool_max="256KiB")
        for number in range(150):
            with statslice.label(number=number):
                work(10)
            statslice.flush(0)
        wait_for(lambda: statslice.status()["slices_pending"] == 0)
        figures = statslice.status()
        self.assertGreater(figures["profiles_dropped"], 20)
        self.assertLessEqual(figures["bytes_spooled"], 256 * 1024)
        size = sum(os.path.getsize(os.path.join(folder, name))
                   for folder, _, names in os.walk(self.spool) for name in names)
        self.assertLessEqual(size, 256 * 1024)
        self.server.start()
        statslice.flush(STOP_S)  # its slice takes the place of an old one
        wait_for(lambda: statslice.status()["profiles_spooled"] == 0)
        work(1)
        self.assertTrue(statslice.stop(STOP_S))
        numbers = [int(record.labels["number"]) for record in self.server.profiles()
                   if "number" in record.labels]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(numbers[-1], 149)  # the newest stay
        self.assertEqual(len(numbers), self.server.calls() // 10)
        self.assertGreater(sum(record.dropped for record in self.server.profiles()), 0)

    def test_a_spool_that_cannot_be_is_told_at_the_start(self):
        path = os.path.join(self.folder, "file")
        open(path, "w").close()
        with self.assertRaises(OSError):
            self.start(spool=path)
        self.assertFalse(statslice.status()["running"])

    # --- options ---

    def test_wrong_options_are_refused(self):
        for url in ("http://", "http://user:secret@host", "http://host/?a=b", "http://host:99999"):
            with self.assertRaises(ValueError, msg=url) as caught:
                statslice.start(url, spool=self.spool)
            self.assertNotIn("secret", str(caught.exception))
        with self.assertRaises(statslice.UnsupportedError):
            statslice.start("ftp://host", spool=self.spool)
        for wrong in ({"token": ""}, {"token": "a\r\nb"}, {"token": "a b"}, {"token": "\u20ac"},
                      {"spool_max": 100}, {"spool_max": "2TiB"}, {"rotate_size": "1MB"},
                      {"token": "a", "token_file": "b"}):
            with self.assertRaises(statslice.UsageError, msg=wrong):
                self.start(**wrong)
        with self.assertRaises(TypeError):
            self.start(token=b"bytes")
        with self.assertRaises(OSError):
            self.start(ca=os.path.join(self.folder, "absent"))
        with self.assertRaises(statslice.UsageError):
            statslice.start(os.path.join(self.folder, "log"), token="a")
        self.assertFalse(statslice.status()["running"])

    @unittest.skipUnless(shutil.which("openssl"), "no openssl to make a certificate with")
    def test_a_certificate_is_checked(self):
        names = [os.path.join(self.folder, name) for name in ("key.pem", "certificate.pem")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", names[0],
                        "-out", names[1]], check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(names[1], names[0])
        self.server = ProfilesServer(tls=context).start()
        self.addCleanup(self.server.stop)
        self.start(slice=60, token="secret")
        work(5)
        self.assertFalse(statslice.flush(0.5))
        self.assertRegex(statslice.status()["last_error"], "(?i)certificate")
        self.assertEqual(self.server.requests, [])
        statslice.stop()
        self.start(slice=60, token="secret", ca=names[1])
        self.assertTrue(statslice.stop(STOP_S))
        self.assertEqual(self.server.calls(), 5)


if __name__ == "__main__":
    unittest.main()
