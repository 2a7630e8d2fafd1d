// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/backup_history.hpp"
#include "test/mssqlsim/model/system_objects.hpp"
#include "test/mssqlsim/model/table_indexes.hpp"
#include "test/mssqlsim/model/views_users.hpp"

#include <algorithm>

// Functions that tell of tables by name and number, as the views do.

namespace ha::mssqlsim {

namespace {

// a.[b.c].d: the parts without their brackets.
std::vector<std::string> parts_of(const std::string& path) {
    std::vector<std::string> made(1);
    char closes = 0;
    for (const char one : path) {
        if (closes == 0 && (one == '[' || one == '"') && made.back().empty())
            closes = one == '[' ? ']' : '"';
        else if (closes != 0 && one == closes)
            closes = 0;
        else if (closes == 0 && one == '.')
            made.emplace_back();
        else
            made.back() += one;
    }
    return made;
}

// OBJECT_ID takes a name's last parts, and '..t' too.
std::string database_in(const session_state& session, const std::vector<std::string>& parts) {
    return parts.size() >= 3 && !parts[parts.size() - 3].empty() ? parts[parts.size() - 3]
                                                                 : session.database;
}

// Text, and 'D' has a blank behind it or none.
std::string type_asked(const row& a) {
    std::string made = a.size() > 1 ? text_of(a[1]) : std::string{};
    while (!made.empty() && made.back() == ' ') made.pop_back();
    return made;
}

std::optional<described_table> numbered_table(const engine& owner,
                                              const session_state& session,
                                              const std::string& database,
                                              const value& id) {
    const auto* const wanted = std::get_if<std::int64_t>(&id);
    if (wanted == nullptr) return {};
    for (auto& one : tables_seen(owner, session, database))
        if (one.id == *wanted) return std::move(one);
    return {};
}

std::optional<value> object_id(const engine& owner, const session_state& session, const row& a) {
    const auto parts = parts_of(text_of(a[0]));
    const std::string& name = parts.back();
    if (name.starts_with("#") || system_object_id(text_of(a[0]))) return {};
    const std::string database = database_in(session, parts);
    const std::string type = type_asked(a);
    if (same_name(database, "msdb") && backup_table(owner, name) &&
        (type.empty() || same_name(type, "U")))
        return value{number_of("msdb", name)};
    const bool schema_fits = parts.size() < 2 || parts[parts.size() - 2].empty() ||
                             same_name(parts[parts.size() - 2], "dbo");
    if (owner.database(database) == nullptr || !schema_fits) return value{};
    for (const auto& one : tables_seen(owner, session, database)) {
        if (same_name(one.about.name, name))
            return type.empty() || same_name(type, "U") ? value{one.id} : value{};
        for (const auto& rule : constraints_of(one))
            if (same_name(rule.name, name))
                return type.empty() || same_name(type, rule.type) ? value{rule.id} : value{};
        for (const auto& rule : one.about.rules) {
            const std::string made = default_name_of(one.about, rule);
            if (!rule.default_text.empty() && same_name(made, name))
                return type.empty() || same_name(type, "D") ? value{number_of(one.about.name, made)}
                                                            : value{};
        }
    }
    return value{};
}

std::optional<value> object_name(engine& owner, const session_state& session, const row& a) {
    const auto* const wanted = std::get_if<std::int64_t>(&a[0]);
    if (wanted == nullptr || *wanted <= 0) return {};
    std::string database = session.database;
    const auto* const number = a.size() > 1 ? std::get_if<std::int64_t>(&a[1]) : nullptr;
    for (const auto& [name, one] : owner.databases_)
        if (number != nullptr && one.about.id == *number) database = name;
    for (const auto& one : tables_seen(owner, session, database)) {
        if (one.id == *wanted) return value{one.about.name};
        for (const auto& rule : constraints_of(one))
            if (rule.id == *wanted) return value{rule.name};
    }
    return value{};
}

const column* column_named(const table_definition& about, const std::string& name) {
    for (const auto& one : about.columns)
        if (same_name(one.name, name)) return &one;
    return nullptr;
}

value column_property(const table_definition& about,
                      const std::string& name,
                      const std::string& property) {
    const auto* found = column_named(about, name);
    if (found == nullptr) return {};
    const auto* rule = rule_of(about, name);
    const auto type = told_type_of(found->type);
    if (property == "columnid" || property == "ordinal")
        return std::int64_t{found - about.columns.data()} + 1;
    if (property == "allowsnull") return std::int64_t{found->nullable ? 1 : 0};
    if (property == "isidentity") return std::int64_t{rule != nullptr && rule->identity ? 1 : 0};
    if (property == "iscomputed" || property == "isrowguidcol" || property == "ishidden")
        return std::int64_t{0};
    if (property == "precision")
        return type.is_text ? (type.is_wide && type.bytes > 0 ? type.bytes / 2 : type.bytes)
                            : type.precision;
    if (property == "scale") return type.is_number || type.is_time ? value{type.scale} : value{};
    if (property == "charmaxlen")
        return type.is_text ? value{type.is_wide && type.bytes > 0 ? type.bytes / 2 : type.bytes}
                            : value{};
    return {};
}

value index_property(const table_definition& about,
                     const std::string& index,
                     const std::string& property) {
    const auto all = indexes_of(about);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) {
        return !one.name.empty() && same_name(one.name, index);
    });
    if (found == all.end()) return {};
    if (property == "indexid") return found->id;
    if (property == "isclustered") return std::int64_t{found->id == 1 ? 1 : 0};
    if (property == "isunique") return std::int64_t{found->is_unique ? 1 : 0};
    if (property == "indexdepth") return std::int64_t{1};
    if (property == "indexfillfactor" || property == "isdisabled" || property == "ishypothetical" ||
        property == "isstatistics" || property == "isautostatistics" || property == "ispadindex" ||
        property == "iscolumnstore")
        return std::int64_t{0};
    return {};
}

