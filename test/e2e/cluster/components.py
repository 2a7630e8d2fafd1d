"""The programs of the cluster: how each is started, found, asked for its health and stopped."""
import dataclasses
import os
import signal
import subprocess
import sys

from . import certificates, network, processes
from .settings import (ADMIN, API, BIN, CLAIM_PROVISIONER, CONF, CONTROL_PLANE, KEYS, NODES,
                       SERVICES, STATE, TIMINGS, TOP, ClusterError, address)

CONTROLLERS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "provisioner")
OF_NODES = ("containerd", "kubelet", "kube-proxy")


@dataclasses.dataclass(frozen=True)
class Component:
    machine: str
    name: str
    command: list
    health: list        # a command that succeeds when it is ready; none: when it runs
    seconds: int = 60   # that it may take
    program: str = ""   # the file name of what runs, when it is not the name

    @property
    def place(self):
        return f"{self.machine}/{self.name}"

    def pid(self):
        return processes.find(self.place, self.program or self.name)

    def healthy(self):
        if not self.health:
            return bool(self.pid())
        try:
            return subprocess.run(self.health, capture_output=True, timeout=5).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def start(self):
        """Until it is ready. What runs already is only waited for."""
        if not self.pid():
            processes.spawn(self.place, self.command)
        processes.wait_for(f"{self.place} ready", self.seconds, self.healthy)

    def stop(self, number=signal.SIGTERM):
        processes.stop(self.place, self.program or self.name, number)


def timing():
    return TIMINGS[(STATE / "timing").read_text().strip()]


def in_node(node):
    """What to put before a command so that it runs inside the node."""
    pid = network.holder(node)
    return ["nsenter", "-t", str(pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--"]


def etcd():
    client, peer = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
    command = [BIN / "etcd", "--name=cp", f"--data-dir={STATE}/etcd", "--log-level=warn",
               "--unsafe-no-fsync",  # its data need not survive this machine
               f"--listen-client-urls={client}", f"--advertise-client-urls={client}",
               f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}",
               f"--initial-cluster=cp={peer}"]
    return command, ["curl", "-sf", f"{client}/readyz"]


def apiserver():
    patience = timing()["toleration"]
    keys = [key for key in certificates.account_keys() if key.exists()]
    command = [
        BIN / "kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", "--secure-port=6443",
        f"--advertise-address={address(CONTROL_PLANE)}", f"--service-cluster-ip-range={SERVICES}",
        f"--tls-cert-file={KEYS}/apiserver.crt", f"--tls-private-key-file={KEYS}/apiserver.key",
        f"--client-ca-file={KEYS}/ca.crt", "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        *(f"--service-account-key-file={key}" for key in keys),
        f"--service-account-signing-key-file={keys[0]}",
        f"--kubelet-client-certificate={KEYS}/kubelet-client.crt",
        f"--kubelet-client-key={KEYS}/kubelet-client.key",
        f"--kubelet-certificate-authority={KEYS}/ca.crt",
        "--kubelet-preferred-address-types=InternalIP",
        f"--requestheader-client-ca-file={KEYS}/ca.crt",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={KEYS}/front-proxy.crt",
        f"--proxy-client-key-file={KEYS}/front-proxy.key",
        # No kube-proxy here: webhooks are dialled by the addresses of their pods.
        "--enable-aggregator-routing=true",
        f"--default-not-ready-toleration-seconds={patience}",
        f"--default-unreachable-toleration-seconds={patience}"]
    return command, [BIN / "kubectl", "--kubeconfig", ADMIN, "get", "--raw", "/readyz"]


def controller_manager():
    config = CONF / "controllers.kubeconfig"
    command = [
        BIN / "kube-controller-manager", f"--kubeconfig={config}", "--bind-address=127.0.0.1",
        f"--authentication-kubeconfig={config}", f"--authorization-kubeconfig={config}",
        "--leader-elect=false", "--use-service-account-credentials=true",
        f"--service-account-private-key-file={KEYS}/accounts.key", f"--root-ca-file={KEYS}/ca.crt",
        f"--cluster-signing-cert-file={KEYS}/ca.crt", f"--cluster-signing-key-file={KEYS}/ca.key",
        "--allocate-node-cidrs=false", f"--node-monitor-grace-period={timing()['grace']}",
        "--node-monitor-period=1s", f"--flex-volume-plugin-dir={STATE}/flex"]
    return command, ["curl", "-skf", "https://127.0.0.1:10257/healthz"]


def scheduler():
    config = CONF / "scheduler.kubeconfig"
    command = [BIN / "kube-scheduler", f"--kubeconfig={config}", "--bind-address=127.0.0.1",
               f"--authentication-kubeconfig={config}", f"--authorization-kubeconfig={config}",
               "--leader-elect=false"]
    return command, ["curl", "-skf", "https://127.0.0.1:10259/readyz"]


def provisioner():
    script = TOP / "test/e2e/cluster/provisioner.py"
    return [sys.executable, script, API, KEYS, STATE, CLAIM_PROVISIONER], []


def containerd(node):
    return [*in_node(node), "containerd", "--config", CONF / node / "containerd.toml"], [
        *in_node(node), "ctr", "version"]


def kubelet(node):
    command = [
        *in_node(node), BIN / "kubelet", f"--config={CONF / node}/kubelet.yaml",
        f"--kubeconfig={CONF}/{node}.kubeconfig", f"--hostname-override={node}",
        f"--node-ip={address(node)}", f"--node-labels=topology.kubernetes.io/zone=z-{node}"]
    return command, ["curl", "-sf", "http://127.0.0.1:10248/healthz"]


def kube_proxy(node):
    return [*in_node(node), BIN / "kube-proxy", f"--config={CONF / node}/kube-proxy.yaml"], [
        "curl", "-sf", "http://127.0.0.1:10249/healthz"]


def component(place):
    """The component of a name like `etcd`, `cp/etcd` or `n1/kubelet`."""
    machine, _, name = place.rpartition("/")
    if machine in ("", CONTROL_PLANE) and name in CONTROLLERS:
        machine = CONTROL_PLANE
        make = {"etcd": etcd, "kube-apiserver": apiserver, "kube-scheduler": scheduler,
                "kube-controller-manager": controller_manager, "provisioner": provisioner}[name]
        command, health = make()
        command = [*network.inside(machine), *command]
    elif machine in NODES and name in OF_NODES:
        command, health = {"containerd": containerd, "kubelet": kubelet,
                           "kube-proxy": kube_proxy}[name](machine)
    else:
        raise ClusterError(f"no component '{place}'; there are {', '.join(CONTROLLERS)} and, "
                           f"as in n1/kubelet, {', '.join(OF_NODES)}")
    if health and health[0] == "curl":
        health = [*network.inside(machine), *health]
    program = os.path.basename(os.path.realpath(sys.executable)) if name == "provisioner" else ""
    return Component(machine, name, command, health, program=program)
