"""Random programs for the tests of the frames engine, made from a seed.

A program is the source of a module with a function main(). It uses every way in which
Python code gets to run that the tests could think of: plain and keyword calls, recursion,
closures, exceptions through several levels, generators with send, throw and close, coroutines
with and without asyncio, class bodies, exec, operators and attributes implemented in Python,
callbacks from C, decorators, threads one at a time. It does the same each time main() is called:
its dice are seeded, and fuel and depth are bounded.
"""
import random

DEPTH_MAX = 9
FUEL_MAX = 400
N_UNITS = 9

HEAD = '''\
import asyncio, contextlib, functools, itertools, operator, random, re, threading, time, weakref

dice = random.Random()
fuel = itertools.count()
clock = time.perf_counter_ns
caches = []


class Boom(Exception):
    pass


def cache(function):
    caches.append(functools.lru_cache(maxsize=2)(function))
    return caches[-1]


class Pause:
    def __await__(self):
        got = yield
        return got or 1


def drive(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value or 0


def poke(generator, how):
    """Run a generator by hand."""
    total = 0
    try:
        total += next(generator)
        if how == 0:
            total += generator.send(5)
            generator.close()
        elif how == 1:
            total += generator.throw(ValueError("poked"))
        elif how == 2:
            generator.throw(Boom())
        elif how == 3:
            total += generator.send(1) + generator.send(2)
        else:
            generator.close()
            generator.close()
    except (StopIteration, ValueError, Boom) as error:
        total += len(error.args)
    return total


def unstarted(generator, how):
    try:
        generator.close() if how else generator.throw(ValueError("not begun"))
    except ValueError:
        return 1
    return 0


def counted(function):
    @functools.wraps(function)
    def around(*args, **keywords):
        return function(*args, **keywords)
    return around


def apart(function):
APART


def spin(ns):
    """Take time."""
    end = clock() + ns
    while clock() < end:
        pass


'''

APART = {
    False: "    function()\n    pass\n    pass",
    True: "    thread = threading.Thread(target=function)\n    thread.start()\n    thread.join()",
}

TAIL = '''
def main():
    global fuel
    fuel = itertools.count()
    dice.seed({seed})
    for function in caches:
        function.cache_clear()
    total, d = 0, 0
{body}
    return total
'''

GUARD = '''\
    if d > {depth} or next(fuel) > {fuel}:
        return 0
    total = d
'''

# A kind of unit: its definition, and the expressions that call it. NAME, GUARD and a BODY or more
# are filled in; d is how deep the caller is.
PLAIN = ('''\
def NAME(d, *more, k=0):
GUARD
BODY
    return total + k
''', ["NAME(d + 1)", "NAME(*(d + 1,))", "NAME(d=d + 1)", "NAME(d + 1, 1, 2, k=3)",
      "NAME(**{'d': d + 1})", "functools.partial(NAME, d + 1)()", "max(map(NAME, (d + 1, d + 2)))",
      "functools.reduce(lambda a, b: a + NAME(b), (1, d + 1, d + 2))",
      "sorted((d + 2, d + 1, d + 3), key=NAME)[0]", "sum(NAME(i) for i in (d + 1, d + 2))",
      "sum([NAME(i) for i in (d + 1, d + 2) if i])", "len({NAME(i): i for i in (d + 1, d + 2)})",
      "(lambda n: NAME(n))(d + 1)", "len(list(filter(NAME, (d + 1,))))",
      "eval('NAME(d + 1)', globals(), {'d': d})",
      "sum(NAME(i + j) for i in (d, d + 1) for j in (1, 2) if i or j)",
      "len(re.sub('[ab]', lambda match: str(NAME(d + 1)), 'xaxb'))"])

DECORATED = ('''\
@counted
def NAME(d):
GUARD
BODY
    return total
''', ["NAME(d + 1)", "NAME.__wrapped__(d + 1)"])

CLOSURE = ('''\
def NAME(d):
GUARD
    def inner(n):
        nonlocal total
        total += n
        if next(fuel) > FUEL:
            return 0
BODY2
        return total

    def other(n):
        return inner(n) if n else (lambda: inner(1))()
BODY
    return inner, other
''', ["sum(f(2) for f in (NAME(d + 1) or ()))",
      "[f(0) for f in (NAME(d + 1) or (abs,))][-1]"])

