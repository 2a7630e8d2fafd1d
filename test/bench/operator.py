#!/usr/bin/env python3
"""How long the operator takes for many groups from cold, and what it weighs then.

operator.py BUILD [GROUPS [kube]]   BUILD: a release build's folder; GROUPS: 1000

Against kubesim, or a real kube-apiserver with etcd, whose own work is part of the time. Cold: the resources are there, nothing else is, and the operator
starts. The budgets are 60 s and 64 MB (Pss) for 1,000 groups.
"""
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "test/contract"))
import servers  # noqa: E402

ADDRESS = servers.own_address()
GROUPS = "/apis/sql.mssql.microsoft.com/v1alpha1/namespaces/default/sqlserveravailabilitygroups"
SECONDS, MEGABYTES = 60, 64


def fill(where, build, count):
    """The definition, and the sample under many names."""
    context = servers.ssl.create_default_context(cafile=where["ca"])
    server = http.client.HTTPSConnection("127.0.0.1", where["port"], context=context)
    headers = {"Authorization": f"Bearer {where['tokens']['admin']}", "Content-Type": "application/json"}

    def post(path, text):
        server.request("POST", path, text, headers)
        reply = server.getresponse()
        body = reply.read().decode()
        if reply.status != 201:
            sys.exit(f"bench: {path}: {body}")

    def documents(file):
        return subprocess.run([build / "test/demo/plan-objects", "--as-it-is", file], check=True, text=True,
                              capture_output=True).stdout.splitlines()

    def served(path):
        server.request("GET", path, headers=headers)
        reply = server.getresponse()
        reply.read()
        return reply.status == 200

    for definition in sorted((TOP / "helm/mssql-ha/files/crds").glob("*.yaml")):
        post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", documents(definition)[0])
    end = time.monotonic() + SECONDS
    while not served(GROUPS + "?limit=1"):
        if time.monotonic() > end:
            sys.exit(f"bench: the definition is not served within {SECONDS} s")
        time.sleep(0.1)
    group = json.loads(documents(TOP / "manifests/samples/ag-sample.yaml")[1])
    for number in range(count):
        group["metadata"]["name"] = f"ag{number}"
        group["spec"]["listener"]["name"] = f"ag{number}-listener"
        group["spec"]["readOnlyListener"]["name"] = f"ag{number}-listener-ro"
        post(GROUPS, json.dumps(group))


def numbers():
    try:
        with urllib.request.urlopen(f"http://{ADDRESS}:8080/metrics", timeout=5) as reply:
            found = re.findall(r"^mssql_operator_(\S+) (\S+)$", reply.read().decode(), re.M)
    except OSError:
        return {}
    return {name: float(value) for name, value in found}


def pss(pid):
    return int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) / 1024


def processor(pid):
    """Seconds of processor that it took so far."""
    return sum(map(int, pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def api_server(build, kind):
    if kind == "kubesim":
        return servers.kubesim(build / "test/kubesim/kubesim")
    return servers.kube(subprocess.run([TOP / "tools/build-kube", "etcd", "kube-apiserver", "kube-controller-manager"],
                                       check=True, text=True, stdout=subprocess.PIPE).stdout.strip())


def main(build, count="1000", kind="kubesim"):
    build, count = pathlib.Path(build).resolve(), int(count)
    with api_server(build, kind) as where:
        fill(where, build, count)
        folder = pathlib.Path(where["ca"]).parent
        began = time.monotonic()
        with open(folder / "operator.log", "wb") as log:
            running = subprocess.Popen([build / "operator/mssql-operator", "--kubeconfig", folder / "kubeconfig",
                                        "--listen-address", ADDRESS], stdout=log)
        try:
            while True:
                seen, passed = numbers(), time.monotonic() - began
                if seen.get('passes_total{outcome="done"}', 0) >= count and seen["groups_waiting"] == 0:
                    break
                if passed > 10 * SECONDS or running.poll() is not None:
                    sys.exit(f"bench: not done after {passed:.0f} s: {seen}")
                time.sleep(0.2)
            weight, worked = pss(running.pid), processor(running.pid)
        finally:
            running.terminate()
            running.wait()
    writes = sum(value for name, value in seen.items() if name.startswith("writes_total"))
    print(f"operator, {count} groups on {kind} from cold: {passed:.1f} s, {writes:.0f} writes, {weight:.1f} MB Pss, {worked:.1f} s of processor "
          f"(budget {SECONDS} s, {MEGABYTES} MB)")
    sys.exit(0 if passed <= SECONDS and weight <= MEGABYTES else 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
