// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/statement_class.hpp"

// What faults keep a session from: its scheduler, its statements by their class, memory.

namespace ha::mssqlsim {

// Its scheduler takes up nothing. What would have woken it is looked at again before long.
bool engine::stands_still(session_state& session) const {
    const bool odd = session.number % 2 == 1;
    if (!faults_.scheduler_frozen || !odd || session.preemptive) return false;
    if (session.waiting && session.waiting->wakes_at <= now_)
        session.waiting->wakes_at = now_ + std::chrono::milliseconds{100};
    return true;
}

std::optional<statement_wait> engine::hindered(const statement& what) const {
    const auto place = static_cast<std::size_t>(class_of(what));
    const hindrance& one = faults_.statements.at(place);
    if (one.slow <= duration{} && !one.hangs && !faults_.statements_hang) return {};
    const instant begin = now_ + one.slow;
    return statement_wait{[this, begin, place](instant now) -> std::optional<statement_end> {
                              const bool hangs =
                                  faults_.statements_hang || faults_.statements.at(place).hangs;
                              if (now < begin || hangs) return {};
                              statement_end end;
                              end.silent = true;
                              return end;
                          },
                          begin};
}

// What needs a grant of memory gets none; what the engine keeps memory for goes on.
std::optional<sql_error> engine::refuses_memory(const statement& what) {
    if (!faults_.out_of_memory) return {};
    const auto kind = class_of(what);
    if (kind != statement_class::select && kind != statement_class::write) return {};
    ++health_.out_of_memory;
    return error_of(
        701,
        "There is insufficient system memory in resource pool 'default' to run this query.",
        17,
        123);
}

}  // namespace ha::mssqlsim