TAIL_CALL = ('''\
def NAME(d, n=6):
    if n == 0:
        if d > DEPTH or next(fuel) > FUEL:
            return 0
        total = d
BODY2
        return total
    return NAME(d, n - 1)
''', ["NAME(d + 1)", "NAME(d + 1, 40)"])

MUTUAL = ('''\
def NAME(d, n=5):
GUARD
BODY
    return total + (NAME_other(d, n - 1) if n else 0)


def NAME_other(d, n):
    if n % 2:
        return NAME_third(d, n)
    return NAME(d + 1, n - 1) if n > 0 else 1


NAME_third = lambda d, n: NAME_other(d, n - 1) + NAME(d + 1, n - 2) if n > 2 else 1
''', ["NAME(d + 1)", "NAME_third(d + 1, 4)"])

THROWER = ('''\
def NAME(d, n=4):
    if n:
        try:
            return NAME(d, n - 1)
        finally:
            d += 1
            if n == 3:
                len(str(d))
GUARD
BODY
    raise Boom(total)


def NAME_safe(d):
    try:
        return NAME(d)
    except Boom as boom:
        return boom.args[0]
''', ["NAME_safe(d + 1)", "(NAME(d + 1) if dice.random() < 0.3 else 1)"])

GENERATOR = ('''\
def NAME(d):
    if d > DEPTH or next(fuel) > FUEL:
        return
    total = d
BODY
    got = yield total
    total += got or 0
BODY
    try:
        yield total
    except ValueError:
        yield 3
    finally:
        total += 1
    return total
''', ["sum(NAME(d + 1))", "len(list(NAME(d + 1)))", "sum(i for i in NAME(d + 1))",
      "next(NAME(d + 1), 0)", "max(NAME(d + 1), default=0)", "len(dict.fromkeys(NAME(d + 1)))",
      "sum(map(operator.neg, NAME(d + 1)))", "sum([*NAME(d + 1), *NAME(d + 2)])",
      "sum(a + b for a, b in zip(NAME(d + 1), NAME(d + 2)))",
      "poke(NAME(d + 1), 0)", "poke(NAME(d + 1), 1)", "poke(NAME(d + 1), 2)",
      "poke(NAME(d + 1), 3)", "poke(NAME(d + 1), 4)", "unstarted(NAME(d + 1), 0)",
      "unstarted(NAME(d + 1), 1)"])

DELEGATE = ('''\
def NAME_leaf(d, n):
    for i in range(n):
        got = yield i + d
        d += got or 0
    return n


def NAME(d):
    if d > DEPTH or next(fuel) > FUEL:
        return
    total = d
BODY
    try:
        total += yield from NAME_leaf(d, 3)
    except ValueError:
        yield 2
    yield from (1, 2)
    if d < DEPTH - 3:
        yield from NAME(d + 2)
    total += (yield total) or 0
''', ["sum(NAME(d + 1))", "poke(NAME(d + 1), 0)", "poke(NAME(d + 1), 1)", "poke(NAME(d + 1), 2)",
      "poke(NAME(d + 1), 3)", "poke(NAME(d + 1), 4)", "len(list(NAME(d + 1)))"])

MANAGER = ('''\
@contextlib.contextmanager
def NAME(d):
    if d > DEPTH or next(fuel) > FUEL:
        yield 0
        return
    total = d
BODY
    try:
        yield total
    except Boom:
        total += 1
    finally:
        len(str(total))


class NAME_class:
    def __enter__(self):
        return 1

    def __exit__(self, kind, error, traceback):
        return kind is Boom


def NAME_use(d):
GUARD
    with NAME(d) as got, NAME_class() as one:
        total += got + one
BODY2
    return total
''', ["NAME_use(d + 1)"])

