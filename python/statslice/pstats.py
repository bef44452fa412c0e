"""A drop-in for the module ``pstats``, with loading, adding and ``get_stats_profile()`` in C.

``Stats`` has the interface and prints the tables of ``pstats.Stats``, on Python 3.8 too. On top of
it, it takes paths and other Stats, and ``get_stats_profile(exact=True)`` rounds nothing and loses
no function. ``python -m statslice.pstats [FILE]`` browses a profile.
"""
import functools
import marshal
import os
import re
import sys
import time
from enum import Enum
from typing import IO, Any, Dict, Iterable, List, Literal, Optional, Sequence, Set, Tuple, Union, overload

from . import _core
from ._core import add_callers, add_func_stats
from ._stats_profile import (
    ExactFunctionProfile,
    ExactStatsProfile,
    FunctionProfile,
    StatsProfile,
)

if sys.version_info >= (3, 11):
    from enum import StrEnum
else:

    class StrEnum(str, Enum):
        """A str that is a member of an enumeration."""


__all__ = ["Stats", "SortKey", "FunctionProfile", "StatsProfile"]

Function = Tuple[str, int, str]  #: (file name, line number, name)
Restriction = Union[str, float, int]


class SortKey(StrEnum):
    """What a table can be sorted by; the second word is another name of the first."""

    CALLS = "calls", "ncalls"
    CUMULATIVE = "cumulative", "cumtime"
    FILENAME = "filename", "module"
    LINE = "line"
    NAME = "name"
    NFL = "nfl"
    PCALLS = "pcalls"
    STDNAME = "stdname"
    TIME = "time", "tottime"

    def __new__(cls, *values: str) -> "SortKey":
        member = str.__new__(cls, values[0])
        member._value_ = values[0]
        member._all_values = values  # type: ignore[attr-defined]
        for alias in values[1:]:
            cls._value2member_map_[alias] = member
        return member


