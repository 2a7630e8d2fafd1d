#!/usr/bin/env python3
"""What somebody can do who has a supervisor's token, or the operator's, at a real API server with the chart's rules and
its policy: attacks.py OPERATOR. Each attack must be refused in the words that stand beside it."""
import json
import sys

from desk import CHART, IMAGE, TOP, Wrong, desk, until

CORE, APPS = "/api/v1/namespaces/default/", "/apis/apps/v1/namespaces/default/"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/"
MERGE, STRATEGIC = "application/merge-patch+json", "application/strategic-merge-patch+json"
OWN, OF_NAME, FOREIGN = CORE + "pods/mssql-ag-0", CORE + "pods/mssql-ag-2", CORE + "pods/other-0"


def patch(where, what, kind=MERGE):
    return "PATCH", where, what, kind


def labels(**changed):
    return {"metadata": {"labels": {name.replace("__", "/"): value for name, value in changed.items()}}}


ROLE = {"metadata": {"labels": {"sql.mssql.microsoft.com/ag-role": "primary",
                                "role.ag.mssql.microsoft.com/mssql-ag": "primary"}}}
LEASE = {"metadata": {"name": "taken"}, "spec": {"holderIdentity": "me"}}
SECRETS_ROLE = {"metadata": {"name": "r"}, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]}
FORBIDS = "ValidatingAdmissionPolicy 'mssql-ha-pods' with binding 'mssql-ha-pods' denied request: a supervisor may "


VOLUME = "/api/v1/persistentvolumes/"
POLICY = {"spec": {"persistentVolumeReclaimPolicy": "Retain"}}
KEEPS = ("ValidatingAdmissionPolicy 'mssql-ha-volumes' with binding 'mssql-ha-volumes' denied request: the operator may change "
         "nothing of a volume but its reclaim policy")


def cannot(verb, resource, group=""):
    return f'cannot {verb} resource "{resource}" in API group "{group}" in the namespace "default"'


