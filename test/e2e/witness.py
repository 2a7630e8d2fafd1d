"""The client of a scenario, as a pod, and what it says when pods and instances tell different things."""
import dataclasses

GROUP, AG_NAME, LISTENER = "mssql-ag", "AG1", "mssql-ag-listener"
CLIENT_PORT = 8090


@dataclasses.dataclass(frozen=True)
class Names:
    """What of a group its client is told."""
    group: str = GROUP
    ag_name: str = AG_NAME
    listener: str = LISTENER
    secret: str = "mssql-ag-secret"
    key: str = "SA_PASSWORD"

    def address(self):
        """The variable with the listener's address, in a pod that starts after it."""
        return self.listener.upper().replace("-", "_") + "_SERVICE_HOST"


def restricted():
    return {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]}}


def client_objects(space, engine_image, node, restart, words, names=Names()):
    """The client's pod, and what it may see. Its book survives its container: who loses power with it goes on."""
    name = {"name": "e2e-client", "namespace": space}
    watch = ["get", "list", "watch"]
    rules = [{"apiGroups": [""], "resources": ["pods", "configmaps"], "verbs": watch},
             {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": watch},
             {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": watch}]
    role = "rbac.authorization.k8s.io"
    container = {
        "name": "client", "image": engine_image, "command": ["/usr/local/bin/e2e-client"],
        "args": ["--group", names.group, "--listener", names.listener, "--ag-name", names.ag_name,
                 "--route", f"$({names.address()})", "--book", "/book/keys", *words],
        "volumeMounts": [{"name": "book", "mountPath": "/book"}],
        "env": [{"name": "SA_PASSWORD", "valueFrom": {
            "secretKeyRef": {"name": names.secret, "key": names.key}}}],
        "securityContext": restricted()}
    spec = {"serviceAccountName": "e2e-client", "restartPolicy": restart,
            "volumes": [{"name": "book", "emptyDir": {}}],
            "terminationGracePeriodSeconds": 1, "nodeName": node, "containers": [container],
            # Nobody evicts the witness.
            "tolerations": [{"operator": "Exists"}],
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": name},
        {"apiVersion": f"{role}/v1", "kind": "Role", "metadata": name, "rules": rules},
        {"apiVersion": f"{role}/v1", "kind": "RoleBinding", "metadata": name,
         "roleRef": {"apiGroup": role, "kind": "Role", "name": "e2e-client"},
         "subjects": [{"kind": "ServiceAccount", **name}]},
        {"apiVersion": "v1", "kind": "Pod", "metadata": name, "spec": spec}]


def disagreements(layers):
    """Where a whole group's pods and their instances' own rows tell different things."""
    found = []
    for pod, seen in layers.items():
        own = [row["role_desc"] for row in seen.get("replicas", []) if row["is_local"] == "1"]
        wanted = "PRIMARY" if seen["label"] == "primary" else "SECONDARY"
        if own != [wanted] or seen["conditions"].get("Ready") != "True":
            found.append(f"{pod}: {seen}")
    return found
