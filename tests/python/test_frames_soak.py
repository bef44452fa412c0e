"""The collector for long and under load: nothing grows, nothing hangs, nothing is left behind.

Each scenario is a process of its own that prints what it measured. STATSLICE_SOAK=1 runs the
full sizes (1,000 threads, 200 forks, a million functions, ten hours on a fast clock); without it
they are smaller.
"""
import collections
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
FULL = bool(os.environ.get("STATSLICE_SOAK"))
TIMEOUT_S = 1200 if FULL else 120
GROWTH_KB_MAX = 3000 if FULL else 1500  # of resident memory, from when all was used once to the end
HEAP_GROWTH_KB_MAX = 500

PRELUDE = """
import ctypes, faulthandler, gc, importlib, json, os, random, signal, sys, threading, time, weakref
faulthandler.dump_traceback_later({timeout}, exit=True)
sys.path.insert(0, {here!r})
from statslice import _collector
if {plain}:
    class _collector:
        "None: what the program does to its memory by itself."
        start = stop = flush = staticmethod(lambda *args: True)
        status = staticmethod(lambda: dict.fromkeys(("functions", "profiles_dropped"), 0))
FULL = {full}
libc = ctypes.CDLL(None)
lines = [0, 0]

def sink(line):
    lines[0] += 1
    lines[1] += len(line)

def start(**options):
    _collector.start(dict({{"callback": sink, "slice_ns": 100000000, "engine": {engine!r},
                           "clock": "wall", "labels": {{}}}}, **options))

def stop():
    assert _collector.stop(30), _collector.status()

def settled():
    "All slices written and released, so that what stays is what is kept."
    for _ in range(3):
        time.sleep(0.11)
        assert _collector.flush(30), _collector.status()

def resident():
    "KB."
    gc.collect()
    libc.malloc_trim(0)
    with open("/proc/self/status") as file:
        return [int(line.split()[1]) for line in file if line.startswith("VmRSS")][0]

class Heap(ctypes.Structure):
    "struct mallinfo2 of glibc 2.33 and newer."
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]

def heap():
    "KB that malloc has given out: no holes between them, unlike resident(). None: not known."
    if not hasattr(libc, "mallinfo2"): return None
    libc.mallinfo2.restype = Heap
    gc.collect()
    info = libc.mallinfo2()
    return (info.uordblks + info.hblkhd) // 1024

def left(before=None):
    "Open files and threads; threads that have been joined may need a moment to be gone."
    for _ in range(300):
        gc.collect()
        now = len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))
        if before is None or now == before: break
        time.sleep(0.01)
    return now

def leaf(n):
    return n + 1

def work(n=50):
    return sum(leaf(i) for i in range(n))

def report(**figures):
    print(json.dumps(figures))
"""

THREADS = """
def life():
    work(20)
    time.sleep(random.random() * 0.002)
start()
before, kb = left(), []
for batch in range(50 if FULL else 12):
    threads = [threading.Thread(target=life) for _ in range(20)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    if batch % 5 == 1:
        settled()
        kb.append(resident())
settled()
status = _collector.status()
report(kb=kb, before=before, after=left(before), threads=status["threads"], dropped=status["profiles_dropped"])
stop()
"""

FORKS = """
import multiprocessing
path = {path!r}
os.register_at_fork(before=_collector.fork_before, after_in_parent=_collector.fork_parent,
                    after_in_child=_collector.fork_child)
start(callback=None, path=path)
before, kb = left(), []
ending = threading.Event()
def busy():
    while not ending.is_set():
        work(200)
        time.sleep(0.001)
helpers = [threading.Thread(target=busy) for _ in range(2)]
for helper in helpers: helper.start()
def child_work():
    return work(100)
def as_process():
    child_work()
    if not _collector.stop(20): os._exit(9)
def grandchild():
    pid = os.fork()
    if pid == 0:
        child_work()
        os._exit(0 if _collector.stop(20) else 9)
    return os.waitpid(pid, 0)[1]
n_forks = 200 if FULL else 24
bad = []
for i in range(n_forks):
    if i % 4 == 3:
        process = multiprocessing.get_context("fork").Process(target=as_process)
        process.start()
        process.join(40)
        if process.exitcode != 0: bad.append(process.exitcode)
    else:
        pid = os.fork()
        if pid == 0:
            try:
                signal.alarm(60)
                child_work()
                status = grandchild() if i % 4 == 2 else 0
                os._exit(0 if _collector.stop(20) and status == 0 else 9)
            finally:
                os._exit(8)
        status = os.waitpid(pid, 0)[1]
        if status: bad.append(status)
    if i % 10 == 9: kb.append(resident())
ending.set()
for helper in helpers: helper.join()
process = None
report(kb=kb, before=before, after=left(before), bad=bad, n=n_forks + sum(i % 4 == 2 for i in range(n_forks)))
stop()
"""

