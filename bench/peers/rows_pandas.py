#!/usr/bin/env python3
"""pandas as a peer of bench_store.py: rows_pandas.py ask|ask-all ROWS FROM TO WIDTH TOP ROUNDS

The packed rows of store_rows are read into memory first; that does not count. ask-all: the frame
holds nothing but the span that is asked for, so that nothing need be filtered.
"""
import json
import sys
import time

import numpy
import pandas

ROW = numpy.dtype([("begin_s", "<u4"), ("process", "<u4"), ("function", "<u4"), ("ncalls", "<i8"),
                   ("pcalls", "<i8"), ("tottime_ns", "<i8"), ("cumtime_ns", "<i8")])


def query(frame, span, width, top):
    within = frame
    if span is not None:
        within = frame.loc[(frame.begin_s >= span[0]) & (frame.begin_s < span[1]),
                           ["begin_s", "function", "cumtime_ns"]]
    sums = within.groupby([within.begin_s // width * width, "function"]).cumtime_ns.sum()
    chosen = sums.groupby(level="function").sum().sort_index() \
        .sort_values(ascending=False, kind="stable").index[:top]
    named = sums.reset_index()
    named["function"] = named.function.astype("int64").where(named.function.isin(chosen), -1)
    return named.groupby(["begin_s", "function"]).cumtime_ns.sum().reset_index()


def ask(path, span, width, top, rounds):
    packed = numpy.fromfile(path, dtype=ROW)
    frame = pandas.DataFrame({name: packed[name].copy() for name in ROW.names})
    del packed
    seconds = []
    for _ in range(rounds):
        at = time.perf_counter()
        table = query(frame, span, width, top)
        seconds.append(time.perf_counter() - at)
    print(json.dumps({"seconds": seconds, "table": table.to_numpy().tolist()}))


if __name__ == "__main__":
    numbers = list(map(int, sys.argv[3:]))
    ask(sys.argv[2], numbers[:2] if sys.argv[1] == "ask" else None, *numbers[2:])
