"""A client that puts load on a service from a process of its own, for whole_programs.py.

usage: load_client.py PORT CONNECTIONS http|line

Reads a number a line, makes so many requests over CONNECTIONS connections at a time, answers
"done". http: a connection a request, until the server closes it; line: connections stay, a
line is answered by a line. One thread and plain sockets, so that the service is what waits for
the processor and not the client; and on the processors that the service is not bound to.
"""
import itertools
import os
import selectors
import socket
import sys

PATHS = ["/", "/items?page=%d", "/item/%d", "/search?q=word%d&sort=price", "/cart/%d/add"]


def requests(kind):
    """Endless requests, always the same ones in the same order."""
    for i in itertools.count():
        path = PATHS[i % len(PATHS)]
        path = path % (i % 97) if "%" in path else path
        if kind == "http":
            yield ("GET %s HTTP/1.0\r\nHost: localhost\r\nUser-Agent: load\r\n"
                   "Accept: */*\r\nCookie: session=%d\r\n\r\n" % (path, i % 13)).encode()
        else:
            yield (path + "\n").encode()


class Load:
    def __init__(self, port, kind):
        self.address = ("127.0.0.1", port)
        self.kind = kind
        self.requests = requests(kind)
        self.selector = selectors.DefaultSelector()
        self.left = 0
        self.idle = []

    def begin(self, connection=None):
        connection = connection or socket.create_connection(self.address)
        self.left -= 1
        connection.sendall(next(self.requests))
        self.selector.register(connection, selectors.EVENT_READ)

    def end(self, connection):
        self.selector.unregister(connection)
        if self.kind == "http":
            connection.close()
            connection = None
        if self.left > 0:
            self.begin(connection)
        elif connection:
            self.idle.append(connection)

    def run(self, count, at_once):
        self.left = count
        for _ in range(min(at_once, count)):
            self.begin(self.idle.pop() if self.idle else None)
        while self.selector.get_map():
            for key, _ in self.selector.select():
                answer = key.fileobj.recv(65536)
                if not answer and self.kind == "line":
                    raise EOFError("the service hung up")
                if not answer or (self.kind == "line" and answer.endswith(b"\n")):
                    self.end(key.fileobj)


def leave_processors():
    """Go to those that the process which started this one is kept from, if there are any."""
    others = set(range(os.cpu_count())) - os.sched_getaffinity(0)
    if others:
        os.sched_setaffinity(0, others)


def main(port, connections, kind):
    leave_processors()
    load = Load(int(port), kind)
    for line in sys.stdin:
        load.run(int(line), int(connections))
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
