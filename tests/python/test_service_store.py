"""The collector that is always on, into a store."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

import statslice
from service_harness import HERE, needs_service, run_python

ROOT = os.path.dirname(os.path.dirname(HERE))
STATSLICE = os.path.join(os.environ.get("STATSLICE_BUILD", os.path.join(ROOT, "build")), "statslice")

WORK = """
import os, sys, time
import statslice
def called(): pass
def work(n):
    for _ in range(n): called()
"""


@needs_service
class Store(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="statslice-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = os.path.join(self.folder, "p.db")

    def command(self, *arguments):
        done = subprocess.run([STATSLICE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, timeout=60)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), arguments)
        return done.stdout.decode()

    def profiles(self):
        log = os.path.join(self.folder, "read.ndjson")
        self.command("convert", self.store, "-o", log)
        return list(statslice.read(log, strict=True))

    def calls(self, function="called"):
        return sum(row.ncalls for record in self.profiles() for row in record.functions()
                   if row.name == function)

    def python(self, text, *args, **environment):
        done = run_python(WORK + textwrap.dedent(text), *args, **environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_files_of_a_program_that_closes_all_descriptors_are_left_alone(self):
        out = self.python("""
            statslice.start(sys.argv[1], slice=0.05)
            work(10)
            assert statslice.flush(30)
            os.closerange(3, 100)
            files = [open("%s.%d" % (sys.argv[1], at), "wb") for at in range(10)]
            until = time.monotonic() + 30
            def is_told():  # after a failure, if a slice was being written just then
                return "closed its descriptors" in (statslice.status()["last_error"] or "")
            while not is_told() and time.monotonic() < until:
                work(10)
                statslice.flush(0.1)
            print(is_told())
            statslice.stop(1.0)
            for file in files:
                file.write(b"mine")
                file.close()
            print({os.path.getsize(file.name) for file in files})
        """, self.store)
        self.assertEqual(out, "True\n{4}\n")
        self.assertEqual(self.calls(), 10)

    def test_all_calls_are_there(self):
        self.python("""
            statslice.start(sys.argv[1], slice=0.05, service="shop")
            for _ in range(20):
                work(100)
                time.sleep(0.02)
            print(statslice.status()["target"])
            assert statslice.stop(30), statslice.status()
        """, self.store)
        self.assertEqual(self.calls(), 2000)
        self.assertGreater(len(self.profiles()), 4)
        self.assertEqual({record.labels["service"] for record in self.profiles()}, {"shop"})
        self.assertIn("whole", self.command("check", self.store))

    def test_a_normal_end_loses_nothing_and_a_kill_the_slice_in_progress(self):
        self.python("statslice.start(sys.argv[1]); work(70)", self.store)
        self.assertEqual(self.calls(), 70)
        killed = subprocess.Popen([sys.executable, "-c", WORK + textwrap.dedent("""
            statslice.start(sys.argv[1])
            work(30)
            assert statslice.flush(30)
            print("flushed", flush=True)
            work(1000)
            time.sleep(60)
        """), self.store], stdout=subprocess.PIPE, cwd=HERE)
        self.addCleanup(killed.stdout.close)
        self.assertEqual(killed.stdout.readline(), b"flushed\n")
        killed.send_signal(signal.SIGKILL)
        killed.wait(30)
        self.assertEqual(self.calls(), 100)

    def test_forked_children_write_the_same_store(self):
        self.python("""
            statslice.start(sys.argv[1], slice=0.1)
            work(10)
            children = []
            for i in range(4):
                pid = os.fork()
                if pid == 0:
                    work(100)
                    assert statslice.stop(30), statslice.status()
                    os._exit(0)
                children.append(pid)
            for pid in children:
                assert os.waitpid(pid, 0)[1] == 0
            work(10)
            assert statslice.stop(30), statslice.status()
        """, self.store)
        self.assertEqual(self.calls(), 420)
        self.assertEqual(len({record.labels["pid"] for record in self.profiles()}), 5)

    def test_a_child_goes_on_writing_when_its_parent_has_ended(self):
        """SQLite takes the locks of an inherited connection for the child's own."""
        self.python("""
            import signal, subprocess
            statslice.start(sys.argv[1], slice=0.05)
            work(10)
            assert statslice.flush(30), statslice.status()
            told, tell = os.pipe()
            go, gone = os.pipe()
            if os.fork() == 0:
                work(100)
                assert statslice.flush(30), statslice.status()
                os.write(tell, b"1")
                os.close(gone)
                os.read(go, 1)  # the end of the parent, and of one that looked
                for _ in range(5):
                    work(200)
                    assert statslice.flush(30), statslice.status()
                statslice.stop(30)
                os._exit(0)
            os.read(told, 1)
            assert statslice.stop(30), statslice.status()
            subprocess.check_call([sys.argv[2], "info", sys.argv[1]], stdout=subprocess.DEVNULL)
            os.close(gone)
            assert os.wait()[1] == 0
        """, self.store, STATSLICE)
        self.assertEqual(self.calls(), 1110)
        self.assertIn("whole", self.command("check", self.store))

    def test_a_store_that_is_locked_is_waited_for(self):
        self.python("statslice.start(sys.argv[1]); work(5)", self.store)
        other = sqlite3.connect(self.store, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        busy = subprocess.Popen([sys.executable, "-c", WORK + textwrap.dedent("""
            statslice.start(sys.argv[1], slice=0.2)
            begin = time.monotonic()
            while time.monotonic() - begin < 2.5:
                work(1)
                time.sleep(0.01)
            work(100)
            assert statslice.stop(30), statslice.status()
        """), self.store], cwd=HERE, stderr=subprocess.PIPE)
        self.addCleanup(busy.stderr.close)
        time.sleep(2.0)
        other.execute("ROLLBACK")
        self.assertEqual((busy.wait(60), busy.stderr.read()), (0, b""))
        self.assertGreater(self.calls(), 105)
        self.assertIn("whole", self.command("check", self.store))

    def test_what_is_no_store_is_refused_at_the_start(self):
        with open(self.store, "w") as file:
            file.write("something else, of more bytes than the head of a database has: " + "x" * 200)
        with self.assertRaisesRegex(RuntimeError, "not a store"):
            statslice.start(self.store)
        with self.assertRaises(OSError):
            statslice.start(os.path.join(self.folder, "absent", "p.db"))
        with self.assertRaises(statslice.UsageError):
            statslice.start(self.store, rotate_size="1MB")
        self.assertFalse(statslice.status()["running"])

    def test_a_store_by_any_name_is_known(self):
        self.python("statslice.start(sys.argv[1]); work(5)", self.store)
        other = os.path.join(self.folder, "profiles")
        os.rename(self.store, other)
        self.store = other
        self.python("statslice.start(sys.argv[1]); work(6)", other)
        self.assertEqual(self.calls(), 11)

    def test_the_command_run_writes_one(self):
        program = os.path.join(self.folder, "program.py")
        with open(program, "w") as file:
            file.write("def called(): pass\nfor _ in range(50): called()\n")
        self.command("run", "-o", self.store, "--", sys.executable, program)
        self.assertEqual(self.calls(), 50)
        series = json.loads(self.command("slices", "--by", "name", "--output-format", "json", self.store))
        self.assertTrue(series)


if __name__ == "__main__":
    unittest.main()
