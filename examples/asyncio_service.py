"""An asyncio service that is profiled all the time, with clients of its own; prints who took the time.

    PYTHONPATH=build/python python3 examples/asyncio_service.py --requests 200

Own time is running time: a coroutine that waits takes none.
"""
import argparse
import asyncio

import statslice


async def look_up(name):
    await asyncio.sleep(0.002)  # stands for a database
    return {"name": name, "score": score_of(name)}


def score_of(name):
    total = 0
    for at in range(300):
        total = mixed(total, at, len(name))
    return total


def mixed(total, at, length):
    return (total * 31 + at * length) % 1000003


async def profile_page(name):
    return "%(name)s: %(score)d\n" % await look_up(name)


async def board_page(count):
    rows = await asyncio.gather(*(look_up("player %d" % at) for at in range(count)))
    rows.sort(key=lambda row: row["score"])
    return "".join("%(score)d %(name)s\n" % row for row in rows)


async def serve(reader, writer):
    """One line is one request: "profile NAME" or "board COUNT"."""
    async for line in reader:
        verb, _, argument = line.decode().strip().partition(" ")
        with statslice.label(route=verb):  # tasks that are made inside have the label, too
            page = await (board_page(int(argument)) if verb == "board"
                          else profile_page(argument))
        writer.write(b"%d\n%s" % (len(page), page.encode()))
        await writer.drain()
    writer.close()


async def visit(port, requests):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for at in range(requests):
        writer.write(b"board 5\n" if at % 10 == 0 else b"profile ada %d\n" % at)
        await reader.readexactly(int(await reader.readline()))
    writer.close()


async def run(requests):
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(visit(port, requests) for _ in range(4)))
    await asyncio.sleep(0.05)  # connections are seen to end
    server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", default="profiles.log")
    parser.add_argument("--requests", type=int, default=200, help="of each of four clients")
    options = parser.parse_args()
    statslice.start(options.log, service="game", slice=1)
    asyncio.run(run(options.requests))
    statslice.stop()
    print(statslice.slices(options.log, slice="1m", by=["label:route", "function"], top=8,
                           match="asyncio_service"))  # not asyncio's own


if __name__ == "__main__":
    main()
