"""statslice run: the command's way to the program, and the way into every Python that it starts."""
import collections
import functools
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest

import statslice
from cli_harness import BUILD, ROOT, STATSLICE, CommandTest

LISTING = subprocess.run([sys.executable, os.path.join(ROOT, "tools", "find_pythons.py")],
                         stdout=subprocess.PIPE, check=True).stdout.decode()
PYTHONS = [line.split("\t")[0] for line in LISTING.splitlines()
           if os.path.exists(os.path.join(BUILD, "python", "statslice",
                                          "_collector" + line.split("\t")[3]))]
OLD_PYTHONS = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/[23].[67].*/bin/python")))

BOOTSTRAP = os.path.realpath(os.path.join(BUILD, "python", "statslice", "_bootstrap"))

# leaf is called 21 times, branch 3 times.
PROGRAM = """
import sys
def leaf(n):
    return n + 1
def branch():
    return sum(leaf(i) for i in range(7))
print(branch() + branch() + branch(), sys.argv[1:])
"""
PROGRAM_CALLS = {"leaf": 21, "branch": 3}


def in_each_python(test):
    """A test of one interpreter, for all of them, each in an empty folder."""
    @functools.wraps(test)
    def run(self):
        for python in PYTHONS:
            with self.subTest(python=python):
                shutil.rmtree(self.folder)
                os.mkdir(self.folder)
                test(self, python)
    return run


class RunTest(CommandTest):
    engine = "frames"

    def run_program(self, *command, options=("--slice", "1s"), **more):
        return self.run_raw("run", "--engine", self.engine, *options, "--", *command, **more)

    def runs(self, *command, **more):
        """Standard output of a program that ends well and says nothing besides."""
        done = self.run_program(*command, **more)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), command)
        return done.stdout.decode()

    def without(self, *command, env=None, **options):
        return subprocess.run(command, cwd=self.folder, env=self.environment(**(env or {})),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              stdin=subprocess.DEVNULL, **options)

    def calls(self, log="statslice.ndjson", file_name=None):
        """{pid: {name: calls}}, summed over the slices."""
        sums = collections.defaultdict(collections.Counter)
        for record in statslice.read(self.path(log)):
            for function in record.functions():
                if file_name is None or os.path.basename(function.file_name) == file_name:
                    sums[record.labels["pid"]][function.name] += function.ncalls
        return sums

    def assert_calls(self, expected, **which):
        """Of all processes together."""
        total = sum(self.calls(**which).values(), collections.Counter())
        self.assertEqual({name: total[name] for name in expected}, expected)


