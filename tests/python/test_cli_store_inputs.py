"""Stores as inputs of other stores, and stores in folders that may not be written."""
import json
import os
import shutil
import subprocess
import time
import unittest

from cli_harness import STATSLICE, CommandTest, function, log_line

NOBODY = 65534
BEGIN = 1582000000


class StoresIntoStores(CommandTest):
    def summary(self, store, *inputs):
        """(new, known) of adding to a store."""
        words = self.ok("add", store, *inputs).split(": ", 1)[1].split(", ")
        return tuple(int(word.split()[0].replace(",", "")) for word in words[:2])

    def profiles(self, store):
        return self.ok("convert", store, "--to", "ndjson", "-o", "-")

    def test_all_profiles_are_added_once(self):
        for name, begin in (("one", BEGIN), ("two", BEGIN + 3600)):
            self.write(name + ".log", "".join(
                log_line(begin + 10 * i, slow=function(1.0 + i), quick=function(0.25))
                for i in range(5)))
            self.ok("add", name + ".db", name + ".log")
        self.assertEqual(self.summary("all.db", "one.db", "two.db"), (10, 0))
        self.assertEqual(self.summary("all.db", "two.db", "one.log"), (0, 10))
        self.assertEqual(self.summary("logs.db", "one.log", "two.log"), (10, 0))
        self.assertEqual(self.profiles("all.db"), self.profiles("logs.db"))

    def test_equal_profiles_of_one_store_stay_apart(self):
        self.write("app.log", 2 * log_line(BEGIN, slow=function(1.0)))
        self.assertEqual(self.summary("one.db", "app.log"), (2, 0))
        self.assertEqual(self.summary("all.db", "one.db"), (2, 0))
        self.assertEqual(self.summary("all.db", "one.db"), (0, 2))

    def test_a_store_is_not_added_to_itself(self):
        self.ok("add", "one.db", self.make_log())
        os.link(self.path("one.db"), self.path("same.db"))
        self.assertIn("cannot be added to itself", self.fails(2, "add", "one.db", "same.db"))
        os.mkdir(self.path("in"))  # found in a folder, it is no input
        shutil.move(self.path("same.db"), self.path("in/same.db"))
        self.make_log("in/more.log", count=7)
        self.assertIn("1 file passed over", self.ok("add", "one.db", "in"))

    def test_sums_of_profiles_that_are_gone_are_left_behind(self):
        now = int(time.time())
        self.write("app.log", "".join(log_line(now - 3 * 86400 + 10 * i, slow=function(1.0))
                                      for i in range(6)) + log_line(now - 60, slow=function(2.0)))
        self.ok("add", "one.db", "app.log")
        self.ok("retain", "one.db", "--raw", "1d")
        self.ok("compact", "one.db")
        for arguments in (("add", "all.db", "one.db"),
                          ("convert", "one.db", "--to", "ndjson", "-o", "some.ndjson")):
            done = self.run_raw(*arguments)
            self.assertEqual((done.returncode, done.stderr.decode()), (
                0, "statslice: warning: one.db: 6 of its profiles are kept as sums alone, and left "
                   "out\n"), arguments)
        self.assertEqual(self.profiles("all.db").encode(), self.read("some.ndjson"))
        self.assertEqual(len(self.profiles("all.db").splitlines()), 1)
        total = json.loads(self.ok("convert", "one.db", "--merge", "--to", "ndjson", "-o", "-"))
        self.assertEqual([row["tottime"] for row in total["func_profiles"].values()], [8.0])


