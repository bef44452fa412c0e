"""What the frames engine is measured against: cProfile.

Everything becomes one form: Figures, by (file, line, name), with identities summed.
"""
import collections
import sys

import cProfile

from statslice import _collector

CLOSING_RUNS = sys.version_info >= (3, 14)
CO_RESUMED = 0x20 | 0x80 | 0x200  # generators, coroutines, asynchronous generators


class Row:
    """Figures of a function, or of calls from one caller."""

    __slots__ = ("calls", "primitive", "resumes", "own", "cumulative", "awaited")

    def __init__(self):
        self.calls = self.primitive = self.resumes = 0
        self.own = self.cumulative = self.awaited = 0.0

    @property
    def events(self):
        """What cProfile calls calls: resumes of generators among them."""
        return self.calls + self.resumes

    def __repr__(self):
        return "Row(%d/%d +%d, %.6f, %.6f)" % (self.calls, self.primitive, self.resumes, self.own,
                                               self.cumulative)


class Figures:
    """functions: identity -> Row; edges: (caller, callee) -> Row; times in seconds."""

    def __init__(self):
        self.functions = collections.defaultdict(Row)
        self.edges = collections.defaultdict(Row)

    def only(self, wanted):
        """Those of functions whose identity is wanted, and of edges between such."""
        chosen = Figures()
        chosen.functions.update((key, row) for key, row in self.functions.items() if wanted(key))
        chosen.edges.update((key, row) for key, row in self.edges.items()
                            if wanted(key[0]) and wanted(key[1]))
        return chosen

    def called(self):
        """Without functions that only ran: those that were running when profiling began."""
        chosen = Figures()
        chosen.functions.update((k, row) for k, row in self.functions.items() if row.events)
        chosen.edges.update((k, row) for k, row in self.edges.items() if row.events or row.own)
        return chosen


def resumable(code, seen=None):
    """Identities of the generators and coroutines among a code object and all inside it."""
    found = set() if seen is None else seen
    if code.co_flags & CO_RESUMED:
        found.add(identity(code))
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            resumable(constant, found)
    return found


def identity(code):
    return code.co_filename, code.co_firstlineno, code.co_name


def from_cprofile(profiler):
    """Figures of a cProfile.Profile; calls hold resumes too."""
    figures = Figures()
    for entry in profiler.getstats():
        if isinstance(entry.code, str):
            continue
        rows = [(figures.functions[identity(entry.code)], entry)]
        rows += [(figures.edges[identity(entry.code), identity(call.code)], call)
                 for call in entry.calls or () if not isinstance(call.code, str)]
        for row, source in rows:
            row.calls += source.callcount
            row.primitive += source.callcount - source.reccallcount
            row.own += source.inlinetime
            row.cumulative += source.totaltime
    return figures


def with_cprofile(work):
    """(result, Figures) of a run under cProfile."""
    profiler = cProfile.Profile()
    profiler.enable(builtins=False)  # 3.14 heeds this one alone
    try:
        result = work()
    finally:
        profiler.disable()
    return result, from_cprofile(profiler)


def differences(ours, theirs, value, keys=None):
    """Lines that tell where two tables of rows differ in a value of theirs."""
    lines = []
    for key in sorted(set(ours) | set(theirs)) if keys is None else keys:
        got = value(ours[key]) if key in ours else None
        want = value(theirs[key]) if key in theirs else None
        if got != want:
            lines.append("%s: frames %s, reference %s" % (key, got, want))
    return lines


def compare_counts(ours, theirs, generators, beside=False):
    """How two Figures differ in counts: a list of lines, empty if they do not.

    Of calls of generators from one caller the engine tells the calls, cProfile the calls and
    resumes together. beside: both counted the same run. If not, the reference may have resumes more
    on 3.14: closing a generator outside of its try blocks runs it there, if anybody is told of it.
    """
    edges = sorted(set(ours.edges) | set(theirs.edges))
    plain = [key for key in edges if key[1] not in generators]
    closed = generators if CLOSING_RUNS and not beside else set()
    lines = differences(ours.functions, theirs.functions, lambda row: row.events,
                        sorted((set(ours.functions) | set(theirs.functions)) - closed))
    lines += ["%s: frames %s, reference %s" % (key, ours.functions[key], theirs.functions[key])
              for key in sorted(closed) if ours.functions[key].events > theirs.functions[key].events]
    lines += ["primitive " + line for line in
              differences(ours.functions, theirs.functions, lambda row: row.primitive,
                          sorted(set(ours.functions) - generators))]
    for value in ("calls", "primitive"):
        lines += ["edge's %s %s" % (value, line) for line in
                  differences(ours.edges, theirs.edges, lambda row, value=value: getattr(row, value),
                              plain)]
    for key in set(edges) - set(plain):
        got, want = ours.edges.get(key, Row()).calls, theirs.edges.get(key, Row()).calls
        if got > want:
            lines.append("edge's calls %s: frames %s, reference with resumes %s" % (key, got, want))
    return lines


# Where the columns stand in a row of Frames.rows().
FUNCTION_COLUMNS = {"calls": 4, "primitive": 5, "own": 6, "cumulative": 7, "resumes": 8,
                    "awaited": 9}
EDGE_COLUMNS = {"calls": 2, "primitive": 3, "own": 4, "cumulative": 5}
IN_NS = ("own", "cumulative", "awaited")


def fill(row, values, columns):
    for name, column in columns.items():
        value = values[column] / 1e9 if name in IN_NS else values[column]
        setattr(row, name, getattr(row, name) + value)


def from_frames(frames):
    """Figures of a _collector.Frames."""
    figures = Figures()
    functions, edges = frames.rows()
    for values in functions:
        fill(figures.functions[values[:3]], values, FUNCTION_COLUMNS)
    for values in edges:
        caller, callee = (functions[i][:3] for i in values[:2])
        fill(figures.edges[caller, callee], values, EDGE_COLUMNS)
    return figures


def with_frames(work):
    """(result, Figures) of a run under the frames engine."""
    frames = _collector.Frames(threads=True)
    frames.enable()
    try:
        result = work()
    finally:
        frames.disable()
    return result, from_frames(frames)


def with_both(work):
    """(result, the frames engine's Figures, cProfile's) of one run under both."""
    frames = _collector.Frames(threads=True)
    frames.enable()
    try:
        result, reference = with_cprofile(work)
    finally:
        frames.disable()
    return result, from_frames(frames), reference
