// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/constraint_parts.hpp"
#include "test/mssqlsim/model/foreign_keys.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"

#include <algorithm>
#include <utility>

// What constraints say of rows.

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;

sql_error terminated() {
    return error_of(3621, "The statement has been terminated.", 0, 0);
}

// Two rows of one key.
std::optional<row> duplicate_of(const std::vector<row>& rows,
                                const std::vector<std::size_t>& places) {
    object_names seen;
    for (const auto& one : rows) {
        row key = values_at(one, places);
        if (!seen.insert(key_text(key)).second) return key;
    }
    return {};
}

sql_error terminated_by(const table_definition& table, const std::string& name, const row& key) {
    return error_of(1505,
                    "The CREATE UNIQUE INDEX statement terminated because a duplicate key was "
                    "found for the object name 'dbo." +
                        table.name + "' and the index name '" + name +
                        "'. The duplicate key value is (" + told_key(key) + ").");
}

sql_error of_constraint(sql_error first) {
    return followed_by(std::move(first), followed_by(not_created(1), terminated()));
}

}  // namespace

sql_error conflict(const std::string& verb,
                   const std::string& database,
                   const table_definition& table,
                   const table_constraint& rule) {
    const std::string column =
        rule.columns.size() == 1 ? ", column '" + rule.columns.front().name + "'" : std::string{};
    return error_of(547,
                    "The " + verb + " statement conflicted with the CHECK constraint \"" +
                        rule.name + "\". The conflict occurred in database \"" + database +
                        "\", table \"dbo." + table.name + "\"" + column + ".",
                    16,
                    0);
}

std::string told_key(const row& key) {
    std::string made;
    for (const auto& part : key)
        made += (made.empty() ? "" : ", ") + (is_null(part) ? "<NULL>" : text_of(part));
    return made;
}

sql_result<row_filter> row_filter::of(engine& owner,
                                      const table_definition& table,
                                      const table_constraint& rule,
                                      bool negated) {
    row_filter made;
    if (rule.condition.empty()) return made;
    auto found = condition_of(owner, negated ? "NOT (" + rule.condition + ")" : rule.condition);
    if (!found) return tl::unexpected(found.error());
    made.condition_ = std::move(*found);
    made.table_ = table.name;
    made.shape_.columns = table.columns;
    return made;
}

sql_result<bool> row_filter::holds_for(const row& contents, environment& world) const {
    if (condition_ == nullptr) return true;
    scope here;
    here.sources.push_back({table_, &shape_, &contents});
    return holds(*condition_, here, world);
}

std::optional<sql_error> refuses_rows(engine& owner,
                                      const session_state& session,
                                      environment& world,
                                      const std::string& database,
                                      const table_definition& before,
                                      const table_definition& after,
                                      const std::vector<row>& rows) {
    if (!after.primary_key.empty())
        if (const auto key = duplicate_of(rows, places_of(after, after.primary_key)))
            return of_constraint(terminated_by(after, key_name_of(after), *key));
    for (const auto& one : after.constraints) {
        const bool was_there =
            std::find(before.constraints.begin(), before.constraints.end(), one) !=
            before.constraints.end();
        if (was_there) continue;
        if (one.what == kind::check && !one.is_untrusted) {
            const auto broken = row_filter::of(owner, after, one, true);
            if (!broken) return broken.error();
            for (const auto& contents : rows) {
                const auto bad = broken->holds_for(contents, world);
                if (!bad) return bad.error();
                if (*bad) return conflict("ALTER TABLE", database, after, one);
            }
        }
        if (one.what == kind::foreign_key && !one.is_untrusted)
            if (auto bad = refuses_references(owner, session, database, after, one, rows))
                return bad;
        if (!one.is_unique) continue;
        const auto filter = row_filter::of(owner, after, one, false);
        if (!filter) return filter.error();
        std::vector<row> held;
        for (const auto& contents : rows) {
            const auto yes = filter->holds_for(contents, world);
            if (!yes) return yes.error();
            if (*yes) held.push_back(contents);
        }
        const auto key = duplicate_of(held, places_of(after, one));
        if (!key) continue;
        auto bad = terminated_by(after, one.name, *key);
        if (one.what == kind::unique) return of_constraint(std::move(bad));
        return followed_by(std::move(bad), terminated());
    }
    return {};
}

}  // namespace ha::mssqlsim
