// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/session_tables.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
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
    void note(const row_change& change);

    // By the table's constraint of that place, or by its primary key, whose rows come without
    // their contents.
    found with_key(const table_definition& about,
                   std::optional<std::size_t> constraint,
                   const row& key);

private:
    struct by_key {
        std::vector<std::size_t> places;
        std::unordered_multimap<std::string, std::int64_t> rows;
    };
    struct changed_table {
        bool remade = false;                                // no row of the store is in it
        std::unordered_map<std::int64_t, const row*> rows;  // null: erased
        std::map<std::size_t, by_key> keys;                 // by place, 0: the primary key
    };

    changed_table& changed(const std::string& table);
    static void put(changed_table& table, std::int64_t number, const row* contents);
    static void take(changed_table& table, const row_change& change);

    const engine& owner_;
    const session_state& session_;
    std::string database_;
    std::vector<const row_change*> noted_;
    std::map<std::string, changed_table, less_name> tables_;
};

}  // namespace ha::mssqlsim
