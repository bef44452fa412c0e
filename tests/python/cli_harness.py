"""What the tests of the command share: running it, small profiles, and a terminal."""
import fcntl
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("STATSLICE_BUILD", os.path.join(ROOT, "build"))
STATSLICE = os.path.join(BUILD, "statslice")

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
    if name in os.environ:
        ENVIRONMENT[name] = os.environ[name]


def verbs():
    """The commands that the program says it has."""
    text = subprocess.run([STATSLICE, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return re.findall(r"(?m)^  (\w+) ", text.split("\nCommands:\n")[1].split("\n\n")[0])


WORKLOAD = """
import re, json
def leaf(n):
    return sum(range(n))
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def main():
    for i in range(20):
        leaf(i * 10)
    fib(9)
    re.compile("a[bc]+(d|e)%d" % len(json.dumps([1, 2, 3])))
main()
"""

# One call of each of two functions, in the shape of dataclasses.asdict(StatsProfile).


def function(tottime, cumtime=None, ncalls="1", file_name="app.py", line_number=1):
    cumtime = tottime if cumtime is None else cumtime
    calls = int(ncalls.split("/")[0])
    return {"ncalls": ncalls, "tottime": tottime, "percall_tottime": tottime / calls,
            "cumtime": cumtime, "percall_cumtime": cumtime / calls, "file_name": file_name,
            "line_number": line_number}


def log_line(timestamp, **functions):
    total = round(sum(f["tottime"] for f in functions.values()), 9)
    return json.dumps({"timestamp": timestamp,
                       "stats_profile": {"total_tt": total, "func_profiles": functions}}) + "\n"


class CommandTest(unittest.TestCase):
    """A test with a folder of its own, which is the working folder of the command."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="statslice-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return name

    def environment(self, **changes):
        environment = dict(ENVIRONMENT, TMPDIR=self.folder)
        environment.update(changes)
        return environment

    def run_raw(self, *arguments, stdin=b"", env=None, **options):
        options.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([STATSLICE, *arguments], input=stdin, stderr=subprocess.PIPE,
                              cwd=self.folder, env=self.environment(**(env or {})), timeout=60,
                              **options)

    def ok(self, *arguments, **options):
        """Standard output of a run that must succeed without a word on standard error."""
        done = self.run_raw(*arguments, **options)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), arguments)
        return done.stdout.decode()

    def fails(self, status, *arguments, **options):
        """Standard error of a run that must fail, and say why in its first line."""
        done = self.run_raw(*arguments, **options)
        message = done.stderr.decode()
        self.assertEqual(done.returncode, status, (arguments, message))
        self.assertRegex(message, r"\Astatslice: (warning: .*\nstatslice: )*error: .+\n")
        return message

    def start(self, *arguments, **options):
        process = subprocess.Popen([STATSLICE, *arguments], cwd=self.folder,
                                   env=self.environment(), **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def make_prof(self, name, repeat=1):
        program = self.write(name + ".py", WORKLOAD * repeat)
        subprocess.run([sys.executable, "-m", "cProfile", "-o", self.path(name), program],
                       cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
        return name

    def make_log(self, name="app.log", count=6, step=10):
        """Profiles that end 10 s apart from 1582000000 on; "slow" grows by a tenth of a second."""
        lines = [log_line(1582000000 + step * i, quick=function(0.25, line_number=1),
                          slow=function(round(0.1 * i, 9), line_number=9)) for i in range(count)]
        return self.write(name, "2020-02-18 service started\n" + "".join(lines))


def run_in_terminal(test, *arguments, columns=100, rows=30, env=None, feed=None):
    """Run the command in a terminal of its own. Returns (status, all that the terminal saw)."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = test.environment(TERM="xterm-256color")
    environment.update(env or {})
    process = subprocess.Popen([STATSLICE, *arguments], cwd=test.folder, env=environment,
                               stdin=subprocess.PIPE if feed else side, stdout=side, stderr=side)
    os.close(side)
    seen = b""
    deadline = time.monotonic() + 30
    feeding = feed(process) if feed else iter(())
    while time.monotonic() < deadline:
        next(feeding, None)
        if select.select([main], [], [], 0.02)[0]:
            try:
                data = os.read(main, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data
    os.close(main)
    return process.wait(timeout=30), seen.decode(errors="replace")
