#!/usr/bin/env python3
"""Run every check of the project and count what passed.

    check.py [STEP...]      all steps, or those whose name begins with a STEP

Each step writes its output to build/check/NAME.log; of a step that fails the
end of it is shown. The last line is "N passed, N failed".
"""
import concurrent.futures
import itertools
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOGS = os.path.join(ROOT, "build", "check")
FUZZ_SECONDS = os.environ.get("FUZZ_SECONDS", "20")
FUZZ_TARGETS = sorted(name[len("fuzz_"):-len(".c")] for name in os.listdir(os.path.join(ROOT, "fuzz"))
                      if re.fullmatch(r"fuzz_\w+\.c", name))
FUZZERS_AT_A_TIME = 2
STEP_TIMEOUT_S = 2400

# What a run of each kind of test prints, as (passed, failed).


def count_cmocka(log):
    """cmocka's cases; a program of another kind counts as one by meson's own line."""
    passed = len(re.findall(r"^\[ +OK \]", log, re.M)) + len(re.findall(r"^ok[: ]", log, re.M))
    failed = len(re.findall(r"^\[ +(?:FAILED|ERROR) +\] \w+$", log, re.M))
    failed += len(re.findall(r"^not ok[: ]", log, re.M))
    programs = re.search(r"^Ok: +(\d+)", log, re.M)
    broken = sum(int(n) for n in re.findall(r"^(?:Fail|Timeout): +(\d+)", log, re.M))
    return max(passed, int(programs.group(1)) if programs else 0), max(failed, broken)


def count_python(log):
    """Every "Ran N tests" of unittest, and its failures."""
    ran = sum(int(n) for n in re.findall(r"^Ran (\d+) tests?", log, re.M))
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", log))
    skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", log))
    return ran - bad - skipped, bad


def count_node(log):
    """Node's closing lines: TAP's, or those of its reporter for people."""
    passed, failed, cancelled = (re.findall(r"^[#\u2139] %s (\d+)" % word, log, re.M)
                                 for word in ("pass", "fail", "cancelled"))
    return sum(map(int, passed)), sum(map(int, failed + cancelled))


def count_one(log):
    return 1, 0


def sanitized(folder, *options):
    setup = ["meson", "setup", folder, "-Dpython=false", "-Dweb=false", "-Dbuildtype=debugoptimized",
             "-Db_lundef=false", "-Db_lto=false", *options]
    if os.path.exists(os.path.join(ROOT, folder, "build.ninja")):
        setup = ["true"]
    return " ".join(setup) + " && ninja -C " + folder


SUITE = "meson test -C %s --no-rebuild --timeout-multiplier 4 --verbose --num-processes 2"
ASAN = "-Db_sanitize=address,undefined"
TSAN_TESTS = ["test_record_threads", "test_writer", "test_slice_queue", "test_log_file", "test_clocks",
              "test_post", "test_post_spool", "test_scan", "test_from_store", "test_ingest", "test_answers",
              "test_desk"]
SYSTEM_PYTHON = sys.executable
# The server, asked over its sockets, in the builds that look for mistakes.
SERVE = ("ninja -C %s statslice && cd tests/python && STATSLICE_BUILD=$OLDPWD/%s "
         + SYSTEM_PYTHON + " -m unittest -v test_cli_serve test_cli_serve_api "
         "test_cli_serve_share test_cli_serve_search test_cli_serve_grafana test_cli_serve_openapi test_cli_serve_ingest")
PAGE = "cd web && node_modules/.bin/tsc --project tsconfig.json && node --test tests/*.test.js"

FUZZERS = [
    ("fuzz-" + name,
     "mkdir -p build-fuzz/found-%s && build-fuzz/fuzz/fuzz_%s -max_total_time=%s -rss_limit_mb=2048 "
     "-timeout=10 -artifact_prefix=build-fuzz/found-%s/ build-fuzz/found-%s fuzz/corpus/%s"
     % (name, name, FUZZ_SECONDS, name, name, name), count_one) for name in FUZZ_TARGETS]

STEPS = [
    ("rules", SYSTEM_PYTHON + " tests/rules/test_rules.py", count_python),
    ("unit", SUITE % "build", count_cmocka),
    ("page", PAGE, count_node),
    ("asan-build", sanitized("build-asan", ASAN), count_one),
    ("asan-unit", SUITE % "build-asan" + " --no-suite oom", count_cmocka),
    ("tsan-build", sanitized("build-tsan", "-Db_sanitize=thread") +
     "".join(" tests/unit/" + name for name in TSAN_TESTS), count_one),
    ("tsan-unit", SUITE % "build-tsan" + " " + " ".join(TSAN_TESTS), count_cmocka),
    ("asan-serve", SERVE % ("build-asan", "build-asan"), count_python),
    ("tsan-serve", SERVE % ("build-tsan", "build-tsan"), count_python),
    ("fuzz-build", "CC=clang-14 " + sanitized("build-fuzz", ASAN, "-Dfuzz=true", "-Dtests=false"),
     count_one),
    *FUZZERS,
    ("python", SYSTEM_PYTHON + " tools/run_python_tests.py", count_python),
    ("stdlib", SYSTEM_PYTHON + " tests/python/run_stdlib_suites.py", count_python),
    ("stdlib-run", SYSTEM_PYTHON + " tests/python/run_stdlib_under_run.py", count_python),
]

ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1",
    "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + os.path.join(ROOT, "tests", "lsan.supp"),
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def run_step(name, command, count):
    path = os.path.join(LOGS, name + ".log")
    begin = time.monotonic()
    with open(path, "wb") as log:
        try:
            status = subprocess.run(command, shell=True, cwd=ROOT, stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=subprocess.STDOUT, timeout=STEP_TIMEOUT_S,
                                    env=dict(os.environ, **ENVIRONMENT)).returncode
        except subprocess.TimeoutExpired:
            status = -1
    with open(path, encoding="utf-8", errors="replace") as log:
        text = log.read()
    passed, failed = count(text)
    if status != 0:
        failed = max(failed, 1)
        if count is count_one:
            passed = 0
    print("%-16s %5d passed %3d failed  %6.1f s" % (name, passed, failed, time.monotonic() - begin),
          flush=True)
    if failed:
        print("    " + "\n    ".join(text.rstrip().split("\n")[-40:]))
        print("    (all of it: build/check/%s.log)" % name, flush=True)
    return passed, failed


def run_steps(steps):
    """One after another; the fuzzers, which run for a time and not until they are done, in pairs."""
    for is_fuzzer, some in itertools.groupby(steps, FUZZERS.__contains__):
        with concurrent.futures.ThreadPoolExecutor(FUZZERS_AT_A_TIME if is_fuzzer else 1) as pool:
            yield from pool.map(lambda step: run_step(*step), some)


def main(wanted):
    os.makedirs(LOGS, exist_ok=True)
    steps = [step for step in STEPS if not wanted or any(step[0].startswith(w) for w in wanted)]
    results = list(run_steps(steps))
    passed, failed = (sum(column) for column in zip(*results)) if results else (0, 0)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
