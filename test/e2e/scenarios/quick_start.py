"""What the community operator's quick start has people type, with sqlcmd in the engine's container."""
import base64

SQLCMD = "/opt/mssql-tools18/bin/sqlcmd"

DATABASE = """
IF DB_ID('TestDB') IS NULL CREATE DATABASE TestDB;
BACKUP DATABASE TestDB
  TO DISK = '/var/opt/mssql/data/TestDB.bak'
  WITH INIT, FORMAT;
GO
ALTER AVAILABILITY GROUP [AG1] ADD DATABASE TestDB;
GO
"""
STATES = """
SELECT
  ar.replica_server_name,
  db.name AS database_name,
  drs.synchronization_state_desc,
  drs.synchronization_health_desc
FROM sys.dm_hadr_database_replica_states drs
JOIN sys.dm_hadr_availability_replica_states ars
  ON drs.replica_id = ars.replica_id
JOIN sys.availability_replicas ar
  ON drs.replica_id = ar.replica_id
JOIN sys.databases db
  ON drs.database_id = db.database_id
"""
FAILOVER = """
EXEC sp_set_session_context @key = N'external_cluster', @value = N'yes';
ALTER AVAILABILITY GROUP AG1 FAILOVER;
"""
ROLES = """
SET NOCOUNT ON;
SELECT
  r.replica_server_name AS Pod,
  rs.role_desc AS Role,
  rs.synchronization_health_desc AS [Sync Health],
  ISNULL(drs.synchronization_state_desc, '—') AS [Sync State]
FROM sys.dm_hadr_availability_replica_states rs
JOIN sys.availability_replicas r
  ON rs.replica_id = r.replica_id
LEFT JOIN sys.dm_hadr_database_replica_states drs
  ON rs.replica_id = drs.replica_id
ORDER BY rs.role_desc DESC, r.replica_server_name;
"""


def quick_start(group):
    """A database is made and added, looked at, and the group failed over by hand: here that is a FAILOVER without the
    Lease, which is undone (rule 32)."""
    leader = group.primary()
    typed(group, leader, "-No", "-b", "-Q", DATABASE)
    healthy = lambda: rows(group, leader, STATES, "TestDB").count("SYNCHRONIZED,HEALTHY") == 3
    group.until("TestDB is synchronized at all three", healthy, 60)
    group.say("\n" + typed(group, leader, "-No", "-W", "-Q", STATES).strip())
    heir = next(pod for pod in group.members() if pod != leader)
    group.mark(f"FAILOVER is typed at {heir}")
    typed(group, heir, "-No", "-b", "-Q", FAILOVER)
    # By its supervisor's log: it gives the role up sooner than it can be asked for it.
    log = lambda: group.kubectl("logs", heir, "-c", "mssql-ha-supervisor")
    group.until(f"{heir} was primary", lambda: '"to":"primary"' in log(), 60)
    group.until(f"{heir} follows again, for the Lease is another's", lambda: "clear_strange" in log(), 60)
    gap = group.healed()
    group.say("\n" + typed(group, group.primary(), "-No", "-C", "-W", "-Q", ROLES).strip())
    return gap


def typed(group, pod, *words):
    secret = group.get("secret", "mssql-ag-secret")["data"]["SA_PASSWORD"]
    password = base64.b64decode(secret).decode()
    return group.kubectl("exec", pod, "--", SQLCMD, "-S", "localhost", "-U", "sa", "-P", password, *words)


def rows(group, pod, query, *names):
    """One line for each row, cells with commas between."""
    lines = typed(group, pod, "-No", "-W", "-h-1", "-s,", "-Q", query).splitlines()
    return "\n".join(line for line in lines if all(name in line for name in names))
