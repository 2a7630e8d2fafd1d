// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/frames.hpp"
#include "test/mssqlsim/model/savepoints.hpp"
#include "test/mssqlsim/model/session_environment.hpp"
#include "test/mssqlsim/model/session_options.hpp"
#include "test/mssqlsim/model/session_tables.hpp"
#include "test/mssqlsim/model/transaction_rules.hpp"

#include <algorithm>
#include <utility>

// Runs a session's statements one after another, and can stop at each of them.

namespace ha::mssqlsim {

namespace {

bool can_catch(const frame& one) {
    return one.what == frame::kind::attempt;
}

}  // namespace

// One step of a session's statements: what they do to its frames.
class machine {
public:
    machine(engine& owner, session_state& session) : owner_(owner), session_(session) {}

    // False when the session waits or has ended.
    bool step() {
        if (session_.frames.empty()) {
            if (session_.transaction.doomed) {
                session_.failed = true;
                owner_.say_error(session_, uncommittable());
                owner_.abandon(session_);
            }
            owner_.finish_request(session_);
            return false;
        }
        frame& top = session_.frames.back();
        if (top.next >= top.list->size()) {
            if (top.what == frame::kind::collector) return insert_collected();
            leave_frame();
            return true;
        }
        const statement& next = (*top.list)[top.next];
        if (!std::exchange(session_.let_through, false))
            if (auto hindered = owner_.hindered(next)) {
                session_.let_through = true;
                session_.waiting = std::move(*hindered);
                return false;
            }
        ++top.next;
        session_.line = next.line;
        session_.command = command_of(next);
        return perform(next);
    }

    bool take(progress made) {
        if (auto* wait = std::get_if<statement_wait>(&made)) {
            session_.waiting = std::move(*wait);
            return false;
        }
        return end(std::get<statement_end>(made));
    }

    bool end(const statement_end& how) {
        const session_number number = session_.number;
        if (how.error) return fail(*how.error, how.told_rows ? how.rows : std::nullopt);
        if (!how.silent) {
            note_error(how.error_number);
            session_.last_row_count = how.rows.value_or(0);
            tell_end(how.rows, how.command != 0 ? how.command : session_.command, how.told_rows);
        }
        return owner_.sessions_.contains(number);
    }

private:
    bool is_inside() const { return session_.procedure_call || session_.calls > 0; }

    void note_error(std::int64_t number) {
        session_.last_error = number;
        session_.error_of_call = number;
    }

    // NOCOUNT keeps from the client what a procedure does, but for rows and errors.
    void tell_end(std::optional<std::int64_t> rows,
                  std::uint16_t command,
                  bool told_rows = false,
                  bool failed = false) {
        statement_done made{session_.number, {}, failed, is_inside(), command};
        if (session_.count_rows) made.rows = rows;
        made.unsaid = made.in_procedure && !session_.count_rows && !told_rows && !failed;
        owner_.emit(std::move(made));
    }

    bool insert_collected() {
        const insert_statement& insert = *session_.frames.back().insert;
        auto kept = std::exchange(session_.collected, std::nullopt);
        pop();
        session_.collected = std::move(kept);
        return take(owner_.insert_collected(session_, insert));
    }

    void leave_frame() {
        const frame::kind what = session_.frames.back().what;
        if (what == frame::kind::loop) {
            session_.frames.back().next = 0;
            if (repeats(*session_.frames.back().loop)) return;
            if (session_.frames.empty() || session_.frames.back().what != frame::kind::loop) return;
        }
        if (what == frame::kind::call) return leave_call();
        const std::int64_t before = session_.frames.back().depth;
        pop();
        if (what == frame::kind::dynamic) look_at_depth(before);
        if (what != frame::kind::attempt && what != frame::kind::handler) return;
        note_error(0);
        session_.last_row_count = 0;
        tell_end({}, completion::leave_handler);
    }