SAME_NAME = """
start()
kb, n, seen = [], 1000000 if FULL else 40000, []
source = "def made(a):\\n    return [a for _ in (1,)]\\nmade(1)"
begin = time.monotonic()
for i in range(n):
    space = {{}}
    exec(source if i % 2 else compile(source, "made.py", "exec"), space)
    if i % 1000 == 0:
        seen.append(weakref.ref(space["made"].__code__))
    if i % (n // 10) == n // 20:
        del space
        settled()
        kb.append(resident())
seconds = time.monotonic() - begin
space = None
gc.collect()
settled()
status = _collector.status()
report(kb=kb, alive=sum(ref() is not None for ref in seen), functions=status["functions"],
       seconds=seconds, dropped=status["profiles_dropped"])
stop()
"""

OWN_NAMES = """
start(slice_ns=200000000)
kb, kb_heap, seen, peak = [], [], [], 0
rounds, n = (10, 10000) if FULL else (6, 1500)
for i in range(rounds):
    spaces = []
    for j in range(n if i else 3 * n):  # the tables' largest size is reached first
        space = {{}}
        exec("def made_%d_%d(): return 1\\nmade_%d_%d()" % (i, j, i, j), space)
        spaces.append(space)
        if j % 100 == 0: seen.append(weakref.ref(space["made_%d_%d" % (i, j)].__code__))
    peak = max(peak, _collector.status()["functions"])
    del spaces, space
    gc.collect()
    settled()
    kb.append(resident())
    kb_heap.append(heap())
status = _collector.status()
report(kb=kb, kb_heap=kb_heap, alive=sum(ref() is not None for ref in seen), functions=status["functions"], peak=peak,
       n=n, dropped=status["profiles_dropped"])
stop()
"""

RELOADS = """
import tempfile
folder = tempfile.TemporaryDirectory()
sys.path.insert(0, folder.name)
with open(os.path.join(folder.name, "reloaded.py"), "w") as file:
    for i in range(30): file.write("def f%d(n):\\n    return (lambda m: m + 1)(n)\\n" % i)
    file.write("class C:\\n    def m(self): return f1(2)\\nC().m()\\n")
sys.dont_write_bytecode = True
import reloaded
start()
kb = []
rounds = 2000 if FULL else 200
for i in range(rounds):
    importlib.reload(reloaded)
    for j in range(30): getattr(reloaded, "f%d" % j)(1)
    if i % (rounds // 10) == rounds // 20:
        settled()
        kb.append(resident())
settled()
report(kb=kb, functions=_collector.status()["functions"])
stop()
folder.cleanup()
"""

CYCLES = """
import tempfile
folder = tempfile.TemporaryDirectory()
kb = []
n = 2000 if FULL else 300
def suspended():
    while True: yield work(3)
generator = suspended()
before = None
for i in range(n):
    kind = i % 3
    if kind == 0: start(slice_ns=10**10)
    elif kind == 1: start(callback=None, path=os.path.join(folder.name, "log"), slice_ns=5 * 10**6)
    else: start(clock="cpu", thread_label=True)
    next(generator)
    work(10)
    thread = threading.Thread(target=work)
    thread.start()
    if i % 2: thread.join()
    stop()
    thread.join()
    if i == 20: before = left()
    if i % (n // 10) == n // 20: kb.append(resident())
report(kb=kb, before=before, after=left(before))
folder.cleanup()
"""

