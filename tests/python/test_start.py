"""statslice.start, stop, flush and status, as a program uses them."""
import io
import logging
import os
import tempfile
import threading
import time
import unittest

import statslice
from service_harness import (STOP_S, calls_by, collecting, needs_service, profiles_in, run_python)


def work(count):
    for _ in range(count):
        step()


def step():
    return 1


class Arguments(unittest.TestCase):
    """Refused before anything is begun."""

    def refused(self, error, *args, **options):
        with self.assertRaises(error) as caught:
            statslice.start(*args, **options)
        return str(caught.exception)

    def test_a_slice_is_seconds_or_text(self):
        for value in (0, -1, 0.001, 1e9, float("nan"), float("inf"), "10", "10x", "", ".", "1.5.2s",
                      "s"):
            self.assertIn("slice", self.refused(statslice.UsageError, slice=value))
        for value in (None, True, [], b"10s"):
            self.assertIn("slice", self.refused(TypeError, slice=value))

    def test_other_numbers_are_looked_at(self):
        for options in ({"budget": 0}, {"budget": 101}, {"budget": float("nan")}, {"keep": -1},
                        {"label_sets_max": 0}, {"queue_max": 0}, {"rotate_size": 0},
                        {"rotate_size": "1 parsec"}, {"rotate_age": 0.5}, {"rotate_age": "1y"},
                        {"engine": "steam"}, {"clock": "sundial"}):
            self.assertIn(list(options)[0], self.refused(statslice.UsageError, **options))
        for options in ({"budget": "1"}, {"keep": 1.5}, {"queue_max": None}):
            self.assertIn(list(options)[0], self.refused(TypeError, **options))

    def test_events_have_no_budget(self):
        self.assertIn("budget", self.refused(statslice.UsageError, engine="events", budget=1))

    def test_labels_of_the_collector_are_not_the_callers(self):
        self.assertIn("pid", self.refused(statslice.UsageError, pid=1))
        self.assertIn("thread", self.refused(statslice.UsageError, thread="a", thread_label=True))

    def test_a_target_that_is_not_there_yet_is_unsupported(self):
        for target in ("ftp://127.0.0.1:8521", "clickhouse://h/x"):
            self.assertIn(target, self.refused(statslice.UnsupportedError, target))

    def test_a_target_that_is_none_is_refused(self):
        for target in (None, True, 1.5, [], io.StringIO()):
            self.refused(TypeError, target)
        for target in ("", -1):
            self.refused(statslice.UsageError, target)
        self.assertIn("rotate", self.refused(statslice.UsageError, "-", rotate_size=1))


DISABLED = """
    import sys, statslice
    assert statslice.start("no/such/folder/x.log", slice="nonsense") is False
    assert "statslice._collector" not in sys.modules
    with statslice.label(a=1):
        pass
    assert statslice.stop() and statslice.flush()
    assert statslice.status()["disabled"] and not statslice.status()["running"]
"""

IMPORTS = """
    import sys, os
    before = set(sys.modules)
    import statslice
    statslice.start(sys.argv[1], slice=1, service="shop")
    print(*sorted(set(sys.modules) - before))
"""

#: what a program would wait for, or would find loaded although it did not load it
NOT_FOR_THIS = {"typing", "json", "logging", "threading", "socket", "contextvars", "re", "enum",
                "functools", "collections", "subprocess", "datetime", "statslice._core",
                "statslice._record", "multiprocessing"}


