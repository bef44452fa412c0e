"""The public collector for tests: start, work, stop, and count what came out."""
import collections
import contextlib
import os
import subprocess
import sys
import textwrap
import unittest

import statslice
from statslice import _collector

HERE = os.path.dirname(os.path.abspath(__file__))
STOP_S = 30.0

needs_service = unittest.skipUnless(hasattr(_collector, "start"), "no always-on collector is built")
needs_frames = unittest.skipUnless(hasattr(_collector, "Frames"), "no frames engine is built")


engine = "frames"  # what collects; a test of another one sets it, and sets it back


@contextlib.contextmanager
def collecting(**options):
    """Collect while the block runs; the list fills with ProfileRecords when it ends."""
    records = []
    statslice.start(records.append, **dict({"slice": 60, "engine": engine}, **options))
    try:
        yield records
    finally:
        assert statslice.stop(STOP_S), statslice.status()


def labels_of(record, names):
    return tuple(record.labels.get(name) for name in names)


def calls_by(records, function, *names):
    """Calls of a function, by the values of these labels."""
    counts = collections.Counter()
    for record in records:
        for row in record.functions():
            if row.name == function:
                counts[labels_of(record, names)] += row.ncalls
    return {values: count for values, count in counts.items() if count}


def own_ns_by(records, function, *names):
    """Own time of a function, by the values of these labels."""
    times = collections.Counter()
    for record in records:
        for row in record.functions():
            if row.name == function:
                times[labels_of(record, names)] += row.tottime_ns
    return dict(times)


def run_python(text, *args, timeout=60, **environment):
    """Run a program in an interpreter of its own: a CompletedProcess with text."""
    variables = {key: value for key, value in os.environ.items()
                 if not key.startswith("STATSLICE_") or key == "STATSLICE_BUILD"}
    variables.update(environment)
    return subprocess.run([sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(text), *args],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, env=variables, cwd=HERE, timeout=timeout)


def profiles_in(path):
    return list(statslice.read(path, strict=True)) if os.path.exists(path) else []
