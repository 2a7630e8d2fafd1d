"""The network: a switch with one port for each machine, where packets can be dropped.

    10.90.0.1 this machine   10.90.0.10 control plane   10.90.0.11, 12, 13 nodes
    10.244.1.0/24, 2.0, 3.0 pods of the nodes, routed without an overlay

The switch is a bridge in a network namespace of its own. No machine has a default route, so that
nothing leaves. A cut is a rule of the bridge in the chain of its machine; to heal is to flush it.
"""
import os
import subprocess

from . import processes
from .settings import (CONTROL_PLANE, HOST, MACHINES, NAME, NODES, SERVICES, SWITCH, ClusterError,
                       address, pods_of)


def run(*command, text=None, limit=60):
    """A short command, which must succeed within seconds; returns its output."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, input=text, text=True, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        raise ClusterError(f"{' '.join(words)}: no end after {limit} s") from None
    if done.returncode:
        raise ClusterError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def holder(machine):
    """The process that the namespaces of a machine live by."""
    pid = processes.find(f"{machine}/holder", "pause")
    if not pid:
        raise ClusterError(f"{machine} is off")
    return pid


def inside(machine):
    """What to put before a command so that it runs in the network of that machine."""
    if machine == HOST:
        return []
    return ["nsenter", f"--net=/proc/{holder(machine)}/ns/net"]


def ip(machine, lines):
    run(*inside(machine), "ip", "-batch", "-", text="\n".join(lines) + "\n")


def lay():
    """The switch and this machine's port, when they are not there."""
    if "br0" in run(*inside(SWITCH), "ip", "-o", "link"):
        return
    run(*inside(SWITCH), "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0")
    ip(SWITCH, ["link set lo up", "link add br0 type bridge stp_state 0 forward_delay 0",
                "link set br0 up"])
    chains = "".join(f"  chain {machine} {{ }}\n" for machine in MACHINES)
    jumps = "".join(f"    jump {machine}\n" for machine in MACHINES)
    run(*inside(SWITCH), "nft", "-f", "-", text=f"table bridge cut {{\n{chains}  chain forward {{\n"
        f"    type filter hook forward priority 0\n{jumps}  }}\n}}\n")
    plug(HOST, NAME, os.getpid())


def port(machine):
    return f"p-{machine}"


def plug(machine, interface, pid):
    """A cable from the machine to its port of the switch, and the machine's addresses."""
    unplug(machine)
    # The same hardware address after each reboot, or the others go on calling the old one.
    hardware = "02:00:" + ":".join(f"{int(part):02x}" for part in address(machine).split("."))
    ip(SWITCH, [f"link add {port(machine)} type veth peer name {interface} address {hardware} "
                f"netns {pid}", f"link set {port(machine)} master br0 up"])
    routes = [f"route replace {pods_of(node)} via {address(node)}"
              for node in NODES if node != machine]
    if machine in NODES:
        # A node's own connections to a Service need a route before kube-proxy can divert them.
        routes.append(f"route replace {SERVICES} dev {interface}")
    loopback = [] if machine == HOST else ["link set lo up"]
    ip(machine, [*loopback, f"addr add {address(machine)}/24 dev {interface}",
                 f"link set {interface} up", *routes])
    if machine in NODES:
        run(*inside(machine), "sysctl", "-qw", "net.ipv4.ip_forward=1",
            "net.bridge.bridge-nf-call-iptables=1")


def unplug(machine):
    """Takes the cable away, at both ends; nothing when there is none."""
    subprocess.run([*inside(SWITCH), "ip", "link", "delete", port(machine)],
                   stderr=subprocess.DEVNULL, timeout=60, check=False)


def cut(machine, what):
    """Drops packets at the switch, silently: `api`, `peers`, `all`, or `from:<machine>` one way."""
    mine = port(machine)
    both = [(mine, port(CONTROL_PLANE)), (port(CONTROL_PLANE), mine)]
    if what == "all":
        pairs = [(mine, None), (None, mine)]
    elif what == "api" and machine != CONTROL_PLANE:
        pairs = both
    elif what == "peers":
        peers = [port(node) for node in NODES if node != machine]
        pairs = [pair for peer in peers for pair in ((mine, peer), (peer, mine))]
    elif what.startswith("from:") and what[5:] in (HOST, *MACHINES) and what[5:] != machine:
        pairs = [(port(what[5:]), mine)]
    else:
        raise ClusterError(f"cut {machine} api|peers|all|from:<machine>, not '{what}'")
    rules = []
    for source, target in pairs:
        rule = f"add rule bridge cut {machine}"
        rule += f" iifname {source}" if source else ""
        rule += f" oifname {target}" if target else ""
        rules.append(rule + " drop")
    run(*inside(SWITCH), "nft", "-f", "-", text="\n".join(rules) + "\n")


def heal(machine):
    run(*inside(SWITCH), "nft", "flush", "chain", "bridge", "cut", machine)


def cuts(machine):
    """The rules in force against a machine, in words for `status`."""
    chain = run(*inside(SWITCH), "nft", "list", "chain", "bridge", "cut", machine)
    return [line.strip() for line in chain.splitlines() if "drop" in line]
