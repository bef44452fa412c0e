#!/usr/bin/env python3
"""What a server takes in: profiles at a rate, for a time; and whether all that it acknowledged is there.

Processes of a fleet, 20 services with 200 functions each, post profiles of 10 s: each profile of
another process or another 10 s, its figures over six orders. Connections stay; a request that is
not acknowledged is sent again. Every second the server's memory and CPU time are read. Afterwards
the store is read past the server, and each profile that was acknowledged is looked for, by its
begin and labels, and the calls of all are summed.

usage: bench_serve_ingest.py [--rate N] [--seconds N] [--batch N] [--functions N] [--callers N]
                             [--connections N] [--gzip] [--statslice PATH] [--store PATH]

--rate     profiles a second (2,000)          --seconds      of sending (60)
--batch    profiles a request (20)            --connections  at a time (4)
--functions, --callers   rows of a profile (200), and callers of each (0)
--gzip     bodies are compressed, as the collector's sink does it
"""
import argparse
import collections
import gzip
import http.client
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

import harness

SERVICES = 20
VARIANTS = 8  # of a service's figures
BEGIN = 1772409600
SLICE = 10


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Fleet:
    """Profiles by number: number n is of process n % count, in slice n // count."""

    def __init__(self, processes, functions, callers):
        rng = random.Random(1)
        self.processes = processes
        made = [[self.rows(rng, service, functions, callers) for _ in range(VARIANTS)]
                for service in range(SERVICES)]
        self.rows_of = [[rows.encode() + b"}\n" for rows, _ in variants] for variants in made]
        self.packed_rows_of = [[gzip.compress(rows, 6) for rows in variants] for variants in self.rows_of]
        self.calls_of = [[calls for _, calls in variants] for variants in made]

    @staticmethod
    def rows(rng, service, functions, callers):
        keys = ["/srv/app%d/module%d.py:%d(Handler.method%d)" % (service, i % 17, 10 * i + 1, i)
                for i in range(functions)]
        rows, calls = {}, 0
        for i, key in enumerate(keys):
            ncalls = int(10 ** (6 * rng.random()))
            own = rng.randrange(1, 10 ** 9) / 1e9
            cumulative = round(own + rng.randrange(10 ** 9) / 1e9, 9)
            calls += ncalls
            rows[key] = {
                "ncalls": ncalls, "pcalls": ncalls, "tottime": own,
                "percall_tottime": round(own / ncalls, 9), "cumtime": cumulative,
                "percall_cumtime": round(cumulative / ncalls, 9),
                "file_name": "/srv/app%d/module%d.py" % (service, i % 17), "line_number": 10 * i + 1,
                "name": "method%d" % i, "qualname": "Handler.method%d" % i}
            if callers:
                rows[key]["callers"] = {keys[rng.randrange(functions)]: [ncalls, ncalls, own, cumulative]
                                        for _ in range(callers)}
        return json.dumps(rows, separators=(",", ":")), calls

    def line(self, n, is_packed):
        """With its newline; packed, it is two members of a gzip stream."""
        process, turn = n % self.processes, n // self.processes
        service, begin = process % SERVICES, BEGIN + SLICE * turn
        head = ('{"statslice":1,"begin":"%s","end":"%s","engine":"frames","clock":"wall","coverage":1,'
                '"labels":{"host":"h%d","service":"app%d"},"func_profiles":'
                % (rfc3339(begin), rfc3339(begin + SLICE), process, service))
        variant = (process + turn) % VARIANTS
        if is_packed:
            return gzip.compress(head.encode(), 1) + self.packed_rows_of[service][variant]
        return head.encode() + self.rows_of[service][variant]

    def calls(self, n):
        process, turn = n % self.processes, n // self.processes
        return self.calls_of[process % SERVICES][(process + turn) % VARIANTS]

    def where(self, n):
        return ("h%d" % (n % self.processes), (BEGIN + SLICE * (n // self.processes)) * 10 ** 9)


class Load:
    """Sends batches when their time has come; each until it is acknowledged."""

    def __init__(self, fleet, options, address):
        self.fleet, self.options, self.address = fleet, options, address
        self.lock = threading.Lock()
        self.next = 0
        self.acknowledged, self.late_max, self.bytes = [], 0.0, 0
        self.latencies, self.statuses = [], collections.Counter()
        self.counted = collections.Counter()

    def take(self):
        with self.lock:
            batch, self.next = self.next, self.next + self.options.batch
        return range(batch, batch + self.options.batch)

    def send(self, connection, body):
        headers = {"Content-Type": "application/x-ndjson"}
        if self.options.gzip:
            headers["Content-Encoding"] = "gzip"
        connection.request("POST", "/api/v1/profiles", body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read().decode())

    def run(self, begin, end):
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        while True:
            batch = self.take()
            due = begin + batch.start / self.options.rate
            if due >= end:
                return
            body = b"".join(self.fleet.line(n, self.options.gzip) for n in batch)
            now = time.monotonic()
            if now < due:
                time.sleep(due - now)
            self.late_max = max(self.late_max, now - due)
            while True:
                started = time.monotonic()
                status, answer = self.send(connection, body)
                self.statuses[status] += 1
                if status == 200:
                    break
                time.sleep(0.2)
            self.latencies.append(time.monotonic() - started)
            with self.lock:
                self.acknowledged.append(batch)
                self.bytes += len(body)
                for name in ("new", "known", "expired", "refused_count"):
                    self.counted[name] += answer[name]


def status_of(pid):
    """(resident MB, CPU seconds) of a process."""
    with open("/proc/%d/status" % pid) as file:
        resident = int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return resident, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def metrics_of(address):
    connection = http.client.HTTPConnection(*address, timeout=30)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return {name: float(value) for name, value in re.findall(r"(?m)^(\w+)(?:\{[^}]*\})? ([0-9.e+-]+)$", text)}


def watch(pid, rows, stop):
    begin = time.monotonic()
    while not stop.wait(1.0):
        rows.append((time.monotonic() - begin,) + status_of(pid))


def start_server(statslice, store):
    process = subprocess.Popen([statslice, "serve", store, "--listen", "127.0.0.1:0"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               universal_newlines=True)
    for line in process.stderr:
        found = re.search(r"http://(\S+):(\d+)", line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, (found.group(1), int(found.group(2)))
    raise SystemExit("the server did not start")


def look_for(load, fleet, store, statslice):
    """(acknowledged, of them there, calls as they should be, calls as the store sums them)."""
    database = sqlite3.connect("file:%s?mode=ro" % store, uri=True)
    hosts = {}
    info = json.loads(subprocess.check_output([statslice, "info", "--output-format", "json", store])
                      .decode())[0]
    about = dict(database.execute("SELECT id, about FROM labelset"))
    for series_id, packed in about.items():
        hosts[series_id] = re.search(rb"host\W+?(h\d+)\W", packed + b"\0").group(1).decode()
    there = {(hosts[series_id], begin) for series_id, begin in
             database.execute("SELECT series_id, begin_ns FROM print")}
    database.close()
    numbers = [n for batch in load.acknowledged for n in batch]
    found = sum(fleet.where(n) in there for n in numbers)
    summed = json.loads(subprocess.check_output(
        [statslice, "slices", "--slice", "1d", "--metric", "ncalls", "--top", "0", "--output-format", "json", store])
        .decode())
    return (len(numbers), found, info["profiles"], sum(map(fleet.calls, numbers)),
            sum(column["value"] for column in summed["columns"]))


def share(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def report(options, load, rows, took, found):
    acknowledged, there, stored, calls, summed = found
    resident = [row[1] for row in rows]
    cpu = (rows[-1][2] - rows[0][2]) / (rows[-1][0] - rows[0][0])
    print("%d profiles x %d functions in %.1f s: %.0f/s, %.1f MB/s of bodies%s, %d a request, %d connections"
          % (acknowledged, options.functions, took, acknowledged / took, load.bytes / took / 1e6,
             " (gzip)" if options.gzip else "", options.batch, options.connections))
    print("answers: %s; %s" % (dict(load.statuses), dict(load.counted)))
    print("acknowledged %d, there %d, in the store %d; calls %d, summed by the store %d"
          % (acknowledged, there, stored, calls, summed))
    print("until acknowledged: p50 %.1f ms, p99 %.1f ms, longest %.1f ms; sender late by at most %.2f s"
          % (1e3 * share(load.latencies, 0.5), 1e3 * share(load.latencies, 0.99),
             1e3 * max(load.latencies), load.late_max))
    print("server: %.2f cores; memory at 10 s steps, MB: %s; most %.0f"
          % (cpu, " ".join("%.0f" % resident[i] for i in range(0, len(resident), 10)), max(resident)))
    print("load average now: %.2f" % os.getloadavg()[0])
    return acknowledged == there == stored and calls == summed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("--callers", type=int, default=0)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--statslice", default=os.path.join(harness.ROOT, "build", "statslice"))
    parser.add_argument("--store")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="statslice-bench-")
    store = options.store or os.path.join(folder, "s.db")
    fleet = Fleet(int(options.rate * SLICE), options.functions, options.callers)
    print("load average before: %.2f" % os.getloadavg()[0])
    server, address = start_server(options.statslice, store)
    try:
        load, rows, stop = Load(fleet, options, address), [], threading.Event()
        watcher = threading.Thread(target=watch, args=(server.pid, rows, stop))
        watcher.start()
        begin = time.monotonic()
        threads = [threading.Thread(target=load.run, args=(begin, begin + options.seconds))
                   for _ in range(options.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begin
        stop.set()
        watcher.join()
        metrics = metrics_of(address)
        server.terminate()
        server.wait()
        found = look_for(load, fleet, store, options.statslice)
        size = os.path.getsize(store)
        whole = report(options, load, rows, took, found)
        commits = metrics["statslice_ingest_commits_total"]
        print("%d transactions, %.1f profiles each; %.1f s of the %.1f s in them"
              % (commits, found[0] / commits, metrics["statslice_ingest_commit_seconds_total"], took))
        print("store: %.1f MB, %.1f bits a row" % (size / 1e6, 8 * size / (found[0] * options.functions)))
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(0 if whole else "not all that was acknowledged is there")


if __name__ == "__main__":
    main()
