// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"

#include <algorithm>
#include <iterator>

// What a session is told besides rows: messages, errors, the end of its request.

namespace ha::mssqlsim {

void engine::emit(output what) {
    const auto* end = std::get_if<statement_done>(&what);
    auto* rows = std::get_if<result_rows>(&what);
    if (end != nullptr || rows != nullptr) {
        const auto at = sessions_.find(end == nullptr ? rows->session : end->session);
        if (at != sessions_.end() && at->second.collected) {
            if (rows == nullptr) return;
            auto& kept = *at->second.collected;
            std::move(rows->rows.begin(), rows->rows.end(), std::back_inserter(kept));
            return;
        }
    }
    outputs_.push_back(std::move(what));
}

void engine::say(session_state& session, const server_message& message) {
    emit(said{session.number, message});
}

void engine::say_error(session_state& session, const sql_error& what) {
    // What the double has not is told where whoever runs a test looks, too.
    if (what.number == 40510 || what.number == 40517) errorlog(what.text);
    for (const auto* one = &what; one != nullptr; one = one->next.get())
        say(session,
            {one->number,
             one->state,
             one->severity,
             one->text,
             one->procedure,
             std::max(what.line, 1)});
}

void engine::finish_request(session_state& session) {
    session.running = false;
    ++change_;
    session.waiting.reset();
    session.waits_for_lock.clear();
    session.lock_wait_since.reset();
    session.no_worker_since.reset();
    session.let_through = false;
    session.collected.reset();
    ++health_.completed;
    leave_batch(session);
    global_tables_.sweep(sessions_);
    for (auto& last : session.at_end) last(session);
    session.at_end.clear();
    emit(request_done{
        session.number,
        session.failed,
        session.procedure_call,
        false,
        session.transaction.depth > 0,
        session.failed && !session.procedure_call ? session.command : std::uint16_t{0}});
}

}  // namespace ha::mssqlsim
