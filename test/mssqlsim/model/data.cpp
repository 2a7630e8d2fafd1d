// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/session_environment.hpp"

#include <algorithm>
#include <array>

// INSERT, UPDATE, DELETE and tables of user databases.

namespace ha::mssqlsim {

namespace {

std::string lock_of(const std::string& database,
                    const std::string& table,
                    const std::string& what) {
    return lower(database) + '\n' + lower(table) + '\n' + what;
}

std::string key_text(const row& key) {
    std::string made;
    for (const auto& part : key) made += lower(text_of(part)) + '\r';
    return made;
}

row key_of(const table_definition& table, const row& contents) {
    row made;
    for (const auto& name : table.primary_key)
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (same_name(table.columns[i].name, name)) made.push_back(contents[i]);
    return made;
}

sql_error no_table(const std::vector<std::string>& name) {
    std::string path;
    for (const auto& part : name) path += (path.empty() ? "" : ".") + part;
    return sql_error{
        208, "Invalid object name '" + path + "'.", 16, 1, sql_error::reach::scope, 0, {}};
}

std::string database_of(const session_state& session, const std::vector<std::string>& table) {
    return table.size() >= 3 ? table.front() : session.database;
}

sql_error duplicate(const table_definition& table, const row& key) {
    std::string values;
    for (const auto& part : key) values += (values.empty() ? "" : ", ") + text_of(part);
    return error_of(2627,
                    "Violation of PRIMARY KEY constraint '" +
                        (table.key_name.empty() ? "PK_" + table.name : table.key_name) +
                        "'. Cannot insert duplicate key in object 'dbo." + table.name +
                        "'. The duplicate key value is (" + values + ").",
                    14);
}

}  // namespace

// One statement's changes, gathered first and kept only if all of them could be made.
class row_changes {
public:
    row_changes(engine& owner, session_state& session, const std::vector<std::string>& name)
        : owner_(owner),
          session_(session),
          world_(owner, session),
          path_(name),
          database_(database_of(session, name)) {}

    std::optional<sql_error> open() {
        if (owner_.database(database_) == nullptr) return no_table(path_);
        if (auto refused = owner_.refuses_access(session_, database_, true)) return refused;
        auto found = owner_.table_of(session_, database_, path_.back());
        if (!found) return no_table(path_);
        table_ = std::move(*found);
        const std::string& other = session_.transaction.database;
        if (!session_.transaction.changes.empty() && !same_name(other, database_))
            return error_of(3988,
                            "New transaction is not allowed because there are other threads "
                            "running in the session.",
                            16);
        if (owner_.faults_.log_full)
            return error_of(
                9002,
                "The transaction log for database '" + database_ + "' is full due to 'LOG_BACKUP'.",
                17,
                2);
        return {};
    }

    std::optional<sql_error> insert(const insert_statement& what) {
        if (what.query) {
            auto rows = run_query(*what.query, nullptr, world_);
            if (!rows) return rows.error();
            for (const auto& values : rows->rows)
                if (auto bad = insert_row(what, values)) return bad;
            return {};
        }
        for (const auto& expressions : what.rows) {
            row values;
            for (const auto& one : expressions) {
                auto v = evaluate(one, {}, world_);
                if (!v) return v.error();
                values.push_back(std::move(*v));
            }
            if (auto bad = insert_row(what, values)) return bad;
        }
        return {};
    }

