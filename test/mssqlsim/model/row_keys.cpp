// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_changes.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"
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
    const std::string name = one != nullptr ? one->name : key_name_of(table);
    return error_of(2627,
                    std::string{"Violation of "} + (one == nullptr ? "PRIMARY KEY" : "UNIQUE KEY") +
                        " constraint '" + name + "'. Cannot insert duplicate key in object 'dbo." +
                        table.name + "'. " + values,
                    14);
}

}  // namespace

std::optional<sql_error> row_changes::check(const std::string& verb) {
    if (made_.empty()) return {};
    const bool may_be_referenced = own_ == nullptr && verb != "INSERT";
    const bool is_referenced = may_be_referenced && !references_to(table_.name).empty();
    if (table_.primary_key.empty() && table_.constraints.empty() && !is_referenced) return {};
    std::list<changed_rows> all(1, changed_rows{&table_, {}});
    for (const auto& one : made_) all.front().rows.push_back(&one);
    if (is_referenced)
        if (auto bad = cascade(all)) return bad;
    for (const auto& one : all)
        if (auto bad = check(one, verb)) return bad;
    if (own_ != nullptr) return {};
    for (const auto& one : all)
        if (auto bad = check_references(one, verb)) return bad;
    for (const auto& one : all)
        if (is_referenced)
            if (auto bad = check_referenced(one, verb)) return bad;
    return {};
}

std::optional<sql_error> row_changes::check(const changed_rows& changed, const std::string& verb) {
    const auto& rules = changed.about->constraints;
    for (const auto& one : rules)
        if (one.what == table_constraint::kind::check && !one.is_disabled)
            if (auto bad = check_condition(changed, one, verb)) return bad;
    if (!changed.about->primary_key.empty())
        if (auto bad = check_key(changed, std::nullopt)) return bad;
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (rules[i].is_unique)
            if (auto bad = check_key(changed, i)) return bad;
    return {};
}

// Rows whose columns of it are as they were are not asked again.
std::optional<sql_error> row_changes::check_condition(const changed_rows& changed,
                                                      const table_constraint& rule,
                                                      const std::string& verb) {
    const auto places = places_of(*changed.about, rule);
    const auto broken = row_filter::of(owner_, *changed.about, rule, true);
    if (!broken) return broken.error();
    for (const auto* one : changed.rows) {
        if (one->what == row_change::kind::erase) continue;
        if (one->what == row_change::kind::update &&
            values_at(one->before, places) == values_at(one->after, places))
            continue;
        const auto bad = broken->holds_for(one->after, world_);
        if (!bad) return bad.error();
        if (*bad) return conflict(verb, database_, *changed.about, rule);
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

std::optional<sql_error> row_changes::check_key(const changed_rows& changed,
                                                std::optional<std::size_t> constraint) {
    const auto& table = *changed.about;
    const auto* rule = constraint ? &table.constraints[*constraint] : nullptr;
    const auto places =
        rule == nullptr ? places_of(table, table.primary_key) : places_of(table, *rule);
    const auto filter = rule == nullptr ? sql_result<row_filter>{row_filter{}}
                                        : row_filter::of(owner_, table, *rule, false);
    if (!filter) return filter.error();
    const auto take = [&](const std::string& what) {
        if (own_ != nullptr)
            lock(what);
        else
            lock(table.name, what);
    };
    for (const auto* one : changed.rows) {
        if (one->what == row_change::kind::erase) continue;
        const row key = values_at(one->after, places);
        if (one->what == row_change::kind::update && key == values_at(one->before, places) &&
            filter->is_empty())
            continue;
        const auto held = filter->holds_for(one->after, world_);
        if (!held) return held.error();
        if (!*held) continue;
        take("=" + (rule == nullptr ? std::string{} : rule->name + '\n') + key_text(key));
        if (rule == nullptr && changes_first_row_alone() && cascaded_.empty()) {
            const auto known = owner_.store_->find(database_, table.name, key);
            if (!known || *known == one->row_number) continue;
            take("#" + std::to_string(*known));
            return duplicate(table, constraint, key);
        }
        for (const auto& [number, contents] : seen().with_key(table, constraint, key)) {
            if (number == one->row_number) continue;
            const auto other =
                contents.empty() ? sql_result<bool>{true} : filter->holds_for(contents, world_);
            if (!other) return other.error();
            if (!*other) continue;
            take("#" + std::to_string(number));  // who erases it may take that back
            return duplicate(table, constraint, key);
        }
    }
    return {};
}

}  // namespace ha::mssqlsim
