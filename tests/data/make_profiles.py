"""Profile a real workload, and dump it as one of the test profiles.

    python make_profiles.py OUT.prof [cProfile|profile|yappi|sampling] [--tasks A,B] [--document N] [--threads]

Runs under every Python from 2.7 on ("sampling": the sampler of 3.15). The workload uses some forty modules of the
standard library, their import included (--tasks: a part of it); --document N lets
pydoc describe N more of them, which gives thousands of functions. Folders of the machine are replaced by
/usr/lib/pythonX.Y and /srv/shop, in a way that leaves what objects share as it was,
so that the dump has the very bytes that the profiler's own dump has.
make_all_profiles.sh beside this file makes all of them.
"""
from __future__ import print_function

import marshal
import os
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.path.dirname(os.__file__)
SHOWN_LIBRARY = "/usr/lib/python%d.%d" % sys.version_info[:2]
SHOWN_HERE = "/srv/shop"

XML = "<shop>" + "".join("<item id='%d'><name>n%d</name></item>" % (i, i) for i in range(20)) + "</shop>"
SOURCE = '''
class Stock(object):
    """A shelf.

    >>> Stock({"pear": 2}).count("pear")
    2
    """
    def __init__(self, items):
        self.items = dict(items)

    def count(self, name, default=0):
        return self.items.get(name, default)

    def walk(self, depth):
        return [self.walk(depth - 1) for _ in range(2)] if depth else [len(self.items) * 2 + 1]
'''


def texts():
    import difflib
    import pprint
    import re
    import string
    import textwrap

    words = SOURCE.split()
    list(difflib.unified_diff(words, words[3:] + words[:5]))
    textwrap.fill(" ".join(words), 40)
    string.Template("$a and ${b}").substitute(a=1, b=2)
    pprint.pformat({"nested": [list(range(30)), {"deep": [{"er": words}]}]})
    re.sub(r"(?P<word>[a-z]+)(?:\d{2,3}|_x)?[^A-F\s]*", lambda m: m.group("word").upper(), SOURCE)


def data_formats():
    import base64
    import csv
    import io
    import json
    import pickle
    import plistlib
    import xml.dom.minidom
    import xml.etree.ElementTree

    nested = {"items": [{"id": i, "tags": ["a", "b"], "price": i * 1.5} for i in range(30)]}
    json.loads(json.dumps(nested, indent=2, sort_keys=True))
    pickle.loads(pickle.dumps(nested, 2))
    xml.dom.minidom.parseString(XML).toprettyxml()
    xml.etree.ElementTree.tostring(xml.etree.ElementTree.fromstring(XML))
    rows = list(csv.DictReader(["a,b", "1,2", "3,4"]))
    base64.b64encode(repr(rows).encode("ascii"))
    plist = io.BytesIO()
    getattr(plistlib, "dump", getattr(plistlib, "writePlist", None))(nested, plist)


def source_code():
    import ast
    import copy
    import dis
    import inspect
    import io
    import tokenize

    tree = ast.parse(SOURCE)
    copy.deepcopy(tree)
    ast.dump(tree)
    list(ast.walk(ast.NodeTransformer().visit(tree)))
    read = io.StringIO(SOURCE if str is not bytes else SOURCE.decode("ascii")).readline
    list(tokenize.generate_tokens(read))
    space = {}
    exec(compile(SOURCE, SHOWN_HERE + "/stock.py", "exec"), space)
    space["Stock"]({"pear": 1}).walk(5)
    inspect.getmembers(inspect)
    inspect.getsource(texts)
    stdout, sys.stdout = sys.stdout, (io.StringIO() if str is not bytes else io.BytesIO())
    try:
        dis.dis(texts)
    finally:
        sys.stdout = stdout


def numbers():
    import datetime
    import decimal
    import fractions
    import heapq
    import random

    random.seed(7)
    sum(fractions.Fraction(1, i) for i in range(1, 40))
    sum((decimal.Decimal(i) / 7 for i in range(1, 40)), decimal.Decimal(0))
    heapq.nsmallest(5, [random.gauss(0, 1) for _ in range(300)])
    random.sample(range(100), 20)
    datetime.datetime(2020, 2, 18).strftime("%Y")
    try:
        import statistics
        statistics.pstdev([1.5, 2.5, 4])
        statistics.median([3, 1, 2])
    except ImportError:
        pass


