"""One profile as a table of functions, in two forms.

``StatsProfile`` is the standard library's: keyed by a function's bare name, times rounded to
1 ms. ``ExactStatsProfile`` is keyed by (file, line, name) and rounds nothing.
"""
import dataclasses
import json
from typing import Any, Dict, Optional, Tuple

__all__ = ["FunctionProfile", "StatsProfile", "ExactFunctionProfile", "ExactStatsProfile"]

FunctionKey = Tuple[str, int, str]


def _fields_equal(ours: Any, other: Any) -> Any:
    """Compare with a dataclass of the same name and fields, be it ours or the standard library's."""
    if type(ours).__name__ != type(other).__name__ or not dataclasses.is_dataclass(other):
        return NotImplemented
    names = [field.name for field in dataclasses.fields(ours)]
    if names != [field.name for field in dataclasses.fields(other)]:
        return NotImplemented
    return all(getattr(ours, name) == getattr(other, name) for name in names)


@dataclasses.dataclass(unsafe_hash=True, eq=False)
class FunctionProfile:
    """What one function did, as ``pstats`` tells it: rounded to 1 ms, calls as text."""

    ncalls: str  #: "23", or "23/3" where 20 of the 23 calls were recursive
    tottime: float  #: seconds in the function itself
    percall_tottime: float  #: tottime per call; -1 without calls
    cumtime: float  #: seconds in the function and all that it called
    percall_cumtime: float  #: cumtime per primitive call; -1 without them
    file_name: str
    line_number: int

    def __eq__(self, other: object) -> bool:
        return _fields_equal(self, other)


@dataclasses.dataclass(unsafe_hash=True, eq=False)
class StatsProfile:
    """A profile keyed by functions' bare names; of several of one name the last one is held."""

    total_tt: float  #: seconds in all functions together
    func_profiles: Dict[str, FunctionProfile]

    def __eq__(self, other: object) -> bool:
        return _fields_equal(self, other)

    def to_json(self, **options: Any) -> str:
        """The profile as a JSON object with the fields' names; options go to ``json.dumps``."""
        return json.dumps(dataclasses.asdict(self), **options)

    @classmethod
    def from_json(cls, text: "str | bytes") -> "StatsProfile":
        """Read back what ``to_json`` wrote, or ``json.dumps(dataclasses.asdict(...))``."""
        data = json.loads(text)
        try:
            profiles = {
                name: FunctionProfile(**fields) for name, fields in data["func_profiles"].items()
            }
            return cls(data["total_tt"], profiles)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("this JSON is not a StatsProfile: %s" % error) from None


@dataclasses.dataclass(frozen=True)
class ExactFunctionProfile:
    """What one function did: integers, as they were counted."""

    ncalls: int  #: all calls
    pcalls: int  #: primitive calls: those that were not recursive
    tottime_ns: int  #: ns in the function itself
    cumtime_ns: int  #: ns in the function and all that it called
    file_name: str
    line_number: int
    name: str
    qualname: Optional[str] = None  #: None where the interpreter did not tell it
    resumes: int = 0  #: how often a generator or coroutine went on; not in ncalls
    awaittime_ns: int = 0  #: ns of a coroutine from its start to its end, waiting included

    @property
    def tottime(self) -> float:
        """Seconds in the function itself."""
        return self.tottime_ns / 1e9

    @property
    def cumtime(self) -> float:
        """Seconds in the function and all that it called."""
        return self.cumtime_ns / 1e9

    @property
    def percall_tottime_ns(self) -> Optional[float]:
        """Own ns per call; None without calls."""
        return self.tottime_ns / self.ncalls if self.ncalls else None

    @property
    def percall_cumtime_ns(self) -> Optional[float]:
        """Cumulative ns per primitive call; None without them."""
        return self.cumtime_ns / self.pcalls if self.pcalls else None


@dataclasses.dataclass(frozen=True)
class ExactStatsProfile:
    """A profile keyed by (file name, line number, name): no function hides another."""

    total_tt_ns: int  #: ns in all functions together
    total_calls: int
    prim_calls: int
    func_profiles: Dict[FunctionKey, ExactFunctionProfile]

    @property
    def total_tt(self) -> float:
        """Seconds in all functions together."""
        return self.total_tt_ns / 1e9
