// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_catalogue.hpp"

#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/system_objects.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <set>

namespace ha::mssqlsim {

namespace {

struct type_fact {
    const char* name;
    std::int64_t id;       // system_type_id
    std::int64_t user_id;  // user_type_id
    std::int64_t bytes;
    std::int64_t precision;
    std::int64_t scale;
    enum class kind : std::uint8_t { other, number, time, text, wide } what;
};

// Documented with sys.types and the types' own pages; in the order of sys.types.
constexpr type_fact facts[] = {
    {"image", 34, 34, 16, 0, 0, type_fact::kind::other},
    {"text", 35, 35, 16, 0, 0, type_fact::kind::text},
    {"uniqueidentifier", 36, 36, 16, 0, 0, type_fact::kind::other},
    {"date", 40, 40, 3, 10, 0, type_fact::kind::time},
    {"time", 41, 41, 5, 16, 7, type_fact::kind::time},
    {"datetime2", 42, 42, 8, 27, 7, type_fact::kind::time},
    {"datetimeoffset", 43, 43, 10, 34, 7, type_fact::kind::time},
    {"tinyint", 48, 48, 1, 3, 0, type_fact::kind::number},
    {"smallint", 52, 52, 2, 5, 0, type_fact::kind::number},
    {"int", 56, 56, 4, 10, 0, type_fact::kind::number},
    {"smalldatetime", 58, 58, 4, 16, 0, type_fact::kind::time},
    {"real", 59, 59, 4, 24, 0, type_fact::kind::number},
    {"money", 60, 60, 8, 19, 4, type_fact::kind::number},
    {"datetime", 61, 61, 8, 23, 3, type_fact::kind::time},
    {"float", 62, 62, 8, 53, 0, type_fact::kind::number},
    {"sql_variant", 98, 98, 8016, 0, 0, type_fact::kind::other},
    {"ntext", 99, 99, 16, 0, 0, type_fact::kind::wide},
    {"bit", 104, 104, 1, 1, 0, type_fact::kind::other},
    {"decimal", 106, 106, 17, 38, 38, type_fact::kind::number},
    {"numeric", 108, 108, 17, 38, 38, type_fact::kind::number},
    {"smallmoney", 122, 122, 4, 10, 4, type_fact::kind::number},
    {"bigint", 127, 127, 8, 19, 0, type_fact::kind::number},
    {"hierarchyid", 240, 128, 892, 0, 0, type_fact::kind::other},
    {"geometry", 240, 129, -1, 0, 0, type_fact::kind::other},
    {"geography", 240, 130, -1, 0, 0, type_fact::kind::other},
    {"varbinary", 165, 165, 8000, 0, 0, type_fact::kind::other},
    {"varchar", 167, 167, 8000, 0, 0, type_fact::kind::text},
    {"binary", 173, 173, 8000, 0, 0, type_fact::kind::other},
    {"char", 175, 175, 8000, 0, 0, type_fact::kind::text},
    {"timestamp", 189, 189, 8, 0, 0, type_fact::kind::other},
    {"nvarchar", 231, 231, 8000, 0, 0, type_fact::kind::wide},
    {"nchar", 239, 239, 8000, 0, 0, type_fact::kind::wide},
    {"xml", 241, 241, -1, 0, 0, type_fact::kind::other},
    {"sysname", 231, 256, 256, 0, 0, type_fact::kind::wide},
};

bool is_text(const type_fact& one) {
    return one.what == type_fact::kind::text || one.what == type_fact::kind::wide;
}

// Documented with decimal and numeric.
std::int64_t bytes_of_exact(std::int64_t precision) {
    if (precision <= 9) return 5;
    if (precision <= 19) return 9;
    return precision <= 28 ? 13 : 17;
}

// Documented with datetime2: fractions of seconds take up to two bytes more.
std::int64_t less_for_scale(std::int64_t scale) {
    if (scale <= 2) return 2;
    return scale <= 4 ? 1 : 0;
}

std::uint32_t hash_of(std::string_view text, std::uint32_t made) {
    for (const char one : text) {
        made ^= static_cast<unsigned char>(one);
        made *= 16777619U;
    }
    return made;
}

// When each was made: what the log says, table by table.
std::map<std::string, std::string> moments_of(const database_state& database) {
    std::map<std::string, std::string> made;
    for (const auto& one : database.log)
        for (const auto& change : one.changes)
            if (change.what == row_change::kind::create_table)
                made[lower(change.table)] = one.commit_time;
    return made;
}

bool may_see(const database_users& users, const std::string& table) {
    static constexpr std::array<const char*, 7> rights{
        "SELECT", "INSERT", "UPDATE", "DELETE", "ALTER", "CONTROL", "VIEW DEFINITION"};
    return std::any_of(
        rights.begin(), rights.end(), [&](auto right) { return users.allows(right, table); });
}

}  // namespace

std::int64_t number_of(std::string_view table, std::string_view part) {
    constexpr std::uint32_t seed = 2166136261U;
    constexpr std::int64_t first = 100'000'000;
    constexpr std::int64_t range = 2'000'000'000;
    const std::string whole = lower(table) + "\n" + lower(part);
    return first + static_cast<std::int64_t>(hash_of(whole, seed)) % range;
}

std::vector<described_table> tables_seen(const engine& owner,
                                         const session_state& session,
                                         const std::string& database) {
    std::vector<described_table> made;
    const auto* target = owner.database(database);
    if (target == nullptr || owner.refuses_access(session, database, false)) return made;
    const database_users users{owner, session, database};
    std::set<std::string, less_name> names;
    for (const auto& one : owner.store_->tables(target->about.name)) names.insert(one);
    if (same_name(session.transaction.database, database))
        for (const auto* one : session.transaction.changes.rows().made()) names.insert(one->name);
    const auto moments = moments_of(*target);
    for (const auto& name : names) {
        auto about = is_hidden_table(name) || !may_see(users, name)
                         ? std::nullopt
                         : owner.table_of(session, database, name);
        if (!about) continue;
        const auto at = moments.find(lower(name));
        described_table one;
        one.id = number_of(name);
        one.about = std::move(*about);
        one.created = at == moments.end() ? owner.utc() : at->second;
        made.push_back(std::move(one));
    }
    return made;
}

std::string key_name_of(const table_definition& table) {
    return table.key_name.empty() ? "PK_" + table.name : table.key_name;
}

std::string default_name_of(const table_definition& table, const column_rule& rule) {
    if (!rule.default_name.empty()) return rule.default_name;
    std::array<char, 16> number{};
    std::snprintf(number.data(),
                  number.size(),
                  "%08X",
                  static_cast<unsigned>(number_of(table.name, rule.column)));
    return "DF__" + table.name.substr(0, 9) + "__" + rule.column.substr(0, 5) + "__" +
           number.data();
}

// Blanks beside parentheses and commas are left out, but for those in quotations.
std::string definition_of(const column_rule* rule) {
    if (rule == nullptr || rule->default_text.empty()) return {};
    std::string made;
    bool quoted = false;
    for (const char one : rule->default_text) {
        if (one == '\'') quoted = !quoted;
        const bool closes = one == '(' || one == ')' || one == ',';
        if (!quoted && closes)
            while (!made.empty() && made.back() == ' ') made.pop_back();
        if (!quoted && one == ' ' && !made.empty() && made.back() == '(') continue;
        made += one;
    }
    const bool number = made.find_first_not_of("0123456789.") == std::string::npos;
    return number ? "((" + made + "))" : "(" + made + ")";
}

told_type told_type_of(const column_type& type) {
    const std::int64_t id = system_type_id(type);
    const auto* const at =
        std::find_if(std::begin(facts), std::end(facts), [&](const auto& f) { return f.id == id; });
    told_type made;
    made.id = id;
    made.bytes = bytes_of_type(type);
    if (at == std::end(facts)) return made;
    made.name = at->name;
    made.precision = at->precision;
    made.scale = at->scale;
    made.is_text = is_text(*at);
    made.is_wide = at->what == type_fact::kind::wide;
    made.is_number = at->what == type_fact::kind::number;
    made.is_time = at->what == type_fact::kind::time;
    const std::string_view name = at->name;
    if (name == "numeric" || name == "decimal") {
        made.precision = type.precision;
        made.scale = type.scale;
        made.bytes = bytes_of_exact(made.precision);
    }
    if (name == "datetime2" || name == "time" || name == "datetimeoffset") {
        made.scale = type.scale;
        made.precision = at->precision - 7 + type.scale - (type.scale == 0 ? 1 : 0);
        made.bytes = at->bytes - less_for_scale(type.scale);
    }
    return made;
}

std::string type_name(std::int64_t user_type_id) {
    for (const auto& one : facts)
        if (one.user_id == user_type_id) return one.name;
    return {};
}

std::int64_t type_id(std::string_view name) {
    for (const auto& one : facts)
        if (same_name(one.name, name)) return one.user_id;
    return same_name(name, "integer") ? 56 : 0;
}

std::vector<std::int64_t> key_places(const table_definition& table) {
    std::vector<std::int64_t> made;
    for (const auto& key : table.primary_key)
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (same_name(table.columns[i].name, key))
                made.push_back(static_cast<std::int64_t>(i) + 1);
    return made;
}

const column_rule* rule_of(const table_definition& table, std::string_view column) {
    for (const auto& one : table.rules)
        if (same_name(one.column, column)) return &one;
    return nullptr;
}

std::int64_t rows_in(const engine& owner, const std::string& database, const std::string& table) {
    std::int64_t count = 0;
    const auto* target = owner.database(database);
    if (target == nullptr || !owner.store_->table(target->about.name, table)) return count;
    owner.store_->scan(target->about.name, table, [&](std::int64_t, const row&) {
        ++count;
        return true;
    });
    return count;
}

shared_rows type_view() {
    view_maker made;
    const value nobody;
    const value collation{std::string{"SQL_Latin1_General_CP1_CI_AS"}};
    for (const auto& one : facts) {
        made.begin();
        made.text("name", one.name).small("system_type_id", one.id);
        made.number("user_type_id", one.user_id).number("schema_id", 4);
        made.whole("principal_id", nobody).short_number("max_length", one.bytes);
        made.small("precision", one.precision).small("scale", one.scale);
        made.text("collation_name", is_text(one) ? collation : nobody);
        made.bit("is_nullable", one.user_id != 256 && one.id != 189);
        made.bit("is_user_defined", false).bit("is_assembly_type", one.id == 240);
        made.number("default_object_id", 0).number("rule_object_id", 0);
        made.bit("is_table_type", false);
    }
    return made.done();
}

}  // namespace ha::mssqlsim
