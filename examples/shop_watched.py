"""The shop under load with the collector always on: one exact profile a second.

    python shop_watched.py TARGET [SECONDS]      a store (profiles.db), or a server (http://host:8521)

Two lines do it: start, and the middleware, which tells the pages apart by the label "route".
"""
import os
import subprocess
import sys
import tempfile
import wsgiref.simple_server

import statslice
import statslice.wsgi
from shop import Shop

VISITORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shop_visitors.py")


class QuietHandler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


def route(environ):
    return environ.get("PATH_INFO") or "/"


def main(target, seconds):
    statslice.start(target, service="shop", slice=1)
    with tempfile.TemporaryDirectory() as folder:
        application = statslice.wsgi.Middleware(Shop(os.path.join(folder, "shop.db")), route=route)
        with wsgiref.simple_server.make_server("127.0.0.1", 0, application,
                                               handler_class=QuietHandler) as server:
            visitors = subprocess.Popen([sys.executable, VISITORS, str(server.server_port),
                                         str(seconds)])
            try:
                server.timeout = 0.02
                while visitors.poll() is None:
                    server.handle_request()
            finally:
                visitors.kill()
                visitors.wait()
    statslice.stop()
    return visitors.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30.0))
