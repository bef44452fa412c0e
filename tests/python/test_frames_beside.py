"""The frames engine beside others: hooks, profilers, debuggers, introspection, greenlets,
sub-interpreters.

Programs run twice, with the engine and without, and must print the same.
"""
import importlib.util
import os
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import unittest

from statslice import _collector

try:
    import greenlet
except ImportError:
    greenlet = None

HERE = os.path.dirname(os.path.abspath(__file__))


def work(n=20):
    def leaf(i):
        return i + 1
    return sum(leaf(i) for i in range(n))


def calls(frames, name):
    return sum(row[4] + row[8] for row in frames.rows()[0] if row[2] == name)


def build_other_hook(folder):
    """Compile other_hook.c for this interpreter."""
    path = os.path.join(folder, "other_hook" + sysconfig.get_config_var("EXT_SUFFIX"))
    version = ["-DPY38"] if sys.version_info < (3, 9) else []
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-I" + sysconfig.get_paths()["include"], *version,
                    os.path.join(HERE, "other_hook.c"), "-o", path], check=True)
    spec = importlib.util.spec_from_file_location("other_hook", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ChainedHooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.other = build_other_hook(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def seen_by_other(self, n):
        before = self.other.count()
        work(n)
        return self.other.count() - before

    def test_alone_it_leaves_nothing_behind(self):
        self.assertTrue(self.other.is_default())
        for _ in range(3):
            frames = _collector.Frames(threads=True)
            frames.enable()
            self.assertFalse(self.other.is_default())
            frames.disable()
            self.assertTrue(self.other.is_default())

    def test_one_that_was_there_before_goes_on_and_is_restored(self):
        alone = _collector.Frames(threads=True)
        alone.enable()
        work(100)
        alone.disable()
        self.other.install()
        self.addCleanup(self.other.remove)
        without = self.seen_by_other(100)
        self.assertGreaterEqual(without, 101)
        frames = _collector.Frames(threads=True)
        frames.enable()
        with_ours = self.seen_by_other(100)
        self.assertFalse(self.other.on_top())
        frames.disable()
        self.assertTrue(self.other.on_top())
        self.assertEqual(with_ours, without)
        self.assertEqual(self.seen_by_other(100), without)
        self.assertEqual(calls(frames, "leaf"), calls(alone, "leaf"))
        self.assertEqual(calls(frames, "leaf"), 100)

    def test_one_that_comes_later_and_goes_earlier(self):
        frames = _collector.Frames(threads=True)
        frames.enable()
        self.other.install()
        self.assertGreaterEqual(self.seen_by_other(50), 51)
        self.other.remove()
        work(50)
        frames.disable()
        self.assertEqual(calls(frames, "leaf"), 100)
        self.assertTrue(self.other.is_default())

    def test_one_that_comes_later_and_stays_longer(self):
        frames = _collector.Frames(threads=True)
        frames.enable()
        self.other.install()
        work(10)
        frames.disable()
        self.assertTrue(self.other.on_top())
        self.assertGreaterEqual(self.seen_by_other(50), 51)
        again = _collector.Frames(threads=True)
        again.enable()
        self.assertGreaterEqual(self.seen_by_other(50), 51)
        again.disable()
        self.assertGreaterEqual(self.seen_by_other(50), 51)
        self.other.remove()
        work(50)
        last = _collector.Frames(threads=True)
        last.enable()
        work(30)
        last.disable()
        work(50)
        self.assertEqual(calls(frames, "leaf"), 10)
        self.assertEqual(calls(again, "leaf"), 50)
        self.assertEqual(calls(last, "leaf"), 30)

    def test_hooks_that_come_and_go_in_any_order(self):
        """Every order of two enable and install, disable and remove."""
        def check(ops):
            total, installed = 0, False
            frames = _collector.Frames(threads=True)
            enabled = False
            for op in ops:
                if op == "ours":
                    (frames.disable if enabled else frames.enable)()
                    enabled = not enabled
                else:
                    (self.other.remove if installed else self.other.install)()
                    installed = not installed
                before = self.other.count()
                work(7)
                total += 7 * enabled
                if installed:
                    self.assertGreater(self.other.count() - before, 7, ops)
                else:
                    self.assertEqual(self.other.count(), before, ops)
            self.assertEqual(calls(frames, "leaf"), total, ops)
        for number in range(2 ** 6):
            ops = ["ours" if number >> i & 1 else "other" for i in range(6)]
            ops += ["ours"] * (ops.count("ours") % 2)
            # a hook of the plain kind that is removed while one above it stays puts that one
            # out of work too: no engine can help that
            if ops.count("other") % 2 == 0 and nested(ops):
                check(ops)


def nested(ops):
    """Whether the other hook is never removed while ours, put on later, is still on top of it."""
    stack = []
    for op in ops:
        if op == "other" and op in stack:
            if stack[-1] != op:
                return False
            stack.remove(op)
        elif op in stack:
            stack.remove(op)
        else:
            stack.append(op)
    return True


# Programs that print what must not depend on the engine. WITH is filled in with its start.
SAME = {
    "settrace": """
        import sys, threading
        events = []
        def trace(frame, event, arg):
            if frame.f_code.co_filename == "<same>":
                events.append((event, frame.f_code.co_name, frame.f_lineno))
            return trace
        def leaf(n):
            if n == 3:
                raise ValueError(n)
            return n
        def gen():
            try:
                yield 1
                yield 2
            finally:
                leaf(1)
        def main():
            for i in range(5):
                try:
                    leaf(i)
                except ValueError:
                    pass
            g = gen(); next(g); g.close()
            list(gen())
            sorted([2, 1], key=lambda x: x)
            class A:
                x = [i for i in range(2)]
        sys.settrace(trace)
        main()
        sys.settrace(None)
        for event in events: print(*event)
    """,
    "setprofile": """
        import sys, threading
        events = []
        def profile(frame, event, arg):
            if frame.f_code.co_filename == "<same>":
                name = getattr(arg, "__name__", "") if event.startswith("c_") else ""
                events.append((event, frame.f_code.co_name, name))
        def leaf(n): return len("x" * n)
        def gen():
            yield leaf(1)
        def main():
            [leaf(i) for i in range(3)]
            list(gen())
            try: next(iter([]))
            except StopIteration: pass
        def thread():
            leaf(2)
        sys.setprofile(profile)
        threading.setprofile(profile)
        main()
        t = threading.Thread(target=thread); t.start(); t.join()
        sys.setprofile(None)
        for event in events: print(*event)
    """,
    "cProfile": """
        import cProfile, pstats, sys
        def leaf(n): return len("x" * n)
        def gen(): yield leaf(1)
        def main(): return [leaf(i) for i in range(3)], list(gen()), sorted([2, 1], key=leaf)
        sys.settrace(None)
        leaf = (lambda f: lambda n: f(n))(leaf)
        p = cProfile.Profile(); p.enable()
        def leaf2(n): return n
        leaf2(1); list(gen())
        p.disable()
        p.create_stats()
        for key, value in sorted(p.stats.items()): print(key[1:], value[:2])
    """,
    "monitoring": """
        import sys
        if hasattr(sys, "monitoring"):
            M, events = sys.monitoring, []
            M.use_tool_id(3, "test")
            names = [n for n in dir(M.events) if n.isupper() and n not in ("NO_EVENTS", "INSTRUCTION")]
            def receiver(name):
                def receive(code, *args):
                    # while there is a hook, the interpreter tells of Python calls' ends as of C's
                    if code.co_filename == "<same>" and name not in ("C_RETURN", "C_RAISE"):
                        events.append((name, code.co_name, args[0] if args else None))
                return receive
            for n in names:
                M.register_callback(3, getattr(M.events, n), receiver(n))
            def leaf(n): return n
            def gen():
                try: yield leaf(1)
                except ValueError: yield 2
            def main():
                for i in range(20): leaf(i)
                list(gen()); g = gen(); next(g); g.throw(ValueError()); g.close()
                try: leaf()
                except TypeError: pass
            import functools, operator
            wanted = functools.reduce(operator.or_, [getattr(M.events, n) for n in names
                                                     if not n.startswith("C_")])
            M.set_events(3, wanted)
            main()
            M.set_events(3, 0)
            M.free_tool_id(3)
            for event in events: print(*event)
            print(sorted(i for i in range(6) if M.get_tool(i)))
    """,
    "introspection": """
        import sys, inspect, traceback, warnings, gc, types
        def names(): return [f.f_code.co_name for f in walk(sys._getframe(1))]
        def walk(f):
            while f:
                yield f
                f = f.f_back
        def outer(): return inner()
        def inner(): return (lambda: names())()
        print(outer(), [i.function for i in inspect.stack(0)][:1])
        def fail(n):
            if n: fail(n - 1)
            raise ValueError(n)
        try: fail(3)
        except ValueError: traceback.print_exc(file=sys.stdout)
        def warn(): warnings.warn("look", stacklevel=2)
        with warnings.catch_warnings(record=True) as got:
            warnings.simplefilter("always")
            warn()
        print([(w.lineno, str(w.message)) for w in got])
        def gen():
            frame = sys._getframe()
            yield frame.f_back is not None and frame.f_back.f_code.co_name
            yield g.gi_running, g.gi_frame is frame, g.gi_yieldfrom
            yield from inner2()
        def inner2():
            yield g.gi_yieldfrom is not None and inspect.getgeneratorstate(g)
        g = gen()
        print(inspect.getgeneratorstate(g)); print(list(g)); print(inspect.getgeneratorstate(g), g.gi_frame)
        async def co(): return inspect.getcoroutinestate(c)
        c = co()
        try: c.send(None)
        except StopIteration as stop: print(stop.value, inspect.getcoroutinestate(c))
        def f(a, b=2, *c, d, **e): return locals()
        print(sorted(f(1, d=3, z=4).items(), key=str))
        print(sys.getrefcount(f.__code__), sys.getrefcount(f), f.__code__ is f.__code__)
        print(sys._current_frames()[__import__("threading").get_ident()].f_code.co_name)
        class Frame:
            def __init__(self): self.frame = sys._getframe(1)
        def keep(x=1):
            y = Frame()
            return y.frame
        kept = keep()
        print(kept.f_locals["x"], kept.f_lineno - kept.f_code.co_firstlineno, kept.f_back is None)
        kept.clear()
        print(kept.f_locals)
        e = None
        def nested():
            try: 1 / 0
            except ZeroDivisionError:
                def inside(): return sys.exc_info()[0].__name__
                return inside()
        print(nested(), sys.exc_info())
        print(any(r is f for r in gc.get_referrers(f.__code__)))
        def closure():
            x = 1
            def set_(): nonlocal x; x += 1; return x
            return set_
        s = closure(); print(s(), s(), s.__closure__[0].cell_contents)
        code = compile("1", "n", "eval").replace(co_name="other")
        print(eval(code), code == eval("code"), hash(code) == hash(compile("1", "n", "eval").replace(co_name="other")))
        import dis, io
        out = io.StringIO(); dis.dis(keep, file=out); print(len(out.getvalue()) > 50)
        import marshal, pickle, copy
        print(marshal.loads(marshal.dumps(f.__code__)) == f.__code__)
    """,
    "limits": """
        import sys
        def depth(n):
            try: return depth(n + 1)
            except RecursionError: return n
        print(sys.getrecursionlimit(), 900 < depth(0) < 1000)
        sys.setrecursionlimit(300)
        print(depth(0))
        sys.setrecursionlimit(1000)
        try: sys.setrecursionlimit(1)
        except (RecursionError, ValueError) as e: print(type(e).__name__)
        def f(): f()
        try: f()
        except RecursionError as e: print(e)
    """,
    "memory": """
        import tracemalloc, gc, weakref, sys
        tracemalloc.start(5)
        def make(n): return [object() for _ in range(n)]
        before = tracemalloc.take_snapshot()
        kept = make(1000)
        after = tracemalloc.take_snapshot()
        stat = [s for s in after.compare_to(before, "lineno") if s.traceback[0].filename == "<same>"][0]
        print(stat.traceback[0].lineno, stat.size_diff > 16000)
        tracemalloc.stop()
        class Thing:
            def __del__(self): gone.append(sys._getframe(1).f_code.co_name)
        gone = []
        def drop():
            thing = Thing()
            del thing
        drop()
        a = Thing(); a.me = a; del a
        def collect(): return gc.collect()
        collect(); print(gone)
        def temporary():
            def inner(): return 1
            inner(); refs.append(weakref.ref(inner.__code__)); refs.append(weakref.ref(inner))
        refs = []
        space = {}
        exec("def made(): return 1", space); space["made"](); refs.append(weakref.ref(space["made"].__code__))
        temporary(); space.clear(); gc.collect()
        print([r() is None for r in refs[1:]])
    """,
    "signals and exits": """
        import signal, os, sys, threading, atexit
        def handler(number, frame): print("signal", frame.f_code.co_name)
        signal.signal(signal.SIGUSR1, handler)
        def hit():
            os.kill(os.getpid(), signal.SIGUSR1)
            for _ in range(100): pass
        hit()
        def bye(): print("bye")
        atexit.register(bye)
        def loud(args): print("thread died of", args.exc_type.__name__, args.thread.name)
        threading.excepthook = loud
        t = threading.Thread(target=lambda: 1 / 0, name="t"); t.start(); t.join()
        def leave(n):
            try:
                if n: leave(n - 1)
                sys.exit(3)
            finally: print("leaving", n)
        leave(2)
    """,
    "faulthandler": """
        import faulthandler, sys, tempfile
        def outer(): inner()
        def inner():
            with tempfile.TemporaryFile() as file:
                faulthandler.dump_traceback(file, all_threads=False)
                file.seek(0)
                print(file.read().decode())
        outer()
    """,
    "contextvars": """
        import asyncio, contextvars
        var = contextvars.ContextVar("var", default=0)
        async def child(n):
            var.set(n)
            await asyncio.sleep(0)
            return var.get()
        async def main():
            got = await asyncio.gather(*[child(i) for i in range(4)])
            try:
                await asyncio.wait_for(asyncio.sleep(10), 0.01)
            except asyncio.TimeoutError: got.append("timeout")
            task = asyncio.ensure_future(child(9)); task.cancel()
            try: await task
            except asyncio.CancelledError: got.append("cancelled")
            return got, var.get()
        print(asyncio.run(main()))
        print(contextvars.copy_context().run(lambda: var.set(5) and var.get()), var.get())
    """,
    "pdb": """
        import io, pdb
        def leaf(n):
            m = n + 1
            return m
        def main():
            total = 0
            for i in range(2):
                total += leaf(i)
            return total
        commands = "b leaf\\nc\\np n\\nn\\np m\\nu\\np i\\nd\\nr\\nw\\nc\\nc\\nq\\n"
        out = io.StringIO()
        try: pdb.Pdb(stdin=io.StringIO(commands), stdout=out, nosigint=True).runcall(main)
        except pdb.bdb.BdbQuit: pass
        print(out.getvalue())
        import sys
        seen = []
        sys.breakpointhook = lambda *a: seen.append(sys._getframe(1).f_code.co_name)
        def stops(): breakpoint()
        stops(); print(seen)
    """,
    "timeit, doctest, unittest": """
        import timeit, doctest, unittest, io, types
        print(timeit.timeit("f()", "def f(): pass", number=10) > 0)
        m = types.ModuleType("m"); m.__doc__ = ">>> 1 + 1\\n2\\n>>> [].pop()\\nTraceback (most recent call last):\\nIndexError: pop from empty list\\n"
        print(doctest.testmod(m))
        class T(unittest.TestCase):
            def test_a(self): self.assertEqual(1, 1)
            @unittest.expectedFailure
            def test_b(self): self.fail()
        r = unittest.TextTestRunner(io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))
        print(r.testsRun, r.failures, len(r.expectedFailures))
    """,
}
ENGINE = """
from statslice import _collector
_frames = _collector.Frames(threads=True)
_frames.enable()
"""


def outcome(source, engine):
    """(status, stdout and stderr) of a program, run as a file called <same>."""
    program = "source = %r\n%s\nexec(compile(source, '<same>', 'exec'), {'__name__': '__main__'})" % (
        textwrap.dedent(source), ENGINE if engine else "")
    # the same lines above it, whether or not the engine runs
    result = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, timeout=60,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = result.stdout.decode(errors="replace").splitlines()
    return result.returncode, [line for line in lines if '"<string>"' not in line]


class TheSameProgram(unittest.TestCase):
    def test_prints_the_same_with_the_engine(self):
        for name, source in SAME.items():
            with self.subTest(name):
                without = outcome(source, False)
                self.assertIn(without[0], (0, 3), without)
                self.assertTrue(without[1] or name == "monitoring")
                self.assertEqual(outcome(source, True), without)


@unittest.skipIf(greenlet is None, "no greenlet")
class Greenlets(unittest.TestCase):
    def test_switching_between_calls(self):
        def player(n, other):
            total = 0
            for i in range(200):
                total += step(i, n)
                other[0].switch()
            return total

        def step(i, n):
            return i + n + (step(i - 1, n) if i % 5 else 0)
        frames = _collector.Frames(threads=True)
        frames.enable()
        for _ in range(20):
            main = [greenlet.getcurrent()]
            players = [greenlet.greenlet(player) for _ in range(5)]
            for n, one in enumerate(players):
                one.switch(n, main)
            while any(not one.dead for one in players):
                for one in players:
                    if not one.dead:
                        one.switch()
        frames.disable()
        rows = {row[2]: row for row in frames.rows()[0]}
        self.assertEqual(rows["player"][4], 100)
        self.assertEqual(rows["step"][4], 20 * 5 * sum(1 + i % 5 for i in range(200)))
        begin, end, profiled = frames.span()
        for row in rows.values():
            self.assertGreaterEqual(row[6], 0)
            self.assertLessEqual(row[6], profiled)
            self.assertLessEqual(row[7], profiled, row)
        own = sum(row[6] for row in frames.rows()[0])
        # frames that ran before are off the stack that is seen from another greenlet
        self.assertGreater(own, profiled * 0.5)
        self.assertLessEqual(own, profiled * 1.001)

    def test_killed_in_the_middle(self):
        def deep(n):
            if n:
                return deep(n - 1)
            greenlet.getcurrent().parent.switch()
        frames = _collector.Frames(threads=True)
        frames.enable()
        for _ in range(100):
            one = greenlet.greenlet(deep)
            one.switch(20)
            del one
        kept = [greenlet.greenlet(deep) for _ in range(10)]
        for one in kept:
            one.switch(30)
        frames.disable()
        for one in kept:
            one.switch()
        self.assertEqual(calls(frames, "deep"), 100 * 21 + 10 * 31)


INTERPRETERS = """
import sys
try:
    import _interpreters as interpreters
    def run(i, code):
        error = interpreters.exec(i, code)
        if error is not None: raise RuntimeError(error.formatted)
except ImportError:
    import _xxsubinterpreters as interpreters
    def run(i, code): interpreters.run_string(i, code)
import threading
from statslice import _collector
def make():
    try: return interpreters.create(isolated=False)
    except TypeError: pass
    try: return interpreters.create("legacy")
    except TypeError: return interpreters.create()
"""


class SubInterpreters(unittest.TestCase):
    def check(self, source, expected="done"):
        result = subprocess.run([sys.executable, "-X", "faulthandler", "-c",
                                 INTERPRETERS + textwrap.dedent(source)], timeout=60,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        output = result.stdout.decode(errors="replace")
        self.assertEqual((result.returncode, output.split("\n")[-2:]), (0, [expected, ""]), output)

    def test_the_engine_refuses_there_and_says_why(self):
        self.check("""
            i = make()
            run(i, '''if 1:
                from statslice import _collector
                def refused(function, *args):
                    try:
                        function(*args)
                    except RuntimeError as error:
                        assert "interpreter" in str(error), error
                    else:
                        raise SystemError("it started")
                refused(_collector.Frames(threads=True).enable)
                if hasattr(_collector, "start"):
                    refused(_collector.start, {"callback": print, "slice_ns": 10**9,
                                               "engine": "frames", "clock": "wall", "labels": {}})
                    _collector.status()
            ''')
            interpreters.destroy(i)
            print("done")
        """)

    def test_code_runs_there_while_main_is_profiled(self):
        self.check("""
            CODE = '''if 1:
                def f(n): return f(n - 1) + 1 if n else 0
                def g():
                    yield from range(3)
                import threading
                for _ in range(20):
                    f(50); list(g())
            '''
            def work(n): return sum(i for i in range(n))
            early = make()
            run(early, CODE)
            frames = _collector.Frames(threads=True)
            frames.enable()
            for _ in range(5):
                i = make()
                work(10)
                run(i, CODE)
                run(early, CODE)
                work(10)
                def there(): run(i, CODE)
                thread = threading.Thread(target=there)
                thread.start(); thread.join()
                interpreters.destroy(i)
            frames.disable()
            run(early, CODE)
            interpreters.destroy(early)
            rows = {row[2]: row for row in frames.rows()[0]}
            assert rows["work"][4] == 10, rows["work"]
            assert rows["there"][4] == 5
            assert "f" not in rows and "g" not in rows, "functions of another interpreter"
            print("done")
        """)


if __name__ == "__main__":
    unittest.main()
