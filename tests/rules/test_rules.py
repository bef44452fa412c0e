"""The rules of the house, checked on the files as they stand.

Who may include whom (docs/architecture.md, "Folders"), which file may include
which library, that file names are unique and that a file opens by saying what
it is for.
"""
import collections
import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# folder: folders whose private headers it may include
MAY_INCLUDE = {
    "src/base": {"base"},
    "src/model": {"base", "model"},
    "src/format": {"base", "model", "format"},
    "src/store": {"base", "model", "store"},
    "src/query": {"base", "model", "query"},
    "src/chart": {"base", "model", "chart"},
    "src/report": {"base", "model", "report"},
    "src/record": {"base", "record"},
    "src/writer": {"base", "model", "format", "record", "writer"},
    "src/post": {"base", "format", "writer", "post"},
    "src/serve": {"base", "model", "format", "query", "writer", "serve"},
    "cli": {"cli", "serve"},
    "cli/top": {"cli"},
    "sqlext": {"base", "query", "store", "sqlext"},
    "python/collector": {"base", "record", "writer", "collector"},
    "python/store": {"writer"},
    "python/http": {"base", "writer", "post", "http"},
    "python/binding": {"base", "model", "format", "binding"},
}

# library header: the one file that may include it, or the few
WRAPPED = {
    r"pcre2\.h": "src/base/regex.c",
    r"cairo.*\.h": "src/chart/cairo.c",
    r"(n?curses|term)\.h": "cli/top/screen.c",
    r"microhttpd\.h": "src/serve/http.c",
    r"nettle/.*\.h": "src/serve/secret.c",
    r"curl/.*\.h": ("cli/http_get.c", "python/http/curl_transport.c"),
    r"zlib\.h": "src/format/gzip.c",
    r"zstd\.h": "src/format/zstd.c",
    r"xxhash\.h": ("src/store/checksum.c", "src/store/checksum_avx2.c"),
    r"sqlite3ext\.h": "sqlext/virtual_table.h",
    r"sqlite3\.h": ("src/store/sqlite.c", "src/store/sqlite_sums.c"),
}

PYTHON_ONLY_IN = "python/"

# The server is a library of the command's own.
SERVER_HEADERS = {
    "cli/cmd_serve.c": ("serve/server.h",),
    "cli/cmd_token.c": ("serve/secret.h",),
}


def tracked():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE,
                           check=True).stdout.decode().split("\0")
    return [name for name in names if name and os.path.exists(os.path.join(ROOT, name))]


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def includes(name):
    """(bracket or quote, path) of each include line."""
    return re.findall(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', read(name), re.M)


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


C_FILES = [name for name in tracked() if name.endswith((".c", ".h"))]
PRODUCT = [name for name in C_FILES
           if name.startswith(("src/", "cli/", "include/", "python/", "sqlext/"))]


class IncludeRules(unittest.TestCase):
    def test_private_headers_carry_their_folder_and_stay_in_their_rooms(self):
        for name in PRODUCT:
            folder = os.path.dirname(name)
            allowed = MAY_INCLUDE.get(folder, set())
            for bracket, path in includes(name):
                if bracket == '"':
                    self.assertIn(path.split("/")[0], allowed, "%s includes %s" % (name, path))
                    self.assertIn("/", path, "%s includes %s without its folder" % (name, path))

    def test_a_library_is_included_by_its_one_file(self):
        for name in PRODUCT:
            for bracket, path in includes(name):
                for pattern, owner in WRAPPED.items():
                    if bracket == "<" and re.fullmatch(pattern, path):
                        owners = (owner,) if isinstance(owner, str) else owner
                        self.assertIn(name, owners, "%s includes %s" % (name, path))

    def test_python_h_is_included_only_below_python(self):
        for name in PRODUCT:
            if not name.startswith(PYTHON_ONLY_IN):
                self.assertNotIn("Python.h", [path for _, path in includes(name)], name)

    def test_public_headers_include_public_headers_alone(self):
        for name in PRODUCT:
            if name.startswith("include/"):
                for _, path in includes(name):
                    self.assertRegex(path, r"^(statslice/\w+|std\w+)\.h$", name)

    def test_the_command_uses_public_headers_alone(self):
        for name in PRODUCT:
            if name.startswith("cli/"):
                for bracket, path in includes(name):
                    if bracket == '"' and path not in SERVER_HEADERS.get(name, ()):
                        self.assertTrue(path.startswith("cli/"), "%s includes %s" % (name, path))


class PublicCalls(unittest.TestCase):
    def test_every_public_call_runs_in_the_test_of_failing_allocations(self):
        declared = set()
        for name in PRODUCT:
            if name.startswith("include/"):
                declared.update(re.findall(r"\b(sts_[a-z0-9_]+)\s*\(", strip_comments(read(name))))
        called = "".join(read(name) for name in C_FILES if name.startswith("tests/oom/"))
        missing = {call for call in declared if not re.search(r"\b%s\b" % call, called)}
        self.assertEqual(missing, set())


class FileRules(unittest.TestCase):
    def test_file_names_are_unique_among_the_sources(self):
        seen = collections.defaultdict(list)
        for name in PRODUCT:
            base = os.path.basename(name)
            if base.endswith(".c"):
                seen[base].append(name)
        for base, names in seen.items():
            self.assertEqual(len(names), 1, names)

    def test_a_c_file_opens_with_licence_and_purpose(self):
        for name in C_FILES:
            opening = r"/\* SPDX-License-Identifier: MIT \*/\n/\*(\n \*)? %s - "
            self.assertRegex(read(name), "^" + opening % re.escape(os.path.basename(name)), name)

    def test_the_library_never_prints_and_never_exits(self):
        for name in PRODUCT:
            if name.startswith("src/"):
                calls = re.findall(r"\b(printf|puts|putchar|perror|exit|abort|_exit)\s*\(", read(name))
                self.assertEqual(calls, [], name)

    def test_every_private_header_has_a_guard_of_its_own(self):
        guards = collections.Counter()
        for name in C_FILES:
            if name.endswith(".h"):
                guard = re.search(r"^#ifndef (\w+)\n#define \1$", read(name), re.M)
                self.assertIsNotNone(guard, name)
                guards[guard.group(1)] += 1
        self.assertEqual([guard for guard, n in guards.items() if n > 1], [])

    def test_no_path_of_a_developers_machine(self):
        for name in tracked():
            if name.endswith((".c", ".h", ".py", ".md", ".sh", ".build", ".toml", ".pyi")):
                self.assertNotRegex(read(name), "/" + r"(root|home/\w+|work)/", name)


if __name__ == "__main__":
    unittest.main()
