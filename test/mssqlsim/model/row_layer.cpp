// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_layer.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

// Others may have dropped the table and made another one of its name, with other columns.
bool has(const row* contents, const changed_table::places& columns) {
    return contents != nullptr && std::all_of(columns.begin(), columns.end(), [&](auto place) {
               return place < contents->size();
           });
}

}  // namespace

changed_table changed_table::remade(const table_definition* definition) {
    changed_table made;
    made.remade_ = true;
    made.definition_ = definition;
    return made;
}

const row* changed_table::newest(std::int64_t number) const {
    const auto at = rows_.find(number);
    return at == rows_.end() ? nullptr : at->second.back();
}

void changed_table::put(std::int64_t number, const row* contents) {
    note(number, newest(number), contents);
    rows_[number].push_back(contents);
}

void changed_table::take_back(std::int64_t number) {
    const auto at = rows_.find(number);
    const row* gone = at->second.back();
    at->second.pop_back();
    note(number, gone, at->second.empty() ? nullptr : at->second.back());
    if (at->second.empty()) rows_.erase(at);
}

void changed_table::note(std::int64_t number, const row* old, const row* fresh) {
    for (auto& [columns, all] : keys_) {
        if (has(old, columns)) {
            auto [first, last] = all.equal_range(key_text(values_at(*old, columns)));
            while (first != last && first->second != number) ++first;
            if (first != last) all.erase(first);
        }
        if (has(fresh, columns)) all.emplace(key_text(values_at(*fresh, columns)), number);
    }
}

std::vector<std::pair<std::int64_t, const row*>> changed_table::with_key(
    const places& columns, const std::string& key) const {
    std::vector<std::pair<std::int64_t, const row*>> made;
    if (rows_.empty()) return made;
    const auto [at, fresh] = keys_.try_emplace(columns);
    if (fresh)
        for (const auto& [number, states] : rows_)
            if (has(states.back(), columns))
                at->second.emplace(key_text(values_at(*states.back(), columns)), number);
    const auto [first, last] = at->second.equal_range(key);
    for (auto one = first; one != last; ++one) made.emplace_back(one->second, newest(one->second));
    return made;
}

void row_layer::take(const row_change& change) {
    auto& all = tables_[change.table];
    const bool makes = change.what == row_change::kind::create_table;
    if (makes || change.what == row_change::kind::drop_table) {
        all.push_back(changed_table::remade(makes ? &change.definition : nullptr));
        return;
    }
    if (all.empty()) all.emplace_back();
    const bool erases = change.what == row_change::kind::erase;
    all.back().put(change.row_number, erases ? nullptr : &change.after);
}

void row_layer::take_back(const row_change& change) {
    const auto at = tables_.find(change.table);
    auto& all = at->second;
    if (change.what == row_change::kind::create_table ||
        change.what == row_change::kind::drop_table)
        all.pop_back();
    else
        all.back().take_back(change.row_number);
    if (!all.empty() && all.back().is_untouched()) all.pop_back();
    if (all.empty()) tables_.erase(at);
}

changed_table& row_layer::add(const std::string& table) {
    return tables_[table].emplace_back(changed_table::remade(nullptr));
}

const changed_table* row_layer::of(const std::string& table) const {
    const auto at = tables_.find(table);
    return at == tables_.end() ? nullptr : &at->second.back();
}

std::vector<const table_definition*> row_layer::made() const {
    std::vector<const table_definition*> all;
    for (const auto& [name, states] : tables_)
        if (const auto* one = states.back().definition()) all.push_back(one);
    return all;
}

}  // namespace ha::mssqlsim
