"""The command, run as people run it: verbs, options, inputs, outputs, errors, help."""
import gzip
import json
import os
import pstats
import re
import shutil
import signal
import subprocess
import time
import unittest

from cli_harness import BUILD, STATSLICE, CommandTest, function, log_line, verbs

VERBS = verbs()


class Help(CommandTest):
    def test_help_of_every_verb_fits_80_columns(self):
        for arguments in [["--help"], ["-h"], ["help"]] + [[verb, "--help"] for verb in VERBS]:
            for line in self.ok(*arguments).split("\n"):
                self.assertLessEqual(len(line), 80, line)

    def test_help_of_a_verb_is_the_same_by_either_way(self):
        for verb in VERBS:
            self.assertEqual(self.ok(verb, "--help"), self.ok("help", verb))
            self.assertEqual(self.ok(verb, "--help"), self.ok(verb, "-h"))

    def test_help_lists_the_verbs(self):
        for verb in ("stats", "slices", "convert", "info", "help"):
            self.assertIn(verb, VERBS)

    def test_help_manual_and_completion_tell_of_the_same_options(self):
        with open(os.path.join(BUILD, "completion", "statslice")) as file:
            completion = file.read()
        for verb in VERBS:
            helped = set(re.findall(r"(?m)^  (?:-\w, |    )--([\w-]+)", self.ok(verb, "--help")))
            with open(os.path.join(BUILD, "man", "statslice-%s.1" % verb)) as file:
                manual = re.findall(r"(?m)^(?:\\fB\\-\w\\fR, )?\\fB\\-\\-([\w\\-]+)\\fR", file.read())
            offered = re.search(r"(?m)^ +%s\) options='([^']*)'" % verb, completion).group(1)
            self.assertEqual(helped, {name.replace("\\-", "-") for name in manual})
            self.assertEqual(helped, {name[2:] for name in offered.split()})
            self.assertIn("help", helped)

    def test_the_query_options_of_the_library_are_options(self):
        text = self.ok("slices", "--help")
        for name in ("slice", "slices", "zone", "origin", "offset", "attribution", "fill", "metric",
                     "rate", "share", "by", "where", "match", "from", "to", "top", "top-per-slice",
                     "callers-of", "callees-of", "level"):
            self.assertRegex(text, r"(?m)^      --%s( |$)" % name)

    def test_version(self):
        self.assertRegex(self.ok("--version"), r"\Astatslice \d+\.\d+\.\d+\n\Z")


class Usage(CommandTest):
    def test_no_command_is_a_usage_error(self):
        self.assertIn('try "statslice --help"', self.fails(2))

    def test_a_mistyped_command_is_guessed(self):
        self.assertIn('did you mean "slices"?', self.fails(2, "slcies"))
        self.assertIn('did you mean "convert"?', self.fails(2, "help", "conv"))
        self.assertNotIn("did you mean", self.fails(2, "frobnicate"))

    def test_a_mistyped_option_is_guessed_and_the_hint_names_the_verb(self):
        message = self.fails(2, "stats", "--srot", "time", "a.prof")
        self.assertIn('unknown option "--srot"; did you mean "--sort"?', message)
        self.assertIn('try "statslice stats --help"', message)
        self.assertIn('"--metric"', self.fails(2, "slices", "--metrik", "cumtime", "a.log"))

    def test_unknown_options_without_a_near_one(self):
        self.assertIn('"--zzzzzz"', self.fails(2, "info", "--zzzzzz"))
        self.assertIn('"-z"', self.fails(2, "info", "-qz"))
        self.assertIn('"-z"', self.fails(2, "-z"))

    def test_an_option_without_its_value(self):
        self.assertIn("--output needs a value (FILE)", self.fails(2, "slices", "a.log", "-o"))
        self.assertIn("--slice needs a value", self.fails(2, "slices", "a.log", "--slice"))

    def test_a_switch_with_a_value(self):
        self.assertIn("--reverse takes no value", self.fails(2, "stats", "--reverse=on", "a.prof"))

    def test_a_word_that_is_not_one_of_the_known(self):
        self.assertIn('did you mean "json"?',
                      self.fails(2, "slices", "--output-format", "jsno", "a.log"))
        self.assertIn("text json", self.fails(2, "info", "--output-format", "zzz", "a.log"))

    def test_a_bad_query_option_is_a_usage_error(self):
        log = self.make_log()
        for name, value in [("slice", "10parsecs"), ("metric", "banana"), ("zone", "Mars/Olympus"),
                            ("from", "yesterdayish"), ("where", "nothing"), ("match", "("),
                            ("top", "many"), ("by", "colour")]:
            self.assertIn(name, self.fails(2, "slices", "--" + name, value, log))

    def test_no_input_is_a_usage_error(self):
        for arguments in (["stats"], ["slices"], ["info"], ["convert", "-o", "x.prof"]):
            self.assertIn("no input is given", self.fails(2, *arguments))

    def test_options_stand_anywhere_and_in_every_spelling(self):
        log = self.make_log()
        wanted = self.ok("slices", "--slice", "10s", "--output-format", "csv", log)
        for arguments in (["--slice=10s", "--output-format=csv", log],
                          [log, "--slice", "10s", "--output-format", "csv"],
                          ["--slice=10s", log, "--output-format=csv", "-q"],
                          ["--slice=10s", "--output-format=csv", "--", log]):
            self.assertEqual(self.ok("slices", *arguments), wanted)

    def test_letters_may_stand_together(self):
        prof = self.make_prof("a.prof")
        wanted = self.ok("stats", "--reverse", "--sort", "calls", prof)
        self.assertEqual(self.ok("stats", "-rqscalls", prof), wanted)
        self.assertEqual(self.ok("stats", "-rs", "calls", prof), wanted)


