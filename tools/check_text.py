#!/usr/bin/env python3
"""Checks what a reader of the text can check: licence line, length, and words that do not belong into this house."""
import fnmatch
import pathlib
import re
import sys

TREES = ("common", "agent", "operator", "cli", "test")
LINES_MAX = 500

# Word, why not, and the files that may all the same.
BANNED = [
    (r"awaitable_operators", "work || timer hides failures: use within()", []),
    (r"this_thread::sleep_(for|until)", "sleep on a clock_source", []),
    (r"\b(usleep|nanosleep)\s*\(", "sleep on a clock_source", []),
    (r"(system|steady|high_resolution)_clock::now", "ask the clock_source",
     ["common/async/system_clock.cpp"]),
    (r"\bCLOCK_(REALTIME|MONOTONIC)\b", "ask the clock_source", ["common/async/system_clock.cpp"]),
    (r"\b(resolver|getaddrinfo|gethostbyname)\b", "names are never resolved: addresses only",
     ["test/mssqlsim/server/peer_links.cpp"]),
    (r"\bdetached\b", "an exception would be swallowed: supervise it, or add a session's file to this list",
     ["common/http/server.cpp", "test/*"]),
    (r"\b(TODO|FIXME|XXX)\b", "an issue's place is the tracker", []),
    (r"\b(NOLINT(?!(NEXTLINE)?\(.+?\): ))", "say which check and why: NOLINT(check): reason", []),
]


def code(text):
    """Text without comments and string literals, newlines kept."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.S)
    return token.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def faults(path, text):
    lines = text.splitlines()
    if not lines or lines[0] != "// SPDX-License-Identifier: MIT":
        yield 1, "the first line is not the SPDX line"
    if path.endswith(".hpp") and "#pragma once" not in lines[:3]:
        yield 2, "#pragma once is not the second line"
    if len(lines) > LINES_MAX:
        yield LINES_MAX + 1, f"{len(lines)} lines; {LINES_MAX} is the limit: find the seam"
    for pattern, why, files in BANNED:
        if any(fnmatch.fnmatch(path, f) for f in files):
            continue
        searched = text if re.search("TODO|NOLINT", pattern) else code(text)
        for found in re.finditer(pattern, searched):
            yield text.count("\n", 0, found.start()) + 1, f"{found.group()}: {why}"


def main(root):
    root = pathlib.Path(root)
    bad = 0
    for tree in TREES:
        for file in sorted(p for p in (root / tree).rglob("*") if p.suffix in {".cpp", ".hpp"}):
            path = file.relative_to(root).as_posix()
            for line, fault in faults(path, file.read_text()):
                print(f"{path}:{line}: {fault}")
                bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
