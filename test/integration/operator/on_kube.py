#!/usr/bin/env python3
"""The operator's program on a real kube-apiserver, with the chart's definition and the chart's rules and no others.

on_kube.py OPERATOR PLAN_OBJECTS

Shows that the definition is accepted as structural, that the sample becomes a group's objects and a status, that every
object passes the server's own strict validation, that a volume's policy and a NetworkPolicy follow the resource, that
nothing is written while nothing changes, and that a deleted group leaves nothing behind. The chart's own objects:
test/helm/installed.py.
"""
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "test/contract"))
import servers  # noqa: E402

GROUPS = "/apis/sql.mssql.microsoft.com/v1alpha1/namespaces/default/sqlserveravailabilitygroups"
VOLUMES = "/api/v1/persistentvolumes"
NETWORK = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies"
MERGE = "application/merge-patch+json"
RBAC = "/apis/rbac.authorization.k8s.io/v1/"
# What a group is made of, by path.
MADE = ["/api/v1/namespaces/default/configmaps", "/api/v1/namespaces/default/services",
        "/api/v1/namespaces/default/secrets", "/api/v1/namespaces/default/serviceaccounts",
        "/apis/apps/v1/namespaces/default/statefulsets", "/apis/coordination.k8s.io/v1/namespaces/default/leases",
        "/apis/policy/v1/namespaces/default/poddisruptionbudgets", NETWORK, RBAC + "namespaces/default/roles",
        RBAC + "namespaces/default/rolebindings"]

ADDRESS = servers.own_address()
# One resource of each of the chart's rules.
RIGHTS = ("statefulsets", "nodes", "sqlservers/finalizers", "leases")


class Server:
    """An administrator at the real API server."""

    def __init__(self, where, who="admin"):
        self.base = f"https://127.0.0.1:{where['port']}"
        self.ca = where["ca"]
        self.audit = where.get("audit")
        self.token = where["tokens"][who]
        self.context = servers.ssl.create_default_context(cafile=self.ca)

    def ask(self, method, path, body=None, kind="application/json"):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.base + path, data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=10, context=self.context) as reply:
                return json.loads(reply.read())
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"on_kube: {method} {path}: {refused.read().decode()}") from None

    def apply(self, path, text, more=""):
        path += "?fieldManager=person&fieldValidation=Strict" + more
        return self.ask("PATCH", path, text, "application/apply-patch+yaml")

    def group(self):
        return self.ask("GET", GROUPS + "/mssql-ag")

    def objects(self):
        """What there is of the group: versions by path and name."""
        found = {}
        for path in MADE:
            for one in self.ask("GET", path)["items"]:
                if one["metadata"].get("labels", {}).get("app") == "mssql-ag":
                    found[path + "/" + one["metadata"]["name"]] = one["metadata"]["resourceVersion"]
        return found


def wait(words, ready, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return
        time.sleep(0.2)
    sys.exit(f"on_kube: not within {seconds} s: {words}")


def grant(server):
    for name in ("work", "cluster", "handed-on", "lead"):
        rules = (TOP / f"helm/mssql-ha/files/rules/{name}.yaml").read_text()
        server.apply(RBAC + f"clusterroles/{name}", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
                     f"metadata: {{name: {name}}}\nrules:\n{rules}")
        server.ask("POST", RBAC + "clusterrolebindings", {
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": "supervisor", "namespace": "contract"}]})


def operator_config(where, folder):
    config = {"apiVersion": "v1", "kind": "Config", "current-context": "c",
              "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{where['port']}",
                                                     "certificate-authority": where["ca"]}}],
              "users": [{"name": "u", "user": {"token": where["tokens"]["supervisor"]}}],
              "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "default"}}]}
    file = folder / "operator.kubeconfig"
    file.write_text(json.dumps(config))
    return file


def metrics():
    with urllib.request.urlopen(f"http://{ADDRESS}:8080/metrics", timeout=5) as reply:
        return dict(re.findall(r"^(mssql_operator_\S+) (\S+)$", reply.read().decode(), re.M))


def make_volume(server):
    """As a storage class would make one for a claim of the group, and a controller would bind it."""
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": "default", "name": "mssql-data-mssql-ag-0"}
    server.ask("POST", VOLUMES, {"metadata": {"name": "pv-0"}, "spec": {
        "capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/data"},
        "claimRef": claim, "persistentVolumeReclaimPolicy": "Delete"}})
    server.ask("PATCH", VOLUMES + "/pv-0/status", {"status": {"phase": "Bound"}}, MERGE)


