// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/database_users.hpp"

#include "test/mssqlsim/model/contained_catalog.hpp"
#include "test/mssqlsim/model/containment.hpp"

#include <algorithm>
#include <array>

namespace ha::mssqlsim {

namespace {

constexpr column_type name_type{column_kind::nvarchar, 128, 25, 0};
constexpr column_type number_type{column_kind::bigint, 8, 25, 0};
constexpr column_type sid_type{column_kind::varbinary, 85, 25, 0};

// S-1-9-3, and 16 bytes follow.
constexpr std::array<std::uint8_t, 12> head_of_users{1, 5, 0, 0, 0, 0, 0, 9, 3, 0, 0, 0};

struct fixed_role {
    const char* name;
    std::int64_t id;
};
constexpr std::array<fixed_role, 9> fixed_roles{{{"db_owner", 16384},
                                                 {"db_accessadmin", 16385},
                                                 {"db_securityadmin", 16386},
                                                 {"db_ddladmin", 16387},
                                                 {"db_backupoperator", 16389},
                                                 {"db_datareader", 16390},
                                                 {"db_datawriter", 16391},
                                                 {"db_denydatareader", 16392},
                                                 {"db_denydatawriter", 16393}}};

std::int64_t number_of(const value& v) {
    const auto* number = std::get_if<std::int64_t>(&v);
    return number == nullptr ? 0 : *number;
}

bool is_one_of(std::string_view what, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), what) != words.end();
}

// What membership of a fixed role permits.
bool role_permits(std::string_view role, std::string_view permission) {
    if (role == "db_owner") return true;
    if (role == "db_datareader") return permission == "SELECT";
    if (role == "db_datawriter") return is_one_of(permission, {"INSERT", "UPDATE", "DELETE"});
    if (role == "db_ddladmin") return is_one_of(permission, {"CREATE TABLE", "ALTER"});
    if (role == "db_backupoperator")
        return is_one_of(permission, {"BACKUP DATABASE", "BACKUP LOG", "CHECKPOINT"});
    if (role == "db_accessadmin") return permission == "ALTER ANY USER";
    if (role == "db_securityadmin")
        return is_one_of(permission, {"ALTER ANY ROLE", "CREATE ROLE", "VIEW DEFINITION"});
    return false;
}

bool role_denies(std::string_view role, std::string_view permission) {
    if (role == "db_denydatareader") return permission == "SELECT";
    return role == "db_denydatawriter" && is_one_of(permission, {"INSERT", "UPDATE", "DELETE"});
}

// CONTROL has everything in it, and on the database so has ALTER the right to change what is there.
bool covers(const database_grant& one, std::string_view permission) {
    return one.permission == permission || one.permission == "CONTROL" ||
           (one.permission == "ALTER" && permission.starts_with("ALTER ANY"));
}

bool is_about(const database_grant& one, std::string_view table) {
    if (one.scope == "DATABASE") return true;
    if (table.empty()) return false;
    return one.scope == "SCHEMA" ? same_name(one.object, "dbo")
                                 : one.scope == "OBJECT" && same_name(one.object, table);
}

}  // namespace

const table_definition& principals_table() {
    static const table_definition made{"sys.database_principals",
                                       {{"name", name_type, false},
                                        {"id", number_type, false},
                                        {"is_role", number_type, false},
                                        {"sid", sid_type, true},
                                        {"create_date", name_type, false}},
                                       {}};
    return made;
}

const table_definition& members_table() {
    static const table_definition made{
        "sys.database_role_members",
        {{"role", number_type, false}, {"member", number_type, false}},
        {}};
    return made;
}

const table_definition& grants_table() {
    static const table_definition made{"sys.database_permissions",
                                       {{"grantee", number_type, false},
                                        {"permission", name_type, false},
                                        {"scope", name_type, false},
                                        {"object", name_type, false},
                                        {"denied", number_type, false}},
                                       {}};
    return made;
}

const table_definition& passwords_table() {
    static const table_definition made{
        "sys.database_passwords",
        {{"principal", number_type, false}, {"password", name_type, false}},
        {}};
    return made;
}