class Stats(CommandTest):
    def python_prints(self, names, *sort_keys, table="stats", restrictions=(), strip=False,
                      reverse=False):
        with open(self.path("python.txt"), "w") as stream:
            folder = os.getcwd()
            os.chdir(self.folder)
            try:
                stats = pstats.Stats(*names, stream=stream)
            finally:
                os.chdir(folder)
            if strip:
                stats.strip_dirs()
            if sort_keys:
                stats.sort_stats(*sort_keys)
            if reverse:
                stats.reverse_order()
            getattr(stats, "print_" + table)(*restrictions)
        return self.read("python.txt").decode()

    def test_it_prints_what_pstats_prints(self):
        prof = self.make_prof("a.prof")
        self.assertEqual(self.ok("stats", prof), self.python_prints([prof]))
        self.assertEqual(self.ok("stats", prof, "--sort", "cumulative", "10"),
                         self.python_prints([prof], "cumulative", restrictions=[10]))
        self.assertEqual(self.ok("stats", "-s", "calls", "-s", "name", "-r", prof, "leaf|fib", "0.5"),
                         self.python_prints([prof], "calls", "name", restrictions=["leaf|fib", 0.5],
                                            reverse=True))
        self.assertEqual(self.ok("stats", "--callers", "--strip-dirs", "-s", "nfl", prof),
                         self.python_prints([prof], "nfl", table="callers", strip=True))
        self.assertEqual(self.ok("stats", "--callees", "-s", "nfl", prof, "main"),
                         self.python_prints([prof], "nfl", table="callees", restrictions=["main"]))

    def test_several_files_are_added_up_as_pstats_does(self):
        names = [self.make_prof("a.prof"), self.make_prof("b.prof", 2), self.make_prof("c.prof")]
        os.utime(self.path("b.prof"), (1582000001, 1582000001.75))
        text = self.ok("stats", *names, "--sort", "stdname")
        self.assertEqual(text, self.python_prints(names, "stdname"))
        self.assertIn("Tue Feb 18 04:26:41 2020    b.prof\n", text)

    def test_dates_are_in_local_time(self):
        prof = self.make_prof("a.prof")
        os.utime(self.path(prof), (1582000001, 1582000001))
        self.assertTrue(self.ok("stats", prof, env={"TZ": "America/New_York"}).startswith(
            "Mon Feb 17 23:26:41 2020    a.prof\n"))

    def test_a_log_is_the_sum_of_its_profiles(self):
        text = self.ok("stats", "--sort", "name", self.make_log(), "quick|slow")
        self.assertRegex(text, r"(?m)^ +6 +1\.500 +0\.250 +1\.500 +0\.250 app\.py:1\(quick\)$")
        self.assertRegex(text, r"(?m)^ +6 +1\.500 +0\.250 +1\.500 +0\.250 app\.py:9\(slow\)$")

    def test_restrictions_by_option_and_behind_dashes(self):
        prof = self.make_prof("a.prof")
        self.write("leaf", "a file whose name is a regex, too")
        wanted = self.python_prints([prof], "stdname", restrictions=["leaf"])
        self.assertEqual(self.ok("stats", "-s", "stdname", prof, "--restrict", "leaf"), wanted)
        self.assertEqual(self.ok("stats", "-s", "stdname", prof, "--", "leaf"), wanted)

    def test_a_missing_file_is_not_taken_for_a_restriction(self):
        prof = self.make_prof("a.prof")
        self.assertIn("nosuch.prof", self.fails(1, "stats", "nosuch.prof", "20"))
        message = self.fails(2, "stats", prof, "nosuch.prof")
        self.assertIn("nosuch.prof", message)
        self.assertIn("--restrict", message)

    def test_a_file_behind_a_restriction_is_an_error(self):
        prof = self.make_prof("a.prof")
        self.assertIn("inputs come first", self.fails(2, "stats", prof, "20", prof))

    def test_a_bad_regex_is_told_where_pstats_tells_it(self):
        prof = self.make_prof("a.prof")
        self.assertEqual(self.ok("stats", "-s", "name", prof, "(", "3"),
                         self.python_prints([prof], "name", restrictions=["(", 3]))

    def test_bad_keys_are_usage_errors(self):
        prof = self.make_prof("a.prof")
        self.assertIn("banana", self.fails(2, "stats", "--sort", "banana", prof))
        self.assertIn("together", self.fails(2, "stats", "--callers", "--callees", prof))


