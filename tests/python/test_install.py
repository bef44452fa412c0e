"""pyproject.toml: the back end's wheel, unpacked, is a package that works."""
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = "import sys, wheel_backend; print(wheel_backend.build_wheel(sys.argv[1]))"
USE = """
import io, os, statslice
assert statslice.__file__.startswith({folder!r}), statslice.__file__
with statslice.Profile() as profile:
    sum(i for i in range(3))
statslice.log(profile, io.StringIO())
statslice.start(os.path.join({folder!r}, "profiles.db"))
assert statslice.stop(30), statslice.status()
statslice.start("http://127.0.0.1:9", spool=os.path.join({folder!r}, "spool"))
statslice.stop(0)
print(statslice.__version__)
"""


class Wheel(unittest.TestCase):
    def test_wheel__holds_a_package_that_works(self):
        with tempfile.TemporaryDirectory() as folder:
            environment = dict(os.environ, PYTHONPATH=os.path.join(ROOT, "tools"))
            run = subprocess.run([sys.executable, "-c", BUILD, folder], env=environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(run.returncode, 0, run.stderr.decode())
            name = run.stdout.decode().strip()
            self.assertRegex(name, r"^statslice-[\d.]+-(cp3\d+)-\1-\w+\.whl$")
            with zipfile.ZipFile(os.path.join(folder, name)) as wheel:
                self.assertIsNone(wheel.testzip())
                names = wheel.namelist()
                wheel.extractall(folder)
            self.assertIn("statslice/py.typed", names)
            self.assertEqual(len([name for name in names if name.endswith(".so")]), 4)
            environment["PYTHONPATH"] = folder
            version = subprocess.run([sys.executable, "-c", USE.format(folder=folder)], check=True,
                                     env=environment, stdout=subprocess.PIPE).stdout.decode().strip()
            self.assertTrue(name.startswith("statslice-%s-" % version))


if __name__ == "__main__":
    unittest.main()
