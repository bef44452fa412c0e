"""The collector that is always on: statslice._collector.start, stop, flush, status, fork, signals."""
import collections
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest
import warnings

from statslice import _collector

MS = 1_000_000


def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def leaf():
    return 1


def calls(count):
    for _ in range(count):
        leaf()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.path = os.path.join(self.folder, "log.ndjson")

    def tearDown(self):
        self.assertTrue(_collector.stop(5.0))
        for name in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, name))
        os.rmdir(self.folder)

    def start(self, **options):
        if not {"path", "fd", "callback"} & set(options):
            options["path"] = self.path
        options.setdefault("slice_ns", 100 * MS)
        _collector.start(options)

    def profiles(self, path=None):
        with open(path or self.path, encoding="utf-8") as log:
            return [json.loads(line) for line in log]


def threads_of_c(count):
    """Threads that Python does not know. One that was joined is listed for a moment longer, and one
    of an earlier test too: count is waited for."""
    for _ in range(50):
        found = len(os.listdir("/proc/self/task")) - threading.active_count()
        if found == count:
            break
        time.sleep(0.01)
    return found


def count_of(profile, name):
    return sum(row["ncalls"] for row in profile["func_profiles"].values() if row["name"] == name)


def own_time_of(profile, name):
    return sum(row["tottime"] for row in profile["func_profiles"].values() if row["name"] == name)


