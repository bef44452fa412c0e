"""Builds the wheel of the Python package: the PEP 517 back end of pyproject.toml.

Runs meson and ninja for the interpreter that runs this, and packs the package folder of that
build. In the tree, as the wheel holds one extension pair and the rest is copying.
"""
import base64
import hashlib
import io
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NAME = "statslice"
METADATA = """\
Metadata-Version: 2.1
Name: {name}
Version: {version}
Summary: Time-sliced function profiles for Python services
License: MIT
Requires-Python: >=3.8
Classifier: License :: OSI Approved :: MIT License
Classifier: Operating System :: POSIX
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: Python :: Implementation :: CPython
Description-Content-Type: text/markdown

{description}"""
WHEEL = """\
Wheel-Version: 1.0
Generator: {name} wheel_backend
Root-Is-Purelib: false
Tag: {tag}
"""
MODULES = (".py", ".pyi", ".typed")
EXTENSIONS = ("_core", "_collector")
PLUGINS = ["_http.so", "_store.so"]  # of the collector, whatever the interpreter


def _read(name):
    path = os.path.join(ROOT, name)
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def _version():
    return re.search(r"^\s*version: '([^']+)'", _read("meson.build"), re.MULTILINE).group(1)


def _tag():
    python = "cp%d%d" % sys.version_info[:2]
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return "-".join([python, python, platform])


def _build(folder):
    """Build for this interpreter. Returns the package's files as {name: path}."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    extensions = [name + suffix for name in EXTENSIONS]
    environment = dict(os.environ, STATSLICE_PYTHON=sys.executable)
    output = {"check": True, "env": environment, "stdout": sys.stderr}
    subprocess.run(["meson", "setup", folder, ROOT, "-Dtests=false", "-Db_lto=false"], **output)
    extensions += PLUGINS
    targets = ["python/%s/%s" % (NAME, name) for name in extensions]
    subprocess.run(["ninja", "-C", folder, *targets], **output)
    package = os.path.join(folder, "python", NAME)
    names = [os.path.relpath(os.path.join(parent, name), package)
             for parent, _, files in os.walk(package) for name in files if name.endswith(MODULES)]
    names = sorted(names) + extensions
    return {"%s/%s" % (NAME, name): os.path.join(package, name) for name in names}


def _record_line(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return "%s,sha256=%s,%d\n" % (name, digest, len(data))


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """PEP 517: build the wheel. Returns its file name."""
    version, tag = _version(), _tag()
    info = "%s-%s.dist-info/" % (NAME, version)
    with tempfile.TemporaryDirectory() as folder:
        contents = {}
        for name, path in _build(folder).items():
            with open(path, "rb") as file:
                contents[name] = file.read()
    metadata = METADATA.format(name=NAME, version=version, description=_read("README.md"))
    contents[info + "METADATA"] = metadata.encode()
    contents[info + "WHEEL"] = WHEEL.format(name=NAME, tag=tag).encode()
    contents[info + "LICENSE"] = _read("LICENSE").encode()
    record = "".join(_record_line(name, data) for name, data in contents.items())
    contents[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    wheel = "%s-%s-%s.whl" % (NAME, version, tag)
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return wheel


def build_sdist(sdist_directory, config_settings=None):
    """PEP 517: pack the tracked files. Returns the archive's file name."""
    top = "%s-%s" % (NAME, _version())
    try:
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE,
                                 check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise RuntimeError("an sdist packs the files that git tracks: make it in a git checkout") \
            from error
    metadata = METADATA.format(name=NAME, version=_version(), description=_read("README.md")).encode()
    with tarfile.open(os.path.join(sdist_directory, top + ".tar.gz"), "w:gz") as archive:
        for name in tracked.stdout.decode().split("\0")[:-1]:
            archive.add(os.path.join(ROOT, name), "%s/%s" % (top, name))
        info = tarfile.TarInfo(top + "/PKG-INFO")
        info.size = len(metadata)
        archive.addfile(info, io.BytesIO(metadata))
    return top + ".tar.gz"
