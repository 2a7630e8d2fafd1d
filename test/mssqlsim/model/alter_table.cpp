// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/foreign_keys.hpp"
#include "test/mssqlsim/model/row_changes.hpp"
#include "test/mssqlsim/model/session_tables.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"

#include <algorithm>
#include <utility>

// ALTER TABLE: the table is made anew with all of its rows.

namespace ha::mssqlsim {

namespace {

using kind = alter_table_statement::kind;

std::optional<std::size_t> place_of(const table_definition& table, const std::string& name) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (same_name(table.columns[i].name, name)) return i;
    return {};
}

const column_rule* rule_of(const std::vector<column_rule>& rules, const std::string& column) {
    for (const auto& one : rules)
        if (same_name(one.column, column)) return &one;
    return nullptr;
}

sql_error no_column(const char* verb, const std::string& column, const std::string& table) {
    return error_of(4924,
                    std::string{"ALTER TABLE "} + verb + " failed because column '" + column +
                        "' does not exist in table '" + table + "'.");
}

// Documented: what holds a column to its type lets it grow, but for the key; a default lets it be
// another length, precision or scale.
bool holds_to_type(const dependent& one, const column_type& present, const column_type& wanted) {
    if (wanted == present) return false;
    switch (one.what) {
        case dependent::kind::key: return true;
        case dependent::kind::by_default:
            return told_type_of(wanted).id != told_type_of(present).id;
        case dependent::kind::constraint:
        case dependent::kind::index:
            return wanted.kind != present.kind || wanted.length <= present.length;
    }
    return true;
}

sql_error no_constraint(std::int32_t number, std::string text, std::uint8_t state = 1) {
    return followed_by(error_of(number, std::move(text), 16, state), not_created(0));
}

// The table as it is to be, and each row of it.
class altered_table {
public:
    altered_table(engine& owner,
                  session_state& session,
                  const alter_table_statement& what,
                  table_definition about,
                  std::string database,
                  known_objects known)
        : owner_(owner),
          session_(session),
          world_(owner, session),
          what_(what),
          before_(std::move(about)),
          database_(std::move(database)),
          known_(std::move(known)) {
        after_ = before_;
    }

    std::optional<sql_error> make(bool has_rows) {
        switch (what_.what) {
            case kind::add: return add(has_rows);
            case kind::drop_columns: return drop();
            case kind::alter_column: return alter();
            case kind::drop_constraints: return drop_constraints(after_, what_, known_);
            case kind::create_index: return create_index(owner_, after_, what_);
            case kind::drop_index: return drop_index(after_, what_, known_);
            case kind::switch_constraints: return switch_constraints(after_, what_);
        }
        return {};
    }

    // What the rows, as they are to be, refuse.
    std::optional<sql_error> refuses(const std::vector<row>& rows) {
        return refuses_rows(owner_, session_, world_, database_, before_, after_, rows);
    }

    const table_definition& about() const { return after_; }

    sql_result<row> of(const row& old) {
        row fresh;
        for (const auto& one : after_.columns) {
            const auto from = place_of(before_, one.name);
            auto v = from ? sql_result<value>{old[*from]} : added(one);
            if (!v) return tl::unexpected(v.error());
            if (is_null(*v) && !one.nullable) return tl::unexpected(no_null(one));
            auto made = convert(*v, one.type);
            if (!made) return tl::unexpected(made.error());
            fresh.push_back(std::move(*made));
        }
        return fresh;
    }

private:
    std::optional<sql_error> add(bool has_rows) {
        const auto& shape = what_.shape;
        for (const auto& one : shape.columns) {
            const auto* rule = rule_of(shape.rules, one.name);
            if (place_of(after_, one.name))
                return error_of(2705,
                                "Column names in each table must be unique. Column name '" +
                                    one.name + "' in table '" + after_.name +
                                    "' is specified more than once.");
            if (has_rows && !one.nullable && rule == nullptr) return not_for_rows(one.name);
            after_.columns.push_back(one);
        }
        for (const auto& one : shape.rules) {
            const bool is_new = std::any_of(
                shape.columns.begin(), shape.columns.end(), [&](const auto& added_column) {
                    return same_name(added_column.name, one.column);
                });
            if (is_new)
                after_.rules.push_back(one);
            else if (auto bad = add_default(one))
                return bad;
        }
        if (shape.primary_key.empty()) return constrain();
        if (!after_.primary_key.empty())
            return no_constraint(
                1779, "Table '" + after_.name + "' already has a primary key defined on it.");
        after_.primary_key = shape.primary_key;
        after_.key_name = shape.key_name;
        for (const auto& name : shape.primary_key) {
            const auto at = place_of(after_, name);
            if (!at)
                return no_constraint(
                    1911, "Column name '" + name + "' does not exist in the target table or view.");
            if (after_.columns[*at].nullable)
                return no_constraint(8111,
                                     "Cannot define PRIMARY KEY constraint on nullable column in "
                                     "table '" +
                                         after_.name + "'.");
        }
        return constrain();
    }

