"""The profiler of the package."""
from __future__ import annotations

import datetime
from typing import Any, Literal, Optional, overload

from . import _times, cprofile
from ._record import as_record
from ._stats_profile import ExactStatsProfile, StatsProfile


class Spans:
    """What a profiler makes of its span and rows."""

    def span(self) -> Any:
        raise NotImplementedError  # the profiler in C stands before this class, and has it

    @property
    def begin(self) -> Optional[datetime.datetime]:
        """When it was first enabled, in UTC; None before that."""
        span = self.span()
        return None if span is None else _times.utc(span[0])

    @property
    def end(self) -> Optional[datetime.datetime]:
        """When it was last disabled, in UTC; now, while it is enabled."""
        span = self.span()
        return None if span is None else _times.utc(span[1])

    @overload
    def get_stats_profile(self, exact: Literal[False] = ...) -> StatsProfile: ...

    @overload
    def get_stats_profile(self, exact: Literal[True]) -> ExactStatsProfile: ...

    def get_stats_profile(self, exact: bool = False) -> Any:
        """The figures so far, as ``Stats.get_stats_profile`` gives them."""
        record = as_record(self)
        return record.get_stats_profile(exact=True) if exact else record.get_stats_profile()

    def write(self, path: Any, format: Optional[str] = None) -> None:
        """Write a file, as ``ProfileRecord.write`` does."""
        as_record(self).write(path, format)


class Profile(cprofile.Profile, Spans):
    """A profiler that knows when it ran: ``cprofile.Profile``, with the times of day.

    ::

        with statslice.Profile() as profile:
            work()
        profile.get_stats_profile(exact=True)

    ``Profile(engine="frames", threads=False)`` counts Python functions alone, at a fraction of the
    cost: it makes a ``FramesProfile``, which has the same methods.
    """

    engine = "events"

    def __new__(cls, *args: Any, engine: str = "events", **options: Any) -> Any:
        if engine == "frames":
            from ._frames_profile import FramesProfile

            return FramesProfile(*args, **options)
        if engine != "events":
            from ._errors import UsageError

            raise UsageError("engine: %r is not known; there is events and frames" % (engine,))
        return super().__new__(cls)  # __init__ looks at them

    def __init__(self, *args: Any, engine: str = "events", **options: Any) -> None:
        super().__init__(*args, **options)
