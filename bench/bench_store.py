#!/usr/bin/env python3
"""The store beside databases: the same rows, the same question, the same answer.

One process of a fleet (fleet.h) over 24 h: 8,640 profiles of 10 s, 20 million function rows. The
question: cumtime in slices of 10 min, the top 20 functions and the sum of all others. Each side
is asked in turn in a process that has just begun, its file in the page cache; both what its query
takes and what the whole process takes are told, as medians. Every answer must be the same to the
nanosecond. Sizes, and rows per second from the source to the file, stand beside.

usage: bench_store.py [--hard | --growth | --writers] [--rounds N] [--statslice PATH]
                      [--only NAME,...]

--hard     each figure log-uniform over six orders by itself: nothing to pack
--growth   2, 20 and 200 million rows: statslice and DuckDB (30 GB of disk, 10 minutes)
--writers  into the store: from memory by the size of a transaction, from a profile log, and by
           16 processes at once

What the peers load stays in build/bench-store for the next run. DuckDB and libchdb are fetched by
npm into build/bench-node, as bench/peers/package-lock.json pins them. clickhouse-server is used
where it is installed. A peer that is not there is told.
"""
import argparse
import collections
import contextlib
import csv
import datetime
import decimal
import json
import os
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import harness

PEERS = os.path.join(harness.HERE, "peers")
DATA = os.path.join(harness.ROOT, "build", "bench-store")
NODE = os.path.join(harness.ROOT, "build", "bench-node")
ROWS = os.path.join(harness.ROOT, "build", "bench", "store_rows")
PYTHON = "/usr/bin/python3"  # Debian's, for Debian's pandas
BEGIN = 1772409600  # fleet.h
WIDTH = 600
TOP = 20

Peer = collections.namedtuple("Peer", "name form runs script needs rounds")
# form: what it is fed from; it is asked over that form where it has no file of its own
NPM_PEERS = [
    Peer("DuckDB", "csv", "node", "duckdb.mjs", "@duckdb/node-api", None),
    Peer("libchdb", "rows", "node", "chdb.js", "chdb", None),
]
PYTHON_PEERS = [
    Peer("pandas", "rows", PYTHON, "rows_pandas.py", "pandas", 3),
    Peer("pandas unfiltered", "rows", PYTHON, "rows_pandas.py", "pandas", 3),
    Peer("SQLite rows", "rows", PYTHON, "rows_sqlite.py", "sqlite3", 1),
    Peer("clickhouse-server", "rows", PYTHON, "rows_clickhouse.py", "clickhouse-server", 3),
]
OWN_FILE = {"DuckDB", "libchdb", "SQLite rows", "clickhouse-server"}

Set = collections.namedtuple("Set", "name slices settings")
SETS = [Set("2M", 864, []), Set("20M", 8640, []), Set("200M", 86400, [])]
HARD = Set("20M-hard", 8640, ["hard=1"])

Times = collections.namedtuple("Times", "query process cpu")


# --- what is there ---

def npm_folder():
    """Where npm put the peers; it does so if it can."""
    lock = os.path.join(PEERS, "package-lock.json")
    stamp = os.path.join(NODE, "package-lock.json")
    if not os.path.exists(stamp) and shutil.which("npm"):
        os.makedirs(NODE, exist_ok=True)
        shutil.copy(os.path.join(PEERS, "package.json"), NODE)
        shutil.copy(lock, NODE + "/package-lock.json")
        done = subprocess.run(["npm", "install", "--no-save", "--no-audit", "--no-fund",
                               "--silent"], cwd=NODE)
        if done.returncode != 0:
            os.unlink(stamp)
    return NODE


def is_there(peer):
    if peer.runs == "node":
        return shutil.which("node") is not None and \
            os.path.isdir(os.path.join(NODE, "node_modules", peer.needs))
    if peer.needs == "clickhouse-server":
        return shutil.which(peer.needs, path=os.environ["PATH"] + ":/usr/sbin") is not None
    return subprocess.run([peer.runs, "-c", "import " + peer.needs],
                          stderr=subprocess.DEVNULL).returncode == 0


# --- making and loading, once ---

def path_of(data, kind):
    return os.path.join(DATA, data.name + "." + re.sub(r"\W", "-", kind))


