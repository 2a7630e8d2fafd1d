// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/constraint_parts.hpp"
#include "test/mssqlsim/model/foreign_keys.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"

#include <algorithm>
#include <utility>

// Constraints that are dropped and switched, and indexes that are made and dropped.

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;

std::string path_of(const std::vector<std::string>& parts) {
    std::string made;
    for (const auto& one : parts) made += (made.empty() ? "" : ".") + one;
    return made;
}

auto find_constraint(table_definition& table, const std::string& name) {
    return std::find_if(table.constraints.begin(), table.constraints.end(), [&](const auto& one) {
        return same_name(one.name, name);
    });
}

}  // namespace

std::optional<sql_error> drop_constraints(table_definition& table,
                                          const alter_table_statement& what,
                                          const known_objects& known) {
    const auto not_dropped = [](sql_error first) {
        return followed_by(
            std::move(first),
            error_of(3727, "Could not drop constraint. See previous errors.", 16, 0));
    };
    const auto kept = [&](const std::string& name, std::optional<std::size_t> place) {
        const auto by = dependent_on(table, place, known.tables);
        if (!by) return std::optional<sql_error>{};
        return std::optional<sql_error>{
            not_dropped(error_of(3725,
                                 "The constraint '" + name + "' is being referenced by table '" +
                                     by->table + "', foreign key constraint '" + by->name + "'.",
                                 16,
                                 0))};
    };
    for (const auto& name : what.columns) {
        if (!table.primary_key.empty() && same_name(key_name_of(table), name)) {
            if (auto bad = kept(name, std::nullopt)) return bad;
            table.primary_key.clear();
            table.key_name.clear();
            table.key_nonclustered = false;
            continue;
        }
        const auto at = find_constraint(table, name);
        if (at != table.constraints.end() && at->what != kind::index) {
            const auto place = static_cast<std::size_t>(at - table.constraints.begin());
            if (at->what == kind::unique)
                if (auto bad = kept(name, place)) return bad;
            table.constraints.erase(at);
            continue;
        }
        const auto rule = std::find_if(table.rules.begin(), table.rules.end(), [&](const auto& r) {
            return !r.default_text.empty() && same_name(default_name_of(table, r), name);
        });
        if (rule != table.rules.end()) {
            table.rules.erase(rule);
            continue;
        }
        if (what.if_exist) continue;
        if (known.names.count(name) != 0)
            return not_dropped(
                error_of(3733,
                         "Constraint '" + name + "' does not belong to table '" + table.name + "'.",
                         16,
                         2));
        return not_dropped(error_of(3728, "'" + name + "' is not a constraint."));
    }
    return {};
}

// What is switched on again without WITH CHECK is not trusted.
std::optional<sql_error> switch_constraints(table_definition& table,
                                            const alter_table_statement& what) {
    const auto refused = [](sql_error first) {
        return followed_by(
            std::move(first),
            error_of(
                4916, "Could not enable or disable the constraint. See previous errors.", 16, 0));
    };
    const auto may_be_off = [](const table_constraint& one) {
        return one.what == kind::check || one.what == kind::foreign_key;
    };
    const auto turn = [&](table_constraint& one) {
        one.is_disabled = !what.enables;
        one.is_untrusted = !what.enables || (one.is_untrusted && !what.with_check);
    };
    for (auto& one : table.constraints)
        if (what.all && may_be_off(one)) turn(one);
    for (const auto& name : what.columns) {
        const auto at = find_constraint(table, name);
        if (at != table.constraints.end() && may_be_off(*at)) {
            turn(*at);
            continue;
        }
        const bool is_key = !table.primary_key.empty() && same_name(key_name_of(table), name);
        if (is_key || (at != table.constraints.end() && at->what == kind::unique))
            return refused(error_of(11415,
                                    "Object '" + name +
                                        "' cannot be disabled or enabled. This action applies only "
                                        "to foreign key and check constraints."));
        return refused(error_of(4917, "Constraint '" + name + "' does not exist.", 16, 0));
    }
    return {};
}

