"""A crowd in the shop: several visitors at once, as fast as they are served.

    python shop_crowd.py PORT SECONDS [VISITORS]

Prints how many pages they got. Exit status 1 where a page did not come.
"""
import random
import sys
import threading
import time

from shop_visitors import path_of, visit

PAGES = {"/": 6, "/search": 1, "/cart": 6, "/checkout": 1}


class Visitor(threading.Thread):
    """Asks for one page after the other."""

    def __init__(self, port, seed, end):
        super().__init__()
        self.port, self.chance, self.end = port, random.Random(seed), end
        self.seen = self.failed = 0

    def run(self):
        while time.monotonic() < self.end:
            page = self.chance.choices(list(PAGES), list(PAGES.values()))[0]
            try:
                ok = visit(self.port, path_of(page, self.chance))
            except OSError:
                ok = False
            self.seen += ok
            self.failed += not ok


def main(port, seconds, count):
    end = time.monotonic() + seconds
    visitors = [Visitor(port, seed, end) for seed in range(count)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    print("%d pages, %d failed" % (sum(v.seen for v in visitors), sum(v.failed for v in visitors)))
    return 1 if any(visitor.failed for visitor in visitors) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]),
                  int(sys.argv[3]) if len(sys.argv) > 3 else 8))
