#!/usr/bin/env python3
"""Every sample and every typical mistake on a real kube-apiserver with the operator's program.

kinds_on_kube.py OPERATOR PLAN_OBJECTS

Shows that the three definitions are structural, that what each sample comes to is accepted by the server's own strict
validation and is what the operator makes of it, that a preview's group forms whatever the order of its instances, and
what a person is told who got something wrong (docs/mistakes.md).
"""
import itertools
import json
import subprocess
import sys
import urllib.error
import urllib.request

import mistakes
import on_kube
from on_kube import RBAC, TOP, wait

SPACE = "/namespaces/default/"
PATHS = {"Secret": "/api/v1" + SPACE + "secrets", "Service": "/api/v1" + SPACE + "services",
         "ConfigMap": "/api/v1" + SPACE + "configmaps", "ServiceAccount": "/api/v1" + SPACE + "serviceaccounts",
         "Role": RBAC + "namespaces/default/roles", "RoleBinding": RBAC + "namespaces/default/rolebindings",
         "Lease": "/apis/coordination.k8s.io/v1" + SPACE + "leases", "StatefulSet": "/apis/apps/v1" + SPACE + "statefulsets",
         "PodDisruptionBudget": "/apis/policy/v1" + SPACE + "poddisruptionbudgets",
         "SQLServerAvailabilityGroup": on_kube.GROUPS, "SqlServer": "/apis/mssql.microsoft.com/v1" + SPACE + "sqlservers",
         "SQLServerInstance": "/apis/sql.mssql.microsoft.com/v1alpha1" + SPACE + "sqlserverinstances"}
GROUPS = tuple(f"ag-{name}.yaml" for name in ("sample", "three-synchronous", "four-synchronous", "second", "read-scale"))
OURS = ["SQLServerAvailabilityGroup", "SQLServerInstance", "SqlServer"]


