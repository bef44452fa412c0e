"""Five programs that do little but call Python functions, for bench_frames.py.

Small, but of the shapes that real programs have: some twenty functions each, calls from
several callers, few calls of built-in functions. Each entry of PROGRAMS does a fixed piece
of work, some hundred thousand calls, and checks what comes out of it.
"""


# --- recursion: trees, n queens, and Takeuchi's function ---------------------------------------

def grown(depth):
    return (grown(depth - 1), depth, grown(depth - 1)) if depth else None


def summed(tree):
    return summed(tree[0]) + tree[1] + summed(tree[2]) if tree else 0


def mirrored(tree):
    return (mirrored(tree[2]), tree[1], mirrored(tree[0])) if tree else None


def height(tree):
    return 1 + larger(height(tree[0]), height(tree[2])) if tree else 0


def larger(a, b):
    return a if a > b else b


def is_free(placed, column):
    distance = 1
    while placed:
        placed, other = placed
        if other == column or other == column + distance or other == column - distance:
            return False
        distance += 1
    return True


def queens(size, row, placed):
    if row == size:
        return 1
    count = 0
    for column in range(size):
        if is_free(placed, column):
            count += queens(size, row + 1, (placed, column))
    return count


def takeuchi(x, y, z):
    if y >= x:
        return z
    return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y))


def recursion():
    tree = grown(11)
    assert summed(mirrored(tree)) == summed(tree) == 2 ** 12 - 11 - 2
    assert height(tree) == 11
    assert queens(8, 0, None) == 92
    assert takeuchi(14, 10, 4) == 5


# --- methods: tasks that send packets to each other ---------------------------------------------

class Packet:
    def __init__(self, value):
        self.value = value
        self.next = None


class Queue:
    def __init__(self):
        self.first = self.last = None

    def is_empty(self):
        return self.first is None

    def put(self, packet):
        packet.next = None
        if self.is_empty():
            self.first = packet
        else:
            self.last.next = packet
        self.last = packet

    def take(self):
        packet = self.first
        self.first = packet.next
        return packet


class Task:
    def __init__(self, scheduler):
        self.inbox = Queue()
        self.scheduler = scheduler
        self.is_held = False
        scheduler.add(self)

    def is_ready(self):
        return not self.is_held and not self.inbox.is_empty()

    def receive(self, packet):
        self.inbox.put(packet)
        self.release()

    def hold(self):
        self.is_held = True

    def release(self):
        self.is_held = False

    def run(self):
        self.handle(self.inbox.take())

    def send(self, target, packet):
        self.scheduler.note()
        target.receive(packet)


class Sink(Task):
    total = 0

    def handle(self, packet):
        self.total += packet.value
        if self.inbox.is_empty():
            self.hold()


class Adder(Task):
    def __init__(self, scheduler, amount, target):
        super().__init__(scheduler)
        self.amount = amount
        self.target = target

    def handle(self, packet):
        packet.value = self.changed(packet.value)
        self.send(self.target, packet)

    def changed(self, value):
        return value + self.amount


class Doubler(Adder):
    def changed(self, value):
        return 2 * value


class Switch(Task):
    def __init__(self, scheduler, targets):
        super().__init__(scheduler)
        self.targets = targets
        self.turn = 0

    def handle(self, packet):
        self.send(self.chosen(), packet)

    def chosen(self):
        self.turn = 1 - self.turn
        return self.targets[self.turn]


class Scheduler:
    def __init__(self):
        self.tasks = []
        self.n_sent = 0

    def add(self, task):
        self.tasks.append(task)

    def note(self):
        self.n_sent += 1

    def step(self):
        worked = False
        for task in self.tasks:
            while task.is_ready():
                task.run()
                worked = True
        return worked


def methods():
    scheduler = Scheduler()
    sink = Sink(scheduler)
    switch = Switch(scheduler, (Doubler(scheduler, 0, sink), Adder(scheduler, 3, sink)))
    source = Adder(scheduler, 1, switch)
    n = 2000
    for value in range(n):
        source.receive(Packet(value))
    while scheduler.step():
        pass
    odd, even = range(1, n + 1, 2), range(2, n + 1, 2)
    assert sink.total == sum(v + 3 for v in odd) + sum(2 * v for v in even)
    assert scheduler.n_sent == 3 * n


# --- closures: a parser made of functions that return functions ---------------------------------

def char(wanted):
    def parse(text, at):
        return (wanted, at + 1) if text[at] == wanted else None
    return parse


def in_range(low, high):
    def parse(text, at):
        return (text[at], at + 1) if low <= text[at] <= high else None
    return parse


def both(first, second, join):
    def parse(text, at):
        left = first(text, at)
        if left is None:
            return None
        right = second(text, left[1])
        if right is None:
            return None
        return join(left[0], right[0]), right[1]
    return parse


def either(first, second):
    def parse(text, at):
        return first(text, at) or second(text, at)
    return parse


def many(part, begin, add):
    def parse(text, at):
        value = begin
        while True:
            found = part(text, at)
            if found is None:
                return value, at
            value, at = add(value, found[0]), found[1]
    return parse


def mapped(parser, change):
    def parse(text, at):
        found = parser(text, at)
        return None if found is None else (change(found[0]), found[1])
    return parse


