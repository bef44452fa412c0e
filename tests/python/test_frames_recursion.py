"""Deep recursion under the frames engine ends in RecursionError, never in a crash.

A frame evaluation hook makes each Python call a C call too: with a raised recursion limit the C
stack ends before the limit does. Each way to recurse runs in a process of its own, in the main
thread and in threads with small stacks.
"""
import resource
import subprocess
import sys
import textwrap
import unittest

STACKS_KB = (128, 256, 1024)
PRELUDE = """\
import faulthandler, functools, gc, json, operator, re, sys, threading, weakref
from statslice import _collector
faulthandler.enable()
deepest = 0
frames = _collector.Frames(threads=True)

class Witness:
    "Tells by its end that the frames it was in are gone."
"""
# A way to recurse: go() never comes back by itself, and calls down() each time.
WAYS = {
    "call": "def go(n=0): return go(n + 1) + 1",
    "keywords": "def go(*a, n=0, **k): return go(*a, n=n + 1, **k)",
    "mutual": "def go(): return other()\nother = lambda: (lambda: go())()",
    "method": "class A:\n    def go(self): return self.go()\ndef go(): A().go()",
    "finally": "def go():\n    try: return go()\n    finally: len('x')",
    "except": "def go():\n    try: return go()\n    except ValueError: pass",
    "yield from": "def g(): yield from g()\ndef go(): list(g())",
    "generators": "def g():\n    for x in g(): yield x\ndef go(): list(g())",
    "next": "def g(): yield next(g())\ndef go(): next(g())",
    "generator expressions": "def f(): return sum(f() for _ in (1,))\ndef go(): f()",
    "comprehensions": "def f(): return [f() for _ in (1,)]\ndef go(): f()",
    "await": "async def c(): await c()\ndef go(): c().send(None)",
    "async generators": "async def a():\n    async for x in a(): yield x\n"
                        "def go(): a().asend(None).send(None)",
    "__getattr__": "class A:\n    def __getattr__(self, name): return getattr(self, name + 'x'[:0])\n"
                   "def go(): A().x",
    "__getattribute__": "class A:\n    def __getattribute__(self, name): return self.x\ndef go(): A().x",
    "property": "class A:\n    @property\n    def p(self): return self.p\ndef go(): A().p",
    "__getitem__": "class A:\n    def __getitem__(self, i): return self[i]\ndef go(): A()[0]",
    "__call__": "class A:\n    def __call__(self): return self()\ndef go(): A()()",
    "__init__": "class A:\n    def __init__(self): A()\ndef go(): A()",
    "__new__": "class A:\n    def __new__(cls): return A()\ndef go(): A()",
    "__add__": "class A:\n    def __add__(self, o): return self + o\ndef go(): A() + 1",
    "__eq__ in lists": "class A:\n    def __eq__(self, o): return [self] == [o]\ndef go(): A() == A()",
    "__hash__": "class A:\n    def __hash__(self): return hash((self,))\ndef go(): hash(A())",
    "__iter__": "class A:\n    def __iter__(self): return iter(list(self))\ndef go(): list(A())",
    "__repr__ in lists": "class A:\n    def __repr__(self): return repr([self])\ndef go(): repr(A())",
    "__format__": "class A:\n    def __format__(self, s): return f'{self}'\ndef go(): format(A())",
    "__missing__": "class D(dict):\n    def __missing__(self, k): return self[k]\ndef go(): D()[1]",
    "__bool__": "class A:\n    def __bool__(self): return not self\ndef go(): bool(A())",
    "__instancecheck__": "class M(type):\n    def __instancecheck__(c, o): return isinstance(o, c)\n"
                         "class A(metaclass=M): pass\ndef go(): isinstance(1, A)",
    "sorted": "def f(x): return sorted([x], key=f)\ndef go(): f(1)",
    "map": "def f(x): return list(map(f, [x]))\ndef go(): f(1)",
    "reduce": "def f(a, b): return functools.reduce(f, (a, b))\ndef go(): f(1, 2)",
    "partial": "def f(n): return functools.partial(f, n)()\ndef go(): f(1)",
    "lru_cache": "@functools.lru_cache()\ndef f(n): return f(n + 1)\ndef go(): f(1)",
    "re.sub": "def f(m): return re.sub('a', f, 'a')\ndef go(): re.sub('a', f, 'a')",
    "json": "def f(o): return json.dumps(o, default=f)\ndef go(): json.dumps(object(), default=f)",
    "exec": "code = compile('go()', 'x', 'exec')\ndef go(): exec(code, globals())",
    "eval": "def go(): return eval('go()')",
    "class bodies": "def go():\n    class A:\n        x = go()",
    "with": "class A:\n    def __enter__(self):\n        with self: pass\n"
            "    def __exit__(self, *a): pass\ndef go(): A().__enter__()",
    "decorator": "def d(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a)\n    return w\n"
                 "@d\ndef go(): return go()",
    "many locals": "def go(%s): return go(%s)" % (", ".join("a%d=0" % i for i in range(120)),
                                                   ", ".join("a%d" % i for i in range(120))),
}
RUN = """
def attempt():
    witness = Witness()
    seen = weakref.ref(witness)
    def step(held):
        return go()
    try:
        step(witness)
    except RecursionError:
        pass
    else:
        raise SystemExit("no RecursionError")
    del witness
    gc.collect()
    if seen() is not None:
        raise SystemExit("frames are left behind")

def after(n):
    return after(n - 1) + 1 if n else 0

sys.setrecursionlimit({limit})
frames.enable()
failures = []
def careful():
    try:
        attempt()
        attempt()
        assert after(50) == 50
    except BaseException as error:
        failures.append(error)
careful()
for size in {stacks}:
    threading.stack_size(size * 1024)
    thread = threading.Thread(target=careful)
    thread.start()
    thread.join()
frames.disable()
calls = {{row[2]: row[4] for row in frames.rows()[0]}}
assert calls["careful"] == 1 + len({stacks}), calls["careful"]
assert calls["after"] == 51 * calls["careful"], calls["after"]
assert not failures, failures
print("done")
"""