class Slices(CommandTest):
    def test_every_format_holds_the_same_slices(self):
        log = self.make_log()
        query = ["slices", "--slice", "10s", "--attribution", "end", log, "--output-format"]
        table = json.loads(self.ok(*query, "json"))
        self.assertIsInstance(table, dict)
        self.assertGreater(len(self.ok(*query, "csv").strip().split("\n")), 6)
        for line in self.ok(*query, "ndjson").strip().split("\n"):
            json.loads(line)
        self.assertIn("slow", self.ok(*query, "table"))

    def test_the_ending_chooses_the_format(self):
        log = self.make_log()
        for name in ("csv", "json", "ndjson"):
            self.ok("slices", log, "-o", "out." + name)
            self.assertEqual(self.read("out." + name).decode(),
                             self.ok("slices", log, "--output-format", name))
        self.ok("slices", log, "-o", "out.csv.gz")
        self.assertEqual(gzip.decompress(self.read("out.csv.gz")), self.read("out.csv"))

    def test_one_pass_and_two_passes_agree_on_pipes(self):
        log = self.make_log(count=60)
        for extra in ([], ["--slice", "1m"], ["--slices", "7"], ["--origin", "first"]):
            query = ["slices", "--output-format", "csv"] + extra
            wanted = self.ok(*query, log)
            self.assertEqual(self.ok(*query, "-", stdin=self.read(log)), wanted)
            piped = subprocess.run(["bash", "-c", '"$@" <(cat %s)' % log, "bash", STATSLICE, *query],
                                   cwd=self.folder, env=self.environment(), stdout=subprocess.PIPE,
                                   timeout=30)
            self.assertEqual((piped.returncode, piped.stdout.decode()), (0, wanted))
        self.assertEqual([n for n in os.listdir(self.folder) if n.startswith("statslice-")], [])

    def test_an_answer_of_nothing_says_so(self):
        done = self.run_raw("slices", "--from", "2030-01-01", self.make_log())
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"warning: all 6 profiles", done.stderr)

    def test_an_unusable_folder_for_temporary_files_is_named(self):
        message = self.fails(1, "slices", "-", stdin=b"x\n", env={"TMPDIR": self.path("no/such")})
        self.assertIn("no/such", message)