class Command(RunTest):
    """What needs no Python."""

    def arguments(self, *options):
        return json.loads(self.ok("run", *options, "--", "sh", "-c", 'printf %s "$STATSLICE_RUN"'))

    def test_the_commands_status_output_and_pid_are_its_own(self):
        process = self.start("run", "--", "sh", "-c", "echo $$; echo oops >&2; exit 7",
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=30)
        self.assertEqual((process.returncode, int(out), err), (7, process.pid, b"oops\n"))

    def test_a_signal_that_ends_the_command_ends_it_as_ever(self):
        done = self.run_raw("run", "--", "sh", "-c", "kill -KILL $$")
        self.assertEqual(done.returncode, -signal.SIGKILL)

    def test_signals_and_descriptors_are_those_that_came(self):
        show = ["sh", "-c",
                "grep -E '^Sig(Pnd|Blk|Ign|Cgt)' /proc/self/status; ls /proc/self/fd"]
        for close, restore in (((), True), ((), False), ((0,), True), ((0, 2), False)):
            def prepare():
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                for fd in close:
                    os.close(fd)
            texts = [subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                    cwd=self.folder, restore_signals=restore, preexec_fn=prepare,
                                    env=self.environment()).stdout
                     for command in (show, [STATSLICE, "run", "--", *show])]
            self.assertEqual(texts[0], texts[1], (close, restore))
            self.assertIn(b"SigIgn", texts[0])

    def test_what_cannot_be_started_is_told_as_shells_tell_it(self):
        self.assertIn('"no-such-command": no such file',
                      self.fails(127, "run", "--", "no-such-command"))
        self.write("plain", "text")
        self.assertIn('"./plain": permission denied', self.fails(126, "run", "--", "./plain"))
        self.assertIn("permission denied", self.fails(126, "run", "--", "/"))
        os.chmod(self.path(self.write("lost", "#!/no/such/interpreter\n")), 0o755)
        self.assertIn("interpreter", self.fails(126, "run", "--", "./lost"))

    def test_options_behind_the_command_are_the_commands(self):
        for dashes in ((), ("--",)):
            self.assertEqual(self.ok("run", "--slice", "2s", *dashes, "echo", "--slice", "-x", "--"),
                             "--slice -x --\n")

    def test_arguments_of_the_collector(self):
        self.assertEqual(self.arguments(), {"target": self.path("statslice.ndjson"), "labels": {}})
        self.assertEqual(
            self.arguments("-o", "a b.log", "--slice", "1m30s", "--engine", "frames", "--clock",
                           "cpu", "--budget", "00.50", "--label", "a=b=\"\\", "--label", "service=",
                           "--thread-label", "--rotate-size", "64MiB", "--rotate-age", "1d",
                           "--keep", "3", "--label-sets-max", "9"),
            {"target": self.path("a b.log"), "slice": 90, "engine": "frames", "clock": "cpu",
             "budget": 0.5, "labels": {"a": "b=\"\\", "service": ""}, "thread_label": True,
             "rotate_size": 64 << 20, "rotate_age": 86400, "keep": 3, "label_sets_max": 9})
        self.assertEqual(self.arguments("-o", "-")["target"], "-")
        self.assertEqual(self.arguments("--slice", "12.5ms")["slice"], 0.0125)

    def test_a_wrong_command_line_is_told_before_anything_starts(self):
        self.write("file", "")
        os.mkdir(self.path("folder"))
        for options, reason in (
                (["--slice", "soon"], "no duration"), (["--slice", "-1s"], "too short"),
                (["--slice", "2d"], "too long"), (["--engine", "frame"], 'frames'),
                (["--engine", "events", "--budget", "1"], "--budget"),
                (["--clock", "sun"], "unknown CLOCK"), (["--budget", "1%"], "per cent"),
                (["--budget", "0"], "per cent"), (["--budget", "101"], "per cent"),
                (["--budget", "1."], "per cent"), (["--budget", "."], "per cent"),
                (["--label", "service"], "KEY=VALUE"), (["--label", "=x"], "KEY=VALUE"),
                (["--label", "pid=1"], "own"), (["--rotate-size", "64X"], "no size"),
                (["--rotate-size", "99999999999TB"], "no size"),
                (["--label", "engine=x"], "option of its own"),
                (["--rotate-age", "0s"], "too short"), (["--keep", "0"], "number"),
                (["-o", "-", "--rotate-age", "1d"], "rotate"),
                (["-o", "folder"], "is a directory"), (["-o", "no/such/file"], "no such file"),
                (["-o", "file/below"], "not a directory"), (["-o", ""], "path of a file"),
                (["-o", "ftp://host/"], "http:// and https:// alone"),
                (["-o", "http://"], "URL of a server"),
                (["-o", "http://user:secret@host"], "URL of a server"),
                (["-o", "http://host", "--token-file", "none"], "token-file"),
                (["-o", "http://host", "--spool-max", "1kB"], "spool-max"),
                (["-o", "http://host", "--rotate-size", "1MB"], "rotate"),
                (["-o", "a.log", "--spool", "x"], "for a server"),
                (["--colour", "x"], "unknown option")):
            error = self.fails(2, "run", *options, "--", "touch", "started")
            self.assertIn(reason, error)
        self.assertFalse(os.path.exists(self.path("started")))
        self.assertIn("no command", self.fails(2, "run"))
        self.assertIn("no command", self.fails(2, "run", "--slice", "1s", "--"))

    @unittest.skipIf(os.getuid() == 0 and not shutil.which("setpriv"), "root writes everywhere")
    def test_a_folder_that_takes_no_files_is_told(self):
        os.chmod(self.folder, 0o755)
        command = [STATSLICE, "run", "-o", "x.ndjson", "--", "true"]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=65534", "--clear-groups", *command]
            if not all(os.stat(path).st_mode & 1 for path in parents(STATSLICE)):
                self.skipTest("the build is in a folder of root's own")
        else:
            os.chmod(self.folder, 0o555)
        done = subprocess.run(command, cwd=self.folder, stderr=subprocess.PIPE)
        self.assertIn("permission denied", done.stderr.decode())
        self.assertEqual(done.returncode, 2)

    def test_python_path_is_kept_behind_ours(self):
        for old, new in ((None, BOOTSTRAP), ("", BOOTSTRAP),
                         ("/a:/b", BOOTSTRAP + ":/a:/b")):
            env = {} if old is None else {"PYTHONPATH": old}
            text = self.ok("run", "--", "sh", "-c", 'printf %s "$PYTHONPATH"', env=env)
            self.assertEqual(text, new)

    def test_the_package_is_looked_for_beside_the_program_or_where_it_is_named(self):
        lonely = self.path("statslice")
        shutil.copy(STATSLICE, lonely)
        done = subprocess.run([lonely, "run", "--", "true"], stderr=subprocess.PIPE,
                              env=self.environment())
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"could not find the Python package", done.stderr)
        found = subprocess.run([lonely, "run", "--", "true"], cwd=self.folder, env=self.environment(
            STATSLICE_PACKAGE=os.path.relpath(os.path.join(BUILD, "python"), self.folder)))
        self.assertEqual(found.returncode, 0)
        self.assertIn("no Python package", self.fails(1, "run", "--", "true",
                                                      env={"STATSLICE_PACKAGE": self.folder}))