def stamp_ns(text):
    """RFC 3339 in UTC, to the nanosecond."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = int(time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))) - time.timezone
    return seconds * 10**9 + int((fraction + "0" * 9)[:9])


class Slices(Case):
    def test_edges_are_multiples_of_the_width_and_leave_no_gap(self):
        self.start()
        busy(0.45)
        self.assertTrue(_collector.stop(5.0))
        spans = [(stamp_ns(p["begin"]), stamp_ns(p["end"])) for p in self.profiles()]
        self.assertGreaterEqual(len(spans), 5)
        for (_, end), (begin, _) in zip(spans, spans[1:]):
            self.assertEqual(end, begin)
            self.assertEqual(begin % (100 * MS), 0)
        for begin, end in spans[1:-1]:
            self.assertEqual(end - begin, 100 * MS)

    def test_calls_are_counted_once_whatever_slice_they_fall_in(self):
        self.start(slice_ns=20 * MS)
        for _ in range(50):
            calls(1000)
            time.sleep(0.005)
        _collector.stop(5.0)
        self.assertEqual(sum(count_of(p, "leaf") for p in self.profiles()), 50_000)
        self.assertEqual(sum(count_of(p, "calls") for p in self.profiles()), 50)

    def test_own_times_of_a_slice_add_up_to_its_width_a_thread(self):
        self.start(thread_label=True)
        thread = threading.Thread(target=busy, args=(0.5,))
        thread.start()
        busy(0.5)
        thread.join()
        _collector.stop(5.0)
        whole = [p for p in self.profiles()
                 if stamp_ns(p["end"]) - stamp_ns(p["begin"]) == 100 * MS]
        self.assertEqual(len({p["labels"]["thread"] for p in whole}), 2)
        here = [p for p in whole if p["labels"]["thread"] == str(threading.get_native_id())]
        self.assertGreaterEqual(len(here), 3)
        for profile in here:
            self.assertLessEqual(profile["total_tt"], 0.1)
            self.assertGreaterEqual(profile["total_tt"], 0.0999)

    def test_one_long_c_call_shows_up_in_every_slice(self):
        self.start()
        begin = time.perf_counter()
        thread = threading.Thread(target=sleeper, args=(0.5,))
        thread.start()
        thread.join()
        elapsed = time.perf_counter() - begin
        _collector.stop(5.0)
        inside = [own_time_of(p, "sleeper") for p in self.profiles()]
        self.assertGreaterEqual(sum(1 for own in inside if own > 0.0999), 3, inside)
        self.assertLessEqual(max(inside), 0.1)
        self.assertGreater(sum(inside), 0.4999)
        self.assertLess(sum(inside), elapsed)

    def test_flush_ends_the_slice_and_the_next_one_ends_at_its_edge(self):
        self.start(slice_ns=3600 * 1000 * MS)
        calls(7)
        self.assertTrue(_collector.flush(5.0))
        self.assertEqual(sum(count_of(p, "leaf") for p in self.profiles()), 7)
        calls(5)
        self.assertTrue(_collector.flush(5.0))
        first, second = self.profiles()
        self.assertEqual(first["end"], second["begin"])
        self.assertEqual(count_of(second, "leaf"), 5)

    def test_ten_hours_in_ten_seconds(self):
        self.start(slice_ns=10_000 * MS, clock_speed=7200.0)
        busy(0.5)
        _collector.stop(5.0)
        spans = [(stamp_ns(p["begin"]), stamp_ns(p["end"])) for p in self.profiles()]
        self.assertAlmostEqual((spans[-1][1] - spans[0][0]) / 1e9, 3600, delta=600)
        self.assertEqual({end - begin for begin, end in spans[1:-1]}, {10_000 * MS})
        for (_, end), (begin, _) in zip(spans, spans[1:]):
            self.assertEqual(end, begin)


def sleeper(seconds):
    time.sleep(seconds)


class StartAndStop(Case):
    def test_a_second_start_is_refused_and_a_second_stop_is_not(self):
        self.assertTrue(_collector.stop(1.0))
        self.start()
        with self.assertRaises(RuntimeError):
            self.start()
        self.assertTrue(_collector.stop(5.0))
        self.assertTrue(_collector.stop(5.0))
        self.start()
        self.assertTrue(_collector.stop(5.0))

    def test_what_cannot_be_is_refused_and_nothing_runs_then(self):
        for options, error in [
            ({}, ValueError),
            ({"path": self.path, "fd": 2}, ValueError),
            ({"path": self.path, "slice_ns": 0}, ValueError),
            ({"path": self.path, "slice_ns": 1 << 70}, ValueError),
            ({"path": self.path, "slice_ns": 1.5}, TypeError),
            ({"path": self.path, "clock": "sun"}, ValueError),
            ({"path": self.path, "engine": "steam"}, ValueError),
            ({"path": self.path, "engine": "events", "budget": 1.0}, ValueError),
            ({"path": self.path, "budget": float("nan")}, ValueError),
            ({"path": self.path, "budget": 101.0}, ValueError),
            ({"path": self.path, "keep": -1}, ValueError),
            ({"path": self.path, "labels": {"a": 1}}, TypeError),
            ({"path": self.path, "labels": {"a": "b\0c"}}, ValueError),
            ({"path": self.path, "labels": {str(i): "x" for i in range(100)}}, ValueError),
            ({"path": self.path, "speed": 1}, TypeError),
            ({"path": os.path.join(self.folder, "no", "log")}, FileNotFoundError),
            ({"path": self.folder}, IsADirectoryError),
            ({"path": "a\0b"}, ValueError),
            ({"fd": -1}, ValueError),
            ({"fd": 987654}, OSError),
            ({"callback": 7}, TypeError),
        ]:
            with self.assertRaises(error, msg=repr(options)):
                _collector.start(options)
            self.assertFalse(_collector.status()["running"])
        with self.assertRaises(TypeError):
            _collector.start(None)

    def test_threads_of_ours_are_none_of_pythons(self):
        before = threading.enumerate()
        self.start(slice_ns=10 * MS)
        time.sleep(0.05)
        self.assertEqual(threading.enumerate(), before)
        self.assertEqual(threading.active_count(), len(before))
        self.assertEqual(len(sys._current_frames()), len(before))

    def test_threads_end_with_stop(self):
        self.start()
        self.assertEqual(threads_of_c(2), 2)
        _collector.stop(5.0)
        self.assertEqual(threads_of_c(0), 0)

    def test_descriptors_are_closed_and_not_inherited(self):
        before = os.listdir("/proc/self/fd")
        self.start()
        ours = {fd for fd in os.listdir("/proc/self/fd") if fd not in before}
        for fd in ours:
            if os.path.exists("/proc/self/fd/" + fd):
                self.assertFalse(os.get_inheritable(int(fd)))
        _collector.stop(5.0)
        self.assertEqual(os.listdir("/proc/self/fd"), before)

    def test_memory_does_not_grow_from_start_to_start(self):
        def resident():
            with open("/proc/self/statm") as statm:
                return int(statm.read().split()[1]) * 4096

        for turn in range(60):
            self.start(slice_ns=5 * MS)
            calls(1000)
            _collector.flush(5.0)
            _collector.stop(5.0)
            if turn == 20:
                before = resident()
        self.assertLess(resident() - before, 2 << 20)

    def test_status_tells_what_it_is_asked_for(self):
        self.start(labels={"service": "shop"})
        calls(10)
        _collector.flush(5.0)
        status = _collector.status()
        self.assertTrue(status["running"])
        self.assertEqual(status["target"], self.path)
        self.assertEqual((status["engine"], status["clock"]), ("frames", "wall"))
        self.assertEqual(status["slice_ns"], 100 * MS)
        self.assertEqual(status["bytes_written"], os.path.getsize(self.path))
        self.assertGreaterEqual(status["profiles_written"], 1)
        self.assertEqual(status["sink_errors"], 0)
        self.assertIsNone(status["last_error"])
        self.assertEqual(status["coverage"], 1.0)
        self.assertGreaterEqual(status["functions"], 2)
        self.assertGreaterEqual(status["threads"], 1)
        _collector.stop(5.0)
        self.assertFalse(_collector.status()["running"])
        self.assertGreaterEqual(_collector.status()["profiles_written"], 1)

    def test_stops_in_many_threads_at_once(self):
        for _ in range(10):
            self.start(slice_ns=5 * MS)
            results = []
            threads = [threading.Thread(target=lambda: results.append(_collector.stop(5.0)))
                       for _ in range(4)]
            threads += [threading.Thread(target=_collector.flush, args=(5.0,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(results, [True] * 4)

    def test_a_sub_interpreter_is_told_that_it_cannot(self):
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            try:
                import _interpreters as interpreters
            except ImportError:
                self.skipTest("no sub-interpreters here")
        code = textwrap.dedent("""
            import sys
            sys.path[:] = %r
            from statslice import _collector
            try:
                _collector.start({"path": %r})
            except RuntimeError:
                pass
            else:
                raise AssertionError("it started")
            assert _collector.stop(1.0) and not _collector.status()["running"]
        """) % (sys.path, self.path)
        interpreter = interpreters.create()
        try:
            self.assertIsNone(interpreters.run_string(interpreter, code))
        finally:
            interpreters.destroy(interpreter)


class Sinks(Case):
    def test_a_callback_gets_lines_and_is_not_profiled(self):
        lines = []

        def receive(line):
            lines.append(leaf() and bytes(line))

        self.start(callback=receive)
        calls(3)
        self.assertTrue(_collector.flush(5.0))
        calls(4)
        self.assertTrue(_collector.stop(5.0))
        profiles = [json.loads(line) for line in lines]
        self.assertNotIn(b"\n", b"".join(lines))
        self.assertEqual(sum(count_of(p, "leaf") for p in profiles), 7)
        self.assertEqual(sum(count_of(p, "receive") for p in profiles), 0)

    def test_a_callback_that_raises_is_counted_and_told(self):
        def receive(line):
            raise KeyError("no such thing")

        self.start(callback=receive)
        self.assertFalse(_collector.flush(5.0))
        status = _collector.status()
        self.assertGreaterEqual(status["sink_errors"], 1)
        self.assertIn("KeyError", status["last_error"])
        self.assertIn("no such thing", status["last_error"])
        self.assertGreaterEqual(status["profiles_dropped"], 1)
        self.assertFalse(_collector.stop(5.0))

    def test_a_callback_may_call_us(self):
        results = []

        def receive(line):
            results.append(_collector.flush(5.0))
            results.append(_collector.stop(5.0))

        self.start(callback=receive)
        begin = time.monotonic()
        _collector.flush(5.0)
        _collector.stop(5.0)
        self.assertLess(time.monotonic() - begin, 4)
        self.assertEqual(results[0], False)

    def test_a_callback_that_hangs_does_not_keep_stop(self):
        hold = threading.Event()
        self.start(callback=lambda line: hold.wait(20))
        begin = time.monotonic()
        self.assertFalse(_collector.stop(0.2))
        self.assertLess(time.monotonic() - begin, 3)
        hold.set()

    def test_a_pipe_that_nobody_reads_blocks_nobody(self):
        reader, writer = os.pipe()
        self.start(fd=writer, slice_ns=1 * MS, queue_max=20)
        for _ in range(40):
            calls(10)
            busy(0.005)
            exec("def made_%d(): pass\nmade_%d()" % (_, _))
        begin = time.monotonic()
        while not _collector.status()["profiles_dropped"] and time.monotonic() < begin + 10:
            busy(0.01)
        status = _collector.status()
        self.assertGreater(status["profiles_dropped"], 0)
        self.assertLessEqual(status["slices_pending"], 21)
        begin = time.monotonic()
        self.assertFalse(_collector.stop(0.2))
        self.assertLess(time.monotonic() - begin, 2)
        os.close(reader)
        os.close(writer)

    def test_a_descriptor_keeps_its_flags_and_gets_whole_lines(self):
        for reader, writer in (os.pipe(), [s.detach() for s in socket.socketpair()]):
            got = []

            def read():
                while True:
                    data = os.read(reader, 65536)
                    if not data:
                        break
                    got.append(data)

            thread = threading.Thread(target=read)
            thread.start()
            self.start(fd=writer, slice_ns=20 * MS)
            busy(0.1)
            self.assertTrue(_collector.stop(5.0))
            self.assertTrue(os.get_blocking(writer))
            os.close(writer)
            thread.join()
            os.close(reader)
            lines = b"".join(got).splitlines()
            self.assertGreaterEqual(len(lines), 5)
            for line in lines:
                json.loads(line)

    def test_a_file_is_rotated_and_nothing_is_lost(self):
        self.start(slice_ns=10 * MS, rotate_bytes=20_000, keep=1000)
        for _ in range(40):
            calls(100)
            busy(0.01)
        _collector.stop(5.0)
        names = os.listdir(self.folder)
        self.assertGreater(len(names), 2)
        profiles = [p for name in names for p in self.profiles(os.path.join(self.folder, name))]
        self.assertEqual(sum(count_of(p, "leaf") for p in profiles), 4000)
        for name in names:
            self.assertLessEqual(os.path.getsize(os.path.join(self.folder, name)), 20_000)

    def test_labels_and_pid_stand_in_every_line(self):
        self.start(labels={"service": "shop", "sur\udcffrogate": "\ud83d"})
        busy(0.15)
        _collector.stop(5.0)
        for profile in self.profiles():
            self.assertEqual(profile["labels"], {"pid": str(os.getpid()), "service": "shop",
                                                 "sur\udcffrogate": "\ud83d"})


class Forks(Case):
    def fork(self, run):
        """A child that runs and exits by itself; its exit status."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            child = os.fork()
        if child == 0:
            status = 99
            try:
                status = run() or 0
            finally:
                os._exit(status)
        return child

    def wait(self, child, status=0):
        self.assertEqual(os.waitpid(child, 0)[1], status)

    def count_by_pid(self, name):
        counts = collections.Counter()
        for profile in self.profiles():
            counts[profile["labels"]["pid"]] += count_of(profile, name)
        return +counts

    def test_a_child_starts_empty_with_a_label_of_its_own(self):
        self.start()
        calls(11)

        def run():
            calls(5)
            return 0 if _collector.stop(5.0) else 1

        child = self.fork(run)
        self.wait(child)
        calls(2)
        _collector.stop(5.0)
        self.assertEqual(self.count_by_pid("leaf"), {str(os.getpid()): 13, str(child): 5})

    def test_a_child_is_sliced_while_it_sits_in_a_c_call(self):
        self.start()

        def run():
            time.sleep(0.5)

        child = self.fork(run)
        self.wait(child)
        _collector.stop(5.0)
        own = [own_time_of(p, "run") for p in self.profiles() if p["labels"]["pid"] == str(child)]
        self.assertGreaterEqual(len(own), 3)

    def test_many_forks_with_threads_and_grandchildren(self):
        self.start(slice_ns=10 * MS)
        done = threading.Event()

        def spin():
            while not done.is_set():
                calls(10)

        threads = [threading.Thread(target=spin) for _ in range(3)]
        for thread in threads:
            thread.start()

        def grandchild():
            calls(3)
            return 0 if _collector.stop(5.0) else 1

        def child():
            pid = os.fork()
            if pid == 0:
                os._exit(grandchild())
            return os.waitpid(pid, 0)[1] or grandchild()

        try:
            for _ in range(20):
                pid = os.fork()
                if pid == 0:
                    os._exit(child())
                self.wait(pid)
        finally:
            done.set()
            for thread in threads:
                thread.join()
        _collector.stop(5.0)
        counts = self.count_by_pid("grandchild")
        self.assertEqual(sum(counts.values()), 40)
        self.assertEqual(len(counts), 40)

    def test_forks_of_several_threads_at_once(self):
        self.start(slice_ns=10 * MS)
        failed = []

        def work():
            for _ in range(10):
                pid = os.fork()
                if pid == 0:
                    calls(1)
                    os._exit(0 if _collector.stop(5.0) else 1)
                failed.extend([pid] if os.waitpid(pid, 0)[1] else [])

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failed, [])
        _collector.stop(5.0)
        self.assertEqual(sum(self.count_by_pid("leaf").values()), 40)

    def test_fork_warns_nobody_and_ours_are_back_afterwards(self):
        self.start()
        self.wait(self.fork(lambda: 0))
        busy(0.02)
        self.assertEqual(threads_of_c(2), 2)

    def test_a_preexec_fn_runs_and_the_program_too(self):
        self.start(slice_ns=10 * MS)
        for _ in range(5):
            out = subprocess.run([sys.executable, "-S", "-c", "print('ok')"], preexec_fn=leaf,
                                 stdout=subprocess.PIPE)
            self.assertEqual((out.returncode, out.stdout), (0, b"ok\n"))
        _collector.stop(5.0)
        self.assertEqual({p["labels"]["pid"] for p in self.profiles()}, {str(os.getpid())})

    def test_a_child_of_a_process_that_was_stopped_is_not_started(self):
        self.start()
        _collector.stop(5.0)
        self.wait(self.fork(lambda: 1 if _collector.status()["running"] else 0))