class Convert(CommandTest):
    def test_a_profile_survives_a_round_trip(self):
        prof = self.make_prof("a.prof")
        self.ok("convert", prof, "-o", "b.ndjson.gz")
        self.ok("convert", "b.ndjson.gz", "-o", "c.ndjson.zst")
        self.ok("convert", "c.ndjson.zst", "-o", "d.prof")
        before, after = (pstats.Stats(self.path(name)).stats for name in (prof, "d.prof"))
        self.assertEqual(set(before), set(after))
        for key in before:
            self.assertEqual(before[key][:2], after[key][:2])
            for i in (2, 3):
                self.assertAlmostEqual(before[key][i], after[key][i], delta=1e-9)
            self.assertEqual(set(before[key][4]), set(after[key][4]))

    def test_files_are_merged_where_the_format_holds_one_profile(self):
        names = [self.make_prof("a.prof"), self.make_prof("b.prof", 2)]
        self.ok("convert", *names, "-o", "both.prof")
        ours, theirs = pstats.Stats(self.path("both.prof")), pstats.Stats(self.path(names[0]))
        theirs.add(self.path(names[1]))
        self.assertEqual({k: v[:2] for k, v in ours.stats.items()},
                         {k: v[:2] for k, v in theirs.stats.items()})

    def test_merge_makes_one_profile_also_in_a_log(self):
        log = self.make_log()
        self.assertEqual(len(self.ok("convert", log, "--to", "ndjson").strip().split("\n")), 6)
        merged = self.ok("convert", log, "--to", "ndjson", "--merge").strip().split("\n")
        self.assertEqual(len(merged), 1)
        self.assertEqual(json.loads(merged[0])["statslice"], 1)

    def test_labels_are_set_and_removed(self):
        self.ok("convert", self.make_log(), "-o", "a.ndjson", "--label", "service=shop",
                "--label", "query=a=b")
        self.assertIn('"service": "shop"', self.ok("info", "--output-format", "json", "a.ndjson")
                      .replace('"service": {"shop": 6}', '"service": "shop"'))
        self.ok("convert", "a.ndjson", "-o", "b.ndjson", "--label", "service=")
        labels = json.loads(self.ok("info", "--output-format", "json", "b.ndjson"))[0]["labels"]
        self.assertEqual(labels, {"query": {"a=b": 6}})
        for bad in ("service", "=x", ""):
            self.assertIn("is not KEY=VALUE",
                          self.fails(2, "convert", "a.ndjson", "-o", "c.prof", "--label", bad))

    def test_the_format_must_be_known(self):
        log = self.make_log()
        self.assertIn("--to", self.fails(2, "convert", log, "-o", "out.xyz"))
        self.assertIn("--to", self.fails(2, "convert", log, "-o", "-"))
        self.assertIn("--output", self.fails(2, "convert", log))
        self.assertIn("unknown FORMAT", self.fails(2, "convert", log, "-o", "x", "--to", "tar"))

    def test_a_failure_leaves_the_old_file_and_nothing_else(self):
        self.write("bad.prof", b"{(s\xff\xff\xff\x7f")
        self.make_prof("a.prof")
        for name in ("out.ndjson", "out.prof", "out.ndjson.gz", "out.ndjson.zst"):
            self.write(name, "old")
            before = sorted(os.listdir(self.folder))
            self.fails(1, "convert", "a.prof", "bad.prof", "-o", name)
            self.assertEqual(self.read(name), b"old")
            self.assertEqual(sorted(os.listdir(self.folder)), before)


