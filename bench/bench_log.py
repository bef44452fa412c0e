#!/usr/bin/env python3
"""Slicing a profile log: statslice beside Python's json and Counter, on the same file.

A service's log of 200 MB: every ten seconds one line with 60 functions of 120, two callers
each. Both sides sum tottime per ten minutes and function, from the file to a table on the
standard output, and must agree to the nanosecond; MB/s of CPU time on one core, medians. The
same log is then read among a hundred times as many lines of something else, and compressed.

usage: bench_log.py [STATSLICE [MEGABYTES]]
"""
import csv
import datetime
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = 150  # MB/s
RUNS = 5
BEGIN = 1714910400
SLICE = 600

BY_HAND = """
import collections, datetime, json, sys
table = collections.defaultdict(collections.Counter)
with open(sys.argv[1]) as log:
    for line in log:
        profile = json.loads(line)
        begin = datetime.datetime.fromisoformat(profile["begin"].replace("Z", "+00:00"))
        slice_begin = int(begin.timestamp()) // %d * %d
        for function in profile["func_profiles"].values():
            table[slice_begin][function["file_name"] + ":" + function["qualname"]] += \
                round(function["tottime"] * 1e9)
totals = {begin: sum(row.values()) for begin, row in table.items()}
json.dump(totals, sys.stdout)
""" % (SLICE, SLICE)


def seconds(ns):
    return json.dumps(ns / 1e9) if ns % 1000 else "%d.%06d" % divmod(ns // 1000, 10**6)


def functions():
    modules = ["cart", "views", "db", "auth", "models", "cache", "render", "util", "queue", "http"]
    for i in range(120):
        name = "handle_%d" % i
        yield ("/srv/shop/%s.py" % modules[i % len(modules)], 10 + 7 * i, name,
               "Handler%d.%s" % (i % 9, name) if i % 2 else name)


def key(function):
    return "%s:%d(%s)" % (function[0], function[1], function[3])


def row(rng, function, callers):
    calls = rng.randint(1, 5000)
    own = rng.randint(0, 10**7)
    whole = own + rng.randint(0, 10**8)
    return '"%s":{"ncalls":%d,"pcalls":%d,"tottime":%s,"percall_tottime":%s,"cumtime":%s,' \
        '"percall_cumtime":%s,"file_name":"%s","line_number":%d,"name":"%s","qualname":"%s",' \
        '"callers":{%s}}' % (
            key(function), calls, calls, seconds(own), seconds(own // calls), seconds(whole),
            seconds(whole // calls), *function,
            ",".join('"%s":[%d,%d,%s,%s]' % (key(caller), calls // 2, calls // 2,
                                             seconds(own // 2), seconds(whole // 2))
                     for caller in callers))


def rows(rng, known):
    chosen = rng.sample(known, 60)
    return ",".join(row(rng, function, rng.sample(chosen, 2)) for function in chosen)


def stamp(at):
    return datetime.datetime.utcfromtimestamp(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_log(path, size):
    rng = random.Random(7)
    known = list(functions())
    bodies = [rows(rng, known) for _ in range(300)]
    at = BEGIN
    with open(path, "w") as log:
        while log.tell() < size:
            log.write('{"statslice":1,"begin":"%s","end":"%s","engine":"events","clock":"wall",'
                      '"coverage":1,"labels":{"host":"web1","service":"shop"},'
                      '"func_profiles":{%s}}\n' % (stamp(at), stamp(at + 10), rng.choice(bodies)))
            at += 10


def write_mixed(path, log):
    other = "\n".join(json.dumps({"time": stamp(BEGIN + i), "level": "INFO", "logger": "shop.cart",
                                  "message": "request %d done" % i, "status": 200})
                      for i in range(100))
    with open(log) as lines, open(path, "w") as mixed:
        for line in lines:
            mixed.write(line)
            mixed.write(other + "\n")


def cpu_seconds(command):
    """User and system time, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            done.stdout.decode())


def slices_of(statslice, path):
    return [statslice, "slices", "--slice", "10m", "--output-format", "csv", path]


def check_equal(ours, by_hand):
    table = list(csv.reader(ours.splitlines()))
    total = table[0].index("total")
    mine = {row[0]: round(float(row[total]) * 1e9) for row in table[1:]}
    theirs = {stamp(int(at)): ns for at, ns in json.loads(by_hand).items()}
    if mine != theirs:
        sys.exit("the two sides do not agree")


def speed(statslice, path):
    times = [cpu_seconds(slices_of(statslice, path))[0] for _ in range(RUNS)]
    return os.path.getsize(path) / 1e6 / statistics.median(times)


def main(statslice=os.path.join(ROOT, "build", "statslice"), megabytes="200"):
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "shop.log")
        write_log(log, int(megabytes) * 10**6)
        size = os.path.getsize(log) / 1e6
        hand_seconds, by_hand = cpu_seconds([sys.executable, "-c", BY_HAND, log])
        check_equal(cpu_seconds(slices_of(statslice, log))[1], by_hand)
        ours = speed(statslice, log)
        print("%d MB of log, tottime per 10 min and function; MB of log per second of CPU" % size)
        print("  json and Counter        %7.0f" % (size / hand_seconds))
        print("  statslice slices        %7.0f   %.1f times as fast" %
              (ours, ours * hand_seconds / size))
        mixed = os.path.join(folder, "mixed.log")
        write_mixed(mixed, log)
        print("  among other lines       %7.0f   (100 other lines to each profile)" %
              speed(statslice, mixed))
        os.unlink(mixed)
        for tool, ending in (("gzip", ".gz"), ("zstd", ".zst")):
            if shutil.which(tool):
                subprocess.run([tool, "-q", "-1", "-k", log], check=True)
                times = [cpu_seconds(slices_of(statslice, log + ending))[0] for _ in range(RUNS)]
                print("  compressed with %-6s  %7.0f" % (tool, size / statistics.median(times)))
    print("target: %d MB/s: %s" % (TARGET, "reached" if ours >= TARGET else "NOT reached"))
    return ours < TARGET


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