class Stats:
    """Tables of one profile, or of the sum of several.

    Takes file names, profilers (anything with ``create_stats()``) and other Stats; everything
    after the first is added to it. ``stream`` is where the tables go, ``sys.stdout`` by default.

    The print methods take restrictions, applied in order: an int is a number of lines, a float
    from 0 to 1 a share of the lines, a str a regular expression that the function must match.
    Methods return the Stats, so that calls can be chained::

        Stats("a.prof", "b.prof").strip_dirs().sort_stats("cumulative").print_stats(20)
    """

    #: word -> (((index into a row, direction), ...), what the table says)
    #: a row is (primitive calls, calls, own time, cumulative time, file, line, name, label)
    sort_arg_dict_default = {
        "calls": (((1, -1),), "call count"),
        "ncalls": (((1, -1),), "call count"),
        "cumtime": (((3, -1),), "cumulative time"),
        "cumulative": (((3, -1),), "cumulative time"),
        "filename": (((4, 1),), "file name"),
        "line": (((5, 1),), "line number"),
        "module": (((4, 1),), "file name"),
        "name": (((6, 1),), "function name"),
        "nfl": (((6, 1), (4, 1), (5, 1)), "name/file/line"),
        "pcalls": (((0, -1),), "primitive call count"),
        "stdname": (((7, 1),), "standard name"),
        "time": (((2, -1),), "internal time"),
        "tottime": (((2, -1),), "internal time"),
    }

    _raw = b""  # the file's bytes, for as long as nobody has asked for the dict

    def __init__(self, *args: Any, stream: Optional[IO[str]] = None) -> None:
        self.stream = stream or sys.stdout
        self.init(args[0] if args else None)
        self.add(*args[1:])

    @functools.cached_property
    def stats(self) -> Dict[Function, Tuple[int, int, float, float, Dict[Function, Any]]]:
        """{(file, line, name): (primitive calls, calls, own s, cumulative s, callers)}.

        Made from the loaded bytes when it is first asked for; from then on it is what counts.
        """
        raw, self._raw = self._raw, b""
        return marshal.loads(raw)

    def _source(self) -> Any:
        """The dict where it exists, else the bytes that it would be made from."""
        return vars(self).get("stats", self._raw)

    # --- loading and adding ---

    def init(self, arg: Any) -> None:
        """Start anew with what arg holds."""
        self.all_callees: Any = None
        self.files: List[str] = []
        self.fcn_list: Any = None
        self.total_tt: float = 0
        self.total_calls = 0
        self.prim_calls = 0
        self.max_name_len = 0
        self.top_level: Set[Function] = set()
        self.stats = {}
        self.sort_arg_dict: Dict[str, Any] = {}
        self.load_stats(arg)
        try:
            self.get_top_level_stats()
        except Exception:
            print("Invalid timing data", self.files[-1] if self.files else "", file=self.stream)
            raise

    def load_stats(self, arg: Any) -> None:
        """Take the figures of a file, a profiler, or another Stats."""
        if arg is None:
            self.stats = {}
            return
        if isinstance(arg, (str, os.PathLike)):
            self._load_file(os.fspath(arg))
            arg = self.files[0]
        elif hasattr(arg, "create_stats"):
            arg.create_stats()
            self.stats = arg.stats
            arg.stats = {}
        elif isinstance(getattr(arg, "stats", None), dict):
            self.stats = dict(arg.stats)
            self.files = list(getattr(arg, "files", ()))
        if self._source() is not self._raw and not self.stats:
            raise TypeError("Cannot create or construct a %r object from %r" % (type(self), arg))

    def _load_file(self, path: str) -> None:
        with open(path, "rb") as file:
            raw = file.read()
        heading = path
        try:
            heading = time.ctime(os.stat(path).st_mtime) + "    " + path
        except (OSError, ValueError, OverflowError):
            pass
        if _core.is_plain_stats(raw):
            vars(self).pop("stats", None)
            self._raw = raw
        else:
            _refuse_broken(raw, path)
            self.stats = marshal.loads(raw)
            if not isinstance(self.stats, dict):
                raise TypeError("%r holds no profile" % path)
        self.files = [heading]

    def get_top_level_stats(self) -> None:
        """Sum the totals up."""
        calls, primitive, seconds, width, top_level = _core.stats_totals(self._source())
        self.total_calls += calls
        self.prim_calls += primitive
        self.total_tt += seconds
        self.top_level |= top_level
        self.max_name_len = max(self.max_name_len, width)

    def add(self, *arg_list: Any) -> "Stats":
        """Add the figures of files, profilers or other Stats."""
        for item in reversed(arg_list):
            other = item if isinstance(item, Stats) else Stats(item)
            self.files += other.files
            self.total_calls += other.total_calls
            self.prim_calls += other.prim_calls
            self.total_tt += other.total_tt
            self.top_level |= other.top_level
            self.max_name_len = max(self.max_name_len, other.max_name_len)
            self.fcn_list = None
            _core.stats_add(self.stats, other.stats)
        return self

    def dump_stats(self, filename: Union[str, "os.PathLike[str]"]) -> None:
        """Write the figures to a file that Stats and ``pstats`` load."""
        with open(filename, "wb") as file:
            marshal.dump(self.stats, file)

    # --- order ---

    def get_sort_arg_defs(self) -> Dict[str, Any]:
        """The sort keys with all their unambiguous beginnings."""
        if not self.sort_arg_dict:
            found = {}
            ambiguous = set()
            for word, definition in self.sort_arg_dict_default.items():
                for length in range(len(word), 0, -1):
                    beginning = word[:length]
                    if beginning in found:
                        ambiguous.add(beginning)
                        break
                    found[beginning] = definition
            self.sort_arg_dict = {
                word: definition for word, definition in found.items() if word not in ambiguous
            }
        return self.sort_arg_dict

    def sort_stats(self, *field: Any) -> "Stats":
        """Sort by keys, the most significant first; without any, by nothing."""
        if not field:
            self.fcn_list = 0
            return self
        if len(field) == 1 and isinstance(field[0], int):
            field = ({-1: "stdname", 0: "calls", 1: "time", 2: "cumulative"}[field[0]],)
        elif any(type(key) is not type(field[0]) for key in field):
            raise TypeError("Can't have mixed argument type")
        known = self.get_sort_arg_defs()
        keys = [known[key.value if isinstance(key, SortKey) else key] for key in field]
        self.sort_type = ", ".join(text for _, text in keys)
        rows = [
            entry[:4] + func + (func_std_string(func), func) for func, entry in self.stats.items()
        ]
        columns = [column for definition, _ in keys for column in definition]
        for index, direction in reversed(columns):  # a stable sort by each, the last one first
            rows.sort(key=lambda row: row[index], reverse=direction < 0)
        self.fcn_list = [row[-1] for row in rows]
        return self

    def reverse_order(self) -> "Stats":
        """Turn the sorted order around."""
        if self.fcn_list:
            self.fcn_list.reverse()
        return self

    def strip_dirs(self) -> "Stats":
        """Take the folders off the file names, and sum what becomes equal."""
        stripped: Dict[Function, Any] = {}
        for func, (primitive, calls, own, cumulative, callers) in self.stats.items():
            entry: Any = (primitive, calls, own, cumulative,
                          {func_strip_path(caller): figures for caller, figures in callers.items()})
            func = func_strip_path(func)
            if func in stripped:
                entry = add_func_stats(stripped[func], entry)
            stripped[func] = entry
        self.stats = stripped
        self.top_level = {func_strip_path(func) for func in self.top_level}
        self.max_name_len = max((len(func_std_string(func)) for func in stripped), default=0)
        self.fcn_list = None
        self.all_callees = None
        return self

    def calc_callees(self) -> None:
        """Turn the callers around: ``all_callees[caller][callee]``."""
        if self.all_callees:
            return
        self.all_callees = {}
        for func, entry in self.stats.items():
            self.all_callees.setdefault(func, {})
            for caller, figures in entry[4].items():
                self.all_callees.setdefault(caller, {})[func] = figures

    # --- the profile as an object ---

    @overload
    def get_stats_profile(self, exact: Literal[False] = ...) -> StatsProfile: ...

    @overload
    def get_stats_profile(self, exact: Literal[True]) -> ExactStatsProfile: ...

    def get_stats_profile(self, exact: bool = False) -> Any:
        """The profile as a StatsProfile; with exact, as an ExactStatsProfile.

        A StatsProfile is keyed by bare names and rounded to 1 ms, as the standard library's is.
        An ExactStatsProfile is keyed by (file, line, name), with integer ns and calls.
        """
        if exact:
            return self._exact_stats_profile()
        order = self.fcn_list or None
        source = self._source() if order is None else self.stats
        profiles = _core.stats_func_profiles(source, order, FunctionProfile)
        if not profiles:
            return StatsProfile(0, {})
        return StatsProfile(_core.stats_round(self.total_tt), profiles)

    def _exact_stats_profile(self) -> ExactStatsProfile:
        order = self.fcn_list or list(self.stats)
        profiles = {}
        for func in order:
            primitive, calls, own, cumulative, _ = self.stats[func]
            profiles[func] = ExactFunctionProfile(
                calls, primitive, round(own * 1e9), round(cumulative * 1e9), *func)
        return ExactStatsProfile(
            sum(profile.tottime_ns for profile in profiles.values()),
            sum(profile.ncalls for profile in profiles.values()),
            sum(profile.pcalls for profile in profiles.values()),
            profiles)

    # --- tables ---

    def _print(self, *texts: object, end: str = "\n") -> None:
        print(*texts, end=end, file=self.stream)

    def eval_print_amount(
        self, sel: Restriction, list: List[Function], msg: str
    ) -> Tuple[List[Function], str]:
        """Apply one restriction. Returns the functions that are left, and the longer message."""
        left = list
        if isinstance(sel, str):
            try:
                found = re.compile(sel).search
            except re.error:
                return left, msg + "   <Invalid regular expression %r>\n" % sel
            left = [func for func in list if found(func_std_string(func))]
        elif isinstance(sel, float) and 0.0 <= sel < 1.0:
            left = list[:int(len(list) * sel + 0.5)]
        elif isinstance(sel, int) and 0 <= sel < len(list):
            left = list[:sel]
        if len(left) != len(list):
            msg += "   List reduced from %r to %r due to restriction <%r>\n" % (
                len(list), len(left), sel)
        return left, msg

    def get_print_list(self, sel_list: Iterable[Restriction]) -> Tuple[int, List[Function]]:
        """Apply restrictions and print what they did. Returns a column's width, the functions."""
        if self.fcn_list:
            functions = self.fcn_list[:]
            msg = "   Ordered by: " + self.sort_type + "\n"
        else:
            functions = list(self.stats)
            msg = "   Random listing order was used\n"
        for selection in sel_list:
            functions, msg = self.eval_print_amount(selection, functions, msg)
        if not functions:
            return 0, functions
        self._print(msg)
        width = self.max_name_len
        if len(functions) < len(self.stats):
            width = max(len(func_std_string(func)) for func in functions)
        return width + 2, functions

    def print_stats(self, *amount: Restriction) -> "Stats":
        """Print the table of functions."""
        for name in self.files:
            self._print(name)
        if self.files:
            self._print()
        for func in self.top_level:
            self._print(" " * 8, func_get_function_name(func))
        primitive = ""
        if self.total_calls != self.prim_calls:
            primitive = "(%d primitive calls) " % self.prim_calls
        self._print(" " * 8, self.total_calls, "function calls",
                    primitive + "in %.3f seconds" % self.total_tt)
        self._print()
        _, functions = self.get_print_list(amount)
        if functions:
            self.print_title()
            for func in functions:
                self.print_line(func)
            self._print("\n")
        return self

    def print_callees(self, *amount: Restriction) -> "Stats":
        """Print each function with those that it called."""
        width, functions = self.get_print_list(amount)
        if functions:
            self.calc_callees()
            self.print_call_heading(width, "called...")
            for func in functions:
                self.print_call_line(width, func, self.all_callees.get(func, {}))
            self._print("\n")
        return self

    def print_callers(self, *amount: Restriction) -> "Stats":
        """Print each function with those that called it."""
        width, functions = self.get_print_list(amount)
        if functions:
            self.print_call_heading(width, "was called by...")
            for func in functions:
                self.print_call_line(width, func, self.stats[func][4], "<-")
            self._print("\n")
        return self

    def print_call_heading(self, name_size: int, column_title: str) -> None:
        """Print the head of a table of callers or callees."""
        self._print("Function ".ljust(name_size) + column_title)
        callers = next((entry[4] for entry in self.stats.values() if entry[4]), None)
        if callers and isinstance(next(iter(callers.values())), tuple):
            self._print(" " * name_size + "    ncalls  tottime  cumtime")

    def print_call_line(
        self, name_size: int, source: Function, call_dict: Dict[Function, Any], arrow: str = "->"
    ) -> None:
        """Print one function, and under it the ones of call_dict."""
        self._print(func_std_string(source).ljust(name_size) + arrow, end=" ")
        if not call_dict:
            self._print()
        indent = ""
        for func in sorted(call_dict):
            label, figures = func_std_string(func), call_dict[func]
            if isinstance(figures, tuple):
                calls, primitive, own, cumulative = figures
                count = "%d" % calls if calls == primitive else "%d/%d" % (calls, primitive)
                text = "%s %s %s  %s" % (
                    count.rjust(7 + 2 * len(indent)), f8(own), f8(cumulative), label)
                margin = name_size + 1
            else:  # profile.py knows no more of a caller than its calls
                text = "%s(%r) %s" % (label, figures, f8(self.stats[func][3]))
                margin = name_size + 3
            self._print(indent * margin + text)
            indent = " "

    def print_title(self) -> None:
        """Print the head of the table of functions."""
        self._print("   ncalls  tottime  percall  cumtime  percall filename:lineno(function)")

    def print_line(self, func: Function) -> None:
        """Print one function's line."""
        primitive, calls, own, cumulative, _ = self.stats[func]
        count = str(calls) if calls == primitive else "%s/%s" % (calls, primitive)
        self._print(
            count.rjust(9),
            f8(own),
            f8(own / calls) if calls else " " * 8,
            f8(cumulative),
            f8(cumulative / primitive) if primitive else " " * 8,
            func_std_string(func))


