// SPDX-License-Identifier: MIT
#include "agent/statements/commands.hpp"

#include "agent/statements/quote.hpp"
#include "agent/statements/refusals.hpp"

namespace ha::agent::sql {

namespace {

std::string whole_seconds(duration span) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count());
}

std::string alter(std::string_view group, std::string_view what) {
    return "ALTER AVAILABILITY GROUP " + quote_name(group) + " " + std::string(what);
}

std::string lease_text(std::string_view group, duration validity) {
    return attempted(alter(group, "SET (WRITE_LEASE_VALIDITY = " + whole_seconds(validity) + ")"));
}

std::string refuse(refusal number) {
    return "    THROW " + std::to_string(number) + ", " +
           quote_string("mssql-ha: " + std::string(words_for(number))) + ", 1;\n";
}

std::string checked(const std::string& checks) {
    return "BEGIN TRY\n" + checks + "END TRY\nBEGIN CATCH\n  THROW;\nEND CATCH;\n";
}

// A database of the local replica without a SYNCHRONIZED row of the target refuses; so does a
// target that is not connected, whose rows may be old.
std::string target_text(std::string_view group, std::string_view target) {
    auto group_name = quote_string(group);
    auto target_name = quote_string(target);
    return checked(
        "  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g\n"
        "      INNER JOIN sys.availability_replicas AS r ON r.group_id = g.group_id\n"
        "      INNER JOIN sys.dm_hadr_availability_replica_states AS s"
        " ON s.replica_id = r.replica_id\n"
        "      WHERE g.name = " +
        group_name + " AND r.replica_server_name = " + target_name +
        "\n      AND s.connected_state_desc = N'CONNECTED')\n" + refuse(refused_target_behind) +
        "  IF EXISTS (SELECT 1 FROM sys.availability_groups AS g\n"
        "      INNER JOIN sys.dm_hadr_database_replica_states AS d"
        " ON d.group_id = g.group_id AND d.is_local = 1\n"
        "      INNER JOIN sys.availability_replicas AS r"
        " ON r.group_id = g.group_id AND r.replica_server_name = " +
        target_name +
        "\n      LEFT JOIN sys.dm_hadr_database_replica_states AS t"
        " ON t.replica_id = r.replica_id AND t.group_database_id = d.group_database_id"
        " AND t.synchronization_state_desc = N'SYNCHRONIZED'\n"
        "      WHERE g.name = " +
        group_name + " AND t.group_database_id IS NULL)\n" + refuse(refused_target_behind));
}

std::string_view word_of(cluster_type cluster) {
    return cluster == cluster_type::none ? "NONE" : "EXTERNAL";
}

// sqlserver.md 7.2: 47101 and 47102 refuse any other failover mode.
std::string_view failover_mode_of(cluster_type cluster) {
    return cluster == cluster_type::none ? "MANUAL" : "EXTERNAL";
}

std::string replica_text(const replica_spec& replica,
                         duration session_timeout,
                         cluster_type cluster) {
    auto text = "  " + quote_string(replica.name) +
                " WITH (ENDPOINT_URL = " + quote_string(replica.endpoint_url);
    if (replica.mode == availability_mode::configuration_only)
        return text + ", AVAILABILITY_MODE = CONFIGURATION_ONLY)";
    bool synchronous = replica.mode == availability_mode::synchronous;
    return text + ", AVAILABILITY_MODE = " + (synchronous ? "" : "A") +
           "SYNCHRONOUS_COMMIT,\n    FAILOVER_MODE = " + std::string(failover_mode_of(cluster)) +
           ", SEEDING_MODE = AUTOMATIC, SESSION_TIMEOUT = " + whole_seconds(session_timeout) +
           ",\n    SECONDARY_ROLE (ALLOW_CONNECTIONS = " + (replica.readable ? "ALL" : "NO") + "))";
}

constexpr std::string_view own_sessions = "program_name LIKE N'mssql-ha-supervisor/%'";

}  // namespace

// sqlserver.md 3. The engine refuses to shorten a lease (47119).
statement renew_write_lease(std::string_view group, const guard& when, duration validity) {
    return statement{"renew_write_lease", guard_text(when, group) + lease_text(group, validity)};
}

// sqlserver.md 2.3. The context belongs to the session, so it goes into the same batch.
statement failover(std::string_view group, const guard& when, duration validity) {
    auto text = guard_text(when, group);
    if (validity > duration::zero()) text += lease_text(group, validity);
    text += attempted("EXEC sp_set_session_context @key = N'external_cluster', @value = N'yes'");
    text += attempted(alter(group, "FAILOVER"));
    return statement{"failover", std::move(text)};
}

statement offline(std::string_view group, std::string_view synchronized_target) {
    std::string text;
    if (!synchronized_target.empty()) text += target_text(group, synchronized_target);
    return statement{"offline", text + attempted(alter(group, "OFFLINE"))};
}

statement set_role_secondary(std::string_view group, const guard& when) {
    return statement{"set_role_secondary",
                     guard_text(when, group) + attempted(alter(group, "SET (ROLE = SECONDARY)"))};
}

