"""How end-to-end tests drive the cluster and say what they found against what should have been."""
import contextlib
import pathlib
import subprocess
import sys
import threading
import time

from cluster import cluster, network, processes
from cluster.settings import API, BIN, KEYS, ClusterError, address

HERE = pathlib.Path(__file__).resolve().parent
TOOL = HERE.parents[1] / "tools/cluster"


class Failure(Exception):
    """What was found, against what should have been."""


def expect(what, found, wanted):
    if found != wanted:
        raise Failure(f"{what}: {found!r} instead of {wanted!r}")


@contextlib.contextmanager
def step(words):
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:6.1f} s  {words}", flush=True)


def tool(*words, limit=300):
    done = subprocess.run([TOOL, *words], capture_output=True, text=True, timeout=limit)
    if done.returncode:
        raise Failure(f"tools/cluster {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def until(what, ready, wanted, seconds=60):
    """Waits until `ready` returns what is wanted; tells what it returned last when it never did."""
    last = None

    def once():
        nonlocal last
        try:
            last = ready()
        except ClusterError as trouble:
            last = trouble
        return last == wanted

    try:
        processes.wait_for(what, seconds, once)
    except ClusterError:
        raise Failure(f"{what}: after {seconds} s still {last!r}, not {wanted!r}") from None


def settled(group, count, steps):
    """Waits for a group of so many members, as is_settled() has it; returns the longest gap in the client's writes since the
    last mark."""
    group.until(f"{count} members, in step, and as many pods", lambda: is_settled(group, count, steps), 240)
    gap = group.gap()
    group.say(f"{count} replicas, {group.primary()} leads, longest gap {gap:.2f} s")
    return gap


def is_settled(group, count, steps):
    """So many members, in step, and as many pods, with one primary; none of the conditions `steps` says that something is
    being done."""
    state = group.ask("state")
    pods = state["pods"].values()
    whole = len(pods) == count and all(one["ready"] and one["role"] for one in pods) and len(state["primaries"]) == 1
    in_step = whole and state["in_step"] and len(state["synchronized"]) == count
    return in_step and not any(group.condition(name) for name in steps)


def probe(where, *words):
    """What test/e2e/probe.py finds in the network of a machine."""
    done = subprocess.run([*network.inside(where), sys.executable, HERE / "probe.py", *words],
                          capture_output=True, text=True, timeout=20)
    return done.stdout.strip() or done.stderr.strip()


def believed(token):
    """Whether the API server takes a token for somebody's; false for an answer of 401."""
    done = subprocess.run([BIN / "kubectl", "--kubeconfig=/dev/null", f"--server={API}",
                           f"--certificate-authority={KEYS}/ca.crt", f"--token={token}",
                           "get", "--raw", "/api"], capture_output=True, text=True, timeout=30)
    if done.returncode and "logged in" not in done.stderr and "Unauthorized" not in done.stderr:
        raise Failure(done.stderr.strip())
    return done.returncode == 0


def reaches(source, target):
    """Whether a connection comes about: to the API server, the nodes' kubelets."""
    return probe(source, "tcp", address(target), "6443" if target == "cp" else "10250") == "answers"


def hears(target, source):
    """Whether datagrams from the source arrive at the target, whatever happens to answers."""
    caller = threading.Thread(target=probe, args=(source, "call", address(target), "9999"))
    caller.start()
    heard = probe(target, "hear", "9999") == "heard"
    caller.join()
    return heard
