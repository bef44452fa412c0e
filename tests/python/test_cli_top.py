"""statslice top: in a terminal of its own, while a log or a store is written; and --once."""
import gzip
import json
import os
import re
import shutil
import time
import unittest

from cli_harness import CommandTest, function, log_line
from top_terminal import Terminal, top

START = 1582000000  # 2020-02-18 04:26:40 UTC


def lines(first, count, step=1, **functions):
    """Profiles of half a second, from one time on."""
    functions = functions or {"slow": function(0.4, line_number=9), "quick": function(0.1)}
    return "".join(log_line(first + i * step, **functions) for i in range(count))


def labelled(end_s, name, tottime_s, **labels):
    """A line of our own format: one call of one function, in the second before end_s."""
    stamp = ["%s.000Z" % time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t))
             for t in (end_s - 1, end_s)]
    figures = {"ncalls": 1, "pcalls": 1, "tottime": tottime_s, "cumtime": tottime_s,
               "file_name": "app.py", "line_number": 3, "name": name}
    return json.dumps({"statslice": 1, "begin": stamp[0], "end": stamp[1], "labels": labels,
                       "func_profiles": {"app.py:3(%s)" % name: figures}}) + "\n"


def rows(screen):
    """Of each function on the screen: its figures, as they are written."""
    found = {}
    for line in re.sub(r"(?m)^.* all \d+$", "", screen).split("\n"):
        match = re.match(r"^(?:\S )? *(\d\S*) +(\d\S* \w+) .*?(\S+)$", line)
        if match:
            found[match.group(3)] = (match.group(1), match.group(2))
    return found


class Once(CommandTest):
    def once(self, *arguments, columns=100, rows=30, **env):
        env.update(COLUMNS=str(columns), LINES=str(rows))
        return self.ok("top", "--once", *arguments, env=env)

    def test_figures_are_those_of_hand_arithmetic(self):
        self.write("a.log", lines(START, 6, slow=function(0.4, 0.5, "4/2", line_number=9),
                                  quick=function(0.1, ncalls="10")))
        screen = self.once("a.log", "--window", "10s", "--slice", "1s")
        self.assertRegex(screen, r"(?m)^A +24/12 +2\.400 s +80\.0% +100\.0 ms +3\.000 s +250\.0 ms "
                                 r"app\.py:slow$")
        self.assertRegex(screen, r"(?m)^B +60 +600\.0 ms +20\.0% +10\.00 ms +600\.0 ms +10\.00 ms "
                                 r"app\.py:quick$")
        self.assertRegex(screen, r"(?m)^ +84/72 +3\.000 s +35\.71 ms +all 2$")
        self.assertIn("tottime by function · 1s of 10s · 2020-02-18 04:26:35-04:26:45 UTC", screen)

    def test_it_fits_every_screen(self):
        self.write("a.log", lines(START, 60, **{"f%d" % i: function(0.01 * (i + 1), line_number=i)
                                                for i in range(30)}))
        for columns, count in ((20, 4), (40, 10), (80, 24), (133, 50), (300, 100)):
            for metric in ("tottime", "percall", "ncalls"):
                screen = self.once("a.log", "--metric", metric, columns=columns, rows=count)
                self.assertEqual(len(screen.split("\n")) - 1, count)
                self.assertLessEqual(max(map(len, screen.split("\n"))), columns)

    def test_ascii_where_the_locale_has_no_more(self):
        self.write("a.log", lines(START, 6))
        self.assertTrue(self.once("a.log", LC_ALL="C").isascii())
        self.assertIn("┼", self.once("a.log"))

    def test_a_store_shows_what_its_log_does(self):
        self.write("a.log", "".join(labelled(START + i, "f%d" % (i % 7), 0.1 * (i % 5), service="ab"[i % 2])
                                    for i in range(90)))
        self.ok("add", "-q", "s.db", "a.log")
        for options in ((), ("--by", "label:service"), ("--match", "f[12]"), ("--metric", "cumtime"),
                        ("--where", "service=a", "--at", "2020-02-18 04:27:30"),
                        ("--sort", "name", "--slice", "7s"), ("--rate",), ("--share",)):
            log = self.once("a.log", "--window", "1m", *options)
            self.assertEqual(log.split("\n")[1:],
                             self.once("s.db", "--window", "1m", *options).split("\n")[1:])
            self.assertRegex(log, r"(?m)(app\.py:f\d| [ab])$")

    def test_at_and_labels_choose_what_is_summed(self):
        self.write("a.log", labelled(START, "old", 0.5, service="a b") +
                   labelled(START + 100, "new", 0.25, service="a b") +
                   labelled(START + 100, "other", 0.125, service="c"))
        self.assertEqual(rows(self.once("a.log", "--window", "10s", "--where", "service=a b")),
                         {"app.py:new": ("1", "250.0 ms")})
        self.assertIn("app.py:old", rows(self.once("a.log", "--window", "10s",
                                                   "--at", "2020-02-18 04:26:40")))

    def test_other_inputs(self):
        text = lines(START, 6).encode()
        with gzip.open(self.path("a.log.gz"), "wb") as file:
            file.write(text)
        self.assertIn("app.py:slow", self.once("a.log.gz"))
        self.make_prof("a.prof")
        self.assertIn("a.prof.py:leaf", self.once("a.prof", "--match", "leaf"))
        self.assertIn("a.log.gz +1", self.once("a.log.gz", "a.prof"))
        self.write("open.log", text[:-1])
        self.assertIn("6 profiles", self.once("open.log"))

    def test_nothing_yet(self):
        self.write("empty.log", "")
        self.assertIn("waiting for profiles", self.once("empty.log"))

    def test_usage_errors(self):
        self.write("a.log", lines(START, 6))
        self.assertIn("needs a terminal", self.fails(2, "top", "a.log"))
        self.assertIn("standard input", self.fails(2, "top", "--once", "-"))
        self.assertIn("no input", self.fails(2, "top", "--once"))
        self.assertIn("match", self.fails(2, "top", "--once", "--match", "(", "a.log"))
        self.assertIn("where", self.fails(2, "top", "--once", "--where", "x", "a.log"))
        self.assertIn("--window", self.fails(2, "top", "--once", "--window", "soon", "a.log"))
        self.assertIn("--interval", self.fails(2, "top", "--interval", "1ns", "a.log"))
        self.assertIn("time", self.fails(2, "top", "--once", "--at", "teatime", "a.log"))
        self.assertIn("no such file", self.fails(1, "top", "--once", "gone.log"))
        self.write("bad.bin", bytes(range(1, 32)) * 10)
        self.assertIn("neither", self.fails(1, "top", "--once", "bad.bin"))