OPERATORS = ('''\
class NAME_base:
    kinds = []

    def __init_subclass__(cls, **keywords):
        NAME_base.kinds.append(cls.__name__)
        del NAME_base.kinds[4:]

    def __init__(self, d):
        self.d = d

    def method(self, n=1):
        return self.d + n

    def __bool__(self):
        return True


class NAME(NAME_base):
    __slots__ = ("extra",)

    def __init__(self, d):
        super().__init__(d)
        self.extra = 1

    def run(self):
        d = self.d
GUARD2
BODY2
        return total

    @property
    def p(self):
        return self.run()

    @p.setter
    def p(self, value):
        self.extra = value

    @classmethod
    def made(cls, d):
        return cls(d)

    @staticmethod
    def still(d):
        return d

    @cache
    def cached(self, n):
        return n + self.d

    def method(self, n=1):
        return super().method(n) + 1

    def __call__(self, n=0):
        return self.run() + n

    def __getitem__(self, key):
        if key > 2:
            raise IndexError(key)
        return self.d + key

    def __setitem__(self, key, value):
        self.extra = value

    def __delitem__(self, key):
        self.extra = 1

    def __getattr__(self, name):
        if name.startswith("no"):
            raise AttributeError(name)
        return len(name) + self.d

    def __len__(self):
        return 3

    def __contains__(self, item):
        return item == self.d

    def __eq__(self, other):
        return self is other or self.extra == other

    def __hash__(self):
        return 7

    def __lt__(self, other):
        return self.d < other.d

    def __add__(self, other):
        return NAME(self.d + 1) if isinstance(other, int) else NotImplemented

    def __radd__(self, other):
        return self.d + other

    def __iadd__(self, other):
        self.extra += 1
        return self

    def __matmul__(self, other):
        return self.d

    def __neg__(self):
        return -self.d

    def __int__(self):
        return self.d

    def __index__(self):
        return 1

    def __str__(self):
        return "s%d" % self.d

    def __repr__(self):
        return "r%d" % self.extra

    def __format__(self, spec):
        return str(self) + spec


class NAME_iterator:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration
        return self.n


class NAME_overridden(NAME):
    def __getattribute__(self, name):
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        pass


class NAME_field:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return 5 if instance is None else instance.d

    def __set__(self, instance, value):
        instance.d = value


def NAME_warm(d):
    """The same operation over and over, so that the interpreter specialises it."""
    thing, total = NAME_overridden(d) if d % 2 else NAME(d), 0
    for i in range(12):
        total += thing[1] + thing.method(2) + len(thing) + thing.far
        thing[0] = thing.p = i
        total += sum(NAME_iterator(3)) + (thing < thing) + NAME.made(i).d
    for item in thing:
        total += item
    del thing[0]
    return total


def NAME_operate(d):
    thing = NAME(d)
    total = thing[0] + thing.p + thing.method() + thing.still(3) + thing.away + thing.cached(2)
    total += len(thing) + (2 in thing) + (thing == 3) + len({thing: 1}) + (thing + 1).d
    total += (1 + thing) + (thing @ 2) + -thing + int(thing) + [1, 2, 3][thing]
    total += len("%s %r {}".format(thing) % (thing, thing)) + len(f"{thing:x}{thing!r}")
    thing += 1
    total += sorted([thing, NAME(d + 1), NAME(d)])[0].d + sum([thing, thing])
    total += operator.attrgetter("p")(thing) + getattr(thing, "nope", 3) + hasattr(thing, "yes")
    total += thing.cached(2) + (1 if thing else 0) + max(thing, thing).d

    class Described(NAME_base, tag=1):
        field = NAME_field()
        copies = [i for i in range(3)]

        def __repr__(self):
            return "described"
    described = Described(d)
    described.field = described.field + 1
    NAME.cached.cache_clear()
    return total + Described.field + len(repr(described))


class NAME_mortal:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        self.n += 1


def NAME_kill(d):
    mortal = NAME_mortal(d)
    seen = []
    watch = weakref.ref(mortal, lambda reference: seen.append(1))
    del mortal
    return len(seen) + (watch() is None)
''', ["NAME(d + 1)()", "NAME(d + 1).p", "NAME(d + 1)[2]", "NAME_warm(d + 1)", "NAME_operate(d + 1)",
      "sum(NAME(d + 1))", "sum(NAME_iterator(4))", "NAME(d + 1).anything", "NAME_kill(d + 1)",
      "sum(map(NAME(d + 1), (1, 2)))", "NAME.still(d + 1)", "(3 in NAME_overridden(d + 1))"])

