// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/dbcc.hpp"

#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/log_reuse.hpp"
#include "test/mssqlsim/model/procedure_answers.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

#include <algorithm>
#include <cstdlib>

namespace ha::mssqlsim {

namespace {

constexpr session_number everybody = 0;

sql_error not_permitted(const session_state& session, const std::string& command) {
    return error_of(
        2571,
        "User '" + session.login + "' does not have permission to run DBCC " + command + ".",
        14,
        3);
}

class dbcc_statement {
public:
    dbcc_statement(engine& owner, session_state& session, const definition_statement& what)
        : owner_(owner), session_(session), what_(what) {
        for (const auto& one : what.options) {
            if (one.text == "-1")
                global_ = true;
            else
                asked_.push_back(std::strtoll(one.text.c_str(), nullptr, 10));
        }
    }

    // Without -1 the flags are those of the session.
    progress turn(bool on) {
        if (!owner_.is_administrator(session_))
            return failed_with(not_permitted(session_, lower(what_.action)));
        auto& flags = owner_.trace_flags_[global_ ? everybody : session_.number];
        for (const auto one : asked_)
            if (on)
                flags.insert(one);
            else
                flags.erase(one);
        return complete();
    }

    // assumption: a statement that has nothing to show has no result set.
    progress status() {
        auto shown = asked_;
        if (shown.empty()) {
            const auto add = [&](session_number whose) {
                for (const auto one : owner_.trace_flags_[whose])
                    if (std::find(shown.begin(), shown.end(), one) == shown.end())
                        shown.push_back(one);
            };
            add(everybody);
            if (!global_) add(session_.number);
        }
        if (shown.empty()) return complete();
        std::sort(shown.begin(), shown.end());
        return tell(each(shown, [this](view_maker& made, std::int64_t flag) {
            const bool all = owner_.trace_flags_[everybody].contains(flag);
            const bool own = owner_.trace_flags_[session_.number].contains(flag);
            const auto digit = [](bool yes) { return value{std::int64_t{yes ? 1 : 0}}; };
            made.short_number("TraceFlag", flag);
            made.short_number("Status", digit(all || (own && !global_)));
            made.short_number("Global", digit(all)).short_number("Session", digit(own));
        }));
    }

    progress log_space() {
        if (!owner_.sees_server_state(session_)) return failed_with(denied("VIEW SERVER STATE"));
        constexpr double megabyte = 1048576.0;
        constexpr double whole = 8 * megabyte;  // as sys.master_files shows logs
        view_maker made;
        const auto add = [&](const std::string& name, double taken) {
            made.begin();
            made.text("Database Name", name);
            made.put("Log Size (MB)", {column_kind::floating, 4, 25, 0}, whole / megabyte);
            made.put(
                "Log Space Used (%)", {column_kind::floating, 4, 25, 0}, 100.0 * taken / whole);
            made.number("Status", 0);
        };
        for (const char* name : {"master", "tempdb", "model", "msdb"}) add(name, 0.0);
        for (const auto& [name, one] : owner_.databases_)
            add(one.about.name, static_cast<double>(one.bytes_above(hold_of(owner_, one).lsn)));
        return tell(made.done());
    }

    // Documented: the oldest transaction that has written to the database.
    progress open_transaction() {
        const std::string database =
            what_.options.empty() ? session_.database : what_.options.front().text;
        if (!owner_.is_administrator(session_) &&
            !(owner_.database(database) != nullptr &&
              database_users{owner_, session_, database}.allows("CONTROL")))
            return failed_with(not_permitted(session_, "opentran"));
        for (const auto& [number, one] : owner_.sessions_) {
            if (one.transaction.depth == 0 || !same_name(one.transaction.database, database))
                continue;
            note(7968, "Transaction information for database '" + one.transaction.database + "'.");
            note(7970, "\nOldest active transaction:");
            note(7971, "    SPID (server process ID): " + std::to_string(number));
            note(7972, "    UID (user ID) : -1");
            note(7974, "    Name          : user_transaction");
            return complete();
        }
        note(7969, "No active open transactions.", 2);
        return complete();
    }

private:
    void note(std::int32_t number, std::string text, std::uint8_t state = 1) {
        owner_.say(session_, {number, state, 0, std::move(text), {}, session_.line});
    }

    // NO_INFOMSGS leaves the last word out.
    statement_end complete() {
        const bool quiet =
            std::find(what_.names.begin(), what_.names.end(), "NO_INFOMSGS") != what_.names.end();
        if (!quiet)
            note(2528,
                 "DBCC execution completed. If DBCC printed error messages, contact your system "
                 "administrator.");
        return {};
    }

    progress tell(const shared_rows& rows) {
        statement_end made = answered(owner_, session_, rows);
        complete();
        return made;
    }

    engine& owner_;
    session_state& session_;
    const definition_statement& what_;
    std::vector<std::int64_t> asked_;
    bool global_ = false;
};

}  // namespace

progress run_dbcc(engine& owner, session_state& session, const definition_statement& what) {
    dbcc_statement one{owner, session, what};
    if (what.action == "TRACEON") return one.turn(true);
    if (what.action == "TRACEOFF") return one.turn(false);
    if (what.action == "TRACESTATUS") return one.status();
    if (what.action == "OPENTRAN") return one.open_transaction();
    return one.log_space();
}

}  // namespace ha::mssqlsim