    // Not where SET IMPLICIT_TRANSACTIONS ON has begun one.
    void look_at_depth(std::int64_t before) {
        const std::int64_t now = session_.transaction.depth;
        if (before == now || (session_.implicit_transactions && before == 0)) return;
        fail(mismatch(before, now));
        session_.procedure_status = session_.error_of_call;
    }

    // Its status, and its end where a batch has called it.
    void leave_call() {
        const std::string variable = std::move(session_.frames.back().status_variable);
        pop();
        const value status{session_.procedure_status};
        auto& scope = session_.scopes.back();
        const auto to = variable.empty() ? scope.end() : scope.find(lower(variable));
        if (to != scope.end())
            if (auto v = convert(status, to->second.type)) to->second.contents = std::move(*v);
        if (is_inside()) return;
        owner_.emit(
            return_status{session_.number, static_cast<std::int32_t>(session_.procedure_status)});
        statement_done made{session_.number, {}, false, false, completion::call};
        made.ends_procedure = true;
        owner_.emit(std::move(made));
    }

    void pop() {
        const bool leaves = session_.frames.back().what == frame::kind::dynamic;
        if (session_.frames.back().what == frame::kind::call) --session_.calls;
        if (session_.frames.back().what == frame::kind::collector) session_.collected.reset();
        const auto outputs = std::move(session_.frames.back().outputs);
        const auto outer = std::move(session_.frames.back().outer);
        session_.frames.pop_back();
        if (!leaves) return;
        if (outer) restore_settings(session_, *outer);
        session_.procedure_status = session_.error_of_call;
        const variable_scope inner = std::move(session_.scopes.back());
        session_.scopes.pop_back();
        for (const auto& one : outputs) give_back(one, inner);
        leave_scopes(session_, session_.scopes.size());
    }

    void give_back(const output_parameter& one, const variable_scope& inner) {
        const auto from = inner.find(one.inner);
        if (from == inner.end()) return;
        const typed_value& made = from->second;
        if (one.variable.empty()) {
            session_.at_end.emplace_back([&owner = owner_, name = one.called, made](auto& session) {
                owner.emit(return_value{session.number, name, made.type, made.contents});
            });
            return;
        }
        const auto to = session_.scopes.back().find(lower(one.variable));
        if (to == session_.scopes.back().end()) return;
        if (auto v = convert(made.contents, to->second.type)) to->second.contents = std::move(*v);
    }

    bool repeats(const while_statement& loop) {
        const auto yes = condition(loop.condition);
        if (yes) return *yes;
        pop();
        fail(yes.error());
        return true;
    }

    // Each time it is asked is told.
    sql_result<bool> condition(const expression& what) {
        session_environment world{owner_, session_};
        auto yes = holds(what, {}, world);
        if (!yes) return yes;
        note_error(0);
        tell_end({}, completion::condition);
        return yes;
    }

    bool perform(const statement& next) {
        if (is_skipped(session_.settings, next)) return true;
        if (const auto* one = std::get_if<if_statement>(&next.what)) return branch(*one);
        if (const auto* one = std::get_if<block_statement>(&next.what)) {
            enter_body(session_, frame::kind::list, one->body);
            return true;
        }
        if (const auto* one = std::get_if<while_statement>(&next.what)) return loop(*one);
        if (const auto* one = std::get_if<try_statement>(&next.what)) {
            tell_end({}, completion::enter_try);
            enter_body(session_, frame::kind::attempt, one->body);
            session_.frames.back().attempt = one;
            return true;
        }
        if (const auto* one = std::get_if<jump_statement>(&next.what)) return jump(*one);
        if (const auto* one = std::get_if<throw_statement>(&next.what)) return raise_again(*one);
        if (auto refused = owner_.refuses_memory(next)) return fail(*refused);
        if (const auto* one = std::get_if<insert_statement>(&next.what); one && one->call)
            return collect(*one);
        if (session_.implicit_transactions && session_.transaction.depth == 0 &&
            begins_transaction(next))
            owner_.begin(session_, {});
        if (session_.transaction.doomed && writes(next)) return fail(cannot_write());
        if (const auto* one = std::get_if<execute_statement>(&next.what))
            if (!one->procedure.empty()) return call(next, one->status_variable);
        return take(owner_.execute(session_, next));
    }