    // The columns and the key stand in the table already.
    std::optional<sql_error> constrain() {
        return add_constraints(owner_, after_, what_.shape, known_, false, what_.trusts);
    }

    // DEFAULT ... FOR a column that is there.
    std::optional<sql_error> add_default(const column_rule& rule) {
        if (!place_of(after_, rule.column))
            return no_constraint(1752,
                                 "Column '" + rule.column + "' in table '" + after_.name +
                                     "' is invalid for creating a default constraint.",
                                 0);
        const auto known =
            std::find_if(after_.rules.begin(), after_.rules.end(), [&](const auto& one) {
                return same_name(one.column, rule.column);
            });
        if (known == after_.rules.end()) {
            after_.rules.push_back(rule);
            return {};
        }
        if (known->identity)
            return no_constraint(1754,
                                 "Defaults cannot be created on columns with an IDENTITY "
                                 "attribute. Table '" +
                                     after_.name + "', column '" + rule.column + "'.");
        if (!known->default_text.empty())
            return no_constraint(1781, "Column already has a DEFAULT bound to it.");
        known->default_text = rule.default_text;
        known->default_name = rule.default_name;
        return {};
    }

    std::optional<sql_error> drop() {
        for (const auto& name : what_.columns) {
            const auto at = place_of(after_, name);
            if (!at && what_.if_exist) continue;
            if (!at) return no_column("DROP COLUMN", name, after_.name);
            if (auto held = holds_column(dependents_of(after_, name), "DROP COLUMN", name))
                return held;
            if (after_.columns.size() == 1)
                return error_of(4923,
                                "ALTER TABLE DROP COLUMN failed because '" + name +
                                    "' is the only data column in table '" + after_.name +
                                    "'. A table must have at least one data column.");
            after_.columns.erase(after_.columns.begin() + static_cast<std::ptrdiff_t>(*at));
            std::erase_if(after_.rules,
                          [&](const auto& one) { return same_name(one.column, name); });
        }
        return {};
    }

    std::optional<sql_error> alter() {
        const auto& wanted = what_.shape.columns.front();
        const auto at = place_of(after_, wanted.name);
        if (!at) return no_column("ALTER COLUMN", wanted.name, after_.name);
        auto& present = after_.columns[*at];
        auto dependents = dependents_of(after_, wanted.name);
        std::erase_if(dependents, [&](const auto& one) {
            return !holds_to_type(one, present.type, wanted.type);
        });
        if (auto held = holds_column(dependents, "ALTER COLUMN", wanted.name)) return held;
        present.type = wanted.type;
        present.nullable = wanted.nullable;
        return {};
    }

    // Of a row that is there already: a column that may be NULL gets its default WITH VALUES only.
    sql_result<value> added(const column& one) {
        const auto* rule = rule_of(what_.shape.rules, one.name);
        if (rule == nullptr) return value{};
        if (rule->identity) {
            identity_ = identity_ ? *identity_ + rule->increment : rule->seed;
            return value{*identity_};
        }
        if (one.nullable && !what_.with_values) return value{};
        return value_of_default(owner_, world_, *rule);
    }

    sql_error no_null(const column& one) const {
        return followed_by(
            error_of(515,
                     "Cannot insert the value NULL into column '" + one.name + "', table '" +
                         after_.name + "'; column does not allow nulls. UPDATE fails.",
                     16,
                     2),
            error_of(3621, "The statement has been terminated.", 0, 0));
    }

    sql_error not_for_rows(const std::string& column) const {
        return error_of(4901,
                        "ALTER TABLE only allows columns to be added that can contain nulls, or "
                        "have a DEFAULT definition specified, or the column being added is an "
                        "identity or timestamp column, or alternatively if none of the previous "
                        "conditions are satisfied the table must be empty to allow addition of "
                        "this column. Column '" +
                            column + "' cannot be added to non-empty table '" + after_.name +
                            "' because it does not satisfy these conditions.");
    }

