// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_changes.hpp"

#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/model/log_reuse.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"
#include "test/mssqlsim/model/session_tables.hpp"
#include "test/mssqlsim/model/table_locks.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

sql_error no_table(const std::vector<std::string>& name) {
    std::string path;
    for (const auto& part : name) path += (path.empty() ? "" : ".") + part;
    return sql_error{
        208, "Invalid object name '" + path + "'.", 16, 1, sql_error::reach::scope, 0, {}};
}

sql_error unknown_column(const std::string& name) {
    return sql_error{
        207, "Invalid column name '" + name + "'.", 16, 1, sql_error::reach::scope, 0, {}};
}

}  // namespace

row_changes::row_changes(engine& owner,
                         session_state& session,
                         const std::vector<std::string>& name)
    : owner_(owner),
      session_(session),
      world_(owner, session),
      path_(name),
      database_(database_of(session, name)) {}

std::optional<sql_error> row_changes::open(const std::string& permission, bool reads) {
    if (is_session_table(path_.back())) {
        own_ = find_session_table(session_, path_.back());
        if (own_ == nullptr) return no_session_table(path_);
        table_ = own_->about;
        identity_ = counter_of(table_);
        return {};
    }
    if (is_global_table(path_.back())) {
        global_ = owner_.global_tables_.find(session_, path_.back());
        if (global_ == nullptr) return no_session_table(path_);
        own_seen_ = global_tables::seen(session_, *global_);
        own_ = &own_seen_;
        table_ = own_->about;
        identity_ = counter_of(table_);
        return {};
    }
    if (owner_.database(database_) == nullptr) return no_table(path_);
    if (auto refused = owner_.refuses_access(session_, database_, true)) return refused;
    auto found = owner_.table_of(session_, database_, path_.back());
    if (!found) return no_table(path_);
    table_ = std::move(*found);
    touched_.insert(table_.name);
    identity_ = counter_of(table_);
    if (identity_) identity_before_ = last_identity();
    if (auto refused = owner_.refuses_table(session_, database_, table_.name, permission))
        return refused;
    if (reads)
        if (auto refused = owner_.refuses_table(session_, database_, table_.name, "SELECT"))
            return refused;
    if (auto refused = refuses_second_database(session_, database_)) return refused;
    return refuses_log(owner_, database_);
}

std::optional<sql_error> row_changes::insert(const insert_statement& what) {
    if (what.query) {
        auto rows = run_query(*what.query, nullptr, world_);
        if (!rows) return rows.error();
        const auto columns = columns_of(what, rows->columns.size());
        if (!columns) return columns.error();
        for (auto& values : rows->rows) {
            for (std::size_t i = 0; i < values.size(); ++i)
                if (table_.columns[(*columns)[i]].type.kind == column_kind::variant)
                    values[i] = as_variant(values[i], rows->columns[i].type);
            if (auto bad = insert_row(*columns, values)) return bad;
        }
        return {};
    }
    if (what.default_values) return insert_row({}, {});
    for (const auto& expressions : what.rows) {
        row values;
        const auto columns = columns_of(what, expressions.size());
        if (!columns) return columns.error();
        for (const auto& one : expressions) {
            const bool by_default = one.what == expression::kind::parameter_default;
            const auto at = (*columns)[values.size()];
            auto v = by_default ? default_of(at)
                                : evaluated_for(one, {}, world_, table_.columns[at].type);
            if (!v) return v.error();
            values.push_back(std::move(*v));
        }
        if (auto bad = insert_row(*columns, values)) return bad;
    }
    return {};
}

sql_result<row_set> row_changes::all_rows(std::vector<std::int64_t>& numbers) {
    if (own_ == nullptr) return owner_.user_rows(session_, database_, table_.name, &numbers);
    row_set made{own_->about.columns, {}};
    for (const auto& [number, contents] : own_->rows) {
        numbers.push_back(number);
        made.rows.push_back(contents);
    }
    return made;
}

