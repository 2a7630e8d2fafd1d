// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_constraints.hpp"

#include "test/mssqlsim/model/foreign_keys.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;

sql_error terminated() {
    return error_of(3621, "The statement has been terminated.", 0, 0);
}

// Errors of CREATE TABLE and ALTER TABLE are followed by this one, whose state was measured.
sql_error for_constraint(sql_error first, std::uint8_t state) {
    return followed_by(
        std::move(first),
        error_of(1750, "Could not create constraint or index. See previous errors.", 16, state));
}

bool has_column(const table_definition& table, const std::string& name) {
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const auto& one) {
        return same_name(one.name, name);
    });
}

bool is_unlimited(const table_definition& table, const std::string& name) {
    static constexpr std::array<column_kind, 4> kinds{column_kind::nvarchar_max,
                                                      column_kind::varchar_max,
                                                      column_kind::varbinary_max,
                                                      column_kind::xml};
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const auto& one) {
        return same_name(one.name, name) &&
               std::find(kinds.begin(), kinds.end(), one.type.kind) != kinds.end();
    });
}

std::optional<sql_error> refuses_columns(const table_definition& table,
                                         const table_constraint& one) {
    object_names seen;
    for (const auto& part : one.columns) {
        if (!has_column(table, part.name))
            return error_of(
                1911,
                "Column name '" + part.name + "' does not exist in the target table or view.");
        if (!part.included && is_unlimited(table, part.name))
            return error_of(1919,
                            "Column '" + part.name + "' in table '" + table.name +
                                "' is of a type that is invalid for use as a key column in an "
                                "index.");
        if (!seen.insert(part.name).second)
            return error_of(1909,
                            "Cannot use duplicate column names in index. Column name '" +
                                part.name + "' listed more than once.");
    }
    return {};
}

// DATEDIFF(day, ...): its first argument is a word, and no column.
bool takes_date_part(const expression& what) {
    return what.what == expression::kind::call && what.text.starts_with("DATE") &&
           what.arguments.size() > 1 && !what.text.ends_with("FROMPARTS");
}

// The columns that it names, each once, in the table's order.
void note_columns(const table_definition& table, const expression& what, object_names& names) {
    if (what.what == expression::kind::name && !what.parts.empty()) names.insert(what.parts.back());
    for (std::size_t i = takes_date_part(what) ? 1 : 0; i < what.arguments.size(); ++i)
        note_columns(table, what.arguments[i], names);
}

std::vector<constraint_column> columns_of(const table_definition& table, const expression& what) {
    object_names names;
    note_columns(table, what, names);
    std::vector<constraint_column> made;
    for (const auto& one : table.columns)
        if (names.count(one.name) != 0) made.push_back({one.name, false, false});
    return made;
}

// Columns of the table alone, and no query.
std::optional<sql_error> refuses_condition(const table_definition& table, const expression& what) {
    using is = expression::kind;
    if (what.query || what.what == is::subquery || what.what == is::exists)
        return reaching(error_of(1046,
                                 "Subqueries are not allowed in this context. Only scalar "
                                 "expressions are allowed.",
                                 15),
                        sql_error::reach::scope);
    if (what.what == is::name && !what.parts.empty() && !has_column(table, what.parts.back()))
        return reaching(error_of(207, "Invalid column name '" + what.parts.back() + "'."),
                        sql_error::reach::scope);
    for (std::size_t i = takes_date_part(what) ? 1 : 0; i < what.arguments.size(); ++i)
        if (auto bad = refuses_condition(table, what.arguments[i])) return bad;
    return {};
}

sql_result<std::shared_ptr<const expression>> condition_of(engine& owner, const std::string& text) {
    const auto parsed = owner.scripts_.parse("SELECT 1 WHERE " + text);
    if (!parsed) return tl::unexpected(parsed.error());
    const auto* query = std::get_if<select_statement>(&(*parsed)->front().what);
    if (query == nullptr || !query->query.where) return std::shared_ptr<const expression>{};
    return std::shared_ptr<const expression>{*parsed, &*query->query.where};
}

