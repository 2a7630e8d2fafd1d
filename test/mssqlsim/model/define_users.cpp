// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/containment.hpp"
#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/password_policy.hpp"

#include <algorithm>
#include <array>

// Users, roles and permissions of user databases: changes of rows that the database keeps.

namespace ha::mssqlsim {

namespace {

sql_error cannot(const std::string& verb, const std::string& kind, const std::string& name) {
    return error_of(15151,
                    "Cannot " + verb + " the " + kind + " '" + name +
                        "', because it does not exist or you do not have permission.");
}

sql_error not_permitted() {
    return error_of(15247, "User does not have permission to perform this action.");
}

sql_error special(const std::string& name) {
    return error_of(15405, "Cannot use the special principal '" + name + "'.", 11);
}

sql_error exists_already(const std::string& name) {
    return error_of(15023,
                    "User, group, or role '" + name + "' already exists in the current database.");
}

bool is_known_permission(std::string_view name) {
    static constexpr std::array<std::string_view, 28> all{
        "ALTER",          "ALTER ANY ROLE",  "ALTER ANY SCHEMA", "ALTER ANY USER",
        "AUTHENTICATE",   "BACKUP DATABASE", "BACKUP LOG",       "CHECKPOINT",
        "CONNECT",        "CONTROL",         "CREATE FUNCTION",  "CREATE PROCEDURE",
        "CREATE ROLE",    "CREATE SCHEMA",   "CREATE TABLE",     "CREATE TYPE",
        "CREATE VIEW",    "DELETE",          "EXECUTE",          "IMPERSONATE",
        "INSERT",         "REFERENCES",      "SELECT",           "SHOWPLAN",
        "TAKE OWNERSHIP", "UPDATE",          "VIEW DEFINITION",  "VIEW DATABASE STATE"};
    return std::find(all.begin(), all.end(), name) != all.end();
}

// Those of the server that agents and administrators grant; they are granted in master.
bool is_of_server(std::string_view name) {
    static constexpr std::array<std::string_view, 16> all{"ALTER ANY AVAILABILITY GROUP",
                                                          "ALTER ANY CONNECTION",
                                                          "ALTER ANY DATABASE",
                                                          "ALTER ANY ENDPOINT",
                                                          "ALTER ANY LOGIN",
                                                          "ALTER SERVER STATE",
                                                          "CONNECT ANY DATABASE",
                                                          "CONNECT SQL",
                                                          "CONTROL SERVER",
                                                          "CREATE ANY DATABASE",
                                                          "CREATE AVAILABILITY GROUP",
                                                          "CREATE ENDPOINT",
                                                          "SELECT ALL USER SECURABLES",
                                                          "VIEW ANY DEFINITION",
                                                          "VIEW SERVER PERFORMANCE STATE",
                                                          "VIEW SERVER STATE"};
    return std::find(all.begin(), all.end(), name) != all.end();
}

class user_statements {
public:
    user_statements(engine& owner, session_state& session, const definition_statement& what)
        : owner_(owner),
          session_(session),
          what_(what),
          name_(session.database),
          users_(owner, session, session.database) {}

    std::optional<sql_error> run() {
        if (what_.verb == "CREATE USER") return create_user();
        if (what_.verb == "ALTER USER") return alter_user();
        if (what_.verb == "DROP USER") return drop("user", "ALTER ANY USER");
        if (what_.verb == "CREATE ROLE") return create_role();
        if (what_.verb == "ALTER ROLE") return alter_role();
        if (what_.verb == "DROP ROLE") return drop("role", "ALTER ANY ROLE");
        return permit();
    }

private:
    std::optional<sql_error> create_user() {
        const bool proves_himself = option(what_.options, "PASSWORD") != nullptr;
        if (proves_himself && !is_contained(owner_, name_)) return numbered(33233);
        if (!users_.allows("ALTER ANY USER")) return not_permitted();
        if (users_.named(what_.name)) return exists_already(what_.name);
        database_principal made{what_.name, next_id(), false, {}, owner_.utc()};
        if (proves_himself || what_.action == "WITHOUT LOGIN") {
            if (auto bad = be_of_the_database(made, proves_himself)) return bad;
        } else {
            if (option(what_.options, "SID") != nullptr) return numbered(33242);
            auto sid = sid_of_login(what_.names.front());
            if (!sid) return sid.error();
            made.sid = std::move(*sid);
        }
        insert(principals_table(), row_of(made));
        if (proves_himself) insert(passwords_table(), password_row(made));
        insert(grants_table(), row_of(database_grant{made.id, "CONNECT", "DATABASE", "", false}));
        return {};
    }

