// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/procedure_answers.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

#include <algorithm>

// Procedures that people with a prompt call: sp_who, sp_who2, sp_readerrorlog, sp_getapplock.

namespace ha::mssqlsim {

namespace {

using seen_sessions = std::vector<const session_state*>;

// All sessions, those of a login, the one of a number, or those that run something; without
// permission the own one alone.
seen_sessions asked_for(const engine& owner,
                        const session_state& session,
                        const std::vector<parameter>& all) {
    const auto* filter = argument(all, "@loginame", 0);
    const std::string wanted = filter == nullptr ? "" : text_of(filter->contents);
    seen_sessions made;
    for (const auto& [number, one] : owner.sessions_) {
        if (number != session.number && !owner.sees_server_state(session)) continue;
        const bool fits = wanted.empty() || same_name(wanted, one.login) ||
                          wanted == std::to_string(number) ||
                          (same_name(wanted, "active") && one.running);
        if (fits) made.push_back(&one);
    }
    return made;
}

const char* status_of(const session_state& one) {
    if (!one.running) return "sleeping";
    return one.waiting ? "suspended" : "runnable";
}

const char* command_of(const session_state& one) {
    return one.running ? "SELECT" : "AWAITING COMMAND";
}

shared_rows who(const seen_sessions& all) {
    view_maker made;
    // Values with a name: of temporaries here g++ 12 thinks that they are destroyed before they are
    // made (-Wmaybe-uninitialized).
    const value nought{std::int64_t{0}};
    value number;
    for (const auto* one : all) {
        made.begin();
        number = std::int64_t{one->number};
        made.short_number("spid", number).short_number("ecid", nought);
        made.fixed("status", status_of(*one), 30).fixed("loginame", one->login, 128);
        made.fixed("hostname", one->host, 128).fixed("blk", "0", 5, false);
        made.fixed("dbname", one->database, 128).fixed("cmd", command_of(*one), 16);
        made.number("request_id", 0);
    }
    return made.done();
}

shared_rows who2(const seen_sessions& all) {
    view_maker made;
    for (const auto* one : all) {
        made.begin();
        const std::string number = std::to_string(one->number);
        made.fixed("SPID", number, 5, false).text("Status", status_of(*one), 30);
        made.text("Login", one->login).text("HostName", one->host).fixed("BlkBy", "  .", 5, false);
        made.text("DBName", one->database).text("Command", command_of(*one), 32);
        made.plain("CPUTime", "0", 30).plain("DiskIO", "0", 30);
        made.plain("LastBatch", one->login_time.substr(5, 14), 15)
            .text("ProgramName", one->program);
        made.fixed("SPID", number, 5, false).fixed("REQUESTID", "0", 5, false);
    }
    return made.done();
}

// Lines of the errorlog that have both words.
shared_rows errorlog_lines(const engine& owner, const std::vector<parameter>& all) {
    const auto word = [&](const char* name, std::size_t place) {
        const auto* given = argument(all, name, place);
        return given == nullptr ? std::string{} : lower(text_of(given->contents));
    };
    const std::string first = word("@p3", 2);
    const std::string second = word("@p4", 3);
    std::vector<engine::logged_line> found;
    std::copy_if(owner.errorlog_.begin(),
                 owner.errorlog_.end(),
                 std::back_inserter(found),
                 [&](const auto& line) {
                     const std::string text = lower(line.text);
                     return text.find(first) != text.npos && text.find(second) != text.npos;
                 });
    return each(found, [](view_maker& made, const engine::logged_line& line) {
        made.time("LogDate", time_or_null(line.when)).text("ProcessInfo", "Server", 50);
        made.text("Text", line.text, 3950);
    });
}

// Exclusive, of the transaction, and never waited for.
progress application_lock(engine& owner,
                          session_state& session,
                          const std::vector<parameter>& all) {
    const auto* resource = argument(all, "@Resource", 0);
    const std::string lock =
        "application\n" +
        (resource == nullptr ? std::string{} : lower(text_of(resource->contents)));
    const bool taken = owner.lock_holder(session, lock).has_value();
    session.procedure_status = taken ? -1 : 0;
    if (!taken) session.transaction.locks.insert(lock);
    statement_end made;
    made.silent = true;
    return made;
}

}  // namespace

std::optional<progress> engine::administrate(session_state& session,
                                             const std::string& name,
                                             const std::vector<parameter>& all) {
    if (name == "sp_who") return answered(*this, session, who(asked_for(*this, session, all)));
    if (name == "sp_who2") return answered(*this, session, who2(asked_for(*this, session, all)));
    if (name == "sp_getapplock") return application_lock(*this, session, all);
    if (name != "sp_readerrorlog" && name != "xp_readerrorlog") return {};
    if (!sees_server_state(session)) return failed_with(denied("VIEW SERVER STATE"));
    return answered(*this, session, errorlog_lines(*this, all));
}

}  // namespace ha::mssqlsim
