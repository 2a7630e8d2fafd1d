"""The two servers that the contract is run against: kubesim, and a real kube-apiserver with etcd and the two
controllers that kubesim imitates. Each is a context manager; whatever happens, what it started is stopped by pid."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent

# Who asks, in both servers. The supervisor has only the rights that the contract's own Roles give.
TOKENS = {
    "admin": ("contract-admin-token", "admin", ["system:masters"]),
    "supervisor": ("contract-supervisor-token", "system:serviceaccount:contract:supervisor",
                   ["system:serviceaccounts", "system:serviceaccounts:contract"]),
    "stranger": ("contract-stranger-token", "stranger", []),
}


class Failed(Exception):
    """A server that did not come up; the text says which and why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Programs:
    """Child processes in a folder of their own, each with a log file."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mssql-ha-contract."))
        self.running = []

    def start(self, name, *command):
        log = open(self.folder / f"{name}.log", "wb")
        child = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, cwd=self.folder,
                                 start_new_session=True)
        self.running.append((name, child))
        return child

    def wait_for(self, what, ready, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name, child in self.running:
                if child.poll() is not None:
                    raise Failed(f"{name} ended with code {child.returncode}:\n{self.tail(name)}")
            if ready():
                return
            time.sleep(0.1)
        raise Failed(f"{what} was not there within {seconds} s\n" + self.tail(self.running[-1][0]))

    def tail(self, name):
        return "\n".join((self.folder / f"{name}.log").read_text(errors="replace").splitlines()[-20:])

    def stop(self):
        for name, child in reversed(self.running):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def answers(url, ca=None, token=None, needle=""):
    context = ssl.create_default_context(cafile=ca) if ca else None
    request = urllib.request.Request(url)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=2, context=context) as reply:
            return needle in reply.read().decode()
    except (OSError, urllib.error.URLError):
        return False


def granted(ask, space, resources):
    """Whether these are all among the asker's rights: a server learns of a binding some moments after it was written.
    ask(method, path, body) gives the answer's body."""
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": space}}
    rules = ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review)["status"]["resourceRules"]
    return set(resources) <= {name for rule in rules for name in rule["resources"]}


def own_address():
    """Where a daemon of this test listens, whatever else runs beside it: process ids have at most 22 bits."""
    number = os.getpid()
    return f"127.{128 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def target(address, ca, memory_port, memory_target):
    """What a client must know; `memory`: where history is made to be forgotten, over plain HTTP."""
    return {"host": "127.0.0.1", "port": address, "ca": str(ca),
            "memory": {"port": memory_port, "target": memory_target},
            "tokens": {name: token for name, (token, _, _) in TOKENS.items()}}


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_keys(folder):
    """A CA, the API server's certificate for 127.0.0.1, and the key of service account tokens."""
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:kubernetes\n")
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=contract ca", "-keyout", "ca.key", "-out", "ca.crt")
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=kube-apiserver", "-keyout", "api.key", "-out", "api.csr")
    openssl(folder, "x509", "-req", "-in", "api.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days",
            "2", "-extfile", "names", "-out", "api.crt")
    openssl(folder, "genrsa", "-out", "accounts.key", "2048")


def write_tokens(folder):
    lines = []
    for number, (token, user, groups) in enumerate(TOKENS.values()):
        lines.append(f'{token},{user},{number},"{",".join(groups)}"')
    (folder / "tokens.csv").write_text("\n".join(lines) + "\n")


def write_kubeconfig(folder, port):
    config = {"apiVersion": "v1", "kind": "Config", "current-context": "c",
              "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{port}",
                                                     "certificate-authority": str(folder / "ca.crt")}}],
              "users": [{"name": "u", "user": {"token": TOKENS["admin"][0]}}],
              "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}
    (folder / "kubeconfig").write_text(json.dumps(config))


def write_audit_policy(folder, user):
    (folder / "audit.yaml").write_text(json.dumps(
        {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
         "rules": [{"level": "Metadata", "users": [user]}, {"level": "None"}]}))


@contextlib.contextmanager
def kube(binaries, audited=""):
    """The real ones, from the folder that tools/build-kube printed. Requests of the user `audited` are written to the
    file that the yielded target calls `audit`."""
    programs = Programs()
    folder, binaries = programs.folder, pathlib.Path(binaries)
    try:
        make_keys(folder)
        write_tokens(folder)
        client, peer, port = free_port(), free_port(), free_port()
        write_kubeconfig(folder, port)
        audit = []
        if audited:
            write_audit_policy(folder, audited)
            audit = [f"--audit-policy-file={folder}/audit.yaml", f"--audit-log-path={folder}/audit.log"]
        programs.start("etcd", binaries / "etcd", "--data-dir", folder / "etcd", "--unsafe-no-fsync",
                       "--listen-client-urls", f"http://127.0.0.1:{client}",
                       "--advertise-client-urls", f"http://127.0.0.1:{client}",
                       "--listen-peer-urls", f"http://127.0.0.1:{peer}")
        programs.wait_for("etcd", lambda: answers(f"http://127.0.0.1:{client}/health", needle="true"), 60)
        programs.start("kube-apiserver", binaries / "kube-apiserver",
                       f"--etcd-servers=http://127.0.0.1:{client}", "--bind-address=127.0.0.1",
                       f"--secure-port={port}", f"--tls-cert-file={folder}/api.crt",
                       f"--tls-private-key-file={folder}/api.key", f"--token-auth-file={folder}/tokens.csv",
                       "--authorization-mode=RBAC", "--service-account-issuer=https://kubernetes",
                       f"--service-account-key-file={folder}/accounts.key",
                       f"--service-account-signing-key-file={folder}/accounts.key",
                       "--service-cluster-ip-range=10.96.0.0/16",
                       # Nobody makes the default accounts that this plug-in would demand.
                       "--disable-admission-plugins=ServiceAccount", *audit)
        base, ca, token = f"https://127.0.0.1:{port}", folder / "ca.crt", TOKENS["admin"][0]
        programs.wait_for("kube-apiserver", lambda: answers(base + "/readyz", ca, token, "ok"), 120)
        programs.start("kube-controller-manager", binaries / "kube-controller-manager",
                       f"--kubeconfig={folder}/kubeconfig", "--leader-elect=false",
                       "--controllers=endpointslice-controller,garbage-collector-controller",
                       f"--secure-port={free_port()}", "--bind-address=127.0.0.1",
                       f"--cert-dir={folder}/controllers")
        programs.wait_for("namespace default",
                          lambda: answers(base + "/api/v1/namespaces/default", ca, token, "Active"), 60)
        yield target(port, ca, client, "/v3/kv/compaction") | {"audit": str(folder / "audit.log")}
    finally:
        programs.stop()


@contextlib.contextmanager
def kubesim(program):
    programs = Programs()
    folder = programs.folder
    try:
        (folder / "tokens.json").write_text(json.dumps([
            {"token": token, "user": user, "groups": groups} for token, user, groups in TOKENS.values()]))
        programs.start("kubesim", os.path.abspath(program), "--folder", folder, "--tokens", folder / "tokens.json")
        ready = folder / "ready.json"
        programs.wait_for("kubesim", ready.exists, 30)
        address = json.loads(ready.read_text())
        yield target(address["port"], folder / "ca.crt", address["adminPort"], "/compact")
    finally:
        programs.stop()
