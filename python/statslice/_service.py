"""The collector that is always on: start, stop, flush, status.

It may be started in every process of a service, before the program's own first line. So it imports
what the interpreter has loaded anyway, and the rest where it is needed.
"""
from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would be most of what start() costs
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Tuple, Union

_NS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
       "d": 86400 * 10**9, "w": 7 * 86400 * 10**9}
_BYTES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
          "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_SLICE_NS_MIN, _SLICE_NS_MAX = 10**7, 86400 * 10**9
_KEEP_MAX = 10000
_EXIT_S = 5.0  # what the end of a process may wait for the disk
_TOKEN_CHARS_MAX = 4096
_SPOOL_BYTES, _SPOOL_BYTES_MIN, _SPOOL_BYTES_MAX = 64 * 2**20, 64 * 2**10, 2**40


# --- values as people give them ---


def _usage(text: str) -> Exception:
    from ._errors import UsageError

    return UsageError(text)


def _amounts(text: str) -> Any:
    """(digits, unit) pairs of "1h30m"; ends early where the text is none."""
    at = 0
    while at < len(text):
        begin = at
        while at < len(text) and text[at] in "0123456789.":
            at += 1
        middle = at
        while at < len(text) and text[at] not in "0123456789.":
            at += 1
        yield text[begin:middle], text[middle:at].strip()


def _scaled(digits: str, unit: int) -> int:
    """digits * unit in integers, so that "0.1s" is 100 ms exactly."""
    whole, _, fraction = digits.partition(".")
    return (int(whole or "0") * unit
            + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0))


def _parsed(text: str, units: Dict[str, int], example: str, name: str) -> int:
    total, used = 0, False
    for digits, unit in _amounts(text.strip()):
        if digits.count(".") > 1 or not digits.strip(".") or unit not in units:
            used = False
            break
        total, used = total + _scaled(digits, units[unit]), True
    if not used:
        raise _usage("%s: %r is not understood; say %s" % (name, text, example))
    return total


def _number(value: Any, name: str, kinds: str) -> Any:
    """An int or a float that is a number; bool is a mistake, and NumPy's are welcome."""
    if not isinstance(value, bool):
        if isinstance(value, (int, float)):
            return value
        if hasattr(value, "total_seconds"):  # a timedelta
            return value.total_seconds()
        if hasattr(value, "__index__"):
            return value.__index__()
        if hasattr(value, "__float__"):
            return float(value)
    raise TypeError("%s must be %s, not %s" % (name, kinds, type(value).__name__))


def _duration_ns(value: Any, name: str, least_ns: int, most_ns: int) -> int:
    if isinstance(value, str):
        ns = _parsed(value, _NS, '"10s", "250ms" or "1h30m"', name)
    else:
        seconds = _number(value, name, "a number of seconds or text")
        if not -1e10 < seconds < 1e10:  # false for nan, too
            raise _usage("%s: %r is out of range" % (name, value))
        ns = round(seconds * 10**9)
    if not least_ns <= ns <= most_ns:
        raise _usage("%s: %r is too %s" % (name, value, "short" if ns < least_ns else "long"))
    return ns


def _size_bytes(value: Any, name: str) -> int:
    if isinstance(value, str):
        size = _parsed(value.lower(), _BYTES, '"64MB" or "1GiB"', name)
    else:
        size = _integer(value, name, 1, 2**63 - 1)
    if not 1 <= size < 2**63:
        raise _usage("%s: %r is out of range" % (name, value))
    return size


def _integer(value: Any, name: str, least: int, most: int) -> int:
    number = _number(value, name, "an int")
    if number != number or number != int(number):
        raise TypeError("%s must be an int, not %r" % (name, value))
    if not least <= number <= most:
        raise _usage("%s: %r is out of range: %d to %d" % (name, value, least, most))
    return int(number)


def _budget(value: Any) -> float:
    if value is None:
        return 0.0
    per_cent = float(_number(value, "budget", "a number (per cent) or None"))
    if not 0.0 < per_cent <= 100.0:
        raise _usage("budget: %r is not per cent, above 0 and at most 100" % (value,))
    return per_cent


def _budget_of(engine: str, value: Any) -> float:
    per_cent = _budget(value)
    if per_cent and engine != "frames":
        raise _usage("budget: the engine %r keeps none; engine=\"frames\" does" % (engine,))
    return per_cent


def _word(value: Any, name: str, words: Tuple[str, ...]) -> str:
    if value not in words:
        raise _usage("%s: %r is not known; there is %s" % (name, value, " and ".join(words)))
    return value


