"""Visitors of the shop: a load that changes over half a minute.

    python shop_visitors.py PORT SECONDS

They look around, then search, buy, and at the end the office asks for reports;
for a moment nobody is there. The whole play is stretched to SECONDS.
"""
import http.client
import random
import sys
import time

# share of the time at which a phase begins, pause between two requests, pages and their weights
PHASES = [
    (0.00, 0.004, {"/": 8, "/search": 1, "/cart": 2}),
    (0.25, 0.002, {"/": 3, "/search": 6, "/cart": 3}),
    (0.47, 0.001, {"/": 2, "/search": 1, "/cart": 6, "/checkout": 6}),
    (0.65, 0.050, {}),
    (0.73, 0.003, {"/": 4, "/cart": 2, "/checkout": 2, "/report": 1}),
    (0.88, 0.005, {"/": 4, "/report": 4}),
]


def phase_at(share):
    return [phase for phase in PHASES if phase[0] <= share][-1]


def path_of(page, chance):
    products = "&".join("add=%d" % chance.randint(1, 600) for _ in range(chance.randint(1, 9)))
    return {
        "/": "/?page=%d" % chance.randrange(15),
        "/search": "/search?q=" + chance.choice(["oak+table", "wool+carpet", "copper+lamp"]),
        "/cart": "/cart?" + products,
        "/checkout": "/checkout?" + products,
        "/report": "/report",
    }[page]


def visit(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    finally:
        connection.close()


def main(port, seconds):
    chance = random.Random(11)
    begin = time.monotonic()
    failed = 0
    while time.monotonic() - begin < seconds:
        _, pause, pages = phase_at((time.monotonic() - begin) / seconds)
        if pages:
            page = chance.choices(list(pages), list(pages.values()))[0]
            failed += not visit(port, path_of(page, chance))
        time.sleep(pause)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2])))
