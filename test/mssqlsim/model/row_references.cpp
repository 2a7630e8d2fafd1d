// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/foreign_keys.hpp"
#include "test/mssqlsim/model/row_changes.hpp"

#include <algorithm>
#include <set>
#include <tuple>

// Foreign keys of a statement's rows: rows that refer need the rows that they refer to, and what
// happens to those happens to them.

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;
using action = table_constraint::action;

bool has_null(const row& key) {
    return std::any_of(key.begin(), key.end(), is_null);
}

// The key that nobody has by this row any more.
std::optional<row> lost_key(const row_change& change, const std::vector<std::size_t>& places) {
    if (change.what == row_change::kind::insert) return {};
    row key = values_at(change.before, places);
    if (has_null(key)) return {};
    if (change.what == row_change::kind::update && key == values_at(change.after, places))
        return {};
    return key;
}

action action_of(const table_constraint& rule, const row_change& change) {
    return change.what == row_change::kind::erase ? rule.on_delete : rule.on_update;
}

}  // namespace

const table_definition* row_changes::definition_of(const std::string& table) {
    if (same_name(table, table_.name)) return &table_;
    const auto known = definitions_.find(table);
    if (known != definitions_.end()) return &known->second;
    auto found = owner_.table_of(session_, database_, table);
    return found ? &definitions_.emplace(table, std::move(*found)).first->second : nullptr;
}

const std::vector<row_changes::reference>& row_changes::references_to(const std::string& table) {
    const auto [at, fresh] = references_.try_emplace(table);
    if (!fresh) return at->second;
    const auto names = owner_.store_->referencing(owner_.database(database_)->about.name, table);
    std::set<std::string, less_name> children(names.begin(), names.end());
    for (const auto* one : session_.transaction.changes.rows().made())
        for (const auto& rule : one->constraints)
            if (same_name(rule.referenced_table, table)) children.insert(one->name);
    for (const auto& name : children) {
        const auto* child = definition_of(name);
        if (child == nullptr) continue;
        for (std::size_t i = 0; i < child->constraints.size(); ++i) {
            const auto& rule = child->constraints[i];
            if (rule.what == kind::foreign_key && !rule.is_disabled &&
                same_name(rule.referenced_table, table))
                at->second.push_back({child, i});
        }
    }
    return at->second;
}

void row_changes::add_cascaded(std::list<changed_rows>& all,
                               const table_definition& table,
                               row_change change) {
    cascaded_.push_back(std::move(change));
    const auto& made = cascaded_.back();
    seen().note(made);
    lock(table.name, "#" + std::to_string(made.row_number));
    auto group =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.about == &table; });
    if (group == all.end()) group = all.insert(all.end(), changed_rows{&table, {}});
    const auto before = std::find_if(group->rows.begin(), group->rows.end(), [&](auto* one) {
        return one->row_number == made.row_number;
    });
    if (before == group->rows.end())
        group->rows.push_back(&made);
    else
        *before = &made;
}

// A row that refers, as the change of what it refers to leaves it.
sql_result<row_change> row_changes::cascaded(const reference& by,
                                             const row_change& change,
                                             const std::vector<std::size_t>& referenced,
                                             std::int64_t number,
                                             const row& contents) {
    const auto& rule = by.child->constraints[by.at];
    row_change made{row_change::kind::erase, by.child->name, number, contents, {}, {}};
    const auto what = action_of(rule, change);
    if (what == action::cascade && change.what == row_change::kind::erase) return made;
    made.what = row_change::kind::update;
    made.after = contents;
    const auto places = places_of(*by.child, rule);
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto& part = made.after[places[i]];
        part = what == action::cascade ? change.after[referenced[i]] : value{};
        if (what != action::set_default) continue;
        for (const auto& one : by.child->rules)
            if (same_name(one.column, by.child->columns[places[i]].name)) {
                auto v = value_of_default(owner_, world_, one);
                if (!v) return tl::unexpected(v.error());
                auto converted = convert(*v, by.child->columns[places[i]].type);
                if (!converted) return tl::unexpected(converted.error());
                part = std::move(*converted);
            }
    }
    return made;
}

