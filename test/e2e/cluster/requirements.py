"""What a machine must have before there can be a cluster on it: tried, not guessed."""
import os
import pathlib
import shutil
import subprocess

from .processes import CGROUPS
from .settings import NAME, ClusterError

PROGRAMS = ("containerd", "ctr", "runc", "nft", "ip", "iptables", "conntrack", "curl", "openssl",
            "nsenter", "unshare", "sysctl", "gcc-12")
HIERARCHIES = ("freezer", "cpu", "cpuset", "devices", "memory", "pids")
MEMORY = 4  # GB: the cluster, a group on it with the engine's double, and what runs beside it

# Each in namespaces of its own, so that nothing of it stays; the folder is removed afterwards.
TRIALS = {
    "namespaces of its own (CAP_SYS_ADMIN)": "true",
    "overlay file systems": """cd "$(mktemp -d /var/tmp/mssql-ha-trial.XXXXXX)"
        trap 'cd /; rm -rf "$OLDPWD"' EXIT
        mkdir lower upper work merged
        mount -t overlay trial -o lowerdir=lower,upperdir=upper,workdir=work merged
        umount merged""",
    "bridges and veth pairs": """ip link add trial type bridge
        ip link add trial-a type veth peer name trial-b
        ip link set trial-a master trial""",
    "nftables for bridges and NAT": """nft add table bridge trial
        nft 'add chain bridge trial first { type filter hook forward priority 0; }'
        nft add table ip trial
        nft 'add chain ip trial first { type nat hook prerouting priority -100; }'""",
}


def trial(script):
    """What went wrong, empty when nothing did."""
    done = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "sh", "-ec", script],
        capture_output=True, text=True, timeout=30, check=False)
    return done.stderr.strip() or f"exit code {done.returncode}" if done.returncode else ""


def cgroup_trouble(name):
    try:
        folder = CGROUPS / name / f"{NAME}-trial"
        folder.mkdir()
        folder.rmdir()
    except OSError as trouble:
        return trouble.strerror
    return ""


def available_memory():
    """In GB."""
    lines = pathlib.Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) / 2**20


def lacking():
    """A sentence for each thing that is not there."""
    if os.geteuid() != 0:
        return ["root: only root can make network namespaces and cgroups"]
    found = [f"the program {one} (tools/setup cluster)" for one in PROGRAMS if not shutil.which(one)]
    if found:
        return found
    for name in HIERARCHIES:
        if trouble := cgroup_trouble(name):
            found.append(f"the cgroup v1 hierarchy {name}, writable ({trouble}); v2 alone will not do")
    for words, script in TRIALS.items():
        if trouble := trial(script):
            found.append(f"{words} ({trouble})")
            if script == "true":
                break
    if not pathlib.Path("/proc/sys/net/bridge").is_dir():
        found.append("the kernel module br_netfilter (modprobe br_netfilter)")
    if available_memory() < MEMORY:
        found.append(f"{MEMORY} GB of available memory ({available_memory():.1f} GB are)")
    return found


def check():
    if found := lacking():
        raise ClusterError("this machine lacks\n  " + "\n  ".join(found))
