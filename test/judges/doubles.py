"""Starts the engine's double, alone or as a group of three, as the integration tests do."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PASSWORD = "Passw0rd!"
LIMIT = 20  # seconds for anything here
ADMIN_PORT = 1434  # the addresses differ


def admin_flags(address):
    """What opens the port that faults are set by."""
    return "--admin-address", address, "--admin-port", str(ADMIN_PORT)


def mends(fault):
    """What ends a fault that a line for this port began."""
    name, *rest = fault.split()
    return f"database-state {rest[0]} ONLINE" if name == "database-state" else " ".join([name, *rest[:-1], "off"])


class Double:
    """One instance. Its address is its own, so that all can use port 1433 and endpoints port 5022."""

    def __init__(self, program, folder, name, address, flags=("--hadr",), edition="Developer"):
        self.edition = edition
        self.name, self.address, self.root = name, address, pathlib.Path(folder) / name
        self.command = [program, "--root", self.root, "--name", name, "--address", address, *flags]
        self.root.mkdir(parents=True)
        self.begin()
        self.await_ready()

    def begin(self):
        environment = {"ACCEPT_EULA": "Y", "MSSQL_SA_PASSWORD": PASSWORD, "MSSQL_PID": self.edition,
                       "PATH": os.environ["PATH"]}
        self.process = subprocess.Popen(self.command, env=environment, stdout=subprocess.PIPE, text=True)

    def await_ready(self):
        said = self.process.stdout.readline()
        if not said.startswith("ready "):
            raise RuntimeError(f"{self.name} did not become ready: {said}")
        self.engine = int(said.split()[-1])  # the process that is the engine, below its watchdog

    @property
    def certificate(self):
        return self.root / "secrets/server.crt"

    def admin(self, line):
        """Of one that was started with `admin_flags`."""
        with socket.create_connection((self.address, ADMIN_PORT), LIMIT) as wire:
            wire.sendall(line.encode() + b"\n")
            told = wire.makefile().readline().strip()
        if told != "ok":
            raise RuntimeError(f"{self.name}: {line}: {told}")

    def stop(self):
        self.process.terminate()
        self.process.wait(LIMIT)
        self.process.stdout.close()


class Stage:
    """What rows of one `on` are asked of: the instances by name, and which one is asked."""

    def __init__(self, program, place, first_number, hands):
        self.program, self.place, self.hands = program, place, hands
        self.folder = tempfile.mkdtemp(prefix="judges-")
        self.number = first_number
        self.doubles = {}

    def start(self, name, *flags, edition="Developer"):
        self.doubles[name] = Double(self.program, self.folder, name, f"{self.place}.{self.number}", flags, edition)
        self.number += 1
        return self.doubles[name]

    def do(self, name, *batches):
        """Batches that must succeed, over connections that no judge has."""
        self.hands(self.doubles[name], batches)

    def eventually(self, name, batch, rows):
        limit = time.monotonic() + LIMIT
        while (told := self.hands(self.doubles[name], [batch])) != rows:
            if time.monotonic() > limit:
                raise RuntimeError(f"{name}: {batch} gives {told}, not {rows}")

    def words(self):
        return {name: one.address for name, one in self.doubles.items()}

    def stop(self):
        for one in self.doubles.values():
            one.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare(stage, name, role="ALL"):
    """Endpoint and certificate; returns the certificate for the others."""
    stage.do(name, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'Master.Key.1'",
             f"CREATE CERTIFICATE [cert_{name}] WITH SUBJECT = N'{name} dbm', EXPIRY_DATE = '20360101'",
             "CREATE ENDPOINT [hadr_endpoint] STATE = STARTED AS TCP (LISTENER_PORT = 5022, LISTENER_IP = ALL) FOR "
             f"DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [cert_{name}], ENCRYPTION = REQUIRED ALGORITHM AES, ROLE = {role})")
    return stage.hands(stage.doubles[name], [f"SELECT CERTENCODED(CERT_ID(N'cert_{name}'))"])[0][0]


def let_in(stage, at, whom, certificate):
    stage.do(at, f"CREATE LOGIN [dbm_{whom}] WITH PASSWORD = N'Endpoint.1'", f"CREATE USER [dbm_{whom}] FOR LOGIN [dbm_{whom}]",
             f"CREATE CERTIFICATE [cert_{whom}] AUTHORIZATION [dbm_{whom}] FROM BINARY = {certificate}",
             f"GRANT CONNECT ON ENDPOINT::[hadr_endpoint] TO [dbm_{whom}]")


ROLE = "SELECT role_desc FROM sys.dm_hadr_availability_replica_states WHERE is_local = 1"
JOINED = "SELECT COUNT(*) FROM sys.dm_hadr_database_replica_states WHERE synchronization_state = 2"


def replica(stage, name, configuration_only):
    mode = ("CONFIGURATION_ONLY" if name == configuration_only
            else "SYNCHRONOUS_COMMIT, FAILOVER_MODE = EXTERNAL, SEEDING_MODE = AUTOMATIC")
    return f"N'{name}' WITH (ENDPOINT_URL = N'TCP://{stage.doubles[name].address}:5022', AVAILABILITY_MODE = {mode})"


def make_group(stage, names=("SQL1", "SQL2", "SQL3"), edition="Developer", kind="", flags=None, synchronized=None,
               configuration_only=None):
    """Synchronous replicas, SQL1 primary, with the database `shop`; `flags` of the process by name."""
    for name in names:
        stage.start(name, "--hadr", *(flags or {}).get(name, ()), edition=edition)
    certificates = {name: prepare(stage, name) for name in names}
    for at in names:
        for whom in names:
            if at != whom:
                let_in(stage, at, whom, certificates[whom])
    replicas = ", ".join(replica(stage, name, configuration_only) for name in names)
    stage.do("SQL1", f"CREATE AVAILABILITY GROUP [ag1] WITH ({kind}DB_FAILOVER = ON, CLUSTER_TYPE = EXTERNAL, "
             f"WRITE_LEASE_VALIDITY = 600) FOR REPLICA ON {replicas}",
             "ALTER AVAILABILITY GROUP [ag1] GRANT CREATE ANY DATABASE")
    for name in names[1:]:
        stage.do(name, "ALTER AVAILABILITY GROUP [ag1] JOIN WITH (CLUSTER_TYPE = EXTERNAL)")
        if name != configuration_only:
            stage.do(name, "ALTER AVAILABILITY GROUP [ag1] GRANT CREATE ANY DATABASE")
        seat(stage, name)
    stage.do("SQL1", "CREATE DATABASE shop", "ALTER DATABASE shop SET RECOVERY FULL",
             "CREATE TABLE shop.dbo.items (id int NOT NULL PRIMARY KEY, name nvarchar(50))",
             "INSERT INTO shop.dbo.items (id, name) VALUES (1, N'one'), (2, N'two')",
             "BACKUP DATABASE shop TO DISK = N'NUL'", "ALTER AVAILABILITY GROUP [ag1] ADD DATABASE shop")
    stage.eventually("SQL1", JOINED, [(synchronized or len(names),)])


def seat(stage, name):
    """SET (ROLE = SECONDARY) may be refused (41104) until the primary was heard."""
    limit = time.monotonic() + LIMIT
    while True:
        try:
            stage.do(name, "ALTER AVAILABILITY GROUP [ag1] SET (ROLE = SECONDARY)")
            break
        except RuntimeError:
            if time.monotonic() > limit:
                raise
    stage.eventually(name, ROLE, [("SECONDARY",)])


def make_damaged_group(stage):
    """The primary's database is SUSPECT."""
    make_group(stage, flags={"SQL1": admin_flags(f"{stage.place}.{stage.number}")})
    stage.doubles["SQL1"].admin("database-state shop SUSPECT")