def messages():
    import email.mime.multipart
    import email.mime.text
    import email.parser
    import mimetypes

    mail = email.mime.multipart.MIMEMultipart()
    mail["Subject"] = "An order"
    mail["To"] = "Shop <shop@example.org>"
    mail.attach(email.mime.text.MIMEText("one pear\n" * 20))
    read = email.parser.Parser().parsestr(mail.as_string())
    [part.get_content_type() for part in read.walk()]
    mimetypes.guess_type("x.tar.gz")


def command_line():
    import argparse
    import logging
    import optparse

    parser = argparse.ArgumentParser(prog="shop")
    commands = parser.add_subparsers()
    for name in ("add", "list", "sell"):
        command = commands.add_parser(name, help="do " + name)
        command.add_argument("--count", type=int, default=1, help="how many")
        command.add_argument("names", nargs="*")
    parser.parse_args(["add", "--count", "3", "pear", "plum"])
    parser.format_help()
    options = optparse.OptionParser()
    options.add_option("-n", type="int")
    options.parse_args(["-n", "3"])
    log = logging.getLogger("shop")
    log.addHandler(logging.StreamHandler(open(os.devnull, "w")))
    log.warning("stock of %s is %d", "pear", 2)


def store():
    import shutil
    import sqlite3
    import tarfile
    import zipfile

    folder = tempfile.mkdtemp()
    try:
        shelf = sqlite3.connect(os.path.join(folder, "shop.db"))
        shelf.execute("create table item (name text, price real)")
        shelf.executemany("insert into item values (?, ?)", [("n%d" % i, i) for i in range(50)])
        shelf.execute("select sum(price) from item").fetchall()
        shelf.close()
        with zipfile.ZipFile(os.path.join(folder, "a.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.txt", SOURCE)
        tape = tarfile.open(os.path.join(folder, "a.tar.gz"), "w:gz")
        tape.add(os.path.join(folder, "a.zip"), "a.zip")
        tape.close()
        tarfile.open(os.path.join(folder, "a.tar.gz")).getnames()
    finally:
        shutil.rmtree(folder)


def checks():
    import doctest
    import types
    import unittest

    class Case(unittest.TestCase):
        def test_equal(self):
            self.assertEqual([1, {"a": 2}], [1, {"a": 2}])

        def test_not_equal(self):
            self.assertEqual("one\ntwo\n", "one\nthree\n")

    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Case)
    unittest.TextTestRunner(stream=open(os.devnull, "w")).run(suite)
    module = types.ModuleType("stock")
    exec(compile(SOURCE, SHOWN_HERE + "/stock.py", "exec"), module.__dict__)
    doctest.testmod(module)


def network():
    try:
        import asyncio
    except ImportError:
        return
    import html.parser
    import urllib.parse

    async_source = (
        "async def cook(asyncio, n):\n"
        "    await asyncio.sleep(0)\n"
        "    return n\n"
        "async def serve(asyncio):\n"
        "    return await asyncio.gather(*[cook(asyncio, i) for i in range(20)])\n")
    space = {}
    exec(compile(async_source, SHOWN_HERE + "/kitchen.py", "exec"), space)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(space["serve"](asyncio))
    loop.close()
    html.parser.HTMLParser().feed("<p class=a>x<br>&amp;</p>")
    urllib.parse.urlencode(urllib.parse.parse_qs(urllib.parse.urlsplit("http://h/p?a=1&b=2").query))


TASKS = [texts, data_formats, source_code, numbers, messages, command_line, store, checks, network]