def _refuse_broken(raw: bytes, path: str) -> None:
    """Raise FormatError or LimitError for what is no profile: on some of it marshal crashes."""
    for _ in _core.Reader(raw, _core.Profile, path, strict=True):
        pass


class TupleComp:
    """Compares two rows by some of their columns: what ``functools.cmp_to_key`` takes."""

    def __init__(self, comp_select_list: Iterable[Tuple[int, int]]) -> None:
        self.comp_select_list = comp_select_list

    def compare(self, left: Sequence[Any], right: Sequence[Any]) -> int:
        """Below 0, 0, or above 0. Each column is an index with 1 (rising) or -1 (falling)."""
        for index, direction in self.comp_select_list:
            if left[index] != right[index]:
                return -direction if left[index] < right[index] else direction
        return 0


# --- functions, which are (file name, line number, name) ---


def func_strip_path(func_name: Function) -> Function:
    """The function without its file's folders."""
    file_name, line, name = func_name
    return os.path.basename(file_name), line, name


def func_get_function_name(func: Function) -> str:
    """The function's bare name."""
    return func[2]


def func_std_string(func_name: Function) -> str:
    """The function's label: "file:line(name)", and "{name}" of a built-in."""
    file_name, line, name = func_name
    if (file_name, line) != ("~", 0):
        return "%s:%d(%s)" % (file_name, line, name)
    if name.startswith("<") and name.endswith(">"):
        return "{%s}" % name[1:-1]
    return name


def count_calls(callers: Dict[Any, int]) -> int:
    """Calls of all callers together, in the form in which ``profile`` keeps them."""
    return sum(callers.values())


def f8(x: float) -> str:
    """A time as the tables show it."""
    return "%8.3f" % x


if __name__ == "__main__":
    from ._browser import main

    main()