bool is_hidden_table(std::string_view name) {
    return same_name(name, principals_table().name) || same_name(name, members_table().name) ||
           same_name(name, grants_table().name) || same_name(name, passwords_table().name) ||
           same_name(name, database_options_table().name) ||
           same_name(name, contained_catalog_table().name);
}

void make_hidden_tables(row_store& store,
                        const std::string& database,
                        const std::vector<row_change>& changes) {
    for (const auto* table : {&principals_table(),
                              &members_table(),
                              &grants_table(),
                              &passwords_table(),
                              &database_options_table(),
                              &contained_catalog_table()}) {
        const bool changed = std::any_of(changes.begin(), changes.end(), [&](const auto& one) {
            return one.table.size() == table->name.size() && one.table == table->name;
        });
        if (!changed || store.table(database, table->name)) continue;
        store.apply(database,
                    {row_change{row_change::kind::create_table, table->name, 0, {}, {}, *table}});
    }
}

row row_of(const database_principal& one) {
    return {one.name, one.id, std::int64_t{one.is_role ? 1 : 0}, one.sid, one.create_date};
}

row row_of(const role_member& one) {
    return {one.role, one.member};
}

row row_of(const database_grant& one) {
    return {one.grantee, one.permission, one.scope, one.object, std::int64_t{one.denied ? 1 : 0}};
}

row password_row(const database_principal& one) {
    return {one.id, one.password};
}

binary sid_of_user(const binary& sixteen_bytes) {
    binary made(head_of_users.size() + sixteen_bytes.size());  // g++ 12 warns of what insert() does
    const auto behind = std::copy(head_of_users.begin(), head_of_users.end(), made.begin());
    std::copy(sixteen_bytes.begin(), sixteen_bytes.end(), behind);
    return made;
}

bool is_sid_of_user(const binary& sid) {
    return sid.size() == 28 && std::equal(head_of_users.begin(), head_of_users.end(), sid.begin());
}

sql_error not_for(const std::string& principal, const std::string& database) {
    return error_of(916,
                    "The server principal \"" + principal +
                        "\" is not able to access the database \"" + database +
                        "\" under the current security context.",
                    14);
}

database_users::database_users(const engine& owner,
                               const session_state& session,
                               const std::string& database)
    : owner_(owner), session_(session), database_(database) {
    for (const auto& one : owner.rows_seen(session, database, principals_table()).rows) {
        const auto* sid = std::get_if<binary>(&one[3]);
        made_.push_back({text_of(one[0]),
                         number_of(one[1]),
                         number_of(one[2]) != 0,
                         sid == nullptr ? binary{} : *sid,
                         text_of(one[4])});
    }
    for (const auto& one : owner.rows_seen(session, database, passwords_table()).rows)
        for (auto& user : made_)
            if (user.id == number_of(one[0])) user.password = text_of(one[1]);
    for (const auto& one : owner.rows_seen(session, database, members_table()).rows)
        members_.push_back({number_of(one[0]), number_of(one[1])});
    for (const auto& one : owner.rows_seen(session, database, grants_table()).rows)
        grants_.push_back({number_of(one[0]),
                           text_of(one[1]),
                           text_of(one[2]),
                           text_of(one[3]),
                           number_of(one[4]) != 0});
}

std::vector<database_principal> database_users::all() const {
    const auto* about = owner_.database(database_);
    const std::string since = about == nullptr ? std::string{} : about->about.create_date;
    const binary owner = about == nullptr ? binary{} : about->about.owner;
    std::vector<database_principal> everybody{{"public", public_role, true, {}, since},
                                              {"dbo", dbo_user, false, owner, since},
                                              {"guest", guest_user, false, {0}, since},
                                              {"INFORMATION_SCHEMA", 3, false, {}, since},
                                              {"sys", 4, false, {}, since}};
    everybody.insert(everybody.end(), made_.begin(), made_.end());
    for (const auto& one : fixed_roles) everybody.push_back({one.name, one.id, true, {}, since});
    return everybody;
}

