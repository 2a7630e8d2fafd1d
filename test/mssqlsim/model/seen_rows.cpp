// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/seen_rows.hpp"

#include "test/mssqlsim/model/engine.hpp"

// What changed is gathered table by table, when a table is asked for, and found by text.

namespace ha::mssqlsim {

void seen_rows::add_table(const session_table& table) {
    auto& made = tables_[table.about.name];
    made.remade = true;
    for (const auto& [number, contents] : table.rows) put(made, number, &contents);
}

void seen_rows::note(const row_change& change) {
    noted_.push_back(&change);
    const auto at = tables_.find(change.table);
    if (at != tables_.end()) take(at->second, change);
}

// Commits that nobody waits for any more, and that are not answered yet, still hold their keys.
seen_rows::changed_table& seen_rows::changed(const std::string& table) {
    const auto known = tables_.find(table);
    if (known != tables_.end()) return known->second;
    auto& made = tables_[table];
    const auto& target = *owner_.database(database_);
    for (std::int64_t lsn = target.redone; lsn < target.end(); ++lsn)
        for (const auto& one : target.log[static_cast<std::size_t>(lsn)].changes)
            if (same_name(one.table, table)) take(made, one);
    if (same_name(session_.transaction.database, database_))
        for (const auto& one : session_.transaction.changes)
            if (same_name(one.table, table)) take(made, one);
    for (const auto* one : noted_)
        if (same_name(one->table, table)) take(made, *one);
    return made;
}

void seen_rows::take(changed_table& table, const row_change& change) {
    switch (change.what) {
        case row_change::kind::create_table:
        case row_change::kind::drop_table:
            table = {};
            table.remade = true;
            return;
        case row_change::kind::erase: return put(table, change.row_number, nullptr);
        case row_change::kind::insert:
        case row_change::kind::update: return put(table, change.row_number, &change.after);
    }
}

void seen_rows::put(changed_table& table, std::int64_t number, const row* contents) {
    auto& present = table.rows[number];
    for (auto& [place, key] : table.keys) {
        if (present != nullptr) {
            auto [first, last] = key.rows.equal_range(key_text(values_at(*present, key.places)));
            while (first != last && first->second != number) ++first;
            if (first != last) key.rows.erase(first);
        }
        if (contents != nullptr)
            key.rows.emplace(key_text(values_at(*contents, key.places)), number);
    }
    present = contents;
}

seen_rows::found seen_rows::with_key(const table_definition& about,
                                     std::optional<std::size_t> constraint,
                                     const row& key) {
    found made;
    auto& table = changed(about.name);
    const auto* target = owner_.database(database_);
    const auto visit = [&](std::int64_t number, const row& contents) {
        if (table.rows.count(number) == 0) made.emplace_back(number, contents);
        return true;
    };
    if (!table.remade && target != nullptr) {
        const std::string& database = target->about.name;
        if (constraint) {
            owner_.store_->scan_key(database, about.name, *constraint, key, visit);
        } else if (const auto number = owner_.store_->find(database, about.name, key)) {
            visit(*number, {});
        }
    }
    if (table.rows.empty()) return made;
    const std::size_t place = constraint ? *constraint + 1 : 0;
    const auto [at, fresh] = table.keys.try_emplace(place);
    if (fresh) {
        at->second.places = constraint ? places_of(about, about.constraints[*constraint])
                                       : places_of(about, about.primary_key);
        for (const auto& [number, contents] : table.rows)
            if (contents != nullptr)
                at->second.rows.emplace(key_text(values_at(*contents, at->second.places)), number);
    }
    auto [first, last] = at->second.rows.equal_range(key_text(key));
    for (; first != last; ++first) made.emplace_back(first->second, *table.rows[first->second]);
    return made;
}

}  // namespace ha::mssqlsim
