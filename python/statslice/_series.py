"""Profiles over time: slices and groups, of one metric."""
import datetime
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import _core, _times
from ._record import ProfileRecord, records_of

_DURATIONS = ("slice", "offset")
_TIMES = ("from", "to", "origin")
_OTHER_NAMES = {"width": "slice"}


class Slice(NamedTuple):
    """One slice of time: from begin up to, and without, end."""

    begin: datetime.datetime  #: in the series' zone
    end: datetime.datetime
    begin_ns: int  #: since 1970 UTC
    end_ns: int
    coverage: float  #: share of the slice that profiles cover, 0 to 1
    profile_count: int  #: profiles that reach into it; 0 is a gap
    complete: bool  #: False where the data begins or ends inside of it


class Series(_core.Series):
    """A table over time, made by ``slices()``.

    ``pandas.DataFrame(series)`` takes it: iterating gives a dict per slice, ``series[column]`` a
    column's values, ``to_dict()`` all columns. Values of times are seconds. ``metric``, ``scale``,
    ``unit``, ``zone``, ``by``, ``of``, ``counts``, ``has_other``, ``is_nested`` and ``is_estimated`` say
    what it holds.
    """

    @property
    def columns(self) -> List[str]:
        """Names of the groups, the largest first."""
        return self._names()

    @property
    def labels(self) -> List[str]:
        """The same, short enough for a legend."""
        return self._labels()

    @property
    def slices(self) -> List[Slice]:
        """The slices, oldest first, without holes."""
        zone = zone_of(self.zone)
        return [
            Slice(in_zone(begin_ns, zone, offset_s), in_zone(end_ns, zone, offset_s),
                  begin_ns, end_ns, coverage, count, complete)
            for (begin_ns, end_ns, coverage, count, complete), offset_s
            in zip(self._slices(), self._utc_offsets())
        ]

    @property
    def values(self) -> List[List[Optional[float]]]:
        """A list per slice with a value per column; None where there is none."""
        columns = [self._values(i) for i in range(len(self.columns))]
        return [list(row) for row in zip(*columns)] if columns else [[] for _ in range(len(self))]

    @property
    def other(self) -> List[Optional[float]]:
        """Per slice: all groups beyond the columns together."""
        return self._values("other")

    @property
    def total(self) -> List[Optional[float]]:
        """Per slice: all groups together."""
        return self._values("total")

    @property
    def totals(self) -> Dict[str, Optional[float]]:
        """Per column: all slices together."""
        return {name: self._column_value(i) for i, name in enumerate(self.columns)}

    def sums(self, column: str) -> List[int]:
        """A column's cells as they were summed: integer ns, or calls."""
        return self._sums(self._index(column))

    def _index(self, column: str) -> Any:
        columns = self.columns
        if column in columns:
            return columns.index(column)
        if column in ("other", "total"):
            return column
        raise KeyError(column)

    def keys(self) -> List[str]:
        """Columns of ``to_dict()``; with ``series[key]`` it makes ``dict(series)`` work."""
        return list(self.to_dict())

    def __getitem__(self, column: str) -> List[Any]:
        if column == "begin" and column not in self.columns:
            return [slice.begin for slice in self.slices]
        return self._values(self._index(column))

    def to_dict(self) -> Dict[str, List[Any]]:
        """{"begin": [...], a group: [...], ..., "other": [...]}; "other" where groups are left."""
        columns: Dict[str, List[Any]] = {"begin": [slice.begin for slice in self.slices]}
        for i, name in enumerate(self.columns):
            columns[_free_name(name, columns)] = self._values(i)
        if self.has_other:
            columns[_free_name("other", columns)] = self.other
        return columns

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        columns = self.to_dict()
        for row in zip(*columns.values()):
            yield dict(zip(columns, row))

    def __len__(self) -> int:
        return len(self._slices())

    def to_text(self, format: str = "table") -> str:
        """The series as a table for people, or as csv, json or ndjson."""
        return self._write(format).decode("utf-8")

    def chart(self, path: Any = None, **options: Any) -> Any:
        """The series as stacked bars: see ``statslice.chart``."""
        from ._chart import chart

        return chart(self, path, **options)

    def _repr_svg_(self) -> str:
        return self.chart()._repr_svg_()

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return "<%s of %s by %s: %d slices, %d columns>" % (
            type(self).__name__, self.metric, self.by, len(self), len(self.columns))


def _free_name(name: str, taken: Dict[str, Any]) -> str:
    while name in taken:
        name += "_"
    return name