def check_policies(server):
    """What becomes of a volume, and who may reach the pods, as the resource says."""
    def ask(**spec):
        server.ask("PATCH", GROUPS + "/mssql-ag", {"spec": spec}, MERGE)
    def has_policy(policy):
        return lambda: server.ask("GET", VOLUMES + "/pv-0")["spec"]["persistentVolumeReclaimPolicy"] == policy
    def guards():
        return [rule for one in server.ask("GET", NETWORK)["items"] for rule in one["spec"]["ingress"]]
    wait("the volume is retained", has_policy("Retain"))
    peer = {"namespaceSelector": {"matchLabels": {"team": "shop"}}}
    ask(storage={"reclaimPolicy": "Delete"}, ha={"networkPolicy": {"enabled": True, "clients": [peer]}})
    wait("the volume goes with its claim", has_policy("Delete"))
    wait("a NetworkPolicy", guards)
    assert guards()[0]["from"] == [peer], guards()
    ask(storage={"reclaimPolicy": "Retain"}, ha={"networkPolicy": None})
    wait("the volume is retained again", has_policy("Retain"))
    wait("no NetworkPolicy", lambda: not guards())
    print("a volume's policy and a NetworkPolicy follow the resource")


def play(server, sample, plan_objects):
    make_volume(server)
    server.apply(GROUPS + "/mssql-ag", sample)
    wait("the status", lambda: server.group().get("status", {}).get("phase") == "Initializing")
    objects = server.objects()
    print("made:", *sorted(objects), sep="\n  ")
    assert len(objects) == 14, objects
    ready = server.group()["status"]["conditions"][0]
    print(f"Ready: {ready['status']}, {ready['reason']}: {ready['message']}")
    assert ready["reason"] == "Initializing", ready

    lines = subprocess.run([plan_objects, TOP / "manifests/samples/ag-sample.yaml"], check=True, text=True,
                           capture_output=True).stdout.splitlines()
    paths = {path.rsplit("/", 1)[1]: path for path in MADE}
    for one in map(json.loads, lines[1:]):
        server.ask("POST", paths[one["kind"].lower() + "s"] + "?dryRun=All&fieldValidation=Strict",
                   one | {"metadata": one["metadata"] | {"name": "dry-" + one["metadata"]["name"]}})
    print(f"strict dry run: {len(lines) - 1} objects accepted")

    check_policies(server)
    before, writes = server.objects(), metrics()
    time.sleep(12)
    assert server.objects() == before, "somebody writes"
    written = {name: value for name, value in metrics().items() if "writes" in name}
    assert written == {name: value for name, value in writes.items() if "writes" in name}, written
    print("nothing written in 12 s;", *(f"{name}={value}" for name, value in written.items()))

    server.ask("DELETE", GROUPS + "/mssql-ag")
    wait("nothing is left", lambda: not server.objects(), 120)
    print("deleted: nothing is left")


def define(server):
    """The chart's definitions, which the API server must find structural."""
    for file in sorted((TOP / "helm/mssql-ha/files/crds").glob("*.yaml")):
        text = file.read_text()
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + re.search(r"^  name: (\S+)", text, re.M)[1]
        server.apply(path, text)
        told = {}
        def established(path=path, told=told):
            told.update({one["type"]: one for one in server.ask("GET", path)["status"].get("conditions") or []})
            return told.get("Established", {}).get("status") == "True"
        wait("the definition is established", established)
        assert "NonStructuralSchema" not in told, told["NonStructuralSchema"]


@contextlib.contextmanager
def operated(operator, complaints):
    """A real API server where the operator works with the chart's rights; its log may have none of these levels. Its
    requests are recorded in the file server.audit."""
    built = subprocess.run([TOP / "tools/build-kube", "etcd", "kube-apiserver", "kube-controller-manager"], check=True,
                           text=True, stdout=subprocess.PIPE).stdout.strip()
    with servers.kube(built, servers.TOKENS["supervisor"][1]) as where:
        server = Server(where)
        define(server)
        grant(server)
        its_own = Server(where, "supervisor")
        wait("rights are in force", lambda: servers.granted(its_own.ask, "default", RIGHTS))
        config = operator_config(where, pathlib.Path(where["ca"]).parent)
        running = subprocess.Popen([operator, "--kubeconfig", config, "--listen-address", ADDRESS,
                                    "--supervisor-image", "registry/mssql-ha:1"], stdout=subprocess.PIPE, text=True)
        try:
            yield server
        except BaseException:
            running.terminate()
            print(running.communicate()[0])
            raise
        running.terminate()
        said = running.communicate(timeout=20)[0]
        assert running.returncode == 0, said
        wrong = [line for line in said.splitlines() if any(f'"level":"{level}"' in line for level in complaints)]
        assert not wrong, wrong


def main(operator, plan_objects):
    sample = (TOP / "manifests/samples/ag-sample.yaml").read_text().split("\n---\n")[1]
    with operated(operator, ("warning", "error")) as server:
        play(server, sample, plan_objects)


if __name__ == "__main__":
    main(*sys.argv[1:])
