// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/session_environment.hpp"

#include "test/mssqlsim/model/backup_history.hpp"
#include "test/mssqlsim/model/edition.hpp"
#include "test/mssqlsim/model/session_options.hpp"
#include "test/mssqlsim/model/session_tables.hpp"
#include "test/mssqlsim/model/system_objects.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"
#include "test/mssqlsim/model/user_functions.hpp"
#include "test/mssqlsim/model/views_users.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ha::mssqlsim {

namespace {

value number(std::int64_t n) {
    return n;
}

sql_error undeclared(session_state& session, const std::string& name) {
    if (find_cursor(session, name, false) != nullptr)
        return error_of(16949,
                        "The variable '" + name +
                            "' is a cursor variable, but it is used in a place where a cursor "
                            "variable is not valid.");
    return sql_error{137,
                     "Must declare the scalar variable \"" + name + "\".",
                     15,
                     2,
                     sql_error::reach::scope,
                     0,
                     {}};
}

// The major version in the highest byte, the build in the lowest two.
std::int64_t packed_version(const std::string& text) {
    std::int64_t parts[3] = {0, 0, 0};
    std::size_t at = 0;
    for (const char c : text) {
        if (c == '.' && ++at == 3) break;
        if (c != '.') parts[at] = parts[at] * 10 + (c - '0');
    }
    return (parts[0] << 24U) | (parts[1] << 16U) | parts[2];
}

// What properties are: a sql_variant of int or of nvarchar(128).
value property(const value& what) {
    const bool is_number = std::holds_alternative<std::int64_t>(what);
    return as_variant(what,
                      is_number ? column_type{column_kind::integer, 4, 25, 0}
                                : column_type{column_kind::nvarchar, 128, 25, 0});
}
sql_result<value> property(const sql_result<value>& what) {
    if (!what) return what;
    return property(*what);
}

std::string path_text(const std::vector<std::string>& name) {
    std::string made;
    for (const auto& part : name) made += (made.empty() ? "" : ".") + part;
    return made;
}

// SECONDARY prefers a secondary that is there, the one with the highest priority first.
bool is_preferred_for_backups(const group_state& group) {
    constexpr std::uint8_t primary = 0;
    constexpr std::uint8_t nobody = 3;
    const bool leads = group.role == replica_role::primary;
    if (group.configuration.backup_preference == nobody) return true;
    if (group.configuration.backup_preference == primary) return leads;
    const auto* self = group.self();
    if (leads || self == nullptr) return group.configuration.replicas.size() == 1;
    return std::none_of(
        group.configuration.replicas.begin(),
        group.configuration.replicas.end(),
        [&](const auto& one) { return one.backup_priority > self->backup_priority; });
}

}  // namespace

sql_result<value> session_environment::variable(const std::string& name) {
    const auto& scope = session_.scopes.back();
    const auto at = scope.find(lower(name));
    if (at == scope.end()) return unknown_variable(name);
    return at->second.contents;
}

sql_result<value> session_environment::unknown_variable(const std::string& name) {
    return tl::unexpected(undeclared(session_, name));
}

column_type session_environment::type_of_variable(const std::string& name) {
    const auto& scope = session_.scopes.back();
    const auto at = scope.find(lower(name));
    return at == scope.end() ? column_type{} : at->second.type;
}

