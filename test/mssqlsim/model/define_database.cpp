// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/backup_history.hpp"
#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/contained_catalog.hpp"
#include "test/mssqlsim/model/containment.hpp"
#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/dbcc.hpp"
#include "test/mssqlsim/model/error_texts.hpp"

#include <algorithm>
#include <cstdlib>

// Databases, backups, KILL and SHUTDOWN, and which statement goes where.

namespace ha::mssqlsim {

namespace {

bool is_system(const std::string& name) {
    return same_name(name, "master") || same_name(name, "tempdb") || same_name(name, "model") ||
           same_name(name, "msdb");
}

sql_error no_database(const std::string& name) {
    return error_of(
        911,
        "Database '" + name + "' does not exist. Make sure that the name is entered correctly.");
}

sql_error ends_backup(const std::string& verb, sql_error why) {
    return followed_by(std::move(why), error_of(3013, verb + " is terminating abnormally."));
}

statement_end not_backed_up(const std::string& verb, sql_error what) {
    return failed_with(ends_backup(verb, std::move(what)));
}

// What follows most failures of ALTER DATABASE.
sql_error not_altered(sql_error what) {
    return followed_by(std::move(what), error_of(5069, "ALTER DATABASE statement failed."));
}

sql_error not_reached(const std::string& database) {
    return error_of(5011,
                    "User does not have permission to alter database '" + database +
                        "', the database does not exist, or the database is not in a state that "
                        "allows access checks.",
                    14,
                    5);
}

sql_error not_for_others(const definition_statement& what) {
    const std::string verb = lower(what.verb.substr(0, what.verb.find(' ')));
    if (what.verb == "CREATE DATABASE")
        return error_of(262, "CREATE DATABASE permission denied in database 'master'.", 14);
    if (what.verb == "DROP DATABASE")
        return error_of(3701,
                        "Cannot drop the database '" + what.name +
                            "', because it does not exist or you do not have permission.",
                        11);
    if (what.verb == "ALTER DATABASE") return not_altered(not_reached(what.name));
    if (what.verb.starts_with("BACKUP"))
        return ends_backup(
            what.verb,
            error_of(262, what.verb + " permission denied in database '" + what.name + "'.", 14));
    if (what.verb == "KILL")
        return error_of(6102, "User does not have permission to use the KILL statement.", 14);
    if (what.verb == "SHUTDOWN")
        return error_of(6004, "User does not have permission to perform this action.", 10);
    if (what.verb.ends_with(" ENDPOINT") && verb != "create")
        return error_of(15151,
                        "Cannot " + verb + " the endpoint '" + what.name +
                            "', because it does not exist or you do not have permission.");
    return error_of(15247, "User does not have permission to perform this action.");
}

// A database that is not there refuses by itself.
bool may_in_database(const engine& owner,
                     const session_state& session,
                     const definition_statement& what,
                     const std::string& permission) {
    return owner.database(what.name) == nullptr ||
           database_users{owner, session, what.name}.allows(permission);
}

// sqlserver.md 8: what a login needs for which statement.
bool may(const engine& owner, const session_state& session, const definition_statement& what) {
    if (owner.is_administrator(session)) return true;
    const auto has = [&](const char* permission, const char* scope, const std::string& object) {
        return owner.is_granted(session, permission, scope, object);
    };
    if (has("CONTROL SERVER", "SERVER", "")) return true;
    if (what.verb == "ALTER AVAILABILITY GROUP")
        return has("ALTER", "AVAILABILITY GROUP", what.name) ||
               has("CONTROL", "AVAILABILITY GROUP", what.name) ||
               has("ALTER ANY AVAILABILITY GROUP", "SERVER", "") ||
               (what.action == "JOIN" && has("CREATE AVAILABILITY GROUP", "SERVER", ""));
    if (what.verb == "CREATE AVAILABILITY GROUP")
        return has("CREATE AVAILABILITY GROUP", "SERVER", "") ||
               has("ALTER ANY AVAILABILITY GROUP", "SERVER", "");
    if (what.verb == "DROP AVAILABILITY GROUP")
        return has("CONTROL", "AVAILABILITY GROUP", what.name) ||
               has("ALTER ANY AVAILABILITY GROUP", "SERVER", "");
    const bool own_password = what.verb == "ALTER LOGIN" && session.authenticated_by.empty() &&
                              same_name(what.name, session.login) &&
                              option(what.options, "OLD_PASSWORD") != nullptr;
    if (what.verb.ends_with(" LOGIN")) return own_password || has("ALTER ANY LOGIN", "SERVER", "");
    if (what.verb.ends_with(" USER")) return has("ALTER ANY USER", "SERVER", "");
    if (what.verb.ends_with(" CERTIFICATE"))
        return has("CREATE CERTIFICATE", "SERVER", "") ||
               has("ALTER ANY CERTIFICATE", "SERVER", "");
    if (what.verb.ends_with(" ENDPOINT"))
        return has("ALTER ANY ENDPOINT", "SERVER", "") || has("CREATE ENDPOINT", "SERVER", "") ||
               has("ALTER", "ENDPOINT", what.name) || has("CONTROL", "ENDPOINT", what.name);
    if (what.verb.starts_with("BACKUP")) return may_in_database(owner, session, what, what.verb);
    if (what.verb.ends_with(" DATABASE") && has("ALTER ANY DATABASE", "SERVER", "")) return true;
    if (what.verb == "CREATE DATABASE") return has("CREATE ANY DATABASE", "SERVER", "");
    if (what.verb == "ALTER DATABASE") return may_in_database(owner, session, what, "ALTER");
    if (what.verb == "DROP DATABASE") return may_in_database(owner, session, what, "CONTROL");
    if (what.verb == "KILL") return has("ALTER ANY CONNECTION", "SERVER", "");
    if (what.verb == "ALTER EVENT SESSION") return has("ALTER ANY EVENT SESSION", "SERVER", "");
    return false;
}

// Users, roles, and what they may do.
bool is_principal_of_database(const definition_statement& what) {
    return what.verb.ends_with(" USER") || what.verb.ends_with(" ROLE") ||
           what.verb.find(' ') == std::string::npos;
}

}  // namespace

progress engine::define(session_state& session, const definition_statement& what) {
    const bool of_server = what.verb.ends_with(" LOGIN") || what.verb.ends_with(" ENDPOINT") ||
                           what.verb == "ALTER SERVER ROLE" || what.verb == "ALTER EVENT SESSION";
    const bool about_databases = what.verb.ends_with(" DATABASE") || what.verb == "BACKUP LOG";
    const bool about_groups = what.verb.ends_with("AVAILABILITY GROUP");
    const bool about_processes = what.verb == "KILL" || what.verb == "SHUTDOWN";
    if (what.verb == "RECONFIGURE") return reconfigure(session, what);
    if (what.verb == "DBCC") return run_dbcc(*this, session, what);
    const bool within = !of_server && !about_databases && !about_groups && !about_processes;
    const bool in_master =
        same_name(session.database, "master") || is_own_master(*this, session, session.database);
    if (within && is_principal_of_database(what) && !in_master &&
        !is_system_database(session.database))
        return define_users(session, what);
    if (!may(*this, session, what)) {
        if (about_groups)
            return failed_with(
                no_such_group(lower(what.verb.substr(0, what.verb.find(' '))), what.name));
        return failed_with(not_for_others(what));
    }
    if (auto refused = refuses_inside(*this, session, what)) return failed_with(*refused);
    if (about_groups) return define_group(session, what);
    if (about_databases || about_processes) return define_database(session, what);
    if (within && !in_master)
        return failed_with(
            error_of(15247,
                     "User does not have permission to perform this action: the model keeps "
                     "certificates and master keys in master only."));
    return define_security(session, what);
}

namespace {

// source: docs t-sql/language-elements/transactions-transact-sql.md
std::optional<sql_error> refuses_in_transaction(const std::string& verb) {
    if (verb == "KILL")
        return error_of(6115, "KILL command cannot be used inside user transactions.");
    if (verb.starts_with("BACKUP"))
        return ends_backup(
            verb,
            error_of(3021, "Cannot perform a backup or restore operation within a transaction."));
    if (verb.ends_with(" DATABASE")) return numbered(226, {verb});
    return {};
}

class database_statements {
public:
    database_statements(engine& owner, session_state& session, const definition_statement& what)
        : owner_(owner), session_(session), what_(what) {}

