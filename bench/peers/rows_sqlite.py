#!/usr/bin/env python3
"""A plain SQLite table, a row a function, as a peer of bench_store.py:
rows_sqlite.py load ROWS STORE | ask STORE FROM TO WIDTH TOP ROUNDS

With what its user needs: an index by time, and one by function and time. `load` tells the bytes
without and with them.
"""
import json
import os
import sqlite3
import struct
import sys
import time

ROW = struct.Struct("<IIIqqqq")
CREATE = """create table rows (begin_s integer, process integer, function integer, ncalls integer,
    pcalls integer, tottime_ns integer, cumtime_ns integer)"""
QUERY = """
with sums as materialized (
    select begin_s / :width * :width as slice, function, sum(cumtime_ns) as sum_ns
    from rows where begin_s >= :begin and begin_s < :end group by 1, 2),
tops as (select function from sums group by function order by sum(sum_ns) desc, function
    limit :top)
select slice, iif(function in tops, function, -1), sum(sum_ns) from sums group by 1, 2 order by 1, 2
"""


def rows_of(path):
    with open(path, "rb") as file:
        while True:
            chunk = file.read(ROW.size * 65536)
            if not chunk:
                return
            yield from ROW.iter_unpack(chunk)


def load(rows, store):
    begin = time.perf_counter()
    database = sqlite3.connect(store)
    database.execute("pragma journal_mode = off")
    database.execute(CREATE)
    database.executemany("insert into rows values (?, ?, ?, ?, ?, ?, ?)", rows_of(rows))
    database.commit()
    seconds, bare = time.perf_counter() - begin, os.path.getsize(store)
    database.execute("create index by_time on rows (begin_s)")
    database.execute("create index by_function on rows (function, begin_s)")
    database.commit()
    print(json.dumps({"seconds": seconds, "bare_bytes": bare, "bytes": os.path.getsize(store)}))


def ask(store, begin, end, width, top, rounds):
    database = sqlite3.connect("file:%s?mode=ro" % store, uri=True)
    database.execute("pragma threads = 2")
    words = {"begin": begin, "end": end, "width": width, "top": top}
    seconds = []
    for _ in range(rounds):
        at = time.perf_counter()
        table = database.execute(QUERY, words).fetchall()
        seconds.append(time.perf_counter() - at)
    print(json.dumps({"seconds": seconds, "table": table}))


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(*sys.argv[2:])
    else:
        ask(sys.argv[2], *map(int, sys.argv[3:]))