class Stage:
    def __init__(self, server, plan_objects):
        self.server = server
        self.plan_objects = plan_objects

    def documents(self, sample, *flags):
        """What `plan-objects` prints of a sample, one object a line."""
        lines = subprocess.run([self.plan_objects, *flags, TOP / "manifests/samples" / sample], check=True, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()
        return [json.loads(one) for one in lines]

    def resources(self, sample):
        return [one for one in self.documents(sample, "--as-it-is") if one["kind"] in OURS]

    def path(self, what):
        return PATHS[what["kind"]] + "/" + what["metadata"]["name"]

    def apply(self, what):
        return self.server.apply(self.path(what), json.dumps(what))

    def refusal(self, what):
        """What the API server says against it, as kubectl prints it; None when it takes it."""
        request = urllib.request.Request(self.server.base + PATHS[what["kind"]] + "?fieldValidation=Strict",
                                         json.dumps(what).encode(), method="POST")
        request.add_header("Authorization", f"Bearer {self.server.token}")
        request.add_header("Content-Type", "application/json")
        try:
            urllib.request.urlopen(request, timeout=10, context=self.server.context).close()
        except urllib.error.HTTPError as refused:
            return json.loads(refused.read())["message"]
        return None

    def conditions(self, what):
        found = self.server.ask("GET", self.path(what))
        status = found.get("status", {})
        if status.get("observedGeneration") != found["metadata"]["generation"]:
            return {}
        return {one["type"]: one for one in status["conditions"]}

    def made(self):
        """Names of all that bears the operator's label, and of the Secrets that it made."""
        found = set()
        for kind, path in PATHS.items():
            for one in self.server.ask("GET", path)["items"]:
                labels = one["metadata"].get("labels", {})
                if kind not in OURS and labels.get("app.kubernetes.io/managed-by") == "sql-on-k8s-operator":
                    found.add(kind + " " + one["metadata"]["name"])
        return found

    def clear(self, resources):
        for one in resources:
            self.server.ask("DELETE", self.path(one))
        wait("nothing is left", lambda: not self.made(), 120)


def check_sample(stage, sample, order=None):
    resources = stage.resources(sample)
    planned = [one for one in stage.documents(sample) if one["kind"] not in ("Secret",)]
    theirs = {one["kind"] + " " + one["metadata"]["name"] for one in stage.documents(sample, "--as-it-is")}
    planned = [one for one in planned if one["kind"] + " " + one["metadata"]["name"] not in theirs]
    for one in planned:
        dry = one | {"metadata": one["metadata"] | {"name": "dry-" + one["metadata"]["name"]}}
        stage.server.ask("POST", PATHS[one["kind"]] + "?dryRun=All&fieldValidation=Strict", dry)
    for one in order or resources:
        stage.apply(one)
    wanted = {one["kind"] + " " + one["metadata"]["name"] for one in planned}
    secrets = {"Secret " + name for name in {"instance.yaml": [], "preview.yaml": ["ag1-ha"],
                                             "ag-second.yaml": ["mssql-ag2-ha"],
                                             "ag-read-scale.yaml": ["mssql-rs-ha"]}.get(sample, ["mssql-ag-ha"])}
    wait(f"the objects of {sample}", lambda: stage.made() == wanted | secrets)
    for one in resources:
        wait("its status", lambda one=one: "Ready" in stage.conditions(one))
        wrong = set(stage.conditions(one)) - {"Ready", "Available", "Initialized"}
        assert not wrong, stage.conditions(one)
    differs = [line for line in (TOP / "manifests/samples" / sample).read_text().splitlines() if line.startswith("# Differs: ")]
    print(f"{sample} beside the sample it is after:", *(differs or ["nothing differs"]), sep="\n  ")
    print(f"{sample}: {len(planned)} objects pass a strict dry run and are made:", *sorted(wanted | secrets), sep="\n  ")
    return resources


def check_leaving(stage):
    """One of a formed group is deleted: it and its pods are there until its group can do without it."""
    stays, leads, goes = resources = check_sample(stage, "preview.yaml")
    merge = "application/merge-patch+json"

    def tell(members):
        replicas = [{"name": one["metadata"]["name"] + "-0", "role": "secondary", "mode": "synchronous",
                     "synchronization": "synchronized", "connected": True} for one in members]
        state = {"group": "ag1", "groupId": "g-1", "primary": leads["metadata"]["name"] + "-0", "replicas": replicas}
        stage.server.ask("PATCH", PATHS["ConfigMap"] + "/ag1-state",
                         {"data": {"format": "1", "state": json.dumps(state)}}, merge)
        stage.server.ask("PATCH", PATHS["Lease"] + "/ag1",
                         {"spec": {"holderIdentity": state["primary"] + "_uid", "leaseDurationSeconds": 15}}, merge)

    tell(resources)
    wait("it is led", lambda: stage.conditions(stays)["Available"]["status"] == "True")
    stage.server.ask("DELETE", stage.path(goes))
    for one in (goes, stays):
        wait("it waits", lambda one=one: stage.conditions(one).get("Scaling", {}).get("reason") == "Leaving", 20)
    print("a deleted SqlServer:", stage.conditions(goes)["Scaling"]["message"])
    pods = "StatefulSet " + goes["metadata"]["name"]
    assert pods in stage.made()
    tell([stays, leads])
    wait("its pods go", lambda: pods not in stage.made(), 20)
    stage.clear([stays, leads])


def told_of(stage, one):
    """Who says what to this mistake."""
    resources = stage.resources(one["sample"])
    victim = resources[-1]
    changed = mistakes.merged(victim, one["fragment"])
    if one["stands"]:
        for resource in resources:
            stage.apply(resource)
            wait("it stands", lambda resource=resource: "Ready" in stage.conditions(resource))
        stage.server.ask("PATCH", stage.path(victim), one["fragment"], "application/merge-patch+json")
        resources = resources[:-1]
    else:
        resources = []
        words = stage.refusal(changed)
        if words is not None:
            return f"The API server: `{words}`"
    def found():
        return set(stage.conditions(changed)) & {"InvalidSpec", "ChangeRefused", "FieldIgnored"}
    wait("a condition: " + one["title"], found)
    told = "\n\n".join(f"`{name}`: {stage.conditions(changed)[name]['message']}" for name in sorted(found()))
    stage.clear(resources + [changed])
    return told


def play(server, plan_objects):
    stage = Stage(server, plan_objects)
    for sample in GROUPS + ("instance.yaml",):
        stage.clear(check_sample(stage, sample))
    for order in itertools.islice(itertools.permutations(stage.resources("preview.yaml")), 0, None, 2):
        stage.clear(check_sample(stage, "preview.yaml", order))
    check_leaving(stage)
    page = mistakes.HEAD
    for one in mistakes.ALL:
        page += mistakes.section(one, told_of(stage, one))
    mistakes.compare(page)


def main(operator, plan_objects):
    with on_kube.operated(operator, ("error",)) as server:
        play(server, plan_objects)


if __name__ == "__main__":
    main(*sys.argv[1:])
