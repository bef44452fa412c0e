"""The always-on collector, for tests: start it, work, and look at the profiles that came out."""
import calendar
import collections
import json
import time

from statslice import _collector

WIDTH_NS = 100000000
STOP_S = 30


def ns_of(text):
    """Nanoseconds since 1970 of an RFC 3339 time in UTC."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return seconds * 10 ** 9 + int(fraction.ljust(9, "0") if fraction else 0)


class Slice:
    """One line of the log: a profile of one thread or label set in one slice."""

    def __init__(self, line):
        fields = json.loads(line)
        self.begin, self.end = ns_of(fields["begin"]), ns_of(fields["end"])
        self.labels = fields["labels"]
        self.thread = int(self.labels["thread"]) if "thread" in self.labels else None
        self.coverage = fields["coverage"]
        self.engine, self.clock = fields["engine"], fields["clock"]
        self.dropped = fields.get("dropped", 0)
        self.rows = list(fields["func_profiles"].values())
        self.keys = fields["func_profiles"]

    @property
    def own_ns(self):
        """The sum of all own times."""
        return sum(round(row["tottime"] * 1e9) for row in self.rows)

    def row(self, name):
        """Figures of the functions of a name: a Counter of the row's numbers."""
        total = collections.Counter()
        for row in self.rows:
            if row["name"] == name:
                total.update({key: value for key, value in row.items()
                              if isinstance(value, (int, float)) and key != "line_number"})
        return total


def start(lines, **options):
    """Start the collector with a callback that keeps lines."""
    _collector.start(dict({"callback": lines.append, "slice_ns": WIDTH_NS, "engine": "frames",
                           "clock": "wall", "labels": {}}, **options))


def collect(work, **options):
    """(what work() returned, the Slices) of a run with the collector on."""
    lines = []
    start(lines, **options)
    try:
        result = work()
    finally:
        assert _collector.stop(STOP_S), _collector.status()
    return result, [Slice(line) for line in lines]


def by_thread(slices):
    """thread id -> its Slices, oldest first."""
    threads = collections.defaultdict(list)
    for piece in slices:
        threads[piece.thread].append(piece)
    for pieces in threads.values():
        pieces.sort(key=lambda piece: piece.begin)
    return threads