def zone_of(name: str) -> Optional[datetime.tzinfo]:
    if name in ("UTC", "Etc/UTC", "Z"):
        return datetime.timezone.utc
    try:
        import zoneinfo

        return zoneinfo.ZoneInfo(name)
    except (ImportError, ValueError, KeyError, OSError):
        return None  # Python 3.8, or no such file for Python: by the offset of each slice


def in_zone(ns: int, zone: Optional[datetime.tzinfo], offset_s: int) -> datetime.datetime:
    fixed = datetime.timezone(datetime.timedelta(seconds=offset_s))
    return _times.utc(ns).astimezone(zone or fixed)


# --- options ---


def _option_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.timedelta) and name in _TIMES:
        return _times.duration_text(value)  # relative to now
    if name in _DURATIONS:
        return _times.duration_text(value)
    if name in _TIMES:
        return _times.time_text(value)
    if name == "by":
        return ",".join(value)
    return str(value)


def _texts(name: str, value: Any, repeatable: bool) -> Iterator[str]:
    if repeatable and isinstance(value, dict):
        for key, wanted in value.items():
            yield "%s=%s" % (key, wanted)
    elif repeatable and not isinstance(value, str):
        for item in value:
            yield _option_text(name, item)
    else:
        yield _option_text(name, value)


def set_options(query: Any, options: Dict[str, Any], table: List[Any], call: str) -> None:
    """Hand keywords to a query, as the texts that its options are."""
    known = {name: repeatable for name, _, repeatable, _ in table}
    for keyword, value in options.items():
        name = keyword.rstrip("_").replace("_", "-")
        name = _OTHER_NAMES.get(name, name)
        if name not in known:
            raise TypeError("%s() has no option %r; there are %s" % (
                call, keyword, ", ".join(sorted(option.replace("-", "_") for option in known))))
        if value is None:
            continue
        for text in _texts(name, value, known[name]):
            query.set(name, text)


def option_names() -> List[str]:
    """Names that ``slices()`` takes as keywords."""
    return [name.replace("-", "_") for name, _, _, _ in _core.query_options()] + ["width", "from_"]


# --- the call ---


def feed(take: Any, sources: Any, spans_only: bool) -> None:
    """Hand every profile of the sources to take()."""
    for source in sources:
        if isinstance(source, ProfileRecord):
            take(source)
            continue
        data, name = source
        reader = _core.Reader(data, ProfileRecord, name, spans_only=spans_only)
        try:
            take(reader)
        finally:
            reader.close()


def slices(inputs: Any, **options: Any) -> Series:
    """Cut profiles into slices of time, and sum each group's metric in each slice.

    inputs: a path (a store, pstats, or any log with profile lines, also compressed; "-" for
    standard input), bytes, an open file, a profile of any kind that ``log`` takes, ``(time, profile)``
    where time is its end, ``(begin, end, profile)``, or an iterable of all of these, in any order.

    Options, as those of ``statslice slices``:

    slice (or width): "10s", "5m", a timedelta, seconds, or day, week, month, quarter, year.
    slices: instead, at most that many slices of a pleasant width. Default: 60.
    zone: IANA time zone of calendar units and shown times. origin: "epoch", "first", or a time.
    offset: a duration added to the origin. attribution: "spread", "end" or "start": what becomes
    of a profile that spans an edge. fill: "zero", "null" or "previous".
    metric: tottime, cumtime, ncalls, pcalls, percall, percall-cum, resumes, awaittime. rate, share:
    True for the metric per second, or as a share of the slice. estimate: True to scale profiles
    of which only a part was profiled to their whole span; ``is_estimated`` tells that some were.
    by: function, name, file, module, package, "label:KEY", or two of them.
    where: "service=shop", "host~^web", a list of such, or a dict. match: regular expressions of
    functions. function: names of functions, as the columns of ``by="function"`` have them.
    callers_of, callees_of: regular expressions of functions; the columns are then those that call
    them, or that they call, instead of functions.
    from_, to: a datetime, seconds since 1970, "2024-02-01", "-1h", a timedelta from now.
    top: how many groups stand alone, 0 for all. top_per_slice: True to choose them per slice.
    level: "raw" to leave a store's sums of minutes, hours and days alone.
    """
    query = _core.Query()
    set_options(query, options, _core.query_options(), "slices")
    sources: Any = records_of(inputs)
    if query.needs_range():
        sources = list(sources)
        feed(query.scan, sources, spans_only=True)
    feed(query.add, sources, spans_only=False)
    return query.finish(Series)
