// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_store.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/real_text.hpp"

#include <map>
#include <unordered_map>

namespace ha::mssqlsim {

namespace {

struct table_rows {
    table_definition about;
    std::vector<std::size_t> key_columns;
    std::map<std::int64_t, row> rows;
    std::unordered_map<std::string, std::int64_t> by_key;
    // Of each constraint that rows are looked up by; its columns are empty for the others.
    std::vector<std::vector<std::size_t>> looked_up;
    std::vector<std::unordered_multimap<std::string, std::int64_t>> by_constraint;
};

class memory_store final : public row_store {
public:
    void create_database(const std::string& database) override { databases_[lower(database)]; }
    void drop_database(const std::string& database) override {
        databases_.erase(lower(database));
        references_.erase(lower(database));
    }

    void apply(const std::string& database, const std::vector<row_change>& changes) override {
        for (const auto& change : changes) {
            switch (change.what) {
                case row_change::kind::create_table: create(database, change.definition); break;
                case row_change::kind::drop_table: drop(database, change.table); break;
                default:
                    replace(database, change.table, change.row_number, change.before, change.after);
            }
        }
    }

    void revert(const std::string& database, const std::vector<row_change>& changes) override {
        for (auto at = changes.rbegin(); at != changes.rend(); ++at) {
            switch (at->what) {
                case row_change::kind::create_table: drop(database, at->table); break;
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

    void scan_key(const std::string& database,
                  std::string_view name,
                  std::size_t constraint,
                  const row& key,
                  const visitor& visit) const override {
        const auto* found = find_table(database, name);
        if (found == nullptr || constraint >= found->by_constraint.size()) return;
        const auto [first, last] = found->by_constraint[constraint].equal_range(key_text(key));
        for (auto at = first; at != last; ++at)
            if (!visit(at->second, found->rows.at(at->second))) return;
    }

    std::vector<std::string> referencing(const std::string& database,
                                         std::string_view table) const override {
        const auto at = references_.find(lower(database));
        return at == references_.end() ? std::vector<std::string>{} : at->second.of(table);
    }

private:
    void drop(const std::string& database, const std::string& name) {
        auto& tables = databases_[lower(database)];
        const auto at = tables.find(lower(name));
        if (at == tables.end()) return;
        references_[lower(database)].remove(at->second.about);
        tables.erase(at);
    }

    const table_rows* find_table(const std::string& database, std::string_view name) const {
        const auto at = databases_.find(lower(database));
        if (at == databases_.end()) return nullptr;
        const auto found = at->second.find(lower(name));
        return found == at->second.end() ? nullptr : &found->second;
    }

    void create(const std::string& database, const table_definition& about) {
        table_rows made;
        made.about = about;
        made.key_columns = places_of(about, about.primary_key);
        for (const auto& one : about.constraints)
            made.looked_up.push_back(is_looked_up(one) ? places_of(about, one)
                                                       : std::vector<std::size_t>{});
        made.by_constraint.resize(made.looked_up.size());
        drop(database, about.name);
        references_[lower(database)].add(about);
        databases_[lower(database)][lower(about.name)] = std::move(made);
    }

    static std::string key_of(const table_rows& table, const row& contents) {
        row key;
        for (const std::size_t at : table.key_columns) key.push_back(contents[at]);
        return key_text(key);
    }

    static void note(table_rows& table, std::int64_t number, const row& old, const row& fresh) {
        for (std::size_t i = 0; i < table.looked_up.size(); ++i) {
            const auto& places = table.looked_up[i];
            auto& all = table.by_constraint[i];
            if (places.empty()) continue;
            if (!old.empty()) {
                auto [first, last] = all.equal_range(key_text(values_at(old, places)));
                while (first != last && first->second != number) ++first;
                if (first != last) all.erase(first);
            }
            if (!fresh.empty()) all.emplace(key_text(values_at(fresh, places)), number);
        }
    }

    // An empty row is none.
    void replace(const std::string& database,
                 const std::string& name,
                 std::int64_t number,
                 const row& old,
                 const row& fresh) {
        auto& table = databases_[lower(database)][lower(name)];
        if (!table.looked_up.empty()) note(table, number, old, fresh);
        if (!old.empty() && !table.key_columns.empty()) table.by_key.erase(key_of(table, old));
        if (fresh.empty()) {
            table.rows.erase(number);
            return;
        }
        if (!table.key_columns.empty()) table.by_key[key_of(table, fresh)] = number;
        table.rows[number] = fresh;
    }

    std::map<std::string, std::map<std::string, table_rows>> databases_;
    std::map<std::string, references> references_;
};

}  // namespace

// Text has no more than six digits of a float.
std::string key_text(const row& key) {
    std::string made;
    for (const auto& part : key) {
        const auto* real = std::get_if<double>(&part);
        const std::string told = real == nullptr ? lower(text_of(part)) : *real_text(*real, 3);
        made += (is_null(part) ? "\n" : told) + '\r';
    }
    return made;
}

std::vector<std::size_t> places_of(const table_definition& table,
                                   const std::vector<std::string>& columns) {
    std::vector<std::size_t> made;
    for (const auto& name : columns)
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (same_name(table.columns[i].name, name)) made.push_back(i);
    return made;
}

std::vector<std::size_t> places_of(const table_definition& table, const table_constraint& one) {
    std::vector<std::string> names;
    for (const auto& part : one.columns)
        if (!part.included) names.push_back(part.name);
    return places_of(table, names);
}

row values_at(const row& contents, const std::vector<std::size_t>& places) {
    row made;
    made.reserve(places.size());
    for (const auto at : places) made.push_back(contents[at]);
    return made;
}

std::unique_ptr<row_store> make_memory_store() {
    return std::make_unique<memory_store>();
}

}  // namespace ha::mssqlsim
