// SPDX-License-Identifier: MIT
#include "agent/statements/guard.hpp"

#include "agent/statements/quote.hpp"
#include "agent/statements/refusals.hpp"

namespace ha::agent::sql {

namespace {

std::string thrown(refusal number) {
    return "    THROW " + std::to_string(number) + ", " +
           quote_string("mssql-ha: " + std::string(words_for(number))) + ", 1;\n";
}

std::string_view role_name(role one) {
    switch (one) {
        case role::primary: return "PRIMARY";
        case role::secondary: return "SECONDARY";
        case role::resolving: return "RESOLVING";
        case role::absent: break;
    }
    return "";
}

std::string role_list(const std::vector<role>& roles) {
    std::string list;
    for (auto one : roles) {
        if (one == role::absent) continue;
        if (!list.empty()) list += ", ";
        list += quote_string(role_name(one));
    }
    return list;
}

std::string group_text(const guard& when, std::string_view group) {
    auto named = "SELECT 1 FROM sys.availability_groups WHERE name = " + quote_string(group);
    if (when.group_id.empty())
        return "  IF EXISTS (" + named + ")\n" + thrown(refused_group_exists);
    return "  IF NOT EXISTS (" + named +
           "\n      AND CONVERT(nvarchar(36), group_id) = " + quote_string(when.group_id) + ")\n" +
           thrown(refused_group);
}

std::string role_text(const guard& when, std::string_view group) {
    auto list = role_list(when.roles);
    if (list.empty()) return "";
    return "  IF NOT EXISTS (SELECT 1 FROM sys.availability_groups AS g\n"
           "      INNER JOIN sys.dm_hadr_availability_replica_states AS s"
           " ON s.group_id = g.group_id AND s.is_local = 1\n"
           "      WHERE g.name = " +
           quote_string(group) + " AND s.role_desc IN (" + list + "))\n" + thrown(refused_role);
}

}  // namespace

// The order matters for who reads the answer: lateness first, because it says that all else that
// was believed when the batch was made is old. Every check asks for what must be there, so that an
// unknown value refuses. The checks are in a TRY of their own, so that one that
// cannot be evaluated (a right that is missing) ends the batch too.
std::string guard_text(const guard& when, std::string_view group) {
    return "BEGIN TRY\n"
           "  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info WHERE ms_ticks <= " +
           std::to_string(when.ticks_limit) + ")\n" + thrown(refused_late) +
           "  IF NOT EXISTS (SELECT 1 FROM sys.dm_os_sys_info\n"
           "      WHERE CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) = " +
           quote_string(when.replica) + ")\n" + thrown(refused_replica) + group_text(when, group) +
           role_text(when, group) +
           "END TRY\n"
           "BEGIN CATCH\n"
           "  THROW;\n"
           "END CATCH;\n";
}

std::string attempted(std::string_view statement) {
    return "BEGIN TRY\n  " + std::string(statement) +
           ";\nEND TRY\n"
           "BEGIN CATCH\n"
           "  THROW;\n"
           "END CATCH;\n";
}

}  // namespace ha::agent::sql
