"""Time-sliced function profiles for Python services.

Which function took the time, exactly, slice by slice::

    import statslice

    with statslice.Profile() as profile:
        work()
    statslice.Stats(profile).sort_stats("cumulative").print_stats(20)
    statslice.log(profile, open("profiles.log", "a"), labels={"service": "shop"})

    table = statslice.slices("profiles.log", width="10s", metric="cumtime", by="function")
    statslice.chart(table)                  # shows itself in a notebook
    statslice.chart(table, "chart.svg")     # or becomes a file
    print(statslice.diff("profiles.log", base="-2h/-1h", new="-1h/now"))

A service that is profiled all the time::

    statslice.start("profiles.log", service="shop", slice=10)
    with statslice.label(endpoint="/cart"):
        handle(request)

``statslice.cprofile`` and ``statslice.pstats`` stand in for ``cProfile`` and ``pstats``.
Importing the package is cheap: what is behind a name is loaded when the name is first used.
"""
from __future__ import annotations

import sys as _sys

TYPE_CHECKING = False  # typing's own import would be most of the package's
if TYPE_CHECKING:
    from typing import Any, List

    from ._chart import Chart, chart
    from ._diff import Diff, DiffFigures, DiffRow, DiffSpan, diff
    from ._errors import (
        Error,
        FormatError,
        LimitError,
        NotFoundError,
        UnsupportedError,
        UsageError,
    )
    from ._labels import label
    from ._log import log
    from ._profile import Profile
    from ._record import Edge, ProfileRecord, as_record, read
    from ._series import Series, Slice, slices
    from ._service import flush, start, status, stop
    from ._stats_profile import (
        ExactFunctionProfile,
        ExactStatsProfile,
        FunctionProfile,
        StatsProfile,
    )
    from .pstats import SortKey, Stats

__version__: str

_HOMES = {
    "_chart": ("Chart", "chart"),
    "_diff": ("Diff", "DiffFigures", "DiffRow", "DiffSpan", "diff"),
    "_errors": ("Error", "FormatError", "LimitError", "NotFoundError", "UnsupportedError",
                "UsageError"),
    "_labels": ("label",),
    "_log": ("log",),
    "_profile": ("Profile",),
    "_record": ("Edge", "ProfileRecord", "as_record", "read"),
    "_series": ("Series", "Slice", "slices"),
    "_service": ("flush", "start", "status", "stop"),
    "_stats_profile": ("ExactFunctionProfile", "ExactStatsProfile", "FunctionProfile",
                       "StatsProfile"),
    "pstats": ("SortKey", "Stats"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

_MODULES = ("asgi", "cprofile", "pstats", "wsgi")

__all__ = sorted(_HOME_OF)


def _module(name: str) -> Any:
    full_name = __name__ + "." + name
    __import__(full_name)
    return _sys.modules[full_name]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = _module("_core").library_version
    elif name in _HOME_OF:
        value = getattr(_module(_HOME_OF[name]), name)
    elif name in _MODULES:
        return _module(name)
    else:
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    globals()[name] = value
    return value


def __dir__() -> List[str]:
    return sorted(set(globals()) | set(__all__) | {"__version__", *_MODULES})
