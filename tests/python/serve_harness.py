"""A server for a test: started on a free port, ended by its own pid."""
import http.client
import re
import signal
import subprocess
import threading
import time

from cli_harness import ENVIRONMENT, STATSLICE

START_S = 30


class Server:
    """The command's server on a store. What it says on standard error is kept in `lines`."""

    def __init__(self, store, *options, environment=None):
        self.process = subprocess.Popen(
            [STATSLICE, "serve", store, "--listen", "127.0.0.1:0", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            universal_newlines=True, env=environment or ENVIRONMENT)
        self.lines = []
        self.url = None
        for line in self.process.stderr:
            self.lines.append(line)
            found = re.search(r"https?://(\S+):(\d+)", line)
            if found:
                self.url = found.group(0)
                self.host, self.port = found.group(1), int(found.group(2))
                break
        if self.url is None:
            self.process.wait(START_S)
            raise AssertionError("the server did not start: " + "".join(self.lines))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def request(self, method, path, body=None, headers=None, timeout=30):
        """(status, headers, body) of one request on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def metrics_with(self, *lines):
        """The metrics once all of `lines` are in them: a request is counted after its client has the answer."""
        deadline = time.monotonic() + START_S
        while True:
            text = self.get("/metrics")[2].decode()
            missing = [line for line in lines if line not in text]
            if not missing:
                return text
            if time.monotonic() > deadline:
                raise AssertionError("not among the metrics: %s\n%s" % (missing, text))
            time.sleep(0.05)

    def kill(self):
        """As a crash would end it."""
        self.process.kill()
        self._end()

    def stop(self):
        """Ask it to end, and give its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self):
        status = self.process.wait(START_S)
        self.reader.join(START_S)
        self.process.stderr.close()
        said = "".join(self.lines)
        if "Sanitizer" in said or "runtime error" in said: # of builds that look for mistakes
            raise AssertionError(said)
        return status