    progress create() {
        if (owner_.database(what_.name) != nullptr || is_system(what_.name))
            return failed_with(error_of(
                1801,
                "Database '" + what_.name + "' already exists. Choose a different database name.",
                16,
                3));
        const bool contains = wants_containment(what_);
        if (contains)
            if (auto refused = refuses_contained_databases(owner_, "create"))
                return failed_with(*refused);
        if (auto refused = owner_.refuses_new_files(what_.name)) return failed_with(*refused);
        database_record about;
        about.name = what_.name;
        about.id = owner_.next_database_id();
        about.create_date = owner_.utc();
        if (const auto* creator = owner_.login_of(session_)) about.owner = creator->sid;
        auto& made = owner_.databases_[about.name];
        made.about = about;
        made.fork = owner_.make_guid();
        owner_.store_->create_database(about.name);
        const auto position = owner_.append(about);
        if (contains) return contain(owner_, session_, about.name, true);
        return owner_.until_hardened(position);
    }

    progress drop() {
        auto* target = owner_.database(what_.name);
        if (is_system(what_.name))
            return failed_with(error_of(
                3708,
                "Cannot drop the database '" + what_.name + "' because it is a system database."));
        if (target == nullptr) {
            if (what_.if_exists) return statement_end{};
            return failed_with(
                error_of(3701,
                         "Cannot drop the database '" + what_.name +
                             "', because it does not exist or you do not have permission.",
                         11));
        }
        if (!target->about.group_id.empty()) return failed_with(numbered(3752, {what_.name}));
        for (const auto& [number, one] : owner_.sessions_)
            if (same_name(one.database, what_.name))
                return failed_with(error_of(
                    3702,
                    "Cannot drop database \"" + what_.name + "\" because it is currently in use.",
                    16,
                    4));
        database_record about = target->about;
        about.dropped = true;
        owner_.store_->drop_database(about.name);
        owner_.databases_.erase(about.name);
        return owner_.until_hardened(owner_.append(about));
    }

