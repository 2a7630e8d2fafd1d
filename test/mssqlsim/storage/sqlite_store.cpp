// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/sqlite_store.hpp"

#include "test/mssqlsim/storage/sqlite_statement.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ha::mssqlsim {

namespace {

using sqlite::statement;

std::string column_name(std::size_t index) {
    return "c" + std::to_string(index);
}

std::string joined(std::size_t count, const char* between, auto&& piece) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "" : between) + piece(i);
    return out;
}

// What SQLite keeps as text and is none.
value typed(std::string text, column_kind kind) {
    switch (kind) {
        case column_kind::numeric: return exact_number{std::move(text)};
        case column_kind::money:
        case column_kind::smallmoney: return exact_number{std::move(text), true};
        case column_kind::variant: {
            auto made = unpacked(text);
            return made ? value{std::move(*made)} : value{};
        }
        case column_kind::date:
        case column_kind::time:
        case column_kind::datetimeoffset:
        case column_kind::smalldatetime: return calendar_value{kind, std::move(text)};
        default: return text;
    }
}

// One table of one database: an SQLite table with a number of its own for a name, a row number, and
// columns without types, so that SQLite converts nothing.
class stored_table {
public:
    stored_table(sqlite3* on, std::int64_t number, table_definition definition);

    const table_definition& definition() const { return definition_; }
    void drop();
    void put(std::int64_t row_number, const row& contents);
    void erase(std::int64_t row_number) { erase_.bind(0, row_number).run(); }
    void scan(const row_store::visitor& visit);
    std::optional<std::int64_t> find(const row& key);
    void scan_key(std::size_t constraint, const row& key, const row_store::visitor& visit);

private:
    static std::string create(sqlite3* on, std::int64_t number, const table_definition& what);
    row contents_of(statement& rows) const;
    static std::vector<std::size_t> key_columns(const table_definition& what,
                                                const std::vector<std::string>& names);
    static std::vector<std::size_t> looked_up(const table_definition& what,
                                              const table_constraint& one);
    static std::string find_text(const std::string& name, const std::vector<std::size_t>& key);

    sqlite3* on_;
    table_definition definition_;
    std::string name_;
    std::vector<std::size_t> key_;
    statement put_;
    statement erase_;
    statement find_;
    std::vector<std::vector<std::size_t>> looked_up_;  // of each constraint: none, or its columns
};

stored_table::stored_table(sqlite3* on, std::int64_t number, table_definition definition)
    : on_(on),
      definition_(std::move(definition)),
      name_(create(on, number, definition_)),
      key_(key_columns(definition_, definition_.primary_key)),
      put_(on,
           "INSERT OR REPLACE INTO " + name_ + " VALUES (?" +
               joined(definition_.columns.size(), "", [](auto) { return std::string(",?"); }) +
               ")"),
      erase_(on, "DELETE FROM " + name_ + " WHERE row_number = ?"),
      find_(on, find_text(name_, key_)) {
    for (const auto& one : definition_.constraints) {
        auto places = looked_up(definition_, one);
        const auto indexed = [&places](auto i) {
            return column_name(places[i]) + " COLLATE NOCASE";
        };
        if (!places.empty())
            sqlite::execute(on,
                            "CREATE INDEX k" + std::to_string(looked_up_.size()) + name_ + " ON " +
                                name_ + " (" + joined(places.size(), ", ", indexed) + ")");
        looked_up_.push_back(std::move(places));
    }
}

// NOCASE folds ASCII letters, which is how names and text compare here.
std::string stored_table::create(sqlite3* on, std::int64_t number, const table_definition& what) {
    auto name = "t" + std::to_string(number);
    auto columns = joined(what.columns.size(), "", [](auto i) { return ", " + column_name(i); });
    sqlite::execute(on,
                    "CREATE TABLE " + name + " (row_number INTEGER PRIMARY KEY" + columns + ")");
    auto key = key_columns(what, what.primary_key);
    auto indexed = [&key](auto i) { return column_name(key[i]) + " COLLATE NOCASE"; };
    if (!key.empty())
        sqlite::execute(on,
                        "CREATE INDEX k" + name + " ON " + name + " (" +
                            joined(key.size(), ", ", indexed) + ")");
    return name;
}

std::vector<std::size_t> stored_table::looked_up(const table_definition& what,
                                                 const table_constraint& one) {
    std::vector<std::string> names;
    for (const auto& part : one.columns)
        if (is_looked_up(one) && !part.included) names.push_back(part.name);
    return key_columns(what, names);
}