def _labels(given: Dict[str, Any], thread_label: bool) -> Dict[str, str]:
    if "pid" in given or (thread_label and "thread" in given):
        raise _usage("the label %s is set by the collector" % ("pid" if "pid" in given
                                                                else "thread"))
    labels = {"host": os.uname().nodename}
    service = os.environ.get("STATSLICE_SERVICE")
    if service:
        labels["service"] = service
    for key, value in given.items():
        if value is None:
            labels.pop(key, None)
        else:
            labels[key] = str(value)
    return labels


# --- targets ---


def _escape(error: Any) -> Tuple[str, int]:
    units = error.object[error.start:error.end].encode("utf-16-be", "surrogatepass")
    pairs = ("\\u%02x%02x" % (units[at], units[at + 1]) for at in range(0, len(units), 2))
    return "".join(pairs), error.end


def _forget_thread() -> None:
    """Take the writer's thread off threading's list, where logging has it put by asking its name.

    It would show in threading.enumerate() and stay there for ever: nobody tells of its end.
    """
    threading = sys.modules.get("threading")
    if threading is None:
        return
    me = threading.get_ident()
    if isinstance(threading._active.get(me), threading._DummyThread):
        threading._active.pop(me, None)


def _to_logger(logger: Any) -> Callable[[bytes], None]:
    """Strings in the line escape what is not ASCII: a log of any encoding takes it."""
    import codecs

    codecs.register_error("statslice.json", _escape)

    def write(line: bytes) -> None:
        try:
            text = line.decode("utf-8", "surrogatepass")
            logger.info("%s", text.encode("ascii", "statslice.json").decode("ascii"))
        finally:
            _forget_thread()
    return write


def _to_callable(function: Any) -> Callable[[bytes], None]:
    from ._record import read  # here, as an import could fail in the writer's thread

    def write(line: bytes) -> None:
        try:
            for record in read(line, strict=True):
                function(record)
        finally:
            _forget_thread()
    return write


def _path_of(target: Any) -> Dict[str, Any]:
    path = os.fsdecode(target)
    if not path:
        raise _usage("the target's path is empty")
    scheme, is_url, _ = path.partition("://")
    if is_url and scheme.lower() in ("http", "https"):
        return {"url": path, "plugin": _plugin("_http.so")}
    if is_url and scheme.isalnum():
        from ._errors import UnsupportedError

        raise UnsupportedError("%r: start() sends to http:// and https:// alone" % path)
    return {"fd": 2} if path == "-" else {"path": path}


def _descriptor_of(stream: Any) -> int:
    """The descriptor behind a file; 2 for a standard error that was replaced by one without."""
    try:
        return stream.fileno()
    except (AttributeError, OSError, ValueError):
        if stream is sys.stderr:
            return 2
        raise TypeError("the target %r has no file descriptor; give a function that takes "
                        "profiles" % (stream,)) from None


_STORE_ENDINGS = (".db", ".sqlite", ".sqlite3")
_STORE_MAGIC = b"SQLite format 3\0"


def _is_store(path: Any) -> bool:
    """Whether a path is that of a store: by its ending, or by what is there."""
    name = os.fsdecode(path)
    if name.lower().endswith(_STORE_ENDINGS):
        return True
    try:
        if not os.path.isfile(name):  # a fifo would wait
            return False
        with open(name, "rb", 0) as file:
            return file.read(len(_STORE_MAGIC)) == _STORE_MAGIC
    except OSError:
        return False


def _plugin(name: str) -> str:
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), name)


def _sink(target: Any) -> Tuple[Dict[str, Any], Optional[str]]:
    """(the collector's option, a name for status(); None: the collector has one)."""
    if isinstance(target, (str, bytes, os.PathLike)):
        sink = _path_of(target)
        if "path" in sink and _is_store(sink["path"]):
            sink["plugin"] = _plugin("_store.so")
        return sink, None
    if isinstance(target, int) and not isinstance(target, bool):
        if target < 0:
            raise _usage("target: %d is no file descriptor" % target)
        return {"fd": target}, None
    if hasattr(target, "info") and hasattr(target, "log"):
        return {"callback": _to_logger(target)}, "logger %s" % getattr(target, "name", "")
    if hasattr(target, "write"):
        return {"fd": _descriptor_of(target)}, None
    if callable(target):
        name = getattr(target, "__qualname__", type(target).__name__)
        return {"callback": _to_callable(target)}, "callable %s" % name
    raise TypeError("target must be a path, a file descriptor, sys.stderr, a logger or a callable, "
                    "not %s" % type(target).__name__)


# --- servers ---


