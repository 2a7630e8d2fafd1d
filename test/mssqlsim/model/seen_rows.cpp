// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/seen_rows.hpp"

#include "test/mssqlsim/model/engine.hpp"

#include <algorithm>

// The transaction keeps its layer from statement to statement. What is committed and not answered
// is no more than what others wait for, and is gathered when a table is asked for.

namespace ha::mssqlsim {

void seen_rows::add_table(const session_table& table) {
    auto& made = own_.add(table.about.name);
    for (const auto& [number, contents] : table.rows) made.put(number, &contents);
}

// Commits that nobody waits for any more, and that are not answered yet, still hold their keys.
const row_layer& seen_rows::committed(const std::string& table) {
    const auto* target = owner_.database(database_);
    if (target == nullptr || !gathered_.insert(table).second) return committed_;
    for (const auto* one : target->not_redone(table)) committed_.take(*one);
    return committed_;
}

std::vector<const changed_table*> seen_rows::layers_of(const std::string& table) {
    std::vector<const changed_table*> made;
    const auto add = [&](const row_layer& layer) {
        const auto* changed = layer.of(table);
        if (changed != nullptr && (made.empty() || !made.back()->is_remade()))
            made.push_back(changed);
    };
    add(own_);
    const auto& open = session_.transaction;
    if (same_name(open.database, database_)) add(open.changes.rows());
    add(committed(table));
    return made;
}

seen_rows::found seen_rows::with_key(const table_definition& about,
                                     std::optional<std::size_t> constraint,
                                     const row& key) {
    const auto places = constraint ? places_of(about, about.constraints[*constraint])
                                   : places_of(about, about.primary_key);
    const std::string text = key_text(key);
    const auto layers = layers_of(about.name);
    found made;
    // A row that a newer layer knows is not what it was in this one.
    const auto add = [&](auto end, std::int64_t number, const row& contents) {
        const bool changed =
            std::any_of(layers.begin(), end, [&](auto* one) { return one->knows(number); });
        if (!changed) made.emplace_back(number, contents);
    };
    const auto* target = owner_.database(database_);
    if (target != nullptr && (layers.empty() || !layers.back()->is_remade())) {
        const std::string& database = target->about.name;
        if (constraint) {
            owner_.store_->scan_key(database,
                                    about.name,
                                    *constraint,
                                    key,
                                    [&](std::int64_t number, const row& contents) {
                                        add(layers.end(), number, contents);
                                        return true;
                                    });
        } else if (const auto number = owner_.store_->find(database, about.name, key)) {
            add(layers.end(), *number, {});
        }
    }
    for (auto layer = layers.begin(); layer != layers.end(); ++layer)
        for (const auto& [number, contents] : (*layer)->with_key(places, text))
            add(layer, number, *contents);
    return made;
}

}  // namespace ha::mssqlsim