@needs_service
class Starting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "profiles.log")
        self.addCleanup(statslice.stop, STOP_S)

    def test_starting_twice_is_refused_and_the_first_goes_on(self):
        self.assertIs(statslice.start(self.path), True)
        with self.assertRaises(RuntimeError):
            statslice.start(self.path + "2")
        self.assertTrue(statslice.status()["running"])
        self.assertTrue(statslice.stop(STOP_S))
        self.assertFalse(statslice.status()["running"])
        self.assertTrue(statslice.start(self.path))

    def test_a_path_that_cannot_be_opened_is_an_oserror(self):
        for path in (os.path.dirname(self.path), self.path + "/x"):
            with self.assertRaises(OSError):
                statslice.start(path)
            self.assertFalse(statslice.status()["running"])

    def test_the_log_has_the_calls_and_the_labels(self):
        statslice.start(self.path, slice="30s", service="shop", shard=3, host=None)
        work(1000)
        self.assertTrue(statslice.flush(STOP_S))
        work(234)
        self.assertTrue(statslice.stop(STOP_S))
        records = profiles_in(self.path)
        self.assertGreaterEqual(len(records), 2)
        self.assertEqual(calls_by(records, "step", "service", "shard", "pid", "host"),
                         {("shop", "3", str(os.getpid()), None): 1234})
        self.assertEqual({record.engine for record in records}, {"frames"})

    def test_host_and_the_environments_service_are_labels(self):
        result = run_python("""
            import statslice, sys
            statslice.start(sys.argv[1])
        """, self.path, STATSLICE_SERVICE="from-environment")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        labels = profiles_in(self.path)[0].labels
        self.assertEqual((labels["service"], labels["host"]),
                         ("from-environment", os.uname().nodename))

    def test_the_environment_switches_it_off(self):
        result = run_python(DISABLED, STATSLICE_DISABLE="1")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_starting_loads_next_to_nothing(self):
        result = run_python(IMPORTS, self.path)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        loaded = set(result.stdout.split())
        self.assertIn("statslice._collector", loaded)
        self.assertEqual(loaded & NOT_FOR_THIS, set())

    def test_a_file_rotates(self):
        statslice.start(self.path, slice=60, rotate_size="1kB", keep=2)
        for _ in range(6):
            work(3)
            self.assertTrue(statslice.flush(STOP_S))
        self.assertTrue(statslice.stop(STOP_S))
        names = os.listdir(os.path.dirname(self.path))
        self.assertEqual(len(names), 3, names)
        for name in names:
            profiles_in(os.path.join(os.path.dirname(self.path), name))

    def test_stop_and_flush_without_start_are_fine(self):
        self.assertTrue(statslice.stop())
        self.assertTrue(statslice.flush(0))
        for call in (statslice.stop, statslice.flush):
            self.assertRaises(TypeError, call, "soon")
            self.assertRaises(statslice.UsageError, call, float("nan"))


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))
        self.names = threading.enumerate()


def logger_with(handler):
    logger = logging.Logger("profiles")
    logger.addHandler(handler)
    return logger


@needs_service
class Sinks(unittest.TestCase):
    def setUp(self):
        self.addCleanup(statslice.stop, STOP_S)

    def test_a_logger_gets_lines_that_read_finds(self):
        handler = Lines()
        handler.setFormatter(logging.Formatter("%(asctime)s %(threadName)s %(message)s"))
        statslice.start(logger_with(handler), slice=60, service="k\u00e4se\U0001f600")
        work(10)
        self.assertEqual(statslice.status()["target"], "logger profiles")
        self.assertTrue(statslice.stop(STOP_S))
        text = "\n".join(handler.lines)
        self.assertTrue(text.isascii())
        records = list(statslice.read(text.encode(), strict=True))
        self.assertEqual(calls_by(records, "step", "service"), {("k\u00e4se\U0001f600",): 10})

    def test_a_callable_gets_records(self):
        with collecting() as records:
            work(10)
        self.assertIsInstance(records[0], statslice.ProfileRecord)
        self.assertEqual(calls_by(records, "step"), {(): 10})

    def test_the_writers_thread_does_not_stay_on_the_programs_list(self):
        before = threading.enumerate()
        seen = []

        def sink(record):
            seen.append(threading.current_thread().name)

        statslice.start(sink)
        self.assertTrue(statslice.flush(STOP_S))
        self.assertTrue(seen)
        self.assertEqual(threading.enumerate(), before)
        self.assertTrue(statslice.stop(STOP_S))
        self.assertEqual(threading.enumerate(), before)

    def test_what_a_callable_raises_is_counted_and_goes_no_further(self):
        def sink(record):
            raise SystemExit("not your business")

        statslice.start(sink)
        statslice.flush(STOP_S)
        status = statslice.status()
        self.assertGreaterEqual(status["sink_errors"], 1)
        self.assertIn("not your business", status["last_error"])
        statslice.stop(STOP_S)

    def test_a_callables_own_work_is_not_in_the_profile(self):
        records = []

        def sink(record):
            work(5)
            records.append(record)

        statslice.start(sink, slice=60)
        for _ in range(3):
            work(1)
            self.assertTrue(statslice.flush(STOP_S))
        self.assertTrue(statslice.stop(STOP_S))
        self.assertEqual(calls_by(records, "step"), {(): 3})
        self.assertEqual(calls_by(records, "sink"), {})

    def test_standard_error_by_each_of_its_names(self):
        for target in ("'-'", "2", "sys.stderr"):
            result = run_python("""
                import statslice, sys
                def step(): pass
                statslice.start(%s)
                step()
            """ % target)
            self.assertEqual((result.returncode, result.stdout), (0, ""))
            records = list(statslice.read(result.stderr.encode(), strict=True))
            self.assertEqual(calls_by(records, "step"), {(): 1}, target)

    def test_an_open_file_gets_lines(self):
        with tempfile.TemporaryFile() as file:
            statslice.start(file, slice=60)
            work(4)
            self.assertTrue(statslice.stop(STOP_S))
            file.seek(0)
            self.assertEqual(calls_by(statslice.read(file), "step"), {(): 4})


