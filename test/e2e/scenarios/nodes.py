"""The primary's node is cut off, hangs, loses power or is emptied, and comes back."""

import time

from cluster.settings import CONTROL_PLANE, NODES

HELD = 30  # seconds that it lasts; the pods of a lost node are evicted after 17


def cut_from_all(group):
    node = group.node_of(group.primary())
    group.mark(f"{node}, where the primary is, is cut from everything")
    group.cluster("cut", node, "all")
    group.pause(5)
    group.writes_again()
    group.pause(HELD)
    group.cluster("heal", node)
    return group.healed()


def cut_from_api(group):
    """The primary cannot renew; until it can live on promises, another one takes over."""
    node = group.node_of(group.primary())
    group.mark(f"{node}, where the primary is, is cut from the API server")
    group.cluster("cut", node, "api")
    group.pause(HELD)
    group.writes_again()
    group.cluster("heal", node)
    return group.healed()


def frozen(group):
    node = group.node_of(group.primary())
    group.mark(f"{node}, where the primary is, is frozen")
    group.cluster("freeze", node)
    group.pause(5)
    group.writes_again()
    group.pause(HELD)
    group.cluster("thaw", node)
    return group.healed()


def crashed(group):
    node = group.node_of(group.primary())
    group.mark(f"{node}, where the primary is, loses power")
    group.cluster("crash", node)
    group.pause(5)
    group.writes_again()
    group.pause(HELD)
    group.cluster("boot", node)
    return group.healed(180)


def crashed_with_shared_volumes(group):
    """The pod starts on another node, with its data, while its own node is without power."""
    victim = group.primary()
    node = group.node_of(victim)
    group.mark(f"{node}, where the primary is, loses power")
    group.cluster("crash", node)
    group.pause(5)
    group.writes_again()
    group.kubectl("delete", "pod", victim, "--force", "--grace-period=0", "--wait=false")
    gap = group.healed(180)
    group.say(f"{victim} is on {group.node_of(victim)}")
    group.cluster("boot", node)
    return gap


def all_lost(group):
    """The client loses power, too; counted is from when the machines are up again."""
    group.mark("everything loses power: control plane and nodes at one moment")
    group.cluster("crash", CONTROL_PLANE, *NODES)
    group.cluster("up")
    began = time.monotonic()
    group.until("writes come through", group.client_writes, 180)
    gap = time.monotonic() - began
    group.say(f"writes come through {gap:.2f} s after the machines were up")
    group.whole_again()
    return gap


def drained(group):
    node = group.node_of(group.primary())
    group.mark(f"{node}, where the primary is, is drained")
    # The client is a pod without a controller, on another node; DNS may move.
    group.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=180s",
                  limit=200)
    group.writes_again()
    group.kubectl("uncordon", node)
    return group.healed(180)
