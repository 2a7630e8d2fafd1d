// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/views_users.hpp"

#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

#include <algorithm>
#include <array>

namespace ha::mssqlsim {

namespace {

// master keeps its users in the server's catalog.
std::vector<database_principal> principals_of(const engine& owner,
                                              const session_state& session,
                                              const std::string& database) {
    auto made = database_users{owner, session, database}.all();
    if (!same_name(database, "master")) return made;
    const auto& catalog = owner.catalog_of(session);
    for (const auto& [name, one] : catalog.users()) {
        const auto* account = catalog.login(one.login);
        made.push_back({one.name, one.id, false, account == nullptr ? binary{} : account->sid, {}});
    }
    for (auto& one : made)
        if (one.id == dbo_user) one.sid = {1};
    return made;
}

// Where one proves who he is: nowhere, to the instance, to the database.
std::int64_t authentication_of(const database_principal& one) {
    if (one.is_role || one.sid.empty() || one.id == guest_user) return 0;
    if (!one.password.empty()) return 2;
    return is_sid_of_user(one.sid) ? 0 : 1;
}

void principal_row(view_maker& made, const database_principal& one) {
    const bool fixed = one.is_role && one.id >= 16384;
    const std::int64_t proves = authentication_of(one);
    made.text("name", one.name).number("principal_id", one.id);
    made.fixed("type", one.is_role ? "R" : "S", 1, false)
        .text("type_desc", one.is_role ? "DATABASE_ROLE" : "SQL_USER");
    made.text("default_schema_name",
              one.is_role || one.sid.empty()
                  ? value{}
                  : value{std::string{one.id == guest_user ? "guest" : "dbo"}});
    made.time("create_date", time_or_null(one.create_date))
        .time("modify_date", time_or_null(one.create_date));
    made.whole("owning_principal_id", one.is_role ? value{std::int64_t{1}} : value{});
    made.bytes("sid", one.sid.empty() ? value{} : value{one.sid}, 85);
    made.bit("is_fixed_role", fixed);
    static constexpr const char* words[] = {"NONE", "INSTANCE", "DATABASE"};
    made.number("authentication_type", proves).text("authentication_type_desc", words[proves]);
    made.text("default_language_name", {}).whole("default_language_lcid", {});
    made.bit("allow_encrypted_value_modifications", false);
}

// Documented: one sees oneself and what is fixed, and all others with a right to change them.
shared_rows principals(const engine& owner,
                       const session_state& session,
                       const std::string& database) {
    auto all = principals_of(owner, session, database);
    const bool user_database = owner.database(database) != nullptr;
    const database_users users{owner, session, database};
    const auto self = users.identity();
    const bool sees_all = !user_database || users.allows("VIEW DEFINITION") ||
                          users.allows("ALTER ANY USER") ||
                          owner.is_granted(session, "VIEW ANY DEFINITION");
    const auto hidden = [&](const database_principal& one) {
        const bool made = one.id > 4 && one.id < 16384;
        return made && !sees_all && !(self && self->id == one.id);
    };
    all.erase(std::remove_if(all.begin(), all.end(), hidden), all.end());
    return each(all, principal_row);
}

shared_rows role_members(const database_users& users) {
    std::vector<role_member> all{{16384, dbo_user}};
    all.insert(all.end(), users.members().begin(), users.members().end());
    return each(all, [](view_maker& made, const role_member& one) {
        made.number("role_principal_id", one.role).number("member_principal_id", one.member);
    });
}

// The four letters that stand for a permission.
std::string code_of(const std::string& permission) {
    static constexpr std::array<std::pair<std::string_view, const char*>, 12> codes{
        {{"ALTER", "AL  "},
         {"CONNECT", "CO  "},
         {"CONTROL", "CL  "},
         {"CREATE TABLE", "CRTB"},
         {"DELETE", "DL  "},
         {"EXECUTE", "EX  "},
         {"INSERT", "IN  "},
         {"REFERENCES", "RF  "},
         {"SELECT", "SL  "},
         {"UPDATE", "UP  "},
         {"VIEW DEFINITION", "VW  "},
         {"TAKE OWNERSHIP", "TO  "}}};
    const auto at = std::find_if(
        codes.begin(), codes.end(), [&](const auto& one) { return one.first == permission; });
    return at == codes.end() ? std::string{} : at->second;
}

std::int64_t class_of(const std::string& scope) {
    if (scope == "OBJECT") return 1;
    if (scope == "SCHEMA") return 3;
    return scope == "DATABASE" ? 0 : 4;
}

std::string class_name(const std::string& scope) {
    if (scope == "OBJECT") return "OBJECT_OR_COLUMN";
    return scope == "SCHEMA" || scope == "DATABASE" ? scope : "DATABASE_PRINCIPAL";
}

shared_rows permissions(const engine& owner,
                        const std::string& database,
                        const database_users& users) {
    const auto id_of = [&](const database_grant& one) -> std::int64_t {
        if (one.scope == "SCHEMA") return 1;
        if (one.scope == "OBJECT") return object_id_of(owner, database, one.object);
        const auto whom = users.named(one.object);
        return whom ? whom->id : 0;
    };
    return each(users.grants(), [&](view_maker& made, const database_grant& one) {
        made.small("class", class_of(one.scope)).text("class_desc", class_name(one.scope));
        made.number("major_id", id_of(one)).number("minor_id", 0);
        made.number("grantee_principal_id", one.grantee).number("grantor_principal_id", dbo_user);
        made.fixed("type", code_of(one.permission), 4, false)
            .text("permission_name", one.permission);
        made.fixed("state", one.denied ? "D" : "G", 1, false)
            .text("state_desc", one.denied ? "DENY" : "GRANT");
    });
}

}  // namespace

std::int64_t object_id_of(const engine& owner,
                          const std::string& database,
                          const std::string& table) {
    return owner.store_->table(database, table) ? number_of(table) : 0;
}

shared_rows database_catalog(const engine& owner,
                             const session_state& session,
                             const std::string& database,
                             const std::string& view) {
    if (auto made = table_view(owner, session, database, view)) return made;
    if (auto made = file_view(owner, database, view)) return made;
    if (view == "database_principals") return principals(owner, session, database);
    if (view != "database_role_members" && view != "database_permissions") return {};
    const database_users users{owner, session, database};
    if (view == "database_role_members") return role_members(users);
    return permissions(owner, database, users);
}

}  // namespace ha::mssqlsim