def remembered(data, kind, make):
    """What make() told when it was run; a later run reads it."""
    stamp = path_of(data, kind) + ".json"
    if not os.path.exists(stamp):
        path = path_of(data, kind)
        for left in (path, path + "-wal", path + "-shm"):
            if os.path.isdir(left):
                shutil.rmtree(left)
            elif os.path.exists(left):
                os.unlink(left)
        told = make()
        with open(stamp, "w") as file:
            json.dump(told, file)
    with open(stamp) as file:
        return json.load(file)


def generate(data, form, *settings):
    """Its rows and bytes, and of a store the seconds."""
    words = [ROWS, form, path_of(data, form), "slices=%d" % data.slices, *data.settings, *settings]
    told = subprocess.check_output(words).decode().split()
    size = os.path.getsize(path_of(data, form))
    return {"seconds": float(told[0]) if form == "store" else None, "rows": int(told[-1]),
            "bytes": size}


def made(data, form, *settings):
    return remembered(data, form, lambda: generate(data, form, *settings))


def fresh(name):
    """A path below DATA where no store is."""
    path = os.path.join(DATA, name)
    for ending in ("", "-wal", "-shm"):
        if os.path.exists(path + ending):
            os.unlink(path + ending)
    return path


def bytes_by_level(store):
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % store, uri=True)) as database:
        return dict(database.execute("select level, sum(byte_count) from chunk group by level"))


def compacted(data, command):
    """Our side is made by every run, as the build at hand makes it; with rollups by `compact`."""
    path = fresh(os.path.basename(path_of(data, "store")))
    told = generate(data, "store")
    at = time.perf_counter()
    subprocess.check_call([command, "compact", "--quiet", path])
    return {**told, "written_bytes": told["bytes"], "compact_seconds": time.perf_counter() - at,
            "bytes": os.path.getsize(path), "raw_bytes": bytes_by_level(path)[0]}


def load(peer, data):
    words = [peer.runs, os.path.join(PEERS, peer.script), "load", path_of(data, peer.form),
             path_of(data, peer.name)]

    def make():
        made(data, peer.form)
        return json.loads(subprocess.check_output(words))
    return remembered(data, peer.name, make)


# --- asking ---

def span(data):
    return BEGIN, BEGIN + data.slices * 10


def timed(words):
    """What it printed, with the seconds and the CPU seconds of the whole process."""
    with tempfile.TemporaryFile() as answer: # a pipe, and subprocess's own work, would count too
        before, at = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        child = os.posix_spawnp(words[0], words, os.environ,
                                file_actions=[(os.POSIX_SPAWN_DUP2, answer.fileno(), 1)])
        status = os.waitpid(child, 0)[1]
        whole, after = time.perf_counter() - at, resource.getrusage(resource.RUSAGE_CHILDREN)
        if status != 0:
            raise SystemExit("%s ended with %s" % (words[0], status))
        answer.seek(0)
        text = answer.read().decode()
    return text, whole, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def ask_peer(peer, data):
    """The answer as {(slice, function or -1): ns}, and the times."""
    begin, end = span(data)
    store = path_of(data, peer.name if peer.name in OWN_FILE else peer.form)
    verb = "ask-all" if peer.name == "pandas unfiltered" else "ask"
    text, whole, cpu = timed([peer.runs, os.path.join(PEERS, peer.script), verb, store,
                              str(begin), str(end), str(WIDTH), str(TOP), "1"])
    told = json.loads(text)
    return ({(int(at), int(function)): int(ns) for at, function, ns in told["table"]},
            Times(told["seconds"][0], whole, cpu))


def ask_statslice(command, data, level):
    begin, end = (datetime.datetime.utcfromtimestamp(at).strftime("%Y-%m-%dT%H:%M:%SZ")
                  for at in span(data))
    text, whole, cpu = timed([command, "slices", "--level", level, "--from", begin, "--to", end,
                              "--slice", "%ds" % WIDTH, "--metric", "cumtime", "--by", "name",
                              "--top", str(TOP), "--zone", "UTC", "--output-format", "csv",
                              path_of(data, "store")])
    return answer_of(list(csv.reader(text.splitlines()))), Times(whole, whole, cpu)


