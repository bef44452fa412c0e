"""The shop under load, profiled: one profile a second, each a line of a log.

    python shop_profiled.py LOG [SECONDS]

This is all that a service has to do: a profiler around the application, and
one call of statslice.log at the end of each span.
"""
import os
import subprocess
import sys
import tempfile
import time
import wsgiref.simple_server

import statslice
from shop import Shop

SPAN_S = 1.0
VISITORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shop_visitors.py")


class QuietHandler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


class ProfiledApplication:
    """Calls a WSGI application with the profiler on, and logs what it saw span by span."""

    def __init__(self, application, log):
        self.application = application
        self.log = log
        self.profile = statslice.Profile()
        self.begin = time.time()

    def __call__(self, environ, start_response):
        self.profile.enable()
        try:
            return self.application(environ, start_response)
        finally:
            self.profile.disable()

    def end_span(self):
        now = time.time()
        statslice.log(self.profile, self.log, begin=self.begin, end=now,
                      labels={"service": "shop", "pid": str(os.getpid())})
        self.profile.clear()
        self.begin = now


def serve(server, application, visitors):
    server.timeout = 0.02
    while visitors.poll() is None:
        server.handle_request()
        if time.time() - application.begin >= SPAN_S:
            application.end_span()
    application.end_span()


def main(log_path, seconds):
    with tempfile.TemporaryDirectory() as folder, open(log_path, "w", encoding="utf-8") as log:
        application = ProfiledApplication(Shop(os.path.join(folder, "shop.db")), log)
        with wsgiref.simple_server.make_server("127.0.0.1", 0, application,
                                               handler_class=QuietHandler) as server:
            visitors = subprocess.Popen([sys.executable, VISITORS, str(server.server_port),
                                         str(seconds)])
            try:
                serve(server, application, visitors)
            finally:
                visitors.kill()
                visitors.wait()
    return visitors.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30.0))
