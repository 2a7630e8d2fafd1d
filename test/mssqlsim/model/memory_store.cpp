// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_store.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"

#include <map>
#include <unordered_map>

namespace ha::mssqlsim {

namespace {

struct table_rows {
    table_definition about;
    std::vector<std::size_t> key_columns;
    std::map<std::int64_t, row> rows;
    std::unordered_map<std::string, std::int64_t> by_key;
};

std::string key_text(const row& key) {
    std::string made;
    for (const auto& part : key) made += lower(text_of(part)) + '\r';
    return made;
}

class memory_store final : public row_store {
public:
    void create_database(const std::string& database) override { databases_[lower(database)]; }
    void drop_database(const std::string& database) override { databases_.erase(lower(database)); }

    void apply(const std::string& database, const std::vector<row_change>& changes) override {
        for (const auto& change : changes) {
            switch (change.what) {
                case row_change::kind::create_table: create(database, change.definition); break;
                case row_change::kind::drop_table:
                    databases_[lower(database)].erase(lower(change.table));
                    break;
                default:
                    replace(database, change.table, change.row_number, change.before, change.after);
            }
        }
    }

    void revert(const std::string& database, const std::vector<row_change>& changes) override {
        for (auto at = changes.rbegin(); at != changes.rend(); ++at) {
            switch (at->what) {
                case row_change::kind::create_table:
                    databases_[lower(database)].erase(lower(at->table));
                    break;
                case row_change::kind::drop_table: create(database, at->definition); break;
                default: replace(database, at->table, at->row_number, at->after, at->before);
            }
        }
    }

    std::optional<table_definition> table(const std::string& database,
                                          std::string_view name) const override {
        const auto* found = find_table(database, name);
        if (found == nullptr) return {};
        return found->about;
    }

    std::vector<std::string> tables(const std::string& database) const override {
        std::vector<std::string> made;
        if (const auto at = databases_.find(lower(database)); at != databases_.end())
            for (const auto& [name, one] : at->second) made.push_back(one.about.name);
        return made;
    }

    void scan(const std::string& database,
              std::string_view name,
              const visitor& visit) const override {
        if (const auto* found = find_table(database, name))
            for (const auto& [number, contents] : found->rows)
                if (!visit(number, contents)) return;
    }

    std::optional<std::int64_t> find(const std::string& database,
                                     std::string_view name,
                                     const row& key) const override {
        const auto* found = find_table(database, name);
        if (found == nullptr) return {};
        const auto at = found->by_key.find(key_text(key));
        if (at == found->by_key.end()) return {};
        return at->second;
    }

private:
    const table_rows* find_table(const std::string& database, std::string_view name) const {
        const auto at = databases_.find(lower(database));
        if (at == databases_.end()) return nullptr;
        const auto found = at->second.find(lower(name));
        return found == at->second.end() ? nullptr : &found->second;
    }

    void create(const std::string& database, const table_definition& about) {
        table_rows made;
        made.about = about;
        for (const auto& name : about.primary_key)
            for (std::size_t i = 0; i < about.columns.size(); ++i)
                if (same_name(about.columns[i].name, name)) made.key_columns.push_back(i);
        databases_[lower(database)][lower(about.name)] = std::move(made);
    }

    static std::string key_of(const table_rows& table, const row& contents) {
        row key;
        for (const std::size_t at : table.key_columns) key.push_back(contents[at]);
        return key_text(key);
    }

    // An empty row is none.
    void replace(const std::string& database,
                 const std::string& name,
                 std::int64_t number,
                 const row& old,
                 const row& fresh) {
        auto& table = databases_[lower(database)][lower(name)];
        if (!old.empty() && !table.key_columns.empty()) table.by_key.erase(key_of(table, old));
        if (fresh.empty()) {
            table.rows.erase(number);
            return;
        }
        if (!table.key_columns.empty()) table.by_key[key_of(table, fresh)] = number;
        table.rows[number] = fresh;
    }

    std::map<std::string, std::map<std::string, table_rows>> databases_;
};

}  // namespace

std::unique_ptr<row_store> make_memory_store() {
    return std::make_unique<memory_store>();
}

}  // namespace ha::mssqlsim