sql_result<value> session_environment::system_variable(const std::string& name) {
    if (name == "@@SERVERNAME")
        return value{owner_.catalog_.server() ? owner_.catalog_.server()->server_name
                                              : owner_.options_.server_name};
    if (name == "@@SPID") return number(session_.number);
    if (name == "@@TRANCOUNT") return number(session_.transaction.depth);
    if (name == "@@ERROR") return number(session_.last_error);
    if (name == "@@ROWCOUNT") return number(session_.last_row_count);
    if (name == "@@FETCH_STATUS") return number(session_.cursors.fetch_status);
    if (name == "@@CURSOR_ROWS") return number(rows_of_last_cursor(session_.cursors));
    if (name == "@@VERSION")
        return value{"Microsoft " + product_name(owner_.options_) + " (mssqlsim) - " +
                     owner_.options_.product_version + " (X64) " +
                     edition_of(owner_.options_).name + " on Linux"};
    if (name == "@@IDENTITY")
        return session_.last_identity ? number(*session_.last_identity) : value{};
    if (name == "@@MAX_PRECISION") return number(38);
    if (name == "@@MAX_CONNECTIONS") return number(32767);
    if (name == "@@DATEFIRST") return number(7);
    if (name == "@@MICROSOFTVERSION")
        return number(packed_version(owner_.options_.product_version));
    if (name == "@@SERVICENAME") return value{std::string{"MSSQLSERVER"}};
    if (name == "@@LANGUAGE") return value{std::string{"us_english"}};
    if (name == "@@LOCK_TIMEOUT") return number(session_.settings.lock_timeout_ms);
    if (name == "@@TEXTSIZE") return number(session_.settings.text_size);
    if (name == "@@OPTIONS") return number(options_of(session_));
    return tl::unexpected(undeclared(session_, name));
}

const sql_error* session_environment::caught() const {
    for (auto at = session_.frames.rbegin(); at != session_.frames.rend(); ++at)
        if (at->caught) return &*at->caught;
    return nullptr;
}

sql_result<value> session_environment::server_property(const std::string& name) const {
    const std::string key = lower(name);
    const auto& options = owner_.options_;
    if (key == "servername" || key == "machinename") return value{options.server_name};
    if (key == "productversion") return value{options.product_version};
    if (key == "productmajorversion")
        return value{options.product_version.substr(0, options.product_version.find('.'))};
    if (key == "productlevel") return value{std::string{"RTM"}};
    if (key == "edition") return value{edition_of(options).name};
    if (key == "editionid") return number(edition_of(options).id);
    if (key == "engineedition") return number(edition_of(options).engine);
    if (key == "ishadrenabled") return number(options.hadr_enabled ? 1 : 0);
    if (key == "hadrmanagerstatus") return number(options.hadr_enabled ? 1 : 2);
    if (key == "collation") return value{std::string{"SQL_Latin1_General_CP1_CI_AS"}};
    if (key == "isclustered" || key == "issingleuser" || key == "isintegratedsecurityonly")
        return number(0);
    if (key == "isxtpsupported") return number(1);
    if (key == "computernamephysicalnetbios") return value{options.server_name};
    if (key == "instancedefaultdatapath" || key == "instancedefaultlogpath")
        return value{std::string{"/var/opt/mssql/data/"}};
    if (key == "instancedefaultbackuppath") return value{std::string{"/var/opt/mssql/data"}};
    if (key == "errorlogfilename") return value{std::string{"/var/opt/mssql/log/errorlog"}};
    if (key == "pathseparator") return value{std::string{"/"}};
    return value{};  // the real one answers NULL to names that it does not know
}

value session_environment::connection_property(const std::string& name) const {
    if (name == "net_transport" || name == "physical_net_transport") return std::string{"TCP"};
    if (name == "protocol_type") return std::string{"TSQL"};
    if (name == "auth_scheme") return std::string{"SQL"};
    if (name == "local_tcp_port") return std::int64_t{owner_.options_.default_port};
    return {};
}

// Of the rows of sys.databases, so that both tell the same.
value session_environment::database_property(const std::string& database,
                                             const std::string& name) const {
    static const std::map<std::string, std::string, std::less<>> columns{
        {"status", "state_desc"},
        {"recovery", "recovery_model_desc"},
        {"useraccess", "user_access_desc"},
        {"collation", "collation_name"},
        {"compatibilitylevel", "compatibility_level"},
        {"isautoclose", "is_auto_close_on"},
        {"isinstandby", "is_in_standby"},
        {"updateability", "is_read_only"}};
    const auto wanted = columns.find(name);
    if (wanted == columns.end()) return {};
    const auto rows = owner_.view(session_, "databases");
    for (const auto& one : rows->rows)
        for (std::size_t i = 0; same_name(text_of(one[0]), database) && i < one.size(); ++i) {
            if (rows->columns[i].name != wanted->second) continue;
            if (name == "updateability")
                return std::string{one[i] == number(1) || is_copy(database) ? "READ_ONLY"
                                                                            : "READ_WRITE"};
            return one[i];
        }
    return {};
}

