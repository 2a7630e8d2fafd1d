"""A group that an operator made, which helm installed: as a scenario sees it, like a Slice of static objects."""
import json

from checks import Failure
from cluster.settings import ADMIN, BIN
from slice import IMAGES, TOP, Slice, image, load_images, run
from witness import GROUP, LISTENER, client_objects

OPERATORS = "mssql-operator"
# Whatever a group may own; what is left of it bears the group's label.
KINDS = ("pods,statefulsets,services,configmaps,secrets,leases,serviceaccounts,roles,rolebindings,"
         "poddisruptionbudgets,networkpolicies,persistentvolumeclaims")


class Installed(Slice):
    chart = TOP / "helm/mssql-ha"

    def helm(self, *words, limit=180):
        return run(run(TOP / "tools/build-helm").split()[-1], "--kubeconfig", ADMIN, "-n", OPERATORS, *words, limit=limit)

    def of_operators(self, *words, limit=120):
        return run(BIN / "kubectl", "--kubeconfig", ADMIN, "-n", OPERATORS, *words, limit=limit)

    def install(self):
        # Its namespace, on which `restricted` is enforced.
        self.apply((TOP / "test/helm/install-head.yaml").read_text())
        said = self.release("install", self.chart, self.product)
        self.say("helm install: " + said.partition("NOTES:\n")[2].partition("\n")[0])

    def release(self, verb, chart, product):
        repository, _, tag = product.rpartition(":")
        return self.helm(verb, "mssql-ha", chart, "--wait", "--set-string", f"image.repository={repository},image.tag={tag}")

    def make_group(self):
        if self.changes and not self.fields:
            raise Failure("what this scenario changes of the objects cannot be asked of the operator")
        self.install()
        secrets = run(TOP / "manifests/static/make-secrets", self.space)
        # The operator makes the group's own authority.
        self.apply(secrets.split("---\n")[0])
        self.apply_group()
        self.until("the operator made the Service", self.make_route, 60)

    def apply_group(self):
        group = self.sample().split("\n---\n")[1]
        image_line = next(line for line in group.splitlines() if line.startswith("  image: "))
        group = group.replace(image_line, f"  image: {self.engine}").replace(
            "  namespace: default\n", f"  namespace: {self.space}\n")
        if self.storage:
            group = group.replace("  storage:\n", f"  storage:\n    storageClassName: {self.storage[-1]}\n")
        self.apply(group + self.fields)

    def make_again(self, kind):
        """The operator does."""

    def make_route(self):
        """The client goes by a Service of its own: that of the group goes with it, and its address with that. It is made
        long before the client, whose first packet would be lost where no node knows that address yet."""
        seen = self.get("service", LISTENER)["spec"]
        route = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "e2e-route"},
                 "spec": {"selector": seen["selector"], "ports": [
                     {"port": one["port"], "targetPort": one["targetPort"]} for one in seen["ports"]]}}
        return self.apply(json.dumps(route))

    def client_objects(self, node):
        objects = json.dumps(client_objects(self.space, self.engine, node, self.client_restarts, self.client_words))
        return json.loads(objects.replace("MSSQL_AG_LISTENER_SERVICE_HOST", "E2E_ROUTE_SERVICE_HOST"))

    def condition(self, name):
        """"True: PrimaryHealthy: ..." of the custom resource."""
        status = self.get("sqlag", GROUP).get("status", {})
        found = [one for one in status.get("conditions", []) if one["type"] == name]
        return ": ".join(found[0][word] for word in ("status", "reason", "message")) if found else ""

    def group_id(self):
        return json.loads(self.get("configmap", f"{GROUP}-state")["data"]["state"])["groupId"]

    def objects_left(self):
        return self.kubectl("get", KINDS, "-l", f"app={GROUP}", "-o", "name").split()

    def keep(self, folder):
        super().keep(folder)
        for name, words in {"operator.log": ("logs", "deployment/mssql-ha", "--all-pods", "--prefix"),
                            "operator.txt": ("describe", "pods")}.items():
            try:
                (folder / name).write_text(self.of_operators(*words))
            except Failure as trouble:
                (folder / name).write_text(f"{trouble}\n")
        (folder / "resource.yaml").write_text(self.kubectl("get", "sqlag", "-o", "yaml"))

    def end(self):
        """An operator would make again what is taken away."""
        if "mssql-ha" in self.helm("list", "-q"):
            self.helm("uninstall", "mssql-ha", "--wait")
        self.kubectl("delete", "sqlag", "--all", "--wait=false")
        super().end()


class TwoVoters(Installed):
    """The community operator's own sample, unchanged: two synchronous replicas, and the client on the asynchronous one's
    node."""

    def sample(self):
        return (TOP / "manifests/samples/ag-sample.yaml").read_text()

    def voters(self):
        return self.members()[:2]

    def node_of_client(self, leader):
        return self.node_of(self.members()[2])


class ReadScale(Installed):
    """The three of the other scenarios, without a cluster: no Lease says who leads, and nobody takes over."""

    def __init__(self, *words):
        super().__init__(*words)
        self.client_words = ["--without-lease"]

    def sample(self):
        group = super().sample()
        for words, instead in {"clusterType: EXTERNAL": "clusterType: NONE", "failoverMode: Automatic": "failoverMode: Manual",
                               "    enabled: true\n": "    enabled: false\n"}.items():
            group = group.replace(words, instead)
        return group


class Upgradable(Installed):
    """Made by the chart and the image of an earlier commit (test/e2e/earlier); beside them there are this one's."""
    tree = TOP / "build/earlier"

    def __init__(self, *words):
        super().__init__(*words)
        self.now = Installed.chart, self.product
        self.chart = self.tree / "helm/mssql-ha"
        self.product = image("mssql-ha", self.tree / "build/images")

    def form(self):
        load_images({self.product}, self.tree / "build/images")
        load_images({self.now[1]})
        super().form()
