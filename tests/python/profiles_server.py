"""A server for tests of the collector's way to one: it takes profiles, or does what it is told."""
import collections
import gzip
import http.server
import json
import socket
import struct
import threading
import time

import statslice


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format, *args):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        own = self.server.owner
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "zstd":  # a library that Python has not
            return self.answer(415)
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        with own.lock:
            own.requests.append((self.path, dict(self.headers)))
            act = own.script.popleft() if own.script else None
        if act is not None:
            return act(self, body)
        if own.token is not None and self.headers.get("Authorization") != "Bearer " + own.token:
            return self.answer(401, b'{"error": {"status": 401, "message": "no such token"}}')
        self.answer(200, json.dumps(own.store(body)).encode())

    def do_GET(self):
        self.server.owner.requests.append((self.path, dict(self.headers)))
        self.answer(200, b"{}")


# What a script is made of.


def status(number, **headers):
    return lambda handler, body: handler.answer(number, b"", **headers)


def reset(handler, body):
    """The connection is broken without an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()
    handler.rfile.close()


def lose_answer(handler, body):
    """All is stored, and nobody hears of it."""
    handler.server.owner.store(body)
    reset(handler, body)


def slow(seconds):
    def act(handler, body):
        time.sleep(seconds)
        handler.answer(200, json.dumps(handler.server.owner.store(body)).encode())
    return act


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass

    def get_request(self):
        connection, address = super().get_request()
        with self.owner.lock:
            self.owner.connections.append(connection)
        return connection, address


class ProfilesServer:
    """Stores each line once. It can be stopped, and started again at its place."""

    def __init__(self, token=None, tls=None):
        self.lock = threading.Lock()
        self.token, self.tls = token, tls
        self.script = collections.deque()
        self.requests, self.connections = [], []
        self.lines, self.times_stored = [], collections.Counter()
        self.port, self.http = 0, None
        self.start()
        self.stop()

    @property
    def url(self):
        return "%s://127.0.0.1:%d" % ("https" if self.tls else "http", self.port)

    def start(self):
        self.http = _Server(("127.0.0.1", self.port), _Handler)
        self.http.owner = self
        if self.tls:
            self.http.socket = self.tls.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_port
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def stop(self):
        """As the end of its process: connections are broken."""
        if self.http is None:
            return
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
        with self.lock:
            for connection in self.connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            del self.connections[:]
        self.http = None

    def store(self, body):
        known = 0
        with self.lock:
            lines = body.decode().splitlines()
            for line in lines:
                known += line in self.times_stored
                if line not in self.times_stored:
                    self.lines.append(line)
                self.times_stored[line] += 1
        return {"new": len(lines) - known, "known": known, "expired": 0, "refused": []}

    # --- what it has ---

    def profiles(self):
        with self.lock:
            text = "".join(line + "\n" for line in self.lines)
        return list(statslice.read(text.encode(), strict=True))

    def calls(self, function="called"):
        return sum(row.ncalls for record in self.profiles() for row in record.functions()
                   if row.name == function)

    def is_in_order(self):
        """Whether each process's profiles came in the order of their time."""
        begins = collections.defaultdict(list)
        for record in self.profiles():
            begins[record.labels["pid"]].append(record.begin)
        return all(times == sorted(times) for times in begins.values())