DOCUMENTED = """
    json.encoder ast tokenize sqlite3 argparse email.message xml.dom.minidom unittest.case doctest
    inspect asyncio http.server logging.config decimal fractions statistics csv zipfile tarfile
    difflib pydoc mailbox html.parser urllib.request xmlrpc.client concurrent.futures typing
    multiprocessing.pool dataclasses pickletools optparse turtle smtplib ftplib imaplib cgi shelve
    configparser ipaddress plistlib calendar subprocess threading socketserver pdb cmd trace shlex
    string locale codecs gettext datetime collections random tempfile shutil pathlib selectors
    queue sched wave uuid platform ssl poplib nntplib telnetlib webbrowser xml.sax.handler zipapp
    tkinter idlelib.editor idlelib.pyshell lib2to3.refactor lib2to3.fixer_util lib2to3.main
    distutils.core distutils.dist unittest.mock ensurepip venv cProfile tracemalloc symtable
    graphlib zoneinfo contextlib functools enum types operator copyreg reprlib bdb code timeit
    py_compile compileall modulefinder runpy importlib.metadata importlib.resources pkgutil
    turtledemo.__main__ test.support ctypes.util curses.textpad wsgiref.simple_server netrc
""".split()


def document(count):
    import importlib
    import pydoc

    for name in DOCUMENTED[:count]:
        try:
            module = importlib.import_module(name)
            pydoc.plaintext.document(module)
            pydoc.html.document(module)
        except Exception:  # a module that this version or machine does not have
            pass


def work(tasks, documented, threads):
    if threads:
        crew = [threading.Thread(target=task) for task in tasks]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
    else:
        for task in tasks:
            task()
    document(documented)


def shown(file_name):
    for folder, name in ((LIBRARY, SHOWN_LIBRARY), (HERE, SHOWN_HERE), (sys.prefix, "/usr")):
        if file_name.startswith(folder + os.sep):
            return name + file_name[len(folder):]
    if file_name.startswith("/"):  # where the interpreter's own C code was built
        return "/usr/src/" + "/".join(file_name.split("/")[-2:])
    return file_name


class Rewriter(object):
    """Other file names; objects that were one stay one, since marshal writes those as references."""

    def __init__(self):
        self.files, self.functions = {}, {}

    def file(self, name):
        return self.files.setdefault(name, shown(name))

    def function(self, function):
        if id(function) not in self.functions:
            self.functions[id(function)] = (self.file(function[0]), function[1], function[2])
        return self.functions[id(function)]

    def stats(self, stats):
        new = {}
        for function, value in stats.items():
            if value is True:  # the sampler's mark on the file
                new[function] = value
                continue
            cc, nc, tt, ct, callers = value
            new_callers = {}
            for caller, figures in callers.items():
                new_callers[self.function(caller)] = figures
            new[self.function(function)] = cc, nc, tt, ct, new_callers
        return new


def dump(path, out):
    with open(path, "rb") as file:
        stats = marshal.load(file)
    rewriter = Rewriter()
    new = rewriter.stats(stats)
    del stats
    rewriter.functions = {}
    with open(out, "wb") as file:
        marshal.dump(new, file)
    values = [value for value in new.values() if value is not True]
    return len(values), sum(len(value[4]) for value in values)


def profile_with(tool, path, *work_args):
    if tool == "yappi":
        import yappi
        yappi.set_clock_type("wall")
        yappi.start(builtins=True)
        work(*work_args)
        yappi.stop()
        yappi.get_func_stats().save(path, "PSTAT")
        return
    if tool == "sampling":
        names = ",".join(task.__name__ for task in work_args[0])
        subprocess.check_call([
            sys.executable, "-m", "profiling.sampling", "run", "--pstats", "-r", "4khz", "-o", path,
            os.path.abspath(__file__), "nothing", "work", "--tasks", names])
        return
    if tool == "work":
        work(*work_args)
        return
    module = __import__(tool)
    profiler = module.Profile()
    profiler.runcall(work, *work_args)
    profiler.dump_stats(path)


def main(args):
    def option(name, default):
        return args[args.index(name) + 1] if name in args else default

    names = option("--tasks", "").split(",")
    tasks = [task for task in TASKS if names == [""] or task.__name__ in names]
    tool = args[1] if len(args) > 1 and not args[1].startswith("-") else "cProfile"
    handle, path = tempfile.mkstemp()
    os.close(handle)
    try:
        profile_with(tool, path, tasks, int(option("--document", "0")), "--threads" in args)
        if tool == "work":
            return
        print("%s: %d functions, %d edges" % ((args[0],) + dump(path, args[0])))
    finally:
        os.remove(path)


if __name__ == "__main__":
    main(sys.argv[1:])
