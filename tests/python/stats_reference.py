"""Print tables with the pstats of the interpreter that runs this (2.7, 3.8 and newer).

In:  a line of JSON a table: paths, table, sort, restrictions, strip, reverse.
Out: its length in bytes, a line end, and the table.
"""
from __future__ import print_function

import io
import json
import pstats
import sys

PYTHON2 = sys.version_info[0] == 2
loaded = {}  # a sort replaces the order alone, so what was loaded can be asked again


class Stream(object):
    """Takes str and bytes, which are the same to 2.7."""

    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text if isinstance(text, bytes) else text.encode("utf-8"))


def restriction(text):
    """As pstats' own browser reads it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text.encode("utf-8") if PYTHON2 else text


def texts(values):
    return [value.encode("utf-8") for value in values] if PYTHON2 else values


def load(paths, strip):
    key = (tuple(paths), strip)
    if key not in loaded:
        loaded[key] = pstats.Stats(*texts(paths))
        if strip:
            loaded[key].strip_dirs()
    return loaded[key]


def table(question):
    stats = load(question["paths"], question["strip"])
    stats.stream = stream = Stream()
    keys = texts(question["sort"])
    if len(keys) == 1 and keys[0] in ("-1", "0", "1", "2"):
        keys = [int(keys[0])]
    stats.sort_stats(*keys)
    if question["reverse"]:
        stats.reverse_order()
    getattr(stats, "print_" + question["table"])(*map(restriction, question["restrictions"]))
    return b"".join(stream.parts)


def main():
    source = io.open(0, encoding="utf-8", closefd=False)
    sink = io.open(1, "wb", closefd=False)
    for line in source:
        printed = table(json.loads(line))
        sink.write(("%d\n" % len(printed)).encode())
        sink.write(printed)
        sink.flush()


if __name__ == "__main__":
    main()
