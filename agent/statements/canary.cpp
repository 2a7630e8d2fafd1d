// SPDX-License-Identifier: MIT
#include "agent/statements/canary.hpp"

#include "agent/statements/quote.hpp"

#include <algorithm>
#include <map>

namespace ha::agent::sql {

namespace {

enum set_index : std::size_t { instance, endpoint, group, local, replicas, databases, set_count };

constexpr std::string_view set_names[] = {
    "instance", "endpoint", "group", "local replica", "replicas", "databases"};

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

// Reads columns and keeps the first complaint, so that a function may read all it wants.
class set_reader {
public:
    set_reader(const result_set& set, std::string_view name, std::string& complaint)
        : set_(set), name_(name), complaint_(complaint) {}

    std::size_t rows() const { return set_.rows.size(); }

    std::string text(std::size_t row, std::string_view column) {
        auto found = set_.text(row, column);
        if (!found) complain(column, "text");
        return std::move(found).value_or("");
    }
    std::optional<std::string> text_or_null(std::size_t row, std::string_view column) {
        if (is_null(row, column)) return std::nullopt;
        return text(row, column);
    }
    std::int64_t integer(std::size_t row, std::string_view column) {
        auto found = set_.integer(row, column);
        if (!found) complain(column, "a number");
        return found.value_or(0);
    }

    std::int64_t integer_or_zero(std::size_t row, std::string_view column) {
        return is_null(row, column) ? 0 : integer(row, column);
    }

    // The meaning of a *_desc column, whose case no page promises.
    template <class T>
    T word(std::size_t row, std::string_view column, const std::map<std::string, T>& words) {
        auto said = upper(text(row, column));
        auto found = words.find(said);
        if (found == words.end()) complain(column, "a known word instead of '" + said + "'");
        return found == words.end() ? T{} : found->second;
    }

    void complain(std::string_view column, const std::string& wanted) {
        if (!complaint_.empty()) return;
        complaint_ = "the canary's set '" + std::string(name_) + "' should have " + wanted +
                     " in column " + std::string(column);
    }

private:
    bool is_null(std::size_t row, std::string_view column) {
        if (!std::holds_alternative<std::monostate>(set_.at(row, column))) return false;
        bool known =
            std::find(set_.columns.begin(), set_.columns.end(), column) != set_.columns.end();
        if (!known) complain(column, "something");
        return true;
    }