class AsTheLog(CommandTest):
    """Questions that a store and its log answer alike, refusals too."""

    def test_a_width_that_there_is_not_is_refused(self):
        edge = 631152000  # 1990-01-01, a Monday: of weeks, months, quarters, years and decades
        self.write("app.log", "".join(log_line(edge + days * 86400, slow=function(1.0))
                                      for days in (-3, 3)))
        self.ok("add", "s.db", "app.log")
        for name in ("app.log", "s.db"):
            self.assertIn("no pleasant width gives at most 1 slices",
                          self.fails(1, "slices", "--slices", "1", name))

    def test_the_clock_of_a_sum_does_not_depend_on_the_order(self):
        line = ('{"statslice":1,"begin":"2024-05-05T12:00:%sZ","end":"2024-05-05T12:00:%sZ",'
                '"clock":"%s","func_profiles":{}}\n')
        clocks = {("wall", "cpu"): "wall", ("cpu", "wall"): "wall", ("cpu", "cpu"): "cpu"}
        for number, (pair, wanted) in enumerate(clocks.items()):
            log, store = "%d.log" % number, "%d.db" % number
            self.write(log, line % ("10", "20", pair[0]) + line % ("00", "10", pair[1]))
            self.ok("add", store, log)
            for name in (log, store):
                merged = json.loads(self.ok("convert", "--merge", name, "--to", "ndjson", "-o", "-"))
                self.assertEqual(merged["clock"], wanted, (pair, name))

    def test_what_is_no_file_is_no_store(self):
        os.mkfifo(self.path("pipe"))
        for verb in (["check"], ["compact"], ["retain"], ["delete", "--service", "shop"]):
            self.assertIn("is not a store: it is no regular file", self.fails(1, *verb, "pipe"))
        self.assertIn("is not a store: it is no regular file",
                      self.fails(1, "add", "pipe", self.make_log()))
        self.fails(2, "top", "--once", "pipe")


class ReadOnlyFolders(CommandTest):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("ro"))
        self.log = self.make_log(count=6)
        self.ok("add", "ro/s.db", self.log)
        self.wanted = self.ok("slices", "ro/s.db", "--slice", "10s", "--output-format", "csv")
        for ending in ("-wal", "-shm"):  # a reader leaves them, empty
            if os.path.exists(self.path("ro/s.db" + ending)):
                os.unlink(self.path("ro/s.db" + ending))
        folder = self.path(".")
        while os.stat(folder).st_uid == os.getuid() and os.path.dirname(folder) != folder:
            os.chmod(folder, os.stat(folder).st_mode | 0o055)
            folder = os.path.dirname(os.path.normpath(folder))
            if folder in ("/tmp", "/"):
                break
        os.chmod(self.path("ro"), 0o555)
        self.addCleanup(os.chmod, self.path("ro"), 0o755)

    def run_without_rights(self, *arguments):
        def give_up_rights():
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)

        try:
            return subprocess.run([STATSLICE, *arguments], cwd=self.path("."), timeout=60,
                                  preexec_fn=give_up_rights, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except PermissionError as error:
            self.skipTest(str(error))

    def expect_readable(self):
        done = self.run_without_rights("slices", "ro/s.db", "--slice", "10s", "--output-format",
                                       "csv")
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
        self.assertEqual(done.stdout.decode(), self.wanted)

    def test_a_store_is_read(self):
        self.expect_readable()
        self.assertEqual(self.run_without_rights("check", "ro/s.db").returncode, 0)
        self.assertEqual(os.listdir(self.path("ro")), ["s.db"])
        self.assertNotEqual(self.run_without_rights("add", "ro/s.db", self.log).returncode, 0)

    def test_what_a_writer_left_beside_it(self):
        os.chmod(self.path("ro"), 0o755)
        self.write("ro/s.db-wal", "")
        self.write("ro/s.db-shm", "")
        os.chmod(self.path("ro"), 0o555)
        self.expect_readable()
        os.chmod(self.path("ro"), 0o755)
        os.unlink(self.path("ro/s.db-shm"))
        self.write("ro/s.db-wal", 4096 * "x")
        os.chmod(self.path("ro"), 0o555)
        done = self.run_without_rights("slices", "ro/s.db")
        self.assertEqual(done.returncode, 1)
        self.assertIn("has a log beside it that is not worked in", done.stderr.decode())

    def test_beside_a_writer_that_has_it_open(self):
        os.chmod(self.path("ro"), 0o755)
        writer = subprocess.Popen([STATSLICE, "add", "--no-compact", "ro/s.db", "-"],
                                  cwd=self.path("."), stdin=subprocess.PIPE,
                                  stdout=subprocess.DEVNULL)
        try:
            writer.stdin.write(log_line(BEGIN + 1000, slow=function(2.0)).encode())
            writer.stdin.flush()
            if os.getuid() != 0:
                os.chmod(self.path("ro"), 0o555)
            for _ in range(200):
                done = self.run_without_rights("info", "--output-format", "json", "ro/s.db")
                self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
                if json.loads(done.stdout.decode())[0]["profiles"] == 7:
                    break
            else:
                self.fail("what is committed is not seen")
        finally:
            os.chmod(self.path("ro"), 0o755)
            writer.stdin.close()
            writer.wait()


if __name__ == "__main__":
    unittest.main()