def answer_of(table):
    numbers = {}
    for place, title in enumerate(table[0]):
        named = re.fullmatch(r"handle_(\d+)", title)
        if named or title == "other":
            numbers[place] = int(named.group(1)) if named else -1
    answer = {}
    for row in table[1:]:
        at = datetime.datetime.strptime(row[0], "%Y-%m-%dT%H:%M:%SZ")
        at = int(at.replace(tzinfo=datetime.timezone.utc).timestamp())
        for place, number in numbers.items():
            ns = int(decimal.Decimal(row[place]) * 10**9)
            if ns != 0:
                answer[at, number] = ns
    return answer


def in_turns(sides, rounds):
    """{side: median Times}, of processes that take turns; all must give the same answer."""
    first = None
    found = collections.defaultdict(list)
    for turn in range(rounds + 1):
        for name, (ask, at_most) in sides.items():
            if at_most is not None and turn > at_most:
                continue
            answer, times = ask()
            if first is None:
                first = answer
            if answer != first:
                sys.exit("%s answers otherwise" % name)
            if turn > 0:  # the one before fills the page cache
                found[name].append(times)
    return {name: Times(*map(statistics.median, zip(*times))) for name, times in found.items()}


# --- showing ---

def show_line(name, times, rows, told):
    size = "%8.1f MB %7.1f" % (told["bytes"] / 1e6, told["bytes"] * 8 / rows) if told else " " * 19
    rate = "%7.2f" % (rows / told["seconds"] / 1e6) if told and told.get("seconds") else ""
    print("  %-24s %9.1f %9.1f %9.1f  %s %s" % (name, times.query * 1e3, times.process * 1e3,
                                               times.cpu * 1e3, size, rate), flush=True)


def judge(text, value, limit, reached):
    print("  %-58s %6.2f  target %5.2f: %s" % (text, value, limit,
                                              "reached" if reached else "NOT reached"))
    return not reached


def compare(data, peers, options):
    """All sides over one set of rows. Returns: what ours took raw; the store; what peers told."""
    store = compacted(data, options.statslice)
    rows = store["rows"]
    loaded = {}
    for peer in peers:
        if peer.name in OWN_FILE:
            loaded[peer.name] = load(peer, data)
        else:
            made(data, peer.form)
    sides = {"statslice, raw": (lambda: ask_statslice(options.statslice, data, "raw"), None),
             "statslice, rollups": (lambda: ask_statslice(options.statslice, data, "auto"), None)}
    for peer in peers:
        sides[peer.name] = ((lambda peer=peer: ask_peer(peer, data)), peer.rounds)
    print("%s: %d rows; ms; %s" % (data.name, rows, harness.load_average()))
    print("  %-24s %9s %9s %9s  %11s %7s %s" % ("", "query", "process", "CPU", "on disk",
                                                "bits/row", "M rows/s in"))
    times = in_turns(sides, options.rounds)
    loaded["statslice, raw"] = {**store, "bytes": store["raw_bytes"]}
    loaded["statslice, rollups"] = {"bytes": store["bytes"]}
    for name in times:
        show_line(name, times[name], rows, loaded.get(name))
    print("  as it was written %.1f MB; compacted, and rollups of four levels made, in %.1f s" %
          (store["written_bytes"] / 1e6, store["compact_seconds"]))
    list_seconds = [timed([options.statslice, "info", path_of(data, "store")])[1]
                    for _ in range(options.rounds)]
    store["list_ms"] = statistics.median(list_seconds) * 1e3
    print("  opened and listed (info) in %.1f ms" % store["list_ms"])
    return times, store, loaded


def show_targets(times, store, loaded):
    missed = False
    ours, rollups = times["statslice, raw"], times["statslice, rollups"]
    for name, limit in (("DuckDB", 5), ("pandas", 30), ("pandas unfiltered", 30)):
        if name in times:
            ratio = times[name].query / ours.process
            missed |= judge("query of %s / whole process of statslice" % name, ratio, limit,
                            ratio >= limit)
    missed |= judge("ms, with rollups", rollups.process * 1e3, 5, rollups.process <= 0.005)
    for name, key, limit in (("DuckDB", "bytes", 0.6), ("SQLite rows", "bytes", 0.15),
                             ("SQLite rows", "bare_bytes", 0.15)):
        if name in loaded:
            share = store["bytes"] / loaded[name][key]
            text = " without indexes" if key == "bare_bytes" else ""
            missed |= judge("size with rollups / %s%s" % (name, text), share, limit,
                            share <= limit)
    rate = store["rows"] / store["seconds"] / 1e6
    return judge("million rows a second from memory", rate, 1, rate >= 1) or missed


