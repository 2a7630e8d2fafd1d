#!/usr/bin/env python3
"""Holds every #include of the tree to tools/layering.txt."""
import fnmatch
import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.M)
TREES = ("common", "agent", "operator", "cli", "test")
# Standard headers have no extension and no folder; the few of C and POSIX that pure code needs end in .h there too.
STANDARD = re.compile(r"^[a-z_0-9]+$")


class table:
    def __init__(self, text):
        self.folders, self.only, self.pure, self.ground = {}, {}, [], []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            if line.startswith("pure "):
                self.pure.append(line[5:].strip())
                continue
            head, colon, rest = line.partition(":")
            if not colon:
                sys.exit(f"layering.txt:{number}: neither a rule nor a comment: {line}")
            if head == "ground":
                self.ground = rest.split()
            elif head.startswith("only "):
                self.only[head[5:].strip()] = rest.split()
            else:
                self.folders[head] = rest.split()

    def rule(self, path):
        """The folder whose rule holds for this file: the longest that contains it."""
        found = [f for f in self.folders if within(path, f)]
        return max(found, key=len, default=None)


def within(path, folder):
    return path == folder or path.startswith(folder + "/")


def quoted_fault(rules, path, name):
    if name in rules.ground:
        return None
    folder = rules.rule(path)
    if within(path, "test") or not within(name, "test"):
        if any(within(name, allowed) for allowed in [folder, *rules.folders[folder]]):
            return None
    return f'"{name}" is not for files of {folder}'


def library_fault(rules, path, name):
    for library, files in rules.only.items():
        if name.startswith(library) and not any(fnmatch.fnmatch(path, f) for f in files):
            return f"<{name}> belongs into {' '.join(files)} alone"
    if any(within(path, folder) for folder in rules.pure):
        if not STANDARD.match(name) and not name.startswith("tl/"):
            return f"<{name}> in a folder that includes nothing but the standard library"
    return None


def faults(rules, path, text):
    if rules.rule(path) is None:
        yield 1, "no rule in tools/layering.txt for this folder"
        return
    for found in INCLUDE.finditer(text):
        check = quoted_fault if found.group(1) == '"' else library_fault
        fault = check(rules, path, found.group(2))
        if fault:
            yield text.count("\n", 0, found.start()) + 1, fault


def main(root):
    root = pathlib.Path(root)
    rules = table((root / "tools/layering.txt").read_text())
    bad = 0
    for tree in TREES:
        for file in sorted(p for p in (root / tree).rglob("*") if p.suffix in {".cpp", ".hpp"}):
            path = file.relative_to(root).as_posix()
            for line, fault in faults(rules, path, file.read_text()):
                print(f"{path}:{line}: {fault}")
                bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
