"""statslice compact, retain, delete, check: what a user sees of them."""
import os
import time
import unittest

from cli_harness import CommandTest, function, log_line


class Keep(CommandTest):
    def fill(self, name="shop", count=400, begin=None):
        """Profiles of 10 s that end 10 s apart; f's own time is 0.5 s in each."""
        begin = int(time.time()) // 3600 * 3600 - 7200 if begin is None else begin
        lines = [log_line(begin + 10 * i, f=function(0.5)) for i in range(count)]
        self.write(name + ".log", "".join(lines))
        self.ok("add", "s.db", "--label", "service=" + name, "-q", name + ".log")
        return begin

    def test_check_tells_that_a_store_is_whole(self):
        self.fill()
        self.assertRegex(self.ok("check", "s.db"), r"\Awhole: [\d,]+ chunks, [\d,]+ rows\n\Z")

    def test_check_names_what_is_damaged(self):
        self.fill()
        size = os.path.getsize(self.path("s.db"))
        with open(self.path("s.db"), "r+b") as file:
            file.seek(size - 100)
            byte = file.read(1)
            file.seek(size - 100)
            file.write(bytes([byte[0] ^ 1]))
        done = self.run_raw("check", "s.db")
        self.assertEqual(done.returncode, 1)
        self.assertIn("damaged: ", done.stdout.decode())
        self.assertIn("damaged in", done.stderr.decode())

    def test_retention_is_kept_in_the_store_and_applied(self):
        self.fill(begin=int(time.time()) // 86400 * 86400 - 40 * 86400)
        before = self.ok("slices", "--slice", "1h", "--output-format", "csv", "s.db")
        self.assertEqual(self.ok("retain", "s.db").splitlines()[0].split(), ["raw", "forever"])
        said = self.ok("retain", "s.db", "--raw", "7d", "--1m", "30d", "--10m", "90d", "--1h", "2y",
                       "--max-size", "10G")
        self.assertEqual([line.split(None, 1)[1] for line in said.splitlines()],
                         ["7d", "30d", "90d", "2y", "forever", "10,000,000,000 bytes"])
        self.assertEqual(self.ok("retain", "s.db"), said)
        self.assertEqual(self.ok("slices", "--slice", "1h", "--output-format", "csv", "s.db"),
                         before)  # hours are answered from sums, exactly
        self.assertIn("400 expired", self.ok("add", "s.db", "--label", "service=shop", "-q",
                                             "shop.log"))

    def test_wrong_ages_are_refused(self):
        self.fill(count=2)
        for arguments in (["--raw", "soon"], ["--raw", "-1d"], ["--1h", "0y"], ["--max-size", "big"]):
            self.fails(2, "retain", "s.db", *arguments)
        self.fails(1, "retain", "absent.db")
        self.fails(2, "delete", "s.db")
        self.fails(1, "delete", "s.db", "--service", "nobody")
        self.fails(2, "compact")

    def test_a_service_is_deleted(self):
        self.fill("shop")
        self.fill("till", count=30)
        self.ok("delete", "s.db", "--service", "shop")
        text = self.ok("slices", "--by", "label:service", "--output-format", "csv", "s.db")
        self.assertIn("till", text.splitlines()[0])
        self.assertNotIn("shop", text.splitlines()[0])
        self.assertIn("whole", self.ok("check", "s.db"))

    def test_compaction_changes_no_answer(self):
        begin = self.fill()
        lines = [log_line(begin + 10 * i + 3, g=function(0.25)) for i in range(50)]
        self.write("late.log", "".join(lines))
        self.ok("add", "s.db", "--label", "service=shop", "--no-compact", "-q", "late.log")
        asked = ["slices", "--slice", "10m", "--output-format", "json", "s.db"]
        before = self.ok(*asked)
        self.ok("compact", "-q", "s.db")
        self.assertEqual(self.ok(*asked), before)
        self.assertIn("whole", self.ok("check", "s.db"))


if __name__ == "__main__":
    unittest.main()
