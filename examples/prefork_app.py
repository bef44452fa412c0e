"""The shop for servers that fork workers: each worker has a shop of its own, and counts.

    gunicorn -w 4 --chdir examples prefork_app:application
    python prefork_server.py --workers 4

With SHOP_COUNTS set to a path, each worker appends a line {"pid": ..., "handled": ...} to it when
it ends, so that what a profile counts can be held against what the worker itself counted.
"""
import atexit
import json
import os

from shop import Shop


class CountedShop:
    """The WSGI application."""

    def __init__(self):
        self.handled = 0
        self.shop = None

    def __call__(self, environ, start_response):
        if self.shop is None:  # in the worker: a database connection must not cross a fork
            self.shop = Shop(":memory:")
        return self.handle(environ, start_response)

    def handle(self, environ, start_response):
        self.handled += 1
        return self.shop(environ, start_response)

    def tell(self):
        path = os.environ.get("SHOP_COUNTS")
        if path and self.handled:
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps({"pid": os.getpid(), "handled": self.handled}) + "\n")


application = CountedShop()
atexit.register(application.tell)
