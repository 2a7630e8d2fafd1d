// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/global_tables.hpp"

#include "test/mssqlsim/model/session_state.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

bool has_changed(const session_state& session, const global_table& table) {
    const auto& open = session.transaction.global_changes;
    return std::any_of(
        open.begin(), open.end(), [&](const auto& one) { return one.table == &table; });
}

// Its statement waits for a row of it.
bool waits_in(const session_state& session, const global_table& table) {
    return session.waits_for_lock.starts_with("tempdb\n" + lower(table.contents.about.name) + "\n");
}

bool is_used(const global_tables::all_sessions& all, const global_table& table) {
    return std::any_of(all.begin(), all.end(), [&](const auto& entry) {
        const auto& one = entry.second;
        return has_changed(one, table) || waits_in(one, table);
    });
}

bool is_seen_by(const session_state& session, const global_table& table) {
    if (table.made_by && *table.made_by != session.number) return false;
    if (table.dropped_by) return false;  // assumption: others are not made to wait
    return !table.orphaned || has_changed(session, table) || waits_in(session, table);
}

sql_error exists_already(const std::string& name) {
    return sql_error{2714,
                     "There is already an object named '" + name + "' in the database.",
                     16,
                     6,
                     sql_error::reach::statement,
                     0,
                     {}};
}

}  // namespace

bool is_global_table(const std::string& name) {
    return name.starts_with("##");
}

global_table* global_tables::find(const session_state& session, const std::string& name) {
    for (auto& one : all_)
        if (same_name(one.contents.about.name, name) && is_seen_by(session, one)) return &one;
    return nullptr;
}

session_table global_tables::seen(const session_state& session, const global_table& table) {
    session_table made = table.contents;
    for (const auto& one : session.transaction.global_changes) {
        if (one.table != &table) continue;
        if (one.what.what == row_change::kind::erase)
            made.rows.erase(one.what.row_number);
        else
            made.rows[one.what.row_number] = one.what.after;
    }
    return made;
}

bool global_tables::is_quiet(const all_sessions& all,
                             const session_state& session,
                             const global_table& table) {
    return std::none_of(all.begin(), all.end(), [&](const auto& entry) {
        return entry.first != session.number && has_changed(entry.second, table);
    });
}

std::optional<sql_error> global_tables::make(session_state& session,
                                             table_definition about,
                                             std::vector<row> rows) {
    const bool taken = std::any_of(all_.begin(), all_.end(), [&](const auto& one) {
        return same_name(one.contents.about.name, about.name) && !one.orphaned &&
               one.dropped_by != session.number;
    });
    if (taken) return exists_already(about.name);
    global_table made;
    made.contents.about = std::move(about);
    for (auto& one : rows) made.contents.rows.emplace(made.contents.next_row++, std::move(one));
    made.maker = session.number;
    made.id = next_id_--;
    if (session.transaction.depth > 0) made.made_by = session.number;
    ++session.transaction.global_definitions;
    all_.push_back(std::move(made));
    return {};
}

void global_tables::change(session_state& session,
                           global_table& table,
                           std::vector<row_change> changes) {
    const bool now = session.transaction.depth == 0 || table.made_by.has_value();
    if (now) ++session.transaction.global_definitions;
    for (auto& one : changes) {
        if (now)
            apply(table, one);
        else
            session.transaction.global_changes.push_back({&table, std::move(one)});
    }
}

void global_tables::apply(global_table& table, const row_change& what) {
    if (what.what == row_change::kind::erase)
        table.contents.rows.erase(what.row_number);
    else
        table.contents.rows[what.row_number] = what.after;
}

void global_tables::drop(session_state& session, global_table& table) {
    std::erase_if(session.transaction.global_changes,
                  [&](const auto& one) { return one.table == &table; });
    ++session.transaction.global_definitions;
    if (session.transaction.depth == 0 || table.made_by)
        erase(table);
    else
        table.dropped_by = session.number;
}

void global_tables::replace(session_state& session, global_table& table, session_table fresh) {
    const session_number maker = table.maker;
    const bool is_new = table.made_by.has_value();
    drop(session, table);
    global_table made;
    made.contents = std::move(fresh);
    made.maker = maker;
    made.id = next_id_--;
    if (is_new || session.transaction.depth > 0) made.made_by = session.number;
    all_.push_back(std::move(made));
}

void global_tables::erase(const global_table& table) {
    all_.remove_if([&](const auto& one) { return &one == &table; });
}

void global_tables::commit(session_state& session) {
    for (const auto& one : session.transaction.global_changes) apply(*one.table, one.what);
    session.transaction.global_changes.clear();
    all_.remove_if([&](const auto& one) { return one.dropped_by == session.number; });
    for (auto& one : all_)
        if (one.made_by == session.number) one.made_by.reset();
}

void global_tables::roll_back(session_state& session) {
    session.transaction.global_changes.clear();
    all_.remove_if([&](const auto& one) { return one.made_by == session.number; });
    for (auto& one : all_)
        if (one.dropped_by == session.number) one.dropped_by.reset();
}

void global_tables::leave(const all_sessions& all, session_number maker) {
    for (auto& one : all_) one.orphaned = one.orphaned || one.maker == maker;
    sweep(all);
}

void global_tables::sweep(const all_sessions& all) {
    all_.remove_if([&](const auto& one) { return one.orphaned && !is_used(all, one); });
}

}  // namespace ha::mssqlsim
