#!/usr/bin/env python3
"""Write a C file with the page in it: each file as it is and compressed, with its tag.

usage: embed_assets.py OUT.c [FOLDER]      without a folder: a text that says that there is no page

The struct is that of src/serve/assets.h. The same files give the same bytes.
"""
import gzip
import hashlib
import os
import sys

# file: path in URLs, type
FILES = {
    "index.html": ("/", "text/html; charset=utf-8"),
    "app.js": ("/assets/app.js", "text/javascript; charset=utf-8"),
    "app.css": ("/assets/app.css", "text/css; charset=utf-8"),
    "icon.svg": ("/assets/icon.svg", "image/svg+xml"),
}
NO_PAGE = (b"statslice serve was built without its page (meson's option \"web\").\n"
           b"The API is here: /api/v1/series, /api/v1/openapi.json\n")
BYTES_A_LINE = 24


def c_array(name, data):
    lines = [",".join(map(str, data[at:at + BYTES_A_LINE])) for at in range(0, len(data), BYTES_A_LINE)]
    return "static const unsigned char %s[] = {\n%s\n};\n" % (name, ",\n".join(lines))


def embed(assets):
    arrays, rows = [], []
    for number, (path, kind, data) in enumerate(assets):
        packed = gzip.compress(data, 9, mtime=0)
        arrays.append(c_array("bytes_%d" % number, data) + c_array("packed_%d" % number, packed))
        tag = hashlib.sha256(kind.encode() + b"\0" + data).hexdigest()[:32]
        rows.append('    { "%s", "%s", "W/\\"%s\\"", bytes_%d, sizeof(bytes_%d), packed_%d, sizeof(packed_%d) },\n'
                    % (path, kind, tag, number, number, number, number))
    return ("/* Made by tools/embed_assets.py. */\n#include \"serve/assets.h\"\n\n" + "".join(arrays) +
            "const struct sts__asset sts__assets[] = {\n" + "".join(rows) + "};\n"
            "const size_t sts__asset_count = sizeof(sts__assets) / sizeof(sts__assets[0]);\n")


def main(out, folder=None):
    if folder is None:
        assets = [("/", "text/plain; charset=utf-8", NO_PAGE)]
    else:
        assets = []
        for name, (path, kind) in FILES.items():
            with open(os.path.join(folder, name), "rb") as file:
                assets.append((path, kind, file.read()))
    with open(out, "w", encoding="ascii") as file:
        file.write(embed(assets))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