    progress alter() {
        auto* target = owner_.database(what_.name);
        const bool of_containment = what_.action == "CONTAINMENT";
        if (target == nullptr && is_system(what_.name))
            return failed_with(
                not_altered(of_containment ? numbered(12803, {what_.name}) : unsettable()));
        if (target == nullptr) return failed_with(not_altered(not_reached(what_.name)));
        if (what_.action.starts_with("HADR")) return hadr(*target);
        if (of_containment) {
            const bool contains = wants_containment(what_);
            if (auto bad = refuses_containment(owner_, session_, target->about.name, contains))
                return failed_with(not_altered(*bad));
            return contain(owner_, session_, target->about.name, contains);
        }
        if (what_.action == "RECOVERY" && !what_.options.empty()) {
            const bool full = what_.options.front().text == "FULL";
            if (!full && !target->about.group_id.empty())
                return failed_with(not_altered(numbered(1468, {what_.name})));
            if (!full) target->about.backed_up = false;
            target->about.full_recovery = full;
            return owner_.until_hardened(owner_.append(target->about));
        }
        return failed_with(not_altered(unsettable()));
    }

    progress backup() {
        auto* target = owner_.database(what_.name);
        if (target == nullptr) return not_backed_up(what_.verb, no_database(what_.name));
        const auto* owner = owner_.group_of(*target);
        if (owner != nullptr && owner->configuration.basic &&
            owner->role == replica_role::secondary)
            return not_backed_up(what_.verb, numbered(3059));
        if (auto refused = owner_.refuses_access(session_, target->about.name, false))
            return not_backed_up(what_.verb, *refused);
        const bool of_log = what_.verb == "BACKUP LOG";
        if (of_log && !target->about.full_recovery)
            return not_backed_up(
                what_.verb,
                error_of(4208,
                         "The statement BACKUP LOG is not allowed while the recovery model is "
                         "SIMPLE. Use "
                         "BACKUP DATABASE or change the recovery model using ALTER DATABASE."));
        if (of_log && !target->about.backed_up)
            return not_backed_up(
                what_.verb,
                error_of(
                    4214,
                    "BACKUP LOG cannot be performed because there is no current database backup."));
        if (auto refused = refuses_backup_kind(owner_, *target, what_))
            return not_backed_up(what_.verb, *refused);
        if (same_name(what_.names.front(), "NUL"))
            return owner_.until_hardened(
                finish_backup(owner_, *target, begun_backup(owner_, session_, *target, what_)));
        if (auto refused = owner_.refuses_backup(what_.names.front()))
            return not_backed_up(what_.verb, *refused);
        return backup_to_file(*target);
    }

