"""A group of three with its client in a fresh namespace of the cluster, as a scenario sees it."""
import json
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

from checks import TOOL, Failure
from cluster.settings import ADMIN, BIN, NODES
from witness import CLIENT_PORT, GROUP, client_objects, disagreements

TOP = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = TOP / "manifests/samples/ag-three-synchronous.yaml"
IMAGES = TOP / "build/images"
PLAN_OBJECTS = TOP / "build/release/test/demo/plan-objects"


def run(*command, given=None, limit=120):
    done = subprocess.run([str(word) for word in command], input=given, capture_output=True,
                          text=True, timeout=limit, check=False)
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    if "Warning: would violate" in done.stderr or "Warning: unknown field" in done.stderr:
        raise Failure(done.stderr.strip())
    return done.stdout


def image(name, folder=IMAGES):
    """The reference of an image that docker/build-local made; its tag names what is in it."""
    return (folder / f"{name}.ref").read_text().strip()


def load_images(references, folder=IMAGES):
    """Into every node that has not got them."""
    for reference in references:
        lacking = [node for node in NODES
                   if reference not in run(TOOL, "in", node, "ctr", "-n", "k8s.io", "images",
                                           "ls", "-q").split()]
        if lacking:
            name = reference.removeprefix("localhost/").partition(":")[0]
            run(TOOL, "load", folder / f"{name}.tar", limit=300)


