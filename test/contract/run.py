#!/usr/bin/env python3
"""Runs the contract.

run.py judge   --contract PROGRAM --out FILE [--kubesim PROGRAM]   one server, the real one unless kubesim is given;
                                                                   every check must pass
run.py compare --covered FILE [--update] RESULTS RESULTS           both must agree, check by check
"""
import argparse
import difflib
import json
import pathlib
import subprocess
import sys
import time

import servers


def judge(arguments):
    server = servers.kubesim(arguments.kubesim) if arguments.kubesim else servers.kube(built())
    name = "kubesim" if arguments.kubesim else "kube-apiserver"
    out = pathlib.Path(arguments.out).resolve()
    began = time.monotonic()
    with server as address:
        up = time.monotonic()
        where = out.with_suffix(".server.json")
        where.write_text(json.dumps(address))
        done = subprocess.run([arguments.contract, "--server", where, "--out", out, "--only", arguments.only],
                              stdout=subprocess.DEVNULL)
        where.unlink()
    if done.returncode:
        sys.exit(f"contract: the driver failed against {name}")
    checks = json.loads(out.read_text())["checks"]
    broken = [one for one in checks if one["broken"]]
    for one in checks:
        print(f"{one['name']}={'broken' if one['broken'] else 'ok'}")
    for one in broken:
        print(f"\n{one['name']}: {one['what']}", *one["broken"], sep="\n    ")
    print(f"\ncontract against {name}: {len(checks)} checks, {len(checks) - len(broken)} pass, {len(broken)} broken; "
          f"{time.monotonic() - began:.1f} s, {up - began:.1f} s of them to start the server")
    sys.exit(1 if broken else 0)


def built():
    """The real programs; built first when they are not in the cache. That they cannot be built is a failure."""
    done = subprocess.run([servers.TOP / "tools/build-kube", "etcd", "kube-apiserver", "kube-controller-manager"],
                          stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("contract: tools/build-kube failed, so there is no judge")
    return done.stdout.strip()


def compare(arguments):
    results = [json.loads(pathlib.Path(file).read_text()) for file in arguments.results]
    left, right = ({one["name"]: one for one in result["checks"]} for result in results)
    differ = sorted(left.keys() ^ right.keys())
    for name in sorted(left.keys() & right.keys()):
        if left[name]["transcript"] == right[name]["transcript"]:
            continue
        differ.append(name)
        print(f"\n{name}: {left[name]['what']}")
        print("\n".join(line for line in difflib.unified_diff(
            pretty(left[name]), pretty(right[name]), *arguments.results, lineterm="", n=arguments.context)))
    covered = ["\n".join(sorted(result["covered"])) + "\n" for result in results]
    file = pathlib.Path(arguments.covered)
    if arguments.update and covered[0] == covered[1]:
        file.write_text(covered[0])
    stale = not file.exists() or file.read_text() != covered[0] or covered[0] != covered[1]
    if stale:
        print(f"\n{file} does not say what is covered (--update writes it once both agree)")
        print("\n".join(difflib.unified_diff(covered[0].splitlines(), covered[1].splitlines(), "first", "second",
                                             lineterm="", n=0)))
    print(f"\ncontract: {len(left)} and {len(right)} checks, {len(differ)} differ; "
          f"{len(covered[0].splitlines())} combinations of verb, kind, content type and status covered")
    sys.exit(1 if differ or stale else 0)


def pretty(one):
    lines = []
    for entry in one["transcript"]:
        head, brace, body = entry.partition(" {")
        lines.append(head)
        try:
            lines += json.dumps(json.loads("{" + body), indent=1, sort_keys=True).splitlines()
        except ValueError:
            lines[-1] = entry
    return lines


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("judge")
    one.add_argument("--contract", required=True)
    one.add_argument("--out", required=True)
    one.add_argument("--kubesim")
    one.add_argument("--only", default="")
    one.set_defaults(run=judge)
    two = commands.add_parser("compare")
    two.add_argument("results", nargs=2)
    two.add_argument("--covered", required=True)
    two.add_argument("--update", action="store_true")
    two.add_argument("--context", type=int, default=3)
    two.set_defaults(run=compare)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except servers.Failed as trouble:
        sys.exit(f"contract: {trouble}")


if __name__ == "__main__":
    main()
