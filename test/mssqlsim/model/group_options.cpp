// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/group_options.hpp"

#include "test/mssqlsim/model/edition.hpp"
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/routing.hpp"

#include <algorithm>
#include <cstdlib>

namespace ha::mssqlsim {

namespace {

constexpr std::ptrdiff_t synchronous_most = 5;  // sqlserver.md 6
constexpr std::int64_t session_timeout_least = 5;
constexpr std::int64_t backup_priority_most = 100;
constexpr std::int64_t failure_condition_most = 5;
constexpr std::int64_t health_check_least = 15'000;

// assumption: what the messages call an operation.
constexpr const char* operation = "ALTER AVAILABILITY GROUP";

std::int64_t number_of(const definition_option& given) {
    return std::strtoll(given.text.c_str(), nullptr, 10);
}

sql_error syntax(const std::string& near) {
    return sql_error{
        102, "Incorrect syntax near '" + near + "'.", 15, 1, sql_error::reach::statement, 0, {}};
}

std::optional<sql_error> role_options(group_replica& replica, const definition_option& given) {
    if (auto bad = set_routing(replica, given)) return bad;
    const auto* allow = option(given.inner, "ALLOW_CONNECTIONS");
    if (allow == nullptr) return {};
    if (given.name == "PRIMARY_ROLE")
        replica.primary_connections = allow->text == "READ_WRITE" ? 3 : 2;
    else
        replica.secondary_connections =
            allow->text == "ALL" ? 2 : (allow->text == "READ_ONLY" ? 1 : 0);
    return {};
}

std::optional<sql_error> availability_mode(group_replica& replica, const definition_option& given) {
    if (given.text == "SYNCHRONOUS_COMMIT")
        replica.mode = replica_mode::synchronous;
    else if (given.text == "ASYNCHRONOUS_COMMIT")
        replica.mode = replica_mode::asynchronous;
    else if (given.text == "CONFIGURATION_ONLY")
        replica.mode = replica_mode::configuration_only;
    else
        return syntax(given.text);
    return {};
}

std::optional<sql_error> failover_mode(const group_configuration& group,
                                       group_replica& replica,
                                       const definition_option& given) {
    if (given.text == "EXTERNAL")
        replica.failover_mode = 2;
    else if (given.text == "MANUAL")
        replica.failover_mode = 1;
    else if (given.text == "AUTOMATIC")
        replica.failover_mode = 0;
    else
        return syntax(given.text);
    if (group.type == cluster_type::external && replica.failover_mode != 2)
        return numbered(47102, {group.name});
    if (group.type == cluster_type::none && replica.failover_mode != 1)
        return numbered(47101, {group.name});
    return {};
}

// TCP://address:port
std::optional<sql_error> endpoint_url(group_replica& replica, const definition_option& given) {
    if (!is_url(given.text)) return numbered(35232, {given.text});
    replica.endpoint_url = given.text;
    return {};
}

std::optional<sql_error> session_timeout(group_replica& replica, const definition_option& given) {
    replica.session_timeout = number_of(given);
    if (replica.session_timeout >= session_timeout_least) return {};
    return numbered(35214, {operation, replica.name, std::to_string(session_timeout_least)});
}

std::optional<sql_error> backup_priority(group_replica& replica, const definition_option& given) {
    replica.backup_priority = number_of(given);
    if (replica.backup_priority >= 0 && replica.backup_priority <= backup_priority_most) return {};
    return numbered(35209, {operation, replica.name, "0", std::to_string(backup_priority_most)});
}

std::optional<sql_error> one_replica_option(const group_configuration& group,
                                            group_replica& replica,
                                            const definition_option& given) {
    if (given.name == "ENDPOINT_URL") return endpoint_url(replica, given);
    if (given.name == "AVAILABILITY_MODE")
        return availability_mode(replica, given);
    else if (given.name == "FAILOVER_MODE")
        return failover_mode(group, replica, given);
    else if (given.name == "SEEDING_MODE")
        replica.automatic_seeding = given.text == "AUTOMATIC";
    else if (given.name == "SESSION_TIMEOUT")
        return session_timeout(replica, given);
    else if (given.name == "BACKUP_PRIORITY")
        return backup_priority(replica, given);
    else if (given.name == "PRIMARY_ROLE" || given.name == "SECONDARY_ROLE")
        return role_options(replica, given);
    else
        return syntax(given.name);
    return {};
}

std::optional<sql_error> health_check(group_configuration& group, std::int64_t milliseconds) {
    if (milliseconds < health_check_least)
        return numbered(35229, {group.name, std::to_string(health_check_least)});
    group.health_check_timeout = milliseconds;
    return {};
}

std::optional<sql_error> failure_condition(group_configuration& group, std::int64_t level) {
    if (level < 1 || level > failure_condition_most)
        return numbered(35228, {group.name, "1", std::to_string(failure_condition_most)});
    group.failure_condition_level = level;
    return {};
}

bool is_allowed_for_witness(const std::string& name, bool creates) {
    bool first = name == "ENDPOINT_URL" || name == "AVAILABILITY_MODE";
    return name == "SESSION_TIMEOUT" || (creates && first);
}

}  // namespace

std::optional<sql_error> set_group_option(group_configuration& group,
                                          const definition_option& given) {
    if (given.name == "REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT")
        group.required = number_of(given);
    else if (given.name == "DB_FAILOVER")
        group.db_failover = given.text == "ON";
    else if (given.name == "HEALTH_CHECK_TIMEOUT")
        return health_check(group, number_of(given));
    else if (given.name == "FAILURE_CONDITION_LEVEL")
        return failure_condition(group, number_of(given));
    else if (given.name == "DTC_SUPPORT")
        group.dtc_support = given.text == "PER_DB";
    else if (given.name == "AUTOMATED_BACKUP_PREFERENCE")
        group.backup_preference =
            given.text == "PRIMARY"
                ? 0
                : (given.text == "SECONDARY_ONLY" ? 1 : (given.text == "SECONDARY" ? 2 : 3));
    else
        return syntax(given.name);
    return {};
}

std::optional<sql_error> set_replica_options(const group_configuration& group,
                                             group_replica& replica,
                                             const definition_option& given,
                                             bool creates) {
    if (creates && option(given.inner, "AVAILABILITY_MODE") == nullptr)
        return numbered(41198, {given.text});
    if (creates && option(given.inner, "ENDPOINT_URL") == nullptr)
        return numbered(35236, {given.text});
    for (const auto& one : given.inner)
        if (auto bad = one_replica_option(group, replica, one)) return bad;
    if (replica.mode == replica_mode::configuration_only) {
        for (const auto& one : given.inner)
            if (!is_allowed_for_witness(one.name, creates))
                return creates ? numbered(47110, {one.name, given.text}) : numbered(47112);
    } else if (creates && option(given.inner, "FAILOVER_MODE") == nullptr) {
        return numbered(41197, {given.text});
    }
    return {};
}

sql_error named_twice(const std::string& replica) {
    return numbered(35235, {replica});
}

std::optional<sql_error> check_group(const group_configuration& group) {
    const auto count = [&](replica_mode mode) {
        return std::count_if(group.replicas.begin(), group.replicas.end(), [&](const auto& one) {
            return one.mode == mode;
        });
    };
    const auto witnesses = count(replica_mode::configuration_only);
    const auto synchronous = count(replica_mode::synchronous);
    if (synchronous > synchronous_most)
        return numbered(35212, {operation, std::to_string(synchronous_most), group.name});
    if (witnesses > 1) return numbered(47107, {operation, group.name});
    if (witnesses == 1 && (synchronous > 2 || group.required != 0))
        return numbered(47108, {operation, group.name});
    // The primary is one of the synchronous ones.
    const auto most = std::max<std::int64_t>(synchronous - 1, 0);
    if (group.required < 0 || group.required > most)
        return numbered(
            35248, {operation, std::to_string(group.required), std::to_string(most), group.name});
    return check_basic(group);
}

}  // namespace ha::mssqlsim