class Info(CommandTest):
    def test_text_tells_span_figures_and_lines(self):
        text = self.ok("info", self.make_log())
        for part in ("ndjson", "2020-02-18T04:26:39.75Z", "2020-02-18T04:27:30Z", "profiles    6",
                     "functions   2", "time        3.0 s", "7, of which 1 passed over and 0 broken"):
            self.assertIn(part, text)

    def test_json_tells_the_same(self):
        self.make_prof("a.prof")
        log, prof = json.loads(self.ok("info", "--output-format", "json", self.make_log(), "a.prof"))
        self.assertEqual((log["format"], log["compression"], log["profiles"], log["total_tt"],
                          log["ncalls"], log["begin"], log["lines"], log["lines_passed"]),
                         ("ndjson", "none", 6, 3.0, 12, "2020-02-18T04:26:39.75Z", 7, 1))
        stats = pstats.Stats(self.path("a.prof"))
        self.assertEqual((prof["format"], prof["ncalls"], prof["pcalls"], prof["functions"]),
                         ("pstats", stats.total_calls, stats.prim_calls, len(stats.stats)))
        self.assertEqual(prof["edges"], sum(len(row[4]) for row in stats.stats.values()))
        self.assertEqual(prof["bytes"], os.path.getsize(self.path("a.prof")))

    def test_labels_are_counted(self):
        log = self.make_log()
        self.ok("convert", log, "-o", "a.ndjson", "--label", "host=a\tb")
        self.ok("convert", log, "-o", "b.ndjson", "--label", "host=c")
        self.write("all.ndjson", self.read("a.ndjson") + self.read("b.ndjson"))
        self.assertIn("host=a?b (6), c (6)", self.ok("info", "all.ndjson"))
        self.assertEqual(json.loads(self.ok("info", "all.ndjson", "--output-format", "json"))[0]["labels"],
                         {"host": {"a\tb": 6, "c": 6}})

    def test_an_input_that_cannot_be_read_does_not_hide_the_others(self):
        log = self.make_log()
        done = self.run_raw("info", "nosuch.log", log, "--output-format", "json")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'statslice: error: could not open "nosuch.log"', done.stderr)
        missing, found = json.loads(done.stdout)
        self.assertEqual((missing["path"], found["profiles"]), ("nosuch.log", 6))
        self.assertIn("no such file", missing["error"])
        text = self.run_raw("info", "nosuch.log", log).stdout.decode()
        self.assertRegex(text, r"(?s)nosuch\.log\n  error .*\napp\.log\n  format ")

    def test_a_log_without_profiles_is_described_all_the_same(self):
        text = self.ok("info", self.write("plain.log", "one\ntwo\n"))
        self.assertIn("profiles    0", text)
        self.assertIn("2, of which 2 passed over", text)


