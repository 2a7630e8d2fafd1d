-- Every text the agent can send, with values made up. Written by the unit test of
-- agent/statements; not to be edited.

-- canary
SELECT ms_ticks, CONVERT(nvarchar(30), sqlserver_start_time, 126) AS started,
    CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) AS server_name,
    CONVERT(int, SERVERPROPERTY(N'IsHadrEnabled')) AS hadr_enabled,
    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER STATE') AS sees_state,
    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY DEFINITION') AS sees_groups
  FROM sys.dm_os_sys_info;
SELECT e.name AS name, e.state_desc AS state, t.port AS port
  FROM sys.database_mirroring_endpoints AS e
  INNER JOIN sys.tcp_endpoints AS t ON t.endpoint_id = e.endpoint_id;
SELECT CONVERT(nvarchar(36), g.group_id) AS group_id, g.name AS name,
    g.cluster_type_desc AS cluster_type, g.sequence_number AS sequence_number,
    g.required_synchronized_secondaries_to_commit AS required
  FROM sys.availability_groups AS g WHERE g.name = N'ag1';
SELECT r.replica_server_name AS replica, s.role_desc AS role,
    s.operational_state_desc AS operational, s.connected_state_desc AS connected,
    CONVERT(nvarchar(30), s.current_configuration_commit_start_time_utc, 126) AS commit_started
  FROM sys.availability_groups AS g
  INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
  INNER JOIN sys.availability_replicas AS r ON r.replica_id = s.replica_id
  WHERE g.name = N'ag1';
SELECT r.replica_server_name AS replica, CONVERT(nvarchar(36), r.replica_id) AS replica_id,
    r.availability_mode_desc AS mode, r.endpoint_url AS endpoint_url,
    s.connected_state_desc AS connected
  FROM sys.availability_groups AS g
  INNER JOIN sys.availability_replicas AS r ON r.group_id = g.group_id
  LEFT JOIN sys.dm_hadr_availability_replica_states AS s ON s.replica_id = r.replica_id
  WHERE g.name = N'ag1' ORDER BY r.replica_server_name;
SELECT r.replica_server_name AS replica, b.name AS [database],
    CONVERT(int, d.is_local) AS is_local, d.synchronization_state_desc AS state,
    CONVERT(nvarchar(30), d.last_hardened_lsn) AS hardened,
    d.redo_queue_size AS redo_queue, CONVERT(int, d.is_suspended) AS suspended,
    d.database_state_desc AS database_state, d.suspend_reason_desc AS suspended_by
  FROM sys.availability_groups AS g
  INNER JOIN sys.dm_hadr_database_replica_states AS d ON d.group_id = g.group_id
  INNER JOIN sys.availability_replicas AS r ON r.replica_id = d.replica_id
  LEFT JOIN sys.databases AS b ON b.database_id = d.database_id
  WHERE g.name = N'ag1' ORDER BY r.replica_server_name, b.name;
GO

-- diagnostics
EXEC sp_server_diagnostics 5;
GO

-- renew_write_lease
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'PRIMARY'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 9);
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- failover
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'RESOLVING'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 9);
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  EXEC sp_set_session_context @key = N'external_cluster', @value = N'yes';
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] FAILOVER;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- failover
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'RESOLVING'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  EXEC sp_set_session_context @key = N'external_cluster', @value = N'yes';
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] FAILOVER;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- offline
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] OFFLINE;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- offline
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.availability_replicas AS r ON r.group_id = g.group_id
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.replica_id = r.replica_id
      WHERE g.name = N'ag1' AND r.replica_server_name = N'ag-1'
      AND s.connected_state_desc = N'CONNECTED')
    THROW 51006, N'mssql-ha: the target is not connected and SYNCHRONIZED in every database', 1;
  IF EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_database_replica_states AS d ON d.group_id = g.group_id AND d.is_local = 1
      INNER JOIN sys.availability_replicas AS r ON r.group_id = g.group_id AND r.replica_server_name = N'ag-1'
      LEFT JOIN sys.dm_hadr_database_replica_states AS t ON t.replica_id = r.replica_id AND t.group_database_id = d.group_database_id AND t.synchronization_state_desc = N'SYNCHRONIZED'
      WHERE g.name = N'ag1' AND t.group_database_id IS NULL)
    THROW 51006, N'mssql-ha: the target is not connected and SYNCHRONIZED in every database', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] OFFLINE;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- set_role_secondary
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'RESOLVING'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] SET (ROLE = SECONDARY);
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- create_group
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1')
    THROW 51005, N'mssql-ha: the engine knows a group of this name already', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