BLOCKS = """
kb, before = [], left()
n = 5000 if FULL else 600
def suspended():
    while True: yield work(3)
generator = suspended()
for i in range(n):
    frames = _collector.Frames(threads=True)
    frames.enable()
    next(generator)
    exec("def made_%d(): return 1\\nmade_%d()" % (i, i), {{}})
    work(10)
    thread = threading.Thread(target=work)
    thread.start()
    if i % 3: thread.join()
    frames.disable()
    if i % 5 == 0: frames.rows(), frames.stats_dict(), frames.span()
    if i % 7 == 0: frames.clear()
    thread.join()
    if i % (n // 10) == n // 20: kb.append(resident())
frames = None
report(kb=kb, before=before, after=left(before))
"""

LABELS = """
start(label_sets_max=64)
kb, total = [], 0
rounds, n = (20, 1000) if FULL else (8, 150)
for i in range(rounds):
    for j in range(n):
        with _collector.label(request="r%d" % (i * n + j), kind="k%d" % (j % 3)):
            work(5)
            with _collector.label(kind="inner"):
                work(5)
        total += 2
    settled()
    kb.append(resident())
status = _collector.status()
report(kb=kb, sets=status["label_sets"], total=total, dropped=status["profiles_dropped"],
       lines=lines[0])
stop()
"""

HOURS = """
speed = 400.0
hours = 10.0 if FULL else 0.5
start(slice_ns=10 * 10**9, clock_speed=speed)
ending = threading.Event()
def busy(seed):
    dice = random.Random(seed)
    while not ending.is_set():
        work(100)
        if dice.random() < 0.1: exec("def made(): return 1\\nmade()", {{}})
        time.sleep(dice.random() * 0.01)
helpers = [threading.Thread(target=busy, args=(i,)) for i in range(3)]
for helper in helpers: helper.start()
end = time.monotonic() + hours * 3600 / speed
kb, step = [], (end - time.monotonic()) / 10
while time.monotonic() < end:
    time.sleep(step)
    kb.append(resident())
ending.set()
for helper in helpers: helper.join()
status = _collector.status()
report(kb=kb, slices=lines[0], wanted=hours * 360, dropped=status["profiles_dropped"],
       pending=status["slices_pending"])
stop()
"""

# How a process ends while the collector runs: none of these may hang or crash.
EXITS = {
    "returns": "start(); work()",
    "daemon threads": "start()\nfor _ in range(3): threading.Thread(target=lambda: [work() for _ in "
                      "iter(int, 1)], daemon=True).start()\ntime.sleep(0.15)",
    "daemon threads in C": "start()\nfor _ in range(3): threading.Thread(target=time.sleep, "
                           "args=(60,), daemon=True).start()\ntime.sleep(0.15)",
    "sys.exit": "start(); work(); sys.exit(0)",
    "os._exit": "start(); work(); os._exit(0)",
    "an exception": "start()\nsys.excepthook = lambda *a: None\nimport atexit; "
                    "atexit.register(os._exit, 0)\nraise ValueError",
    "a block still enabled": "frames = _collector.Frames(threads=True); frames.enable(); work()",
    "a block enabled in a thread": "frames = _collector.Frames(threads=True)\nthread = threading.Thread(target="
                                   "frames.enable)\nthread.start(); thread.join(); work()",
    "finalisers at the end": "class Late:\n    def __del__(self): work()\nlate = Late()\nlate.me = late\n"
                             "start(); work()",
    "stopped in atexit": "import atexit; atexit.register(stop); start(); work()",
    "a generator suspended": "start()\ndef g():\n    try: yield work()\n    finally: work()\nh = g(); next(h)",
    "a thread that outlives main": "start()\nthreading.Thread(target=lambda: (time.sleep(0.2), "
                                   "work())).start()",
}


