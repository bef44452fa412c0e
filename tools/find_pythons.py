#!/usr/bin/env python3
"""Print every CPython from 3.8 on that can build an extension, one a line.

Looks in PATH and in ~/.pyenv/versions. Of interpreters with the same extension
suffix the first one found counts. With STATSLICE_PYTHON set to an executable, only that
one is looked at. Columns, tab between: executable, version,
include folder, extension suffix.
"""
import glob
import os
import re
import subprocess
import sys

FIRST, LAST = (3, 8), (3, 15)
ASK = (
    "import sys, sysconfig, platform, os\n"
    "inc = sysconfig.get_paths()['include']\n"
    "ok = platform.python_implementation() == 'CPython' and os.path.exists(inc + '/Python.h')\n"
    "free_threaded = bool(sysconfig.get_config_var('Py_GIL_DISABLED'))\n"
    "print('%s\\t%d.%d\\t%s\\t%s' % (sys.executable, sys.version_info[0], sys.version_info[1], inc,\n"
    "      sysconfig.get_config_var('EXT_SUFFIX')) if ok and not free_threaded else '')\n"
)


def candidates():
    if os.environ.get("STATSLICE_PYTHON"):
        yield os.environ["STATSLICE_PYTHON"]
        return
    folders = os.environ.get("PATH", "").split(os.pathsep)
    folders += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin")))
    for folder in folders:
        if os.path.basename(folder.rstrip("/")) == "shims":
            continue  # pyenv's shims start whatever is chosen for the folder
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in sorted(names):
            if re.fullmatch(r"python3(\.\d+)?", name):
                yield os.path.join(folder, name)


def main():
    seen = {}
    asked = set()
    for path in candidates():
        real = os.path.realpath(path)
        if real in asked:
            continue
        asked.add(real)
        try:
            run = subprocess.run([path, "-I", "-S", "-c", ASK], stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            continue
        line = run.stdout.decode().strip()
        if run.returncode != 0 or line.count("\t") != 3:
            continue
        version = tuple(int(part) for part in line.split("\t")[1].split("."))
        if FIRST <= version <= LAST:
            seen.setdefault(line.split("\t")[3], (version, line))
    for _, line in sorted(seen.values()):
        print(line)
    return 0 if seen else 1


if __name__ == "__main__":
    sys.exit(main())