std::optional<sql_error> row_changes::each(const std::optional<expression>& where,
                                           const visitor& visit) {
    std::vector<std::int64_t> numbers;
    const auto rows = all_rows(numbers);
    if (!rows) return rows.error();
    scope here;
    here.sources.push_back({table_.name, &*rows, nullptr});
    for (std::size_t i = 0; i < rows->rows.size(); ++i) {
        here.sources.front().current = &rows->rows[i];
        if (where) {
            const auto yes = holds(*where, here, world_);
            if (!yes) return yes.error();
            if (!*yes) continue;
        }
        lock("#" + std::to_string(numbers[i]));
        if (auto bad = visit(numbers[i], rows->rows[i], here)) return bad;
    }
    return {};
}

std::optional<sql_error> row_changes::update(const update_statement& what) {
    for (const auto& one : what.assignments)
        if (const auto at = column_index(one.column); identity_ && at && identity_->column == *at)
            return error_of(8102, "Cannot update identity column '" + one.column + "'.");
    return each(
        what.where,
        [&](std::int64_t number, const row& old, const scope& here) -> std::optional<sql_error> {
            row fresh = old;
            for (const auto& one : what.assignments) {
                const auto at = column_index(one.column);
                if (!at) return unknown_column(one.column);
                const bool by_default = one.what.what == expression::kind::parameter_default;
                auto v = by_default
                             ? default_of(*at)
                             : evaluated_for(one.what, here, world_, table_.columns[*at].type);
                if (!v) return v.error();
                if (auto bad = store(fresh, *at, *v)) return bad;
            }
            made_.push_back(
                {row_change::kind::update, table_.name, number, old, std::move(fresh), {}});
            return {};
        });
}

std::optional<sql_error> row_changes::erase(const delete_statement& what) {
    return each(what.where,
                [&](std::int64_t number, const row& old, const scope&) -> std::optional<sql_error> {
                    made_.push_back({row_change::kind::erase, table_.name, number, old, {}, {}});
                    return {};
                });
}

// The statement is run anew then, and gives the same identity.
std::optional<std::string> row_changes::blocked() {
    for (const auto& one : touched_) awaited_.push_back(lock_of_whole(database_, one));
    for (const auto* all : {&locks_, &awaited_})
        for (const auto& one : *all)
            if (owner_.lock_holder(session_, one)) {
                if (identity_) last_identity() = identity_before_;
                return one;
            }
    return {};
}

progress row_changes::finish(std::uint16_t command) {
    statement_end end;
    end.rows = static_cast<std::int64_t>(made_.size());
    end.command = command;
    if (identity_given_) {
        session_.last_identity = identity_given_;
        session_.scope_identities[session_.scopes.size()] = *identity_given_;
    }
    if (global_ != nullptr) {
        keep_for_all();
        return end;
    }
    if (own_ != nullptr) {
        keep_in_session();
        return end;
    }
    if (auto refused = owner_.refuses_disk(database_, table_.name, command != completion::erase))
        return failed_with(*refused);
    auto& open = session_.transaction;
    open.database = owner_.database(database_)->about.name;
    open.locks.insert(locks_.begin(), locks_.end());
    for (const auto& one : touched_) open.locks.insert(lock_of_change(database_, one));
    for (auto& one : made_) open.changes.add(std::move(one));
    for (auto& one : cascaded_) open.changes.add(std::move(one));
    return owner_.finish_change(session_, end);
}

// Nobody else has locks in it or waits for a disk.
void row_changes::keep_in_session() {
    for (auto& one : made_) {
        if (one.what == row_change::kind::erase)
            own_->rows.erase(one.row_number);
        else
            own_->rows[one.row_number] = std::move(one.after);
    }
}

// Numbers that were given are not given again, whatever comes of the transaction.
void row_changes::keep_for_all() {
    auto& kept = global_->contents;
    kept.next_row = std::max(kept.next_row, own_seen_.next_row);
    kept.last_identity = own_seen_.last_identity;
    auto& open = session_.transaction;
    if (open.depth > 0) open.locks.insert(locks_.begin(), locks_.end());
    owner_.global_tables_.change(session_, *global_, std::move(made_));
}

