#!/bin/sh
# Install what is missing of Debian's packages: for building, testing and the demo, or, with
# "bench" behind the name, for the comparisons of bench/ too.
set -eu

missing_of() {
    for package in "$@"; do
        state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
        [ "$state" = "install ok installed" ] || printf ' %s' "$package"
    done
}

install() {
    missing=$(missing_of "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null; then
        as_root=sudo
    else
        echo "please install these packages, then run this again:$missing" >&2
        exit 1
    fi
    echo "installing:$missing"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

install git gcc meson ninja-build pkg-config python3 python3-dev \
    libcairo2-dev libpcre2-dev libzstd-dev zlib1g-dev libsqlite3-dev sqlite3 libxxhash-dev libcmocka-dev \
    libncurses-dev libmicrohttpd-dev libcurl4-openssl-dev nettle-dev openssl tmux \
    clang-14 libclang-rt-14-dev chromium fonts-dejavu-core python3-hypothesis tzdata mandoc zstd gunicorn \
    rsyslog rsyslog-elasticsearch python3-elasticsearch
# Where there is a newer node than Debian's it stays.
command -v node >/dev/null || install nodejs
command -v npm >/dev/null || install npm
# The system's own interpreter ships its test suites apart.
install "libpython$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')-testsuite"
if [ "${1:-}" = bench ]; then
    install python3-matplotlib python3-yappi python3-pandas wrk
fi
