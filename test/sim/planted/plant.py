#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""plant.py BUG ROOT OUT: writes to OUT a copy of the product file that BUG names, with the bug in it.

A .bug file: lines "key: value" (rule, story, file, reading, seed, caught), a line that begins with "---", the text to be
replaced, a line that begins with "+++", what it becomes. The text must be in the file exactly once: code that moved away
from its bug is an error, not a bug that nobody finds.
"""
import pathlib
import re
import sys


def parts_of(text):
    head, _, rest = text.partition("\n---")
    before, _, after = rest.partition("\n+++")
    drop_line = lambda body: body.partition("\n")[2].strip("\n")
    return dict(re.findall(r"^(\w+): (.*)$", head, re.M)), drop_line(before), drop_line(after)


def main():
    bug, root, out = map(pathlib.Path, sys.argv[1:])
    keys, before, after = parts_of(bug.read_text())
    source = root / keys["file"]
    text = source.read_text()
    if not before or text.count(before) != 1:
        sys.exit(f"{bug.name}: its text is {text.count(before)} times in {keys['file']}, not once: plant it anew")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(f'#line 1 "{keys["file"]}, with the bug {bug.stem}"\n' + text.replace(before, after))


main()