def later(name, rules):
    def parse(text, at):
        return rules[name](text, at)
    return parse


def arithmetic():
    rules = {}
    digit = mapped(in_range("0", "9"), lambda c: ord(c) - 48)
    number = both(digit, many(digit, (0, 1), lambda v, d: (v[0] * 10 + d, v[1] * 10)),
                  lambda d, rest: d * rest[1] + rest[0])
    group = both(both(char("("), later("sum", rules), lambda _, value: value), char(")"),
                 lambda value, _: value)
    atom = either(number, group)
    factor = both(char("*"), atom, lambda _, value: value)
    product = both(atom, many(factor, 1, lambda a, b: a * b), lambda a, b: a * b)
    term = either(both(char("+"), product, lambda _, value: value),
                  both(char("-"), product, lambda _, value: -value))
    rules["sum"] = both(product, many(term, 0, lambda a, b: a + b), lambda a, b: a + b)
    return rules["sum"]


def closures():
    parse = arithmetic()
    text = "1+(2*30-4)*(5+6*(7-8))-90+" * 300 + "100"
    value, at = parse(text + ".", 0)
    assert value == eval(text) and at == len(text)


# --- generators: pipelines, yield from, and coroutines in turns ---------------------------------

def counted(n):
    for i in range(n):
        yield i


def kept(values, divisor):
    for value in values:
        if value % divisor:
            yield value


def pairs(values):
    first = None
    for value in values:
        if first is None:
            first = value
        else:
            yield first, value
            first = None


def totals(values):
    total = 0
    for a, b in values:
        total += a * b
        yield total


def walked(tree):
    if tree:
        yield from walked(tree[0])
        yield tree[1]
        yield from walked(tree[2])


class Pause:
    def __await__(self):
        yield


async def doubled(value):
    return 2 * value


async def fetched(value):
    if value % 16 == 0:
        await Pause()
    return await doubled(value)


async def consumed(n):
    total = 0
    for value in range(n):
        total += await fetched(value)
    return total


def in_turns(coroutines):
    results = []
    while coroutines:
        alive = []
        for coroutine in coroutines:
            try:
                coroutine.send(None)
                alive.append(coroutine)
            except StopIteration as end:
                results.append(end.value)
        coroutines = alive
    return results


def generators():
    total = 0
    for total in totals(pairs(kept(kept(counted(20000), 3), 5))):
        pass
    assert total == sum(a * b for a, b in PAIRS)
    assert sum(walked(TREE)) == 2 ** 11 - 10 - 2
    assert in_turns([consumed(5000), consumed(5000)]) == [5000 * 4999] * 2


KEPT = [value for value in range(20000) if value % 3 and value % 5]
PAIRS = list(zip(KEPT[::2], KEPT[1::2]))
TREE = grown(10)


# --- operators: a small ray tracer, operators and polymorphic calls -----------------------------

class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    @property
    def length(self):
        return self.dot(self) ** 0.5

    def unit(self):
        return self * (1.0 / self.length)


class Ray:
    def __init__(self, origin, direction):
        self.origin, self.direction = origin, direction.unit()

    def at(self, distance):
        return self.origin + self.direction * distance


class Matter:
    def __init__(self, brightness):
        self.brightness = brightness

    def shade(self, point, light):
        return self.brightness * above_zero(self.normal(point).dot((light - point).unit()))


class Ball(Matter):
    def __init__(self, centre, radius, brightness):
        super().__init__(brightness)
        self.centre, self.radius = centre, radius

    def distance(self, ray):
        offset = self.centre - ray.origin
        along = offset.dot(ray.direction)
        inside = self.radius ** 2 - offset.dot(offset) + along ** 2
        return along - inside ** 0.5 if inside > 0 and along > 0 else None

    def normal(self, point):
        return (point - self.centre).unit()


class Floor(Matter):
    def distance(self, ray):
        return -(ray.origin.y + 1.0) / ray.direction.y if ray.direction.y < 0 else None

    def normal(self, point):
        return UP


def above_zero(value):
    return value if value > 0.0 else 0.0


def nearest(things, ray):
    best, best_thing = 1e9, None
    for thing in things:
        distance = thing.distance(ray)
        if distance is not None and distance < best:
            best, best_thing = distance, thing
    return best, best_thing


def traced(things, light, ray):
    distance, thing = nearest(things, ray)
    return thing.shade(ray.at(distance), light) if thing else 0.0


UP = Vector(0.0, 1.0, 0.0)


def operators():
    things = [Ball(Vector(0.0, 0.0, 5.0), 1.0, 0.9), Ball(Vector(1.5, -0.5, 4.0), 0.5, 0.7),
              Floor(0.5)]
    light, eye, size = Vector(-4.0, 5.0, 0.0), Vector(0.0, 0.0, 0.0), 46
    lit = 0
    for row in range(size):
        for column in range(size):
            direction = Vector(column / size - 0.5, 0.5 - row / size, 1.0)
            lit += traced(things, light, Ray(eye, direction)) > 0.0
    assert size * size * 0.4 < lit < size * size * 0.9


PROGRAMS = [
    ("recursion", recursion),
    ("methods", methods),
    ("closures", closures),
    ("generators", generators),
    ("operators", operators),
]