// A database of a group that another replica leads.
bool session_environment::is_copy(const std::string& database) const {
    const auto* known = owner_.database(database);
    const auto* group = known == nullptr ? nullptr : owner_.group_of(*known);
    return group != nullptr && group->role != replica_role::primary;
}

sql_result<value> session_environment::certificate_part(const std::string& function,
                                                        const row& arguments) const {
    const auto& catalog = owner_.catalog_;
    if (function == "CERT_ID") {
        const auto* found = catalog.certificate(text_of(arguments[0]));
        return found == nullptr ? value{} : number(found->id);
    }
    const auto* id = std::get_if<std::int64_t>(arguments.data());
    const auto* found = id == nullptr ? nullptr : catalog.certificate_by_id(*id);
    if (found == nullptr) return value{};
    if (function == "CERTENCODED") return value{found->encoded};
    if (!found->has_private_key) return value{};
    binary key =
        found->encoded;  // stands for the private key as CERTENCODED stands for the public part
    key.insert(key.begin(), {0x1E, 0xF1, 0xB5, 0xB0});
    return value{std::move(key)};
}

// assumption: a database of no group answers 0 to the first and 1 to the second.
sql_result<value> session_environment::of_group(const std::string& function,
                                                const std::string& database) const {
    const auto* known = owner_.database(database);
    const auto* group = known == nullptr ? nullptr : owner_.group_of(*known);
    const bool leads = group != nullptr && group->role == replica_role::primary;
    if (function == "FN_HADR_IS_PRIMARY_REPLICA") return number(leads ? 1 : 0);
    if (group == nullptr) return number(1);
    return number(is_preferred_for_backups(*group) ? 1 : 0);
}

sql_result<value> session_environment::identity(const std::string& function, const row& a) const {
    if (function == "SCOPE_IDENTITY") {
        const auto at = session_.scope_identities.find(session_.scopes.size());
        return at == session_.scope_identities.end() ? value{} : number(at->second);
    }
    std::string table = a.empty() ? std::string{} : text_of(a[0]);
    if (const auto dot = table.rfind('.'); dot != std::string::npos) table = table.substr(dot + 1);
    const auto* used = owner_.database(session_.database);
    const auto about = owner_.table_of(session_, session_.database, table);
    if (used == nullptr || !about) return value{};
    for (const auto& rule : about->rules) {
        const auto at = used->identities.find(lower(about->name));
        if (!rule.identity) continue;
        const bool begun = at != used->identities.end() && at->second.last;
        return number(begun ? *at->second.last : rule.seed);
    }
    return value{};
}

// Temporary tables are objects of tempdb, with ids below nought.
value session_environment::temporary_id(const std::string& path, const std::string& table) const {
    const bool there = lower(path).starts_with("tempdb.") || same_name(session_.database, "tempdb");
    if (const auto* shared = there ? owner_.global_tables_.find(session_, table) : nullptr)
        return shared->id;
    const auto* own = there ? find_session_table(session_, table) : nullptr;
    if (own == nullptr) return {};
    return std::int64_t{-1} - (own - session_.tables.data());
}

