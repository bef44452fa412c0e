"""One profile with its time, its labels, its functions and its edges; and reading them."""
import datetime
import marshal
import os
import time
from typing import (
    IO,
    Any,
    Dict,
    Iterator,
    List,
    Literal,
    Mapping,
    NamedTuple,
    Optional,
    Tuple,
    Union,
    overload,
)

from . import _core, _times
from ._stats_profile import (
    ExactFunctionProfile,
    ExactStatsProfile,
    FunctionKey,
    FunctionProfile,
    StatsProfile,
)

Path = Union[str, "os.PathLike[str]"]
#: a path, bytes, or something to read bytes from
Input = Union[Path, bytes, bytearray, memoryview, IO[bytes], IO[str]]

_BYTES = (bytes, bytearray, memoryview)


class Function(NamedTuple):
    """Who a function is. The qualname is None where the interpreter did not tell it."""

    file_name: str
    line_number: int
    name: str
    qualname: Optional[str]


class Edge(NamedTuple):
    """Calls of one function made from one other."""

    caller: Function
    callee: Function
    ncalls: int
    pcalls: int
    tottime_ns: int
    cumtime_ns: int


class ProfileRecord(_core.Profile):
    """What happened in one span of time of one process.

    ``begin_ns`` and ``end_ns`` are ns since 1970 UTC, ``labels`` a dict, ``coverage`` the share
    of the span that was profiled, ``dropped`` how many profiles were lost before it, ``engine``
    what took the profile, ``len()`` its functions.
    """

    @property
    def begin(self) -> datetime.datetime:
        """Begin of the span, in UTC."""
        return _times.utc(self.begin_ns)

    @property
    def end(self) -> datetime.datetime:
        """End of the span, in UTC."""
        return _times.utc(self.end_ns)

    def functions(self) -> List[ExactFunctionProfile]:
        """What each function did."""
        return [
            ExactFunctionProfile(ncalls, pcalls, own_ns, cum_ns, file_name, line, name, qualname,
                                 *coro)
            for (file_name, line, name, qualname, ncalls, pcalls, own_ns, cum_ns), coro
            in zip(self.function_rows(), self.coro_rows())
        ]

    def edges(self) -> List[Edge]:
        """What each function did for each of its callers."""
        return [
            Edge(Function(*caller), Function(*callee), *figures)
            for caller, callee, *figures in self.edge_rows()
        ]

    @property
    def stats(self) -> Dict[FunctionKey, Tuple[int, int, float, float, dict]]:
        """The dict of ``pstats.Stats.stats``, made anew."""
        return marshal.loads(self.to_bytes("pstats")) if len(self) else {}

    @overload
    def get_stats_profile(self, exact: Literal[False] = ...) -> StatsProfile: ...

    @overload
    def get_stats_profile(self, exact: Literal[True]) -> ExactStatsProfile: ...

    def get_stats_profile(self, exact: bool = False) -> Any:
        """The profile as ``Stats.get_stats_profile`` gives it."""
        if exact:
            return self._exact_stats_profile()
        if not len(self):
            return StatsProfile(0, {})
        profiles = _core.stats_func_profiles(self.stats, None, FunctionProfile)
        return StatsProfile(_core.stats_round(self.totals()[2] / 1e9), profiles)

    def _exact_stats_profile(self) -> ExactStatsProfile:
        profiles: Dict[FunctionKey, ExactFunctionProfile] = {}
        for row in self.functions():
            key = (row.file_name, row.line_number, row.name)
            if key in profiles:  # they differ in their qualname
                row = _sum_of(profiles[key], row)
            profiles[key] = row
        calls, primitive, own_ns = self.totals()
        return ExactStatsProfile(own_ns, calls, primitive, profiles)

    def copy(self) -> "ProfileRecord":
        """A profile of its own with the same content."""
        other = type(self)()
        other.merge(self)
        other.engine, other.coverage = self.engine, self.coverage
        return other

    def write(self, path: Path, format: Optional[str] = None) -> None:
        """Write a file: pstats, ndjson, ndjson-flat, csv or json, by default as its ending says."""
        self.write_path(path, format)

    def __repr__(self) -> str:
        return "<%s %s .. %s, %d functions, %.6f s%s>" % (
            type(self).__name__, self.begin.isoformat(), self.end.isoformat(), len(self),
            self.totals()[2] / 1e9,
            "".join(", %s=%s" % label for label in self.labels.items()))


def _sum_of(one: ExactFunctionProfile, other: ExactFunctionProfile) -> ExactFunctionProfile:
    return ExactFunctionProfile(
        one.ncalls + other.ncalls, one.pcalls + other.pcalls, one.tottime_ns + other.tottime_ns,
        one.cumtime_ns + other.cumtime_ns, one.file_name, one.line_number, one.name, None)


# --- reading ---


def is_input(value: object) -> bool:
    """Whether it is a path, bytes, or something to read from."""
    return isinstance(value, (str, os.PathLike, *_BYTES)) or hasattr(value, "read")


def source_of(input: Input) -> Tuple[Union[str, bytes], str]:
    """A path or bytes, and a name for messages. Standard input ("-") is read whole."""
    if isinstance(input, (str, os.PathLike)):
        path = os.fspath(input)
        if path != "-":
            return path, path
        with open(0, "rb", closefd=False) as stream:
            return stream.read(), "standard input"
    if isinstance(input, _BYTES):
        return bytes(input), "bytes"
    data = input.read()
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data, str(
        getattr(input, "name", "stream"))