class Inputs(CommandTest):
    def test_a_missing_file(self):
        for verb in ("stats", "slices", "info"):
            message = self.fails(1, verb, "nosuch.log")
            self.assertIn("nosuch.log", message)
            self.assertIn("no such file or directory", message)
            self.assertNotIn("--help", message)

    def test_a_folder(self):
        os.mkdir(self.path("folder"))
        for verb in ("stats", "slices", "info"):
            self.assertIn("folder", self.fails(1, verb, "folder"))

    @unittest.skipIf(os.geteuid() == 0 and not shutil.which("setpriv"), "root reads everything")
    def test_a_file_that_may_not_be_read(self):
        os.chmod(self.path(self.make_log()), 0)
        os.chmod(self.folder, 0o755)
        drop = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        shutil.copy(STATSLICE, self.path("statslice"))
        done = subprocess.run([*drop, "./statslice", "slices", "app.log"], cwd=self.folder,
                              env=self.environment(), stderr=subprocess.PIPE, timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr,
                         b'statslice: error: could not open "app.log": permission denied\n')

    def test_standard_input_and_compression(self):
        log = self.make_log()
        wanted = self.ok("slices", "--slice", "10s", log)
        packed = gzip.compress(self.read(log))
        self.assertEqual(self.ok("slices", "--slice", "10s", "-", stdin=packed), wanted)
        self.write("app.log.gz", packed)
        self.assertEqual(self.ok("slices", "--slice", "10s", "app.log.gz"), wanted)
        if shutil.which("zstd"):
            subprocess.run(["zstd", "-q", self.path(log)], check=True)
            self.assertEqual(self.ok("slices", "--slice", "10s", "app.log.zst"), wanted)

    def test_standard_input_twice(self):
        self.assertIn("only once", self.fails(2, "slices", "-", "-"))
        self.assertIn("only once", self.fails(2, "info", "-", "-"))

    def test_no_profile_at_all(self):
        self.write("plain.log", "just a line\n" * 1234)
        for verb in ("stats", "slices"):
            message = self.fails(1, verb, "plain.log")
            self.assertIn("plain.log: no profiles found (1,234 lines passed over)", message)
        self.assertIn("in 2 inputs", self.fails(1, "slices", "plain.log", "plain.log"))

    def test_broken_lines_are_told_after_the_result(self):
        log = self.make_log()
        broken = '{"timestamp": 1582000000, "stats_profile": {"total_tt": 1.0, "func_profiles": {"f": 7}}}\n'
        self.write(log, self.read(log).decode() + broken * 3)
        done = self.run_raw("slices", log)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr.decode(), r"\Astatslice: warning: app\.log: 3 lines look like a "
                         r"profile but are broken; the first: .*8.*\n\Z")
        self.assertEqual(self.run_raw("slices", "-q", log).stderr, b"")
        self.assertIn("app.log", self.fails(1, "slices", "--strict", log))

    def test_control_characters_in_a_name_do_not_reach_the_terminal(self):
        self.assertNotIn("\x1b", self.fails(1, "info", "no\x1b[31msuch"))

    def test_damaged_files_are_refused_with_name_and_offset(self):
        whole = self.read(self.make_prof("a.prof"))
        self.write("cut.prof", whole[:len(whole) // 2])
        self.assertRegex(self.fails(1, "stats", "cut.prof"), r"cut\.prof.* byte \d+")
        self.write("cut.log.gz", gzip.compress(self.read(self.make_log()))[:-20])
        self.assertIn("cut.log.gz", self.fails(1, "slices", "cut.log.gz"))


class Outputs(CommandTest):
    def test_a_full_disk_is_a_failure(self):
        log = self.make_log()
        for arguments in (["stats", log], ["slices", log], ["info", log], ["--help"],
                          ["--version"], ["convert", log, "--to", "ndjson"], ["help", "slices"]):
            with open("/dev/full", "wb") as full:
                message = self.fails(1, *arguments, stdout=full)
            self.assertIn("no space left on device", message)
        self.assertIn("no space left", self.fails(1, "slices", log, "-o", "/dev/full"))

    def test_a_disk_that_fills_up_half_way_is_told_as_such(self):
        log = self.make_log(count=5000)
        for arguments in (["convert", log, "--to", "ndjson", "-o", "/dev/full"],
                          ["slices", log, "--slice", "1s", "-o", "/dev/full"]):
            message = self.fails(1, *arguments)
            self.assertRegex(message, r'could not write "/dev/full": no space left on device\n\Z')

    def test_a_closed_standard_output_is_a_failure(self):
        log = self.make_log()
        done = subprocess.run(["bash", "-c", '"$@" >&-', "bash", STATSLICE, "slices", log],
                              cwd=self.folder, env=self.environment(), stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"statslice: error: ", done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["app.log"])

    def test_a_reader_that_goes_away_is_no_error_worth_a_word(self):
        prof = self.make_prof("a.prof", 1)
        log = self.make_log(count=5000)
        for arguments in (["slices", "--slice", "1s", log], ["convert", log, "--to", "ndjson"],
                          ["stats", prof, log]):
            done = subprocess.run(["bash", "-c", '"$@" | head -c 1; exit ${PIPESTATUS[0]}', "bash",
                                   STATSLICE, *arguments], cwd=self.folder, env=self.environment(),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(done.stderr, b"")
            self.assertIn(done.returncode, (0, 128 + signal.SIGPIPE))

    def test_a_folder_that_is_not_there(self):
        self.assertIn("no/such", self.fails(1, "slices", self.make_log(), "-o", "no/such/out.csv"))

    def test_an_interrupt_leaves_no_part_of_a_file(self):
        self.write("out.ndjson", "old")
        line = log_line(1582000000, f=function(0.5)).encode()
        process = self.start("convert", "-", "-o", "out.ndjson", stdin=subprocess.PIPE)
        process.stdin.write(line * 4000)
        process.stdin.flush()
        deadline = time.monotonic() + 20
        while len(os.listdir(self.folder)) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(len(os.listdir(self.folder)), 2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=20), 130)
        self.assertEqual(os.listdir(self.folder), ["out.ndjson"])
        self.assertEqual(self.read("out.ndjson"), b"old")
        process.stdin.close()

    def test_an_ignored_interrupt_stays_ignored(self):
        log = self.make_log()
        done = subprocess.run(["bash", "-c", 'trap "" INT; (kill -INT $BASHPID; exec "$@")', "bash",
                               STATSLICE, "slices", log], cwd=self.folder, env=self.environment(),
                              stdout=subprocess.PIPE, timeout=30)
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