@unittest.skipIf(shutil.which("tmux") is None, "no tmux")
class Live(CommandTest):
    def append(self, name, text):
        with open(self.path(name), "a") as file:
            file.write(text)

    def start_top(self, *arguments, **options):
        self.write("a.log", lines(START, 60))
        return Terminal(self, top(*(arguments or ("a.log", "--window", "1m", "--interval", "100ms"))),
                        **options)

    def test_a_log_is_followed_as_it_grows_is_rotated_and_begins_anew(self):
        terminal = self.start_top()
        terminal.wait("no new data for")
        now = int(time.time())
        self.append("a.log", lines(now, 1, step=1, fresh=function(0.3)))
        screen = terminal.wait("app.py:fresh")
        self.assertRegex(screen.split("\n")[0], r"live, \d+ s old$")
        self.append("a.log", lines(now, 1, fresh=function(0.3))[:40])
        self.append("a.log", lines(now, 1, fresh=function(0.3))[40:])
        terminal.wait(lambda screen: rows(screen).get("app.py:fresh") == ("2", "600.0 ms"))
        shutil.move(self.path("a.log"), self.path("a.log.1"))
        self.write("a.log", lines(now, 1, rotated=function(0.2)))
        screen = terminal.wait("app.py:rotated")
        self.assertEqual(rows(screen)["app.py:fresh"], ("2", "600.0 ms"))
        self.append("a.log", "{\"stats_profile\": {\"func_profiles\": {}\n")
        terminal.wait("1 broken line")
        self.write("a.log", lines(now, 1, anew=function(0.2)))
        screen = terminal.wait("app.py:anew")
        self.assertNotIn("app.py:fresh", screen)

    def test_a_store_is_followed(self):
        self.write("first.log", lines(START, 60))
        self.ok("add", "-q", "s.db", "first.log")
        terminal = Terminal(self, top("s.db", "--window", "1m", "--interval", "100ms"))
        terminal.wait("app.py:slow")
        self.write("second.log", lines(int(time.time()), 1, fresh=function(0.3)))
        self.ok("add", "-q", "s.db", "second.log")
        terminal.wait(lambda screen: rows(screen).get("app.py:fresh") == ("1", "300.0 ms"))

    def test_a_store_that_is_removed_and_replaced(self):
        for name, function_name in (("first", "before"), ("second", "behind")):
            self.write(name + ".log", lines(START, 60, **{function_name: function(0.4)}))
            self.ok("add", "-q", name + ".db", name + ".log")
        terminal = Terminal(self, top("first.db", "--window", "1m", "--interval", "100ms"))
        terminal.wait("app.py:before")
        os.rename(self.path("first.db"), self.path("kept.db"))
        screen = terminal.wait("was removed or replaced")
        self.assertIn("app.py:before", screen)
        os.rename(self.path("second.db"), self.path("first.db"))
        terminal.wait(lambda screen: "app.py:behind" in screen and "app.py:before" not in screen
                      and "was removed" not in screen)

    def test_keys(self):
        terminal = self.start_top()
        terminal.wait("tottime by function")
        for key, seen in (("m", "cumtime by function"), ("M", "tottime by function"),
                          ("v", "tottime/s by"), ("v", "tottime share by"), ("v", "tottime by"),
                          ("g", "tottime by name"), ("G", "tottime by function"),
                          ("+", "500ms of 30s"), ("-", "1s of 1m"), ("w", "2s of 1m"),
                          ("W", "1s of 1m"), ("W", "500ms of 1m"), ("a", "1s of 1m"),
                          ("s", "percall▼"), ("S", "tottime▼"), ("r", "tottime▲"),
                          ("Left", "paused at"), ("n", "no new data"), ("<", "paused at"),
                          (">", "no new data"), ("Space", "paused at"), ("p", "no new data"),
                          ("?", "the figure in the chart"), ("x", "tottime▲"),
                          ("k", "tottime▲")):
            terminal.keys(key)
            terminal.wait(seen, "%s -> %s" % (key, seen))

    def test_chart_and_table_come_and_go(self):
        terminal = self.start_top()
        both = terminal.wait("app.py:slow")
        self.assertIn("┤", both)
        terminal.keys("z")
        terminal.wait(lambda screen: "┤" not in screen and "app.py:slow" in screen)
        terminal.keys("z")
        terminal.wait(lambda screen: "┤" in screen and "app.py:slow" not in screen)
        terminal.keys("z")
        terminal.wait(lambda screen: "┤" in screen and "app.py:slow" in screen)

    def test_filters_are_typed(self):
        terminal = self.start_top()
        terminal.wait("app.py:quick")
        terminal.keys("f")
        terminal.wait("functions (regex):")
        terminal.type("slox(")
        terminal.keys("BSpace", "BSpace")
        terminal.type("(")
        terminal.keys("Enter")
        terminal.wait("bad regular expression \"slo(\"", "an expression that is none is told")
        terminal.keys("BSpace")
        terminal.type("w")
        terminal.keys("Enter")
        screen = terminal.wait(lambda screen: "app.py:quick" not in screen and "/slow/" in screen)
        self.assertIn("app.py:slow", screen)
        terminal.keys("/", "C-u", "Enter")
        terminal.wait("app.py:quick")
        terminal.keys("l")
        terminal.type("service=none")
        terminal.keys("Enter")
        terminal.wait("no profile in this time")
        terminal.keys("l", "C-u", "Enter")
        terminal.wait("app.py:quick")
        terminal.keys("l")
        terminal.type("half")
        terminal.keys("Escape")
        terminal.wait("m metric")

    def test_a_time_is_gone_back_to(self):
        self.write("a.log", lines(START, 1, old=function(0.5)) + lines(START + 3600, 1))
        terminal = Terminal(self, top("a.log", "--window", "1m"))
        terminal.wait("app.py:slow")
        terminal.keys("t")
        terminal.type("2020-02-18 04:26:41")
        terminal.keys("Enter")
        screen = terminal.wait("app.py:old")
        self.assertIn("paused at 2020-02-18 04:26:41, data goes on for 59 min", screen)
        terminal.keys("n")
        terminal.wait("app.py:slow")

    def test_the_table_scrolls(self):
        self.write("a.log", lines(START, 60, **{"f%02d" % i: function(0.01 * (i + 1), line_number=i)
                                                for i in range(40)}))
        terminal = Terminal(self, top("a.log"))
        terminal.wait("1-10 of 40")
        for key, seen in (("Down", "2-11 of 40"), ("j", "3-12 of 40"), ("Up", "2-11 of 40"),
                          ("PgDn", "11-20 of 40"), ("End", "31-40 of 40"), ("Down", "31-40 of 40"),
                          ("Home", "1-10 of 40")):
            terminal.keys(key)
            terminal.wait(seen)

    def test_the_terminal_may_change_its_size(self):
        terminal = self.start_top()
        terminal.wait("app.py:slow")
        for columns, count in ((40, 10), (132, 43), (20, 4), (10, 3), (80, 24)):
            terminal.resize(columns, count)
            wanted = "too small" if columns == 10 else "q quit" if columns > 20 else "q"
            screen = terminal.wait(lambda screen: wanted in screen.split("\n")[-1]
                                   or wanted == "too small" and wanted in screen)
            self.assertLessEqual(max(map(len, screen.split("\n"))), columns)
        self.assertIn("app.py:slow", terminal.wait("tottime by function"))

    def test_without_colours_parts_are_letters(self):
        screen = self.start_top(env={"NO_COLOR": "1"}).wait("app.py:slow")
        self.assertRegex(screen, r"(?m)^A .*app\.py:slow$")
        terminal = self.start_top(term="vt100")
        screen = terminal.wait("app.py:slow")
        self.assertRegex(screen, r"(?m)^A .*app\.py:slow$")
        self.assertNotIn("38;5", terminal.screen(colors=True))
        terminal = self.start_top()
        terminal.wait("■")
        self.assertIn("38;5", terminal.screen(colors=True))

    def test_ascii_in_a_plain_locale(self):
        terminal = self.start_top(env={"LC_ALL": "C"})
        self.assertTrue(terminal.wait("app.py:slow").isascii())


