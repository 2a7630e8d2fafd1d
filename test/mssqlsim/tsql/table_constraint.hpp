// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What a table holds its rows to beside its primary key, and its indexes.

namespace ha::mssqlsim {

struct constraint_column {
    std::string name;
    bool descending = false;
    bool included = false;  // INCLUDE: no part of an index's key
    bool operator==(const constraint_column&) const = default;
};

struct table_constraint {
    enum class kind : std::uint8_t { unique, index, check, foreign_key } what{};
    // Numbered as sys.foreign_keys numbers them.
    enum class action : std::uint8_t { none, cascade, set_null, set_default };
    std::string name;
    bool is_system_named = false;
    bool is_unique = false;  // an index, too
    bool is_clustered = false;
    std::vector<constraint_column> columns;  // of CHECK: the one that it is about, if it is one
    std::string condition;                   // of CHECK; of an index: which rows are in it
    std::string referenced_table;
    std::vector<std::string> referenced_columns;
    action on_delete = action::none;
    action on_update = action::none;
    bool is_disabled = false;
    bool is_untrusted = false;  // rows that are there were not looked at
    bool operator==(const table_constraint&) const = default;
};

}  // namespace ha::mssqlsim
