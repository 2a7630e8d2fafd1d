"""An instance in no group, which an operator made, and somebody who writes to it: as a scenario sees it, like a Slice."""
import secrets
import subprocess
import threading
import time

from checks import Failure
from cluster.settings import NODES
from installed import Installed
from slice import TOOL, TOP, load_images, run

NAME = "mssql-standalone"
POD = f"{NAME}-0"
ROWS = "[kept].[dbo].[rows]"


class Standalone(Installed):
    def form(self):
        load_images({self.product, self.engine})
        self.make_namespace()
        self.install()
        self.password = f"Ha1-{secrets.token_hex(16)}"
        self.kubectl("create", "secret", "generic", "mssql-secret", f"--from-literal=SA_PASSWORD={self.password}")
        resource = (TOP / "manifests/samples/instance.yaml").read_text().split("\n---\n")[1]
        self.apply(resource.replace("mcr.microsoft.com/mssql/server:2022-latest", self.engine).replace(
            "  namespace: default\n", f"  namespace: {self.space}\n").replace(
            "  storage:\n", f"  storage:\n    storageClassName: {self.storage[-1]}\n"))
        self.until("the Service leads to the engine", lambda: self.sql("SELECT 1"), 180)
        self.until("a database", lambda: self.sql("CREATE DATABASE [kept]"), 30)
        self.until("a table", lambda: self.sql(f"CREATE TABLE {ROWS} ([id] bigint NOT NULL PRIMARY KEY)"), 30)
        self.writer = Writer(self)
        self.writer.start()
        self.say(f"formed, {POD} is on {self.node_of(POD)}")

    def address(self):
        """What the Service leads to now; None: to nothing."""
        slices = self.get("endpointslices", "-l", f"kubernetes.io/service-name={NAME}")["items"]
        ready = [one["addresses"][0] for each in slices for one in each["endpoints"] or []
                 if one["conditions"].get("ready")]
        return ready[0] if ready else None

    def sql(self, batch, address=None):
        """Lines of values; a refused batch fails."""
        address = address or self.address() or self.fail("the Service leads to nothing")
        login = f"Driver=FreeTDS;Server={address};Port=1433;UID=sa;PWD={self.password};TDS_Version=7.4;Encryption=require;"
        done = subprocess.run(["isql", "-k", login, "-b", "-v", "-d,"], input=batch + "\n", text=True, capture_output=True,
                              timeout=10, check=False)
        if done.returncode or "ERROR" in done.stderr:
            raise Failure(f"{batch}: {done.stdout.strip()}")
        return done.stdout.split() or ["done"]

    # -- what a Slice has of its client

    def mark(self, words):
        self.say(words)
        self.writer.marked = time.monotonic()

    def gap(self, through=None):
        return self.writer.gap()

    def wait_for_write(self, limit):
        before = len(self.writer.acknowledged)
        self.until("an acknowledged write", lambda: len(self.writer.acknowledged) > before, limit)

    def healed(self, limit=120):
        self.wait_for_write(limit)
        self.say(f"writes are acknowledged, {POD} is on {self.node_of(POD)}; longest gap {self.gap():.2f} s")
        return self.gap()

    def members(self):
        return [POD]

    def engines(self):
        """The nodes where an engine runs, whatever the API server knows of it."""
        script = 'cat /proc/[0-9]*/comm 2>/dev/null | grep -c "^sqlservr$"; true'
        return [node for node in NODES if run(TOOL, "in", node, "sh", "-c", script).strip() not in ("", "0")]

    def judge(self):
        self.writer.stop()
        there = {int(line) for line in self.sql(f"SELECT [id] FROM {ROWS}") if line.isdigit()}
        written = {key for key, _ in self.writer.acknowledged}
        if lost := written - there:
            raise Failure(f"{len(lost)} acknowledged rows are lost, the first is {min(lost)}")
        self.say(f"read back: {len(there)} rows, of {len(written)} acknowledged none lost")
        return len(written)

    def end(self):
        self.writer.stop()
        self.kubectl("delete", "sqli", "--all", "--wait=false")
        super().end()


class Writer(threading.Thread):
    """A row after the other by the Service, every 50 ms."""

    def __init__(self, instance):
        super().__init__(daemon=True)
        self.instance = instance
        self.acknowledged = []  # key, when
        self.marked = time.monotonic()
        self.ended = threading.Event()

    def run(self):
        key, address = 0, None
        while not self.ended.wait(0.05):
            key += 1
            try:
                address = address or self.instance.address()
                self.instance.sql(f"INSERT INTO {ROWS} ([id]) VALUES ({key})", address)
                self.acknowledged.append((key, time.monotonic()))
            except (Failure, subprocess.TimeoutExpired):
                address = None

    def gap(self):
        times = [self.marked, *(at for _, at in self.acknowledged if at > self.marked)]
        return max(later - earlier for earlier, later in zip(times, [*times[1:], time.monotonic()]))

    def stop(self):
        self.ended.set()
        self.join()
