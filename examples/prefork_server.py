"""A server that forks its workers before the first request, on the standard library alone.

    python prefork_server.py [--port 8000] [--workers 4]

One process opens the port, the workers wait on it, each for itself. SIGTERM and SIGINT end them
after the request that they are at.
"""
import argparse
import os
import select
import signal
import socket
import sys
import traceback
import wsgiref.simple_server

from prefork_app import application


class QuietHandler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


class Worker(wsgiref.simple_server.WSGIServer):
    """Serves requests of a port that several workers listen on."""

    def __init__(self, listener):
        super().__init__(listener.getsockname(), QuietHandler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = listener.getsockname()
        self.setup_environ()
        self.set_app(application)
        self.ended = False

    def end(self, *_):
        self.ended = True

    def work(self):
        while not self.ended:
            if select.select([self.socket], [], [], 0.1)[0]:
                self._handle_request_noblock()  # another worker may have been faster


def open_listener(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    listener.setblocking(False)
    return listener


def run_worker(listener):
    """The whole life of a forked worker. Ends the process as such servers do: at once."""
    status = 1
    try:
        worker = Worker(listener)
        signal.signal(signal.SIGTERM, worker.end)
        signal.signal(signal.SIGINT, worker.end)
        worker.work()
        application.tell()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args()
    listener = open_listener(options.port)
    ending = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    workers = []
    for _ in range(options.workers):
        pid = os.fork()
        if pid == 0:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ending)
            run_worker(listener)
        workers.append(pid)
    print("http://127.0.0.1:%d/ is served by %s" % (
        listener.getsockname()[1], " ".join(map(str, workers))), flush=True)
    signal.sigwait(ending)
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
    return max([os.waitpid(pid, 0)[1] for pid in workers], default=0)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