std::optional<sql_error> row_changes::cascade(std::list<changed_rows>& all) {
    std::set<std::tuple<const table_definition*, std::size_t, std::int64_t>> done;
    std::vector<std::pair<const table_definition*, const row_change*>> open;
    for (const auto& one : made_) open.emplace_back(&table_, &one);
    for (std::size_t next = 0; next < open.size(); ++next) {
        const auto [parent, change] = open[next];
        for (const auto& by : references_to(parent->name)) {
            const auto& rule = by.child->constraints[by.at];
            if (action_of(rule, *change) == action::none) continue;
            const auto places = places_of(*parent, rule.referenced_columns);
            const auto key = lost_key(*change, places);
            if (!key) continue;
            await_children(by, *key);
            for (const auto& [number, contents] : seen().with_key(*by.child, by.at, *key)) {
                if (!done.emplace(by.child, by.at, number).second) continue;
                auto made = cascaded(by, *change, places, number, contents);
                if (!made) return made.error();
                add_cascaded(all, *by.child, std::move(*made));
                open.emplace_back(by.child, &cascaded_.back());
            }
        }
    }
    return {};
}

// What others have not committed yet may refer to it.
void row_changes::await_children(const reference& by, const row& key) {
    const auto places = places_of(*by.child, by.child->constraints[by.at]);
    const auto wanted = key_text(key);
    for (const auto& [number, other] : owner_.sessions_) {
        if (number == session_.number || !same_name(other.transaction.database, database_))
            continue;
        if (other.transaction.changes.rows().of(by.child->name) == nullptr) continue;
        for (const auto& one : other.transaction.changes)
            if (same_name(one.table, by.child->name) &&
                one.after.size() == by.child->columns.size() &&
                key_text(values_at(one.after, places)) == wanted)
                await(by.child->name, "#" + std::to_string(one.row_number));
    }
}

bool row_changes::has_parent(const table_constraint& rule, const row& key) {
    const auto* parent = definition_of(rule.referenced_table);
    const auto by =
        parent == nullptr ? std::nullopt : candidate_of(*parent, rule.referenced_columns);
    if (!by) return false;
    const row wanted = by->of(key);
    const auto found = seen().with_key(*parent, by->constraint, wanted);
    for (const auto& one : found) await(parent->name, "#" + std::to_string(one.first));
    if (!found.empty()) return true;
    const std::string name =
        by->constraint ? parent->constraints[*by->constraint].name + '\n' : std::string{};
    await(parent->name, "=" + name + key_text(wanted));
    return false;
}

std::optional<sql_error> row_changes::check_references(const changed_rows& changed,
                                                       const std::string& verb) {
    for (const auto& rule : changed.about->constraints) {
        if (rule.what != kind::foreign_key || rule.is_disabled) continue;
        const auto places = places_of(*changed.about, rule);
        for (const auto* one : changed.rows) {
            if (one->what == row_change::kind::erase) continue;
            const row key = values_at(one->after, places);
            // What SET DEFAULT leaves as it was has lost its row all the same.
            const bool is_as_it_was = one->what == row_change::kind::update &&
                                      changed.about == &table_ &&
                                      key == values_at(one->before, places);
            if (has_null(key) || is_as_it_was) continue;
            lock(changed.about->name, "#" + std::to_string(one->row_number));
            if (has_parent(rule, key)) continue;
            const bool itself = same_name(rule.referenced_table, changed.about->name);
            return conflict(verb,
                            itself ? "FOREIGN KEY SAME TABLE" : "FOREIGN KEY",
                            rule,
                            database_,
                            rule.referenced_table,
                            rule.referenced_columns);
        }
    }
    return {};
}

std::optional<sql_error> row_changes::check_referenced(const changed_rows& changed,
                                                       const std::string& verb) {
    for (const auto& by : references_to(changed.about->name)) {
        const auto& rule = by.child->constraints[by.at];
        const auto places = places_of(*changed.about, rule.referenced_columns);
        for (const auto* one : changed.rows) {
            if (action_of(rule, *one) != action::none) continue;
            const auto key = lost_key(*one, places);
            if (!key || has_parent(rule, *key)) continue;
            await_children(by, *key);
            const auto children = seen().with_key(*by.child, by.at, *key);
            if (children.empty()) continue;
            await(by.child->name, "#" + std::to_string(children.front().first));
            std::vector<std::string> columns;
            for (const auto& part : rule.columns) columns.push_back(part.name);
            const bool itself = by.child == changed.about;
            return conflict(verb,
                            itself ? "SAME TABLE REFERENCE" : "REFERENCE",
                            rule,
                            database_,
                            by.child->name,
                            columns);
        }
    }
    return {};
}

}  // namespace ha::mssqlsim