def run(source, stack_kb=None):
    """Run a program; (exit status, output)."""
    def limit_stack():
        hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
        resource.setrlimit(resource.RLIMIT_STACK, (stack_kb * 1024, hard))
    result = subprocess.run([sys.executable, "-c", source], stdin=subprocess.DEVNULL, timeout=120,
                            preexec_fn=limit_stack if stack_kb else None,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.returncode, result.stdout.decode(errors="replace")[-3000:]


class Recursion(unittest.TestCase):
    def check(self, way, limit=10 ** 6, stacks=STACKS_KB, stack_kb=None):
        status, output = run(PRELUDE + WAYS[way] + RUN.format(limit=limit, stacks=stacks), stack_kb)
        self.assertEqual((status, output), (0, "done\n"))

    def test_every_way_with_a_limit_that_is_never_reached(self):
        for way in WAYS:
            with self.subTest(way):
                self.check(way)

    def test_with_the_usual_limit(self):
        for way in ("call", "yield from", "__repr__ in lists", "__init__", "await"):
            with self.subTest(way):
                self.check(way, limit=1000, stacks=(1024, 2048))

    def test_in_a_process_with_a_small_stack(self):
        for way in ("call", "generators", "sorted", "json", "__getitem__"):
            for stack_kb in (512, 2048):
                with self.subTest(way, stack_kb=stack_kb):
                    self.check(way, stack_kb=stack_kb)

    def test_what_fits_the_stack_still_works(self):
        """A program that raised its limit, and lives within it, goes on doing so."""
        status, output = run(PRELUDE + textwrap.dedent("""
            def down(n):
                return down(n - 1) + 1 if n else 0

            def nested(n):
                if n:
                    yield from nested(n - 1)
                yield n
            sys.setrecursionlimit(8000)
            frames.enable()
            print(down(5000), len(list(nested(1200))))
            frames.disable()
            rows = {row[2]: row for row in frames.rows()[0]}
            print(rows["down"][4:6], rows["nested"][4])
        """))
        self.assertEqual((status, output), (0, "5000 1201\n(5001, 1) 1201\n"))

    def test_recursion_in_c_ends_as_it_does_without(self):
        source = textwrap.dedent("""
            def outcome(function, *args):
                try:
                    return type(function(*args)).__name__
                except RecursionError as error:
                    return "RecursionError"
                except Exception as error:
                    return type(error).__name__
            def nest(n):
                value = []
                for _ in range(n):
                    value = [value]
                return value
            def outcomes():
                deep = nest(100000)
                return [outcome(repr, deep), outcome(json.dumps, deep),
                        outcome(json.loads, "[" * 100000), outcome(eval, "(" * 90),
                        outcome(re.compile, "(" * 2000 + ")" * 2000),
                        outcome(re.match, "(?:a|b)*$", "ab" * 50000),
                        outcome(operator.eq, nest(100000), nest(100000)),
                        outcome(compile, "-" * 3000 + "1", "x", "eval")]
            without = outcomes()
            frames.enable()
            profiled = outcomes()
            frames.disable()
            print("same" if profiled == without else (profiled, without))
        """)
        status, output = run(PRELUDE + source)
        # The parser of 3.8 prints that its stack is full, each time.
        self.assertEqual((status, output.replace("s_push: parser stack overflow\n", "")),
                         (0, "same\n"))


if __name__ == "__main__":
    unittest.main()
