// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/column_rule.hpp"
#include "test/mssqlsim/tsql/table_constraint.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What redo makes of the log: tables with rows. Names are compared as SQL Server compares them;
// implementations get them in the spelling of their CREATE.

namespace ha::mssqlsim {

struct table_definition {
    std::string name;
    std::vector<column> columns;
    std::vector<std::string> primary_key;  // names of columns; empty: duplicates are allowed
    std::string key_name = {};             // of the constraint; empty: the engine names it
    std::vector<column_rule> rules = {};   // of the columns that have any
    std::vector<table_constraint> constraints = {};
    bool key_nonclustered = false;
    bool operator==(const table_definition&) const = default;
};

// One change of one row or table, with what is needed to do it again and to undo it. A row is named
// by its number within its table, which is never used again.
struct row_change {
    enum class kind : std::uint8_t { create_table, drop_table, insert, update, erase } what{};
    std::string table;
    std::int64_t row_number = 0;  // of create_table: 1, when the table goes on with its identity
    row before;                   // of update and erase
    row after;                    // of insert and update
    table_definition
        definition;  // of create_table and drop_table, whose rows were erased before it
    bool operator==(const row_change&) const = default;
};

class row_store {
public:
    using visitor = std::function<bool(std::int64_t row_number, const row& contents)>;

    virtual ~row_store() = default;

    // The store is empty when the instance starts; the instance replays the whole log into it.
    virtual void create_database(const std::string& database) = 0;
    virtual void drop_database(const std::string& database) = 0;

    // The changes of a transaction in the order in which they were made; revert undoes the last one
    // first.
    virtual void apply(const std::string& database, const std::vector<row_change>& changes) = 0;
    virtual void revert(const std::string& database, const std::vector<row_change>& changes) = 0;

    virtual std::optional<table_definition> table(const std::string& database,
                                                  std::string_view name) const = 0;
    virtual std::vector<std::string> tables(const std::string& database) const = 0;
    // Ascending row numbers, until the visitor returns false.
    virtual void scan(const std::string& database,
                      std::string_view table,
                      const visitor& visit) const = 0;
    // The row with these values in its primary key's columns, in the key's order.
    virtual std::optional<std::int64_t> find(const std::string& database,
                                             std::string_view table,
                                             const row& key) const = 0;
    // The rows with these values in the columns of the table's constraint of that place, NULL as a
    // value; of one that stores look up by, see is_looked_up.
    virtual void scan_key(const std::string& database,
                          std::string_view table,
                          std::size_t constraint,
                          const row& key,
                          const visitor& visit) const = 0;
    // Tables with a foreign key to this one.
    virtual std::vector<std::string> referencing(const std::string& database,
                                                 std::string_view table) const = 0;
};

// Which tables refer to which, kept as tables come and go.
class references {
public:
    void add(const table_definition& table) {
        for (const auto& one : table.constraints)
            if (one.what == table_constraint::kind::foreign_key)
                by_referenced_[one.referenced_table].push_back(table.name);
    }
    void remove(const table_definition& table) {
        for (const auto& one : table.constraints)
            if (one.what == table_constraint::kind::foreign_key)
                std::erase_if(by_referenced_[one.referenced_table],
                              [&](const auto& name) { return same_name(name, table.name); });
    }
    std::vector<std::string> of(std::string_view table) const {
        if (by_referenced_.empty()) return {};
        const auto at = by_referenced_.find(std::string{table});
        return at == by_referenced_.end() ? std::vector<std::string>{} : at->second;
    }

private:
    std::map<std::string, std::vector<std::string>, less_name> by_referenced_;
};

// Rows are found by the columns of what holds for several of them.
inline bool is_looked_up(const table_constraint& one) {
    return one.is_unique || one.what == table_constraint::kind::foreign_key;
}

// A key as text: equal for values that SQL Server takes for equal, NULL with NULL.
std::string key_text(const row& key);
// Places of the columns in the table; of a constraint, without those that are only included.
std::vector<std::size_t> places_of(const table_definition& table,
                                   const std::vector<std::string>& columns);
std::vector<std::size_t> places_of(const table_definition& table, const table_constraint& one);
row values_at(const row& contents, const std::vector<std::size_t>& places);

std::unique_ptr<row_store> make_memory_store();

}  // namespace ha::mssqlsim