std::string generated_name(const table_definition& table, std::size_t place) {
    const auto what = table.constraints[place].what;
    const char* kind_of = what == kind::check ? "CK" : what == kind::unique ? "UQ" : "FK";
    std::array<char, 20> number{};
    std::string columns;
    for (const auto& one : table.constraints[place].columns) columns += "\n" + one.name;
    const auto hash = number_of(table.name, kind_of + columns + table.constraints[place].condition);
    const auto& about = table.constraints[place];
    std::snprintf(number.data(),
                  number.size(),
                  about.what == kind::unique ? "%08X%08X" : "%08X",
                  static_cast<unsigned>(hash + static_cast<std::int64_t>(place)),
                  static_cast<unsigned>(place));
    const std::string column = about.what != kind::unique && about.columns.size() == 1
                                   ? about.columns.front().name.substr(0, 5) + "__"
                                   : std::string{};
    return std::string{kind_of} + "__" + table.name.substr(0, 9) + "__" + column + number.data();
}

// The name of what the rows are kept in order by; empty: nothing.
std::string clustered_name(const table_definition& table) {
    if (!table.primary_key.empty() && !table.key_nonclustered) return key_name_of(table);
    for (const auto& one : table.constraints)
        if (one.is_clustered) return one.name;
    return {};
}

sql_error second_clustered(const std::string& table, const std::string& name) {
    return error_of(1902,
                    "Cannot create more than one clustered index on table '" + table +
                        "'. Drop the existing clustered index '" + name +
                        "' before creating another.",
                    16,
                    3);
}

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

// 2714, 8168: a name that is there already, or twice in one statement.
std::optional<sql_error> refuses_name(const std::string& name,
                                      const object_names& taken,
                                      object_names& added) {
    if (name.empty()) return {};
    if (taken.count(name) != 0)
        return for_constraint(
            error_of(
                2714, "There is already an object named '" + name + "' in the database.", 16, 5),
            1);
    if (added.insert(name).second) return {};
    return error_of(8168,
                    "Cannot create, drop, enable, or disable more than one constraint, column, "
                    "index, or trigger named '" +
                        name + "' in this context. Duplicate names are not allowed.",
                    16,
                    0);
}

bool is_index_of(const table_constraint& one) {
    return one.what == kind::unique || one.what == kind::index;
}