sql_result<value> session_environment::call(const std::string& function, const row& a) {
    // Agents ask for these two all the time.
    if (function == "SERVERPROPERTY" && a.size() == 1)
        return property(server_property(text_of(a[0])));
    if (function == "HAS_PERMS_BY_NAME" && a.size() >= 3 && is_null(a[1]))
        return number(
            owner_.is_administrator(session_) || owner_.is_granted(session_, text_of(a[2])) ? 1
                                                                                            : 0);
    const auto* error = caught();
    if (function == "ERROR_NUMBER") return error == nullptr ? value{} : number(error->number);
    if (function == "ERROR_MESSAGE") return error == nullptr ? value{} : value{error->text};
    if (function == "ERROR_SEVERITY") return error == nullptr ? value{} : number(error->severity);
    if (function == "ERROR_STATE") return error == nullptr ? value{} : number(error->state);
    if (function == "ERROR_LINE") return error == nullptr ? value{} : number(error->line);
    if (function == "ERROR_PROCEDURE") return value{};
    if (function == "SCOPE_IDENTITY" || function == "IDENT_CURRENT") return identity(function, a);
    if (function == "XACT_STATE")
        return number(session_.transaction.depth == 0 ? 0 : (session_.transaction.doomed ? -1 : 1));
    if (function == "GETUTCDATE" || function == "GETDATE") return value{owner_.utc(3)};
    if (function == "SYSUTCDATETIME" || function == "SYSDATETIME") return value{owner_.utc(7)};
    if (function == "SYSDATETIMEOFFSET")
        return value{calendar_value{column_kind::datetimeoffset, owner_.utc(7) + " +00:00"}};
    if (function == "NEWID") return value{owner_.make_guid()};
    if (function == "APP_NAME" || function == "PROGRAM_NAME") return value{session_.program};
    if (function == "HOST_NAME") return value{session_.host};
    const bool names_login = function == "SUSER_NAME" || function == "SUSER_SNAME";
    if ((names_login && a.empty()) || function == "ORIGINAL_LOGIN") return value{session_.login};
    if (auto of_cursors = cursor_function(session_, function, a)) return std::move(*of_cursors);
    if (auto of_users = user_function(owner_, session_, function, a)) return std::move(*of_users);
    if (function == "DB_NAME" && a.empty()) return value{session_.database};
    if (function == "SESSION_CONTEXT" && a.size() == 1) {
        const auto at = session_.context.find(lower(text_of(a[0])));
        if (at == session_.context.end()) return value{};
        return as_variant(at->second.first, usual_type_of(at->second.first));
    }
    if (function == "CONTEXT_INFO")
        return session_.settings.context.empty() ? value{} : value{session_.settings.context};
    if (function == "SESSIONPROPERTY" && a.size() == 1) {
        const auto is_on = session_property(session_, lower(text_of(a[0])));
        return is_on ? number(*is_on ? 1 : 0) : value{};
    }
    if (function == "CONNECTIONPROPERTY" && a.size() == 1)
        return property(connection_property(lower(text_of(a[0]))));
    if (function == "DATABASEPROPERTYEX" && a.size() == 2)
        return property(database_property(text_of(a[0]), lower(text_of(a[1]))));
    if (function.starts_with("CERT") && !a.empty()) return certificate_part(function, a);
    if (function == "IS_SRVROLEMEMBER" && !a.empty())
        return number(owner_.is_administrator(session_) ? 1 : 0);
    if (auto made = table_function(owner_, session_, function, a)) return std::move(*made);
    if (auto made = object_function(owner_, session_, function, a)) return std::move(*made);
    if (function == "DB_ID" || function == "DB_NAME" || function == "OBJECT_ID") {
        const auto rows = owner_.view(session_, "databases");
        for (const auto& one : rows->rows) {  // name, database_id
            if (function == "DB_ID" &&
                same_name(text_of(one[0]), a.empty() ? session_.database : text_of(a[0])))
                return one[1];
            if (function == "DB_NAME" && one[1] == a[0]) return one[0];
        }
        if (function == "OBJECT_ID" && !a.empty()) {
            std::string table = text_of(a[0]);
            if (const auto dot = table.rfind('.'); dot != std::string::npos)
                table = table.substr(dot + 1);
            if (table.size() > 1 && table.front() == '[') table = table.substr(1, table.size() - 2);
            if (table.starts_with("#")) return temporary_id(text_of(a[0]), table);
            if (const auto id = system_object_id(text_of(a[0]))) return number(*id);
        }
        return value{};
    }
    if (function.starts_with("FN_HADR_") && !a.empty()) return of_group(function, text_of(a[0]));
    return tl::unexpected(
        sql_error{195,
                  "'" + function + "' is not a recognized built-in function name.",
                  15,
                  10,
                  sql_error::reach::scope,
                  0,
                  {}});
}

