"""The browser of ``python -m statslice.pstats [FILE...]``: commands around one Stats."""
import cmd
import sys

from .pstats import Stats

try:
    import readline  # noqa: F401 - edits the line that is typed
except ImportError:
    pass

_RESTRICTIONS_HELP = """\
Arguments may be:
* An integer maximum number of entries to print.
* A decimal fractional number between 0 and 1, controlling
  what fraction of selected entries to print.
* A regular expression; only entries with function names
  that match it are printed."""
_LEAVE_HELP = "Leave the profile browser."
_NOTHING_LOADED = "No statistics object is loaded."


class ProfileBrowser(cmd.Cmd):
    """Commands that read, sort and print a profile."""

    def __init__(self, profile=None):
        super().__init__()
        self.prompt = "% "
        self.stats = None
        self.stream = sys.stdout
        if profile is not None:
            self.do_read(profile)

    def _say(self, text):
        print(text, file=self.stream)

    def _is_loaded(self):
        if not self.stats:
            self._say(_NOTHING_LOADED)
        return bool(self.stats)

    def _restrictions(self, line):
        for word in line.split():
            try:
                yield int(word)
                continue
            except ValueError:
                pass
            try:
                share = float(word)
            except ValueError:
                yield word
                continue
            if 0 <= share <= 1:
                yield share
            else:
                self._say("Fraction argument must be in [0, 1]")

    def generic(self, fn, line):
        """Call a print method of the Stats with the line's restrictions."""
        restrictions = list(self._restrictions(line))
        if self._is_loaded():
            getattr(self.stats, fn)(*restrictions)
        return 0

    def do_add(self, line):
        if self._is_loaded():
            try:
                self.stats.add(line)
            except OSError as error:
                self._say("Failed to load statistics for %s: %s" % (line, error))
        return 0

    def help_add(self):
        self._say("Add profile info from given file to current statistics object.")

    def do_callees(self, line):
        return self.generic("print_callees", line)

    def help_callees(self):
        self._say("Print callees statistics from the current stat object.\n" + _RESTRICTIONS_HELP)

    def do_callers(self, line):
        return self.generic("print_callers", line)

    def help_callers(self):
        self._say("Print callers statistics from the current stat object.\n" + _RESTRICTIONS_HELP)

    def do_EOF(self, line):
        self._say("")
        return 1

    def help_EOF(self):
        self._say(_LEAVE_HELP)

    def do_quit(self, line):
        return 1

    def help_quit(self):
        self._say(_LEAVE_HELP)

    def do_read(self, line):
        if not line:
            if len(self.prompt) <= 2:
                self._say("No statistics object is current -- cannot reload.")
                return 0
            line = self.prompt[:-2]
        try:
            self.stats = Stats(line)
        except OSError as error:
            self._say(error.args[1])
            return None
        except Exception as error:
            self._say("%s: %s" % (type(error).__name__, error))
            return None
        self.prompt = line + "% "
        return 0

    def help_read(self):
        self._say("Read in profile data from a specified file.\n"
                  "Without argument, reload the current file.")

    def do_reverse(self, line):
        if self._is_loaded():
            self.stats.reverse_order()
        return 0

    def help_reverse(self):
        self._say("Reverse the sort order of the profiling report.")

    def do_sort(self, line):
        if not self._is_loaded():
            return 0
        words = line.split()
        known = self.stats.get_sort_arg_defs()
        if words and all(word in known for word in words):
            self.stats.sort_stats(*words)
        else:
            self._say("Valid sort keys (unique prefixes are accepted):")
            for key, (_, text) in Stats.sort_arg_dict_default.items():
                self._say("%s -- %s" % (key, text))
        return 0

    def help_sort(self):
        self._say("Sort profile data according to specified keys.\n"
                  "(Typing `sort' without arguments lists valid keys.)")

    def complete_sort(self, text, *args):
        return [key for key in Stats.sort_arg_dict_default if key.startswith(text)]

    def do_stats(self, line):
        return self.generic("print_stats", line)

    def help_stats(self):
        self._say("Print statistics from the current stat object.\n" + _RESTRICTIONS_HELP)

    def do_strip(self, line):
        if self._is_loaded():
            self.stats.strip_dirs()
        return 0

    def help_strip(self):
        self._say("Strip leading path information from filenames in the report.")

    def help_help(self):
        self._say("Show help for a given command.")


def main():
    """Browse the profile that the command line names, with all further ones added."""
    files = sys.argv[1:]
    try:
        browser = ProfileBrowser(files[0] if files else None)
        for path in files[1:]:
            browser.do_add(path)
        browser._say("Welcome to the profile statistics browser.")
        browser.cmdloop()
        browser._say("Goodbye.")
    except KeyboardInterrupt:
        pass