METACLASS = ('''\
class NAME_meta(type):
    def __new__(mcs, name, bases, namespace):
        return super().__new__(mcs, name, bases, namespace)

    def __call__(cls, *args):
        thing = super().__call__(*args)
        return thing

    @property
    def tag(cls):
        return 4


def NAME(d):
GUARD
    class Made(metaclass=NAME_meta):
        total = 1
        def __init__(self, d):
            self.d = d
        def __new__(cls, d):
            return object.__new__(cls)
        value = property(lambda self: self.d + 1)
        squares = [n * n for n in range(2)]
BODY
    return total + Made(d).value + Made.tag
''', ["NAME(d + 1)"])

EXEC = ('''\
NAME_code = compile("""
total = 1
def step(n):
    return n + 1
class Local:
    one = step(1)
    def go(self):
        return [step(i) for i in range(2)]
total += Local.one + sum(Local().go())
""", __file__, "exec")
NAME_lambda = compile("(lambda n: n + 1)(d) + sum(i for i in (1, 2))", __file__, "eval")


def NAME(d):
GUARD
    space = {}
    exec(NAME_code, space)
    exec(NAME_code, space)
BODY
    return total + space["total"] + eval(NAME_lambda, {"d": d})
''', ["NAME(d + 1)"])

DISPATCH = ('''\
@functools.singledispatch
def NAME(d):
    return 0


@NAME.register(int)
def NAME_int(d):
GUARD
BODY
    return total


@cache
def NAME_cached(d):
    return NAME_int(d)


@functools.total_ordering
class NAME_ordered:
    def __init__(self, d):
        self.d = d

    def __eq__(self, other):
        return self.d == other.d

    def __lt__(self, other):
        return self.d < other.d


def NAME_order(d):
    a, b = NAME_ordered(d), NAME_ordered(d + 1)
    compare = functools.cmp_to_key(lambda x, y: x - y)
    NAME_cached.cache_clear()
    return (a <= b) + (a >= b) + sorted((3, 1, 2), key=compare)[0] + NAME_cached(d)
''', ["NAME(d + 1)", "NAME('x')", "NAME_order(d + 1)"])

COROUTINE = ('''\
async def NAME_steps(d):
    for i in range(3):
        yield i
        await Pause()


class NAME_manager:
    async def __aenter__(self):
        await Pause()
        return 1

    async def __aexit__(self, kind, error, traceback):
        return kind is Boom


async def NAME(d):
GUARD
BODY
    total += await Pause()
BODY
    async for item in NAME_steps(d):
        total += item
        if item == 1 and d % 2:
            break
    async with NAME_manager() as one:
        total += one
BODY2
    total += sum([item async for item in NAME_steps(d) if item])
    if d < DEPTH - 4:
        total += await NAME(d + 3)
    return total


async def NAME_gathered(d):
    async def nap(n):
        for _ in range(n):
            await asyncio.sleep(0)
        return await NAME(d + 1)
    got = await asyncio.gather(nap(1), nap(2), nap(1), return_exceptions=True)
    return sum(item for item in got if isinstance(item, int))


def NAME_by_hand(d):
    """asend, athrow and aclose without a loop."""
    steps, total = NAME_steps(d), 0
    for step in (steps.asend(None), steps.asend(1), steps.athrow(ValueError("poked")),
                 steps.aclose()):
        try:
            while True:
                step.send(None)
        except StopIteration as stop:
            total += stop.value or 0
        except (ValueError, StopAsyncIteration):
            total += 1
    return total
''', ["drive(NAME(d + 1))", "drive(NAME(d + 2))", "NAME_by_hand(d + 1)"])

KINDS = [PLAIN, PLAIN, PLAIN, DECORATED, CLOSURE, TAIL_CALL, MUTUAL, THROWER, GENERATOR, GENERATOR,
         DELEGATE, MANAGER, OPERATORS, OPERATORS, METACLASS, EXEC, DISPATCH, COROUTINE, COROUTINE]

