"""Profiles into a log, one line each."""
import io
import json
import os
import re
from typing import Any, Mapping, Optional

from ._record import as_record
from ._times import Time

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def log(
    profile: Any,
    target: Any,
    labels: Optional[Mapping[str, str]] = None,
    *,
    begin: Optional[Time] = None,
    end: Optional[Time] = None,
) -> str:
    """Write one profile as one line of JSON, which ``read`` and ``slices`` find in any log.

    profile: a ``Profile``, ``cProfile.Profile``, ``Stats``, ``StatsProfile``,
    ``ExactStatsProfile``, ``ProfileRecord``, or a path to a file of any readable format.
    target: an open file (text or binary), a ``logging.Logger`` (at level INFO), or a path, to
    which the line is appended.
    labels: such as ``{"service": "shop"}``; what the time slices can be grouped and filtered by.
    begin, end: a datetime or seconds since 1970; by default what the profile knows, or else it
    ends now.

    Returns the line, without its end. It is ASCII, so that a log of any encoding takes it.
    """
    if not (isinstance(target, (str, os.PathLike)) or hasattr(target, "info")
            or hasattr(target, "write")):
        kind = type(target).__name__
        raise TypeError("target must be an open file, a logger or a path, not %s" % kind)
    line = _ascii_line(as_record(profile, labels, begin, end).to_bytes("ndjson"))
    if isinstance(target, (str, os.PathLike)):  # first: paths have an `info` from 3.14 on
        with open(target, "ab", buffering=0) as file:
            file.write(line.encode("ascii") + b"\n")
    elif hasattr(target, "info"):
        target.info("%s", line)
    elif isinstance(target, (io.RawIOBase, io.BufferedIOBase)) or "b" in getattr(target, "mode", ""):
        target.write(line.encode("ascii") + b"\n")
    else:
        target.write(line + "\n")
    return line


def _ascii_line(data: bytes) -> str:
    """A line of JSON in which strings escape what is not ASCII, without its end."""
    text = data.decode("utf-8").rstrip("\n")
    return _NOT_ASCII.sub(lambda found: json.dumps(found.group())[1:-1], text)
