"""The examples of the always-on collector, run as their first lines say."""
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from service_harness import calls_by, needs_service, profiles_in

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = os.path.join(ROOT, "examples")


def fetch(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read()


def wait_for(question, seconds=30):
    end = time.monotonic() + seconds
    while not question():
        if time.monotonic() > end:
            raise AssertionError("waited for %d s" % seconds)
        time.sleep(0.05)


@needs_service
class Examples(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.log = os.path.join(self.folder, "profiles.log")

    def start(self, *command, **environment):
        path = os.pathsep.join([os.environ.get("PYTHONPATH", ""), EXAMPLES])
        with open(os.path.join(self.folder, "output"), "wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT,
                env=dict(os.environ, PYTHONPATH=path, PROFILES=self.log, **environment))
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def output(self):
        with open(os.path.join(self.folder, "output"), errors="replace") as file:
            return file.read()

    def calls(self, function, *names):
        return calls_by(profiles_in(self.log), function, *names)

    def test_asyncio_service(self):
        process = self.start(os.path.join(EXAMPLES, "asyncio_service.py"), "--requests", "20",
                             "--log", self.log)
        self.assertEqual(process.wait(60), 0, self.output())
        self.assertIn("mixed", self.output())
        # of each client's 20 requests, 2 are boards of 5
        self.assertEqual(self.calls("score_of", "route"), {("board",): 40, ("profile",): 72})
        self.assertEqual(self.calls("mixed", "route"),
                         {("board",): 12000, ("profile",): 21600})

    def test_wsgi_app(self):
        process = self.start(os.path.join(EXAMPLES, "wsgi_app.py"), "--port", "0", "--requests",
                             "4", "--log", self.log)
        wait_for(lambda: "\n" in self.output())
        base = self.output().split("/primes")[0]
        for path in ("/primes/100", "/primes/50", "/report", "/"):
            fetch(base + path)
        self.assertEqual(process.wait(30), 0, self.output())
        self.assertEqual(self.calls("primes_below", "route", "method"),
                         {("/primes/{number}", "GET"): 2, ("/report", "GET"): 3})
        self.assertEqual(self.calls("is_prime", "route")["/primes/{number}",], 98 + 48)

    @unittest.skipUnless(importlib.util.find_spec("gunicorn"), "no gunicorn here")
    def test_gunicorn(self):
        process = self.start("-m", "gunicorn", "-c", os.path.join(EXAMPLES, "gunicorn_conf.py"),
                             "wsgi_app:app", BIND="127.0.0.1:0")
        wait_for(lambda: self.output().count("Booting worker") == 4)
        base = "http://127.0.0.1:" + self.output().split("http://127.0.0.1:")[1].split()[0]
        for _ in range(40):
            fetch(base + "/primes/200")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0, self.output())
        self.assertEqual(self.calls("primes_below", "route"), {("/primes/{number}",): 40})
        self.assertEqual(sum(self.calls("service", "pid").values()), 40)
        workers = {record.labels["pid"] for record in profiles_in(self.log)}
        self.assertEqual(len(workers), 4)

    @unittest.skipUnless(importlib.util.find_spec("celery"), "no celery here")
    def test_celery(self):
        with open(os.path.join(self.folder, "celery_here.py"), "w") as file:
            file.write("import celery_app\napp = celery_app.app\n"
                       "app.conf.broker_transport_options = {'data_folder_in': 'queue',\n"
                       "    'data_folder_out': 'queue', 'control_folder': 'control'}\n")
        os.mkdir(os.path.join(self.folder, "queue"))
        environment = {"BROKER": "filesystem://"}
        worker = self.start("-m", "celery", "-A", "celery_here", "worker", "--concurrency", "2",
                            "--without-gossip", "--without-mingle", "--loglevel", "INFO",
                            **environment)
        wait_for(lambda: "ready" in self.output())
        client = subprocess.run(
            [sys.executable, "-c", "import celery_here\nfor at in range(10):\n"
             "    celery_here.celery_app.add_up.delay(100)\n"
             "    celery_here.celery_app.count_primes.delay(50)\n"],
            cwd=self.folder, timeout=60, env=dict(
                os.environ, PYTHONPATH=os.pathsep.join(
                    [os.environ.get("PYTHONPATH", ""), EXAMPLES, self.folder]), **environment))
        self.assertEqual(client.returncode, 0)
        wait_for(lambda: self.output().count("succeeded") == 20)
        worker.send_signal(signal.SIGTERM)
        self.assertEqual(worker.wait(40), 0, self.output())
        self.assertEqual(self.calls("square", "task"), {("celery_app.add_up",): 1000})
        self.assertEqual(self.calls("count_primes", "task"), {("celery_app.count_primes",): 10})


if __name__ == "__main__":
    unittest.main()