def _token_of(token: Any, token_file: Any) -> Optional[str]:
    """From the one that was given, else from the environment; None: the server asks for none."""
    if token is not None and token_file is not None:
        raise _usage("token and token_file are one thing")
    if token is not None and not isinstance(token, str):
        raise TypeError("token must be a str, not %s" % type(token).__name__)
    if token_file is None and token is None:
        token = os.environ.get("STATSLICE_TOKEN") or None
        token_file = None if token else os.environ.get("STATSLICE_TOKEN_FILE") or None
    if token_file is not None:
        with open(token_file, encoding="ascii", errors="replace") as file:
            token = file.read(_TOKEN_CHARS_MAX + 1)
    if token is None:
        return None
    token = token.strip()
    if not token or len(token) > _TOKEN_CHARS_MAX or any(not "!" <= sign <= "~" for sign in token):
        raise _usage("token: it is empty, too long, or has other signs than a token's")
    return token


def _proxies(url: str) -> Dict[str, str]:
    """As curl reads the environment, which may change under another thread's hands later on."""
    def first(*names: str) -> str:
        return next((os.environ[name] for name in names if os.environ.get(name)), "")

    if url.lower().startswith("https"):
        proxy = first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    else:  # not HTTP_PROXY, which a CGI program has of its client
        proxy = first("http_proxy", "all_proxy", "ALL_PROXY")
    return {"proxy": proxy, "no_proxy": first("no_proxy", "NO_PROXY")} if proxy else {}


def _server(sink: Dict[str, Any], token: Any, token_file: Any, ca: Any, spool: Any,
            spool_max: Any) -> Dict[str, Any]:
    """The collector's options of a server; of another target there are none."""
    if "url" not in sink:
        for name, value in (("token", token), ("token_file", token_file), ("ca", ca),
                            ("spool", spool), ("spool_max", spool_max)):
            if value is not None:
                raise _usage("%s is for a target that is a server's URL" % name)
        return {}
    spool = spool if spool is not None else os.environ.get("STATSLICE_SPOOL") or None
    size = _SPOOL_BYTES if spool_max is None else _size_bytes(spool_max, "spool_max")
    if not _SPOOL_BYTES_MIN <= size <= _SPOOL_BYTES_MAX:
        raise _usage("spool_max: %r is out of range: 64 KiB to 1 TiB" % (spool_max,))
    ca = ca if ca is not None else os.environ.get("STATSLICE_CA") or None
    if ca is not None:
        with open(ca, "rb"):  # a file that is not there shows now
            pass
    return dict(_proxies(sink["url"]), token=_token_of(token, token_file), ca=ca, spool=spool,
                spool_bytes_max=size)


