"""A store that is written by many, killed, filled up, cut short and damaged.

Figures come from the formula by which tests/unit/store_tool.c makes its profiles.
"""
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest

from cli_harness import BUILD, CommandTest

TOOL = os.path.join(BUILD, "tests", "unit", "store_tool")
PAGE = 16384
KILLS = int(os.environ.get("STATSLICE_KILLS", "20"))
WRITERS = 16


def calls(n, functions):
    return sum(1 + (7 * n + 3 * i) % 1000 for i in range(functions))


def edge_calls(n, functions):
    return sum(1 + (7 * n + 3 * i) % 1000 for i in range(1, functions))


class StoreTest(CommandTest):
    def start_writer(self, store, writer, commits, profiles, functions, **options):
        process = subprocess.Popen(
            [TOOL, "write", store, writer, str(commits), str(profiles), str(functions)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def write(self, store, writer, commits, profiles, functions):
        process = self.start_writer(store, writer, commits, profiles, functions)
        out, error = process.communicate(timeout=120)
        self.assertEqual((process.returncode, error.decode()), (0, ""))
        return out.decode().split("\n")[:-1]

    def read(self, store, status=0):
        """{service: (profiles, calls, ns, calls of edges)}, and what was said of damage."""
        done = subprocess.run([TOOL, "read", store], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stderr.decode())
        self.assertIn(done.returncode, (0, 1, 3))
        rows = [line.split() for line in done.stdout.decode().split("\n")[:-1]]
        return {row[0]: tuple(map(int, row[1:])) for row in rows}, done.stderr.decode()

    def expect(self, profiles, functions):
        total = sum(calls(n, functions) for n in range(profiles))
        return (profiles, total, total, sum(edge_calls(n, functions) for n in range(profiles)))


class Killed(StoreTest):
    def test_what_was_acknowledged_is_there_after_a_kill(self):
        rng = random.Random(4)
        for turn in range(KILLS):
            store = self.path("kill%d.db" % turn)
            process = self.start_writer(store, "w", 100000, 3, 40)
            if turn % 4:
                process.stdout.readline()
                time.sleep(rng.random() * 0.3)
            else:
                time.sleep(rng.random() * 0.03)
            process.kill()
            process.wait()
            acknowledged = process.stdout.read().decode().split("\n")[:-1]
            last = int(acknowledged[-1].split()[0]) if acknowledged else (1 if turn % 4 else 0)
            if not os.path.exists(store):
                self.assertEqual(last, 0)
                continue
            self.write(store, "after", 1, 2, 40)  # it can be written on
            rows, said = self.read(store)
            self.assertEqual(said, "")
            self.assertEqual(rows.pop("after"), self.expect(2, 40))
            profiles = rows["w"][0] if rows else 0
            self.assertGreaterEqual(profiles, 3 * last)
            self.assertLessEqual(profiles, 3 * (last + 1))
            self.assertEqual(profiles % 3, 0)
            if profiles:
                self.assertEqual(rows["w"], self.expect(profiles, 40))

    def test_sqlites_own_tools_may_look_at_what_a_kill_left(self):
        store = self.path("s.db")
        process = self.start_writer(store, "w", 100000, 3, 40)
        for _ in range(30):
            acknowledged = int(process.stdout.readline().split()[0])
        process.kill()
        process.wait()
        self.assertTrue(os.path.exists(store + "-wal"))
        database = sqlite3.connect(store)  # moves the log into the file when it closes
        self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        database.close()
        self.assertFalse(os.path.exists(store + "-wal"))
        rows, said = self.read(store)
        self.assertEqual(said, "")
        self.assertGreaterEqual(rows["w"][0], 3 * acknowledged)
        self.assertEqual(rows["w"], self.expect(rows["w"][0], 40))
        self.write(store, "after", 3, 2, 40)
        self.assertEqual(self.read(store)[0]["after"], self.expect(6, 40))


class KilledAtKeeping(StoreTest):
    def answers(self, store):
        return [self.ok("slices", "--slice", width, "--by", "name", "--output-format", "json", store)
                for width in ("10s", "1m", "1h")]

    def test_a_kill_while_it_is_compacted_changes_nothing(self):
        rng = random.Random(5)
        self.write(self.path("made.db"), "w", 300, 2, 200)
        expected, before = self.expect(600, 200), self.answers("made.db")
        begin = time.monotonic()
        shutil.copy(self.path("made.db"), self.path("whole.db"))
        self.ok("compact", "-q", "whole.db")
        took = time.monotonic() - begin
        self.assertEqual(self.answers("whole.db"), before)
        unfinished = 0
        for _ in range(KILLS):
            shutil.copy(self.path("made.db"), self.path("k.db"))
            process = self.start("compact", "-q", "k.db")
            time.sleep(rng.random() * took)
            process.kill()
            unfinished += process.wait() != 0
            rows, said = self.read(self.path("k.db"))
            self.assertEqual((rows, said), ({"w": expected}, ""))
            self.assertEqual(self.answers("k.db"), before)
            self.assertIn("whole", self.ok("check", "-q", "k.db"))
            self.ok("compact", "-q", "k.db")
            self.assertEqual(self.answers("k.db"), before)
            for ending in ("", "-wal", "-shm"):
                if os.path.exists(self.path("k.db" + ending)):
                    os.unlink(self.path("k.db" + ending))
        self.assertGreater(unfinished, 0)


class Together(StoreTest):
    def test_many_writers_lose_nothing_and_none_waits_long(self):
        store = self.path("s.db")  # which all of them make at once
        commits, profiles, functions = 20, 5, 100
        processes = [self.start_writer(store, "w%d" % i, commits, profiles, functions)
                     for i in range(WRITERS)]
        longest = 0
        for process in processes:
            out, error = process.communicate(timeout=120)
            self.assertEqual((process.returncode, error.decode()), (0, ""))
            longest = max([longest] + [int(line.split()[1]) for line in
                                       out.decode().split("\n")[:-1]])
        rows, said = self.read(store)
        self.assertEqual(said, "")
        self.assertEqual(rows, {"w%d" % i: self.expect(commits * profiles, functions)
                                for i in range(WRITERS)})
        self.assertLess(longest, 5e9)  # a second is asked of a quiet machine: bench/bench_store.py

    def test_the_same_profiles_from_many_are_stored_once(self):
        store = self.path("s.db")
        processes = [self.start_writer(store, "same", 10, 10, 30) for _ in range(8)]
        for process in processes:
            self.assertEqual(process.communicate(timeout=120)[1], b"")
        self.assertEqual(self.read(store)[0], {"same": self.expect(100, 30)})


class FullDisk(StoreTest):
    def setUp(self):
        super().setUp()
        self.disk = self.path("disk")
        os.mkdir(self.disk)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", self.disk],
                                 stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("mounting a small disk needs root")
        self.addCleanup(subprocess.run, ["umount", self.disk])

    def test_a_disk_that_fills_is_told_and_loses_nothing(self):
        store = os.path.join(self.disk, "s.db")
        process = self.start_writer(store, "w", 100000, 10, 300)
        out, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1)
        self.assertIn("no space left on device", error.decode())
        acknowledged = int(out.decode().split("\n")[-2].split()[0])
        self.assertGreater(acknowledged, 0)
        copy = self.path("copy.db")  # where there is room
        for ending in ("", "-wal"):
            if os.path.exists(store + ending):
                shutil.copy(store + ending, copy + ending)
        rows, said = self.read(copy)
        self.assertEqual(said, "")
        self.assertEqual(rows["w"], self.expect(10 * acknowledged, 300))
        # the store goes on where it is, once there is room
        subprocess.run(["mount", "-o", "remount,size=30m", self.disk], check=True)
        self.write(store, "after", 1, 10, 300)
        rows, said = self.read(store)
        self.assertEqual(said, "")
        self.assertEqual(rows["w"], self.expect(10 * acknowledged, 300))


class Damaged(StoreTest):
    """One store; a copy is damaged in each turn. All that is read of it must be right."""

    @classmethod
    def setUpClass(cls):
        cls.whole = tempfile.mkdtemp(prefix="statslice-test-")
        cls.store = os.path.join(cls.whole, "s.db")
        for writer in ("a", "b", "c"):
            subprocess.run([TOOL, "write", cls.store, writer, "12", "4", "200"],
                           stdout=subprocess.DEVNULL, check=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.whole)

    def right_or_told(self, copy):
        """Returns how many services could be read whole."""
        rows, said = self.read(copy, status=None)
        whole = 0
        for service, figures in rows.items():
            if figures == self.expect(48, 200):
                whole += 1
                continue
            self.assertNotEqual(said, "", (service, figures))
            # what was read is a sum of whole commits: profiles come by 4, none is made up
            self.assertEqual(figures[0] % 4, 0)
            self.assertLess(figures[0], 48)
        if whole < 3:
            self.assertRegex(said, "(?m)^error: .*((is|are) damaged|is not a store)")
        return whole

    def copy(self):
        return shutil.copy(self.store, self.path("copy.db"))

    def test_flipped_bits_never_give_a_wrong_number(self):
        rng = random.Random(7)
        size = os.path.getsize(self.store)
        told = 0
        for _ in range(60):
            copy = self.copy()
            at = rng.randrange(size)
            with open(copy, "r+b") as file:
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ 1 << rng.randrange(8)]))
            told += self.right_or_told(copy) < 3
        self.assertGreater(told, 20)

    def test_every_page_is_looked_at(self):
        for page in range(os.path.getsize(self.store) // PAGE):
            copy = self.copy()
            with open(copy, "r+b") as file:
                file.seek(page * PAGE + PAGE // 2)
                file.write(b"\xa5" * 64)
            self.right_or_told(copy)

    def test_zeros_in_place_of_a_page_or_its_end_never_give_a_wrong_number(self):
        for page in range(os.path.getsize(self.store) // PAGE):
            for begin in (0, PAGE - 4096, PAGE - 432, PAGE - 16):
                copy = self.copy()
                with open(copy, "r+b") as file:
                    file.seek(page * PAGE + begin)
                    file.write(bytes(PAGE - begin))
                self.right_or_told(copy)

    def test_a_file_cut_short_is_told_and_the_rest_is_read(self):
        size = os.path.getsize(self.store)
        read = 0
        for cut in (1, 100, PAGE - 1, PAGE, 5 * PAGE, size // 2, size - PAGE, size - 50, size - 2):
            copy = self.copy()
            with open(copy, "r+b") as file:
                file.truncate(size - cut)
            read += self.right_or_told(copy)
        self.assertGreaterEqual(read, 6)

    def test_the_damaged_part_is_named(self):
        database = sqlite3.connect(self.store)
        [(data,)] = database.execute("SELECT data FROM part WHERE id = 25 * 32 + 3")
        database.close()
        copy = self.copy()
        with open(copy, "r+b") as file:
            at = file.read().rindex(data[:64])  # before: bytes that are used no more
            file.seek(at + 20)
            file.write(b"\x00\xff\x00\xff")
        said = self.read(copy, status=3)[1]
        self.assertRegex(said, r'part "\w+" of chunk 2\d is damaged: .*copy\.db" is damaged: '
                               r"the page at byte %d " % (at // PAGE * PAGE))

    def test_a_newer_format_is_refused(self):
        copy = self.copy()
        with open(copy, "r+b"):
            database = sqlite3.connect(copy)
            database.execute("PRAGMA user_version = 2")
            database.commit()
            database.close()
        # a newer statslice may sum its pages in another way, so the sum is not looked at
        for turn in range(2):
            self.assertRegex(self.read(copy, status=1)[1],
                             "has the store format 2; this program knows those up to 1: "
                             "a newer statslice reads it")
            with open(copy, "r+b") as file:
                file.seek(PAGE - 8)
                file.write(bytes(8))

    def test_another_database_is_not_touched(self):
        other = self.path("other.db")
        database = sqlite3.connect(other)
        database.execute("CREATE TABLE t(x)")
        database.commit()
        database.close()
        with open(other, "rb") as file:
            before = file.read()
        self.assertIn("is not a store of statslice", self.read(other, status=1)[1])
        with open(other, "rb") as file:
            self.assertEqual(file.read(), before)


if __name__ == "__main__":
    unittest.main()
