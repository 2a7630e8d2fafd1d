"""A group of the preview's SqlServers, applied one after another: as a scenario sees it, like a group with one list."""
import json
import secrets

from checks import Failure
from installed import Installed
from slice import PLAN_OBJECTS, TOP, load_images, run
from witness import Names, client_objects

NAMES = Names(group="ag1", ag_name="ag1", listener="ag1-primary", secret="sql-secrets", key="sapassword")


class Preview(Installed):
    """Begins with the first instance alone."""

    def __init__(self, *words):
        super().__init__(*words)
        self.instances = []
        self.client_words = ["--replicas", "1"]  # it writes as soon as the first one does
        sample = run(PLAN_OBJECTS, TOP / "manifests/samples/preview.yaml", "--as-it-is").splitlines()
        self.documents = {(one["kind"], one["metadata"]["name"]): one for one in map(json.loads, sample)}

    def form(self):
        load_images({self.product, self.engine})
        self.make_namespace()
        self.install()
        password = {key: f"Ha1-{secrets.token_hex(16)}" for key in ("sapassword", "masterkeypassword")}
        self.put({**self.documents["Secret", NAMES.secret], "stringData": password})
        self.put(self.documents["Service", NAMES.listener])
        self.add("mssql1")
        self.say(f"mssql1 alone is applied to namespace {self.space}")
        leader = self.until("somebody is labelled primary", self.labelled, 180)
        items = self.client_objects(self.node_of_client(leader))
        self.put({"apiVersion": "v1", "kind": "List", "items": items})
        self.until("writes come through", self.client_writes, 180)
        self.say(f"formed, {self.primary()} leads")

    def put(self, document):
        """Into our namespace, wherever the sample has it."""
        if "metadata" in document:
            document = {**document, "metadata": {**document["metadata"], "namespace": self.space}}
        self.apply(json.dumps(document))

    def add(self, name):
        instance = self.documents["SqlServer", name]
        container = {**instance["spec"]["sqlServerContainer"], "image": self.engine}
        self.put({**instance, "spec": {**instance["spec"], "sqlServerContainer": container}})
        self.instances.append(name)

    def remove(self, name):
        self.kubectl("delete", "sqlserver", name, "--wait=false")
        self.instances.remove(name)

    def client_objects(self, node):
        return client_objects(self.space, self.engine, node, self.client_restarts, self.client_words, NAMES)

    def members(self):
        return [f"{name}-0" for name in self.instances]

    def readable(self):
        """The preview knew no reading from secondaries."""
        return [self.primary()]

    def condition(self, name):
        """Of the first instance; all of a group say the same of it."""
        status = self.get("sqlserver", self.instances[0]).get("status", {})
        found = [one for one in status.get("conditions", []) if one["type"] == name]
        return ": ".join(found[0][word] for word in ("status", "reason", "message")) if found else ""

    def end(self):
        try:
            self.kubectl("delete", "sqlserver", "--all", "--timeout=60s")
        except Failure as trouble:
            self.say(f"{trouble}")
        super().end()