std::vector<std::size_t> stored_table::key_columns(const table_definition& what,
                                                   const std::vector<std::string>& names) {
    std::vector<std::size_t> out;
    for (const auto& key : names) {
        auto is_it = [&key](const column& one) { return same_name(one.name, key); };
        auto found = std::find_if(what.columns.begin(), what.columns.end(), is_it);
        if (found == what.columns.end())
            throw std::runtime_error("no column " + key + " in " + what.name);
        out.push_back(static_cast<std::size_t>(found - what.columns.begin()));
    }
    return out;
}

std::string stored_table::find_text(const std::string& name, const std::vector<std::size_t>& key) {
    if (key.empty()) return "SELECT row_number FROM " + name + " WHERE 0";
    auto equal = [&key](auto i) { return column_name(key[i]) + " = ? COLLATE NOCASE"; };
    return "SELECT row_number FROM " + name + " WHERE " + joined(key.size(), " AND ", equal) +
           " LIMIT 1";
}

void stored_table::drop() {
    sqlite::execute(on_, "DROP TABLE " + name_);
}

void stored_table::put(std::int64_t row_number, const row& contents) {
    put_.bind(0, row_number);
    for (std::size_t i = 0; i < contents.size(); ++i)
        put_.bind(static_cast<int>(i) + 1, contents[i]);
    put_.run();
}

row stored_table::contents_of(statement& rows) const {
    row contents;
    for (int i = 1; i < rows.columns(); ++i) {
        contents.push_back(rows.column(i));
        const auto& type = definition_.columns[static_cast<std::size_t>(i) - 1].type;
        auto* text = std::get_if<std::string>(&contents.back());
        if (text != nullptr) contents.back() = typed(std::move(*text), type.kind);
    }
    return contents;
}

void stored_table::scan(const row_store::visitor& visit) {
    statement rows(on_, "SELECT * FROM " + name_ + " ORDER BY row_number");
    while (rows.step())
        if (!visit(std::get<std::int64_t>(rows.column(0)), contents_of(rows))) return;
}

// IS, because NULL is a value of a key.
void stored_table::scan_key(std::size_t constraint,
                            const row& key,
                            const row_store::visitor& visit) {
    if (constraint >= looked_up_.size() || looked_up_[constraint].size() != key.size()) return;
    const auto& places = looked_up_[constraint];
    const auto equal = [&places](auto i) {
        return column_name(places[i]) + " COLLATE NOCASE IS ?";
    };
    statement rows(on_,
                   "SELECT * FROM " + name_ + " WHERE " + joined(places.size(), " AND ", equal));
    for (std::size_t i = 0; i < key.size(); ++i) rows.bind(static_cast<int>(i), key[i]);
    while (rows.step())
        if (!visit(std::get<std::int64_t>(rows.column(0)), contents_of(rows))) return;
}

std::optional<std::int64_t> stored_table::find(const row& key) {
    if (key.size() != key_.size()) return {};
    for (std::size_t i = 0; i < key.size(); ++i) find_.bind(static_cast<int>(i), key[i]);
    std::optional<std::int64_t> out;
    if (find_.step()) out = std::get<std::int64_t>(find_.column(0));
    find_.reset();
    return out;
}

class sqlite_store final : public row_store {
public:
    explicit sqlite_store(sqlite::connection on) : on_(std::move(on)) {}

    void create_database(const std::string& database) override {
        databases_.try_emplace(lower(database));
    }
    void drop_database(const std::string& database) override;
    void apply(const std::string& database, const std::vector<row_change>& changes) override;
    void revert(const std::string& database, const std::vector<row_change>& changes) override;

    std::optional<table_definition> table(const std::string& database,
                                          std::string_view name) const override;
    std::vector<std::string> tables(const std::string& database) const override;
    void scan(const std::string& database,
              std::string_view table,
              const visitor& visit) const override;
    std::optional<std::int64_t> find(const std::string& database,
                                     std::string_view table,
                                     const row& key) const override;
    void scan_key(const std::string& database,
                  std::string_view table,
                  std::size_t constraint,
                  const row& key,
                  const visitor& visit) const override;
    std::vector<std::string> referencing(const std::string& database,
                                         std::string_view table) const override;

private:
    using table_map = std::map<std::string, std::unique_ptr<stored_table>>;
    stored_table* look_up(const std::string& database, std::string_view table) const;
    struct contents {
        table_map tables;
        references referred;
    };
    void redo(contents& of, const row_change& change);
    void undo(contents& of, const row_change& change);
    void create(contents& of, const table_definition& definition);
    static void drop(contents& of, const std::string& name);

    sqlite::connection on_;  // before the tables, whose statements must go first
    std::map<std::string, contents> databases_;
    std::int64_t tables_made_ = 0;
};