std::optional<database_principal> database_users::named(std::string_view name) const {
    for (auto& one : all())
        if (same_name(one.name, name)) return one;
    return {};
}

const database_principal* database_users::of_login(const binary& sid) const {
    const auto at = std::find_if(made_.begin(), made_.end(), [&](const auto& one) {
        return !one.is_role && !sid.empty() && one.sid == sid;
    });
    return at == made_.end() ? nullptr : &*at;
}

std::optional<database_identity> database_users::identity() const {
    const database_identity dbo{"dbo", dbo_user, true};
    if (owner_.is_administrator(session_)) return dbo;
    if (!session_.authenticated_by.empty()) return identity_of_user();
    const auto* account = owner_.login_of(session_);
    if (account == nullptr) return {};
    const auto* about = owner_.database(database_);
    if (about != nullptr && !about->about.owner.empty() && about->about.owner == account->sid)
        return dbo;
    const bool anywhere = has_server("CONNECT ANY DATABASE") || has_server("CONTROL SERVER");
    if (const auto* user = of_login(account->sid)) {
        if (!anywhere && !may_connect(user->id)) return {};
        return database_identity{user->name, user->id, false};
    }
    // assumption: whoever may connect to any database is guest in those that have no user of his.
    const bool in_master = is_own_master(owner_, session_, database_);
    if (anywhere || in_master || may_connect(guest_user))
        return database_identity{"guest", guest_user, false};
    return {};
}

// Documented: he is limited to his database, but for others that have an identical user, and for
// those whose guest may connect.
std::optional<database_identity> database_users::identity_of_user() const {
    const bool at_home = same_name(database_, session_.authenticated_by);
    const auto* user = of_login(session_.sid);
    if (user != nullptr && !user->password.empty() && may_connect(user->id))
        return database_identity{user->name, user->id, false};
    if (!at_home && may_connect(guest_user)) return database_identity{"guest", guest_user, false};
    return {};
}

bool database_users::allows(std::string_view permission, std::string_view table) const {
    const auto who = identity();
    if (!who) return false;
    if (who->owns || has_server("CONTROL SERVER")) return true;
    const auto groups = groups_of(who->id);
    const auto in_fixed_role = [&](auto permits) {
        return std::any_of(fixed_roles.begin(), fixed_roles.end(), [&](const auto& role) {
            return groups.contains(role.id) && permits(role.name, permission);
        });
    };
    const auto told = [&](bool denied) {
        return std::any_of(grants_.begin(), grants_.end(), [&](const auto& one) {
            return one.denied == denied && groups.contains(one.grantee) &&
                   covers(one, permission) && is_about(one, table);
        });
    };
    if (in_fixed_role(role_denies) || told(true)) return false;
    if (permission == "SELECT" && has_server("SELECT ALL USER SECURABLES")) return true;
    return in_fixed_role(role_permits) || told(false);
}

bool database_users::is_member(std::int64_t member, std::string_view role) const {
    const auto wanted = named(role);
    return wanted && wanted->is_role && groups_of(member).contains(wanted->id);
}

// The principal itself, public, and the roles that it is in, through others too.
std::set<std::int64_t> database_users::groups_of(std::int64_t principal) const {
    std::set<std::int64_t> made{principal, public_role};
    if (principal == dbo_user) made.insert(fixed_roles.front().id);
    for (std::size_t before = 0; before != made.size();) {
        before = made.size();
        for (const auto& one : members_)
            if (made.contains(one.member)) made.insert(one.role);
    }
    return made;
}

bool database_users::has_server(const char* permission) const {
    return owner_.is_granted(session_, permission);
}

bool database_users::may_connect(std::int64_t user) const {
    const auto groups = groups_of(user);
    bool granted = false;
    for (const auto& one : grants_) {
        if (one.permission != "CONNECT" || !groups.contains(one.grantee)) continue;
        if (one.denied) return false;
        granted = true;
    }
    return granted;
}

}  // namespace ha::mssqlsim
