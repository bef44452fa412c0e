"""Processes that end without Python's own end write their last profile, too.

os._exit ends most children that were forked, os.exec* gives the process to another program: neither
runs atexit. All ways there in os and in the standard library go through three names of os.
"""
from __future__ import annotations

import os
import posix

from . import _collector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

TIMEOUT_S = 2.0  # what such an end may wait for the disk


def _stop() -> None:
    _collector.stop(TIMEOUT_S, False)


def _flush() -> None:  # a program that is not there raises, and this one goes on
    _collector.flush(TIMEOUT_S, False)


def _settled(call: Any, settle: Callable[[], None]) -> Any:
    """call, with settle before it: to be told from it by nothing but its type."""
    def ending(*args: Any, **kwargs: Any) -> Any:
        try:
            settle()
        except Exception:  # the end goes before
            pass
        return call(*args, **kwargs)

    for name in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(ending, name, getattr(call, name))
    ending.__wrapped__ = call  # type: ignore[attr-defined]
    return ending


def watch() -> None:
    """From here on, in this process and in those that it forks."""
    abilities = (os.supports_fd, os.supports_dir_fd, os.supports_effective_ids,
                 os.supports_follow_symlinks)
    for name, settle in (("_exit", _stop), ("execv", _flush), ("execve", _flush)):
        call = getattr(os, name)
        ending = _settled(call, settle)
        for module in (os, posix):
            setattr(module, name, ending)
        for known in abilities:
            if call in known:
                known.add(ending)
