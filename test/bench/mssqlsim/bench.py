"""How fast the engine's double is, held to budgets. Run by the file `run` beside it.

bench.py BUILD [SECONDS]   BUILD: a release build's folder; SECONDS: of each load (3)

Roots lie in /dev/shm: the log is written and synced, and no disk is measured. After each stage the rows in the tables
are counted: as many as were acknowledged, on the primary and on each secondary.
"""
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "test/judges"))
import doubles  # noqa: E402
from main import JUDGES, Hands, who  # noqa: E402
from odbc import Manager  # noqa: E402

STARTS = 10
TABLE = "CREATE TABLE shop.dbo.t (id int NOT NULL PRIMARY KEY)"
INSERT = "INSERT INTO shop.dbo.t (id) VALUES (?)"
COUNT = "SELECT COUNT(*) FROM shop.dbo.t"


class Bench:
    def __init__(self, build, seconds):
        self.program = build / "test/mssqlsim/server/mssqlsim"
        self.own, self.driver = build / "test/bench/bench-tds-load", build / "test/bench/bench-odbc-load"
        self.seconds, self.missed, self.hands = seconds, 0, Hands()

    def tell(self, what, got, unit, budget, at_most=True):
        kept = got <= budget if at_most else got >= budget
        self.missed += not kept
        limit = "at most " if at_most else "at least"
        print(f"{what:<62} {got:>9,.1f} {unit:<9} {limit} {budget:>9,.1f}  {'kept' if kept else 'missed'}", flush=True)

    def show(self, what, got, unit):
        print(f"{what:<62} {got:>9,.1f} {unit:<9} no budget", flush=True)

    def load(self, program, *words, seconds=None):
        """p50 and p99 in microseconds, statements a second, connections, statements that were answered."""
        done = subprocess.run([program, *map(str, words), "--seconds", str(seconds or self.seconds)], capture_output=True,
                              text=True, timeout=120)
        told = re.fullmatch(r"p50 (\S+) p99 (\S+) rate (\S+) connections (\S+) executed (\S+)\n", done.stdout)
        if done.returncode or not told:
            sys.exit(f"bench: {program.name}: {done.stderr}{done.stdout}")
        return [float(one) for one in told.groups()]

    def start(self, double):
        """Milliseconds from fork to an answered login, which a client tries for each millisecond since before."""
        with subprocess.Popen([self.own, double.address, "--await-login"], stdout=subprocess.PIPE, text=True) as client:
            client.stdout.readline()
            begin = time.monotonic_ns()
            double.begin()
            answered = client.stdout.readline()
        double.await_ready()
        if not answered:
            sys.exit("bench: no login")
        return (int(answered) - begin) / 1e6

    def start_for_driver(self, double):
        """The same of one login of msodbcsql18, which begins when nobody listens yet."""
        begin = time.monotonic_ns()
        double.begin()
        JUDGES[0].connect(double, who({}), "plain").close()
        took = time.monotonic_ns() - begin
        double.await_ready()
        return took / 1e6

    def starts_and_rests(self):
        folder = tempfile.mkdtemp(prefix="bench-")
        one = doubles.Double(self.program, folder, "SQL9", "127.77.9.9")
        took = {self.start: [], self.start_for_driver: []}
        for how, all_of_them in took.items():
            for _ in range(STARTS):
                one.stop()
                all_of_them.append(how(one))
        self.tell(f"start, after the first, to the first login: worst of {STARTS}", max(took[self.start]), "ms", 100)
        self.show("the same for msodbcsql18, which waits when it is refused", max(took[self.start_for_driver]), "ms")
        time.sleep(2)  # at rest
        self.tell("at rest, Pss of parent and child", pss(one.process.pid) + pss(one.engine), "MB", 12)
        one.stop()
        shutil.rmtree(folder)

    def alone(self):
        stage = doubles.Stage(self.program, "127.77.8", 1, self.hands)
        address = stage.start("SQL1", "--hadr").address
        stage.do("SQL1", "CREATE DATABASE shop", TABLE, "CREATE TABLE shop.dbo.u (id int NOT NULL PRIMARY KEY)",
                 "INSERT INTO shop.dbo.u (id) VALUES (1)")
        p50, p99, *_ = self.load(self.driver, address, "SELECT id FROM shop.dbo.u WHERE id = ?", "--connections", 1, "--same-id")
        self.tell("point SELECT through msodbcsql18, p50", p50, "us", 150)
        self.tell("point SELECT through msodbcsql18, p99", p99, "us", 1000)
        *_, rate, _, acknowledged = self.load(self.own, address)
        self.tell("commits, 32 connections of our own TDS client", rate, "a second", 20000, at_most=False)
        *_, rate, _, more = self.load(self.driver, address, INSERT, "--first-id", 10**7)
        acknowledged += more
        self.tell("commits, 32 connections of msodbcsql18", rate, "a second", 10000, at_most=False)
        *_, count, more = self.load(self.own, address, "--connections", 1000, "--first-id", 2 * 10**7, seconds=1)
        self.tell("connections that commit at the same time", count, "", 1000, at_most=False)
        self.count(stage, "SQL1", acknowledged + more)
        stage.stop()

    def replicated(self):
        stage = doubles.Stage(self.program, "127.77.7", 1, self.hands)
        doubles.make_group(stage)
        stage.do("SQL1", TABLE, *(f"ALTER AVAILABILITY GROUP [ag1] MODIFY REPLICA ON N'{name}' WITH (SECONDARY_ROLE "
                                  "(ALLOW_CONNECTIONS = ALL))" for name in ("SQL2", "SQL3")))
        address = stage.doubles["SQL1"].address
        *_, rate, _, acknowledged = self.load(self.own, address)
        self.tell("commits to two synchronous peers, 32 of our own TDS client", rate, "a second", 5000, at_most=False)
        *_, rate, _, more = self.load(self.driver, address, INSERT, "--first-id", 10**7)
        self.show("commits to two synchronous peers, 32 of msodbcsql18", rate, "a second")
        stage.eventually("SQL1", doubles.JOINED, [(3,)])  # both took part to the end
        for name in stage.doubles:
            self.count(stage, name, acknowledged + more)
        stage.stop()

    def count(self, stage, name, acknowledged):
        """A secondary has hardened what was acknowledged, and may redo it a little later."""
        stage.eventually(name, COUNT, [(int(acknowledged),)])
        print(f"{name}: {int(acknowledged):,} commits acknowledged, as many rows")


def pss(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.M).group(1)) / 1024


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    tempfile.tempdir = "/dev/shm"
    Manager.get()  # where the driver is
    bench = Bench(pathlib.Path(sys.argv[1]).resolve(), float(sys.argv[2]) if len(sys.argv) > 2 else 3)
    bench.starts_and_rests()
    bench.alone()
    bench.replicated()
    bench.hands.close()
    print(f"budgets missed: {bench.missed}")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