CREATE AVAILABILITY GROUP [ag1]
  WITH (CLUSTER_TYPE = EXTERNAL, DB_FAILOVER = ON, REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 1,
    WRITE_LEASE_VALIDITY = 9)
  FOR REPLICA ON
  N'ag-0' WITH (ENDPOINT_URL = N'TCP://ag-0.ag-headless.default.svc.cluster.local:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT,
    FAILOVER_MODE = EXTERNAL, SEEDING_MODE = AUTOMATIC, SESSION_TIMEOUT = 10,
    SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL)),
  N'ag-1' WITH (ENDPOINT_URL = N'TCP://ag-1.ag-headless.default.svc.cluster.local:5022', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT,
    FAILOVER_MODE = EXTERNAL, SEEDING_MODE = AUTOMATIC, SESSION_TIMEOUT = 10,
    SECONDARY_ROLE (ALLOW_CONNECTIONS = NO)),
  N'ag-2' WITH (ENDPOINT_URL = N'TCP://ag-2.ag-headless.default.svc.cluster.local:5022', AVAILABILITY_MODE = CONFIGURATION_ONLY);
GO

-- join_group
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1')
    THROW 51005, N'mssql-ha: the engine knows a group of this name already', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] JOIN WITH (CLUSTER_TYPE = EXTERNAL);
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- create_group
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1')
    THROW 51005, N'mssql-ha: the engine knows a group of this name already', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
CREATE AVAILABILITY GROUP [ag1]
  WITH (CLUSTER_TYPE = NONE, REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 0)
  FOR REPLICA ON
  N'ag-0' WITH (ENDPOINT_URL = N'TCP://ag-0.ag-headless.default.svc.cluster.local:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT,
    FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC, SESSION_TIMEOUT = 10,
    SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL)),
  N'ag-1' WITH (ENDPOINT_URL = N'TCP://ag-1.ag-headless.default.svc.cluster.local:5022', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT,
    FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC, SESSION_TIMEOUT = 10,
    SECONDARY_ROLE (ALLOW_CONNECTIONS = NO)),
  N'ag-2' WITH (ENDPOINT_URL = N'TCP://ag-2.ag-headless.default.svc.cluster.local:5022', AVAILABILITY_MODE = CONFIGURATION_ONLY);
GO