sql_result<shared_rows> session_environment::table(const std::vector<std::string>& name) {
    // The oldest views are found as tables of master, too.
    const bool old = same_name(name.back(), "sysprocesses") || same_name(name.back(), "syslogins");
    const bool system = old || (name.size() >= 2 && same_name(name[name.size() - 2], "sys"));
    if (system) {
        if (auto again = owner_.view_again(session_, name.back())) return again;
        const auto view = lower(name.back());
        static const std::set<std::string, std::less<>> for_everyone{
            "dm_exec_sessions", "dm_exec_requests", "dm_os_host_info"};
        if (view.starts_with("dm_") && !owner_.was_shown(session_, view) &&
            !for_everyone.contains(view) && !owner_.sees_server_state(session_) &&
            !owner_.is_granted(session_, "VIEW SERVER PERFORMANCE STATE"))
            return tl::unexpected(denied("VIEW SERVER PERFORMANCE STATE"));
        const std::string database = database_of(session_, name);
        if (name.size() >= 3)
            if (auto refused = owner_.refuses_access(session_, database, false))
                return tl::unexpected(*refused);
        if (auto rows = database_catalog(owner_, session_, database, view)) return rows;
        if (auto rows = owner_.view(session_, view)) return rows;
    } else if (name.size() >= 2 && same_name(name[name.size() - 2], "INFORMATION_SCHEMA")) {
        const std::string database = database_of(session_, name);
        if (owner_.database(database) != nullptr)
            if (auto refused = owner_.refuses_access(session_, database, false))
                return tl::unexpected(*refused);
        if (auto rows = information_view(owner_, session_, database, lower(name.back())))
            return rows;
    } else if (is_global_table(name.back())) {
        const auto* shared = owner_.global_tables_.find(session_, name.back());
        if (shared == nullptr) return tl::unexpected(no_session_table(name));
        const auto seen = global_tables::seen(session_, *shared);
        row_set made{seen.about.columns, {}};
        for (const auto& [number, contents] : seen.rows) made.rows.push_back(contents);
        return std::make_shared<const row_set>(std::move(made));
    } else if (is_session_table(name.back())) {
        const auto* own = find_session_table(session_, name.back());
        if (own == nullptr) return tl::unexpected(no_session_table(name));
        row_set made{own->about.columns, {}};
        for (const auto& [number, contents] : own->rows) made.rows.push_back(contents);
        return std::make_shared<const row_set>(std::move(made));
    } else {
        const std::string database = database_of(session_, name);
        if (same_name(database, "msdb"))
            if (auto rows = backup_table(owner_, name.back())) return rows;
        if (owner_.database(database) != nullptr)
            if (auto refused = owner_.refuses_access(session_, database, false))
                return tl::unexpected(*refused);
        if (const auto about = owner_.table_of(session_, database, name.back())) {
            if (auto refused = owner_.refuses_table(session_, database, about->name, "SELECT"))
                return tl::unexpected(*refused);
            auto rows = owner_.user_rows(session_, database, name.back(), nullptr);
            if (!rows) return tl::unexpected(rows.error());
            return std::make_shared<const row_set>(std::move(*rows));
        }
    }
    return tl::unexpected(sql_error{208,
                                    "Invalid object name '" + path_text(name) + "'.",
                                    16,
                                    1,
                                    sql_error::reach::scope,
                                    0,
                                    {}});
}

}  // namespace ha::mssqlsim