SUPERVISOR = {
    "patch its pod's image": (
        patch(OWN, {"spec": {"containers": [{"name": "mssql", "image": "evil"}]}}, STRATEGIC),
        FORBIDS + "change nothing of a pod but its role labels"),
    "annotate its pod": (patch(OWN, {"metadata": {"annotations": {"a": "b"}}}),
                         FORBIDS + "change nothing of a pod but its role labels"),
    "hold its pod by a finalizer": (patch(OWN, {"metadata": {"finalizers": ["a.b/c"]}}),
                                    FORBIDS + "change nothing of a pod but its role labels"),
    "take its pod from its owner": (patch(OWN, {"metadata": {"ownerReferences": [
        {"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "x"}]}}),
        FORBIDS + "change nothing of a pod but its role labels"),
    "label its pod for another Service": (patch(OWN, labels(app="bank")),
                                          FORBIDS + "change no labels but its role labels, not app"),
    "take a label off its pod": (patch(OWN, labels(role=None)),
                                 FORBIDS + "change no labels but its role labels, not role"),
    "label a pod that took a name of its group": (patch(OF_NAME, ROLE),
                                                  FORBIDS + "label no pods but those that the operator made"),
    "label a foreign pod": (patch(FOREIGN, ROLE), cannot("patch", "pods")),
    "write its pod's status": (patch(OWN + "/status", {"status": {"phase": "Failed"}}), cannot("patch", "pods/status")),
    "put a container into its pod": (
        patch(OWN + "/ephemeralcontainers", {"spec": {"ephemeralContainers": [{"name": "x", "image": "evil"}]}}, STRATEGIC),
        cannot("patch", "pods/ephemeralcontainers")),
    "run a command in its pod": (("POST", OWN + "/exec?command=sh"), cannot("create", "pods/exec")),
    "delete its pod": (("DELETE", OWN), cannot("delete", "pods")),
    "make a pod": (("POST", CORE + "pods", {"metadata": {"name": "x"}}), cannot("create", "pods")),
    "read the password": (("GET", CORE + "secrets/mssql-ag-secret"), cannot("get", "secrets")),
    "read the group's CA": (("GET", CORE + "secrets/mssql-ag-ha"), cannot("get", "secrets")),
    "list Secrets": (("GET", CORE + "secrets"), cannot("list", "secrets")),
    "take another group's Lease": (("PUT", LEASES + "/other", LEASE), cannot("update", "leases", "coordination.k8s.io")),
    "read another group's Lease": (("GET", LEASES + "/other"), cannot("get", "leases", "coordination.k8s.io")),
    "make a Lease": (("POST", LEASES, LEASE), cannot("create", "leases", "coordination.k8s.io")),
    "delete its Lease": (("DELETE", LEASES + "/mssql-ag"), cannot("delete", "leases", "coordination.k8s.io")),
    "write a request": (patch(CORE + "configmaps/mssql-ag", {"data": {"request": "{}"}}), cannot("patch", "configmaps")),
    "change its own settings": (patch(CORE + "configmaps/mssql-ag-ha", {"data": {}}), cannot("patch", "configmaps")),
    "read another group's state": (("GET", CORE + "configmaps/other-state"), cannot("get", "configmaps")),
    "change its own Role": (patch(RBAC + "roles/mssql-ag-ha", SECRETS_ROLE),
                            cannot("patch", "roles", "rbac.authorization.k8s.io")),
    "scale its group": (patch(APPS + "statefulsets/mssql-ag/scale", {"spec": {"replicas": 0}}),
                        cannot("patch", "statefulsets/scale", "apps")),
    "get another token": (("POST", CORE + "serviceaccounts/mssql-ag-ha/token", {"spec": {}}),
                          cannot("create", "serviceaccounts/token")),
}
OPERATOR = {
    "read the password": (("GET", CORE + "secrets/mssql-ag-secret"), cannot("get", "secrets")),
    "list Secrets": (("GET", CORE + "secrets"), cannot("list", "secrets")),
    "change a Secret": (patch(CORE + "secrets/mssql-ag-ha", {"data": {}}), cannot("patch", "secrets")),
    "give away what it has not": (("POST", RBAC + "roles", SECRETS_ROLE),
                                  "is attempting to grant RBAC permissions not currently held"),
    "make a pod": (("POST", CORE + "pods", {"metadata": {"name": "x"}}), cannot("create", "pods")),
    "run a command in a pod": (("POST", OWN + "/exec?command=sh"), cannot("create", "pods/exec")),
    "give a volume to another claim": (patch(VOLUME + "pv-bound", {"spec": {"claimRef": {"name": "mine"}}}), KEEPS),
    "mount a volume otherwise": (patch(VOLUME + "pv-bound", {"spec": {"mountOptions": ["exec"]}}), KEEPS),
    "label a volume": (patch(VOLUME + "pv-bound", labels(app="bank")), KEEPS),
    "hold a volume by a finalizer": (patch(VOLUME + "pv-bound", {"metadata": {"finalizers": ["a.b/c"]}}), KEEPS),
    "change a volume that no claim has": (patch(VOLUME + "pv-free", POLICY), "may change no volume that no claim has"),
    "delete a volume": (("DELETE", VOLUME + "pv-bound"), 'cannot delete resource "persistentvolumes" in API group "" at the '
                        "cluster scope"),
    "delete a group": (("DELETE", "/apis/sql.mssql.microsoft.com/v1alpha1/namespaces/default/sqlserveravailabilitygroups/"
                        "mssql-ag"), cannot("delete", "sqlserveravailabilitygroups", "sql.mssql.microsoft.com")),
}
# With the same tokens, so that a refusal is not one of everything.
OPERATOR_MAY = {"say what becomes of a volume": patch(VOLUME + "pv-bound", POLICY)}
MAY = {
    "label its pod primary": patch(OWN, ROLE),
    "take the label off again": patch(OWN, labels(**{"sql.mssql.microsoft.com__ag-role": None})),
    "read its Lease": ("GET", LEASES + "/mssql-ag"),
    "watch its requests": ("GET", CORE + "configmaps?fieldSelector=metadata.name%3Dmssql-ag"),
    "read its state": ("GET", CORE + "configmaps/mssql-ag-state"),
}


def attack(at, who, token, attacks):
    for what, (asked, words) in attacks.items():
        status, answer = at.ask(token, *asked)
        if status != 403 or words not in answer["message"]:
            raise Wrong(f"{who}: {what}: {status} {answer.get('message', answer)}\ninstead of 403 with: {words}")
        print(f"{who} cannot {what}: {answer['message']}")


def make_pods(at):
    """As the StatefulSet's controller would, and two of other owners."""
    template = json.loads(at.kubectl("get", "statefulset", "mssql-ag", "-o", "json"))["spec"]["template"]
    # A pod of a StatefulSet has its claim as a volume.
    template["spec"]["volumes"].append({"name": "mssql-data", "emptyDir": {}})
    for name in ("mssql-ag-0", "mssql-ag-2", "other-0"):
        metadata = {"name": name} | (template["metadata"] if name == "mssql-ag-0" else {})
        at.kubectl("create", "-f", "-", given=json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}))


def make_volumes(at):
    for name, claim in (("pv-bound", {"claimRef": {"namespace": "default", "name": "mssql-data-mssql-ag-0"}}), ("pv-free", {})):
        at.kubectl("create", "-f", "-", given=json.dumps({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
            "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/none"},
                     "persistentVolumeReclaimPolicy": "Delete"} | claim}))


def main(program):
    with desk() as at:
        at.helm("install", "mssql-ha", CHART, "-n", "ops", "--create-namespace", *IMAGE)
        at.kubectl("wait", "--for=condition=Established", "crd/sqlserveravailabilitygroups.sql.mssql.microsoft.com")
        at.kubectl("apply", "-f", TOP / "manifests/samples/ag-sample.yaml")
        with at.operator(program, "ops", "mssql-ha"):
            until("the group's objects", lambda: "mssql-ag" in at.kubectl("get", "statefulsets"))
        make_pods(at)
        make_volumes(at)
        at.kubectl("create", "-f", "-", given=json.dumps({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "other"}}))
        supervisor, its_operator = at.token("default", "mssql-ag-ha"), at.token("ops", "mssql-ha")
        # A policy is in force some moments after it was made.
        until("the policy is in force", lambda: at.ask(supervisor, *SUPERVISOR["annotate its pod"][0])[0] == 403)
        attack(at, "a supervisor", supervisor, SUPERVISOR)
        attack(at, "the operator", its_operator, OPERATOR)
        for who, token, all_of_it in (("a supervisor", supervisor, MAY), ("the operator", its_operator, OPERATOR_MAY)):
            for what, asked in all_of_it.items():
                status, answer = at.ask(token, *asked)
                if status != 200:
                    raise Wrong(f"{who}: {what}: {status} {answer}")
                print(f"{who} may {what}")
        print(f"{len(SUPERVISOR) + len(OPERATOR)} attacks, each refused")


if __name__ == "__main__":
    main(*sys.argv[1:])