@unittest.skipIf(shutil.which("tmux") is None, "no tmux")
class End(CommandTest):
    """However it ends, the terminal is as it was."""

    def run_and_end(self, end, status):
        self.write("a.log", lines(START, 60))
        terminal = Terminal(self, "trap : INT; stty -a >before; echo PROMPT; %s; echo status $?; "
                                  "stty -a >after; sleep 100" % top("a.log"))
        terminal.wait("app.py:slow")
        end(terminal)
        screen = terminal.wait("status %d" % status)
        self.assertIn("PROMPT", screen, "the screen of before is back")
        self.assertNotIn("app.py:slow", screen)
        deadline = time.monotonic() + 10
        while not self.read("after") and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.read("before"), self.read("after"))
        self.assertEqual(terminal.tmux("display-message", "-p", "#{cursor_flag}").strip(), "1")

    def kill(self, terminal, signal):
        shell = terminal.tmux("display-message", "-p", "#{pane_pid}").strip()
        terminal.test.assertTrue(shell.isdigit())
        with open("/proc/%s/task/%s/children" % (shell, shell)) as file:
            child = file.read().split()[0]
        os.kill(int(child), signal)

    def test_by_a_key(self):
        self.run_and_end(lambda terminal: terminal.keys("q"), 0)

    def test_by_ctrl_c(self):
        self.run_and_end(lambda terminal: terminal.keys("C-c"), 130)

    def test_by_a_signal(self):
        self.run_and_end(lambda terminal: self.kill(terminal, 15), 143)

    def test_by_a_crash(self):
        self.run_and_end(lambda terminal: self.kill(terminal, 6), 134)

    def test_when_it_is_stopped_and_goes_on(self):
        self.write("a.log", lines(START, 60))
        terminal = Terminal(self, "PS1=READY: bash --norc -i")
        terminal.wait("READY:")
        terminal.type(top("a.log") + "\n")
        terminal.wait("q quit")
        terminal.keys("C-z")
        terminal.wait("Stopped")
        terminal.type("fg\n")
        terminal.wait("q quit")
        terminal.keys("q")
        terminal.wait(lambda screen: "q quit" not in screen)


if __name__ == "__main__":
    unittest.main()
