"""The command line of the cluster."""
import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time

from . import cluster, components, images, machines, network, requirements
from .settings import ADMIN, BIN, MACHINES, NODES, TIMINGS, ClusterError


def machine(name):
    if name not in MACHINES:
        raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(MACHINES)}")
    return name


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="tools/cluster", description="A real three-node Kubernetes on this machine.",
        epilog="Machines are n1, n2, n3 and cp, the control plane. docs/real-cluster.md has more.")
    sub = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name, words, change=True):
        one = sub.add_parser(name, help=words, description=words)
        one.set_defaults(change=change)
        return one

    up = add("up", "make what is missing, until three nodes are ready")
    up.add_argument("--timing", choices=sorted(TIMINGS), help="how soon a silent node is lost")
    add("down", "end and remove everything")
    add("check", "say what this machine lacks", change=False)
    add("status", "what runs, with its memory, and what is cut", change=False)
    one = add("cut", "drop packets: api, peers, all, or from:MACHINE one way")
    one.add_argument("machine", type=machine)
    one.add_argument("what", metavar="api|peers|all|from:MACHINE")
    for name, words in (("heal", "take the cuts of machines back (default: of all)"),
                        ("crash", "power loss"), ("boot", "power on"),
                        ("freeze", "stop every process of a machine"), ("thaw", "let them go on")):
        one = add(name, words)
        one.add_argument("machines", type=machine, metavar="MACHINE",
                         nargs="*" if name == "heal" else "+")
    one = add("stop", "end one component, as n1/kubelet or kube-apiserver")
    one.add_argument("component")
    one.add_argument("signal", nargs="?", default="TERM")
    add("start", "start one component").add_argument("component")
    one = add("account-key", "sign tokens with a new key, or do not believe the one before any more")
    one.add_argument("step", choices=("new", "retire"))
    add("load", "import image archives into every node").add_argument("archive", nargs="+")
    add("in", "run a command inside a node", change=False).add_argument("node", choices=NODES)
    add("kubectl", "kubectl as admin, with its own arguments", change=False)
    add("env", "print KUBECONFIG and PATH for a shell", change=False)
    # What belongs to another program must not be read as ours.
    mine = {"kubectl": 1, "in": 2}.get(arguments[0] if arguments else "", len(arguments))
    asked = parser.parse_args(arguments[:mine])
    asked.words = arguments[mine:]
    return asked


def signal_number(name):
    try:
        return signal.Signals["SIG" + name.removeprefix("SIG")]
    except KeyError:
        raise ClusterError(f"no signal '{name}'") from None


def change(asked):
    """The commands that change the cluster."""
    if asked.command not in ("up", "down") and not ADMIN.exists():
        raise ClusterError("the cluster is not up")
    match asked.command:
        case "up":
            cluster.up(asked.timing)
        case "down":
            cluster.down()
        case "cut":
            network.cut(asked.machine, asked.what)
        case "heal":
            for one in asked.machines or MACHINES:
                network.heal(one)
        case "crash":
            machines.crash(asked.machines)
        case "boot" | "freeze" | "thaw":
            for one in asked.machines:
                getattr(machines, asked.command)(one)
        case "stop":
            components.component(asked.component).stop(signal_number(asked.signal))
        case "start":
            components.component(asked.component).start()
        case "account-key":
            cluster.account_key(asked.step)
        case "load":
            for archive in asked.archive:
                images.load(os.path.abspath(archive))


def look(asked):
    """The commands that only look or run something; returns the exit code."""
    if asked.command == "check":
        requirements.check()
        return 0
    if not ADMIN.exists():
        raise ClusterError("the cluster is not up")
    if asked.command == "status":
        return 0 if cluster.status() else 1
    if asked.command == "env":
        print(f"export KUBECONFIG={ADMIN} PATH={BIN}:$PATH")
        return 0
    command = ([BIN / "kubectl", "--kubeconfig", ADMIN] if asked.command == "kubectl"
               else components.in_node(asked.node))
    if not asked.words:
        raise ClusterError(f"{asked.command}: what?")
    return subprocess.run([*map(str, command), *asked.words]).returncode


def main(arguments):
    asked = parse(arguments)
    try:
        if not asked.change:
            return look(asked)
        alone = contextlib.nullcontext() if cluster.HELD in os.environ else (
            cluster.Lock(cluster.USE, 0))
        with alone, cluster.Lock(cluster.CHANGE, 180):
            began = time.monotonic()
            change(asked)
            print(f"cluster: {' '.join(arguments)} took {time.monotonic() - began:.1f} s")
        return 0
    except ClusterError as trouble:
        print(f"cluster: {trouble}", file=sys.stderr)
        return 1
