"""Whole programs of different kinds, for bench_programs.py.

Each entry of PROGRAMS makes a program: run() does a piece of work, always the same one, of some
10 to 50 ms, and close() ends it. The two services get their load from a process of its own (load_client.py), so
that the CPU time of this process is the service's.
"""
import asyncio
import json
import os
import re
import select
import socketserver
import subprocess
import sys
import urllib.parse
import wsgiref.simple_server

import call_programs

HERE = os.path.dirname(os.path.abspath(__file__))


class Program:
    """One that has nothing to set up or to end."""

    def close(self):
        pass


class Calls(Program):
    """Pure Python that does little but call."""

    def run(self):
        for _, work in call_programs.PROGRAMS:
            work()


# --- JSON and regular expressions ---------------------------------------------------------------

LOG_LINE = re.compile(r'(?P<host>\S+) - (?P<user>\S+) \[(?P<time>[^]]+)\] "(?P<verb>[A-Z]+) '
                      r'(?P<path>[^ ?"]+)(?:\?(?P<query>[^ "]*))? HTTP/1\.\d" (?P<status>\d{3}) '
                      r'(?P<size>\d+|-)')
DIGITS = re.compile(r"\d+")


class Text(Program):
    """Reads an access log with regular expressions, and writes and reads JSON."""

    def __init__(self):
        self.lines = [
            '10.0.%d.%d - %s [05/May/2024:12:%02d:%02d +0000] "%s /shop/item/%d?ref=%d HTTP/1.1" %d %s'
            % (i % 7, i % 251, "-" if i % 3 else "user%d" % (i % 11), i // 60 % 60, i % 60,
               "GET" if i % 5 else "POST", i % 37, i, 200 if i % 9 else 404, i * 31 % 9000)
            for i in range(1000)]

    def run(self):
        entries = [self.entry(line) for line in self.lines]
        text = json.dumps({"entries": entries, "paths": self.by_path(entries)})
        again = json.loads(text)
        assert sum(row["count"] for row in again["paths"].values()) == len(self.lines)

    def entry(self, line):
        found = LOG_LINE.match(line).groupdict()
        found["size"] = self.size(found["size"])
        found["route"] = DIGITS.sub(self.placeholder, found["path"])
        found["query"] = dict(pair.split("=") for pair in found["query"].split("&"))
        return found

    @staticmethod
    def size(text):
        return 0 if text == "-" else int(text)

    @staticmethod
    def placeholder(match):
        return "{%d}" % len(match.group())

    @staticmethod
    def by_path(entries):
        paths = {}
        for entry in entries:
            row = paths.setdefault(entry["path"], {"count": 0, "bytes": 0})
            row["count"] += 1
            row["bytes"] += entry["size"]
        return paths


# --- loops over numbers -------------------------------------------------------------------------

def primes(limit):
    sieve = bytearray([1]) * limit
    for i in range(2, int(limit ** 0.5) + 1):
        if sieve[i]:
            for multiple in range(i * i, limit, i):
                sieve[multiple] = 0
    return sum(sieve) - 2


def product(a, b):
    columns = list(zip(*b))
    rows = []
    for row in a:
        out = []
        for column in columns:
            total = 0.0
            for x, y in zip(row, column):
                total += x * y
            out.append(total)
        rows.append(out)
    return rows


def orbit(steps):
    x, y, vx, vy = 1.0, 0.0, 0.0, 1.0
    for _ in range(steps):
        cube = (x * x + y * y) ** 1.5
        vx -= x / cube * 1e-3
        vy -= y / cube * 1e-3
        x += vx * 1e-3
        y += vy * 1e-3
    return x * x + y * y


class Numbers(Program):
    """Loops over numbers with hardly a call."""

    def __init__(self):
        self.matrix = [[(i * j % 7) / 7.0 for j in range(40)] for i in range(40)]

    def run(self):
        assert primes(20000) == 2262
        product(self.matrix, self.matrix)
        assert abs(orbit(10000) - 1.0) < 1e-2


# --- services -----------------------------------------------------------------------------------

class Loaded(Program):
    """A service and the process that puts load on it."""

    def load(self, port, connections, kind):
        self.client = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "load_client.py"), str(port), str(connections),
             kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, n):
        self.client.stdin.write(b"%d\n" % n)
        self.client.stdin.flush()

    def answer(self):
        if self.client.stdout.readline() != b"done\n":
            raise RuntimeError("the client ended")

    def close(self):
        self.client.stdin.close()
        self.client.wait()
        self.client.stdout.close()


