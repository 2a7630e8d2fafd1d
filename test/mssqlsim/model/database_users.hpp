// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Users, roles and permissions of one user database, as a session sees them. They are rows of the
// database, in tables that no statement can name: so they travel, are undone and come back with it.

namespace ha::mssqlsim {

// Fixed principals of each database.
constexpr std::int64_t public_role = 0;
constexpr std::int64_t dbo_user = 1;
constexpr std::int64_t guest_user = 2;

struct database_principal {
    std::string name;
    std::int64_t id = 0;
    bool is_role = false;
    binary sid;  // of its login; of nobody's for users without one
    std::string create_date;
    std::string password = {};  // of users who prove themselves to the database
};

struct database_grant {
    std::int64_t grantee = 0;
    std::string permission;  // upper case
    std::string scope;       // DATABASE, SCHEMA, OBJECT, USER or ROLE
    std::string object;
    bool denied = false;
};

struct role_member {
    std::int64_t role = 0;
    std::int64_t member = 0;
};

// As whom a session is in a database.
struct database_identity {
    std::string name;
    std::int64_t id = 0;
    bool owns = false;  // dbo: nothing is refused
};

class database_users {
public:
    database_users(const engine& owner, const session_state& session, const std::string& database);

    // Those that were made, and those that every database has.
    const std::vector<database_principal>& made() const { return made_; }
    std::vector<database_principal> all() const;
    const std::vector<database_grant>& grants() const { return grants_; }
    const std::vector<role_member>& members() const { return members_; }
    std::optional<database_principal> named(std::string_view name) const;
    // The user that stands for the login with this SID.
    const database_principal* of_login(const binary& sid) const;

    // Nothing: the session may not be in the database (916).
    std::optional<database_identity> identity() const;
    // A permission on the database (no table), or on a table of it.
    bool allows(std::string_view permission, std::string_view table = {}) const;
    bool is_member(std::int64_t member, std::string_view role) const;

private:
    std::optional<database_identity> identity_of_user() const;
    std::set<std::int64_t> groups_of(std::int64_t principal) const;
    bool has_server(const char* permission) const;
    bool may_connect(std::int64_t user) const;

    const engine& owner_;
    const session_state& session_;
    std::string database_;
    std::vector<database_principal> made_;
    std::vector<database_grant> grants_;
    std::vector<role_member> members_;
};

// The tables behind it.
bool is_hidden_table(std::string_view name);
// Those that the changes are of. No log makes them: they are there with their first row.
void make_hidden_tables(row_store& store,
                        const std::string& database,
                        const std::vector<row_change>& changes);
const table_definition& principals_table();
const table_definition& members_table();
const table_definition& grants_table();
const table_definition& passwords_table();
row row_of(const database_principal& one);
row row_of(const role_member& one);
row row_of(const database_grant& one);
row password_row(const database_principal& one);

// Users that no login stands behind have longer ones than logins (S-1-9-3-...).
binary sid_of_user(const binary& sixteen_bytes);
bool is_sid_of_user(const binary& sid);

sql_error not_for(const std::string& principal, const std::string& database);  // 916

}  // namespace ha::mssqlsim