def parents(path):
    while path != "/":
        path = os.path.dirname(path)
        yield path


class Installed(RunTest):
    @unittest.skipUnless(shutil.which("meson"), "meson is not installed")
    def test_an_installation_finds_its_package(self):
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir",
                        self.folder], check=True, stdout=subprocess.DEVNULL)
        program, = glob.glob(self.path("**/bin/statslice"), recursive=True)
        done = subprocess.run([program, "run", "-o", "x.ndjson", "--", sys.executable, "-c",
                               PROGRAM], cwd=self.folder, env=self.environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assert_calls(PROGRAM_CALLS, log="x.ndjson")


class Programs(RunTest):
    """Each way to start a Python, in every interpreter."""

    @in_each_python
    def test_ways_to_start(self, python):
        self.write("program.py", PROGRAM)
        os.chmod(self.path(self.write("direct", "#!%s\n%s" % (python, PROGRAM))), 0o755)
        ways = ((python, "program.py"), (python, "-m", "program"), (python, "-c", PROGRAM),
                ("./direct",), ("sh", "-c", "exec %s program.py" % python))
        for number, way in enumerate(ways):
            log = "way%d.ndjson" % number
            out = self.runs(*way, "a b", options=("-o", log, "--slice", "1s"))
            self.assertEqual(out.encode(), self.without(*way, "a b").stdout)
            self.assert_calls(PROGRAM_CALLS, log=log)
        out = self.runs(python, "-", stdin=PROGRAM.encode())
        self.assertEqual(out, "84 []\n")
        self.assert_calls(PROGRAM_CALLS)

    @in_each_python
    def test_endings(self, python):
        endings = (("sys.exit(3)", 3), ("raise ValueError('oops')", 1), ("os._exit(4)", 4),
                   ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
                   ("os.execv('/bin/sh', ['sh', '-c', 'exit 5'])", 5),
                   ("os.execlp('sh', 'sh', '-c', 'exit 6')", 6))
        for number, (ending, status) in enumerate(endings):
            program = PROGRAM + "import os, signal, sys\nsys.stdout.flush()\n" + ending
            name = self.write("ending.py", program)
            log = "ending%d.ndjson" % number
            done = self.run_program(python, name, options=("-o", log))
            plain = self.without(python, name)
            self.assertEqual((done.returncode, done.stdout), (status, b"84 []\n"), ending)
            self.assertEqual((plain.returncode, plain.stdout), (status, b"84 []\n"), ending)
            self.assertEqual(re.sub(rb'  File ".*_endings.py".*\n.*\n(?: *[~^]+\n)?', b"",
                                    done.stderr), plain.stderr, ending)
            self.assert_calls(PROGRAM_CALLS, log=log)

    @in_each_python
    def test_a_failing_exec_goes_on(self, python):
        program = """
import os
def after():
    pass
try:
    os.execv("/no/such", ["x"])
except OSError as error:
    after()
    print(type(error).__name__)
"""
        self.assertEqual(self.runs(python, "-c", program), "FileNotFoundError\n")
        self.assert_calls({"after": 1})

    @in_each_python
    def test_children(self, python):
        self.write("child.py", "def child():\n    pass\nchild()\n")
        program = """
import multiprocessing, os, subprocess, sys
def work(n):
    return n * n
def forked():
    pass
if __name__ == "__main__":
    subprocess.run([sys.executable, "child.py"], check=True)
    os.system(sys.executable + " child.py")
    pid = os.fork()
    if pid == 0:
        forked()
        os._exit(0)
    os.waitpid(pid, 0)
    pid = os.fork()
    if pid == 0:
        forked()
        os.execv(sys.executable, [sys.executable, "child.py"])
    os.waitpid(pid, 0)
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            assert pool.map(work, range(10)) == [n * n for n in range(10)]
            pool.close()
            pool.join()
        process = context.Process(target=work, args=(3,))
        process.start()
        process.join()
        assert process.exitcode == 0
    print("done")
"""
        self.assertEqual(self.runs(python, self.write("parent.py", program)), "done\n")
        self.assert_calls({"child": 3, "forked": 2, "work": 33})
        pids = [pid for pid, calls in self.calls().items() if calls["work"]]
        self.assertGreaterEqual(len(pids), 6)

    @in_each_python
    def test_a_child_that_a_thread_forks_ends_with_that_thread(self, python):
        program = """
import os, threading
def forked():
    pass
def fork():
    pid = os.fork()
    if pid == 0:
        forked()
    else:
        os.waitpid(pid, 0)
thread = threading.Thread(target=fork)
thread.start()
thread.join()
"""
        self.runs(python, "-W", "ignore", "-c", program)
        self.assert_calls({"forked": 1})

    @in_each_python
    def test_a_fork_is_not_warned_of_for_threads_of_ours(self, python):
        program = """
import multiprocessing, os
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
process = multiprocessing.get_context("fork").Process(target=print, args=("child",), daemon=True)
process.start()
process.join()
"""
        self.assertEqual(self.runs(python, "-W", "always", "-c", program), "child\n")

    @in_each_python
    def test_a_venvs_interpreter(self, python):
        folder = self.path("venv")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
        out = self.runs(os.path.join(folder, "bin", "python"), "-c",
                        PROGRAM + "print(sys.prefix)")
        self.assertEqual(out, "84 []\n%s\n" % folder)
        self.assert_calls(PROGRAM_CALLS)

    @in_each_python
    def test_unittest(self, python):
        self.write("test_it.py", "import unittest\nclass T(unittest.TestCase):\n"
                   "    def test_it(self):\n        self.assertEqual(1, 1)\n")
        done = self.run_program(python, "-m", "unittest", "test_it")
        self.assertIn("Ran 1 test", done.stderr.decode())
        self.assertEqual(done.returncode, 0)
        self.assert_calls({"test_it": 1})

    @in_each_python
    def test_isolated_and_disabled_ones_run_unprofiled(self, python):
        for options in (["-I"], ["-E"], ["-S"]):
            self.assertEqual(self.runs(python, *options, "-c", "print(1)"), "1\n")
        out = self.runs(python, "-c", "print(1)", env={"STATSLICE_DISABLE": "1"})
        self.assertEqual(out, "1\n")
        self.assertFalse(os.path.exists(self.path("statslice.ndjson")))

    @in_each_python
    def test_threads_at_work_when_the_program_ends(self, python):
        program = """
import threading, time
def worker():
    while True:
        time.sleep(0.001)
for _ in range(4):
    threading.Thread(target=worker, daemon=True).start()
time.sleep(0.1)
"""
        self.assertEqual(self.runs(python, "-c", program), "")
        self.assert_calls({"worker": 4})

    @in_each_python
    def test_a_log_that_cannot_be_written_is_told_and_the_program_runs(self, python):
        os.mkdir(self.path("gone"))
        done = self.run_program("sh", "-c", "rmdir gone; exec %s -c 'print(1)'" % python,
                                options=("-o", "gone/x.ndjson"))
        self.assertEqual((done.returncode, done.stdout), (0, b"1\n"))
        self.assertRegex(done.stderr.decode(), r"\Astatslice: could not profile .*gone/x.*\n\Z")


class Traces(RunTest):
    """What the program can see of it."""

    @in_each_python
    def test_sys_path_and_modules_are_those_of_a_run_without(self, python):
        show = ("import sys, json; print(json.dumps([sys.path, sorted(sys.modules), "
                "sorted(sys.path_importer_cache), sys.argv, sys.flags.no_site]))")
        ours = json.loads(self.runs(python, "-c", show, "x"))
        plain = json.loads(self.without(python, "-c", show, "x").stdout)
        self.assertEqual(ours[0], plain[0])
        own = os.path.dirname(BOOTSTRAP)
        self.assertEqual([path for path in ours[2] if path != own], plain[2])
        self.assertEqual(ours[3:], plain[3:])
        extra = set(ours[1]) - set(plain[1])
        self.assertLessEqual(extra, {
            "__future__", "_json", "atexit", "statslice", "statslice._collector",
            "statslice._endings", "statslice._run", "statslice._service", "_contextvars",
            "contextvars", "statslice._labels", "statslice._start"})

    @in_each_python
    def test_the_programs_own_sitecustomize_runs(self, python):
        os.mkdir(self.path("site"))
        show = "import sys; print(sys.modules['sitecustomize'].__file__)"
        for text in ("import sys; print('here', __name__, __file__)", "raise ValueError('oops')",
                     "import no_such_module", "1 +"):
            self.write("site/sitecustomize.py", text)
            env = {"PYTHONPATH": self.path("site")}
            ours = self.run_program(python, "-c", "pass", env=env)
            plain = self.without(python, "-c", "pass", env=env)
            self.assertEqual((ours.returncode, ours.stdout, ours.stderr),
                             (plain.returncode, plain.stdout, plain.stderr))
            self.assertNotEqual(ours.stdout + ours.stderr, b"")
        self.write("site/sitecustomize.py", "")
        self.assertEqual(self.runs(python, "-c", show, env=env),
                         self.without(python, "-c", show, env=env).stdout.decode())
        done = self.run_program(python, "-c", show)
        plain = self.without(python, "-c", show)
        self.assertEqual((done.returncode, done.stdout), (plain.returncode, plain.stdout))

    @in_each_python
    def test_names_of_os_are_as_before(self, python):
        show = ("import os, posix, inspect\nfor name in ('_exit', 'execv', 'execve'):\n"
                "    f = getattr(os, name)\n"
                "    print(f.__name__, f.__module__, inspect.signature(f), f in os.supports_fd,"
                " f is getattr(posix, name))")
        self.assertEqual(self.runs(python, "-c", show),
                         self.without(python, "-c", show).stdout.decode())

    @unittest.skipUnless(OLD_PYTHONS, "no interpreter older than 3.8")
    def test_an_interpreter_without_an_extension_says_so_and_runs(self):
        for python in OLD_PYTHONS:
            done = self.run_program(python, "-c", "import sys; sys.exit(5)")
            self.assertEqual(done.returncode, 5)
            self.assertRegex(done.stderr.decode(), r"\Astatslice: no extension is built for CPython "
                                                   r"\d\.\d \(.*\), which runs unprofiled\n\Z")

    @in_each_python
    def test_broken_arguments_do_not_stop_the_program(self, python):
        for text in ("", "{", "[]", '{"target": 7}', '{"target": "/no/such/folder/x"}',
                     '{"target": "x.ndjson", "slice": "no"}'):
            done = self.without(python, "-c", "print(1)",
                                env={"PYTHONPATH": BOOTSTRAP, "STATSLICE_RUN": text})
            self.assertEqual((done.returncode, done.stdout), (0, b"1\n"), text)
            lines = done.stderr.decode().splitlines()
            self.assertEqual(len(lines), 0 if text == "" else 1, lines)

    @in_each_python
    def test_a_path_of_any_bytes(self, python):
        name = os.fsencode(self.folder) + b"/caf\xe9 \xc3\xa9.ndjson"
        done = subprocess.run([os.fsencode(STATSLICE), b"run", b"-o", name, b"--",
                               os.fsencode(python), b"-c", PROGRAM.encode()],
                              env=self.environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertTrue(os.path.exists(name))
        os.unlink(name)


class ProgramsByEvents(Programs):
    engine = "events"


class TracesByEvents(Traces):
    engine = "events"

    @in_each_python
    def test_functions_of_c_count_too(self, python):
        self.runs(python, "-c", "for _ in range(5): 'abc'.swapcase()")
        self.assert_calls({"<method 'swapcase' of 'str' objects>": 5}, file_name="~")
        self.assertEqual({record.engine for record in
                          statslice.read(self.path("statslice.ndjson"))}, {"events"})


class PreForking(RunTest):
    """Four workers under load: the sums of all slices are what the workers counted."""

    def demo(self, *options):
        done = subprocess.run([sys.executable, os.path.join(ROOT, "examples", "prefork_demo.py"),
                               "--seconds", "3", "--slice", "500ms", "--statslice", STATSLICE,
                               "--folder", self.folder, *options],
                              env=self.environment(PYTHONDONTWRITEBYTECODE="1"), timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), done.stdout.decode())
        with open(self.path("prefork.counts"), encoding="utf-8") as file:
            counted = {str(line["pid"]): line["handled"] for line in map(json.loads, file)}
        self.assertEqual(len(counted), 4)
        profiled = self.calls("prefork.ndjson", "prefork_app.py")
        self.assertEqual({pid: profiled[pid]["handle"] for pid in counted}, counted)
        pages = int(re.search(r"(?m)^(\d+) pages, 0 failed$", done.stdout.decode()).group(1))
        self.assertGreater(pages, 100)
        self.assertEqual(sum(counted.values()), pages)
        chart = self.read("prefork.svg").decode()
        for pid in counted:
            self.assertIn(pid, chart)

    def test_a_server_on_the_standard_library(self):
        self.demo()

    @unittest.skipUnless(shutil.which("gunicorn"), "gunicorn is not installed")
    def test_gunicorn(self):
        self.demo("--gunicorn")


if __name__ == "__main__":
    unittest.main()
