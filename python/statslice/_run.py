"""What "statslice run" does in an interpreter that has an extension: called by _bootstrap.

It runs before the program, in every Python that the program starts. So it imports next to nothing:
programs look at sys.modules, and wait.
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


def is_built() -> bool:
    """Whether there is an extension for this interpreter."""
    try:
        from . import _collector  # noqa: F401
    except ImportError:
        return False
    return True


def _parse(text: str) -> Dict[str, Any]:
    try:
        from _json import make_scanner  # the json package takes ten times as long to import
    except ImportError:
        from json import loads
        return loads(text)

    class Rules:
        strict = True
        object_hook = object_pairs_hook = array_hook = None
        parse_float, parse_int, parse_constant = float, int, float

    return make_scanner(Rules)(text, 0)[0]  # type: ignore[arg-type]


def begin(text: str) -> None:
    """Start collecting as a JSON object of start()'s arguments says."""
    from . import _endings, _service

    arguments = _parse(text)
    labels = arguments.pop("labels", {})
    try:
        _service.start(**arguments, **labels)
    except RuntimeError:  # a sub-interpreter, where it is not begun anew
        return
    _endings.watch()
