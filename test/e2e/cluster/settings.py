"""Names, addresses, folders and timing of the cluster: what all its parts must agree on."""
import os
import pathlib

TOP = pathlib.Path(__file__).resolve().parents[3]
CONFIG = pathlib.Path(__file__).resolve().parent / "config"
CACHES = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
CACHE = pathlib.Path(CACHES) / "mssql-ha"

# Everything of a running cluster. Not below /var/lib, /var/log or /run: a node has its own there.
STATE = pathlib.Path("/var/tmp/mssql-ha-cluster")
BIN, LOGS, KEYS, CONF = STATE / "bin", STATE / "log", STATE / "keys", STATE / "conf"
ADMIN = CONF / "admin.kubeconfig"

# The cgroup that every process of the cluster is in, and this machine's port of the switch.
NAME = "ha-cluster"
NODES = ("n1", "n2", "n3")
CONTROL_PLANE = "cp"
SWITCH = "switch"
MACHINES = (CONTROL_PLANE, *NODES)
HOST = "host"

API = "https://10.90.0.10:6443"
SERVICES, FIRST_SERVICE, DNS = "10.96.0.0/16", "10.96.0.1", "10.96.0.10"
PODS = "10.244.0.0/16"
CLAIM_PROVISIONER = "mssql-ha.test/folders"

# How soon Kubernetes takes a silent node for lost. `quick` keeps the proportions of production.
TIMINGS = {
    "quick": {"status": "2s", "lease": "8", "grace": "12s", "toleration": "5"},
    "production": {"status": "10s", "lease": "40", "grace": "50s", "toleration": "300"},
}


class ClusterError(Exception):
    """What went wrong, in words for the caller."""


def address(machine):
    last = {HOST: 1, CONTROL_PLANE: 10} | {node: 11 + i for i, node in enumerate(NODES)}
    return f"10.90.0.{last[machine]}"


def pods_of(node):
    """The addresses of the pods on a node."""
    return f"10.244.{NODES.index(node) + 1}.0/24"


def node_folder(node):
    """What survives a power loss of the node: its /var/lib and /var/log."""
    return STATE / node