    bool collect(const insert_statement& one) {
        if (session_.collected)
            return fail(error_of(8164, "An INSERT EXEC statement cannot be nested."));
        session_.collected.emplace();
        enter_body(session_, frame::kind::collector, one.call);
        session_.frames.back().insert = &one;
        return true;
    }

    bool call(const statement& next, const std::string& status_variable) {
        static const auto nothing = std::make_shared<const statements>();
        enter_body(session_, frame::kind::call, nothing);
        session_.frames.back().status_variable = status_variable;
        ++session_.calls;
        session_.procedure_status = 0;
        session_.error_of_call = 0;
        progress made = owner_.execute(session_, next);
        const auto* end = std::get_if<statement_end>(&made);
        if (end != nullptr && end->error) pop();  // it did not begin
        return take(std::move(made));
    }

    bool branch(const if_statement& one) {
        const auto yes = condition(one.condition);
        if (!yes) return fail(yes.error());
        if (*yes)
            enter_body(session_, frame::kind::list, one.then);
        else if (one.otherwise)
            enter_body(session_, frame::kind::list, one.otherwise);
        return true;
    }

    bool loop(const while_statement& one) {
        const auto yes = condition(one.condition);
        if (!yes) return fail(yes.error());
        if (!*yes) return true;
        enter_body(session_, frame::kind::loop, one.body);
        session_.frames.back().loop = &one;
        return true;
    }

    bool jump(const jump_statement& one) {
        using kind = jump_statement::kind;
        tell_end({}, one.what == kind::leave_batch ? completion::leave : completion::jump);
        while (!session_.frames.empty()) {
            frame& top = session_.frames.back();
            if (one.what != kind::leave_batch && top.what == frame::kind::loop) {
                if (one.what == kind::leave_loop)
                    pop();
                else
                    top.next = top.list->size();
                return true;
            }
            const bool scope_end = top.what == frame::kind::dynamic;
            pop();
            if (scope_end && one.what == kind::leave_batch) return true;
        }
        return true;
    }

    bool raise_again(const throw_statement& one) {
        if (one.arguments.empty()) {
            for (auto at = session_.frames.rbegin(); at != session_.frames.rend(); ++at)
                if (at->what == frame::kind::handler)
                    return fail(reaching(*at->caught, sql_error::reach::batch));
            return fail(nothing_to_rethrow());
        }
        session_environment world{owner_, session_};
        row values;
        for (const auto& argument : one.arguments) {
            auto v = evaluate(argument, {}, world);
            if (!v) return fail(v.error());
            values.push_back(std::move(*v));
        }
        return fail(reaching(thrown_error(std::move(values)), sql_error::reach::batch));
    }

    // To the innermost TRY that catches it, or to the client.
    // `told`: rows of the statement that the client has already.
    bool fail(sql_error what, std::optional<std::int64_t> told = {}) {
        if (what.line == 0) what.line = session_.line;
        const session_number number = session_.number;
        if (what.severity <= 10) {
            owner_.say_error(session_, what);
            return true;
        }
        note_error(what.number);
        session_.last_row_count = 0;
        if (what.how_far == sql_error::reach::session) {
            owner_.say_error(session_, what);
            owner_.end_session(number, true);
            return false;
        }
        if (caught(what, told)) return true;
        owner_.say_error(session_, what);
        if (ends_batch(what)) {
            session_.failed = true;
            session_.command = completion::no_command;
            session_.tells_status = what.how_far == sql_error::reach::scope;
            if (dooms(what)) owner_.abandon(session_);
            for (auto& one : session_.frames) one.outputs.clear();
            while (!session_.frames.empty()) pop();
        } else {
            tell_end({}, session_.command, told.has_value(), true);
        }
        return true;
    }