std::optional<sql_error> create_index(engine& owner,
                                      table_definition& table,
                                      const alter_table_statement& what) {
    table_constraint made = what.shape.constraints.front();
    const std::string path = path_of(what.table);
    const auto known = find_constraint(table, made.name);
    const bool is_key = !table.primary_key.empty() && same_name(key_name_of(table), made.name);
    if (what.drop_existing) {
        if (known == table.constraints.end() || known->what != kind::index)
            return error_of(
                7999,
                "Could not find any index named '" + made.name + "' for table '" + path + "'.",
                16,
                9);
        table.constraints.erase(known);
    } else if (is_key || (known != table.constraints.end() &&
                          (known->what == kind::unique || known->what == kind::index))) {
        return error_of(1913,
                        "The operation failed because an index or statistics with name '" +
                            made.name + "' already exists on table '" + path + "'.");
    }
    if (const auto name = clustered_name(table); made.is_clustered && !name.empty())
        return second_clustered(path, name);
    if (auto bad = refuses_columns(table, made)) return bad;
    if (!made.condition.empty()) {
        const auto parsed = checked_condition(owner, table, made.condition);
        if (!parsed) return parsed.error();
    }
    table.constraints.push_back(std::move(made));
    return {};
}

std::optional<sql_error> drop_index(table_definition& table,
                                    const alter_table_statement& what,
                                    const known_objects& others) {
    const std::string path = path_of(what.table) + "." + what.columns.front();
    const auto known = find_constraint(table, what.columns.front());
    const bool is_key =
        !table.primary_key.empty() && same_name(key_name_of(table), what.columns.front());
    const bool is_unique = known != table.constraints.end() && known->what == kind::unique;
    if (is_key || is_unique)
        return error_of(3723,
                        "An explicit DROP INDEX is not allowed on index '" + path +
                            "'. It is being used for " + (is_key ? "PRIMARY KEY" : "UNIQUE KEY") +
                            " constraint enforcement.",
                        16,
                        is_key ? 4 : 5);
    if (known == table.constraints.end() || known->what != kind::index) {
        if (what.if_exist) return {};
        return error_of(3701,
                        "Cannot drop the index '" + path +
                            "', because it does not exist or you do not have permission.",
                        11,
                        7);
    }
    const auto place = static_cast<std::size_t>(known - table.constraints.begin());
    if (dependent_on(table, place, others.tables))
        return error_of(3723,
                        "An explicit DROP INDEX is not allowed on index '" + path +
                            "'. It is being used for FOREIGN KEY constraint enforcement.",
                        16,
                        6);
    table.constraints.erase(known);
    return {};
}

// assumption: a default is said after the others.
std::vector<dependent> dependents_of(const table_definition& table, const std::string& column) {
    std::vector<dependent> made;
    const auto is_it = [&](const std::string& name) { return same_name(name, column); };
    const auto& key = table.primary_key;
    if (std::any_of(key.begin(), key.end(), is_it))
        made.push_back({dependent::kind::key, key_name_of(table)});
    for (const auto& one : table.constraints)
        if (std::any_of(one.columns.begin(), one.columns.end(), [&](const auto& part) {
                return is_it(part.name);
            }))
            made.push_back(
                {one.what == kind::index ? dependent::kind::index : dependent::kind::constraint,
                 one.name});
    for (const auto& one : table.rules)
        if (is_it(one.column) && !one.default_text.empty())
            made.push_back({dependent::kind::by_default, default_name_of(table, one)});
    return made;
}

std::optional<sql_error> holds_column(const std::vector<dependent>& dependents,
                                      const char* verb,
                                      const std::string& column) {
    if (dependents.empty()) return {};
    sql_error made = error_of(4922,
                              std::string{"ALTER TABLE "} + verb + " " + column +
                                  " failed because one or more objects access this column.",
                              16,
                              9);
    for (auto one = dependents.rbegin(); one != dependents.rend(); ++one) {
        const char* what = one->what == dependent::kind::index ? "index" : "object";
        made = followed_by(error_of(5074,
                                    std::string{"The "} + what + " '" + one->name +
                                        "' is dependent on column '" + column + "'."),
                           std::move(made));
    }
    return made;
}

}  // namespace ha::mssqlsim