ITEMS = [{"id": i, "name": "item %d" % i, "price": i * 37 % 1000 / 10.0, "tags": ["a", "b"]}
         for i in range(200)]


def page(title, body):
    return "<html><head><title>%s</title></head><body>%s</body></html>" % (title, body)


def listed(items):
    return "".join("<li>%s: %.2f</li>" % (escaped(item["name"]), item["price"]) for item in items)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def show_home(_path, _query):
    return page("shop", "<ul>%s</ul>" % listed(ITEMS[:20]))


def show_items(_path, query):
    start = int(query.get("page", ["0"])[0]) % 10 * 20
    return page("items", "<ul>%s</ul>" % listed(ITEMS[start:start + 20]))


def show_item(path, _query):
    return json.dumps(ITEMS[int(path.rsplit("/", 1)[1]) % len(ITEMS)])


def search(_path, query):
    word = query["q"][0][-1]
    found = sorted((item for item in ITEMS if word in item["name"]), key=price)
    return json.dumps({"query": query, "found": found[:20]})


def price(item):
    return item["price"]


def add_to_cart(path, _query):
    return json.dumps({"cart": path.split("/")[2], "n": len(ITEMS)})


ROUTES = [(re.compile(pattern), view) for pattern, view in [
    (r"/$", show_home), (r"/items$", show_items), (r"/item/\d+$", show_item),
    (r"/search$", search), (r"/cart/\d+/add$", add_to_cart)]]


def view_for(path):
    for pattern, view in ROUTES:
        if pattern.match(path):
            return view
    return None


def application(environ, start_response):
    view = view_for(environ["PATH_INFO"])
    if view is None:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"not found"]
    body = view(environ["PATH_INFO"], urllib.parse.parse_qs(environ["QUERY_STRING"])).encode()
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    return [body]


class ThreadingServer(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class QuietHandler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_args):
        pass

    def address_string(self):
        return self.client_address[0]


class Web(Loaded):
    """A WSGI service with a thread a request, four requests at a time."""

    def __init__(self):
        self.server = wsgiref.simple_server.make_server("127.0.0.1", 0, application,
                                                        ThreadingServer, QuietHandler)
        self.load(self.server.server_port, 4, "http")

    def run(self):
        self.ask(40)
        while True:
            ready, _, _ = select.select([self.server, self.client.stdout], [], [])
            if self.client.stdout in ready:
                return self.answer()
            self.server.handle_request()

    def close(self):
        super().close()
        self.server.server_close()


class Asyncio(Loaded):
    """Streams with 16 connections, a task a request's part, and a queue to workers."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        port = self.loop.run_until_complete(self.begin())
        self.load(port, 16, "line")

    async def begin(self):
        self.jobs = asyncio.Queue()
        self.workers = [self.loop.create_task(self.work()) for _ in range(8)]
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        while True:
            line = await reader.readline()
            if not line:
                break
            writer.write(await self.respond(line.decode().strip()) + b"\n")
            await writer.drain()
        writer.close()

    async def respond(self, target):
        path, _, query = target.partition("?")
        view = view_for(path)
        parts = await asyncio.gather(self.queued(view, path, urllib.parse.parse_qs(query)),
                                     self.session(path), self.stock(path))
        return json.dumps(parts).encode()

    async def queued(self, *job):
        done = self.loop.create_future()
        await self.jobs.put((done, job))
        return await done

    async def session(self, path):
        await asyncio.sleep(0)
        return {"user": len(path) % 7}

    async def stock(self, path):
        await asyncio.sleep(0)
        return sum(map(price, ITEMS[:len(path)]))

    async def work(self):
        while True:
            done, (view, path, query) = await self.jobs.get()
            done.set_result(view(path, query))

    def run(self):
        self.loop.run_until_complete(self.until_done(80))

    async def until_done(self, n):
        done = self.loop.create_future()
        pipe = self.client.stdout.fileno()
        self.loop.add_reader(pipe, done.set_result, None)
        self.ask(n)
        await done
        self.loop.remove_reader(pipe)
        self.answer()

    def close(self):
        super().close()
        for worker in self.workers:
            worker.cancel()
        self.server.close()
        self.loop.run_until_complete(asyncio.sleep(0.05))  # the ends of its connections
        self.loop.close()


PROGRAMS = {"calls": Calls, "web": Web, "text": Text, "numbers": Numbers, "asyncio": Asyncio}