    progress kill() {
        const auto number = session_number{std::strtoll(what_.name.c_str(), nullptr, 10)};
        if (number == session_.number)
            return failed_with(error_of(6104, "Cannot use KILL to kill your own process."));
        if (!owner_.sessions_.contains(number))
            return failed_with(error_of(
                6106, "Process ID " + what_.name + " is not an active process ID.", 16, 2));
        owner_.end_session(number, true);
        return statement_end{};
    }

private:
    sql_error unsettable() const {
        return error_of(
            5058, "Option '" + what_.action + "' cannot be set in database '" + what_.name + "'.");
    }

    // The file says what was backed up and when; there are no rows in it.
    progress backup_to_file(const database_state& target) {
        auto number = ++owner_.backups_begun_;
        auto path = what_.names.front();
        owner_.emit(write_backup{
            number, path, owner_.utc() + " " + what_.verb + " " + target.about.name + "\n"});
        auto poll = [&owner = owner_,
                     number,
                     path,
                     verb = what_.verb,
                     name = target.about.name,
                     asked = begun_backup(owner_, session_, target, what_),
                     position = std::optional<log_position>{}](
                        instant) mutable -> std::optional<statement_end> {
            if (position)
                return owner.is_hardened(*position) ? std::optional{statement_end{}} : std::nullopt;
            auto told = owner.backups_written_.extract(number);
            if (told.empty()) return {};
            if (!told.mapped().empty())
                return not_backed_up(
                    verb,
                    error_of(3201,
                             "Cannot open backup device '" + path + "'. Operating system error " +
                                 told.mapped() + "."));
            auto* found = owner.database(name);
            if (found == nullptr) return failed_with(no_database(name));
            position = finish_backup(owner, *found, asked);
            return {};
        };
        return statement_wait{std::move(poll)};
    }

    progress hadr(database_state& target) {
        if (what_.action == "HADR GROUP") return join(target);
        auto* owner = owner_.group(target.about.group_id);
        if (owner == nullptr) return failed_with(numbered(35242, {what_.name}));
        if (what_.action != "HADR OFF")
            return owner_.move_data(
                *owner,
                target,
                what_.action == "HADR RESUME" ? suspension::none : suspension::user);
        if (owner->role == replica_role::primary) return not_at_the_primary(*owner, 14);
        target.about.group_id.clear();
        target.about.restoring = true;
        return owner_.until_hardened(owner_.append(target.about));
    }

    // A primary has all databases of its group, and keeps them.
    progress not_at_the_primary(const group_state& owner, std::uint8_t state) const {
        sql_error no = numbered(35240, {what_.name, owner.configuration.name});
        no.state = state;
        return failed_with(std::move(no));
    }

    progress join(database_state& target) {
        const std::string& name = what_.names.front();
        auto* owner = owner_.group(name);
        if (owner == nullptr) return failed_with(numbered(41100, {name}));
        if (owner->role == replica_role::primary) return not_at_the_primary(*owner, 13);
        if (target.about.group_id == owner->configuration.id)
            return failed_with(numbered(41145, {what_.name, name}));
        const auto* entry = owner->configuration.database(what_.name);
        if (entry == nullptr) return failed_with(numbered(41132, {what_.name, name}));
        target.about.group_id = owner->configuration.id;
        target.about.group_database_id = entry->id;
        target.about.restoring = true;
        const auto position = owner_.append(target.about);
        owner_.detach(*owner);
        owner_.look_for_primary(*owner);
        return owner_.until_hardened(position);
    }

    engine& owner_;
    session_state& session_;
    const definition_statement& what_;
};

}  // namespace

progress engine::define_database(session_state& session, const definition_statement& what) {
    if (session.transaction.depth > 0)
        if (auto refused = refuses_in_transaction(what.verb)) return failed_with(*refused);
    database_statements one{*this, session, what};
    if (what.verb == "CREATE DATABASE") return one.create();
    if (what.verb == "DROP DATABASE") return one.drop();
    if (what.verb == "ALTER DATABASE") return one.alter();
    if (what.verb.starts_with("BACKUP")) return one.backup();
    if (what.verb == "KILL") return one.kill();
    emit(process_exits{0});
    errorlog("SQL Server is terminating in response to a SHUTDOWN statement.");
    stopped_ = true;
    return statement_end{};
}

}  // namespace ha::mssqlsim
