"""What is made from the tables of options: manual pages and the shell's completion."""
import glob
import os
import shutil
import subprocess
import unittest

from cli_harness import BUILD, CommandTest, verbs

COMPLETION = os.path.join(BUILD, "completion", "statslice")


class ManualPages(unittest.TestCase):
    def pages(self):
        pages = sorted(glob.glob(os.path.join(BUILD, "man", "*.1")))
        self.assertEqual([os.path.basename(page) for page in pages],
                         ["statslice-%s.1" % verb for verb in sorted(verbs())] + ["statslice.1"])
        return pages

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_mandoc_has_nothing_to_say(self):
        done = subprocess.run(["mandoc", "-Tlint", "-Wstyle", *self.pages()], stdout=subprocess.PIPE)
        self.assertEqual(done.stdout.decode(), "")

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_examples_keep_their_backslashes_and_quotes(self):
        page = os.path.join(BUILD, "man", "statslice-stats.1")
        text = subprocess.run(["mandoc", "-Tascii", page], stdout=subprocess.PIPE).stdout.decode()
        plain = subprocess.run(["col", "-b"], input=text.encode(),
                               stdout=subprocess.PIPE).stdout.decode() if shutil.which("col") else text
        self.assertIn(r"'shop\.py'", plain)


@unittest.skipUnless(shutil.which("bash"), "bash is not installed")
class Completion(CommandTest):
    def offers(self, *words):
        """What bash would offer for the last word."""
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _statslice; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", COMPLETION, "statslice", *words],
                              cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment(), timeout=30)
        self.assertEqual(done.stderr.decode(), "")
        return done.stdout.decode().split()

    def test_verbs(self):
        self.assertEqual(self.offers("s"), ["stats", "slices", "serve"])
        self.assertEqual(self.offers("help", "st"), ["stats"])
        self.assertEqual(self.offers("--v"), ["--version"])

    def test_options_of_the_verb(self):
        self.assertEqual(self.offers("slices", "--outp"), ["--output-format", "--output"])
        self.assertEqual(self.offers("convert", "--to"), ["--to", "--token-file"])
        self.assertEqual(self.offers("slices", "-o", "x.csv", "--of"), ["--offset"])

    def test_words_of_an_option(self):
        self.assertEqual(self.offers("slices", "--metric", "cum"), ["cumtime"])
        self.assertEqual(self.offers("slices", "--metric", "=", "cum"), ["cumtime"])
        self.assertIn("spread", self.offers("slices", "--attribution", "="))
        self.assertEqual(self.offers("stats", "--sort", "cumu"), ["cumulative"])
        self.assertEqual(self.offers("stats", "-s", "cumu"), ["cumulative"])

    def test_a_command_of_files_behind_run(self):
        self.write("one.py", "")
        self.assertEqual(self.offers("run", "--", "on"), ["one.py"])
        self.assertEqual(self.offers("run", "--engine", "fr"), ["frames"])

    def test_files(self):
        self.write("one.prof", "")
        self.write("two words.prof", "")
        self.assertEqual(self.offers("stats", "on"), ["one.prof"])
        self.assertEqual(" ".join(self.offers("convert", "-o", "tw")), "two words.prof")


if __name__ == "__main__":
    unittest.main()
