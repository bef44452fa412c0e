"""Programs with work to do, for the tests of the frames engine: small ones in the manner of the
interpreters' benchmarks, and pure Python modules of the standard library.

Each is a function without arguments that does the same each time, and returns what it found.
"""
import argparse
import ast
import collections
import configparser
import copy
import dataclasses
import difflib
import email.parser
import enum
import fractions
import html.parser
import inspect
import io
import json.decoder
import json.encoder
import json.scanner
import math
import pickle
import pprint
import re
import statistics
import string
import textwrap
import tokenize
import traceback
import typing
import urllib.parse
import xml.dom.minidom

import _pydecimal

try:
    import sre_compile
except ImportError:  # 3.13 has it as a part of re alone
    from re import _compiler as sre_compile

SOURCE = inspect.getsource(textwrap) + inspect.getsource(string)


# In the manner of the interpreters' benchmarks.

def permutations(items):
    if not items:
        yield ()
    for i, item in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield (item,) + rest


def queens():
    n = 6
    return [order for order in permutations(tuple(range(n)))
            if n == len({order[i] + i for i in range(n)}) == len({order[i] - i for i in range(n)})]


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return self + -other

    def __neg__(self):
        return Vector(-self.x, -self.y, -self.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    __rmul__ = __mul__

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    @property
    def length(self):
        return math.sqrt(self.dot(self))

    @property
    def unit(self):
        return self * (1 / self.length)


class Sphere:
    def __init__(self, centre, radius):
        self.centre, self.radius = centre, radius

    def hit(self, origin, way):
        to_centre = self.centre - origin
        along = to_centre.dot(way)
        rest = self.radius ** 2 - to_centre.dot(to_centre) + along ** 2
        return along - math.sqrt(rest) if rest >= 0 else None

    def normal(self, point):
        return (point - self.centre).unit


def trace(spheres, origin, way, depth):
    hits = [(at, i) for i, at in enumerate(s.hit(origin, way) for s in spheres) if at and at > 1e-6]
    if not hits:
        return 0.1
    at, i = min(hits)
    point = origin + at * way
    normal = spheres[i].normal(point)
    light = max(0.0, normal.dot(Vector(1, 1, -1).unit))
    if depth:
        light += 0.3 * trace(spheres, point, way - 2 * way.dot(normal) * normal, depth - 1)
    return light


def rays():
    spheres = [Sphere(Vector(x, 0, 5), 1) for x in (-2, 0, 2)]
    return [round(trace(spheres, Vector(0, 0, 0), Vector(x / 8, y / 8, 1).unit, 2), 9)
            for x in range(-5, 6) for y in range(-3, 4)]


def planets():
    bodies = [[Vector(i, i * i, 1), Vector(0, 1.0 / (i + 1), 0), 1.0 + i] for i in range(5)]

    def energy():
        return sum(0.5 * mass * speed.dot(speed) for _, speed, mass in bodies)

    def advance(dt):
        for i, one in enumerate(bodies):
            for other in bodies[i + 1:]:
                apart = one[0] - other[0]
                pull = dt / (apart.length ** 3 + 0.1)
                one[1] = one[1] - apart * (other[2] * pull)
                other[1] = other[1] + apart * (one[2] * pull)
        for body in bodies:
            body[0] = body[0] + dt * body[1]
    for _ in range(25):
        advance(0.01)
    return round(energy(), 9)


class Task:
    """A little operating system: tasks that send each other packets."""

    def __init__(self, system, name, after):
        self.system, self.name, self.after = system, name, after
        self.inbox = collections.deque()
        self.handled = 0

    def runnable(self):
        return bool(self.inbox)

    def run(self):
        self.handled += 1
        self.work(self.inbox.popleft())

    def work(self, packet):
        raise NotImplementedError


class Worker(Task):
    def work(self, packet):
        if packet > 0:
            self.system.send(self.after, packet - 1)


class Device(Task):
    def work(self, packet):
        self.system.send(self.after, packet - 2 if packet % 3 else packet - 1)


class System:
    def __init__(self):
        self.tasks = {}

    def add(self, kind, name, after):
        self.tasks[name] = kind(self, name, after)

    def send(self, name, packet):
        self.tasks[name].inbox.append(packet)

    def run(self):
        while True:
            ready = [task for task in self.tasks.values() if task.runnable()]
            if not ready:
                return [task.handled for task in self.tasks.values()]
            for task in sorted(ready, key=lambda task: task.name):
                task.run()


def tasks():
    system = System()
    for i in range(6):
        system.add(Device if i % 2 else Worker, "t%d" % i, "t%d" % ((i + 1) % 6))
    for i in range(8):
        system.send("t%d" % (i % 6), 40 + i)
    return system.run()


class Constraint:
    """One-way constraints, planned by strength; values flow down the plan."""

    def __init__(self, source, target, change, strength):
        self.source, self.target, self.change, self.strength = source, target, change, strength

    def __lt__(self, other):
        return self.strength < other.strength

    def enforce(self, values):
        values[self.target] = self.change(values[self.source])


def constraints():
    rules = [Constraint(i, i + 1, lambda value, i=i: value * 2 + i, i % 4) for i in range(30)]
    for target in range(1, 31):
        rules.append(Constraint(target - 1, target, lambda value: value + 1, 5))

    def plan(known):
        for rule in sorted(rules):
            if rule.source in known and rule.target not in known:
                known.add(rule.target)
                yield rule
                yield from plan(known)
    values = {0: 3}
    for rule in plan({0}):
        rule.enforce(values)
    return values[30]


def ackermann():
    def value(m, n):
        return n + 1 if not m else value(m - 1, value(m, n - 1) if n else 1)
    return value(2, 7), [round_trip(n) for n in range(18)]


def round_trip(n):
    return n if n < 2 else round_trip(n - 1) + round_trip(n - 2)


# Pure Python modules of the standard library.

def tokens():
    return len(list(tokenize.generate_tokens(io.StringIO(SOURCE).readline)))


class Names(ast.NodeTransformer):
    def __init__(self):
        self.found = collections.Counter()

    def visit_Name(self, node):
        self.found[node.id] += 1
        return node


def syntax():
    tree, names = ast.parse(SOURCE), Names()
    names.visit(tree)
    return len(ast.unparse(tree)) if hasattr(ast, "unparse") else 0, sorted(names.found.items())


def json_in_python():
    decoder = json.decoder.JSONDecoder()
    decoder.parse_string = json.decoder.py_scanstring
    decoder.scan_once = json.scanner.py_make_scanner(decoder)
    value = {"list": [1, 2.5, None, True, {"deep": ["x\u20ac\n"] * 20}] * 20, "text": "a" * 99}
    encoder = json.encoder.JSONEncoder(indent=1, sort_keys=True)
    text = "".join(encoder.iterencode(value))
    return decoder.decode(text) == value


def difference():
    old = SOURCE.splitlines()[:220]
    new = [line.replace("width", "size") for line in old if len(line) % 7]
    return len(list(difflib.unified_diff(old, new))), len(list(difflib.ndiff(old[60:90], new[50:75])))


@dataclasses.dataclass(order=True)
class Item:
    name: str
    tags: list = dataclasses.field(default_factory=list)


def pickled():
    value = [Item(str(i), [i, {"k": (i, b"x" * i)}]) for i in range(40)]
    file = io.BytesIO()
    pickle._Pickler(file, 2).dump(value)
    return pickle._Unpickler(io.BytesIO(file.getvalue())).load() == value == copy.deepcopy(value)


def decimals():
    context = _pydecimal.Context(prec=30)
    value = _pydecimal.Decimal(2).sqrt(context)
    for i in range(1, 25):
        value = (value * i + 1).exp(context) if i % 8 == 0 and value < 50 else value / i + 1
    return str(value)


def patterns():
    return [sre_compile.compile(pattern, 0).groups for pattern in (
        r"(?P<a>\d+)[.](?P<b>\d*)(?:[eE][-+]?\d+)?", r"(a|b|cd|efg)*?(?=x)(?!y)", r"[^\W\d_]{3,7}\b",
        r"(?i)(foo|bar|baz)\s+(\w+)\s*=\s*(\"[^\"]*\"|'[^']*')")]


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, attributes))

    def handle_data(self, data):
        self.seen.append(data)


