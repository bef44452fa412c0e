#!/usr/bin/env python3
"""Build the page: npm's packages as the lock file pins them, then one script and one style sheet.

usage: build_web.py WEB OUT DEPFILE      WEB: the folder of package.json; OUT: where the page goes

Packages stay in WEB/node_modules until the lock file changes. Their install scripts are not run:
none of them needs one. DEPFILE gets what the page was made from, for ninja.
"""
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys

# What old browsers get is as small as what new ones get; all of them since 2021.
ESBUILD = ["--bundle", "--minify", "--format=esm", "--target=es2021", "--legal-comments=none",
           "--log-level=warning", "--loader:.svg=file"]
AS_THEY_ARE = ["index.html", "icon.svg"]


def fail(text):
    sys.exit("build_web.py: %s\n(-Dweb=false builds without the page)" % text)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def install_packages(web):
    """npm ci, once for each state of the lock file."""
    stamp = os.path.join(web, "node_modules", ".lock-digest")
    wanted = digest(os.path.join(web, "package-lock.json"))
    if os.path.exists(stamp):
        with open(stamp, encoding="ascii") as file:
            if file.read() == wanted:
                return
    npm = shutil.which("npm")
    if npm is None:
        fail("npm is not there: tools/install_deps.sh installs it")
    run = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                         cwd=web, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if run.returncode != 0:
        fail("npm ci failed:\n" + run.stdout.decode(errors="replace"))
    with open(stamp, "w", encoding="ascii") as file:
        file.write(wanted)


def bundle(web, out):
    """Returns: the files that went into app.js and app.css."""
    meta = os.path.join(out, "app.meta.json")
    command = [os.path.join(web, "node_modules", ".bin", "esbuild"), "src/app.ts", *ESBUILD,
               "--outdir=" + out, "--metafile=" + meta]
    if subprocess.run(command, cwd=web, check=False).returncode != 0:
        fail("esbuild failed")
    with open(meta, encoding="utf-8") as file:
        return [os.path.normpath(os.path.join(web, name)) for name in json.load(file)["inputs"]]


def main(web, out, depfile):
    web, out = os.path.abspath(web), os.path.abspath(out)
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(web, "package-lock.json"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # builds beside each other share node_modules
        install_packages(web)
    made_from = bundle(web, out)
    for name in AS_THEY_ARE:
        shutil.copyfile(os.path.join(web, "src", name), os.path.join(out, name))
        made_from.append(os.path.join(web, "src", name))
    made_from.append(os.path.join(web, "package-lock.json"))
    with open(depfile, "w", encoding="utf-8") as file:
        file.write("web/app.js: %s\n" % " ".join(name.replace(" ", "\\ ") for name in sorted(made_from)))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