    const result_set& set_;
    std::string_view name_;
    std::string& complaint_;
};

const std::map<std::string, role> role_words{
    {"RESOLVING", role::resolving}, {"PRIMARY", role::primary}, {"SECONDARY", role::secondary}};

const std::map<std::string, cluster_type> cluster_words{{"EXTERNAL", cluster_type::external},
                                                        {"NONE", cluster_type::none}};

const std::map<std::string, availability_mode> mode_words{
    {"SYNCHRONOUS_COMMIT", availability_mode::synchronous},
    {"ASYNCHRONOUS_COMMIT", availability_mode::asynchronous},
    {"CONFIGURATION_ONLY", availability_mode::configuration_only}};

const std::map<std::string, synchronization> state_words{
    {"NOT SYNCHRONIZING", synchronization::not_synchronizing},
    {"SYNCHRONIZING", synchronization::synchronizing},
    {"SYNCHRONIZED", synchronization::synchronized},
    {"REVERTING", synchronization::reverting},
    {"INITIALIZING", synchronization::initializing}};

// Of two states the one that is further from SYNCHRONIZED.
synchronization worse(synchronization one, synchronization other) {
    auto distance = [](synchronization state) {
        switch (state) {
            case synchronization::synchronized: return 0;
            case synchronization::synchronizing: return 1;
            case synchronization::reverting: return 2;
            case synchronization::initializing: return 3;
            case synchronization::not_synchronizing: return 4;
            case synchronization::unknown: break;
        }
        return 5;
    };
    return distance(one) >= distance(other) ? one : other;
}

synchronization state_of(set_reader& from, std::size_t row) {
    auto said = from.text_or_null(row, "state");
    if (!said) return synchronization::unknown;
    return from.word(row, "state", state_words);
}

// A login without these rights sees no group where there is one, which must not be taken for a
// group that is absent.
void read_instance(set_reader from, engine_view& into) {
    if (from.rows() != 1) return from.complain("ms_ticks", "one row");
    into.ms_ticks = from.integer(0, "ms_ticks");
    into.started = from.text(0, "started");
    into.server_name = from.text(0, "server_name");
    into.hadr_enabled = from.integer(0, "hadr_enabled") != 0;
    if (from.integer(0, "sees_state") == 0)
        from.complain("sees_state", "1: grant VIEW SERVER STATE to the agent's login");
    if (from.integer(0, "sees_groups") == 0)
        from.complain("sees_groups", "1: grant VIEW ANY DEFINITION to the agent's login");
}

void read_endpoint(set_reader from, engine_view& into) {
    if (from.rows() == 0) return;
    into.endpoint_url = "TCP://" + into.server_name + ":" + std::to_string(from.integer(0, "port"));
    into.endpoint_started = upper(from.text(0, "state")) == "STARTED";
}

void read_local(set_reader from, group_view& into) {
    if (from.rows() != 1)
        return from.complain("role", "one row, and the login the right to see it");
    into.local_name = from.text(0, "replica");
    into.local_role = from.word(0, "role", role_words);
    auto operational = upper(from.text_or_null(0, "operational").value_or(""));
    into.pending_failover = operational == "PENDING_FAILOVER";
    into.online = operational == "ONLINE";
    into.connected = upper(from.text_or_null(0, "connected").value_or("")) == "CONNECTED";
    into.commit_pending = from.text_or_null(0, "commit_started").has_value();
}

void read_replicas(set_reader from, group_view& into) {
    for (std::size_t row = 0; row < from.rows(); ++row) {
        configured_replica one;
        one.name = from.text(row, "replica");
        one.id = from.text(row, "replica_id");
        one.mode = from.word(row, "mode", mode_words);
        one.endpoint_url = from.text_or_null(row, "endpoint_url").value_or("");
        if (auto connected = from.text_or_null(row, "connected"))
            one.connected = upper(*connected) == "CONNECTED";
        into.replicas.push_back(std::move(one));
    }
}

// A database that is not made yet has no name here; then it is RESTORING until it is whole.
bool is_seeded(set_reader& from, std::size_t row) {
    auto state = upper(from.text_or_null(row, "database_state").value_or(""));
    return !from.text_or_null(row, "database") || state == "RESTORING";
}

void read_databases(set_reader from, group_view& into) {
    std::map<std::string, configured_replica> all;
    for (std::size_t row = 0; row < from.rows(); ++row) {
        auto state = state_of(from, row);
        auto [found, fresh] = all.try_emplace(from.text(row, "replica"));
        auto& whole = found->second;
        whole.state = fresh ? state : worse(whole.state, state);
        whole.redo_queue_kb += from.integer_or_zero(row, "redo_queue");
        if (from.integer(row, "is_local") == 0) {
            auto name = from.text_or_null(row, "database");
            if (name && state != synchronization::synchronized)
                into.lagging.push_back({*name, from.text(row, "replica"), state});
            continue;
        }
        database_position one;
        one.name = from.text_or_null(row, "database").value_or("");
        one.hardened = log_position{from.text_or_null(row, "hardened").value_or("")};
        one.state = state;
        bool waits = from.integer(row, "suspended") != 0 || is_seeded(from, row);
        into.stalled = into.stalled || (state == synchronization::not_synchronizing && !waits);
        if (upper(from.text_or_null(row, "suspended_by").value_or("")) == "SUSPEND_FROM_PARTNER")
            into.suspended_by_force.push_back(one.name);
        into.databases.push_back(std::move(one));
    }
    for (auto& one : into.replicas) {
        auto found = all.find(one.name);
        if (found == all.end()) continue;
        one.state = found->second.state;
        one.redo_queue_kb = found->second.redo_queue_kb;
    }
}

std::optional<group_view> read_group(set_reader from, std::string_view wanted) {
    if (from.rows() == 0) return std::nullopt;
    group_view found;
    if (from.rows() != 1) from.complain("group_id", "one row");
    if (from.text(0, "name") != wanted) from.complain("name", "the group that was asked for");
    found.cluster = from.word(0, "cluster_type", cluster_words);
    found.group_id = from.text(0, "group_id");
    found.sequence_number = from.integer(0, "sequence_number");
    found.required = static_cast<int>(from.integer(0, "required"));
    return found;
}

// assumption: a RESOLVING replica shows the rows of its own databases. sqlserver.md 4.1 to 4.7.
// Numbers of enumerations differ between pages, so words are asked for.
constexpr std::string_view group_sets =
    "SELECT CONVERT(nvarchar(36), g.group_id) AS group_id, g.name AS name,\n"
    "    g.cluster_type_desc AS cluster_type, g.sequence_number AS sequence_number,\n"
    "    g.required_synchronized_secondaries_to_commit AS required\n"
    "  FROM sys.availability_groups AS g WHERE g.name = @@;\n"
    "SELECT r.replica_server_name AS replica, s.role_desc AS role,\n"
    "    s.operational_state_desc AS operational, s.connected_state_desc AS connected,\n"
    "    CONVERT(nvarchar(30), s.current_configuration_commit_start_time_utc, 126)"
    " AS commit_started\n"
    "  FROM sys.availability_groups AS g\n"
    "  INNER JOIN sys.dm_hadr_availability_replica_states AS s"
    " ON s.group_id = g.group_id AND s.is_local = 1\n"
    "  INNER JOIN sys.availability_replicas AS r ON r.replica_id = s.replica_id\n"
    "  WHERE g.name = @@;\n"
    "SELECT r.replica_server_name AS replica, CONVERT(nvarchar(36), r.replica_id) AS replica_id,\n"
    "    r.availability_mode_desc AS mode, r.endpoint_url AS endpoint_url,\n    "
    "s.connected_state_desc AS connected\n"
    "  FROM sys.availability_groups AS g\n"
    "  INNER JOIN sys.availability_replicas AS r ON r.group_id = g.group_id\n"
    "  LEFT JOIN sys.dm_hadr_availability_replica_states AS s ON s.replica_id = r.replica_id\n"
    "  WHERE g.name = @@ ORDER BY r.replica_server_name;\n"
    "SELECT r.replica_server_name AS replica, b.name AS [database],\n"
    "    CONVERT(int, d.is_local) AS is_local, d.synchronization_state_desc AS state,\n"
    "    CONVERT(nvarchar(30), d.last_hardened_lsn) AS hardened,\n"
    "    d.redo_queue_size AS redo_queue, CONVERT(int, d.is_suspended) AS suspended,\n"
    "    d.database_state_desc AS database_state, d.suspend_reason_desc AS suspended_by\n"
    "  FROM sys.availability_groups AS g\n"
    "  INNER JOIN sys.dm_hadr_database_replica_states AS d ON d.group_id = g.group_id\n"
    "  INNER JOIN sys.availability_replicas AS r ON r.replica_id = d.replica_id\n"
    "  LEFT JOIN sys.databases AS b ON b.database_id = d.database_id\n"
    "  WHERE g.name = @@ ORDER BY r.replica_server_name, b.name;\n";

constexpr std::string_view instance_sets =
    "SELECT ms_ticks, CONVERT(nvarchar(30), sqlserver_start_time, 126) AS started,\n"
    "    CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) AS server_name,\n"
    "    CONVERT(int, SERVERPROPERTY(N'IsHadrEnabled')) AS hadr_enabled,\n"
    "    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER STATE') AS sees_state,\n"
    "    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY DEFINITION') AS sees_groups\n"
    "  FROM sys.dm_os_sys_info;\n"
    "SELECT e.name AS name, e.state_desc AS state, t.port AS port\n"
    "  FROM sys.database_mirroring_endpoints AS e\n"
    "  INNER JOIN sys.tcp_endpoints AS t ON t.endpoint_id = e.endpoint_id;\n";

}  // namespace

statement canary(std::string_view group) {
    std::string text(instance_sets);
    auto name = quote_string(group);
    for (std::size_t from = 0;;) {
        auto mark = group_sets.find("@@", from);
        text += group_sets.substr(from, mark - from);
        if (mark == std::string_view::npos) break;
        text += name;
        from = mark + 2;
    }
    return statement{"canary", std::move(text)};
}

result<engine_view> parse_canary(const engine_answer& answer, std::string_view wanted) {
    if (answer.sets.size() != set_count)
        return failure(errc::malformed,
                       "the canary's answer has " + std::to_string(answer.sets.size()) +
                           " result sets instead of " + std::to_string(set_count));
    std::string complaint;
    auto at = [&](set_index which) {
        return set_reader(answer.sets[which], set_names[which], complaint);
    };
    engine_view seen;
    seen.sent_at = answer.sent_at;
    seen.received_at = answer.received_at;
    read_instance(at(instance), seen);
    read_endpoint(at(endpoint), seen);
    seen.group = read_group(at(group), wanted);
    if (seen.group) {
        read_local(at(local), *seen.group);
        read_replicas(at(replicas), *seen.group);
        read_databases(at(databases), *seen.group);
    }
    if (!complaint.empty()) return failure(errc::malformed, complaint);
    return seen;
}

}  // namespace ha::agent::sql
