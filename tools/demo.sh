#!/bin/sh
# The main job, once, on a real service: profile, log, slice, draw. Leaves its results in demo/.
set -eu
cd "$(dirname "$0")/.."

seconds=${DEMO_SECONDS:-30}
python=$(tools/find_pythons.py | cut -f 1 | tail -n 1)
mkdir -p demo
rm -f demo/*

echo "1. A shop (WSGI, SQLite) serves visitors for $seconds s under $("$python" -V)."
echo "   Each second it logs one profile: demo/shop.log"
PYTHONPATH=build/python "$python" examples/shop_profiled.py demo/shop.log "$seconds"

columns=$(stty size 2>/dev/null </dev/tty | cut -d ' ' -f 2 || true)
export COLUMNS="${columns:-100}" LINES=36

echo
echo "2. Which function took the time?   statslice chart demo/shop.log --slice 1s"
echo
build/statslice chart demo/shop.log --slice 1s
echo
echo "3. The same as a table.            statslice slices demo/shop.log --slice 5s --top 5"
echo
build/statslice slices demo/shop.log --slice 5s --top 5
echo
build/statslice chart demo/shop.log --slice 1s --title "The shop: own time by function" \
    -o demo/chart.svg
build/statslice chart demo/shop.log --slice 1s --title "The shop: own time by function" \
    -o demo/chart.png
echo "4. To look at: demo/chart.svg and demo/chart.png"
echo "   And to go on: statslice stats demo/shop.log --sort tottime 10"