def read(input: Input, *, strict: bool = False) -> "_core.Reader[ProfileRecord]":
    """Iterate over the profiles of a file: pstats or a log, also compressed.

    input: a path ("-" is standard input), bytes, or an open file.
    strict: a broken profile line is an error; else it is counted (``counts()``) and passed over.
    """
    source, name = source_of(input)
    return _core.Reader(source, ProfileRecord, name, strict=strict)


# --- making one from what Python has ---


def _rows_of_stats_profile(profile: Any) -> Iterator[Any]:
    for name, function in profile.func_profiles.items():
        calls, _, primitive = str(function.ncalls).partition("/")
        yield (function.file_name, function.line_number, name, None, int(calls),
               int(primitive or calls), round(function.tottime * 1e9),
               round(function.cumtime * 1e9))


def _rows_of_exact_profile(profile: ExactStatsProfile) -> Iterator[Any]:
    for row in profile.func_profiles.values():
        yield (row.file_name, row.line_number, row.name, row.qualname, row.ncalls, row.pcalls,
               row.tottime_ns, row.cumtime_ns)


def _fill(record: ProfileRecord, profile: Any) -> None:
    """Add what a profiler, a Stats or a StatsProfile holds, and the span where that is known."""
    if hasattr(profile, "rows") and hasattr(profile, "stats_dict"):  # our profilers
        record.add_rows(*profile.rows())
        record.engine = getattr(profile, "engine", "events")
        if profile.span() is not None:
            record.set_span(*profile.span()[:2])
        return
    record.engine = "import"
    if isinstance(profile, ExactStatsProfile):
        record.add_rows(list(_rows_of_exact_profile(profile)), [])
    elif hasattr(profile, "func_profiles"):
        record.add_rows(list(_rows_of_stats_profile(profile)), [])
    elif hasattr(profile, "snapshot_stats"):  # cProfile and profile: does not stop them
        profile.snapshot_stats()
        record.add_stats(profile.stats)
        record.engine = "events"
    elif hasattr(profile, "create_stats"):
        profile.create_stats()
        record.add_stats(profile.stats)
    elif isinstance(getattr(profile, "stats", None), dict):
        record.add_stats(profile.stats)
    else:
        raise TypeError("%r is no profile" % (profile,))


def _is_profile(value: object) -> bool:
    return any(hasattr(value, name) for name in ("func_profiles", "create_stats", "stats"))


def as_record(
    profile: Any,
    labels: Optional[Mapping[str, str]] = None,
    begin: Optional[_times.Time] = None,
    end: Optional[_times.Time] = None,
) -> ProfileRecord:
    """A ProfileRecord of a profiler, a Stats, a StatsProfile, a file, or another record.

    begin, end: a datetime or seconds since 1970. Where neither is given and the profile does not
    know its time, it ends now; where one is missing, the profile is as long as its total time.
    """
    if is_input(profile):
        record = ProfileRecord()
        for part in read(profile, strict=True):
            record.merge(part)
    elif isinstance(profile, ProfileRecord):
        record = profile.copy()
    else:
        record = ProfileRecord()
        _fill(record, profile)
    for key, value in (labels or {}).items():
        record.set_label(key, str(value))
    _set_span(record, begin, end)
    if hasattr(profile, "span") and profile.span() is not None:
        _set_coverage(record, profile.span()[2])
    return record


def _set_coverage(record: ProfileRecord, profiled_ns: int) -> None:
    """A profiler that paused, or a span that is longer than it ran, is covered in part."""
    if 0 < profiled_ns < record.end_ns - record.begin_ns:
        record.coverage = profiled_ns / (record.end_ns - record.begin_ns)


def _set_span(record: ProfileRecord, begin: Optional[_times.Time],
              end: Optional[_times.Time]) -> None:
    knows_span = (record.begin_ns, record.end_ns) != (0, 0)
    if begin is None and end is None and knows_span:
        return
    length_ns = max(record.totals()[2], 0)
    if knows_span:
        length_ns = record.end_ns - record.begin_ns
    if begin is None:
        end_ns = time.time_ns() if end is None else _times.time_ns(end)
        begin_ns = end_ns - length_ns
    else:
        begin_ns = _times.time_ns(begin)
        end_ns = begin_ns + length_ns if end is None else _times.time_ns(end)
    record.set_span(begin_ns, end_ns)


def records_of(value: Any) -> Iterator[Union[Tuple[Union[str, bytes], str], ProfileRecord]]:
    """What inputs are made of: (path or bytes, name), or records.

    Taken are a path, bytes, an open file, a profile of any kind, (time, profile),
    (begin, end, profile), and iterables of all of these.
    """
    if is_input(value):
        yield source_of(value)
    elif isinstance(value, ProfileRecord):
        yield value
    elif _is_stamped(value):
        *span, profile = value
        yield as_record(profile, None, *([None] * (2 - len(span)) + list(span)))
    elif _is_profile(value):
        yield as_record(value)
    else:
        for item in value:
            yield from records_of(item)


def _is_stamped(value: Any) -> bool:
    return (isinstance(value, (tuple, list)) and len(value) in (2, 3)
            and all(_times.is_time(item) for item in value[:-1])
            and not _times.is_time(value[-1]))
