// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/user_functions.hpp"

#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <set>

namespace ha::mssqlsim {

namespace {

value number(std::int64_t n) {
    return n;
}

// Whoever has no user in master is its guest.
std::optional<database_identity> identity_in_master(const engine& owner,
                                                    const session_state& session) {
    const auto* account = owner.login_of(session);
    for (const auto& [name, one] : owner.catalog_of(session).users())
        if (account != nullptr && same_name(session.database, "master") &&
            same_name(one.login, account->name))
            return database_identity{one.name, one.id, false};
    return database_identity{"guest", guest_user, false};
}

value about_principals(const engine& owner,
                       const session_state& session,
                       const std::string& function,
                       const row& a) {
    const database_users users{owner, session, session.database};
    const auto self = is_system_database(session.database) && !owner.is_administrator(session)
                          ? identity_in_master(owner, session)
                          : users.identity();
    if (function == "USER_NAME" && a.empty()) return self ? value{self->name} : value{};
    if (function == "USER_NAME") {
        for (const auto& one : users.all())
            if (a[0] == value{one.id}) return value{one.name};
        return value{};
    }
    if (function == "HAS_PERMS_BY_NAME") {
        const std::string permission = upper(text_of(a[2]));
        if (same_name(text_of(a[1]), "OBJECT"))
            return number(users.allows(permission, text_of(a[0])) ? 1 : 0);
        const std::string database = is_null(a[0]) ? session.database : text_of(a[0]);
        return number(database_users{owner, session, database}.allows(permission) ? 1 : 0);
    }
    if (a.empty()) return self ? number(self->id) : value{};
    const auto named = users.named(text_of(a[0]));
    if (function == "IS_MEMBER" || function == "IS_ROLEMEMBER") {
        if (!named || !named->is_role || !self) return value{};
        const auto whom = a.size() < 2 ? std::nullopt : users.named(text_of(a[1]));
        if (a.size() >= 2 && !whom) return value{};
        return number(users.is_member(whom ? whom->id : self->id, named->name) ? 1 : 0);
    }
    return named ? number(named->id) : value{};
}

}  // namespace

std::optional<value> user_function(const engine& owner,
                                   const session_state& session,
                                   const std::string& function,
                                   const row& a) {
    static const std::set<std::string, std::less<>> known{"DATABASE_PRINCIPAL_ID",
                                                          "HAS_DBACCESS",
                                                          "HAS_PERMS_BY_NAME",
                                                          "IS_MEMBER",
                                                          "IS_ROLEMEMBER",
                                                          "SUSER_ID",
                                                          "SUSER_NAME",
                                                          "SUSER_SID",
                                                          "SUSER_SNAME",
                                                          "USER_ID",
                                                          "USER_NAME"};
    if (!known.contains(function)) return {};
    const auto& catalog = owner.catalog_of(session);
    if (function == "SUSER_SID" && a.empty()) return value{session.sid};
    if (function == "SUSER_SID" || function == "SUSER_ID") {
        const auto* account = a.empty() ? owner.login_of(session) : catalog.login(text_of(a[0]));
        if (account == nullptr) return value{};
        return function == "SUSER_SID" ? value{account->sid} : number(account->id);
    }
    if (function.starts_with("SUSER_")) {  // by SID, or by id
        for (const auto& [name, one] : catalog.logins())
            if (a[0] == value{one.sid} || a[0] == value{one.id}) return value{one.name};
        return value{};
    }
    if (function == "HAS_DBACCESS") {
        const std::string database = a.empty() ? std::string{} : text_of(a[0]);
        if (is_system_database(database)) return number(same_name(database, "model") ? 0 : 1);
        if (owner.database(database) == nullptr) return value{};
        return number(owner.refuses_entry(session, database, false) ? 0 : 1);
    }
    return about_principals(owner, session, function, a);
}

}  // namespace ha::mssqlsim
