// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_changes.hpp"

// What a column has that a statement gives nothing for: its DEFAULT, its next identity.

namespace ha::mssqlsim {

sql_result<value> value_of_default(engine& owner, environment& world, const column_rule& rule) {
    if (rule.default_text.empty()) return value{};
    const auto parsed = owner.scripts_.parse("SELECT " + rule.default_text);
    if (!parsed) return tl::unexpected(parsed.error());
    const auto* query = std::get_if<select_statement>(&(*parsed)->front().what);
    if (query == nullptr || query->query.items.empty()) return value{};
    return evaluate(query->query.items.front().what, {}, world);
}

const column_rule* row_changes::rule_of(std::size_t column) const {
    for (const auto& one : table_.rules)
        if (same_name(one.column, table_.columns[column].name)) return &one;
    return nullptr;
}

sql_result<value> row_changes::default_of(std::size_t column) {
    const auto* rule = rule_of(column);
    if (rule == nullptr) return value{};
    if (rule->identity) {
        auto& last = last_identity();
        last = last ? *last + rule->increment : rule->seed;
        return value{*last};
    }
    return value_of_default(owner_, world_, *rule);
}

bool row_changes::may_give_identity() const {
    return session_.identity_insert.size() == 2 &&
           same_name(session_.identity_insert.front(), database_) &&
           same_name(session_.identity_insert.back(), table_.name);
}

// A table that this transaction made has its counter from here on.
std::optional<std::int64_t>& row_changes::last_identity() {
    if (own_ != nullptr) return own_->last_identity;
    return owner_.database(database_)
        ->identities.try_emplace(lower(table_.name), *identity_)
        .first->second.last;
}

void row_changes::note_identity(const row& fresh) {
    const auto& v = fresh[identity_->column];
    if (const auto* number = std::get_if<std::int64_t>(&v)) identity_given_ = *number;
    identity_counter counter{identity_->column, identity_->descends, last_identity()};
    counter.note(v);
    last_identity() = counter.last;
}

}  // namespace ha::mssqlsim
