"""A small shop: a WSGI application over SQLite, with pages that cost different things.

    /                    the catalogue: one query and a page of HTML
    /search?q=WORDS      ranks every product against the words, in Python
    /cart?add=ID         prices a cart with discounts
    /checkout?add=ID     a transaction: stock, sales, receipt
    /report              all sales as JSON
"""
import collections
import html
import json
import random
import sqlite3
import urllib.parse

WORDS = ("oak pine steel copper linen wool lamp chair table shelf clock vase bowl frame mirror "
         "basket cushion carpet candle kettle mug plate tray stool bench desk").split()
PAGE_SIZE = 40


def open_database(path):
    """A database with 600 products, the same each time."""
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("""
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT, cents INTEGER, stock INTEGER);
        CREATE TABLE sale (id INTEGER PRIMARY KEY, product INTEGER, amount INTEGER, cents INTEGER);
    """)
    chance = random.Random(7)
    rows = [(" ".join(chance.sample(WORDS, 3)), chance.randrange(300, 90000), 10 ** 6)
            for _ in range(600)]
    database.executemany("INSERT INTO product (name, cents, stock) VALUES (?, ?, ?)", rows)
    return database


class Catalogue:
    """What there is to buy, and how well it fits what somebody looks for."""

    def __init__(self, database):
        self.database = database

    def page(self, number):
        query = "SELECT id, name, cents FROM product ORDER BY name LIMIT ? OFFSET ?"
        return self.database.execute(query, (PAGE_SIZE, number * PAGE_SIZE)).fetchall()

    def search(self, words):
        wanted = trigrams(words)
        rows = self.database.execute("SELECT id, name, cents FROM product").fetchall()
        return sorted(rows, key=lambda row: -similarity(wanted, trigrams(row[1])))[:PAGE_SIZE]


def trigrams(text):
    padded = "  " + text + " "
    return {padded[i:i + 3] for i in range(len(padded) - 2)}


def similarity(one, other):
    return len(one & other) / len(one | other)


class Cart:
    """Product ids and amounts, and what they cost."""

    def __init__(self, database, ids):
        self.database = database
        self.amounts = collections.Counter(ids)

    def lines(self):
        marks = ",".join("?" * len(self.amounts))
        query = "SELECT id, name, cents FROM product WHERE id IN (%s)" % marks
        return [(number, name, self.amounts[number], discounted(cents, self.amounts[number]))
                for number, name, cents in self.database.execute(query, list(self.amounts))]

    def total(self):
        return sum(cents for _, _, _, cents in self.lines())


def discounted(cents, amount):
    """The best of all rebates: each is tried."""
    return min(rebated(cents, amount, percent) for percent in range(30))


def rebated(cents, amount, percent):
    return sum(cents * (100 - percent) // 100 if piece % 3 == percent % 3 else cents
               for piece in range(amount))


class Checkout:
    """Turns a cart into sales, all of them or none."""

    def __init__(self, database):
        self.database = database

    def buy(self, cart):
        self.database.execute("BEGIN IMMEDIATE")
        try:
            for number, _, amount, cents in cart.lines():
                self.take_stock(number, amount)
                self.add_sale(number, amount, cents)
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")
        return {"lines": cart.lines(), "total": cart.total()}

    def take_stock(self, number, amount):
        self.database.execute("UPDATE product SET stock = stock - ? WHERE id = ?", (amount, number))

    def add_sale(self, number, amount, cents):
        self.database.execute("INSERT INTO sale (product, amount, cents) VALUES (?, ?, ?)",
                              (number, amount, cents))


class Report:
    """Who sold what: read row by row and summed in Python, as such reports are."""

    def __init__(self, database):
        self.database = database
        self.sums = {}

    def read(self):
        query = "SELECT name, amount, sale.cents FROM sale JOIN product ON product.id = product"
        for name, amount, cents in self.database.execute(query):
            for word in name.split():
                self.count(word, amount, cents)
        return self

    def count(self, word, amount, cents):
        old_amount, old_cents = self.sums.get(word, (0, 0))
        self.sums[word] = (old_amount + amount, old_cents + cents)

    def as_json(self):
        return json.dumps(self.sums, indent=1, sort_keys=True)


def render_page(title, rows):
    return "<!doctype html><title>%s</title><table>%s</table>" % (
        html.escape(title), "".join(render_row(*row) for row in rows))


def render_row(number, name, cents):
    return "<tr><td>%d<td>%s<td>%d.%02d" % (number, html.escape(name), *divmod(cents, 100))


class Shop:
    """The WSGI application."""

    def __init__(self, path):
        self.database = open_database(path)
        self.pages = {"/": self.catalogue, "/search": self.search, "/cart": self.cart,
                      "/checkout": self.checkout, "/report": self.report}

    def __call__(self, environ, start_response):
        page = self.pages.get(environ["PATH_INFO"])
        query = urllib.parse.parse_qs(environ.get("QUERY_STRING", ""))
        status, body = ("200 OK", page(query)) if page else ("404 Not Found", "no such page")
        start_response(status, [("Content-Type", "text/html; charset=utf-8")])
        return [body.encode()]

    def catalogue(self, query):
        number = int(query.get("page", ["0"])[0])
        return render_page("Catalogue", Catalogue(self.database).page(number))

    def search(self, query):
        words = query.get("q", [""])[0]
        return render_page(words, Catalogue(self.database).search(words))

    def cart(self, query):
        return json.dumps(Cart(self.database, map(int, query["add"])).lines())

    def checkout(self, query):
        cart = Cart(self.database, map(int, query["add"]))
        return json.dumps(Checkout(self.database).buy(cart))

    def report(self, query):
        return Report(self.database).read().as_json()
