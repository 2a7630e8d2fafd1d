"""A group of three doubles whose processes are killed and started again, over Microsoft's driver."""
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "judges"))

import doubles  # noqa: E402
from odbc import Microsoft  # noqa: E402

LIMIT = 30  # seconds for anything here
NAMES = ("SQL1", "SQL2", "SQL3")
AG = "ALTER AVAILABILITY GROUP [ag1] "
NEWEST = "SELECT sequence_number FROM sys.availability_groups"


class Process(doubles.Double):
    """A double that can be killed, and started again on what it left behind."""

    def kill(self):
        os.kill(self.engine, signal.SIGKILL)

    def begin_again(self):
        self.process.wait(LIMIT)  # its watchdog ends with it
        self.process.stdout.close()
        self.begin()


class Failed(Exception):
    """A promise was broken."""


class Hands:
    """Statements over a connection to each instance; one whose process is gone is opened anew."""

    def __init__(self):
        self.open = {}

    def forget(self, double):
        if double.address in self.open:
            self.open.pop(double.address).close()

    def ask(self, double, batch):
        if double.address not in self.open:
            self.open[double.address] = connect(double)
        told = self.open[double.address].ask({"run": batch})
        if any(one.number == 0 for one in told.errors):
            self.forget(double)
        return told

    def __call__(self, double, batches):
        told = None
        for one in batches:
            told = self.ask(double, one)
            if told.errors:
                raise RuntimeError(f"{double.name}: {one}: {told.errors}")
        return told.sets[-1].rows if told and told.sets else []


def connect(double):
    return Microsoft().connect(double, {"user": "sa", "password": doubles.PASSWORD}, "plain")


class Group(doubles.Stage):
    def __init__(self, program, place, faults=()):
        super().__init__(program, place, 1, Hands())
        self.faults = faults
        self.primary = "SQL1"
        try:
            doubles.make_group(self)
            self.do("SQL1", AG + "SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 1)",
                    "CREATE TABLE shop.dbo.pairs (id bigint NOT NULL PRIMARY KEY, v nvarchar(50))")
            self.set_faults(NAMES)
        except Exception:
            self.stop()
            raise

    def start(self, name, *flags, edition="Developer"):
        address = f"{self.place}.{self.number}"
        flags = [*flags, *doubles.admin_flags(address)]
        self.doubles[name] = Process(self.program, self.folder, name, address, flags, edition)
        self.number += 1
        return self.doubles[name]

    def set_faults(self, names):
        for name in names:
            for fault in self.faults:
                self.doubles[name].admin(fault)

    def rows(self, batch):
        return self.hands(self.doubles[self.primary], [batch])

    def until(self, what, holds):
        limit = time.monotonic() + LIMIT
        while not holds():
            if time.monotonic() > limit:
                raise Failed(f"{what}: not within {LIMIT} s")
            time.sleep(0.005)

    def has_role(self, name, role):
        told = self.hands.ask(self.doubles[name], doubles.ROLE)
        return not told.errors and told.sets[0].rows == [(role,)]

    def kill(self, names):
        for name in names:
            self.doubles[name].kill()

    def restart(self, names):
        for name in names:
            self.hands.forget(self.doubles[name])
            self.doubles[name].begin_again()
        for name in names:
            self.doubles[name].await_ready()
        self.set_faults(names)

    def form(self, names, in_its_turn=lambda name: False):
        """With those that were killed and run again the group has a primary and is synchronized."""
        if self.primary in names:
            while not self.elect(in_its_turn):
                pass
            names = [name for name in NAMES if name != self.primary]
        for name in names:
            self.follow(name)
        self.until("three replicas synchronized", lambda: self.rows(doubles.JOINED) == [(3,)])

    def follow(self, name):
        self.until(f"{name} takes its role",
                   lambda: not self.hands.ask(self.doubles[name], AG + "SET (ROLE = SECONDARY)").errors)
        self.until(f"{name} SECONDARY", lambda: self.has_role(name, "SECONDARY"))

    def elect(self, in_its_turn):
        """The newest configuration wins, as an agent would have it, if the engine does not refuse. `in_its_turn` says
        whether that instance is killed when FAILOVER was answered; then nobody is elected."""
        for name in NAMES:
            self.do(name, AG + "OFFLINE")
            self.until(f"{name} RESOLVING", lambda: self.has_role(name, "RESOLVING"))
        order = sorted(NAMES, key=lambda name: -self.hands(self.doubles[name], [NEWEST])[0][0])
        turn = (AG + "SET (WRITE_LEASE_VALIDITY = 600); EXEC sp_set_session_context N'external_cluster', N'yes'; " + AG +
                "FAILOVER")
        for name in order:
            if not self.hands.ask(self.doubles[name], turn).errors:
                if in_its_turn(name):
                    self.kill([name])
                    self.restart([name])
                    return False
                self.primary = name
                self.until(f"{name} PRIMARY", lambda: self.has_role(name, "PRIMARY"))
                return True
        raise Failed("no instance can be primary")