    // Calls visit(row number, row, scope) for the rows that the condition holds for.
    template <class Visit>
    std::optional<sql_error> each(const std::optional<expression>& where, Visit visit) {
        std::vector<std::int64_t> numbers;
        const auto rows = owner_.user_rows(session_, database_, table_.name, &numbers);
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

    std::optional<sql_error> update(const update_statement& what) {
        return each(
            what.where,
            [&](std::int64_t number,
                const row& old,
                const scope& here) -> std::optional<sql_error> {
                row fresh = old;
                for (const auto& one : what.assignments) {
                    const auto at = column_index(one.column);
                    if (!at) return unknown_column(one.column);
                    auto v = evaluate(one.what, here, world_);
                    if (!v) return v.error();
                    if (auto bad = store(fresh, *at, *v)) return bad;
                }
                row_change change{
                    row_change::kind::update, table_.name, number, old, std::move(fresh), {}};
                if (!table_.primary_key.empty() &&
                    key_of(table_, change.before) != key_of(table_, change.after))
                    if (auto bad = check_key(change.after)) return bad;
                made_.push_back(std::move(change));
                return {};
            });
    }

    std::optional<sql_error> erase(const delete_statement& what) {
        return each(
            what.where,
            [&](std::int64_t number, const row& old, const scope&) -> std::optional<sql_error> {
                made_.push_back({row_change::kind::erase, table_.name, number, old, {}, {}});
                return {};
            });
    }

    // The lock that another session holds, if one of those needed is held.
    std::optional<std::string> blocked() const {
        for (const auto& one : locks_)
            if (owner_.lock_holder(session_, one)) return one;
        return {};
    }

    progress finish(std::uint16_t command) {
        statement_end end;
        end.rows = static_cast<std::int64_t>(made_.size());
        end.command = command;
        auto& open = session_.transaction;
        open.database = owner_.database(database_)->about.name;
        open.locks.insert(locks_.begin(), locks_.end());
        for (auto& one : made_) open.changes.push_back(std::move(one));
        if (open.depth > 0) return end;
        return owner_.commit_changes(session_, end);
    }

private:
    void lock(const std::string& what) { locks_.push_back(lock_of(database_, table_.name, what)); }

    std::optional<std::size_t> column_index(const std::string& name) const {
        for (std::size_t i = 0; i < table_.columns.size(); ++i)
            if (same_name(table_.columns[i].name, name)) return i;
        return {};
    }

    static sql_error unknown_column(const std::string& name) {
        return sql_error{
            207, "Invalid column name '" + name + "'.", 16, 1, sql_error::reach::scope, 0, {}};
    }

    std::optional<sql_error> store(row& into, std::size_t at, const value& v) {
        const column& about = table_.columns[at];
        if (is_null(v) && !about.nullable)
            return error_of(515,
                            "Cannot insert the value NULL into column '" + about.name +
                                "', table '" + database_ + ".dbo." + table_.name +
                                "'; column does not allow nulls. INSERT fails.",
                            16,
                            2);
        auto made = convert(v, about.type);
        if (!made) return made.error();
        into[at] = std::move(*made);
        return {};
    }

    std::optional<sql_error> insert_row(const insert_statement& what, const row& values) {
        const std::size_t wanted =
            what.columns.empty() ? table_.columns.size() : what.columns.size();
        if (values.size() != wanted)
            return sql_error{
                213,
                "Column name or number of supplied values does not match table definition.",
                16,
                1,
                sql_error::reach::scope,
                0,
                {}};
        row fresh(table_.columns.size());
        for (std::size_t i = 0; i < wanted; ++i) {
            const auto at = what.columns.empty() ? std::optional<std::size_t>{i}
                                                 : column_index(what.columns[i]);
            if (!at) return unknown_column(what.columns[i]);
            fresh[*at] = values[i];
        }
        for (std::size_t i = 0; i < fresh.size(); ++i)
            if (auto bad = store(fresh, i, value{fresh[i]})) return bad;
        if (!table_.primary_key.empty())
            if (auto bad = check_key(fresh)) return bad;
        auto& next = owner_.database(database_)->next_row[lower(table_.name)];
        made_.push_back({row_change::kind::insert, table_.name, next++, {}, std::move(fresh), {}});
        return {};
    }

    std::optional<sql_error> check_key(const row& fresh) {
        const row key = key_of(table_, fresh);
        lock("=" + key_text(key));
        for (const auto& one : made_)
            if (one.what != row_change::kind::erase &&
                key_text(key_of(table_, one.after)) == key_text(key))
                return duplicate(table_, key);
        const auto known = owner_.store_->find(database_, table_.name, key);
        bool taken = known.has_value();
        for (const auto& one : session_.transaction.changes) {
            if (!same_name(one.table, table_.name)) continue;
            if (one.what == row_change::kind::erase && known && one.row_number == *known)
                taken = false;
            if (!one.after.empty() && key_text(key_of(table_, one.after)) == key_text(key))
                taken = true;
        }
        // Commits that nobody waits for any more, and that are not answered yet, still hold their
        // keys.
        const auto& target = *owner_.database(database_);
        for (std::int64_t lsn = target.redone; lsn < target.end(); ++lsn)
            for (const auto& one : target.log[static_cast<std::size_t>(lsn)].changes)
                if (same_name(one.table, table_.name) && !one.after.empty() &&
                    key_text(key_of(table_, one.after)) == key_text(key))
                    taken = true;
        if (taken) return duplicate(table_, key);
        return {};
    }

    engine& owner_;
    session_state& session_;
    session_environment world_;
    std::vector<std::string> path_;
    std::string database_;
    table_definition table_;
    std::vector<row_change> made_;
    std::vector<std::string> locks_;
};

namespace {

using attempt = std::function<std::optional<progress>(bool final_try)>;

// What the rows themselves refuse ends the statement, and a note says so.
sql_error terminated(sql_error what) {
    static constexpr std::array<std::int32_t, 4> of_rows{515, 2627, 8115, 8134};
    if (std::find(of_rows.begin(), of_rows.end(), what.number) == of_rows.end()) return what;
    return followed_by(std::move(what), error_of(3621, "The statement has been terminated.", 0, 0));
}

// Would waiting for this session wait for oneself in the end?
bool deadlocks(const engine& owner, const session_state& session, const std::string& lock) {
    std::string wanted = lock;
    const session_state* waiter = &session;
    for (int hops = 0; hops < 16; ++hops) {
        const auto holder = owner.lock_holder(*waiter, wanted);
        if (!holder) return false;
        if (*holder == session.number) return true;
        waiter = &owner.sessions_.at(*holder);
        if (waiter->waits_for_lock.empty()) return false;
        wanted = waiter->waits_for_lock;
    }
    return false;
}

// Runs the change; while another session holds one of its rows, it waits and is run anew.
template <class Change>
progress changing(engine& owner,
                  session_state& session,
                  const std::vector<std::string>& table,
                  std::uint16_t command,
                  Change change) {
    const session_number number = session.number;
    const auto tries = [&owner, number, table, command, change]() -> std::optional<progress> {
        auto& running = owner.sessions_.at(number);
        row_changes work{owner, running, table};
        if (auto bad = work.open()) return failed_with(*bad);
        const auto bad = change(work);
        if (const auto lock = work.blocked()) {
            if (deadlocks(owner, running, *lock)) {
                owner.rollback(running);
                sql_error victim =
                    error_of(1205,
                             "Transaction (Process ID " + std::to_string(number) +
                                 ") was deadlocked on lock resources with another process and has "
                                 "been chosen as the deadlock victim. Rerun the transaction.",
                             13,
                             51);
                return failed_with(reaching(victim, sql_error::reach::batch));
            }
            running.waits_for_lock = *lock;
            return {};
        }
        if (bad) return failed_with(terminated(*bad));
        return work.finish(command);
    };
    if (auto made = tries()) return *made;
    const auto then = std::make_shared<std::optional<statement_wait>>();
    return statement_wait{[tries, then](instant now) -> std::optional<statement_end> {
        if (!*then) {
            auto made = tries();
            if (!made) return {};
            if (auto* end = std::get_if<statement_end>(&*made)) return *end;
            *then = std::get<statement_wait>(*made);
        }
        return (*then)->poll(now);
    }};
}

}  // namespace

progress engine::insert(session_state& session, const insert_statement& what) {
    return changing(
        *this, session, what.table, 0xC3, [&what](row_changes& work) { return work.insert(what); });
}

progress engine::update(session_state& session, const update_statement& what) {
    return changing(
        *this, session, what.table, 0xC5, [&what](row_changes& work) { return work.update(what); });
}

progress engine::erase(session_state& session, const delete_statement& what) {
    return changing(
        *this, session, what.table, 0xC4, [&what](row_changes& work) { return work.erase(what); });
}

}  // namespace ha::mssqlsim
