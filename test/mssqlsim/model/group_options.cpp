// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/group_options.hpp"

#include "test/mssqlsim/model/engine.hpp"

#include <algorithm>
#include <cstdlib>

namespace ha::mssqlsim {

namespace {

constexpr std::ptrdiff_t synchronous_most = 5;  // sqlserver.md 6

std::int64_t number_of(const definition_option& given) {
    return std::strtoll(given.text.c_str(), nullptr, 10);
}

sql_error syntax(const std::string& near) {
    return sql_error{
        102, "Incorrect syntax near '" + near + "'.", 15, 1, sql_error::reach::statement, 0, {}};
}

std::optional<sql_error> connections(group_replica& replica, const definition_option& given) {
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
        return error_of(47102,
                        "The cluster type of availability group '" + group.name +
                            "' only supports EXTERNAL failover mode. To change the failover mode, "
                            "use ALTER AVAILABILITY GROUP.");
    return {};
}

std::optional<sql_error> one_replica_option(const group_configuration& group,
                                            group_replica& replica,
                                            const definition_option& given) {
    if (given.name == "ENDPOINT_URL")
        replica.endpoint_url = given.text;
    else if (given.name == "AVAILABILITY_MODE")
        return availability_mode(replica, given);
    else if (given.name == "FAILOVER_MODE")
        return failover_mode(group, replica, given);
    else if (given.name == "SEEDING_MODE")
        replica.automatic_seeding = given.text == "AUTOMATIC";
    else if (given.name == "SESSION_TIMEOUT")
        replica.session_timeout = number_of(given);
    else if (given.name == "BACKUP_PRIORITY")
        replica.backup_priority = number_of(given);
    else if (given.name == "PRIMARY_ROLE" || given.name == "SECONDARY_ROLE")
        return connections(replica, given);
    else
        return syntax(given.name);
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
        group.health_check_timeout = number_of(given);
    else if (given.name == "FAILURE_CONDITION_LEVEL")
        group.failure_condition_level = number_of(given);
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
        return error_of(
            41198,
            "The AVAILABILITY_MODE option has not been specified for the replica '" + given.text +
                "'. Reenter the command, specifying an AVAILABILITY_MODE for the replica.",
            15);
    if (creates && option(given.inner, "ENDPOINT_URL") == nullptr)
        return error_of(35236,
                        "The endpoint URL was not specified for the availability replica hosted by "
                        "server instance '" +
                            given.text +
                            "'. Reenter the command, specifying the endpoint URL of this instance "
                            "of SQL Server.",
                        15);
    for (const auto& one : given.inner)
        if (auto bad = one_replica_option(group, replica, one)) return bad;
    if (replica.mode == replica_mode::configuration_only) {
        for (const auto& one : given.inner)
            if (!is_allowed_for_witness(one.name, creates))
                return error_of(creates ? 47110 : 47112,
                                "The '" + one.name +
                                    "' option is not valid for configuration-only replica '" +
                                    given.text + "'.",
                                15);
    } else if (creates && option(given.inner, "FAILOVER_MODE") == nullptr) {
        return error_of(41197,
                        "The FAILOVER_MODE option has not been specified for the replica '" +
                            given.text +
                            "'. Reenter the command, specifying a FAILOVER_MODE for the replica.",
                        15);
    }
    return {};
}

sql_error named_twice(const std::string& replica) {
    return error_of(35235,
                    "The system name '" + replica +
                        "' was specified more than once in the REPLICA ON clause of this command. "
                        "Reenter the command, specifying a different instance of SQL Server for "
                        "each replica.");
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
        return error_of(35212,
                        "The operation is not allowed by the current availability-group "
                        "configuration. This operation would exceed the maximum number of " +
                            std::to_string(synchronous_most) +
                            " synchronous-commit availability replicas in availability group '" +
                            group.name +
                            "'. Change one of the existing synchronous-commit replicas to the "
                            "asynchronous-commit availability mode, and retry the operation.");
    if (witnesses > 1)
        return error_of(
            47107,
            "The operation is not allowed. Availability group '" + group.name +
                "' only supports one replica which has configuration-only availability mode.");
    if (witnesses == 1 && (synchronous > 2 || group.required != 0))
        return error_of(47108,
                        "The operation is not allowed. Availability group '" + group.name +
                            "' only supports two synchronous mode replicas and "
                            "required_synchronized_secondaries_to_commit is zero when "
                            "configuration-only mode replica is specified.");
    const auto most = static_cast<std::int64_t>(group.replicas.size()) - 1;
    if (group.required < 0 || group.required > std::max<std::int64_t>(most, 0))
        return error_of(35248,
                        "The value of REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT exceeds the "
                        "number of possible synchronous secondaries.");
    return {};
}

}  // namespace ha::mssqlsim
