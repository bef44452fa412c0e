"""Times and durations as people give them in Python, and as the library takes them."""
import datetime
import math
import numbers
from typing import Any, Union

Time = Union[int, float, numbers.Real, datetime.datetime]
Duration = Union[int, float, numbers.Real, datetime.timedelta]

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MICROSECOND = datetime.timedelta(microseconds=1)
_MOST_NS = 2**63 - 1  # in the year 2262


def _seconds_ns(seconds: Any) -> int:
    if not math.isfinite(seconds):
        raise ValueError("%r is no number of seconds" % (seconds,))
    whole = int(seconds // 1)  # apart, so that a fraction keeps its digits beside a large whole
    return whole * 10**9 + round((seconds - whole) * 10**9)


def is_time(value: object) -> bool:
    """Whether it is a datetime, or a number of seconds since 1970."""
    if isinstance(value, bool):
        return False
    return isinstance(value, (numbers.Real, datetime.datetime))


def time_ns(value: Time) -> int:
    """A datetime (without a zone: local time) or seconds since 1970, as ns since 1970."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.astimezone()
        return (value - _EPOCH) // _MICROSECOND * 1000
    if not is_time(value):
        raise TypeError("a datetime or seconds since 1970 are needed, not %r" % (value,))
    ns = _seconds_ns(value)
    if abs(ns) > _MOST_NS:
        raise ValueError("%r s since 1970 are more than fit; is it ms or ns?" % (value,))
    return ns


def _seconds_text(ns: int) -> str:
    return "%s%d.%09d" % ("-" if ns < 0 else "", *divmod(abs(ns), 10**9))


def time_text(value: Time) -> str:
    """A time in the words of a query."""
    return _seconds_text(time_ns(value))


def duration_text(value: Duration) -> str:
    """A timedelta or seconds in the words of a query."""
    if isinstance(value, datetime.timedelta):
        return _seconds_text(value // _MICROSECOND * 1000) + "s"
    return _seconds_text(_seconds_ns(value)) + "s"


def utc(ns: int) -> datetime.datetime:
    """ns since 1970 as a datetime in UTC; what is below 1 us is cut."""
    return _EPOCH + datetime.timedelta(microseconds=ns // 1000)
