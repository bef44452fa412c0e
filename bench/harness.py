"""What the benches of the collector share: turns, medians, interpreters, compiled helpers.

Not a bench itself. A bench imports it under the interpreter that measures as well, so it
stays with Python 3.8 and the standard library.
"""
import json
import math
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PACKAGE = os.path.join(ROOT, "build", "python")


def nothing():
    """A start or a stop of what has none."""


def geometric_mean(values):
    """Of values that noise may make negative: such count as a hundredth."""
    return math.exp(statistics.mean(math.log(max(value, 0.01)) for value in values))


def interpreters(chosen=()):
    """(executable, version) of those named, else of all that the build found."""
    found = subprocess.check_output([sys.executable, os.path.join(ROOT, "tools",
                                                                  "find_pythons.py")])
    if not chosen:
        return [tuple(line.split("\t")[:2]) for line in found.decode().splitlines()]
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    return [(name, subprocess.check_output([name, "-c", ask]).decode().strip())
            for name in chosen]


def build_extension(name, folder, interpreter):
    """Compile bench/NAME.c for an interpreter into a folder."""
    ask = ("import sysconfig; print(sysconfig.get_paths()['include']);"
           "print(sysconfig.get_config_var('EXT_SUFFIX'))")
    include, suffix = subprocess.check_output([interpreter, "-c", ask]).decode().split()
    subprocess.check_call([os.environ.get("CC", "cc"), "-O3", "-DNDEBUG", "-shared", "-fPIC",
                           "-I", include, os.path.join(HERE, name + ".c"),
                           "-o", os.path.join(folder, name + suffix)])


def ask_worker(script, interpreter, paths, *words):
    """What a bench, run by an interpreter as `SCRIPT --worker WORD...`, prints as JSON."""
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(paths), PYTHONHASHSEED="0")
    return json.loads(subprocess.check_output([interpreter, os.path.abspath(script), "--worker",
                                               *words], env=environment))


def service(collector, path, **options):
    """(start, stop) of the collector as a service has it, slices of 1 s written to a file."""
    settings = {"path": path, "fd": None, "callback": None, "slice_ns": 10 ** 9, "clock": "wall",
                "engine": "frames", "budget": 0.0, "labels": {}, "thread_label": False,
                "label_sets_max": 256, "queue_max": 1024, "rotate_bytes": 0, "rotate_seconds": 0,
                "keep": 1, **options}

    def stop():
        if not collector.stop(10.0):
            raise RuntimeError("the collector could not write everything out")

    return lambda: collector.start(settings), stop


def load_average():
    """How busy the machine is with other things, to stand beside the figures."""
    return "load average %.2f, %d processors" % (os.getloadavg()[0], os.cpu_count())
