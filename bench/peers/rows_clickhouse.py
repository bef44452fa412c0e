#!/usr/bin/env python3
"""Debian's clickhouse-server as a peer of bench_store.py:
rows_clickhouse.py load ROWS STORE | ask STORE FROM TO WIDTH TOP ROUNDS

The server runs for the time of one call, with files of its own below STORE, on a free loopback
port. What a client waits for is timed, so its start does not count.
"""
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse

COLUMNS = "begin_s UInt32, process UInt32, function UInt32, ncalls Int64, pcalls Int64, " \
    "tottime_ns Int64, cumtime_ns Int64"
CONFIG = """<yandex>
 <logger><level>error</level><log>{store}/log</log><errorlog>{store}/errors</errorlog></logger>
 <listen_host>127.0.0.1</listen_host><http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
 <path>{store}/data/</path><tmp_path>{store}/tmp/</tmp_path>
 <mark_cache_size>1073741824</mark_cache_size><users_config>users.xml</users_config>
 <default_profile>default</default_profile><default_database>default</default_database>
</yandex>"""
USERS = """<yandex>
 <profiles><default><max_threads>2</max_threads></default></profiles><quotas><default/></quotas>
 <users><default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
  <quota>default</quota></default></users>
</yandex>"""
QUERY = """
select slice, if(same = 0, -1, toInt64(same) - 1) as f, sum(sum_ns) from
 (select intDiv(begin_s, {width}) * {width} as slice, function + 1 as function,
   sum(cumtime_ns) as sum_ns from rows where begin_s >= {begin} and begin_s < {end} group by slice, function)
 any left join
 (select function, function as same from
  (select function + 1 as function, sum(cumtime_ns) as whole from rows
   where begin_s >= {begin} and begin_s < {end}
   group by function order by whole desc, function limit {top})) using function
group by slice, f order by slice, f"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def say(port, query, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
    connection.request("POST", "/?query=" + urllib.parse.quote(query), body)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        raise SystemExit("clickhouse-server: " + text)
    return text


def wait_until_it_answers(server, port):
    for _ in range(300):
        with contextlib.suppress(OSError):
            say(port, "select 1")
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit("clickhouse-server does not start")


@contextlib.contextmanager
def serving(store):
    os.makedirs(store, exist_ok=True)
    port = free_port()
    for name, text in (("config.xml", CONFIG), ("users.xml", USERS)):
        with open(os.path.join(store, name), "w") as file:
            file.write(text.format(store=store, http=port, tcp=free_port()))
    server = subprocess.Popen(["clickhouse-server", "--config-file=" + store + "/config.xml"],
                              cwd=store, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_answers(server, port)
        yield port
    finally:
        server.terminate()
        server.wait()


def load(rows, store):
    with serving(store) as port, open(rows, "rb") as body:
        say(port, "create table rows (%s) engine = MergeTree order by (begin_s, function) "
            "partition by tuple()" % COLUMNS)
        begin = time.perf_counter()
        say(port, "insert into rows format RowBinary", body)
        seconds = time.perf_counter() - begin
        say(port, "optimize table rows final")
        size = say(port, "select sum(bytes_on_disk) from system.parts where active "
                   "and table = 'rows'")
    print(json.dumps({"seconds": seconds, "bytes": int(size)}))


def ask(store, begin, end, width, top, rounds):
    query = QUERY.format(begin=begin, end=end, width=width, top=top)
    seconds = []
    with serving(store) as port:
        for _ in range(rounds):
            at = time.perf_counter()
            text = say(port, query)
            seconds.append(time.perf_counter() - at)
    print(json.dumps({"seconds": seconds, "table": [line.split("\t")
                                                    for line in text.splitlines()]}))


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(*sys.argv[2:])
    else:
        ask(sys.argv[2], *map(int, sys.argv[3:]))