-- join_group
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1')
    THROW 51005, N'mssql-ha: the engine knows a group of this name already', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] JOIN WITH (CLUSTER_TYPE = NONE);
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- grant_create_any_database
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] GRANT CREATE ANY DATABASE;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- set_required
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'PRIMARY'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 1);
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- add_replica
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'PRIMARY'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] ADD REPLICA ON
  N'ag-0' WITH (ENDPOINT_URL = N'TCP://ag-0.ag-headless.default.svc.cluster.local:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT,
    FAILOVER_MODE = EXTERNAL, SEEDING_MODE = AUTOMATIC, SESSION_TIMEOUT = 10,
    SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL));
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- modify_replica
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'PRIMARY'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] MODIFY REPLICA ON N'ag-1' WITH (ENDPOINT_URL = N'TCP://ag-1.ag-headless.default.svc.cluster.local:5022');
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] MODIFY REPLICA ON N'ag-1' WITH (AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT);
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- remove_replica
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'PRIMARY'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] REMOVE REPLICA ON N'ag-2';
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- list_databases
SELECT d.name AS name, CASE WHEN d.database_id <= 4 THEN 1 ELSE 0 END AS of_system,
    CASE WHEN d.state_desc = N'ONLINE' THEN 1 ELSE 0 END AS is_online,
    CASE WHEN d.is_read_only = 0 AND d.is_auto_close_on = 0
      AND d.user_access_desc = N'MULTI_USER' THEN 1 ELSE 0 END AS is_open,
    CASE WHEN d.recovery_model_desc = N'FULL' THEN 1 ELSE 0 END AS is_full,
    CASE WHEN s.last_log_backup_lsn IS NULL THEN 0 ELSE 1 END AS backed_up,
    CASE WHEN d.group_database_id IS NULL THEN 0 ELSE 1 END AS grouped
  FROM sys.databases AS d
  LEFT JOIN sys.database_recovery_status AS s ON s.database_id = d.database_id
  ORDER BY d.name;
GO

-- add_database
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'PRIMARY'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER AVAILABILITY GROUP [ag1] ADD DATABASE [it's [mine]]];
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- resume_database
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'SECONDARY'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  ALTER DATABASE [it's [mine]]] SET HADR RESUME;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- drop_group
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= 123456789)
    THROW 51001, N'mssql-ha: the batch came too late: the engine''s clock is past its limit', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info
      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = N'ag-0')
    THROW 51003, N'mssql-ha: this instance has another name than the replica that was meant', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups WHERE name = N'ag1'
      AND CONVERT(nvarchar(36), group_id) = N'6F9619FF-8B86-D011-B42D-00C04FC964FF')
    THROW 51002, N'mssql-ha: the engine does not know this group under this id', 1;
  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g
      INNER JOIN sys.dm_hadr_availability_replica_states AS s ON s.group_id = g.group_id AND s.is_local = 1
      WHERE g.name = N'ag1' AND s.role_desc IN (N'RESOLVING'))
    THROW 51004, N'mssql-ha: the local replica is not in the role that was expected', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
BEGIN TRY
  DROP AVAILABILITY GROUP [ag1];
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- stop_endpoint
BEGIN TRY
  ALTER ENDPOINT [mssql_ha_endpoint] STATE = STOPPED;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- start_endpoint
BEGIN TRY
  ALTER ENDPOINT [mssql_ha_endpoint] STATE = STARTED;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
GO

-- list_own_sessions
SELECT CONVERT(int, session_id) AS id, program_name AS program,
    CONVERT(nvarchar(30), login_time, 126) AS login_time
  FROM sys.dm_exec_sessions WHERE program_name LIKE N'mssql-ha-supervisor/%' AND session_id <> @@SPID;
GO

-- kill_session
BEGIN TRY
  IF NOT EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE session_id = 53 AND program_name LIKE N'mssql-ha-supervisor/%'
      AND CONVERT(nvarchar(30), login_time, 126) = N'2026-11-20T12:00:00.123')
    THROW 51007, N'mssql-ha: the session to be killed is not ours any more', 1;
END TRY
BEGIN CATCH
  THROW;
END CATCH;
KILL 53;
GO

-- describe_instance
SELECT CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) AS server_name,
    CONVERT(int, SERVERPROPERTY(N'IsHadrEnabled')) AS hadr_enabled,
    IS_SRVROLEMEMBER(N'sysadmin') AS sysadmin;
SELECT name FROM sys.symmetric_keys WHERE name = N'##MS_DatabaseMasterKey##';
SELECT e.name AS name, t.port AS port, e.state_desc AS state, c.name AS certificate
  FROM sys.database_mirroring_endpoints AS e
  INNER JOIN sys.tcp_endpoints AS t ON t.endpoint_id = e.endpoint_id
  LEFT JOIN sys.certificates AS c ON c.certificate_id = e.certificate_id;