void row_changes::lock(const std::string& what) {
    if (own_ == nullptr || global_ != nullptr)
        locks_.push_back(lock_of(database_, table_.name, what));
}

void row_changes::lock(const std::string& table, const std::string& what) {
    touched_.insert(table);
    locks_.push_back(lock_of(database_, table, what));
}

void row_changes::await(const std::string& table, const std::string& what) {
    awaited_.push_back(lock_of(database_, table, what));
}

std::optional<std::size_t> row_changes::column_index(const std::string& name) const {
    for (std::size_t i = 0; i < table_.columns.size(); ++i)
        if (same_name(table_.columns[i].name, name)) return i;
    return {};
}

std::optional<sql_error> row_changes::store(row& into, std::size_t at, const value& v) {
    const column& about = table_.columns[at];
    if (is_null(v) && !about.nullable)
        return error_of(515,
                        "Cannot insert the value NULL into column '" + about.name + "', table '" +
                            database_ + ".dbo." + table_.name +
                            "'; column does not allow nulls. INSERT fails.",
                        16,
                        2);
    auto made = convert(v, about.type);
    if (!made) return made.error();
    into[at] = std::move(*made);
    return {};
}

std::optional<sql_error> row_changes::insert_row(const std::vector<std::size_t>& columns,
                                                 const row& values) {
    row fresh(table_.columns.size());
    std::vector<bool> given(fresh.size(), false);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        fresh[columns[i]] = values[i];
        given[columns[i]] = true;
    }
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        if (!given[i]) {
            auto v = default_of(i);
            if (!v) return v.error();
            fresh[i] = std::move(*v);
        }
        if (auto bad = store(fresh, i, value{fresh[i]})) return bad;
    }
    if (identity_) note_identity(fresh);
    auto& next =
        own_ != nullptr ? own_->next_row : owner_.database(database_)->next_row[lower(table_.name)];
    made_.push_back({row_change::kind::insert, table_.name, next++, {}, std::move(fresh), {}});
    return {};
}

// Without a list of columns the values are for all but the identity's.
sql_result<std::vector<std::size_t>> row_changes::columns_of(const insert_statement& what,
                                                             std::size_t values) const {
    std::vector<std::size_t> made;
    for (const auto& name : what.columns) {
        const auto at = column_index(name);
        if (!at) return tl::unexpected(unknown_column(name));
        if (identity_ && identity_->column == *at && !may_give_identity())
            return tl::unexpected(
                error_of(544,
                         "Cannot insert explicit value for identity column in table '" +
                             table_.name + "' when IDENTITY_INSERT is set to OFF."));
        made.push_back(*at);
    }
    if (what.default_values) return made;
    for (std::size_t i = 0; what.columns.empty() && i < table_.columns.size(); ++i)
        if (!identity_ || identity_->column != i) made.push_back(i);
    if (what.columns.empty() && identity_ && values == made.size() + 1)
        return tl::unexpected(
            error_of(8101,
                     "An explicit value for the identity column in table '" + table_.name +
                         "' can only be specified when a column list is used and IDENTITY_INSERT "
                         "is ON."));
    if (values != made.size())
        return tl::unexpected(
            sql_error{213,
                      "Column name or number of supplied values does not match table definition.",
                      16,
                      1,
                      sql_error::reach::scope,
                      0,
                      {}});
    const bool identity_missing =
        identity_ && may_give_identity() &&
        std::find(made.begin(), made.end(), identity_->column) == made.end();
    if (identity_missing)
        return tl::unexpected(error_of(
            545,
            "Explicit value must be specified for identity column in table '" + table_.name +
                "' either when IDENTITY_INSERT is set to ON or when a replication user "
                "is inserting into a NOT FOR REPLICATION identity column."));
    return made;
}

}  // namespace ha::mssqlsim
