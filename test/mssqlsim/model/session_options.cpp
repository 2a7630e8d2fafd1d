// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/session_options.hpp"

#include "test/mssqlsim/tsql/characters.hpp"

#include <algorithm>
#include <utility>

namespace ha::mssqlsim {

namespace {

constexpr std::size_t context_bytes = 128;

sql_result<std::int64_t> number_of(const session_option& what, environment& world) {
    auto v = evaluate(*what.value, {}, world);
    if (!v) return tl::unexpected(v.error());
    auto made = convert(*v, {column_kind::integer, 4, 25, 0});
    if (!made) return tl::unexpected(made.error());
    const auto* number = std::get_if<std::int64_t>(&*made);
    return number == nullptr ? 0 : *number;
}

// assumption: what is shorter than CONTEXT_INFO() is filled with noughts.
sql_result<binary> context_of(const session_option& what, environment& world) {
    auto v = evaluate(*what.value, {}, world);
    if (!v) return tl::unexpected(v.error());
    auto made = convert(*v, {column_kind::varbinary, context_bytes, 25, 0});
    if (!made) return tl::unexpected(made.error());
    binary bytes;
    if (const auto* given = std::get_if<binary>(&*made)) bytes = *given;
    bytes.resize(context_bytes);
    return bytes;
}

std::int64_t priority_of(const std::string& word) {
    if (word == "LOW") return -5;
    return word == "HIGH" ? 5 : 0;
}

std::int64_t isolation_of(const std::string& level) {
    if (level == "READ UNCOMMITTED") return 1;
    if (level == "REPEATABLE READ") return 3;
    if (level == "SERIALIZABLE") return 4;
    return level == "SNAPSHOT" ? 5 : 2;
}

void turn(session_state& session, const std::string& name, bool on) {
    auto& settings = session.settings;
    if (name == "NOCOUNT") session.count_rows = !on;
    if (name == "ANSI_WARNINGS" || name == "ANSI_DEFAULTS") session.warns = on;
    if (name == "XACT_ABORT") session.abort_on_error = on;
    if (name == "IMPLICIT_TRANSACTIONS" || name == "ANSI_DEFAULTS")
        session.implicit_transactions = on;
    if (name == "ARITHABORT") settings.arithmetic_aborts = on;
    if (name == "CURSOR_CLOSE_ON_COMMIT" || name == "ANSI_DEFAULTS") settings.closes_cursors = on;
    if (name == "FMTONLY") settings.only_describes = on;
    if (name == "NOEXEC" || name == "PARSEONLY") settings.executes_nothing = on;
    if (name == "QUOTED_IDENTIFIER") settings.quoted_identifiers = on;
}

bool is_long(column_kind kind) {
    return kind == column_kind::nvarchar_max || kind == column_kind::varchar_max ||
           kind == column_kind::varbinary_max;
}

void cut(value& what, column_kind kind, std::size_t bytes) {
    if (auto* raw = std::get_if<binary>(&what)) raw->resize(std::min(raw->size(), bytes));
    auto* text = std::get_if<std::string>(&what);
    if (text == nullptr) return;
    const std::size_t units = kind == column_kind::nvarchar_max ? bytes / 2 : bytes;
    if (count_units(*text) > units) *text = text_of_units(units_of(*text).substr(0, units));
}

}  // namespace

std::optional<sql_error> set_option(session_state& session,
                                    const session_option& what,
                                    environment& world) {
    auto& settings = session.settings;
    const std::string& first = what.names.front();
    if (first == "TRANSACTION ISOLATION LEVEL") {
        settings.isolation = isolation_of(what.setting);
    } else if (first == "DEADLOCK_PRIORITY" && !what.value) {
        settings.deadlock_priority = priority_of(what.setting);
    } else if (first == "CONTEXT_INFO" && what.value) {
        auto made = context_of(what, world);
        if (!made) return made.error();
        settings.context = std::move(*made);
    } else if (what.value) {
        const auto number = number_of(what, world);
        if (!number) return number.error();
        constexpr std::int64_t default_text_size = 4096;
        if (first == "ROWCOUNT") settings.row_limit = *number;
        if (first == "LOCK_TIMEOUT") settings.lock_timeout_ms = *number;
        if (first == "DEADLOCK_PRIORITY") settings.deadlock_priority = *number;
        if (first == "TEXTSIZE") settings.text_size = *number == 0 ? default_text_size : *number;
        if (settings.text_size < 0) settings.text_size = 2147483647;
    } else {
        for (const auto& name : what.names) turn(session, name, what.setting == "ON");
    }
    return {};
}

void keep_to_limits(const session_state& session, row_set& answer) {
    const auto& settings = session.settings;
    if (settings.only_describes) answer.rows.clear();
    const auto limit = static_cast<std::size_t>(settings.row_limit);
    if (settings.row_limit > 0 && answer.rows.size() > limit) answer.rows.resize(limit);
    if (settings.text_size == 2147483647) return;
    const auto bytes = static_cast<std::size_t>(settings.text_size);
    const auto& columns = answer.columns.all();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!is_long(columns[i].type.kind)) continue;
        for (auto& one : answer.rows) cut(one[i], columns[i].type.kind, bytes);
    }
}

bool is_skipped(const session_settings& settings, const statement& what) {
    if (!settings.executes_nothing && !settings.only_describes) return false;
    if (std::holds_alternative<session_option>(what.what)) return false;
    return settings.executes_nothing || !std::holds_alternative<select_statement>(what.what);
}

outer_settings settings_of(const session_state& session) {
    return {session.settings,
            session.warns,
            session.count_rows,
            session.abort_on_error,
            session.implicit_transactions};
}

void restore_settings(session_state& session, const outer_settings& from) {
    session.settings = from.settings;
    session.warns = from.warns;
    session.count_rows = from.count_rows;
    session.abort_on_error = from.abort_on_error;
    session.implicit_transactions = from.implicit_transactions;
}

// source: docs
// database-engine/configure-windows/configure-the-user-options-server-configuration-option.md
std::int64_t options_of(const session_state& session) {
    constexpr std::int64_t always = 8 + 16 + 32 + 1024 + 4096;  // ANSI, and nulls as ANSI has them
    std::int64_t made = always;
    if (session.implicit_transactions) made += 2;
    if (session.settings.closes_cursors) made += 4;
    if (session.settings.arithmetic_aborts) made += 64;
    if (session.settings.quoted_identifiers) made += 256;
    if (!session.count_rows) made += 512;
    if (session.abort_on_error) made += 16384;
    return made;
}

std::optional<bool> session_property(const session_state& session, const std::string& name) {
    for (const char* one :
         {"ansi_nulls", "ansi_padding", "ansi_warnings", "concat_null_yields_null"})
        if (name == one) return true;
    if (name == "numeric_roundabort") return false;
    if (name == "arithabort") return session.settings.arithmetic_aborts;
    if (name == "quoted_identifier") return session.settings.quoted_identifiers;
    return {};
}

}  // namespace ha::mssqlsim
