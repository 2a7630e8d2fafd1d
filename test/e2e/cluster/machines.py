"""Machines of the cluster, the control plane and the nodes: power, freezing and their settings.

A machine is a holder process with a network of its own; a node has its own processes, mounts and
names as well. Whatever runs on it is in one cgroup, so that it can be stopped or ended at once.
"""
import pathlib
import string

from . import components, images, network, processes
from .settings import (CONF, CONFIG, CONTROL_PLANE, DNS, KEYS, NAME, NODES, PODS, STATE, SWITCH,
                       ClusterError, node_folder, pods_of)

INIT = pathlib.Path(__file__).resolve().parent / "node_init"


def fill(template, **words):
    return string.Template((CONFIG / template).read_text()).substitute(words)


def configure(node):
    """The files that the programs of a node read."""
    folder = CONF / node
    (folder / "cni").mkdir(parents=True, exist_ok=True)
    words = {"name": NAME, "node": node, "folder": folder, "conf": CONF, "keys": KEYS, "dns": DNS,
             "pods": pods_of(node), "allpods": PODS, **components.timing()}
    for template in ("containerd.toml", "kubelet.yaml", "kube-proxy.yaml"):
        (folder / template).write_text(fill(template, **words))
    (folder / "cni/10-pods.conflist").write_text(fill("pods.conflist", **words))
    (folder / "resolv.conf").write_text("")  # pods ask the cluster's DNS, and nobody else


def is_on(machine):
    return bool(processes.find(f"{machine}/holder", "pause"))


def power(machine):
    """Holder and cable of a machine that is off; nothing more."""
    if is_on(machine):
        return
    processes.kill_all(machine)
    processes.remove_cgroups(machine)
    processes.make_cgroups(machine)
    hold = ["unshare", "--net", "--", STATE / "pause"]
    if machine in NODES:
        for part in ("lib", "log"):
            (node_folder(machine) / part).mkdir(parents=True, exist_ok=True)
        hold = ["unshare", "--net", "--pid", "--fork", "--mount", "--uts", "--ipc", "--",
                INIT, machine, STATE]
    processes.spawn(f"{machine}/holder", hold)
    processes.wait_for(f"{machine} on", 20, lambda: is_on(machine))
    if machine != SWITCH:
        network.plug(machine, "eth0", network.holder(machine))


def prepare(node):
    """All of a node that needs no API server."""
    power(node)
    components.component(f"{node}/containerd").start()
    images.load_own(node)


def boot(machine):
    """Power on: everything of the machine starts as it would after a reboot."""
    if machine in NODES:
        prepare(machine)
    power(machine)
    names = components.CONTROLLERS if machine == CONTROL_PLANE else components.OF_NODES
    for name in names:
        components.component(f"{machine}/{name}").start()


def crash(names):
    """Power loss of machines, of all at the same moment: nothing of them runs any more when it
    begins. The cables go first, for a dying kernel would take leave of every connection."""
    for machine in names:
        processes.freeze(machine, "FROZEN")
    for machine in names:
        network.unplug(machine)
    for machine in names:
        processes.kill_all(machine)
        processes.remove_cgroups(machine)


def freeze(machine):
    """Stops every process of the machine. Its kernel still acknowledges what arrives."""
    processes.freeze(machine, "FROZEN")


def thaw(machine):
    if not is_on(machine):
        raise ClusterError(f"{machine} is off")
    processes.freeze(machine, "THAWED")