def run(source, plain=False, engine="frames", **extra):
    """(exit status, output) of a scenario; plain: without the collector."""
    program = (PRELUDE + textwrap.dedent(source)).format(
        here=HERE, full=FULL, plain=plain, engine=engine, timeout=TIMEOUT_S - 20, **extra)
    result = subprocess.run([sys.executable, "-X", "faulthandler", "-W", "ignore", "-c", program],
                            stdin=subprocess.DEVNULL, timeout=TIMEOUT_S, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    return result.returncode, result.stdout.decode(errors="replace")


class Soak(unittest.TestCase):
    engine = "frames"

    def measure(self, source, **extra):
        begin = time.monotonic()
        status, output = run(source, engine=self.engine, **extra)
        self.assertEqual(status, 0, output[-4000:])
        figures = json.loads(output)
        if FULL:
            print("%s %s (%.0f s): %s" % (sys.version.split()[0], self._testMethodName,
                                          time.monotonic() - begin, json.dumps(figures)), flush=True)
        return figures

    def growth(self, figures):
        kb = figures["kb"]
        self.assertGreaterEqual(len(kb), 2)
        return kb[-1] - kb[1 if len(kb) > 4 else 0]

    def check(self, figures, plain=None):
        allowed = GROWTH_KB_MAX + (self.growth(plain) if plain else 0)
        self.assertLess(self.growth(figures), allowed, figures["kb"])
        self.assertEqual(figures.get("after"), figures.get("before"), "files and threads left")
        self.assertEqual(figures.get("alive", 0), 0, "code objects kept alive")
        self.assertEqual(figures.get("dropped", 0), 0)

    def test_short_lived_threads(self):
        figures = self.measure(THREADS)
        self.check(figures)
        self.assertLessEqual(figures["threads"], 50)

    def test_forks(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            figures = self.measure(FORKS, path=path)
            self.check(figures)
            self.assertEqual(figures["bad"], [])
            children = collections.Counter()
            with open(path, encoding="utf-8") as file:
                for line in file:
                    profile = json.loads(line)
                    for row in profile["func_profiles"].values():
                        if row["name"] == "child_work":
                            children[profile["labels"]["pid"]] += row["ncalls"]
            self.assertEqual(len(children), figures["n"])
            self.assertEqual(set(children.values()), {1})

    def test_functions_of_one_name_made_by_exec(self):
        figures = self.measure(SAME_NAME)
        self.check(figures)
        self.assertLess(figures["functions"], 500)

    def test_functions_of_their_own_names_made_by_exec(self):
        figures = self.measure(OWN_NAMES)
        plain = self.measure(OWN_NAMES, plain=True)  # 3.12 and newer never forget a name
        if figures["kb_heap"][0] is not None:
            grown, allowed = (run["kb_heap"][-1] - run["kb_heap"][1] for run in (figures, plain))
            self.assertLess(grown, allowed + HEAP_GROWTH_KB_MAX, (figures, plain))
            # resident memory has holes as well, where ten thousand names came and went
            figures["kb"], plain["kb"] = figures["kb"][-4:], plain["kb"][-4:]
        self.check(figures, plain)
        self.assertGreaterEqual(figures["peak"], figures["n"])
        self.assertLess(figures["functions"], 500)

    def test_modules_reloaded(self):
        figures = self.measure(RELOADS)
        self.check(figures)
        self.assertLess(figures["functions"], 1000)

    def test_started_and_stopped_again_and_again(self):
        self.check(self.measure(CYCLES))

    def test_blocks_profiled_again_and_again(self):
        self.check(self.measure(BLOCKS))

    def test_thousands_of_label_sets(self):
        figures = self.measure(LABELS)
        self.check(figures)
        self.assertLessEqual(figures["sets"], 64)
        self.assertGreater(figures["lines"], 64)

    def test_hours_on_a_fast_clock(self):
        figures = self.measure(HOURS)
        self.check(figures)
        self.assertGreater(figures["slices"], figures["wanted"] * 0.8)
        self.assertLess(figures["pending"], 10)

    def test_ends_of_a_process(self):
        for name, source in EXITS.items():
            with self.subTest(name):
                status, output = run(source.replace("{", "{{").replace("}", "}}"),
                                     engine=self.engine)
                self.assertEqual((status, output), (0, ""))


if __name__ == "__main__":
    unittest.main()
