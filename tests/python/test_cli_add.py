"""statslice add and statslice info of a store: what goes in is there, once, whatever the input."""
import gzip
import json
import os
import signal
import subprocess
import time
import unittest

from cli_harness import STATSLICE, CommandTest, function, log_line, run_in_terminal


class Add(CommandTest):
    def info(self, store="s.db"):
        return json.loads(self.ok("info", "--output-format", "json", store))[0]

    def add(self, *arguments, **options):
        """(new, known, expired, broken) of the summary."""
        words = self.ok("add", "s.db", *arguments, **options).split(": ", 1)[1].split(", ")
        return tuple(int(word.split()[0].replace(",", "")) for word in words[:4])

    def test_a_log_is_stored_and_a_second_time_known(self):
        log = self.make_log(count=6)
        self.assertEqual(self.add(log), (6, 0, 0, 0))
        self.assertEqual(self.add(log), (0, 6, 0, 0))
        info = self.info()
        self.assertEqual((info["format"], info["profiles"], info["functions"]), ("store", 6, 2))
        self.assertEqual(info["levels"][0]["rows"], 12)
        self.assertEqual(info["end"], "2020-02-18T04:27:30Z")  # 1582000000 + 50 s
        with open(self.path(log), "a") as file:  # the log grows
            file.write(log_line(1582000070, slow=function(1.5)))
        self.assertEqual(self.add(log), (1, 6, 0, 0))

    def test_inputs_of_every_kind(self):
        os.makedirs(self.path("in/deep"))
        self.make_prof("in/one.prof")
        self.make_log("in/deep/two.log", count=3)
        with open(self.path("in/deep/two.log"), "rb") as file:
            text = file.read().replace(b"15820", b"15830")
        with gzip.open(self.path("in/three.log.gz"), "wb") as file:
            file.write(text)
        self.write("in/README", "this is no profile\n")
        self.write("in/picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
        self.write("in/.hidden.log", log_line(1584000000, f=function(1.0)))
        out = self.ok("add", "s.db", "in")
        self.assertRegex(out, r"\As\.db: 7 new profiles, 0 known, 0 expired, 0 broken lines")
        self.assertEqual(self.add("in/*.prof", "in/*/*.log"), (0, 4, 0, 0))
        self.assertEqual(self.add("-", stdin=text), (0, 3, 0, 0))
        self.assertIn("no file matches", self.fails(1, "add", "s.db", "in/*.nothing"))
        self.assertIn("could not open", self.fails(1, "add", "s.db", "in/nothing.log"))

    def test_a_store_may_lie_in_the_folder_that_is_added(self):
        self.make_log("app.log", count=3)
        self.assertEqual(self.add("."), (3, 0, 0, 0))
        self.assertEqual(self.add("."), (0, 3, 0, 0))

    def test_an_input_that_cannot_be_read_does_not_keep_the_others_out(self):
        self.make_log("app.log", count=3)
        self.write("broken.prof", b"{\x00\x00")
        done = self.run_raw("add", "s.db", "broken.prof", "app.log")
        self.assertEqual(done.returncode, 1)
        self.assertIn("broken.prof", done.stderr.decode())
        self.assertEqual(self.info()["profiles"], 3)

    def test_broken_lines_are_counted_and_told(self):
        self.make_log("app.log", count=3)
        with open(self.path("app.log"), "a") as file:
            file.write('{"timestamp": 1582000100, "stats_profile": {"total_tt": 1.0, '
                       '"func_profiles": {"f": 7}}}\n')
        done = self.run_raw("add", "s.db", "app.log")
        self.assertEqual(done.returncode, 0)
        self.assertIn("3 new profiles, 0 known, 0 expired, 1 broken line\n", done.stdout.decode())
        self.assertIn("1 line looks like a profile but is broken", done.stderr.decode())

    def test_labels_are_set_and_listed_by_service(self):
        log = self.make_log(count=4)
        self.add("--label", "service=shop", log)
        self.add("--label", "service=till", "--label", "host=a b", log)
        info = self.info()
        self.assertEqual(info["labels"], {"host": {"a b": 4}, "service": {"shop": 4, "till": 4}})
        self.assertEqual([service["service"] for service in info["services"]], ["shop", "till"])
        text = self.ok("info", "s.db")
        self.assertRegex(text, r"(?m)^  services    shop: 4 profiles, 1 series, 2020-02-18T04:26:39")
        self.assertRegex(text, r"(?m)^  labels      host=a b \(4\)$")
        self.assertIn("is not KEY=VALUE", self.fails(2, "add", "s.db", log, "--label", "x"))

    def test_no_profiles_and_no_input_are_errors(self):
        self.write("text.log", "nothing here\n")
        self.assertIn("no profiles found", self.fails(1, "add", "s.db", "text.log"))
        self.assertIn("no input is given", self.fails(2, "add", "s.db"))
        self.assertIn("no store is given", self.fails(2, "add"))

    def test_what_is_no_store_is_left_alone(self):
        log = self.make_log(count=3)
        before = self.read(log)
        self.assertIn("is not a store of statslice", self.fails(1, "add", log, log))
        self.assertEqual(self.read(log), before)
        self.assertIn("no/s.db", self.fails(1, "add", "no/s.db", log))

    def test_ctrl_c_keeps_what_was_read_and_a_second_run_goes_on(self):
        with open(self.path("long.log"), "w") as file:
            for n in range(20000):
                file.write(log_line(1582000000 + n, **{
                    "f%d" % i: function(0.001, line_number=i) for i in range(20)}))
        process = self.start("add", "s.db", "long.log", stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while not os.path.exists(self.path("s.db-wal")) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=30)
        if process.returncode == 0:
            self.skipTest("the machine was faster")
        self.assertEqual(process.returncode, 130)
        self.assertIn("run it again to go on", error.decode())
        stored = self.info()["profiles"]
        self.assertEqual(out.decode().split(": ")[1].split()[0].replace(",", ""), str(stored))
        new, known, _, _ = self.add("long.log")
        self.assertEqual((known, new), (stored, 20000 - stored))

    def test_a_pipe_that_pauses_is_stored_meanwhile(self):
        process = self.start("add", "s.db", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(log_line(1582000000, f=function(1.0)).encode())
        process.stdin.flush()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            done = self.run_raw("info", "--output-format", "json", "s.db")
            if done.returncode == 0 and json.loads(done.stdout.decode())[0]["profiles"] == 1:
                break
            time.sleep(0.02)
        else:
            self.fail("nothing was stored")
        process.stdin.close()
        process.stdin = None
        self.assertIn(b"1 new profile,", process.communicate(timeout=30)[0])

    def test_a_bar_tells_how_far_it_is(self):
        def feed(process):
            for n in range(40):
                process.stdin.write(log_line(1582000000 + n, f=function(1.0)).encode())
                process.stdin.flush()
                yield
            process.stdin.close()
        status, seen = run_in_terminal(self, "add", "s.db", "-", feed=feed)
        self.assertEqual(status, 0)
        self.assertIn("B/s", seen)
        self.assertIn("40 new profiles", seen)

    def test_a_store_can_be_named_like_an_option_of_sqlite(self):
        log = self.make_log(count=2)
        for name in ("file:x?mode=memory", ":memory:", "a b%41.db"):
            self.ok("add", name, log)
            self.assertTrue(os.path.isfile(self.path(name)), name)
            self.assertEqual(self.info(name)["profiles"], 2)

    def test_a_store_that_cannot_be_written_can_be_listed(self):
        self.add(self.make_log(count=2))
        for name in os.listdir(self.folder):
            if name.startswith("s.db-"):
                os.unlink(self.path(name))
        os.chmod(self.path("s.db"), 0o444)
        self.assertEqual(self.info()["profiles"], 2)


if __name__ == "__main__":
    unittest.main()
