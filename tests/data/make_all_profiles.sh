#!/bin/sh
# Make the profiles of tests/data/pstats anew: sh make_all_profiles.sh PYTHON...
#
# PYTHON: an interpreter of each version that is wanted, 2.7 and up; one that has yappi makes
# yappi's file too.
set -eu
here=$(dirname "$0")
out=$here/pstats
most=texts,data_formats,source_code,numbers,command_line
for python in "$@"; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    make="$python $here/make_profiles.py"
    case $version in
    2.7)
        $make "$out/cprofile-$version.prof" --tasks texts,data_formats,numbers,command_line,messages
        $make "$out/profile-$version.prof" profile --tasks texts,numbers
        ;;
    3.8 | 3.12)
        $make "$out/cprofile-$version.prof" --tasks $most
        $make "$out/profile-$version.prof" profile --tasks texts,numbers
        ;;
    3.13)
        $make "$out/cprofile-$version.prof" --tasks $most
        $make "$out/threads-$version.prof" --tasks texts,numbers,network --threads
        ;;
    3.14)
        $make "$out/cprofile-$version.prof" --tasks texts,numbers
        ;;
    3.15)
        $make "$out/cprofile-$version.prof" --tasks texts,numbers
        $make "$out/sampled-$version.prof" sampling
        ;;
    *)
        $make "$out/cprofile-$version.prof" --tasks $most
        ;;
    esac
    if "$python" -c 'import yappi' 2>/dev/null; then
        $make "$out/yappi-$version.prof" yappi --tasks texts,numbers --threads
    fi
done