class Slice:
    """The group, its client and the timeline of one scenario."""

    def __init__(self, scenario, microsoft=False):
        self.scenario = scenario
        self.storage = []  # plan-objects' words for the volumes
        self.client_restarts = "Never"
        self.client_words = []  # more of the client's arguments
        self.changes = {}  # words of the objects, and what stands there instead
        self.fields = ""  # the same, where an operator makes them: more lines of the resource's spec
        self.objects = ""
        # The test image has the supervisor too; the one with Microsoft's driver is used for all.
        self.engine = image("mssql-ha-test-microsoft" if microsoft else "mssql-ha-test")
        self.product = self.engine if microsoft else image("mssql-ha")
        self.space = f"e2e-{scenario}-{int(time.time()) % 100000}"
        self.began = time.monotonic()
        self.client = None

    def say(self, words):
        print(f"{time.monotonic() - self.began:7.1f} s  {words}", flush=True)

    def kubectl(self, *words, given=None, limit=120):
        return run(BIN / "kubectl", "--kubeconfig", ADMIN, "-n", self.space, *words, given=given,
                   limit=limit)

    def apply(self, text, *words):
        return self.kubectl("apply", "--validate=strict", *words, "-f", "-", given=text)

    def get(self, *words):
        return json.loads(self.kubectl("get", *words, "-o", "json"))

    # -- the beginning and the end

    def form(self):
        load_images({self.product, self.engine})
        self.make_namespace()
        self.make_group()
        self.say(f"applied to namespace {self.space}")
        leader = self.until("somebody is labelled primary", self.labelled, 180)
        places = {self.node_of(pod) for pod in self.members()}
        if len(places) < 3:
            raise Failure(f"the replicas are on {sorted(places)} only: is a node full, or cordoned?")
        items = self.client_objects(self.node_of_client(leader))
        self.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        self.until("writes come through", self.client_writes, 180)
        self.say(f"formed, {self.primary()} leads")

    def node_of_client(self, leader):
        """What happens to the primary's node does not happen to the client."""
        return next(one for one in NODES if one != self.node_of(leader))

    def client_objects(self, node):
        return client_objects(self.space, self.engine, node, self.client_restarts, self.client_words)

    def make_namespace(self):
        namespace = (TOP / "manifests/static/namespace.yaml").read_text()
        self.apply(namespace.replace("name: mssql\n", f"name: {self.space}\n"))
        # After a scenario that had the API server away a node keeps its taint for a while.
        self.until("no node is tainted or cordoned", lambda: not self.kubectl(
            "get", "nodes", "-o", "jsonpath={.items[*].spec.taints}").strip(), 120)

    def sample(self):
        """The custom resource. At the end all three are read back; in the sample the first is no readable secondary."""
        return SAMPLE.read_text().replace("- name: primary\n", "- name: primary\n      readableSecondary: true\n")

    def make_group(self):
        """Without an operator: from static objects."""
        secrets = run(TOP / "manifests/static/make-secrets", self.space)
        sample = TOP / "build/e2e/group.yaml"
        sample.parent.mkdir(parents=True, exist_ok=True)
        sample.write_text(self.sample())
        objects = run(PLAN_OBJECTS, sample, "--namespace", self.space, "--supervisor-image",
                      self.product, "--engine-image", self.engine, "--yaml",
                      *self.storage)
        # The sample's own Secret has a password that everybody knows.
        objects = "---\n".join(one for one in objects.split("---\n") if "kind: Secret" not in one)
        for words, instead in self.changes.items():
            if words not in objects:
                raise Failure(f"the objects do not have: {words}")
            objects = objects.replace(words, instead)
        self.apply(secrets)
        self.apply(objects, "--dry-run=server")
        self.apply(objects)
        self.objects = objects

    def client_writes(self):
        self.client = self.address_of("e2e-client")
        return self.client and self.ask("state", limit=5)["writing"]

    def end(self):
        """Waits until its pods are gone: they would take the room of the next one's. Without them the namespace
        goes soon; with them its controller would come back for it half a grace period later."""
        self.kubectl("delete", "statefulsets,pods", "--all", "--timeout=240s", limit=260)
        self.kubectl("delete", "namespace", self.space, "--wait=false")

    def keep(self, folder):
        """What people need in order to see what went wrong."""
        folder.mkdir(parents=True, exist_ok=True)
        kinds = "pods,statefulsets,services,endpointslices,leases,configmaps,pvc,poddisruptionbudgets"
        wanted = {"objects.yaml": ("get", kinds, "-o", "yaml"),
                  "events.txt": ("get", "events", "--sort-by=.metadata.creationTimestamp"),
                  "pods.txt": ("get", "pods", "-o", "wide"), "nodes.txt": ("get", "nodes")}
        for pod in self.members():
            for container in ("mssql", "mssql-ha-supervisor"):
                wanted[f"{pod}.{container}.log"] = ("logs", pod, "-c", container)
                wanted[f"{pod}.{container}.before.log"] = ("logs", pod, "-c", container, "-p")
        wanted["client.log"] = ("logs", "e2e-client")
        for name, words in wanted.items():
            try:
                (folder / name).write_text(self.kubectl(*words))
            except (Failure, subprocess.TimeoutExpired) as trouble:
                (folder / name).write_text(f"{trouble}\n")

    def keep_layers(self):
        """Pods and instances' own rows at each transition, for people."""
        folder = TOP / "build/e2e/layers"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.scenario}.json").write_text(json.dumps(self.ask("layers"), indent=1))

    # -- looking

    def until(self, what, ready, limit):
        end = time.monotonic() + limit
        last = None
        while time.monotonic() < end:
            try:
                last = ready()
                if last:
                    return last
            except (Failure, OSError) as trouble:
                last = trouble
            time.sleep(0.25)
        raise Failure(f"waited {limit} s in vain: {what} (last: {last})")

    def address_of(self, pod):
        status = self.get("pod", pod)["status"]
        return status.get("podIP") if status["phase"] == "Running" else None

    def labelled(self):
        found = self.get("pods", "-l", "sql.mssql.microsoft.com/ag-role=primary")["items"]
        return found[0]["metadata"]["name"] if len(found) == 1 else None

    def members(self):
        return [f"{GROUP}-{i}" for i in range(3)]

    def voters(self):
        """Those that have all that is acknowledged, as long as the group is whole."""
        return self.members()

    def readable(self):
        """Where the client reads back at the end."""
        return self.voters()

    def seen_of_engine(self, pod):
        """What the kubelet says of the engine's container."""
        return self.get("pod", pod)["status"]["containerStatuses"][0]

    def restarts(self, pod):
        """How often the engine's container was started again."""
        return self.seen_of_engine(pod)["restartCount"]

    def is_back(self, pod, uid):
        """Whether another pod of that name is ready."""
        seen = self.get("pod", pod)
        ready = [one["status"] for one in seen["status"].get("conditions", []) if one["type"] == "Ready"]
        return seen["metadata"]["uid"] != uid and ready == ["True"]

    def backs_off(self, pod):
        return self.seen_of_engine(pod)["state"].get("waiting", {}).get("reason") == "CrashLoopBackOff"

    def told_by(self, pod, condition):
        """The words of a condition in the /status of the pod's supervisor; empty when it does not hold."""
        with urllib.request.urlopen(f"http://{self.address_of(pod)}:8080/status", timeout=5) as came:
            found = json.load(came)["groups"][0]["conditions"]
        return next((one["words"] for one in found if one["type"] == condition), "")

    def told_by_group(self, condition):
        """The same in the ConfigMap of the group's state, which the primary writes."""
        state = json.loads(self.get("configmap", f"{GROUP}-state")["data"]["state"])
        return next((one["words"] for one in state["conditions"] if one["type"] == condition), "")

    def node_of(self, pod):
        return self.get("pod", pod)["spec"]["nodeName"]

    def type(self, pod, batch):
        """Runs a batch at the pod's instance, as somebody with a prompt would; an error fails."""
        self.say(f"at {pod}: {batch}")
        if trouble := self.ask("run", f"{pod}\n{batch}")["error"]:
            raise Failure(trouble)

    def ask(self, what, told=None, limit=60):
        url = f"http://{self.client}:{CLIENT_PORT}/{what}"
        data = None if told is None else told.encode()
        with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=limit) as came:
            return json.load(came)

    def primary(self):
        return self.until("one primary", lambda: self.ask("state")["primaries"], 60)[0]

    # -- what is done to it

    def on_disk(self, pod, kind, script):
        """Runs a shell's words in the folder of the pod's volume of that kind, on its node."""
        seen = self.get("pod", pod)
        folder = f"/var/lib/kubelet/pods/{seen['metadata']['uid']}/volumes/kubernetes.io~{kind}/*/"
        return run(TOOL, "in", seen["spec"]["nodeName"], "sh", "-c", f"cd {folder} && {script}")

    def aim(self, pod, program, name):
        """What sends a signal to every process of that name in the pod, from its node."""
        seen = self.get("pod", pod)
        node, uid = seen["spec"]["nodeName"], seen["metadata"]["uid"]
        # Process names are cut after fifteen characters.
        script = (f"for one in $(grep -l {uid} /proc/[0-9]*/cgroup 2>/dev/null | cut -d/ -f3); do "
                  f"[ \"$(cat /proc/$one/comm)\" != {program[:15]} ] || echo $one; done")
        found = run(TOOL, "in", node, "sh", "-c", script).split()
        if not found:
            raise Failure(f"{pod} has no process {program}")
        # The engine's child ends with its parent, and may be gone when its turn comes.
        kill = f"kill -{name} {' '.join(found)} 2>/dev/null; true"
        return lambda: run(TOOL, "in", node, "sh", "-c", kill)

    def make_again(self, kind):
        """An object of this kind as it was applied at first."""
        self.apply(next(one for one in self.objects.split("---\n") if f"\nkind: {kind}\n" in one))

    def cluster(self, *words):
        self.say("cluster " + " ".join(words))
        run(TOOL, *words, limit=180)

    # -- judging

    def fail(self, words):
        raise Failure(words)

    def mark(self, words):
        self.say(words)
        self.ask("mark", words)

    def pause(self, seconds):
        """Until what was done has had its effect: before, everything still looks well."""
        time.sleep(seconds)

    def acknowledged(self):
        return self.ask("state")["writes"]["route"]["acknowledged"]

    def writes_again(self, limit=120):
        self.wait_for_write(limit)
        self.say(f"writes are acknowledged, {self.primary()} leads")

    def wait_for_write(self, limit):
        before = self.acknowledged()
        self.until("an acknowledged write", lambda: self.acknowledged() > before, limit)

    def whole_again(self, limit=120):
        """Writes, and the group whole."""
        self.wait_for_write(limit)
        self.until("the group is whole", self.whole, limit)
        time.sleep(2)
        self.say(f"whole again, {self.primary()} leads")

    def healed(self, limit=120):
        """The same; returns the longest gap in seconds."""
        self.whole_again(limit)
        gap = self.gap()
        self.say(f"longest gap {gap:.2f} s")
        return gap

    def gap(self, through="longest_gap_ms"):
        return self.ask("gap")[through] / 1000

    def whole(self):
        """All in step, and none about to go: a node that comes back may find its pods evicted meanwhile."""
        state = self.ask("state")
        if not state["settled"] or not state["in_step"] or len(state["synchronized"]) < len(self.voters()):
            return False
        return not self.kubectl("get", "pods", "-o", "jsonpath={.items[*].metadata.deletionTimestamp}").strip()

    def judge(self):
        """Nothing that was acknowledged is lost, and never two accepted writes."""
        verdict = self.ask("finish", "", limit=120)
        self.keep_layers()
        writes = verdict["writes"]
        for writer, where in (("route", "through the Service"), ("direct", "tried at every instance")):
            self.say(f"writes {where}: " + ", ".join(
                f"{count} {what}" for what, count in writes[writer].items()))
        for pod, keys in verdict["keys"].items():
            if keys.get("error") or keys["lost"] or keys["sum"]:
                raise Failure(f"{pod}: {keys}")
            self.say(f"read back at {pod}: {keys['keys']} keys, none lost, sum 0")
        if sorted(verdict["keys"]) != self.readable():
            raise Failure(f"only {sorted(verdict['keys'])} could be read back")
        for found in ("second_primaries", "forgotten"):
            if verdict[found]:
                raise Failure(f"{found}: " + "; ".join(verdict[found][:3]))
        if found := disagreements(verdict["layers"]):
            raise Failure("pods and instances disagree: " + "; ".join(found))
        return sum(counts["acknowledged"] for counts in writes.values())