def growth(peers, options):
    missed, per_row = False, {}
    for data in SETS:
        times, store, _ = compare(data, [peer for peer in peers if peer.name == "DuckDB"],
                                  options)
        per_row[data.name] = times["statslice, raw"].cpu * 1e9 / store["rows"]
        print("  CPU per row, raw: %.2f ns" % per_row[data.name])
        if store["rows"] > 10**8 and os.path.exists(path_of(data, "csv")):
            os.unlink(path_of(data, "csv"))  # large, and quickly made again
            os.unlink(path_of(data, "csv") + ".json")
    missed |= judge("ms to open and list 1 GB", store["list_ms"], 20, store["list_ms"] <= 20)
    more = per_row["200M"] / per_row["20M"]
    return judge("CPU per row, of 200 M / of 20 M", more, 1.3, more <= 1.3) or missed


# --- writers ---

WRITERS = 16
WRITER_SLICES = 60


def profiles_in(store):
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % store, uri=True)) as database:
        return database.execute("select sum(profile_count) from chunk where level = 0") \
            .fetchone()[0]


def writers(options):
    print("%s" % harness.load_average())
    print("  from memory, profiles of 2,300 functions   rows/s   longest wait")
    missed = False
    for batch, slices in ((1, 360), (6, 1440), (60, 2880), (360, 2880)):
        told = subprocess.check_output([ROWS, "store", fresh("writers.store"),
                                        "slices=%d" % slices, "batch=%d" % batch])
        seconds, longest, _, rows = map(float, told.split())
        print("    %4d in a transaction            %9.2f M   %9.1f ms" %
              (batch, rows / seconds / 1e6, longest * 1e3), flush=True)
    missed |= from_log(options.statslice)
    return missed | many_writers()


def from_log(command):
    log, store = os.path.join(DATA, "writers.log"), fresh("writers.store")
    subprocess.check_output([ROWS, "ndjson", log, "slices=720"])
    with open(log, "rb") as file:  # into the page cache
        while file.read(1 << 24):
            pass
    _, seconds, cpu = timed([command, "add", store, log])
    size = os.path.getsize(log)
    os.unlink(log)
    print("  a profile log of %.0f MB, %.2f s, %.2f s of CPU" % (size / 1e6, seconds, cpu))
    rate = size / seconds / 1e6
    return judge("MB/s from a profile log", rate, 150, rate >= 150)


def many_writers():
    store = fresh("writers.store")
    at = time.perf_counter()
    crowd = [subprocess.Popen([ROWS, "store", store, "slices=%d" % WRITER_SLICES, "batch=1",
                               "seed=%d" % (i + 1), "processes=1"], stdout=subprocess.PIPE)
             for i in range(WRITERS)]
    told = [one.communicate()[0].decode().split() for one in crowd]
    seconds = time.perf_counter() - at
    if any(one.returncode != 0 for one in crowd):
        sys.exit("a writer failed")
    lost = sum(int(words[2]) for words in told) - profiles_in(store)
    longest = max(float(words[1]) for words in told)
    print("  %d processes, each %d profiles, a transaction each: %.1f s, %d lost" %
          (WRITERS, WRITER_SLICES, seconds, lost))
    return judge("s, the longest that one waited", longest, 1, longest <= 1) or lost != 0


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--hard", action="store_true")
    words.add_argument("--growth", action="store_true")
    words.add_argument("--writers", action="store_true")
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--only", default="")
    words.add_argument("--statslice", default=os.path.join(harness.ROOT, "build", "statslice"))
    options = words.parse_args()
    os.makedirs(DATA, exist_ok=True)
    os.environ["STS_BENCH_NODE"] = npm_folder()
    peers = []
    for peer in NPM_PEERS + PYTHON_PEERS:
        if options.only and peer.name not in options.only.split(","):
            continue
        if is_there(peer):
            peers.append(peer)
        else:
            print("%s is not there: left out" % peer.name)
    if options.writers:
        return writers(options)
    if options.growth:
        return growth(peers, options)
    return show_targets(*compare(HARD if options.hard else SETS[1], peers, options))


if __name__ == "__main__":
    sys.exit(main())
