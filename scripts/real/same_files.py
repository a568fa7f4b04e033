"""Compares a package with the folder that it was made from, by another implementation of ZIP than ours.

Usage: same_files.py PACKAGE FOLDER PLAN, where PLAN is what `patchbay publish --dry-run --json` said about the folder.
Every file of the folder is in the package with the same bytes, or the plan names the rule that left it out; and nothing else is in it.
"""

import json
import os
import sys
import unicodedata
import zipfile


def files(folder):
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(at, name), folder).replace(os.sep, "/")
            yield unicodedata.normalize("NFC", path), os.path.join(at, name)


def main(package, folder, plan):
    with open(plan, encoding="utf-8") as file:
        excluded = [entry["path"] for entry in json.load(file)["excluded"]]

    def out(path):
        return any(path == e or (e.endswith("/") and path.startswith(e)) for e in excluded)

    wanted = {path: on_disk for path, on_disk in files(folder) if not out(path)}
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        if sorted(names) != sorted(wanted):
            missing, extra = set(wanted) - set(names), set(names) - set(wanted)
            sys.exit(f"{package}: missing {sorted(missing)[:5]}, not in the folder {sorted(extra)[:5]}")
        for name in names:
            with open(wanted[name], "rb") as file:
                if archive.read(name) != file.read():
                    sys.exit(f"{package}: {name} differs")
    print(len(names))


main(*sys.argv[1:])