    bool ends_batch(const sql_error& what) const {
        using reach = sql_error::reach;
        if (what.how_far == reach::told) return false;
        return what.how_far != reach::statement || session_.abort_on_error;
    }

    // The transaction cannot be committed after it: what SET XACT_ABORT ON says of every error but
    // those that RAISERROR tells, and what ends the batch by itself; THROW is no such error.
    bool dooms(const sql_error& what) const {
        using reach = sql_error::reach;
        if (what.how_far == reach::told) return false;
        return session_.abort_on_error || (what.how_far == reach::batch && !is_thrown(what));
    }

    // What does not compile escapes the TRYs of its own scope.
    bool caught(const sql_error& what, std::optional<std::int64_t> told) {
        bool own_scope = what.how_far == sql_error::reach::scope;
        std::size_t keep = session_.frames.size();
        while (keep > 0) {
            const frame& one = session_.frames[keep - 1];
            if (can_catch(one) && !own_scope) break;
            if (one.what == frame::kind::dynamic) own_scope = false;
            --keep;
        }
        if (keep == 0) return false;
        tell_end(
            told ? told : rows_of_caught(session_.command), session_.command, told.has_value());
        tell_end({}, completion::enter_catch);
        while (session_.frames.size() > keep) pop();
        const try_statement* attempt = session_.frames.back().attempt;
        pop();
        if (dooms(what) && session_.transaction.depth > 0) session_.transaction.doomed = true;
        enter_body(session_, frame::kind::handler, attempt->handler);
        session_.frames.back().caught = what;
        for (auto next = what.next; next && next->severity > 10; next = next->next) {
            session_.frames.back().caught = *next;
            session_.frames.back().caught->line = what.line;
        }
        return true;
    }

    engine& owner_;
    session_state& session_;
};

void engine::run(session_state& session) {
    const session_number number = session.number;
    if (stands_still(session)) return;
    machine hand{*this, session};
    for (int steps = 0; steps < 100'000; ++steps) {
        if (session.waiting) {
            ++change_;
            auto done = session.waiting->poll(now_);
            ++change_;
            if (!sessions_.contains(number)) return;
            if (!done) {  // what cannot go on by itself is looked at again before long
                if (session.waiting->wakes_at <= now_)
                    session.waiting->wakes_at = now_ + std::chrono::milliseconds{100};
                return;
            }
            session.waiting.reset();
            session.waits_for_lock.clear();
            session.lock_wait_since.reset();
            session.no_worker_since.reset();
            if (!hand.end(*done)) return;
            continue;
        }
        const bool goes_on = hand.step();
        if (!sessions_.contains(number)) return;  // its own error ended it
        if (!goes_on && !session.waiting) return;
    }
    session.waiting = statement_wait{[](instant) -> std::optional<statement_end> {
                                         statement_end end;
                                         end.silent = true;
                                         return end;
                                     },
                                     now_ + std::chrono::milliseconds{1}};
}

// What one session ends may let another go on, so they are looked at until nothing moves.
void engine::run_all() {
    for (int round = 0; round < 8; ++round) {
        const std::size_t before = outputs_.size();
        ++change_;
        std::vector<session_number> numbers;
        for (const auto& [number, one] : sessions_)
            if (one.running) numbers.push_back(number);
        for (const session_number number : numbers) {
            const auto at = sessions_.find(number);
            if (at != sessions_.end() && at->second.running) run(at->second);
        }
        for (auto& [id, one] : groups_) {
            adjust_synchronized(one);
            send_log(one);
        }
        if (outputs_.size() == before || stopped_) return;
    }
}

}  // namespace ha::mssqlsim
