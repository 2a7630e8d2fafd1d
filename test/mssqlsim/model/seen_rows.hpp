// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/row_layer.hpp"
#include "test/mssqlsim/model/session_tables.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

// Rows found by a key, as they are when a statement's changes are made: those of the store, what
// is committed and not in there yet, the open transaction's and the statement's own.

namespace ha::mssqlsim {

class engine;
struct session_state;

class seen_rows {
public:
    using found = std::vector<std::pair<std::int64_t, row>>;

    seen_rows(const engine& owner, const session_state& session, std::string database)
        : owner_(owner), session_(session), database_(std::move(database)) {}

    // A table that no store has.
    void add_table(const session_table& table);
    // Of the statement. Changes and tables must outlive this.
    void note(const row_change& change) { own_.take(change); }

    // By the table's constraint of that place, or by its primary key, whose rows come without
    // their contents.
    found with_key(const table_definition& about,
                   std::optional<std::size_t> constraint,
                   const row& key);

private:
    const row_layer& committed(const std::string& table);
    // What changed of the table, the newest first; below one that was remade is nothing.
    std::vector<const changed_table*> layers_of(const std::string& table);

    const engine& owner_;
    const session_state& session_;
    std::string database_;
    std::set<std::string, less_name> gathered_;  // tables of committed_
    row_layer committed_;
    row_layer own_;
};

}  // namespace ha::mssqlsim
