// SPDX-License-Identifier: MIT
#include "agent/statements/databases.hpp"

#include "agent/statements/quote.hpp"

namespace ha::agent::sql {

// The first four numbers are the system's (master, tempdb, model, msdb). last_log_backup_lsn is
// NULL as long as no backup of the log can be made: the recovery model is SIMPLE, or there was no
// full backup.
statement list_databases() {
    return statement{
        "list_databases",
        "SELECT d.name AS name, CASE WHEN d.database_id <= 4 THEN 1 ELSE 0 END AS of_system,\n"
        "    CASE WHEN d.state_desc = N'ONLINE' THEN 1 ELSE 0 END AS is_online,\n"
        "    CASE WHEN d.is_read_only = 0 AND d.is_auto_close_on = 0\n"
        "      AND d.user_access_desc = N'MULTI_USER' THEN 1 ELSE 0 END AS is_open,\n"
        "    CASE WHEN d.recovery_model_desc = N'FULL' THEN 1 ELSE 0 END AS is_full,\n"
        "    CASE WHEN s.last_log_backup_lsn IS NULL THEN 0 ELSE 1 END AS backed_up,\n"
        "    CASE WHEN d.group_database_id IS NULL THEN 0 ELSE 1 END AS grouped\n"
        "  FROM sys.databases AS d\n"
        "  LEFT JOIN sys.database_recovery_status AS s ON s.database_id = d.database_id\n"
        "  ORDER BY d.name;\n"};
}

result<std::vector<found_database>> parse_databases(const engine_answer& answer) {
    if (answer.sets.size() != 1)
        return failure(errc::malformed, "the list of databases should be one result set");
    const auto& set = answer.sets.front();
    std::vector<found_database> found;
    for (std::size_t row = 0; row < set.rows.size(); ++row) {
        found_database one;
        auto name = set.text(row, "name");
        if (!name) return failure(errc::malformed, "the list of databases lacks a name");
        one.name = *name;
        auto read = [&](std::string_view column, bool& into) {
            auto number = set.integer(row, column);
            into = number.value_or(0) != 0;
            return number.has_value();
        };
        bool all = read("of_system", one.of_system) && read("is_online", one.online) &&
                   read("is_open", one.open) && read("is_full", one.full_recovery) &&
                   read("backed_up", one.backed_up) && read("grouped", one.grouped);
        if (!all)
            return failure(
                errc::malformed,
                "the list of databases should say 0 or 1 of " + one.name + " in every column");
        found.push_back(std::move(one));
    }
    return found;
}

statement add_database(std::string_view group, const guard& when, std::string_view database) {
    return statement{
        "add_database",
        guard_text(when, group) + attempted("ALTER AVAILABILITY GROUP " + quote_name(group) +
                                            " ADD DATABASE " + quote_name(database))};
}

statement resume_database(std::string_view group, const guard& when, std::string_view database) {
    return statement{"resume_database",
                     guard_text(when, group) +
                         attempted("ALTER DATABASE " + quote_name(database) + " SET HADR RESUME")};
}

}  // namespace ha::agent::sql
