// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/edition.hpp"
#include "test/mssqlsim/model/foreign_keys.hpp"
#include "test/mssqlsim/model/session_tables.hpp"

#include <algorithm>
#include <memory>
#include <set>

// Who may touch a database, what a session sees of its tables, and tables made and dropped.

namespace ha::mssqlsim {

namespace {

sql_error login_level(std::int32_t number, std::string text) {
    return error_of(number, std::move(text), 14);
}

// Nobody reads at a secondary whose engine is newer than its primary's.
// assumption: with which message.
std::optional<sql_error> refused_on_secondary(const session_state& session,
                                              const group_state& owner,
                                              const std::string& name,
                                              bool write,
                                              bool newer) {
    const auto* self = owner.self();
    const auto allows = self == nullptr || newer ? std::uint8_t{0} : self->secondary_connections;
    if (allows == 0)
        return login_level(
            976,
            "The target database, '" + name +
                "', is participating in an availability group and is currently not accessible for "
                "queries. Either data movement is suspended or the availability replica is not "
                "enabled for read access. To allow read-only access to this and other databases in "
                "the availability group, enable read access to one or more secondary availability "
                "replicas in the group.  For more information, see the ALTER AVAILABILITY GROUP "
                "statement in SQL Server Books Online.");
    if (allows == 1 && !session.read_only_intent)
        return login_level(
            978,
            "The target database ('" + name +
                "') is in an availability group and is currently accessible for "
                "connections when the application intent is set to read only. For more "
                "information about application intent, see SQL Server Books "
                "Online.");
    if (write)
        return error_of(
            3906, "Failed to update database \"" + name + "\" because the database is read-only.");
    return {};
}

}  // namespace

std::optional<sql_error> engine::is_unavailable(const session_state& session,
                                                const std::string& name,
                                                bool write) const {
    const auto* target = database(name);
    if (target == nullptr) {
        if (!write) return {};
        // assumption: nobody needs tables of one's own in the system databases.
        return error_of(262, "CREATE TABLE permission denied in database '" + name + "'.", 14);
    }
    const auto* owner = group_of(*target);
    if (owner != nullptr && owner->role == replica_role::resolving)
        return login_level(
            983,
            "Unable to access availability database '" + name +
                "' because the database replica is not in the PRIMARY or SECONDARY role. "
                "Connections to an availability database is permitted only when the database "
                "replica is in the PRIMARY or SECONDARY role. Try the operation again later.");
    if (target->about.restoring)
        return login_level(
            927, "Database '" + name + "' cannot be opened. It is in the middle of a restore.");
    if (auto refused = refuses_damaged(*target, write)) return refused;
    if (owner == nullptr) return {};
    if (owner->role == replica_role::secondary)
        return refused_on_secondary(
            session,
            *owner,
            name,
            write,
            !reads_log_of(
                options_, owner->configuration.primary_version, options_.product_version));
    const auto* self = owner->self();
    if (self != nullptr && self->primary_connections == 3 && session.read_only_intent)
        return login_level(
            979,
            "The target database ('" + name +
                "') is in an availability group and currently does not allow read "
                "only connections. For more information about application intent, see "
                "SQL Server Books Online.");
    const auto* entry = owner->configuration.database(target->about.group_database_id);
    if (entry != nullptr && !has_required(*owner, *entry))
        return login_level(988,
                           "Unable to access database '" + name +
                               "' because it lacks a quorum of nodes for high availability. Try "
                               "the operation again later.");
    return {};
}

std::optional<sql_error> engine::refuses_entry(const session_state& session,
                                               const std::string& name,
                                               bool write) const {
    if (auto refused = is_unavailable(session, name, write)) return refused;
    if (is_administrator(session) || database(name) == nullptr) return {};
    if (database_users{*this, session, name}.identity()) return {};
    return not_for(principal_of(session), database(name)->about.name);
}

// Documented: whom a database let in reaches a user of his own elsewhere by USE; a name in three
// parts asks for TRUSTWORTHY, which no database has.
std::optional<sql_error> engine::refuses_access(const session_state& session,
                                                const std::string& name,
                                                bool write) const {
    if (auto refused = refuses_entry(session, name, write)) return refused;
    if (session.authenticated_by.empty() || same_name(session.database, name) ||
        database(name) == nullptr)
        return {};
    const auto who = database_users{*this, session, name}.identity();
    if (who && who->id == guest_user) return {};
    return not_for(principal_of(session), database(name)->about.name);
}

std::optional<sql_error> engine::refuses_table(const session_state& session,
                                               const std::string& name,
                                               const std::string& table,
                                               const std::string& permission) const {
    if (is_administrator(session)) return {};
    if (database_users{*this, session, name}.allows(permission, table)) return {};
    return error_of(229,
                    "The " + permission + " permission was denied on the object '" + table +
                        "', database '" + database(name)->about.name + "', schema 'dbo'.",
                    14,
                    5);
}

namespace {

// What the session's open transaction changed of it; null: nothing.
const changed_table* changes_of(const session_state& session,
                                const std::string& database,
                                const std::string& table) {
    const auto& open = session.transaction;
    return same_name(open.database, database) ? open.changes.rows().of(table) : nullptr;
}

}  // namespace

std::optional<table_definition> engine::table_of(const session_state& session,
                                                 const std::string& name,
                                                 const std::string& table) const {
    const auto* target = database(name);
    if (target == nullptr || is_hidden_table(table)) return {};
    const auto* changed = changes_of(session, name, table);
    if (changed != nullptr && changed->is_remade())
        return changed->definition() == nullptr ? std::nullopt
                                                : std::optional{*changed->definition()};
    return store_->table(target->about.name, table);
}

sql_result<row_set> engine::user_rows(const session_state& session,
                                      const std::string& name,
                                      const std::string& table,
                                      std::vector<std::int64_t>* numbers) const {
    return rows_seen(session, name, *table_of(session, name, table), numbers);
}

row_set engine::rows_seen(const session_state& session,
                          const std::string& name,
                          const table_definition& about,
                          std::vector<std::int64_t>* numbers) const {
    row_set made;
    made.columns = about.columns;
    const auto* target = database(name);
    if (target == nullptr) return made;
    const auto add = [&](std::int64_t number, const row& contents) {
        made.rows.push_back(contents);
        if (numbers != nullptr) numbers->push_back(number);
    };
    const auto* changed = changes_of(session, name, about.name);
    std::set<std::int64_t> stored;  // of those that changed
    const bool is_remade = changed != nullptr && changed->is_remade();
    if (!is_remade && store_->table(target->about.name, about.name))
        store_->scan(target->about.name, about.name, [&](std::int64_t number, const row& contents) {
            if (changed == nullptr || !changed->knows(number)) {
                add(number, contents);
                return true;
            }
            stored.insert(number);
            if (const auto* now = changed->rows().at(number).back()) add(number, *now);
            return true;
        });
    if (changed == nullptr) return made;
    for (const auto& [number, states] : changed->rows())
        if (states.back() != nullptr && stored.count(number) == 0) add(number, *states.back());
    return made;
}

namespace {

std::optional<sql_error> check_columns(const table_definition& table) {
    std::set<std::string, less_name> names;
    for (const auto& one : table.columns)
        if (!names.insert(one.name).second)
            return error_of(2705,
                            "Column names in each table must be unique. Column name '" + one.name +
                                "' in table '" + table.name + "' is specified more than once.");
    const auto identities = std::count_if(
        table.rules.begin(), table.rules.end(), [](const auto& one) { return one.identity; });
    if (identities > 1)
        return error_of(2744,
                        "Multiple identity columns specified for table '" + table.name +
                            "'. Only one identity column per table is allowed.");
    for (const auto& key : table.primary_key) {
        const bool known = std::any_of(table.columns.begin(),
                                       table.columns.end(),
                                       [&](const auto& one) { return same_name(one.name, key); });
        if (!known)
            return followed_by(
                error_of(1911,
                         "Column name '" + key + "' does not exist in the target table or view."),
                not_created(0));
    }
    return {};
}

// The columns and the key, and then what holds for them.
std::optional<sql_error> complete(engine& owner,
                                  table_definition& about,
                                  const create_table_statement& what,
                                  const known_objects& known) {
    if (auto bad = check_columns(about)) return bad;
    return add_constraints(owner, about, what, known, true);
}

progress made_for_all(engine& owner,
                      session_state& session,
                      table_definition about,
                      const create_table_statement& what) {
    auto bad = complete(owner, about, what, {});
    if (!bad) bad = owner.global_tables_.make(session, std::move(about), {});
    if (!bad) tell_left_out(owner, session, what);
    return bad ? failed_with(*bad) : statement_end{};
}

progress made_for_session(engine& owner,
                          session_state& session,
                          table_definition about,
                          const create_table_statement& what) {
    auto bad = complete(owner, about, what, {});
    if (!bad) bad = make_session_table(session, std::move(about));
    if (!bad) tell_left_out(owner, session, what);
    return bad ? failed_with(*bad) : statement_end{};
}

sql_error exists_already(const std::string& name) {
    return error_of(
        2714, "There is already an object named '" + name + "' in the database.", 16, 6);
}

// CREATE TABLE is asked for, and the schema that the table is to be in.
std::optional<sql_error> refuses_new_table(const engine& owner,
                                           const session_state& session,
                                           const std::string& database) {
    if (owner.is_administrator(session)) return {};
    const database_users users{owner, session, database};
    if (!users.allows("CREATE TABLE"))
        return error_of(262,
                        "CREATE TABLE permission denied in database '" +
                            owner.database(database)->about.name + "'.",
                        14);
    if (users.allows("ALTER")) return {};
    return error_of(2760,
                    "The specified schema name \"dbo\" either does not exist or you do not have "
                    "permission to use it.");
}

}  // namespace

progress engine::create_table(session_state& session, const create_table_statement& what) {
    const table_definition about{
        what.table.back(), what.columns, what.primary_key, what.key_name, what.rules};
    if (is_session_table(about.name)) return made_for_session(*this, session, about, what);
    if (is_global_table(about.name)) return made_for_all(*this, session, about, what);
    const std::string name = database_of(session, what.table);
    const auto make = [this, &what, about, name](session_state& running) -> progress {
        if (auto refused = refuses_new_table(*this, running, name)) return failed_with(*refused);
        auto known = objects_of(*this, running, name);
        if (known.names.count(about.name) != 0 || is_hidden_table(about.name))
            return failed_with(exists_already(about.name));
        known.names.insert(about.name);
        table_definition made = about;
        if (auto bad = complete(*this, made, what, known)) return failed_with(*bad);
        running.transaction.database = database(name)->about.name;
        running.transaction.changes.add(
            {row_change::kind::create_table, about.name, 0, {}, {}, std::move(made)});
        return finish_change(running);
    };
    return when_quiet(session, name, about.name, make);
}

// Its name is written with an @.
std::optional<sql_error> engine::declare_table(session_state& session,
                                               const std::string& name,
                                               const create_table_statement& what) {
    table_definition about{name, what.columns, what.primary_key, what.key_name, what.rules};
    if (auto bad = complete(*this, about, what, {})) return bad;
    mssqlsim::declare_table(session, std::move(about));
    return {};
}

namespace {

sql_result<table_definition> definition_of(const std::string& name, const column_list& columns) {
    table_definition made{name, columns.all(), {}, {}};
    for (auto& one : made.columns) {
        one.origin = column_origin::table;
        one.identity = false;
        if (one.name.empty())
            return tl::unexpected(
                error_of(1038,
                         "An object or column name is missing or empty. For SELECT INTO "
                         "statements, verify each column has a name. For other statements, look "
                         "for empty alias names. Aliases defined as \"\" or [] are not allowed. "
                         "Change the alias to a valid name.",
                         15,
                         5));
    }
    return made;
}

}  // namespace

progress engine::select_into(session_state& session,
                             const std::vector<std::string>& table,
                             row_set rows) {
    auto about = definition_of(table.back(), rows.columns);
    if (!about) return failed_with(about.error());
    statement_end end;
    end.rows = static_cast<std::int64_t>(rows.rows.size());
    end.command = completion::select;
    if (is_global_table(about->name)) {
        auto bad = global_tables_.make(session, std::move(*about), std::move(rows.rows));
        return bad ? failed_with(*bad) : end;
    }
    if (is_session_table(about->name)) {
        if (auto bad = make_session_table(session, std::move(*about))) return failed_with(*bad);
        auto& made = session.tables.back();
        for (auto& one : rows.rows) made.rows.emplace(made.next_row++, std::move(one));
        return end;
    }
    const std::string name = database_of(session, table);
    const auto kept = std::make_shared<std::vector<row>>(std::move(rows.rows));
    const auto make =
        [this, name, end, made = std::move(*about), kept](session_state& running) -> progress {
        if (auto refused = refuses_new_table(*this, running, name)) return failed_with(*refused);
        if (table_of(running, name, made.name) || is_hidden_table(made.name))
            return failed_with(exists_already(made.name));
        running.transaction.database = database(name)->about.name;
        auto& changes = running.transaction.changes;
        auto& next = database(name)->next_row[lower(made.name)];
        changes.add({row_change::kind::create_table, made.name, 0, {}, {}, made});
        for (auto& one : *kept)
            changes.add({row_change::kind::insert, made.name, next++, {}, std::move(one), {}});
        return finish_change(running, end);
    };
    return when_quiet(session, name, table.back(), make);
}

}  // namespace ha::mssqlsim
