"""A terminal for the tests of `statslice top`: tmux, whose screen can be read and resized."""
import os
import shlex
import shutil
import subprocess
import tempfile
import time

from cli_harness import STATSLICE


class Terminal:
    """A shell-less tmux of its own, in which one command line runs."""

    def __init__(self, test, command, columns=80, rows=24, env=None, term="screen-256color"):
        self.test = test
        folder = tempfile.mkdtemp(prefix="statslice-tmux-")
        test.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.socket = os.path.join(folder, "socket")
        environment = test.environment(**(env or {}))
        environment["TERM"] = "screen-256color"
        for name in ("COLUMNS", "LINES"):
            environment.pop(name, None)
        words = " ".join("%s=%s" % (name, shlex.quote(value)) for name, value in environment.items()
                         if name != "TERM")
        line = "cd %s; export %s TERM=%s; %s" % (shlex.quote(test.folder), words, term, command)
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows),
                  "sh -c %s" % shlex.quote(line), env=environment)
        test.addCleanup(self.close)

    def tmux(self, *arguments, env=None):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
                              env=env or self.test.environment(TERM="screen-256color"))
        return done.stdout.decode(errors="replace")

    def close(self):
        self.tmux("kill-server")

    def keys(self, *keys):
        """Keys by tmux' names: "Enter", "Left", "C-c", "m"."""
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self, colors=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if colors else [])).rstrip("\n")

    def wait(self, seen, message=None, seconds=20.0):
        """The screen, as soon as seen(screen) holds; seen may be a text that it must show."""
        wanted = seen if callable(seen) else lambda screen: seen in screen
        deadline = time.monotonic() + seconds
        while True:
            screen = self.screen()
            if wanted(screen):
                return screen
            if time.monotonic() > deadline:
                self.test.fail("%s\n%s" % (message or seen, screen))
            time.sleep(0.05)


def top(*arguments):
    return " ".join(shlex.quote(word) for word in (STATSLICE, "top") + arguments)