// CREATE AVAILABILITY GROUP is not taken inside BEGIN ... END (sqlserver.md 2.2), so it stands
// alone, at the end of its batch.
statement create_group(const group_spec& group, const guard& when, const group_options& options) {
    bool external = options.cluster == cluster_type::external;
    auto text =
        guard_text(when, group.name) + "CREATE AVAILABILITY GROUP " + quote_name(group.name) +
        "\n  WITH (CLUSTER_TYPE = " + std::string(word_of(options.cluster)) +
        (external ? ", DB_FAILOVER = ON," : ",") +
        " REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = " + std::to_string(options.required);
    if (external) text += ",\n    WRITE_LEASE_VALIDITY = " + whole_seconds(options.write_lease);
    text += ")\n  FOR REPLICA ON\n";
    std::string list;
    for (const auto& replica : group.replicas) {
        if (!list.empty()) list += ",\n";
        list += replica_text(replica, options.session_timeout, options.cluster);
    }
    return statement{"create_group", text + list + ";\n"};
}

statement join_group(std::string_view group, const guard& when, cluster_type cluster) {
    auto what = "JOIN WITH (CLUSTER_TYPE = " + std::string(word_of(cluster)) + ")";
    return statement{"join_group", guard_text(when, group) + attempted(alter(group, what))};
}

statement grant_create_any_database(std::string_view group) {
    return statement{"grant_create_any_database",
                     attempted(alter(group, "GRANT CREATE ANY DATABASE"))};
}

statement set_required(std::string_view group, const guard& when, int required) {
    return statement{"set_required",
                     guard_text(when, group) +
                         attempted(alter(group,
                                         "SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = " +
                                             std::to_string(required) + ")"))};
}

statement add_replica(std::string_view group,
                      const guard& when,
                      const replica_spec& replica,
                      duration session_timeout,
                      cluster_type cluster) {
    auto what = "ADD REPLICA ON\n" + replica_text(replica, session_timeout, cluster);
    return statement{"add_replica", guard_text(when, group) + attempted(alter(group, what))};
}

statement modify_replica(std::string_view group, const guard& when, const replica_spec& replica) {
    std::string_view mode = replica.mode == availability_mode::asynchronous ? "ASYNCHRONOUS_COMMIT"
                                                                            : "SYNCHRONOUS_COMMIT";
    auto what = "MODIFY REPLICA ON " + quote_string(replica.name) + " WITH (";
    return statement{
        "modify_replica",
        guard_text(when, group) +
            attempted(
                alter(group, what + "ENDPOINT_URL = " + quote_string(replica.endpoint_url) + ")")) +
            attempted(alter(group, what + "AVAILABILITY_MODE = " + std::string(mode) + ")"))};
}

statement remove_replica(std::string_view group, const guard& when, std::string_view replica) {
    return statement{"remove_replica",
                     guard_text(when, group) +
                         attempted(alter(group, "REMOVE REPLICA ON " + quote_string(replica)))};
}

statement drop_group(std::string_view group, const guard& when) {
    return statement{
        "drop_group",
        guard_text(when, group) + attempted("DROP AVAILABILITY GROUP " + quote_name(group))};
}

statement stop_endpoint(std::string_view endpoint) {
    return statement{"stop_endpoint",
                     attempted("ALTER ENDPOINT " + quote_name(endpoint) + " STATE = STOPPED")};
}

statement start_endpoint(std::string_view endpoint) {
    return statement{"start_endpoint",
                     attempted("ALTER ENDPOINT " + quote_name(endpoint) + " STATE = STARTED")};
}

statement list_own_sessions() {
    return statement{"list_own_sessions",
                     "SELECT CONVERT(int, session_id) AS id, program_name AS program,\n"
                     "    CONVERT(nvarchar(30), login_time, 126) AS login_time\n"
                     "  FROM sys.dm_exec_sessions WHERE " +
                         std::string(own_sessions) + " AND session_id <> @@SPID;\n"};
}

result<std::vector<own_session>> parse_own_sessions(const engine_answer& answer) {
    if (answer.sets.size() != 1)
        return failure(errc::malformed, "the list of sessions should be one result set");
    const auto& set = answer.sets.front();
    std::vector<own_session> found;
    for (std::size_t row = 0; row < set.rows.size(); ++row) {
        auto id = set.integer(row, "id");
        auto program = set.text(row, "program");
        auto login_time = set.text(row, "login_time");
        if (!id || !program || !login_time)
            return failure(errc::malformed,
                           "the list of sessions lacks an id, a program name or a login time");
        found.push_back({*id, program->substr(program->find('/') + 1), *login_time});
    }
    return found;
}

// Numbers of sessions are given again, and KILL takes nothing but the number.
statement kill_session(const own_session& which) {
    return statement{
        "kill_session",
        checked("  IF NOT EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE session_id = " +
                std::to_string(which.id) + " AND " + std::string(own_sessions) +
                "\n      AND CONVERT(nvarchar(30), login_time, 126) = " +
                quote_string(which.login_time) + ")\n" + refuse(refused_other_session)) +
            "KILL " + std::to_string(which.id) + ";\n"};
}

}  // namespace ha::agent::sql
