#!/bin/sh
# The shop, live in a browser: statslice serve on demo/live.db, and a service that sends to it.
# DEMO_SECONDS: how long visitors come (default: 600); Ctrl-C ends both.
set -eu
cd "$(dirname "$0")/.."

seconds=${DEMO_SECONDS:-600}
address=${DEMO_ADDRESS:-127.0.0.1:8521}
python=$(tools/find_pythons.py | cut -f 1 | tail -n 1)
mkdir -p demo

build/statslice serve demo/live.db --listen "$address" --access-log demo/access.log &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" || true' EXIT
trap 'exit 130' INT TERM

echo "The page: http://$address   The shop under $("$python" -V) sends to it each second, for $seconds s."
PYTHONPATH=build/python "$python" examples/shop_watched.py "http://$address" "$seconds"
