// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/savepoints.hpp"
#include "test/mssqlsim/model/session_tables.hpp"

// Transactions: what a session changed and did not commit is its own; a commit is one log record,
// and is answered when the disk and the replicas that have to have it, have it.

namespace ha::mssqlsim {

namespace {

sql_error no_transaction(bool commits) {
    return commits
               ? error_of(3902,
                          "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.")
               : error_of(
                     3903,
                     "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.");
}

}  // namespace

sql_error cannot_write() {
    return reaching(error_of(3930,
                             "The current transaction cannot be committed and cannot support "
                             "operations that write to the log file. Roll back the transaction."),
                    sql_error::reach::batch);
}

std::optional<session_number> engine::lock_holder(const session_state& session,
                                                  const std::string& lock) const {
    for (const auto& [number, one] : sessions_)
        if (number != session.number && one.transaction.locks.contains(lock)) return number;
    return {};
}

void engine::begin(session_state& session, const std::string& name) {
    auto& open = session.transaction;
    if (open.depth++ > 0) return;
    open.name = name;
    open.descriptor = next_transaction_++;
    note_session_tables(session);
    emit(environment_change{
        session.number, environment_change::kind::transaction_begun, {}, {}, open.descriptor});
}

void engine::rollback(session_state& session) {
    restore_session_tables(session);
    close_rolled_back_cursors(session);
    global_tables_.roll_back(session);
    end_transaction(session);
}

void engine::abandon(session_state& session) {
    if (session.transaction.depth > 0)
        emit(environment_change{session.number,
                                environment_change::kind::transaction_rolled_back,
                                {},
                                {},
                                session.transaction.descriptor});
    rollback(session);
}

void engine::end_transaction(session_state& session) {
    session.tables_before.reset();
    const std::uint64_t descriptor = session.transaction.descriptor;
    session.transaction = {};
    session.transaction.descriptor = descriptor;
    global_tables_.sweep(sessions_);
}

progress engine::transaction(session_state& session, const transaction_statement& what) {
    using kind = transaction_statement::kind;
    const auto name = name_of(session, what);
    if (!name) return failed_with(name.error());
    if (what.what == kind::begin) {
        begin(session, name->value_or(std::string{}));
        return statement_end{};
    }
    if (what.what == kind::save) return save(session, *name);
    const auto& open = session.transaction;
    const bool commits = what.what == kind::commit;
    if (open.depth == 0) return failed_with(no_transaction(commits));
    if (commits && open.doomed) return failed_with(cannot_write());
    if (commits && open.depth > 1) {
        --session.transaction.depth;
        return statement_end{};
    }
    if (commits) return commit(session, {});
    // A variable that is NULL names no savepoint.
    const bool of_all = what.name.empty() || !*name;
    if (!of_all) return rollback_to(session, **name, what.is_variable && (*name)->empty());
    abandon(session);
    return statement_end{};
}

progress engine::commit(session_state& session, statement_end end) {
    const session_number number = session.number;
    const std::uint64_t descriptor = session.transaction.descriptor;
    progress made = commit_changes(session, end);
    const auto ended = [this, number, descriptor](const statement_end& how) {
        if (!how.error)
            emit(environment_change{
                number, environment_change::kind::transaction_committed, {}, {}, descriptor});
    };
    if (const auto* now = std::get_if<statement_end>(&made)) {
        ended(*now);
        return made;
    }
    auto inner = std::get<statement_wait>(made).poll;
    return statement_wait{[inner, ended](instant now) -> std::optional<statement_end> {
        auto done = inner(now);
        if (done) ended(*done);
        return done;
    }};
}

progress engine::finish_change(session_state& session, statement_end end) {
    if (session.transaction.depth > 0) return end;
    return commit_changes(session, end);
}

// Appends the transaction, and lets go of its locks when its commit is answered.
progress engine::commit_changes(session_state& session, statement_end end) {
    if (session.transaction.changes.empty()) {
        global_tables_.commit(session);
        end_transaction(session);
        return end;
    }
    const std::string name = session.transaction.database;
    if (auto refused = is_unavailable(session, name, true)) {
        abandon(session);
        return failed_with(*refused);
    }
    if (auto refused = refuses_disk(session.transaction)) {
        abandon(session);
        return failed_with(*refused);
    }
    auto& target = *database(name);
    transaction_record record{
        name, target.end() + 1, target.fork, utc(7), session.transaction.changes.take()};
    const std::int64_t lsn = record.lsn;
    const std::string fork = record.fork;
    target.add(record, last_position_ + 1);
    append(std::move(record));
    session.transaction.depth = 0;
    const session_number number = session.number;
    return statement_wait{[this, name, lsn, fork, number, end](
                              instant) -> std::optional<statement_end> {
        auto* written = database(name);
        auto& waiting = sessions_.at(number);
        if (written == nullptr || written->fork != fork) {
            // The role went away and came back; whether this transaction stands, nobody here knows.
            statement_end lost = failed_with(
                error_of(596,
                         "Cannot continue the execution because the session is in the kill state.",
                         21));
            lost.error->how_far = sql_error::reach::session;
            return lost;
        }
        if (written->hardened < lsn) return {};
        if (!written->about.group_id.empty()) {
            const auto* owner = group(written->about.group_id);
            const auto* entry =
                owner == nullptr ? nullptr
                                 : owner->configuration.database(written->about.group_database_id);
            if (entry == nullptr || !commit_may_end(*owner, *entry, lsn)) return {};
        } else if (faults_.commits_hang) {
            return {};
        }
        redo(*written, lsn);
        const std::int64_t depth = waiting.transaction.depth;
        global_tables_.commit(waiting);
        end_transaction(waiting);
        waiting.transaction.depth = depth;
        return end;
    }};
}

}  // namespace ha::mssqlsim
