"""Two spans of time, before and after a change, compared function by function."""
import datetime
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

from . import _core, _times
from ._record import records_of
from ._series import feed, in_zone, set_options, zone_of


class DiffSpan(NamedTuple):
    """One of the two spans."""

    begin: datetime.datetime  #: in the zone that was asked for
    end: datetime.datetime
    begin_ns: int  #: since 1970 UTC
    end_ns: int
    profiled_ns: int  #: time that profiles cover
    coverage: float  #: the same as a share of the span
    profile_count: int


class DiffFigures(NamedTuple):
    """What a group did in one of the spans."""

    calls: int
    time_ns: int
    value_ns: int  #: ns per second, or time_ns where the comparison is of sums
    count: float  #: calls per second, or calls

    @property
    def time(self) -> float:
        """Seconds."""
        return self.time_ns / 1e9

    @property
    def value(self) -> float:
        """Seconds per second, or seconds."""
        return self.value_ns / 1e9

    @property
    def per_call(self) -> Optional[float]:
        """Seconds of a call; None without calls."""
        return self.time_ns / self.calls / 1e9 if self.calls else None


class DiffRow(NamedTuple):
    """The change of one group; ``more_often_ns`` and ``slower_ns`` add up to ``change_ns``."""

    name: str
    label: str  #: the same, short
    state: str  #: "both", "new" or "gone"
    change_ns: int
    more_often_ns: int
    slower_ns: int
    base: DiffFigures
    new: DiffFigures

    @property
    def change(self) -> float:
        """Seconds per second (or seconds) that it takes more, or less."""
        return self.change_ns / 1e9

    @property
    def more_often(self) -> float:
        """Of the change, what comes of its being called more often, or less."""
        return self.more_often_ns / 1e9

    @property
    def slower(self) -> float:
        """Of the change, what comes of a call's taking longer, or shorter."""
        return self.slower_ns / 1e9


class Diff(_core.Diff):
    """A comparison, made by ``diff()``.

    ``pandas.DataFrame(diff)`` takes it: iterating gives a dict per row, ``to_dict()`` all columns.
    ``metric``, ``per``, ``by``, ``zone``, ``is_nested`` and ``group_count`` say what it holds.
    """

    @property
    def rows(self) -> List[DiffRow]:
        """The groups, in the order that was asked for."""
        return [_row(row) for row in self._rows()]

    @property
    def other(self) -> DiffRow:
        """All groups that are no row, together."""
        return _row(self._other())

    @property
    def total(self) -> DiffRow:
        """All groups together."""
        return _row(self._total())

    @property
    def base(self) -> DiffSpan:
        """The span before."""
        return self._one_span(False)

    @property
    def new(self) -> DiffSpan:
        """The span behind."""
        return self._one_span(True)

    def _one_span(self, is_new: bool) -> DiffSpan:
        begin_ns, end_ns, begin_offset_s, end_offset_s, *rest = self._span(is_new)
        zone = zone_of(self.zone)
        return DiffSpan(in_zone(begin_ns, zone, begin_offset_s),
                        in_zone(end_ns, zone, end_offset_s), begin_ns, end_ns, *rest)

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        for row in self.rows:
            yield {
                "group": row.name, "state": row.state, "change": row.change,
                "more_often": row.more_often, "slower": row.slower,
                "base": row.base.value, "new": row.new.value,
                "base_count": row.base.count, "new_count": row.new.count,
                "base_per_call": row.base.per_call, "new_per_call": row.new.per_call,
            }

    def __len__(self) -> int:
        return len(self._rows())

    def to_dict(self) -> Dict[str, List[Any]]:
        """{"group": [...], "state": [...], "change": [...], ...}: a list a column."""
        rows = list(self)
        columns = rows[0] if rows else {"group": None}
        return {name: [row[name] for row in rows] for name in columns}

    def to_text(self, format: str = "table") -> str:
        """The comparison as a table for people, or as csv or json."""
        return self._write(format).decode("utf-8")

    def chart(self, path: Any = None, **options: Any) -> Any:
        """Bars to the right for more time, to the left for less: see ``statslice.chart``."""
        from ._chart import chart

        return chart(self, path, **options)

    def _repr_svg_(self) -> str:
        return self.chart()._repr_svg_()

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return "<%s of %s by %s: %d of %d groups>" % (
            type(self).__name__, self.metric, self.by, len(self), self.group_count)


def _row(row: Any) -> DiffRow:
    return DiffRow(*row[:6], DiffFigures(*row[6]), DiffFigures(*row[7]))


def _moment_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.timedelta):
        return _times.duration_text(value)  # relative to now
    return value if isinstance(value, str) else _times.time_text(value)


def _span_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    begin, end = value
    return "%s/%s" % (_moment_text(begin), _moment_text(end))


def diff(inputs: Any, new_inputs: Any = None, *, base: Any = None, new: Any = None,
         **options: Any) -> Diff:
    """Compare two spans of time, or two inputs, function by function.

    inputs, new_inputs: anything that ``slices`` takes. With both, the first is compared with the
    second; with ``inputs`` alone, the spans ``base`` and ``new`` of it.
    base, new: "2024-05-05 14:00/15:00", "-2h/-1h", "yesterday", or a pair of times (a datetime,
    seconds since 1970, a text, a timedelta from now, None where it is open).

    Options, as those of ``statslice diff``: metric: "tottime" or "cumtime". by, match, where,
    zone, attribution: as those of ``slices``. per: "profiled" (figures per second that was
    profiled), "span" (per second of the span) or "total" (sums). sort: "change", "increase",
    "decrease", "more-often", "slower", "base", "new" or "name". top: how many rows, 0 for all.
    """
    query = _core.DiffQuery()
    spans = {"base": base, "new": new}
    set_options(query, {name: _span_text(value) for name, value in spans.items()
                        if value is not None}, _core.diff_options(), "diff")
    set_options(query, options, _core.diff_options(), "diff")
    if new_inputs is None:
        if base is None or new is None:
            raise TypeError("diff() needs base and new, or two inputs")
        feed(lambda source: query.add(source, True, True), records_of(inputs), spans_only=False)
    else:
        feed(lambda source: query.add(source, True, False), records_of(inputs), spans_only=False)
        feed(lambda source: query.add(source, False, True), records_of(new_inputs),
             spans_only=False)
    return query.finish(Diff)