class Ends(Case):
    """How a process comes to its end."""

    HEAD = """
        import os, signal, sys, threading, time
        from statslice import _collector
        def leaf(): pass
        _collector.start({"path": %r, "engine": %r, "slice_ns": 3600 * 10**9})
        for _ in range(7): leaf()
    """
    engine = "frames"

    def run_script(self, text):
        script = textwrap.dedent(self.HEAD % (self.path, self.engine)) + textwrap.dedent(text)
        return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def ends(self, text, status, leaves=7, fork_may_warn=False):
        process = self.run_script(text)
        _, stderr = process.communicate(timeout=30)
        if not (fork_may_warn and b"is multi-threaded" in stderr):
            self.assertEqual(stderr, b"")
        self.assertEqual(process.returncode, status)
        self.assertEqual(sum(count_of(p, "leaf") for p in self.profiles()), leaves)

    def test_a_normal_end_loses_nothing(self):
        self.ends("", 0)

    def test_a_process_is_charged_from_the_begin_of_its_first_slice(self):
        for self.engine in ("frames", "events"):
            self.ends("time.sleep(0.1); _collector.stop(5.0)", 0)
            profile = self.profiles()[0]
            width = stamp_ns(profile["end"]) - stamp_ns(profile["begin"])
            own = sum(row["tottime"] for row in profile["func_profiles"].values()) * 1e9
            self.assertLess(abs(width - own), width / 1000, self.engine)
            os.unlink(self.path)

    def test_an_exit_status_stays(self):
        self.ends("sys.exit(7)", 7)

    def test_daemon_threads_at_the_end(self):
        self.ends("""
            def spin():
                while True: leaf
            for _ in range(4): threading.Thread(target=spin, daemon=True).start()
            time.sleep(0.05)
        """, 0)

    def test_descriptors_that_the_program_closed_and_uses_are_the_programs(self):
        self.ends("""
            _collector.flush(5.0)
            os.closerange(3, 100)
            files = [open(os.devnull, "w") for _ in range(8)]
            for _ in range(3):
                leaf()
                _collector.flush(5.0)
            for file in files:
                assert os.readlink("/proc/self/fd/%d" % file.fileno()) == os.devnull
                file.write("mine")
                file.close()
            os.closerange(3, 100)
        """, 0, leaves=10)

    def test_os_exit_loses_the_slice_and_nothing_hangs(self):
        self.ends("os._exit(3)", 3, leaves=0)

    def test_sigterm_kills_and_what_was_counted_is_written(self):
        self.ends("os.kill(os.getpid(), signal.SIGTERM); time.sleep(20)", -signal.SIGTERM)

    def test_sigterm_while_a_thread_holds_on_to_the_interpreter(self):
        process = self.run_script("""
            print("up", flush=True)
            sum(range(10**12))
        """)
        process.stdout.readline()
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, -signal.SIGTERM)
        self.assertLess(time.monotonic() - begin, 10)

    def test_sigterm_is_still_the_programs(self):
        self.ends("""
            assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
            seen = []
            signal.signal(signal.SIGTERM, lambda number, frame: seen.append(number))
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
            sys.exit(len(seen))
        """, 1)

    def test_a_handler_that_was_there_stays(self):
        path, leaves = self.path, 7
        script = textwrap.dedent("""
            import signal, os, sys
            signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(4))
        """) + textwrap.dedent(self.HEAD % (path, self.engine)) + "os.kill(os.getpid(), signal.SIGTERM)\n"
        process = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE)
        self.assertEqual((process.returncode, process.stderr), (4, b""))
        self.assertEqual(sum(count_of(p, "leaf") for p in self.profiles()), leaves)

    def test_two_sigterms(self):
        process = self.run_script("""
            print("up", flush=True)
            time.sleep(20)
        """)
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, -signal.SIGTERM)

    def test_a_forked_child_dies_of_sigterm_and_writes(self):
        self.ends("""
            pid = os.fork()
            if pid == 0:
                for _ in range(3): leaf()
                time.sleep(20)
            time.sleep(0.3)
            os.kill(pid, signal.SIGTERM)
            status = os.waitpid(pid, 0)[1]
            sys.exit(status)
        """, signal.SIGTERM, leaves=10)

    def test_a_child_of_another_thread_ends_with_that_thread(self):
        self.ends("""
            def work():
                pid = os.fork()
                if pid == 0:
                    for _ in range(5): leaf()
                else:
                    status.append(os.waitpid(pid, 0)[1])
            status = []
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            sys.exit(status[0])
        """, 0, leaves=12, fork_may_warn=True)

    def test_a_child_of_another_thread_waits_for_its_threads(self):
        self.ends("""
            def late():
                time.sleep(0.3)
                for _ in range(2): leaf()
            def work():
                pid = os.fork()
                if pid == 0:
                    threading.Thread(target=late).start()
                else:
                    status.append(os.waitpid(pid, 0)[1])
            status = []
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            sys.exit(status[0])
        """, 0, leaves=9, fork_may_warn=True)

    def test_sigterm_at_the_very_end(self):
        for _ in range(20):
            self.ends("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM)
            os.remove(self.path)

    def test_a_killed_process_loses_the_slice_in_progress_alone(self):
        process = self.run_script("""
            _collector.flush(5.0)
            for _ in range(5): leaf()
            print("up", flush=True)
            time.sleep(20)
        """)
        process.stdout.readline()
        process.kill()
        process.communicate(timeout=30)
        self.assertEqual(sum(count_of(p, "leaf") for p in self.profiles()), 7)

    def test_exec_in_place(self):
        self.ends("""
            os.execv(sys.executable, [sys.executable, "-S", "-c", "raise SystemExit(5)"])
        """, 5, leaves=0)


if __name__ == "__main__":
    unittest.main()
