// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/authentication.hpp"

#include "test/mssqlsim/model/containment.hpp"
#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/server_settings.hpp"

namespace ha::mssqlsim {

namespace {

login_refused refusal(engine& owner,
                      const login_request& who,
                      std::int64_t state,
                      const std::string& reason) {
    owner.errorlog("Error: 18456, Severity: 14, State: " + std::to_string(state) + ".");
    // assumption: nobody needs the client's address, which the model does not know.
    owner.errorlog("Login failed for user '" + who.user + "'. Reason: " + reason +
                   " [CLIENT: <local machine>]");
    return {{login_failed(who.user)}, false};
}

// The user by whom a database lets him in, with or without the right password.
std::optional<database_principal> user_of_database(const engine& owner, const login_request& who) {
    if (who.database.empty() || owner.setting_in_use(contained_authentication) == 0) return {};
    const auto* named = owner.database(who.database);
    if (named == nullptr || !is_contained(owner, named->about.name)) return {};
    const session_state nobody{};  // changed nothing
    auto found = database_users{owner, nobody, named->about.name}.named(who.user);
    if (!found || found->password.empty()) return {};
    return found;
}

}  // namespace

server_message login_failed(const std::string& user) {
    std::string named;
    for (const char c : user) {
        if (c == '\'') named += '\\';
        named += c;
    }
    return {18456, 1, 14, "Login failed for user '" + named + "'.", {}, 1};
}

// Documented: the database comes first, and who is known to it is not looked for among the logins.
tl::expected<proven_identity, login_refused> authenticate(engine& owner,
                                                          const login_request& who,
                                                          const group_state* inside) {
    if (const auto user = user_of_database(owner, who)) {
        const std::string& database = owner.database(who.database)->about.name;
        if (user->password != who.password)
            return tl::unexpected(
                refusal(owner,
                        who,
                        65,
                        "Password did not match that for the user provided. [Database: '" +
                            database + "']"));
        return proven_identity{user->name, user->sid, database, {}};
    }
    const session_state nobody{};
    const auto& catalog =
        inside == nullptr ? owner.catalog_ : owner.contained_catalog(nobody, *inside);
    const auto* account = catalog.login(who.user);
    if (account == nullptr)
        return tl::unexpected(
            refusal(owner, who, 5, "Could not find a login matching the name provided."));
    if (account->password.empty() || account->password != who.password)
        return tl::unexpected(refusal(owner,
                                      who,
                                      account->disabled ? 7 : 8,
                                      "Password did not match that for the login provided."));
    if (account->disabled)
        return tl::unexpected(login_refused{
            {{18470,
              1,
              14,
              "Login failed for user '" + who.user + "'. Reason: The account is disabled.",
              {},
              1}},
            false});
    return proven_identity{account->name, account->sid, {}, account->default_database};
}

const login_record* engine::login_of(const session_state& session) const {
    return session.authenticated_by.empty() ? catalog_of(session).login(session.login) : nullptr;
}

bool engine::is_granted(const session_state& session,
                        std::string_view permission,
                        std::string_view scope,
                        std::string_view object) const {
    return session.authenticated_by.empty() &&
           catalog_of(session).granted(session.login, permission, scope, object);
}

// The SID of a user stands in words, because the server has no name for him.
std::string engine::principal_of(const session_state& session) const {
    if (session.authenticated_by.empty()) return session.login;
    std::string made = "S-1-9-3";
    for (std::size_t at = 12; at + 4 <= session.sid.size(); at += 4) {
        std::uint32_t part = 0;
        for (std::size_t i = 4; i-- > 0;) part = part << 8U | session.sid[at + i];
        made += "-" + std::to_string(part);
    }
    return made;
}

bool engine::is_administrator(const session_state& session) const {
    const auto* account = login_of(session);
    return account != nullptr && account->system_administrator;
}

bool engine::sees_server_state(const session_state& session) const {
    return is_administrator(session) || is_granted(session, "VIEW SERVER STATE");
}

}  // namespace ha::mssqlsim
