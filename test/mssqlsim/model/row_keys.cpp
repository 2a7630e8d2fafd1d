// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_changes.hpp"

#include <algorithm>

// Primary keys: which rows have which, in the store and in what is not committed yet.

namespace ha::mssqlsim {

namespace {

std::string key_text(const row& key) {
    std::string made;
    for (const auto& part : key) made += lower(text_of(part)) + '\r';
    return made;
}

row key_of(const table_definition& table, const row& contents) {
    row made;
    for (const auto& name : table.primary_key)
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (same_name(table.columns[i].name, name)) made.push_back(contents[i]);
    return made;
}

sql_error duplicate(const table_definition& table, const row& key) {
    std::string values;
    for (const auto& part : key) values += (values.empty() ? "" : ", ") + text_of(part);
    return error_of(2627,
                    "Violation of PRIMARY KEY constraint '" +
                        (table.key_name.empty() ? "PK_" + table.name : table.key_name) +
                        "'. Cannot insert duplicate key in object 'dbo." + table.name +
                        "'. The duplicate key value is (" + values + ").",
                    14);
}

}  // namespace

bool row_changes::changes_key(const row_change& change) const {
    return !table_.primary_key.empty() &&
           key_of(table_, change.before) != key_of(table_, change.after);
}

std::optional<sql_error> row_changes::check_key(const row& fresh) {
    const row key = key_of(table_, fresh);
    lock("=" + key_text(key));
    for (const auto& one : made_)
        if (one.what != row_change::kind::erase &&
            key_text(key_of(table_, one.after)) == key_text(key))
            return duplicate(table_, key);
    if (own_ != nullptr ? is_taken_here(key) : is_taken(key)) return duplicate(table_, key);
    return {};
}

bool row_changes::is_taken_here(const row& key) const {
    return std::any_of(own_->rows.begin(), own_->rows.end(), [&](const auto& one) {
        return key_text(key_of(table_, one.second)) == key_text(key);
    });
}

bool row_changes::is_taken(const row& key) const {
    const auto known = owner_.store_->find(database_, table_.name, key);
    bool taken = known.has_value();
    for (const auto& one : session_.transaction.changes) {
        if (!same_name(one.table, table_.name)) continue;
        if (one.what == row_change::kind::erase && known && one.row_number == *known) taken = false;
        if (!one.after.empty() && key_text(key_of(table_, one.after)) == key_text(key))
            taken = true;
    }
    // Commits that nobody waits for any more, and that are not answered yet, still hold their keys.
    const auto& target = *owner_.database(database_);
    for (std::int64_t lsn = target.redone; lsn < target.end(); ++lsn)
        for (const auto& one : target.log[static_cast<std::size_t>(lsn)].changes)
            if (same_name(one.table, table_.name) && !one.after.empty() &&
                key_text(key_of(table_, one.after)) == key_text(key))
                taken = true;
    return taken;
}

}  // namespace ha::mssqlsim