def page():
    parser = Page()
    for _ in range(30):
        parser.feed("<p class='a b' id=x>text &amp; more<br/><a href=\"?q=1&amp;r=2\">link</a></p>")
    parser.close()
    return len(parser.seen)


def arguments():
    parser = argparse.ArgumentParser(prog="p", description="words " * 30)
    commands = parser.add_subparsers(dest="command")
    for name in ("one", "two"):
        command = commands.add_parser(name)
        command.add_argument("--level", type=int, default=3, help="how much")
        command.add_argument("files", nargs="*")
    parsed = [parser.parse_args([name, "--level", "4", "a", "b"]) for name in ("one", "two")]
    return len(parser.format_help()), [space.level for space in parsed]


class Colour(enum.Flag):
    RED = 1
    BLUE = 2


def odds_and_ends():
    """Many modules, a little of each."""
    config = configparser.ConfigParser()
    config.read_string("[a]\nx = 1\ny = %(x)s2\n[b]\nz: 3\n")
    message = email.parser.Parser().parsestr("From: a@example.org\nSubject: =?utf-8?q?=C3=A9?=\n\nhi")
    document = xml.dom.minidom.parseString("<a><b c='1'>text</b><b/></a>")
    try:
        raise KeyError("shown")
    except KeyError:
        shown = traceback.format_exc()
    third = sum((fractions.Fraction(1, n) for n in range(1, 20)), fractions.Fraction())
    return (config["a"]["y"], message["Subject"], document.toxml(), len(shown) > 40, str(third),
            textwrap.fill(SOURCE[:600], 40), pprint.pformat({"k": list(range(40))}),
            string.Template("$a ${b}").substitute(a=1, b=2), urllib.parse.urlsplit("http://h/p?q#f"),
            statistics.median([3, 1, 2]), statistics.stdev([1.0, 2.5, 4.0]), Colour.RED | Colour.BLUE,
            typing.get_type_hints(Item), str(inspect.signature(copy.deepcopy)),
            [m.group() for m in re.finditer(r"\w+", "a b c")])


ALL = [queens, rays, planets, tasks, constraints, ackermann, tokens, syntax, json_in_python, difference,
       pickled, decimals, patterns, page, arguments, odds_and_ends]