    engine& owner_;
    const session_state& session_;
    session_environment world_;
    const alter_table_statement& what_;
    table_definition before_;
    table_definition after_;
    std::string database_;
    known_objects known_;
    std::optional<std::int64_t> identity_;
};

// Each statement says it of its own.
sql_error not_found(const alter_table_statement& what) {
    std::string path;
    for (const auto& one : what.table) path += (path.empty() ? "" : ".") + one;
    if (what.what == kind::create_index)
        return error_of(1088,
                        "Cannot find the object \"" + path +
                            "\" because it does not exist or you do not have permissions.",
                        16,
                        12);
    if (what.what == kind::drop_index)
        return error_of(3701,
                        "Cannot drop the index '" + path + "." + what.columns.front() +
                            "', because it does not exist or you do not have permission.",
                        11,
                        6);
    return error_of(4902,
                    "Cannot find the object \"" + what.table.back() +
                        "\" because it does not exist or you do not have permissions.");
}

progress is_missing(const alter_table_statement& what) {
    if (what.what == kind::drop_index && what.if_exist) return statement_end{};
    return failed_with(not_found(what));
}

progress alter_own(engine& owner, session_state& session, const alter_table_statement& what) {
    auto* own = find_session_table(session, what.table.back());
    if (own == nullptr) return is_missing(what);
    altered_table altered{owner, session, what, own->about, "tempdb", {}};
    if (auto bad = altered.make(!own->rows.empty())) return failed_with(*bad);
    auto rows = own->rows;
    std::vector<row> all;
    for (auto& [number, contents] : rows) {
        auto fresh = altered.of(contents);
        if (!fresh) return failed_with(fresh.error());
        contents = std::move(*fresh);
        all.push_back(contents);
    }
    if (auto bad = altered.refuses(all)) return failed_with(*bad);
    own->rows = std::move(rows);
    own->about = altered.about();
    tell_left_out(owner, session, what.shape);
    return statement_end{};
}

// Nobody else has changed it.
progress alter_global(engine& owner,
                      session_state& session,
                      const alter_table_statement& what,
                      global_table& table) {
    auto seen = global_tables::seen(session, table);
    altered_table altered{owner, session, what, seen.about, "tempdb", {}};
    if (auto bad = altered.make(!seen.rows.empty())) return failed_with(*bad);
    std::vector<row> all;
    for (auto& [number, contents] : seen.rows) {
        auto fresh = altered.of(contents);
        if (!fresh) return failed_with(fresh.error());
        contents = std::move(*fresh);
        all.push_back(contents);
    }
    if (auto bad = altered.refuses(all)) return failed_with(*bad);
    seen.about = altered.about();
    owner.global_tables_.replace(session, table, std::move(seen));
    tell_left_out(owner, session, what.shape);
    return statement_end{};
}

// The table is quiet.
progress alter_stored(engine& owner,
                      session_state& session,
                      const alter_table_statement& what,
                      const std::string& name,
                      const table_definition& about) {
    std::vector<std::int64_t> numbers;
    const auto rows = owner.rows_seen(session, name, about, &numbers);
    const std::string database = owner.database(name)->about.name;
    altered_table altered{owner, session, what, about, database, objects_of(owner, session, name)};
    if (auto bad = altered.make(!numbers.empty())) return failed_with(*bad);
    if (altered.about() == about) return statement_end{};  // IF EXISTS, and there is none
    std::vector<row> fresh;
    for (const auto& one : rows.rows) {
        auto made = altered.of(one);
        if (!made) return failed_with(made.error());
        fresh.push_back(std::move(*made));
    }
    if (auto bad = altered.refuses(fresh)) return failed_with(*bad);
    owner.erase_table(session, name, about);
    auto& changes = session.transaction.changes;
    changes.add({row_change::kind::create_table, about.name, 1, {}, {}, altered.about()});
    auto& next = owner.database(name)->next_row[lower(about.name)];
    for (auto& one : fresh)
        changes.add({row_change::kind::insert, about.name, next++, {}, std::move(one), {}});
    return owner.finish_change(session);
}

}  // namespace

progress engine::alter_table(session_state& session, const alter_table_statement& what) {
    const std::string& table = what.table.back();
    if (is_session_table(table)) return alter_own(*this, session, what);
    if (is_global_table(table))
        return when_global_is_quiet(
            session, table, not_found(what), [this, &what](auto& running, auto& found) {
                return alter_global(*this, running, what, found);
            });
    const std::string name = database_of(session, what.table);
    if (database(name) == nullptr) return is_missing(what);
    return when_quiet(
        session, name, table, [this, &what, name, table](session_state& running) -> progress {
            const auto about = table_of(running, name, table);
            if (!about || refuses_table(running, name, about->name, "ALTER"))
                return is_missing(what);
            return alter_stored(*this, running, what, name, *about);
        });
}

}  // namespace ha::mssqlsim
