#!/usr/bin/env python3
"""Holds what was asked of API servers in tests to the contract.

check_api_record.py RECORD [COVERED]   RECORD: the file of HA_API_RECORD; COVERED: test/contract/covered.txt

Red: a line of verb, resource, content type and status that no check of the contract covers, and a record without lines.
Custom resources are all served alike, so any of them is covered by the contract's own (widgets.contract.example.com).
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
# Groups of the API server itself; the core group has no name.
OWN_GROUPS = re.compile(r"^(apps|batch|policy|autoscaling|.*\.k8s\.io)$")
CUSTOM = "widgets.contract.example.com"


def as_covered(line):
    verb, resource, kind, status = line.split(" ")
    name, slash, subresource = resource.partition("/")
    plural, dot, group = name.partition(".")
    if plural and dot and not OWN_GROUPS.match(group):
        resource = CUSTOM + slash + subresource
    return " ".join((verb, resource, kind, status))


def main(record, covered=TOP / "test/contract/covered.txt"):
    file = pathlib.Path(record)
    seen = sorted(set(file.read_text().splitlines())) if file.exists() else []
    if not seen:
        sys.exit(f"api record: {file} has no line: nothing was recorded, so nothing is proved")
    known = set(pathlib.Path(covered).read_text().splitlines())
    missing = [line for line in seen if as_covered(line) not in known]
    for line in missing:
        print(f"api record: not in the contract: {line}")
    print(f"api record: {len(seen)} combinations of verb, kind, content type and status seen, "
          f"{len(seen) - len(missing)} covered by the contract, {len(missing)} not")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
