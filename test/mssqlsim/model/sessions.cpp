// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/authentication.hpp"
#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/frames.hpp"
#include "test/mssqlsim/model/routing.hpp"
#include "test/mssqlsim/model/session_options.hpp"
#include "test/mssqlsim/tsql/characters.hpp"
#include "test/mssqlsim/tsql/form.hpp"

#include <algorithm>

// Logins, requests and ends of sessions.

namespace ha::mssqlsim {

namespace {

server_message message_of(const sql_error& what) {
    return {
        what.number, what.state, what.severity, what.text, what.procedure, std::max(what.line, 1)};
}

// Exact numbers come as text.
value as_sent(const parameter& one) {
    if (one.type.kind != column_kind::numeric) return one.contents;
    return convert(one.contents, one.type).value_or(one.contents);
}

bool asks_for_diagnostics(const request& what) {
    constexpr const char* name = "sp_server_diagnostics";
    return same_name(what.procedure, name) || what.text.find(name) != std::string::npos;
}

// Names of savepoints in a request that is no T-SQL.
// source: community mirek/msduck reference/savepoint.json (measured on SQL Server 2025)
std::optional<sql_error> refuses_request(const session_state& session,
                                         const transaction_statement& what) {
    constexpr std::size_t longest_name = 32;
    if (count_units(what.name) > longest_name)
        return error_of(103,
                        "The identifier that starts with '" +
                            text_of_units(units_of(what.name).substr(0, longest_name)) +
                            "' is too long. Maximum length is 32.",
                        15,
                        30);
    const bool saves = what.what == transaction_statement::kind::save;
    if (!saves || !what.name.empty() || session.transaction.depth == 0) return {};
    return reaching(
        error_of(3977, "The savepoint name cannot be NULL. The batch has been aborted."),
        sql_error::reach::batch);
}

// As unique as the session's number, and the same in each run.
std::string connection_id_of(session_number number) {
    std::string digits = std::to_string(number);
    return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

}  // namespace

bool is_system_database(const std::string& name) {
    return same_name(name, "master") || same_name(name, "tempdb") || same_name(name, "model") ||
           same_name(name, "msdb");
}

tl::expected<login_accepted, login_refused> engine::login(const login_request& who) {
    if (faults_.no_free_workers) {
        if (!health_.login_waits_since) health_.login_waits_since = now_;
        ++health_.logins_waiting;
        return tl::unexpected(login_refused{{}, true});
    }
    if (!ready_)
        return tl::unexpected(login_refused{{{18401,
                                              1,
                                              14,
                                              "Login failed for user '" + who.user +
                                                  "'. Reason: Server is in script upgrade mode. "
                                                  "Only administrator can connect at this time.",
                                              {},
                                              1}},
                                            false});
    const auto* inside = entered_group(*this, who, who.database);
    auto known = authenticate(*this, who, inside);
    if (!known) return tl::unexpected(known.error());
    const bool by_default = inside == nullptr && who.database.empty() && known->database.empty();
    if (by_default) inside = entered_group(*this, who, known->default_database);
    if (by_default && inside != nullptr) {  // he has to be known there, too
        const std::string wished = known->default_database;
        known = authenticate(*this, who, inside);
        if (!known) return tl::unexpected(known.error());
        known->default_database = wished;
    }
    session_state made;
    made.login = known->name;
    made.sid = known->sid;
    made.authenticated_by = known->database;
    made.program = who.program;
    made.host = who.host;
    made.read_only_intent = who.read_only_intent;
    made.encrypted = who.encrypted;
    made.packet_size = who.packet_size;
    made.tds_version = who.tds_version;
    made.library = who.library;
    made.login_time = utc();
    made.connection_id = connection_id_of(next_session_);
    const bool wishes = !who.database.empty();
    made.database = wishes ? who.database : known->default_database;
    if (made.database.empty()) made.database = "master";
    const std::string spelled = made.database;  // so it is told; the session has its true name
    if (is_system_database(made.database)) made.database = lower(made.database);
    if (inside != nullptr) made.contained_group = inside->configuration.id;
    if (!is_system_database(made.database)) {
        std::optional<sql_error> refused;
        const auto* wanted = database(made.database);
        if (wanted != nullptr) {
            const auto routed = route_of(*this, who, *wanted);
            if (routed && *routed) return login_accepted{0, wanted->about.name, {}, **routed};
            refused = routed ? refuses_entry(made, made.database, false) : routed.error();
        }
        if (wanted == nullptr || refused) {
            login_refused no;
            // That a login has no user there is told by the refusal alone.
            if (refused && refused->number != 916) no.messages.push_back(message_of(*refused));
            if (wishes)
                no.messages.push_back({4060,
                                       1,
                                       11,
                                       "Cannot open database \"" + made.database +
                                           "\" requested by the login. The login failed.",
                                       {},
                                       1});
            else
                no.messages.push_back(
                    {4064, 1, 11, "Cannot open user default database. Login failed.", {}, 1});
            no.messages.push_back(login_failed(known->name));
            return tl::unexpected(no);
        }
        made.database = wanted->about.name;
    }
    while (sessions_.contains(next_session_)) ++next_session_;
    made.number = next_session_++;
    if (next_session_ > 32767) next_session_ = 51;
    login_accepted yes{made.number, wishes ? spelled : made.database, {}};
    yes.messages.push_back(
        {5701, 2, 0, "Changed database context to '" + yes.database + "'.", {}, 1});
    yes.messages.push_back({5703, 1, 0, "Changed language setting to us_english.", {}, 1});
    sessions_.emplace(made.number, std::move(made));
    return yes;
}

sql_error denied(const std::string& permission) {
    return followed_by(
        error_of(
            300, permission + " permission was denied on object 'server', database 'master'.", 14),
        error_of(297, "The user does not have permission to perform this action."));
}

// Nothing of it runs.
void engine::refuse_request(session_state& session, const sql_error& why) {
    constexpr std::int32_t no_such_procedure = 2812;
    constexpr std::int32_t no_such_handle = 8179;
    constexpr std::int32_t lacks_parameter = 8178;
    session.failed = true;
    session.last_error = why.number;
    session.tells_status = why.number != no_such_procedure && why.number != no_such_handle &&
                           why.number != lacks_parameter;
    const bool does_not_compile = why.how_far == sql_error::reach::scope || why.severity == 15;
    session.procedure_status = does_not_compile ? why.number : 1;
    say_error(session, why);
}

void engine::submit(session_number number, request what) {
    const auto at = sessions_.find(number);
    if (at == sessions_.end()) return;
    session_state& session = at->second;
    session.running = true;
    session.failed = false;
    session.tells_status = true;
    session.error_of_call = 0;
    session.procedure_status = 0;
    session.calls = 0;
    session.command = 0;
    session.line = 1;
    session.procedure_call = !what.procedure.empty();
    session.preemptive = asks_for_diagnostics(what);
    if (session.procedure_call) {
        session.scopes.assign(1, {});
        progress made = call_procedure(session, what.procedure, what.parameters);
        if (auto* end = std::get_if<statement_end>(&made)) {
            if (end->error) refuse_request(session, *end->error);
        } else {
            session.waiting = std::move(std::get<statement_wait>(made));
        }
    } else {
        auto parsed = scripts_.parse_batch(what.text, session.settings.quoted_identifiers);
        if (!parsed) {
            refuse_request(session, parsed.error());
        } else {
            variable_scope variables;
            for (const auto& one : what.parameters)
                variables[lower(one.name)] = {one.type, as_sent(one)};
            for (std::size_t i = 0; i < parsed->numbers.size(); ++i)
                variables[number_variable(i)] = {type_of_number(parsed->numbers[i]),
                                                 parsed->numbers[i]};
            start_script(session, std::move(parsed->tree), std::move(variables));
        }
    }
    const duration slow = faults_.slow_statements;
    if (slow == duration{} && !faults_.no_free_workers) return;
    const bool diagnostics_call = session.preemptive;
    const bool hangs = faults_.no_free_workers && !diagnostics_call;
    if (hangs) session.no_worker_since = now_;
    if ((slow > duration{} || hangs) && !session.waiting && !session.failed) {
        const instant begin = now_ + slow;
        session.waiting = statement_wait{
            [this, begin, diagnostics_call](instant now) -> std::optional<statement_end> {
                if (now < begin || (faults_.no_free_workers && !diagnostics_call)) return {};
                statement_end end;
                end.silent = true;
                return end;
            },
            begin};
    }
}

// What ran is not undone, unless XACT_ABORT is on within a transaction.
void engine::give_up(session_state& session) {
    const bool in_procedure = session.procedure_call || session.calls > 0;
    const auto is_attempt = [](const frame& one) { return one.what == frame::kind::attempt; };
    const bool tries = std::any_of(session.frames.begin(), session.frames.end(), is_attempt);
    const bool undoes = session.abort_on_error && session.transaction.depth > 0;
    if (tries) emit(statement_done{session.number, {}, false, in_procedure, completion::condition});
    session.waiting.reset();
    const auto is_text = [](const frame& one) { return one.what == frame::kind::dynamic; };
    const auto first = std::find_if(session.frames.begin(), session.frames.end(), is_text);
    if (first != session.frames.end()) restore_settings(session, *first->outer);
    session.frames.clear();
    session.at_end.clear();
    if (undoes) abandon(session);
    session.failed = true;
    session.command = tries ? completion::cancelled_attempt : session.command;
    finish_request(session);
}

void engine::attention(session_number number) {
    const auto at = sessions_.find(number);
    if (at == sessions_.end()) return;
    session_state& session = at->second;
    if (session.running) give_up(session);
    emit(request_done{number, false, false, true, session.transaction.depth > 0});
}

void engine::end_session(session_number number, bool say_so) {
    const auto at = sessions_.find(number);
    if (at == sessions_.end()) return;
    rollback(at->second);
    sessions_.erase(at);
    global_tables_.leave(sessions_, number);
    if (say_so) emit(session_ended{number});
}

void engine::close(session_number number) {
    end_session(number, false);
}

void engine::reset(session_number number) {
    const auto at = sessions_.find(number);
    if (at == sessions_.end()) return;
    session_state& session = at->second;
    abandon(session);
    session.tables.clear();
    session.cursors = {};
    global_tables_.leave(sessions_, number);
    session.context.clear();
    session.prepared.clear();
    session.prepared_parameters.clear();
    session.count_rows = true;
    session.abort_on_error = false;
    session.implicit_transactions = false;
    session.settings = {};
    session.warns = true;
    session.identity_insert.clear();
}

void engine::transaction_request(session_number number, const transaction_statement& what) {
    using kind = transaction_statement::kind;
    const auto at = sessions_.find(number);
    if (at == sessions_.end()) return;
    session_state& session = at->second;
    session.running = true;
    session.failed = false;
    session.procedure_call = false;
    session.preemptive = false;
    const bool ends = what.what == kind::commit || what.what == kind::rollback;
    const bool nothing = ends && what.name.empty() && session.transaction.depth == 0;
    if (nothing) return;  // drivers send a rollback too many
    if (auto refused = refuses_request(session, what)) {
        session.failed = true;
        say_error(session, *refused);
        if (refused->how_far == sql_error::reach::batch) abandon(session);
        return;
    }
    auto one = std::make_shared<statements>();
    one->push_back(statement{what, 1});
    start_script(session, std::move(one), {});
}

void engine::end_sessions_in(const std::function<bool(const std::string&)>& is_one) {
    std::vector<session_number> doomed;
    for (const auto& [number, one] : sessions_)
        if (is_one(one.database) || is_one(one.transaction.database)) doomed.push_back(number);
    for (const session_number number : doomed) end_session(number, true);
}

void engine::kill_sessions_of(const group_state& group) {
    end_sessions_in([&](const std::string& name) {
        const auto* found = name.empty() ? nullptr : database(name);
        return found != nullptr && found->about.group_id == group.configuration.id;
    });
}

}  // namespace ha::mssqlsim
