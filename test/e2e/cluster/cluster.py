"""The cluster as a whole: up, down, status."""
import concurrent.futures
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from . import (certificates, components, images, machines, network, processes,
               requirements)
from .settings import (ADMIN, BIN, CACHE, CLAIM_PROVISIONER, CONTROL_PLANE, DNS, MACHINES, NAME,
                       NODES, STATE, SWITCH, TOP, ClusterError)

# What the kubelet sets for the whole machine. `down` puts it back.
SYSCTLS = ("vm.overcommit_memory", "vm.panic_on_oom", "kernel.panic", "kernel.panic_on_oops",
           "kernel.keys.root_maxkeys", "kernel.keys.root_maxbytes")
FINISHED = STATE / "finished"   # the first `up` came to its end


HELD = "HA_CLUSTER_HELD"        # set for the children of who holds USE
CHANGE, USE = "cluster", "cluster-use"


class Lock:
    """CHANGE: one command at a time changes the cluster. USE: a test has it to itself for a whole
    run; its own commands know that by the environment, those of others are refused meanwhile."""

    def __init__(self, name, seconds):
        self.name, self.seconds = name, seconds

    def __enter__(self):
        CACHE.mkdir(parents=True, exist_ok=True)
        self.file = open(CACHE / f"{self.name}.lock", "a+")
        deadline, told = time.monotonic() + self.seconds, False
        while not self.taken():
            self.file.seek(0)
            by = f"the cluster is in use by {self.file.read().strip()}"
            if time.monotonic() > deadline:
                raise ClusterError(by)
            if not told:
                print(f"cluster: {by}: waiting", file=sys.stderr)
                told = True
            time.sleep(0.2)
        self.file.truncate(0)
        self.file.write(f"process {os.getpid()}, {' '.join(sys.argv)}\n")
        self.file.flush()
        if self.name == USE:
            os.environ[HELD] = str(os.getpid())

    def taken(self):
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __exit__(self, *_):
        if self.name == USE:
            del os.environ[HELD]
        self.file.close()


def built():
    """The folder of the built programs; building them takes minutes when they are not cached."""
    done = subprocess.run([TOP / "tools/build-kube"], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise ClusterError("tools/build-kube failed")
    return pathlib.Path(done.stdout.strip())


def sysctl_file(name):
    return pathlib.Path("/proc/sys", *name.split("."))


def prepare(timing):
    """Everything that is on disk before the first process runs."""
    programs = built()
    STATE.mkdir(mode=0o700, exist_ok=True)
    for folder in ("shared", "log", "sysctl"):
        (STATE / folder).mkdir(exist_ok=True)
    for name in SYSCTLS:
        if not (STATE / "sysctl" / name).exists():
            (STATE / "sysctl" / name).write_text(sysctl_file(name).read_text())
    if not (STATE / "timing").exists():
        (STATE / "timing").write_text(timing or "quick")
    elif timing not in (None, (STATE / "timing").read_text()):
        raise ClusterError("it is up with another timing; take it down first")
    if not BIN.exists():
        BIN.unlink(missing_ok=True)
        BIN.symlink_to(programs)
    if not (STATE / "pause").exists():
        network.run("gcc-12", "-Os", "-static", "-s", "-o", STATE / ".pause",
                    pathlib.Path(__file__).resolve().parent / "pause.c")
        (STATE / ".pause").rename(STATE / "pause")
    certificates.make()
    images.make()
    for node in NODES:
        machines.configure(node)


def kubectl(*words, **how):
    return network.run(BIN / "kubectl", "--kubeconfig", ADMIN, *words, **how)


def answers(*words):
    try:
        return kubectl(*words)
    except ClusterError:
        return False


def add_ons():
    kubectl("apply", "-f", "-", text=machines.fill(
        "addons.yaml", dns=DNS, provisioner=CLAIM_PROVISIONER))


def up(timing=None):
    """All that is missing, until the nodes are ready and DNS answers. After an `up` that was
    killed it begins anew, as it cannot know how far that came."""
    requirements.check()
    if STATE.exists() and not FINISHED.exists():
        down()
    prepare(timing)
    machines.power(SWITCH)
    network.lay()
    for machine in MACHINES:
        machines.power(machine)
    with concurrent.futures.ThreadPoolExecutor(len(MACHINES)) as pool:
        prepared = [pool.submit(machines.prepare, node) for node in NODES]
        machines.boot(CONTROL_PLANE)
        add_ons()
        for one in prepared:
            one.result()
        # Not before: who begins without an API server asks for it ever less often.
        for one in [pool.submit(machines.boot, node) for node in NODES]:
            one.result()
    processes.wait_for("nodes ready", 90, lambda: answers(
        "wait", "--for=condition=Ready", "node", *NODES, "--timeout=1s"))
    processes.wait_for("DNS ready", 90, lambda: answers(
        "-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=2s"))
    FINISHED.touch()


def down():
    """Ends and removes everything, from whatever state."""
    processes.kill_all("")
    processes.wait_for("the switch's network gone", 20, lambda: subprocess.run(
        ["ip", "link", "show", NAME], capture_output=True, check=False).returncode != 0)
    processes.remove_cgroups()
    for saved in (STATE / "sysctl").glob("*"):
        if sysctl_file(saved.name).read_text() != saved.read_text():
            sysctl_file(saved.name).write_text(saved.read_text())
    if STATE.exists():
        shutil.rmtree(STATE)


def account_key(step):
    """Who gives out tokens and who uses them for itself begin anew, each with the keys as they are now."""
    certificates.account_key(step)
    for name in ("kube-apiserver", "kube-controller-manager"):
        one = components.component(name)
        one.stop(signal.SIGKILL)
        one.start()


def memory(pid):
    """Resident and proportional MiB of a process."""
    values = {}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        key, value = line.split(":")
        values[key] = int(value.split()[0])
    return values["Rss"] // 1024, values["Pss"] // 1024


def whole_memory():
    """MiB of everything that belongs to the cluster."""
    total = 0
    for pid in processes.members(""):
        try:
            total += memory(pid)[1]
        except (OSError, KeyError):  # it ended meanwhile
            pass
    return total


def status():
    """A line for each component and each cut, then the nodes; false when something is missing."""
    whole, total = True, 0
    for machine in MACHINES:
        names = components.CONTROLLERS if machine == CONTROL_PLANE else components.OF_NODES
        if not machines.is_on(machine):
            print(f"{machine:28} off")
            whole = False
            continue
        frozen = (processes.FREEZER / machine / "freezer.state").read_text().strip() != "THAWED"
        for name in names:
            pid = components.component(f"{machine}/{name}").pid()
            resident, proportional = memory(pid) if pid else (0, 0)
            total += proportional
            whole = whole and bool(pid) and not frozen
            what = f"pid {pid:<8} {resident:5} MiB, {proportional} of its own" if pid else "stopped"
            print(f"{machine + '/' + name:28} {what}{', frozen' if frozen else ''}")
        for rule in network.cuts(machine):
            whole = False
            print(f"{machine:28} cut: {rule}")
    print(f"{'all components':28} {total} MiB of their own")
    print(f"{'with pods':28} {whole_memory()} MiB of their own")
    print(answers("get", "nodes", "-o", "wide", "--request-timeout=3s") or "no API server answers")
    return whole