    // Nobody at the server stands behind him.
    std::optional<sql_error> be_of_the_database(database_principal& made, bool proves_himself) {
        if (proves_himself && what_.action == "WITHOUT LOGIN") return numbered(33235, {"PASSWORD"});
        if (proves_himself) {
            made.password = option(what_.options, "PASSWORD")->text;
            if (auto weak = refuses_password(made.password)) return weak;
        }
        const auto* given = option(what_.options, "SID");
        made.sid = given == nullptr ? sid_of_user(owner_.make_sid()) : given->bytes;
        // assumption: what is told of a SID of another form, and of one that is taken.
        if (!is_sid_of_user(made.sid))
            return error_of(15419, "Supplied parameter sid should be binary(28).");
        if (users_.of_login(made.sid) != nullptr)
            return error_of(15433, "Supplied parameter sid is in use.");
        return {};
    }

    // Of a login that has no user here yet.
    sql_result<binary> sid_of_login(const std::string& login) const {
        const auto* account = owner_.catalog_of(session_).login(login);
        if (account == nullptr)
            return tl::unexpected(error_of(
                15007, "'" + login + "' is not a valid login or you do not have permission."));
        if (same_name(login, "sa")) return tl::unexpected(special(login));
        const bool is_owner = owner_.database(name_)->about.owner == account->sid;
        if (is_owner || users_.of_login(account->sid) != nullptr)
            return tl::unexpected(
                error_of(15063, "The login already has an account under a different user name."));
        return account->sid;
    }

    std::optional<sql_error> alter_user() {
        const auto* known = made_one(false);
        if (known == nullptr || !may_alter(*known)) return cannot("alter", "user", what_.name);
        database_principal changed = *known;
        if (const auto* fresh = option(what_.options, "PASSWORD")) {
            if (known->password.empty()) return numbered(33234, {"PASSWORD"});
            if (auto weak = refuses_password(fresh->text)) return weak;
            changed.password = fresh->text;
            erase(passwords_table(), [&](const row& one) { return one[0] == value{known->id}; });
            insert(passwords_table(), password_row(changed));
        }
        if (const auto* fresh = option(what_.options, "NAME")) {
            if (users_.named(fresh->text)) return exists_already(fresh->text);
            changed.name = fresh->text;
        }
        if (const auto* login = option(what_.options, "LOGIN")) {
            if (is_sid_of_user(known->sid)) return numbered(33016);
            auto sid = sid_of_login(login->text);
            if (!sid) return sid.error();
            changed.sid = std::move(*sid);
        }
        erase(principals_table(), [&](const row& one) { return one[1] == value{known->id}; });
        insert(principals_table(), row_of(changed));
        return {};
    }

    // Documented: without ALTER ANY USER one changes one's own password, and must know the old one.
    bool may_alter(const database_principal& known) const {
        if (users_.allows("ALTER ANY USER")) return true;
        const auto self = users_.identity();
        const auto* old = option(what_.options, "OLD_PASSWORD");
        const bool alone = std::all_of(what_.options.begin(), what_.options.end(), [](auto& one) {
            return one.name == "PASSWORD" || one.name == "OLD_PASSWORD";
        });
        return self && self->id == known.id && old != nullptr && alone &&
               old->text == known.password;
    }

    std::optional<sql_error> create_role() {
        if (!users_.allows("CREATE ROLE") && !users_.allows("ALTER ANY ROLE"))
            return not_permitted();
        if (users_.named(what_.name)) return exists_already(what_.name);
        insert(principals_table(),
               row_of(database_principal{what_.name, next_id(), true, {}, owner_.utc()}));
        return {};
    }

    std::optional<sql_error> alter_role() {
        const auto role = users_.named(what_.name);
        // Whoever is only to administer roles does not make owners.
        const bool may = users_.allows("ALTER ANY ROLE") &&
                         (users_.allows("CONTROL") || !what_.name.starts_with("db_"));
        if (!role || !role->is_role || role->id == public_role || !may)
            return cannot("alter", "role", what_.name);
        const std::string& who = what_.names.front();
        const auto member = users_.named(who);
        const bool adds = what_.action == "ADD";
        if (!member) return cannot(adds ? "add" : "drop", "principal", who);
        if (member->id == dbo_user) return special(who);
        const row wanted = row_of(role_member{role->id, member->id});
        erase(members_table(), [&](const row& one) { return one == wanted; });
        if (adds) insert(members_table(), wanted);
        return {};
    }

    std::optional<sql_error> drop(const char* kind, const char* permission) {
        const bool role = what_.verb == "DROP ROLE";
        const auto known = users_.named(what_.name);
        const bool there = known && known->is_role == role && users_.allows(permission);
        if (!there && what_.if_exists && !known) return {};
        if (!there) return cannot("drop", kind, what_.name);
        if (made_one(role) == nullptr)
            return error_of(15150,
                            "Cannot drop the " + std::string{kind} + " '" + what_.name + "'.");
        const value id = known->id;
        const auto& members = users_.members();
        if (std::any_of(members.begin(), members.end(), [&](const auto& one) {
                return one.role == known->id;
            }))
            return error_of(15144,
                            "The role has members. It must be empty before it can be dropped.");
        erase(principals_table(), [&](const row& one) { return one[1] == id; });
        erase(passwords_table(), [&](const row& one) { return one[0] == id; });
        erase(members_table(), [&](const row& one) { return one[1] == id; });
        erase(grants_table(), [&](const row& one) { return one[0] == id; });
        return {};
    }