# Statements, in the form of a function's body at four spaces. CALL is an expression.
STATEMENTS = ['''\
    total += CALL
''', '''\
    total += CALL
''', '''\
    try:
        total += CALL
        total += CALL
    except Boom:
        total += 1
''', '''\
    try:
        try:
            total += CALL
        finally:
            total += CALL
    except Boom as boom:
        total += len(boom.args)
''', '''\
    if dice.random() < 0.12:
        raise Boom(d)
''', '''\
    for _ in range(2):
        total += CALL
''', '''\
    with contextlib.suppress(Boom):
        total += CALL
''', '''\
    total += (lambda a: a + 1)(d) + (lambda a: a + 2)(d); total += (lambda a, b=1: a + b)(d)
''', '''\
    def local(n, m=2):
        return n + m
    total += local(d) + local(d, 3) + sum(map(local, (1, 2)))
''', '''\
    class Body:
        one = d
        two = [i for i in range(2)]
        three = (lambda: 3)()
    total += Body.one
''', '''\
    total += sum([[i + j for j in range(2)][0] for i in {k for k in range(3)}])
''', '''\
    total += sum(i for i in (j for j in range(3)) if i)
''', '''\
    if dice.random() < 0.5:
        total += CALL
    else:
        return CALL if d % 2 else total
''', '''\
    SPIN
''']
# return with a value is no statement of an asynchronous generator, and changes what a plain
# generator's caller gets: what goes into generators has no return.
YIELDING = [text for text in STATEMENTS if "return CALL" not in text]


class Maker:
    """Writes one program."""

    def __init__(self, seed, spin_ns):
        self.random = random.Random(seed)
        self.seed = seed
        self.spin_ns = spin_ns
        self.units = [(self.random.choice(KINDS), "u%d" % i) for i in range(N_UNITS)]
        if not any(kind in (COROUTINE,) for kind, _ in self.units):
            self.units[0] = COROUTINE, "u0"

    def call(self):
        (_, calls), name = self.random.choice(self.units)
        return self.random.choice(calls).replace("NAME", name)

    def spin(self):
        if not self.spin_ns:
            return "total += len(str(d))"
        return "spin(%d)" % self.random.choice((self.spin_ns, self.spin_ns // 2, self.spin_ns * 3))

    def statement(self, yielding=False):
        text = self.random.choice(YIELDING if yielding else STATEMENTS)
        while "CALL" in text:
            text = text.replace("CALL", self.call(), 1)
        return text.replace("SPIN", self.spin())

    def body(self, n, indent="", yielding=False):
        lines = "".join(self.statement(yielding) for _ in range(n)).splitlines(True)
        return "".join(indent + line for line in lines)

    def unit(self, kind, name):
        yielding = kind in (GENERATOR, DELEGATE, MANAGER)
        guard = GUARD.format(depth=DEPTH_MAX, fuel=FUEL_MAX)
        text = []
        for line in kind[0].splitlines(True):
            mark = line.strip()
            if mark in ("BODY", "BODY2"):
                text.append(self.body(self.random.randint(1, 2), "    " * (mark == "BODY2"),
                                      yielding or kind is CLOSURE))
            elif mark in ("GUARD", "GUARD2"):
                text.extend("    " * (mark == "GUARD2") + line for line in guard.splitlines(True))
            else:
                text.append(line)
        joined = "".join(text).replace("NAME", name)
        return joined.replace("DEPTH", str(DEPTH_MAX)).replace("FUEL", str(FUEL_MAX))

    def main(self):
        lines = []
        for (_, calls), name in self.units:
            for call in calls:
                lines += ["try:", "    total += " + call.replace("NAME", name),
                          "except Boom:", "    total += 1"]
        lines += ["fuel = itertools.count()"]
        for kind, name in self.units:
            if kind is COROUTINE:
                lines += ["total += asyncio.run(%s_gathered(d))" % name]
            else:
                call = self.random.choice(kind[1]).replace("NAME", name)
                lines += ["def work_%s():" % name, "    with contextlib.suppress(Boom):",
                          "        d = 1", "        return " + call,
                          "apart(work_%s)" % name]
        return TAIL.format(seed=self.seed, body="".join("    %s\n" % line for line in lines))

    def source(self, threads):
        units = [self.unit(kind, name) for kind, name in self.units]
        return HEAD.replace("APART", APART[threads]) + "\n\n".join(units) + "\n" + self.main()


def file_name(seed):
    return "<program %d>" % seed


def source(seed, threads=False, spin_ns=0):
    """A program. spin_ns: about how long its busy places take; 0 for none.

    threads: parts of it run in threads of their own, one at a time; else it does the same, line
    by line, in one thread.
    """
    return Maker(seed, spin_ns).source(threads)


def load(seed, **options):
    """The program's (namespace, code object)."""
    code = compile(source(seed, **options), file_name(seed), "exec")
    namespace = {"__name__": "program", "__file__": file_name(seed)}
    exec(code, namespace)
    return namespace, code
