"""Begins the collecting in a Python that "statslice run" started, then steps aside.

The folder of this file stands first on PYTHONPATH, so that site imports this as sitecustomize. It
starts the collector, takes itself off sys.path and out of sys.modules, and imports the sitecustomize
that the program would have had: that one's errors are site's to show, as ever. PYTHONPATH stays, so
that programs that this one starts collect too.

Runs in whatever Python is started, before the program: it parses under 2.7, imports what is there
already, and lets no failure of its own out.
"""
import os
import sys


def _say(text):
    try:
        sys.stderr.write("statslice: %s\n" % text)
        sys.stderr.flush()
    except Exception:  # a standard error that is closed or full
        pass


def _version():
    name = "CPython"
    if hasattr(sys, "implementation"):
        name = sys.implementation.name
    elif "PyPy" in sys.version:
        name = "PyPy"
    name = {"cpython": "CPython", "pypy": "PyPy"}.get(name, name)
    return "%s %d.%d (%s)" % ((name,) + tuple(sys.version_info[:2]) + (sys.executable,))


def _load(folder):
    """The package's part of the start; None where there is no extension for this Python."""
    if sys.version_info < (3, 8) or sys.implementation.name != "cpython":
        return None
    package = os.path.dirname(os.path.dirname(folder))
    known = package in sys.path_importer_cache
    sys.path.insert(0, package)
    try:
        from statslice import _run
        return _run if _run.is_built() else None
    finally:
        sys.path.remove(package)
        if not known:
            sys.path_importer_cache.pop(package, None)


def _collect(folder):
    arguments = os.environ.get("STATSLICE_RUN")
    if not arguments or os.environ.get("STATSLICE_DISABLE", "0") not in ("", "0"):
        return
    try:
        run = _load(folder)
        if run is None:
            _say("no extension is built for %s, which runs unprofiled" % _version())
        else:
            run.begin(arguments)
    except Exception as error:
        _say("could not profile process %d: %s: %s" % (os.getpid(), type(error).__name__, error))


def _step_aside(folder):
    """Make way for the program's own sitecustomize. Returns this module, which must live on."""
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    sys.path_importer_cache.pop(folder, None)
    return sys.modules.pop("sitecustomize", None)


def _main():
    folder = os.path.dirname(os.path.abspath(__file__))
    _collect(folder)
    this = _step_aside(folder)
    import sitecustomize  # the program's own; where there is none site takes the ImportError
    return this, sitecustomize


_main()