std::optional<sql_error> refuses_clustering(table_definition& table,
                                            const create_table_statement& shape,
                                            bool is_new_table) {
    std::size_t wanted = shape.key_clustered ? 1 : 0;
    for (const auto& one : shape.constraints) wanted += one.is_clustered ? 1U : 0U;
    table_definition before = table;
    if (!shape.primary_key.empty()) before.primary_key.clear();
    const auto present = clustered_name(before);
    if (wanted > 1 && is_new_table)
        return error_of(8112,
                        "Cannot add more than one clustered index for constraints on table '" +
                            table.name + "'.",
                        16,
                        0);
    if (wanted > 0 && !present.empty())
        return for_constraint(second_clustered(table.name, present), 0);
    if (!shape.primary_key.empty())
        table.key_nonclustered =
            shape.key_nonclustered || (!shape.key_clustered && (wanted > 0 || !present.empty()));
    return {};
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

known_objects objects_of(const engine& owner,
                         const session_state& session,
                         const std::string& database) {
    known_objects made;
    made.is_stored = true;
    const auto* target = owner.database(database);
    if (target == nullptr) return made;
    object_names tables;
    for (const auto& one : owner.store_->tables(target->about.name)) tables.insert(one);
    if (same_name(session.transaction.database, database))
        for (const auto& change : session.transaction.changes)
            if (change.what == row_change::kind::create_table) tables.insert(change.table);
    for (const auto& name : tables) {
        auto about = owner.table_of(session, database, name);
        if (!about) continue;
        made.names.insert(about->name);
        if (!about->key_name.empty()) made.names.insert(about->key_name);
        for (const auto& one : about->constraints)
            if (one.what != kind::index) made.names.insert(one.name);
        for (const auto& one : about->rules)
            if (!one.default_name.empty()) made.names.insert(one.default_name);
        made.tables.push_back(std::move(*about));
    }
    return made;
}

std::optional<sql_error> add_constraints(engine& owner,
                                         table_definition& table,
                                         const create_table_statement& shape,
                                         const known_objects& known,
                                         bool is_new_table,
                                         bool is_untrusted) {
    object_names added;
    if (auto bad = refuses_name(shape.key_name, known.names, added)) return bad;
    for (const auto& one : shape.rules)
        if (auto bad = refuses_name(one.default_name, known.names, added)) return bad;
    if (auto bad = refuses_clustering(table, shape, is_new_table)) return bad;
    for (const auto& one : shape.constraints)
        if (one.what != kind::index)
            if (auto bad = refuses_name(one.name, known.names, added)) return bad;
    const auto add = [&](const table_constraint& one) -> std::optional<sql_error> {
        if (is_index_of(one))
            if (auto bad = refuses_columns(table, one)) return for_constraint(*bad, 0);
        table.constraints.push_back(one);
        auto& made = table.constraints.back();
        if (!one.condition.empty()) {
            const auto parsed = condition_of(owner, one.condition);
            if (!parsed) return parsed.error();
            if (auto bad = refuses_condition(table, **parsed)) return bad;
            if (one.what == kind::check) made.columns = columns_of(table, **parsed);
        }
        made.is_untrusted = is_untrusted && !is_index_of(one);
        made.is_system_named = made.name.empty();
        if (made.name.empty()) made.name = generated_name(table, table.constraints.size() - 1);
        if (one.what != kind::foreign_key) return {};
        return complete_foreign_key(table, made, known);
    };
    for (const auto& one : shape.constraints)
        if (one.what != kind::foreign_key)
            if (auto bad = add(one)) return bad;
    // By keys of the same statement, too. assumption: a session's own tables leave them out.
    for (const auto& one : shape.constraints)
        if (one.what == kind::foreign_key && known.is_stored)
            if (auto bad = add(one)) return bad;
    return {};
}

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
    } else if (is_key || (known != table.constraints.end() && is_index_of(*known))) {
        return error_of(1913,
                        "The operation failed because an index or statistics with name '" +
                            made.name + "' already exists on table '" + path + "'.");
    }
    if (const auto name = clustered_name(table); made.is_clustered && !name.empty())
        return second_clustered(path, name);
    if (auto bad = refuses_columns(table, made)) return bad;
    if (!made.condition.empty()) {
        const auto parsed = condition_of(owner, made.condition);
        if (!parsed) return parsed.error();
        if (auto bad = refuses_condition(table, **parsed)) return bad;
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

std::optional<sql_error> holds_column(const table_definition& table,
                                      const char* verb,
                                      const std::string& column) {
    for (const auto& one : table.constraints) {
        const bool has = std::any_of(one.columns.begin(), one.columns.end(), [&](const auto& part) {
            return same_name(part.name, column);
        });
        if (!has) continue;
        return followed_by(
            error_of(5074,
                     std::string{"The "} + (one.what == kind::index ? "index" : "object") + " '" +
                         one.name + "' is dependent on column '" + column + "'."),
            error_of(4922,
                     std::string{"ALTER TABLE "} + verb + " " + column +
                         " failed because one or more objects access this column.",
                     16,
                     9));
    }
    return {};
}

namespace {

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
    return followed_by(
        std::move(first),
        followed_by(error_of(1750, "Could not create constraint or index. See previous errors."),
                    terminated()));
}

}  // namespace

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