void sqlite_store::drop_database(const std::string& database) {
    auto found = databases_.find(lower(database));
    if (found == databases_.end()) return;
    for (auto& [name, table] : found->second.tables) table->drop();
    databases_.erase(found);
}

void sqlite_store::apply(const std::string& database, const std::vector<row_change>& changes) {
    auto& of = databases_.at(lower(database));
    sqlite::execute(on_.get(), "BEGIN");
    for (const auto& change : changes) redo(of, change);
    sqlite::execute(on_.get(), "COMMIT");
}

void sqlite_store::revert(const std::string& database, const std::vector<row_change>& changes) {
    auto& of = databases_.at(lower(database));
    sqlite::execute(on_.get(), "BEGIN");
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) undo(of, *change);
    sqlite::execute(on_.get(), "COMMIT");
}

void sqlite_store::redo(contents& of, const row_change& change) {
    using kind = row_change::kind;
    switch (change.what) {
        case kind::create_table: return create(of, change.definition);
        case kind::drop_table: return drop(of, change.definition.name);
        case kind::insert:
        case kind::update:
            return of.tables.at(lower(change.table))->put(change.row_number, change.after);
        case kind::erase: return of.tables.at(lower(change.table))->erase(change.row_number);
    }
}

void sqlite_store::undo(contents& of, const row_change& change) {
    using kind = row_change::kind;
    switch (change.what) {
        case kind::create_table: return drop(of, change.definition.name);
        case kind::drop_table: return create(of, change.definition);
        case kind::insert: return of.tables.at(lower(change.table))->erase(change.row_number);
        case kind::update:
        case kind::erase:
            return of.tables.at(lower(change.table))->put(change.row_number, change.before);
    }
}

void sqlite_store::create(contents& of, const table_definition& definition) {
    drop(of, definition.name);
    of.referred.add(definition);
    of.tables[lower(definition.name)] =
        std::make_unique<stored_table>(on_.get(), ++tables_made_, definition);
}

void sqlite_store::drop(contents& of, const std::string& name) {
    auto found = of.tables.find(lower(name));
    if (found == of.tables.end()) return;
    of.referred.remove(found->second->definition());
    found->second->drop();
    of.tables.erase(found);
}

stored_table* sqlite_store::look_up(const std::string& database, std::string_view table) const {
    auto tables = databases_.find(lower(database));
    if (tables == databases_.end()) return nullptr;
    auto found = tables->second.tables.find(lower(table));
    return found == tables->second.tables.end() ? nullptr : found->second.get();
}

std::optional<table_definition> sqlite_store::table(const std::string& database,
                                                    std::string_view name) const {
    const auto* found = look_up(database, name);
    if (found == nullptr) return {};
    return found->definition();
}

std::vector<std::string> sqlite_store::tables(const std::string& database) const {
    std::vector<std::string> out;
    auto found = databases_.find(lower(database));
    if (found == databases_.end()) return out;
    for (const auto& [name, table] : found->second.tables) out.push_back(table->definition().name);
    return out;
}

void sqlite_store::scan(const std::string& database,
                        std::string_view table,
                        const visitor& visit) const {
    if (auto* found = look_up(database, table)) found->scan(visit);
}

std::optional<std::int64_t> sqlite_store::find(const std::string& database,
                                               std::string_view table,
                                               const row& key) const {
    auto* found = look_up(database, table);
    if (found == nullptr) return {};
    return found->find(key);
}

void sqlite_store::scan_key(const std::string& database,
                            std::string_view table,
                            std::size_t constraint,
                            const row& key,
                            const visitor& visit) const {
    if (auto* found = look_up(database, table)) found->scan_key(constraint, key, visit);
}

std::vector<std::string> sqlite_store::referencing(const std::string& database,
                                                   std::string_view table) const {
    auto found = databases_.find(lower(database));
    return found == databases_.end() ? std::vector<std::string>{}
                                     : found->second.referred.of(table);
}

}  // namespace

result<std::unique_ptr<row_store>> make_sqlite_store(const std::string& path) try {
    std::filesystem::remove(path);
    auto on = sqlite::open(path);
    sqlite::execute(on.get(), "PRAGMA journal_mode = MEMORY");
    sqlite::execute(on.get(), "PRAGMA synchronous = OFF");
    sqlite::execute(on.get(), "PRAGMA locking_mode = EXCLUSIVE");
    return std::make_unique<sqlite_store>(std::move(on));
} catch (const std::exception& trouble) {
    return failure(errc::failed, trouble.what());
}

}  // namespace ha::mssqlsim
