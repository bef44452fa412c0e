"""The profiler of a block of code that the frames engine does."""
from typing import Any, Dict

from . import _collector, cprofile
from ._profile import Spans


class FramesProfile(_collector.Frames, Spans):
    """What ``statslice.Profile(engine="frames")`` makes: Python functions, at a tenth of the cost.

    The time of C functions is inside the Python function that called them. Only one at a time, and
    not while ``statslice.start()`` has the engine: ``RuntimeError``.
    """

    engine = "frames"
    stats: Dict[Any, Any]

    # what cprofile.Profile makes of the same few methods of its profiler
    print_stats = cprofile.Profile.print_stats
    dump_stats = cprofile.Profile.dump_stats
    create_stats = cprofile.Profile.create_stats
    snapshot_stats = cprofile.Profile.snapshot_stats
    run = cprofile.Profile.run
    runctx = cprofile.Profile.runctx
    runcall = cprofile.Profile.runcall
    __enter__ = cprofile.Profile.__enter__
    __exit__ = cprofile.Profile.__exit__
