// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_changes.hpp"
#include "test/mssqlsim/model/table_constraints.hpp"

#include <algorithm>

// Keys: a statement may leave no two rows with the same, whatever is between its first row and its
// last.

namespace ha::mssqlsim {

namespace {

sql_error duplicate(const table_definition& table,
                    std::optional<std::size_t> constraint,
                    const row& key) {
    const std::string values = "The duplicate key value is (" + told_key(key) + ").";
    const auto* one = constraint ? &table.constraints[*constraint] : nullptr;
    if (one != nullptr && one->what == table_constraint::kind::index)
        return error_of(2601,
                        "Cannot insert duplicate key row in object 'dbo." + table.name +
                            "' with unique index '" + one->name + "'. " + values,
                        14);
    const std::string name = one != nullptr           ? one->name
                             : table.key_name.empty() ? "PK_" + table.name
                                                      : table.key_name;
    return error_of(2627,
                    std::string{"Violation of "} + (one == nullptr ? "PRIMARY KEY" : "UNIQUE KEY") +
                        " constraint '" + name + "'. Cannot insert duplicate key in object 'dbo." +
                        table.name + "'. " + values,
                    14);
}

}  // namespace

std::optional<sql_error> row_changes::check(const std::string& verb) {
    if (made_.empty()) return {};
    for (const auto& one : table_.constraints)
        if (one.what == table_constraint::kind::check && !one.is_disabled)
            if (auto bad = check_condition(one, verb)) return bad;
    if (!table_.primary_key.empty())
        if (auto bad = check_key(std::nullopt)) return bad;
    for (std::size_t i = 0; i < table_.constraints.size(); ++i)
        if (table_.constraints[i].is_unique)
            if (auto bad = check_key(i)) return bad;
    return {};
}

// Rows whose columns of it are as they were are not asked again.
std::optional<sql_error> row_changes::check_condition(const table_constraint& rule,
                                                      const std::string& verb) {
    const auto places = places_of(table_, rule);
    const auto broken = row_filter::of(owner_, table_, rule, true);
    if (!broken) return broken.error();
    for (const auto& one : made_) {
        if (one.what == row_change::kind::erase) continue;
        if (one.what == row_change::kind::update &&
            values_at(one.before, places) == values_at(one.after, places))
            continue;
        const auto bad = broken->holds_for(one.after, world_);
        if (!bad) return bad.error();
        if (*bad) return conflict(verb, database_, table_, rule);
    }
    return {};
}

seen_rows& row_changes::seen() {
    if (rows_) return *rows_;
    rows_.emplace(owner_, session_, database_);
    if (own_ != nullptr) rows_->add_table(*own_);
    for (const auto& one : made_) rows_->note(one);
    return *rows_;
}

// What most statements do: nothing but the store needs to be looked at.
bool row_changes::changes_first_row_alone() const {
    if (own_ != nullptr || made_.size() != 1 || !session_.transaction.changes.empty()) return false;
    const auto& target = *owner_.database(database_);
    return target.redone >= target.end();
}

std::optional<sql_error> row_changes::check_key(std::optional<std::size_t> constraint) {
    const auto* rule = constraint ? &table_.constraints[*constraint] : nullptr;
    const auto places =
        rule == nullptr ? places_of(table_, table_.primary_key) : places_of(table_, *rule);
    const auto filter = rule == nullptr ? sql_result<row_filter>{row_filter{}}
                                        : row_filter::of(owner_, table_, *rule, false);
    if (!filter) return filter.error();
    for (const auto& one : made_) {
        if (one.what == row_change::kind::erase) continue;
        const row key = values_at(one.after, places);
        if (one.what == row_change::kind::update && key == values_at(one.before, places) &&
            filter->is_empty())
            continue;
        const auto held = filter->holds_for(one.after, world_);
        if (!held) return held.error();
        if (!*held) continue;
        lock("=" + (rule == nullptr ? std::string{} : rule->name + '\n') + key_text(key));
        if (rule == nullptr && changes_first_row_alone()) {
            const auto known = owner_.store_->find(database_, table_.name, key);
            if (!known || *known == one.row_number) continue;
            lock("#" + std::to_string(*known));
            return duplicate(table_, constraint, key);
        }
        for (const auto& [number, contents] : seen().with_key(table_, constraint, key)) {
            if (number == one.row_number) continue;
            const auto other =
                contents.empty() ? sql_result<bool>{true} : filter->holds_for(contents, world_);
            if (!other) return other.error();
            if (!*other) continue;
            lock("#" + std::to_string(number));  // who erases it may take that back
            return duplicate(table_, constraint, key);
        }
    }
    return {};
}

}  // namespace ha::mssqlsim
