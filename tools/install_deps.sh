#!/bin/sh
# Install what is missing of Debian's packages: for building, testing and the demo, or, with
# "bench" behind the name, for the comparisons of bench/ too.
set -eu

packages="gcc meson ninja-build pkg-config python3-dev
libcairo2-dev libpcre2-dev libzstd-dev zlib1g-dev libcmocka-dev
clang-14 libclang-rt-14-dev fonts-dejavu-core tzdata
libpython3-testsuite mandoc zstd"
[ "${1:-}" != bench ] || packages="$packages python3-matplotlib"

missing=
for package in $packages; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$state" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo "please install these packages, then run this again:$missing" >&2
    exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
