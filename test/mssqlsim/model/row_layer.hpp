// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/row_store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

// Rows as changes left them, found by their number and by their keys. What no change of a layer was
// about is in the layers below it, and in the store below them all. Changes must outlive it.

namespace ha::mssqlsim {

// Rows of one table, since it was last made or dropped in the layer, if it was.
class changed_table {
public:
    using places = std::vector<std::size_t>;

    changed_table() = default;
    // Null: it was dropped, or a session alone has it.
    static changed_table remade(const table_definition* definition);

    bool is_remade() const { return remade_; }  // nothing below is in it
    const table_definition* definition() const { return definition_; }
    bool is_untouched() const { return !remade_ && rows_.empty(); }

    // Null: the row is erased.
    void put(std::int64_t number, const row* contents);
    // The last of this row never was.
    void take_back(std::int64_t number);

    bool knows(std::int64_t number) const { return rows_.count(number) != 0; }
    // What each row was, the newest last.
    const std::map<std::int64_t, std::vector<const row*>>& rows() const { return rows_; }
    // Those with these values (see key_text) in these columns.
    std::vector<std::pair<std::int64_t, const row*>> with_key(const places& columns,
                                                              const std::string& key) const;

private:
    using by_key = std::unordered_multimap<std::string, std::int64_t>;

    const row* newest(std::int64_t number) const;
    void note(std::int64_t number, const row* old, const row* fresh);

    bool remade_ = false;
    const table_definition* definition_ = nullptr;
    std::map<std::int64_t, std::vector<const row*>> rows_;
    mutable std::map<places, by_key> keys_;  // each from when it is first asked for
};

class row_layer {
public:
    void take(const row_change& change);
    // The last that was taken, and is not yet taken back.
    void take_back(const row_change& change);
    // A table that no store has.
    changed_table& add(const std::string& table);

    // Null: no change is about it.
    const changed_table* of(const std::string& table) const;
    // Tables that were made, and are there.
    std::vector<const table_definition*> made() const;

private:
    // By table: as often as it was made or dropped, the newest last.
    std::map<std::string, std::vector<changed_table>, less_name> tables_;
};

}  // namespace ha::mssqlsim