def _rotation(size: Any, age: Any, keep: Any) -> Dict[str, int]:
    options = {"keep": _integer(keep, "keep", 0, _KEEP_MAX)}
    if size is not None:
        options["rotate_bytes"] = _size_bytes(size, "rotate_size")
    if age is not None:
        age_ns = _duration_ns(age, "rotate_age", 10**9, 100 * 366 * _NS["d"])
        options["rotate_seconds"] = -(-age_ns // 10**9)
    return options


# --- processes that end by os._exit ---


class _Token:
    """What multiprocessing keeps the child's work by: it holds it weakly."""


_token = _Token()
_watches_forks = False
_watches_children = False


def _stop_at_exit() -> None:
    try:
        stop()
    except Exception:  # the process ends; nobody is there to be told
        pass


def _finalize(_: Any = None) -> None:
    """A child of multiprocessing stops when its work is done, before it leaves by os._exit."""
    util: Any = sys.modules["multiprocessing.util"]
    util.Finalize(None, _stop_at_exit, exitpriority=-1000)


def _after_fork() -> None:
    """In a forked child. A finalizer of now would be cleared; multiprocessing asks again later."""
    global _watches_children

    util: Any = sys.modules.get("multiprocessing.util")
    if util is not None and not _watches_children:
        util.register_after_fork(_token, _finalize)
        _watches_children = True


def _watch_ends() -> None:
    global _watches_forks

    process: Any = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        import multiprocessing.util  # noqa: F401 - loaded by then

        _finalize()
    if not _watches_forks:
        os.register_at_fork(after_in_child=_after_fork)
        _watches_forks = True


# --- the calls ---

_target_name: Optional[str] = None


def is_disabled() -> bool:
    """Whether the environment says that nothing is to be profiled."""
    return os.environ.get("STATSLICE_DISABLE", "0") not in ("", "0")


def start(
    target: Any = "statslice.ndjson",
    *,
    slice: Union[int, float, str] = 10,
    engine: str = "frames",
    clock: str = "wall",
    budget: Optional[float] = None,
    thread_label: bool = False,
    label_sets_max: int = 256,
    queue_max: int = 1024,
    rotate_size: Union[None, int, str] = None,
    rotate_age: Union[None, int, float, str] = None,
    keep: int = 5,
    token: Optional[str] = None,
    token_file: Union[None, str, os.PathLike] = None,
    ca: Union[None, str, os.PathLike] = None,
    spool: Union[None, str, os.PathLike] = None,
    spool_max: Union[None, int, str] = None,
    **labels: Any,
) -> bool:
    """Profile this process from now on, and write a profile away for each slice of time.

    target: a path (a store where it ends in .db or .sqlite, or is one; else a log, lines are
    appended), a server's URL ("http://host:8521"), "-" or sys.stderr, a file descriptor, a
    ``logging.Logger`` (level INFO), or a callable, which gets each ``ProfileRecord``.
    slice: width in seconds, or text ("10s", "500ms"); edges lie on multiples since 1970.
    engine: "frames" counts Python functions; "events" what cProfile counts, C functions too, at
    several times the cost.
    clock: "wall", or "cpu" for the time that threads ran. budget: what it may cost, in per cent.
    thread_label: tell threads apart, by the label ``thread``.
    label_sets_max: more sets of labels than these are put together.
    queue_max: profiles that wait for a slow target; more are dropped, and counted.
    rotate_size, rotate_age: begin a new file at that size ("64MB") or age ("1d"); keep: how many
    old ones stay.
    token, token_file: what the server knows the service by (else STATSLICE_TOKEN). ca: a file of
    authorities to trust instead of the system's. spool, spool_max: the folder where profiles wait
    while the server is away, and how much of it ("64MiB") the processes of a service may fill.
    labels: of every profile, such as ``service="shop"``. ``pid`` and ``host`` are there anyway,
    and ``service`` comes from STATSLICE_SERVICE.

    Returns False, and does nothing, where the environment has STATSLICE_DISABLE=1; else True.
    RuntimeError when it is running, or in a sub-interpreter.
    """
    global _target_name

    if is_disabled():
        return False
    sink, name = _sink(target)
    if "plugin" in sink and (rotate_size is not None or rotate_age is not None):
        raise _usage("rotate_size and rotate_age are for a log; a store has \"statslice retain\"")
    if "path" not in sink and (rotate_size is not None or rotate_age is not None):
        raise _usage("rotate_size and rotate_age are for a target that is a path")
    options = dict(
        sink,
        slice_ns=_duration_ns(slice, "slice", _SLICE_NS_MIN, _SLICE_NS_MAX),
        engine=_word(engine, "engine", ("frames", "events")),
        clock=_word(clock, "clock", ("wall", "cpu")),
        budget=_budget_of(engine, budget),
        labels=_labels(labels, bool(thread_label)),
        thread_label=bool(thread_label),
        label_sets_max=_integer(label_sets_max, "label_sets_max", 1, 100000),
        queue_max=_integer(queue_max, "queue_max", 1, 10**6),
        **_rotation(rotate_size, rotate_age, keep),
        **_server(sink, token, token_file, ca, spool, spool_max))

    from . import _collector

    _collector.start(options)
    _target_name = name
    _watch_ends()
    return True


def _timeout(seconds: float) -> float:
    seconds = float(_number(seconds, "timeout", "a number of seconds"))
    if seconds != seconds:
        raise _usage("timeout: nan is no number of seconds")
    return max(seconds, 0.0)


def stop(timeout: Optional[float] = None) -> bool:
    """Write the last slice and end. Whether all was written within so many seconds.

    None: 5 s; and 2 s for a server, which is not waited for while it is away: what it was not sent
    is sent by the next process. True where nothing is running. A process that ends calls it by itself.
    """
    from . import _collector

    if timeout is None:
        return _collector.stop(_EXIT_S, False)
    return _collector.stop(_timeout(timeout))


def flush(timeout: float = 5.0) -> bool:
    """End the slice now and wait until it is written; the next one ends where this one would have.

    Whether that was done within so many seconds. True where nothing is running.
    """
    from . import _collector

    return _collector.flush(_timeout(timeout))


def status() -> Dict[str, Any]:
    """How it is: running, target, profiles written and dropped, the last error, and more."""
    from . import _collector

    figures = _collector.status()
    figures["disabled"] = is_disabled()
    if figures["running"] and _target_name is not None:
        figures["target"] = _target_name
    return figures
