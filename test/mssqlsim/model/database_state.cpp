// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/database_state.hpp"

#include "test/mssqlsim/tsql/value.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

std::int64_t size_of(const row& contents) {
    std::int64_t made = 0;
    for (const auto& one : contents) {
        const auto* text = std::get_if<std::string>(&one);
        const auto* bytes = std::get_if<binary>(&one);
        const std::size_t size = text != nullptr ? 2 * text->size() : 8;
        made += static_cast<std::int64_t>(bytes != nullptr ? bytes->size() : size);
    }
    return made;
}

// assumption: a record has a hundred bytes around its values, as a transaction has two records.
std::int64_t size_of(const transaction_record& what) {
    constexpr std::int64_t around = 100;
    std::int64_t made = 2 * around;
    for (const auto& one : what.changes) made += around + size_of(one.before) + size_of(one.after);
    return made;
}

}  // namespace

void identity_counter::note(const value& given) {
    const auto* number = std::get_if<std::int64_t>(&given);
    if (number == nullptr) return;
    if (!last || (descends ? *number < *last : *number > *last)) last = *number;
}

std::optional<identity_counter> counter_of(const table_definition& table) {
    for (const auto& rule : table.rules)
        for (std::size_t i = 0; rule.identity && i < table.columns.size(); ++i)
            if (same_name(table.columns[i].name, rule.column))
                return identity_counter{i, rule.increment < 0};
    return {};
}

void database_state::add(const transaction_record& next, log_position position) {
    log.push_back(next);
    positions.push_back(position);
    written.push_back((written.empty() ? 0 : written.back()) + size_of(next));
    if (forks.empty() || forks.back().fork != next.fork) forks.push_back({next.fork, next.lsn});
    for (const auto& change : next.changes) {
        const std::string table = lower(change.table);
        if (change.what == row_change::kind::create_table) {
            const auto before = identities.find(table);
            const bool goes_on = change.row_number != 0 && before != identities.end();
            const auto last = goes_on ? before->second.last : std::nullopt;
            identities.erase(table);
            if (const auto counter = counter_of(change.definition))
                identities.insert_or_assign(table, *counter).first->second.last = last;
        } else if (change.what == row_change::kind::insert && !identities.empty()) {
            const auto at = identities.find(table);
            if (at != identities.end()) at->second.note(change.after[at->second.column]);
        }
        auto& row_number = next_row[table];
        row_number = std::max(row_number, change.row_number + 1);
    }
}

bool database_state::harden(log_position position) {
    const std::int64_t before = hardened;
    while (hardened < end() && positions[static_cast<std::size_t>(hardened)] <= position)
        ++hardened;
    return hardened != before;
}

void database_state::cut(std::int64_t lsn) {
    if (lsn >= end()) return;
    log.resize(static_cast<std::size_t>(lsn));
    positions.resize(log.size());
    written.resize(log.size());
    about.log_backup = std::min(about.log_backup, lsn);
    while (!forks.empty() && forks.back().first_lsn > lsn) forks.pop_back();
    hardened = std::min(hardened, lsn);
    redone = std::min(redone, lsn);
}

std::vector<const row_change*> database_state::not_redone(const std::string& table) const {
    std::vector<const row_change*> made;
    for (std::int64_t lsn = redone; lsn < end(); ++lsn)
        for (const auto& one : log[static_cast<std::size_t>(lsn)].changes)
            if (same_name(one.table, table)) made.push_back(&one);
    return made;
}

std::int64_t database_state::bytes_above(std::int64_t lsn) const {
    if (lsn >= end()) return 0;
    return written.back() - (lsn == 0 ? 0 : written[static_cast<std::size_t>(lsn - 1)]);
}

std::int64_t database_state::common_with(const std::vector<fork_point>& others,
                                         std::int64_t others_end) const {
    std::int64_t common = 0;
    for (std::size_t i = 0; i < std::min(forks.size(), others.size()); ++i) {
        if (forks[i] != others[i]) break;
        const std::int64_t mine = i + 1 < forks.size() ? forks[i + 1].first_lsn - 1 : end();
        const std::int64_t theirs =
            i + 1 < others.size() ? others[i + 1].first_lsn - 1 : others_end;
        common = std::min(mine, theirs);
        if (mine != theirs) break;
    }
    return common;
}

}  // namespace ha::mssqlsim