    // GRANT, DENY and REVOKE.
    std::optional<sql_error> permit() {
        for (const auto& one : what_.options)
            if (is_of_server(one.name))
                return error_of(4621,
                                "Permissions at the server scope can only be granted when the "
                                "current database is master",
                                16,
                                10);
            else if (!is_known_permission(one.name))
                return error_of(102, "Incorrect syntax near '" + one.name + "'.", 15);
        if (auto bad = check_securable()) return bad;
        std::vector<std::int64_t> grantees;
        for (const auto& grantee : what_.names) {
            const auto whom = users_.named(grantee);
            if (!whom) return cannot("find", "user", grantee);
            if (auto bad = check_grantee(*whom)) return bad;
            grantees.push_back(whom->id);
        }
        for (const auto id : grantees)
            for (const auto& one : what_.options) permit(id, one.name);
        return {};
    }

    std::optional<sql_error> check_grantee(const database_principal& whom) const {
        const auto self = users_.identity();
        const bool fixed_user = whom.id == dbo_user || whom.id == 3 || whom.id == 4;
        if (fixed_user || (self && self->id == whom.id))
            return error_of(4624,
                            "Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, "
                            "information_schema, sys, or yourself.");
        if (whom.is_role && whom.id >= 16384)
            return error_of(4617,
                            "Cannot grant, deny or revoke permissions to or from special roles.");
        return {};
    }

    void permit(std::int64_t grantee, const std::string& permission) {
        database_grant made{
            grantee, permission, scope(), scope() == "DATABASE" ? "" : what_.name, false};
        erase(grants_table(), [&](const row& one) {
            return one[0] == value{grantee} && text_of(one[1]) == permission &&
                   text_of(one[2]) == made.scope && same_name(text_of(one[3]), made.object);
        });
        made.denied = what_.verb == "DENY";
        if (what_.verb != "REVOKE") insert(grants_table(), row_of(made));
    }

    std::string scope() const { return what_.action.empty() ? "DATABASE" : what_.action; }

    std::optional<sql_error> check_securable() const {
        const std::string on = scope();
        if (on == "OBJECT") {
            const auto known = owner_.table_of(session_, name_, what_.name);
            if (!known || !users_.allows("CONTROL", known->name))
                return cannot("find", "object", what_.name);
            return {};
        }
        const bool may = users_.allows("CONTROL");
        if (on == "SCHEMA" && (!same_name(what_.name, "dbo") || !may))
            return cannot("find", "schema", what_.name);
        const auto principal = users_.named(what_.name);
        if ((on == "USER" || on == "ROLE") && (!principal || !may))
            return cannot("find", lower(on), what_.name);
        // assumption: who may not grant on the database is told that it is the grantor.
        if (on == "DATABASE" && !may)
            return error_of(4613, "Grantor does not have GRANT permission.");
        return {};
    }

    const database_principal* made_one(bool is_role) const {
        const auto& all = users_.made();
        const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) {
            return one.is_role == is_role && same_name(one.name, what_.name);
        });
        return at == all.end() ? nullptr : &*at;
    }

    std::int64_t next_id() const {
        std::int64_t made = 5;
        for (const auto& one : users_.made()) made = std::max(made, one.id + 1);
        return made;
    }

    transaction_changes& changes() {
        session_.transaction.database = owner_.database(name_)->about.name;
        return session_.transaction.changes;
    }

    void insert(const table_definition& table, row contents) {
        auto& next = owner_.database(name_)->next_row[lower(table.name)];
        changes().add({row_change::kind::insert, table.name, next++, {}, std::move(contents), {}});
    }

    template <class Condition>
    void erase(const table_definition& table, Condition fits) {
        std::vector<std::int64_t> numbers;
        auto rows = owner_.rows_seen(session_, name_, table, &numbers);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            if (fits(rows.rows[i]))
                changes().add({row_change::kind::erase,
                               table.name,
                               numbers[i],
                               std::move(rows.rows[i]),
                               {},
                               {}});
    }

    engine& owner_;
    session_state& session_;
    const definition_statement& what_;
    std::string name_;
    database_users users_;
};

}  // namespace

progress engine::define_users(session_state& session, const definition_statement& what) {
    if (auto refused = refuses_change(session, session.database)) return failed_with(*refused);
    if (auto bad = user_statements{*this, session, what}.run()) return failed_with(*bad);
    if (session.transaction.changes.empty()) return statement_end{};
    return finish_change(session);
}

}  // namespace ha::mssqlsim
