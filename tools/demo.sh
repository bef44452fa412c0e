#!/bin/sh
# The main job, once, on a real service: profile, store, slice, draw. Leaves its results in demo/.
set -eu
cd "$(dirname "$0")/.."

seconds=${DEMO_SECONDS:-30}
python=$(tools/find_pythons.py | cut -f 1 | tail -n 1)
mkdir -p demo
rm -f demo/*

echo "1. A shop (WSGI, SQLite) serves visitors for $seconds s under $("$python" -V)."
echo "   It is profiled all the while, exactly; each second goes to the store demo/profiles.db."
PYTHONPATH=build/python "$python" examples/shop_watched.py demo/profiles.db "$seconds"

columns=$(stty size 2>/dev/null </dev/tty | cut -d ' ' -f 2 || true)
export COLUMNS="${columns:-100}" LINES=36
show() {
    echo
    echo "$1   $2"
    echo
    $3
}

show "2. Which function took the time of requests?" \
    "statslice chart demo/profiles.db --slice 1s --where route~/" \
    "build/statslice chart demo/profiles.db --slice 1s --where route~/"
show "3. And which page? (none: it waits)" "statslice slices demo/profiles.db --slice 5s --by label:route" \
    "build/statslice slices demo/profiles.db --slice 5s --by label:route"
for file in demo/chart.svg demo/chart.png; do
    build/statslice chart demo/profiles.db --slice 1s --where route~/ \
        --title "The shop: own time by function" -o "$file"
done
cat <<'END'

4. To look at: demo/chart.svg and demo/chart.png. To go on, with build/statslice:

   statslice info demo/profiles.db                                     what is in it
   statslice chart demo/profiles.db --where route=/search --by name    one page's functions
   statslice stats demo/profiles.db --sort tottime 10                  pstats' own table of it all
   statslice diff demo/profiles.db --base -25s/-15s --new -15s/-5s     called more often, or slower?
   statslice run -o demo/profiles.db -- python yours.py                a program of your own
   make demo-live                                                      the shop, live on a page
   statslice serve demo/profiles.db                                    a page for this store
   sqlite3 demo/profiles.db '.load build/statslice_sqlite' 'SELECT * FROM functions LIMIT 5'
END
