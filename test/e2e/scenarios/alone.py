"""An instance in no group loses its engine, its pod, its node (docs/standalone.md)."""
import time

from standalone import POD

OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"
HELD = 60  # seconds; the pod of a lost node is evicted after 17


def engine_and_pod(group):
    kill = group.aim(POD, "sqlservr", "KILL")
    group.mark("SIGKILL to the engine")
    kill()
    group.until("the engine's container was restarted", lambda: group.restarts(POD), 60)
    killed = group.healed()
    before = group.get("pod", POD)["metadata"]["uid"]
    group.mark(f"{POD} is deleted")
    group.kubectl("delete", "pod", POD, "--wait=false")
    group.until("another pod is ready", lambda: group.is_back(POD, before), 120)
    return max(killed, group.healed())


def node_lost(group):
    """Cut off, it stays where it is, and nobody else opens its volume. Where Kubernetes is told that the node is down, it
    starts elsewhere; what is counted begins there."""
    stays_where_it_is(group)
    node = group.node_of(POD)
    group.mark(f"{node} loses power")
    group.cluster("crash", node)
    group.until("the node is not ready", lambda: not is_ready(group, node), 90)
    group.mark(f"kubectl taint nodes {node} {OUT_OF_SERVICE}=nodeshutdown:NoExecute")
    group.kubectl("taint", "nodes", node, f"{OUT_OF_SERVICE}=nodeshutdown:NoExecute")
    try:
        group.until("the pod is on another node", lambda: group.node_of(POD) != node, 120)
        return group.healed(180)
    finally:
        group.cluster("boot", node)
        group.until("the node is ready", lambda: is_ready(group, node), 90)
        group.kubectl("taint", "nodes", node, f"{OUT_OF_SERVICE}-")


def stays_where_it_is(group):
    node, uid = group.node_of(POD), group.get("pod", POD)["metadata"]["uid"]
    group.mark(f"{node} is cut from everything, and nobody says that it is down")
    group.cluster("cut", node, "all")
    end = time.monotonic() + HELD
    while time.monotonic() < end:
        if group.get("pod", POD)["metadata"]["uid"] != uid:
            group.fail("another pod was made")
        if (found := group.engines()) != [node]:
            group.fail(f"engines run on {found}")
        group.pause(1)
    seen = group.get("pod", POD)["metadata"]
    group.say(f"{HELD} s later the one engine is on {node}, evicted: {seen.get('deletionTimestamp', 'no')}")
    if "deletionTimestamp" not in seen:
        group.fail("the pod was not evicted: nothing is shown")
    group.cluster("heal", node)
    group.until("one pod is ready", lambda: group.address(), 180)
    group.healed(180)
    if len(found := group.engines()) != 1:
        group.fail(f"engines run on {found}")


def is_ready(group, node):
    conditions = group.get("node", node)["status"]["conditions"]
    return [one["status"] for one in conditions if one["type"] == "Ready"] == ["True"]
