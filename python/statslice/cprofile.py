"""A drop-in for the standard library's module cProfile.

The same classes, functions and command line; the profiler behind them is statslice's own.
It differs in three things: times are whole nanoseconds, code objects that share file, line
and name are summed where cProfile keeps only one of them, and each thread has a stack of its
own, so that ``Profile(threads=True)`` profiles all threads of the process.

    import statslice.cprofile as cProfile
    cProfile.run("main()", sort="cumulative")

    python -m statslice.cprofile -s tottime script.py
"""
import sys

from statslice import _collector

__all__ = ["run", "runctx", "Profile"]


def _pstats():
    """statslice.pstats where it is built, else the standard library's module."""
    try:
        from statslice import pstats
    except ImportError:
        import pstats
    return pstats


class Profile(_collector.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True, threads=False)

    A profiler; enable() and disable() switch it, as does a ``with`` block.

    timer: a callable that gives the time, instead of the steady clock.
    timeunit: what one unit of a timer that returns integers is, in seconds.
    subcalls: keep each function's figures by caller, too.
    builtins: count C functions as functions of their own.
    threads: profile all threads, not only the one that calls enable().
    """

    def print_stats(self, sort=-1):
        """Stop, and print the table; `sort` is a key, or a tuple of them."""
        keys = sort if isinstance(sort, tuple) else (sort,)
        _pstats().Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        """Stop, and write a file that pstats loads."""
        import marshal
        with open(file, "wb") as stream:
            self.create_stats()
            marshal.dump(self.stats, stream)

    def create_stats(self):
        """Stop, and set `stats`."""
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Set `stats`, the figures so far as pstats keeps them."""
        self.stats = self.stats_dict()

    def run(self, cmd):
        """Profile a statement, in the namespace of __main__."""
        import __main__
        return self.runctx(cmd, __main__.__dict__, __main__.__dict__)

    def runctx(self, cmd, globals, locals):
        """Profile a statement, in these namespaces."""
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        """Profile one call; returns what it returns."""
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def _finish(profile, filename, sort):
    """Write the result to the file, or else print it."""
    if filename is None:
        profile.print_stats(sort)
    else:
        profile.dump_stats(filename)


def run(statement, filename=None, sort=-1):
    """Profile a statement in the namespace of __main__, as exec() runs it.

    Prints the table, ordered by `sort`, or writes the figures to the file `filename`.
    SystemExit ends the statement, not the caller.
    """
    profile = Profile()
    try:
        profile.run(statement)
    except SystemExit:
        pass
    finally:
        _finish(profile, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    """Profile a statement as run() does, in the namespaces `globals` and `locals`."""
    profile = Profile()
    try:
        profile.runctx(statement, globals, locals)
    except SystemExit:
        pass
    finally:
        _finish(profile, filename, sort)


def label(code):
    """The name pstats has for a code object, or for the text that stands for a C function."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _option_parser():
    """The options of ``python -m cProfile``, as this interpreter has them."""
    from optparse import OptionParser

    parser = OptionParser(
        prog="cProfile.py",
        usage="%prog [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...")
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", default=None,
                      help="Save stats to <outfile>")
    parser.add_option("-s", "--sort", dest="sort",
                      help="Sort order when printing to stdout, based on pstats.Stats class",
                      default=2 if sys.version_info >= (3, 12) else -1,
                      choices=sorted(_pstats().Stats.sort_arg_dict_default))
    parser.add_option("-m", dest="module", action="store_true", default=False,
                      help="Profile a library module")
    return parser


def _module_program(name):
    """What to execute, and where, for ``-m name``."""
    import runpy

    return ("run_module(modname, run_name='__main__')",
            {"run_module": runpy.run_module, "modname": name})


def _script_program(path):
    """What to execute, and where, for a script; its folder becomes the first to import from."""
    import importlib.machinery
    import io
    import os

    sys.path.insert(0, os.path.dirname(path))
    with io.open_code(path) as script:
        code = compile(script.read(), path, "exec")
    spec = importlib.machinery.ModuleSpec(name="__main__", loader=None, origin=path)
    return code, {"__spec__": spec, "__file__": path, "__name__": "__main__",
                  "__package__": None, "__cached__": None}


def main():
    """The command line: profile a script, or a module with -m."""
    import os

    parser = _option_parser()
    options, args = parser.parse_args()
    if not args:
        parser.print_usage()
        sys.exit(2)
    sys.argv[:] = args
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)  # before the program changes folders
    program = _module_program if options.module else _script_program
    code, namespace = program(args[0])
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as error:
        sys.stdout = None  # nothing is left to flush it into
        sys.exit(error.errno)
    return parser


if __name__ == "__main__":
    main()
