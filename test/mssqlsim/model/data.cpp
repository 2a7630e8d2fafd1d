// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/model/log_reuse.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"
#include "test/mssqlsim/model/row_changes.hpp"
#include "test/mssqlsim/model/table_locks.hpp"

#include <algorithm>
#include <array>

// INSERT, UPDATE and DELETE, and the waiting for rows and tables that another session holds.

namespace ha::mssqlsim {

namespace {

using attempt = std::function<std::optional<progress>(bool final_try)>;

// What the rows themselves refuse ends the statement, and a note says so; not where it ends the
// batch and the transaction anyway.
sql_error terminated(const session_state& session, sql_error what) {
    if (session.abort_on_error) return what;
    static constexpr std::array<std::int32_t, 7> of_rows{220, 515, 547, 2601, 2627, 8115, 8134};
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

// SET LOCK_TIMEOUT; waiting for ever when there is none, or when nothing is waited for.
instant end_of_lock_wait(const session_state& session) {
    const auto timeout = session.settings.lock_timeout_ms;
    if (timeout < 0 || !session.lock_wait_since) return instant::max();
    return *session.lock_wait_since + std::chrono::milliseconds{timeout};
}

// Nothing as long as the lock is waited for.
std::optional<progress> wait_for(engine& owner, session_state& running, const std::string& lock) {
    if (deadlocks(owner, running, lock)) {
        owner.abandon(running);
        sql_error victim =
            error_of(1205,
                     "Transaction (Process ID " + std::to_string(running.number) +
                         ") was deadlocked on lock resources with another process and has "
                         "been chosen as the deadlock victim. Rerun the transaction.",
                     13,
                     51);
        return failed_with(reaching(victim, sql_error::reach::batch));
    }
    running.waits_for_lock = lock;
    if (!running.lock_wait_since) running.lock_wait_since = owner.now_;
    if (owner.now_ < end_of_lock_wait(running)) return {};
    return failed_with(error_of(1222, "Lock request time out period exceeded.", 16, 51));
}

// Tries until the locks are had, or need not be waited for any more.
progress with_locks(engine& owner,
                    session_state& session,
                    std::function<std::optional<progress>()> tries) {
    progress made = owner.until_done(std::move(tries));
    if (auto* wait = std::get_if<statement_wait>(&made)) wait->wakes_at = end_of_lock_wait(session);
    return made;
}

// What a change is called, and asks for.
struct change_kind {
    const char* permission;
    bool reads;  // rows of the table: SELECT is asked for too
    std::uint16_t command;
};

bool has_column(const expression& what) {
    return what.what == expression::kind::name ||
           std::any_of(what.arguments.begin(), what.arguments.end(), has_column);
}

bool reads(const update_statement& what) {
    return what.where || std::any_of(what.assignments.begin(),
                                     what.assignments.end(),
                                     [](const auto& one) { return has_column(one.what); });
}

// Runs the change; while another session holds one of its rows, it waits and is run anew.
template <class Change>
progress changing(engine& owner,
                  session_state& session,
                  const std::vector<std::string>& table,
                  change_kind kind,
                  Change change) {
    const session_number number = session.number;
    auto tries = [&owner, number, table, kind, change]() -> std::optional<progress> {
        auto& running = owner.sessions_.at(number);
        if (running.settings.row_limit > 0)
            return failed_with(statement_not_modelled("SET ROWCOUNT with a change of rows"));
        row_changes work{owner, running, table};
        if (auto bad = work.open(kind.permission, kind.reads)) return failed_with(*bad);
        auto bad = change(work);
        if (!bad) bad = work.check(kind.permission);
        if (const auto lock = work.blocked()) return wait_for(owner, running, *lock);
        if (bad) return failed_with(terminated(running, *bad));
        return work.finish(kind.command);
    };
    return with_locks(owner, session, std::move(tries));
}

}  // namespace

std::optional<sql_error> engine::refuses_change(const session_state& session,
                                                const std::string& name) const {
    if (auto refused = refuses_access(session, name, true)) return refused;
    if (auto refused = refuses_second_database(session, name)) return refused;
    return refuses_log(*this, name);
}

progress engine::when_quiet(session_state& session,
                            const std::string& name,
                            const std::string& table,
                            std::function<progress(session_state& session)> then) {
    auto tries = [this, number = session.number, name, table, then = std::move(then)]()
        -> std::optional<progress> {
        auto& running = sessions_.at(number);
        if (auto refused = refuses_change(running, name)) return failed_with(*refused);
        for (const auto& lock : {lock_of_change(name, table), lock_of_whole(name, table)})
            if (lock_holder(running, lock)) return wait_for(*this, running, lock);
        const auto* target = database(name);
        if (target != nullptr && !target->not_redone(table).empty()) return {};
        auto made = then(running);
        const auto* end = std::get_if<statement_end>(&made);
        const bool waits_for_its_commit = end == nullptr;
        const bool stays_open = end != nullptr && !end->error && running.transaction.depth > 0;
        if (waits_for_its_commit || stays_open)
            running.transaction.locks.insert(lock_of_whole(name, table));
        return made;
    };
    return with_locks(*this, session, std::move(tries));
}

progress engine::insert(session_state& session, const insert_statement& what) {
    return changing(*this,
                    session,
                    what.table,
                    {"INSERT", false, completion::insert},
                    [&what](row_changes& work) { return work.insert(what); });
}

progress engine::insert_collected(session_state& session, const insert_statement& what) {
    const auto made = std::make_shared<insert_statement>();
    made->table = what.table;
    made->columns = what.columns;
    auto collected = std::exchange(session.collected, std::nullopt).value_or(std::vector<row>{});
    if (collected.empty()) {
        statement_end nothing;
        nothing.rows = 0;
        nothing.command = completion::insert;
        return nothing;
    }
    for (auto& one : collected) {
        std::vector<expression> values(one.size());
        for (std::size_t i = 0; i < one.size(); ++i) values[i].constant = std::move(one[i]);
        made->rows.push_back(std::move(values));
    }
    progress done = insert(session, *made);
    if (auto* wait = std::get_if<statement_wait>(&done))
        wait->poll = [made, poll = std::move(wait->poll)](instant now) { return poll(now); };
    return done;
}

progress engine::update(session_state& session, const update_statement& what) {
    return changing(*this,
                    session,
                    what.table,
                    {"UPDATE", reads(what), completion::update},
                    [&what](row_changes& work) { return work.update(what); });
}

progress engine::erase(session_state& session, const delete_statement& what) {
    return changing(*this,
                    session,
                    what.table,
                    {"DELETE", what.where.has_value(), completion::erase},
                    [&what](row_changes& work) { return work.erase(what); });
}

}  // namespace ha::mssqlsim