LOCK_AT_STOP = """
    import logging, statslice, sys, time
    class Handler(logging.Handler):
        def emit(self, record):
            pass
    handler = Handler()
    logger = logging.Logger("x")
    logger.addHandler(handler)
    statslice.start(logger)
    handler.acquire()
    begin = time.monotonic()
    assert statslice.stop(0.5) is False
    assert time.monotonic() - begin < 3
"""

HANGS_AT_EXIT = """
    import statslice, threading
    statslice.start(lambda record: threading.Event().wait())
"""

LOCK_AT_FORK = """
    import logging, os, statslice, sys, time, warnings
    warnings.simplefilter("ignore")   # 3.12 and newer see the writer's thread, which hangs here
    handler = logging.FileHandler(sys.argv[1])
    logger = logging.Logger("x")
    logger.addHandler(handler)
    def in_child():
        pass
    statslice.start(logger, slice="10ms")
    for _ in range(5):
        handler.acquire()     # this thread forks inside a handler, and the writer waits for it
        time.sleep(0.03)
        child = os.fork()
        if child == 0:
            try:              # logging has made a new lock
                in_child()
                os._exit(0 if statslice.stop(20) else 8)
            except BaseException:
                os._exit(9)
        handler.release()
        status = os.waitpid(child, 0)[1]
        assert status == 0, status
    assert statslice.stop(20)
"""

MULTIPROCESSING = """
    import multiprocessing, statslice, sys
    from multiprocessing import util
    def step(): pass
    def child(count):
        for _ in range(count):
            step()
    def starting_child(path, count):
        statslice.start(path)
        child(count)
    def grandparent(count):
        own = multiprocessing.get_context("fork").Process(target=child, args=(count,))
        own.start()
        own.join()
        child(count)
    if __name__ == "__main__":
        path = sys.argv[1]
        fork = multiprocessing.get_context("fork")
        first = fork.Process(target=starting_child, args=(path, 1000))
        first.start()
        first.join()
        statslice.start(path, slice=60)
        processes = [fork.Process(target=child, args=(n,)) for n in (1, 10)]
        processes.append(fork.Process(target=grandparent, args=(100,)))
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert first.exitcode == 0
        with fork.Pool(2) as pool:
            pool.map(child, [5, 5])
            pool.close()
            pool.join()
        assert all(process.exitcode == 0 for process in processes)
"""


@needs_service
class Processes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "profiles.log")

    def succeeds(self, text, *args):
        result = run_python(text, *args)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_a_logger_whose_lock_is_held_does_not_hang_stop(self):
        self.succeeds(LOCK_AT_STOP)

    def test_a_target_that_hangs_does_not_hang_the_end(self):
        begin = time.monotonic()
        self.succeeds(HANGS_AT_EXIT)
        self.assertLess(time.monotonic() - begin, 20)

    def test_a_logger_whose_lock_is_held_does_not_hang_a_fork(self):
        self.succeeds(LOCK_AT_FORK, self.path)
        calls = calls_by(profiles_in(self.path), "in_child", "pid")
        self.assertEqual(list(calls.values()), [1] * 5)

    def test_children_of_multiprocessing_write_their_last_slice(self):
        program = self.path + ".py"
        with open(program, "w") as file:
            file.write("import textwrap\nexec(textwrap.dedent(%r))\n" % MULTIPROCESSING)
        self.succeeds("import runpy, sys; runpy.run_path(sys.argv[2], run_name='__main__')",
                      self.path, program)
        calls = calls_by(profiles_in(self.path), "step", "pid")
        counts = sorted(calls.values())
        self.assertEqual(sum(counts), 1000 + 1 + 10 + 100 + 100 + 10)
        for count in (1, 10, 100, 1000):
            self.assertIn(count, counts)


if __name__ == "__main__":
    unittest.main()
