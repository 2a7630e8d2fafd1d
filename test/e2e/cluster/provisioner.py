"""Makes and removes the folders that persistent volumes of the cluster are.

Class `node-local`: the scheduler picks a node and notes it on the claim; the folder lies on that
node. Class `shared`: one folder of the machine that every node sees. Both become volumes of type
`local`, the one type for folders that honours fsGroup. That type must name nodes: those of `shared`
are all that have a host name.

    provisioner.py API KEYS STATE NAME
"""
import json
import pathlib
import shutil
import ssl
import sys
import time
import urllib.error
import urllib.request

SHARED = "shared"
VOLUMES, CLAIMS = "/api/v1/persistentvolumes", "/api/v1/persistentvolumeclaims"


class Provisioner:
    def __init__(self, api, keys, state, name):
        self.api, self.state, self.name = api, pathlib.Path(state), name
        self.tls = ssl.create_default_context(cafile=f"{keys}/ca.crt")
        self.tls.load_cert_chain(f"{keys}/admin.crt", f"{keys}/admin.key")

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.api + path, method=method, data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, context=self.tls, timeout=10) as response:
            return json.load(response)

    def folder(self, node, volume):
        """Where this machine has what a node sees under /var/lib."""
        return self.state / SHARED / volume if node == SHARED else (
            self.state / node / "lib/volumes" / volume)

    def provision(self, claim):
        meta, spec = claim["metadata"], claim["spec"]
        notes = meta.get("annotations", {})
        if spec.get("volumeName") or (
                notes.get("volume.kubernetes.io/storage-provisioner") != self.name):
            return
        shared = spec["storageClassName"] == SHARED
        node = SHARED if shared else notes.get("volume.kubernetes.io/selected-node")
        if not node:
            return
        volume = "pvc-" + meta["uid"]
        self.folder(node, volume).mkdir(parents=True, exist_ok=True)
        term = {"key": "kubernetes.io/hostname", "operator": "Exists"} if shared else {
            "key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
        inside = f"/var/lib/shared/{volume}" if shared else f"/var/lib/volumes/{volume}"
        self.call("POST", VOLUMES, {
            "apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": {"name": volume, "annotations": {
                "pv.kubernetes.io/provisioned-by": self.name, f"{self.name}-on": node}},
            "spec": {
                "capacity": {"storage": spec["resources"]["requests"]["storage"]},
                "accessModes": spec["accessModes"], "storageClassName": spec["storageClassName"],
                "persistentVolumeReclaimPolicy": "Delete", "local": {"path": inside},
                "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                             "namespace": meta["namespace"], "name": meta["name"],
                             "uid": meta["uid"]},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [
                    {"matchExpressions": [term]}]}}}})
        print("made", volume, "on", node, flush=True)

    def reclaim(self, volume):
        meta = volume["metadata"]
        notes = meta.get("annotations", {})
        if notes.get("pv.kubernetes.io/provisioned-by") != self.name or (
                meta.get("deletionTimestamp")) or (
                volume["spec"]["persistentVolumeReclaimPolicy"] != "Delete") or (
                volume.get("status", {}).get("phase") not in ("Released", "Failed")):
            return
        node = notes[f"{self.name}-on"]
        shutil.rmtree(self.folder(node, meta["name"]), ignore_errors=True)
        self.call("DELETE", f"{VOLUMES}/{meta['name']}")
        print("removed", meta["name"], "on", node, flush=True)

    def settle(self):
        """One pass over everything there is, so that nothing can be missed."""
        for act, path in ((self.provision, CLAIMS), (self.reclaim, VOLUMES)):
            for one in self.call("GET", path)["items"]:
                try:
                    act(one)
                except urllib.error.HTTPError as refusal:
                    if refusal.code not in (404, 409):  # another pass did it already
                        raise


def main():
    provisioner = Provisioner(*sys.argv[1:])
    while True:
        try:
            provisioner.settle()
        except (OSError, ValueError, KeyError) as trouble:  # no API server, or half an object
            print("again:", trouble, flush=True)
        time.sleep(0.5)


if __name__ == "__main__":
    main()