SELECT c.name AS name, p.name AS owner,
    CONVERT(nvarchar(30), c.expiry_date, 126) AS expires, c.thumbprint AS thumbprint,
    c.pvt_key_encryption_type AS key_kind
  FROM sys.certificates AS c
  LEFT JOIN sys.database_principals AS p ON p.principal_id = c.principal_id
  WHERE c.name NOT LIKE N'##%' ORDER BY c.name;
SELECT name FROM sys.server_principals WHERE name LIKE N'mssql_ha_%' ORDER BY name;
GO

-- create_master_key
IF NOT EXISTS (SELECT 1 FROM sys.symmetric_keys WHERE name = N'##MS_DatabaseMasterKey##')
  CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'p''w';
GO

-- create_agent_login
IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = N'mssql_ha_agent')
  CREATE LOGIN [mssql_ha_agent] WITH PASSWORD = N'p''w';
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'mssql_ha_agent')
  CREATE USER [mssql_ha_agent] FOR LOGIN [mssql_ha_agent];
GO

-- set_login_password
ALTER LOGIN [mssql_ha_agent] WITH PASSWORD = N'p''w';
GO

-- grant_agent_rights
GRANT VIEW SERVER STATE TO [mssql_ha_agent];
GRANT VIEW ANY DEFINITION TO [mssql_ha_agent];
GRANT CREATE AVAILABILITY GROUP TO [mssql_ha_agent];
GRANT ALTER ANY AVAILABILITY GROUP TO [mssql_ha_agent];
GRANT CREATE ANY DATABASE TO [mssql_ha_agent];
GRANT ALTER ANY DATABASE TO [mssql_ha_agent];
GRANT ALTER ANY CONNECTION TO [mssql_ha_agent];
GRANT CREATE CERTIFICATE TO [mssql_ha_agent];
GO

-- create_own_certificate
IF NOT EXISTS (SELECT 1 FROM sys.certificates WHERE name = N'mssql_ha_ag-0_1')
  CREATE CERTIFICATE [mssql_ha_ag-0_1] WITH SUBJECT = N'ag-0 endpoint', START_DATE = '20261120', EXPIRY_DATE = '20361121';
GO

-- create_endpoint
IF NOT EXISTS (SELECT 1 FROM sys.database_mirroring_endpoints WHERE name = N'mssql_ha_endpoint')
  CREATE ENDPOINT [mssql_ha_endpoint] STATE = STARTED
  AS TCP (LISTENER_PORT = 5022, LISTENER_IP = ALL)
  FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [mssql_ha_ag-0_1],
    ENCRYPTION = REQUIRED ALGORITHM AES, ROLE = ALL);
GO

-- grant_endpoint_rights
GRANT ALTER ON ENDPOINT::[mssql_ha_endpoint] TO [mssql_ha_agent];
GO

-- create_peer
IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = N'mssql_ha_peer_ag-1')
  CREATE LOGIN [mssql_ha_peer_ag-1] WITH PASSWORD = N'p''w';
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'mssql_ha_peer_ag-1')
  CREATE USER [mssql_ha_peer_ag-1] FOR LOGIN [mssql_ha_peer_ag-1];
GRANT CONNECT ON ENDPOINT::[mssql_ha_endpoint] TO [mssql_ha_peer_ag-1];
GRANT IMPERSONATE ON USER::[mssql_ha_peer_ag-1] TO [mssql_ha_agent];
GO

-- export_certificate
SELECT CERTENCODED(certificate_id) AS certificate FROM sys.certificates WHERE name = N'mssql_ha_ag-0_1';
GO

-- import_peer_certificate
IF NOT EXISTS (SELECT 1 FROM sys.certificates WHERE name = N'mssql_ha_ag-1_1')
  CREATE CERTIFICATE [mssql_ha_ag-1_1] AUTHORIZATION [mssql_ha_peer_ag-1]
    FROM BINARY = 0x308201;
GO