def make_forced_group(stage):
    """SQL2 was made primary by force, SQL3 follows it, and SQL1 is OFFLINE."""
    make_group(stage)
    for name in stage.doubles:
        stage.do(name, "ALTER AVAILABILITY GROUP [ag1] OFFLINE")
        stage.eventually(name, ROLE, [("RESOLVING",)])
    stage.do("SQL2", "EXEC sp_set_session_context @key = N'external_cluster', @value = N'yes'; "
             "ALTER AVAILABILITY GROUP [ag1] FORCE_FAILOVER_ALLOW_DATA_LOSS")
    stage.eventually("SQL2", ROLE, [("PRIMARY",)])
    stage.do("SQL2", "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 600)")
    seat(stage, "SQL3")


def make_faulty(stage):
    """Alone, with the database `shop`; faults may be set."""
    made = stage.start("SQL1", "--hadr", *admin_flags(f"{stage.place}.{stage.number}"))
    prepare(stage, "SQL1")
    stage.do("SQL1", "CREATE DATABASE shop", "ALTER DATABASE shop SET RECOVERY FULL", "BACKUP DATABASE shop TO DISK = N'NUL'",
             "CREATE TABLE shop.dbo.items (id int NOT NULL PRIMARY KEY, name nvarchar(50))",
             "INSERT INTO shop.dbo.items (id, name) VALUES (1, N'one'), (2, N'two')")
    return made


def make_contained_secondary(stage):
    make_group(stage, ("SQL1", "SQL2"), kind="CONTAINED, ", synchronized=6)
    stage.do("SQL1", "ALTER AVAILABILITY GROUP [ag1] MODIFY REPLICA ON N'SQL2' WITH (SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))")
    return stage.doubles["SQL2"]


def make(stage, what):
    """Returns the instance that rows of this stage are asked of."""
    if what in ("faults", "contained-secondary"):
        return {"faults": make_faulty, "contained-secondary": make_contained_secondary}[what](stage)
    if what == "configuration-only":
        make_group(stage, configuration_only="SQL3", synchronized=2)
        return stage.doubles["SQL3"]
    if what == "no-hadr":
        return stage.start("SQL1")
    if what == "instance":
        made = stage.start("SQL1", "--hadr")
        prepare(stage, "SQL1")
        return made
    if what in ("standard", "express", "edge"):
        made = stage.start("SQL1", *(["--edge"] if what == "edge" else ["--hadr"]),
                           edition="Developer" if what == "edge" else what)
        prepare(stage, "SQL1", "WITNESS" if what == "express" else "ALL")
        return made
    if what == "basic-secondary":
        make_group(stage, ("SQL1", "SQL2"), "Standard", "BASIC, ")
        return stage.doubles["SQL2"]
    if what == "damaged":
        make_damaged_group(stage)
        return stage.doubles["SQL1"]
    if what == "older":
        make_group(stage, flags={"SQL3": ("--version-number", "15.0.4430.1")}, synchronized=2)
        return stage.doubles["SQL3"]
    if what in ("forced", "forced-secondary"):
        make_forced_group(stage)
        return stage.doubles["SQL2" if what == "forced" else "SQL3"]
    make_group(stage)
    if what == "resolving":
        stage.do("SQL3", "ALTER AVAILABILITY GROUP [ag1] OFFLINE")
        stage.eventually("SQL3", ROLE, [("RESOLVING",)])
    return stage.doubles[{"primary": "SQL1", "secondary": "SQL2", "resolving": "SQL3"}[what]]
