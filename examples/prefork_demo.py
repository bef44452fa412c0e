"""A server with four workers under load, profiled from outside: who handled how much?

    python prefork_demo.py [--seconds 30] [--gunicorn] [--statslice PROGRAM] [--folder demo]

Runs the server under "statslice run", lets a crowd in, ends it, and then holds the sum of all
slices, worker by worker, against what each worker counted itself. Leaves a chart of the workers.
Exit status 1 where they differ.
"""
import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HANDLER = r"prefork_app\.py:\d+\((CountedShop\.)?handle\)"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_command(options, port):
    if options.gunicorn:
        return [options.gunicorn, "--workers", str(options.workers), "--bind",
                "127.0.0.1:%d" % port, "--chdir", HERE, "--log-level", "warning",
                "prefork_app:application"]
    return [sys.executable, os.path.join(HERE, "prefork_server.py"), "--port", str(port),
            "--workers", str(options.workers)]


def wait_for(port, server):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    sys.exit("the server did not come up")


def serve(options, log, counts):
    """Run the server under load, profiled."""
    port = free_port()
    command = [options.statslice, "run", "-o", log, "--slice", options.slice, "--label",
               "service=shop", "--", *server_command(options, port)]
    print("$ " + " ".join(command), flush=True)
    server = subprocess.Popen(command, env=dict(os.environ, SHOP_COUNTS=counts))
    try:
        wait_for(port, server)
        subprocess.run([sys.executable, os.path.join(HERE, "shop_crowd.py"), str(port),
                        str(options.seconds)], check=True)
    finally:
        server.send_signal(signal.SIGTERM)
        status = server.wait(60)
    if status != 0:
        sys.exit("the server ended with status %d" % status)


def counted(counts):
    """{pid: requests} as the workers counted."""
    with open(counts, encoding="utf-8") as file:
        return {str(line["pid"]): line["handled"] for line in map(json.loads, file)}


def profiled(options, log):
    """{pid: calls of the handler}, summed over all slices."""
    text = subprocess.run([options.statslice, "slices", log, "--slice", options.slice, "--metric",
                           "ncalls", "--by", "label:pid", "--match", HANDLER, "--top", "0",
                           "--output-format", "csv"], check=True, stdout=subprocess.PIPE).stdout
    header, *rows = [line.split(",") for line in text.decode().splitlines()]
    sums = {name: sum(int(row[i]) for row in rows) for i, name in enumerate(header)
            if re.fullmatch(r"\d+", name)}
    return {pid: calls for pid, calls in sums.items() if calls}


def draw(options, log, path):
    subprocess.run([options.statslice, "chart", log, "--slice", options.slice, "--by",
                    "label:pid", "--match", r"prefork_app|shop\.py", "--title",
                    "%d workers: own time in the shop" % options.workers, "-o", path], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--slice", default="1s")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--gunicorn", nargs="?", const="gunicorn", help="with gunicorn")
    parser.add_argument("--statslice", default="statslice", help="the program")
    parser.add_argument("--folder", default="demo", help="where the results go")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    log, counts, chart = (os.path.join(os.path.abspath(options.folder), "prefork" + ending)
                          for ending in (".ndjson", ".counts", ".svg"))
    for path in (log, counts, chart):
        if os.path.exists(path):
            os.unlink(path)
    serve(options, log, counts)
    own, ours = counted(counts), profiled(options, log)
    print("%10s %10s %10s" % ("worker", "counted", "profiled"))
    for pid in sorted(set(own) | set(ours)):
        print("%10s %10d %10d" % (pid, own.get(pid, 0), ours.get(pid, 0)))
    draw(options, log, chart)
    print("chart: " + chart)
    return 0 if own == ours and len(own) == options.workers else 1


if __name__ == "__main__":
    sys.exit(main())