bool has_constraint(const table_definition& about, table_constraint::kind what) {
    return std::any_of(about.constraints.begin(), about.constraints.end(), [&](const auto& one) {
        return one.what == what;
    });
}

value object_property(const table_definition& about, const std::string& property) {
    bool has_identity = false;
    bool has_default = false;
    for (const auto& rule : about.rules) {
        has_identity = has_identity || rule.identity;
        has_default = has_default || !rule.default_text.empty();
    }
    const bool keyed = !about.primary_key.empty();
    if (property == "istable" || property == "isusertable") return std::int64_t{1};
    using kind = table_constraint::kind;
    if (property == "ismsshipped" || property == "isview" || property == "isprocedure" ||
        property == "issystemtable")
        return std::int64_t{0};
    if (property == "tablehasforeignkey")
        return std::int64_t{has_constraint(about, kind::foreign_key) ? 1 : 0};
    if (property == "tablehascheckcnst")
        return std::int64_t{has_constraint(about, kind::check) ? 1 : 0};
    if (property == "tablehasuniquecnst")
        return std::int64_t{has_constraint(about, kind::unique) ? 1 : 0};
    const auto indexes = indexes_of(about);
    if (property == "tablehasclustindex") return std::int64_t{indexes.front().id == 1 ? 1 : 0};
    if (property == "tablehasindex")
        return std::int64_t{indexes.size() > 1 || indexes.front().id == 1 ? 1 : 0};
    if (property == "tablehasprimarykey") return std::int64_t{keyed ? 1 : 0};
    if (property == "tablehasidentity") return std::int64_t{has_identity ? 1 : 0};
    if (property == "tablehasdefaultcnst") return std::int64_t{has_default ? 1 : 0};
    if (property == "ownerid" || property == "schemaid") return std::int64_t{1};
    return {};
}

std::optional<value> of_table(const engine& owner,
                              const session_state& session,
                              const std::string& function,
                              const row& a) {
    const auto* const id = std::get_if<std::int64_t>(&a[0]);
    if (id == nullptr || *id <= 0) return {};  // an object of the engine's own, or nothing
    const auto found = numbered_table(owner, session, session.database, a[0]);
    if (!found) return value{};
    if (function == "COL_NAME") {
        const auto* const place = std::get_if<std::int64_t>(&a[1]);
        const auto count = static_cast<std::int64_t>(found->about.columns.size());
        if (place == nullptr || *place < 1 || *place > count) return value{};
        return value{found->about.columns[static_cast<std::size_t>(*place - 1)].name};
    }
    const std::string last = lower(text_of(a.back()));
    if (function == "OBJECTPROPERTY") return object_property(found->about, last);
    if (function == "INDEXPROPERTY") return index_property(found->about, text_of(a[1]), last);
    return column_property(found->about, text_of(a[1]), last);
}

std::optional<value> column_length(const engine& owner,
                                   const session_state& session,
                                   const row& a) {
    if (system_object_id(text_of(a[0]))) return {};
    const auto parts = parts_of(text_of(a[0]));
    const std::string database = database_in(session, parts);
    for (const auto& one : tables_seen(owner, session, database)) {
        if (!same_name(one.about.name, parts.back())) continue;
        const auto* found = column_named(one.about, text_of(a[1]));
        return found == nullptr ? value{} : value{told_type_of(found->type).bytes};
    }
    return {};
}

}  // namespace

std::optional<value> table_function(engine& owner,
                                    const session_state& session,
                                    const std::string& function,
                                    const row& a) {
    if (a.empty()) return {};
    if (function == "OBJECT_ID") return object_id(owner, session, a);
    if (function == "OBJECT_NAME") return object_name(owner, session, a);
    if (function == "COL_LENGTH" && a.size() == 2) return column_length(owner, session, a);
    if ((function == "COL_NAME" || function == "OBJECTPROPERTY") && a.size() == 2) {
        auto made = of_table(owner, session, function, a);
        return made ? made : value{};
    }
    if (function == "INDEXPROPERTY" && a.size() == 3) {
        auto made = of_table(owner, session, function, a);
        return made ? made : value{};
    }
    if (function == "COLUMNPROPERTY" && a.size() == 3) return of_table(owner, session, function, a);
    if (function == "TYPE_NAME") {
        const auto* const id = std::get_if<std::int64_t>(&a[0]);
        const auto name = id == nullptr ? std::string{} : type_name(*id);
        return name.empty() ? value{} : value{name};
    }
    if (function == "TYPE_ID") {
        const auto id = type_id(parts_of(text_of(a[0])).back());
        return id == 0 ? value{} : value{id};
    }
    if (function == "FILEGROUP_NAME")
        return a[0] == value{std::int64_t{1}} ? value{std::string{"PRIMARY"}} : value{};
    return {};
}

}  // namespace ha::mssqlsim
