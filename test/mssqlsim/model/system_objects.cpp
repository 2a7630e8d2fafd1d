// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/system_objects.hpp"

#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views_users.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <algorithm>
#include <iterator>

namespace ha::mssqlsim {

namespace {

struct system_object {
    const char* name;
    // V view, FN function, IF function that is a table, P procedure, X one of the engine's own code
    const char* type;
};

// In order of their names. The numbers of objects are below nought, as all of the engine's own are.
constexpr system_object objects[] = {
    {"all_columns", "V"},
    {"all_objects", "V"},
    {"all_views", "V"},
    {"availability_databases_cluster", "V"},
    {"availability_group_listener_ip_addresses", "V"},
    {"availability_group_listeners", "V"},
    {"availability_groups", "V"},
    {"availability_groups_cluster", "V"},
    {"availability_read_only_routing_lists", "V"},
    {"availability_replicas", "V"},
    {"certificates", "V"},
    {"check_constraints", "V"},
    {"columns", "V"},
    {"data_spaces", "V"},
    {"database_files", "V"},
    {"database_mirroring", "V"},
    {"database_mirroring_endpoints", "V"},
    {"database_mirroring_witnesses", "V"},
    {"database_permissions", "V"},
    {"database_principals", "V"},
    {"database_recovery_status", "V"},
    {"database_role_members", "V"},
    {"databases", "V"},
    {"default_constraints", "V"},
    {"dm_db_log_space_usage", "V"},
    {"dm_exec_connections", "V"},
    {"dm_exec_requests", "V"},
    {"dm_exec_sessions", "V"},
    {"dm_hadr_ag_threads", "V"},
    {"dm_hadr_auto_page_repair", "V"},
    {"dm_hadr_automatic_seeding", "V"},
    {"dm_hadr_availability_group_states", "V"},
    {"dm_hadr_availability_replica_cluster_nodes", "V"},
    {"dm_hadr_availability_replica_cluster_states", "V"},
    {"dm_hadr_availability_replica_states", "V"},
    {"dm_hadr_cluster", "V"},
    {"dm_hadr_cluster_members", "V"},
    {"dm_hadr_cluster_networks", "V"},
    {"dm_hadr_database_replica_cluster_states", "V"},
    {"dm_hadr_database_replica_states", "V"},
    {"dm_hadr_db_threads", "V"},
    {"dm_hadr_instance_node_map", "V"},
    {"dm_hadr_name_id_map", "V"},
    {"dm_hadr_physical_seeding_stats", "V"},
    {"dm_io_virtual_file_stats", "IF"},
    {"dm_os_host_info", "V"},
    {"dm_os_memory_clerks", "V"},
    {"dm_os_performance_counters", "V"},
    {"dm_os_process_memory", "V"},
    {"dm_os_ring_buffers", "V"},
    {"dm_os_schedulers", "V"},
    {"dm_os_sys_info", "V"},
    {"dm_os_sys_memory", "V"},
    {"dm_os_wait_stats", "V"},
    {"dm_server_services", "V"},
    {"dm_tcp_listener_states", "V"},
    {"dm_xe_sessions", "V"},
    {"endpoints", "V"},
    {"extended_properties", "V"},
    {"filegroups", "V"},
    {"fn_hadr_backup_is_preferred_replica", "FN"},
    {"fn_hadr_is_primary_replica", "FN"},
    {"foreign_key_columns", "V"},
    {"foreign_keys", "V"},
    {"identity_columns", "V"},
    {"index_columns", "V"},
    {"indexes", "V"},
    {"key_constraints", "V"},
    {"master_files", "V"},
    {"objects", "V"},
    {"partitions", "V"},
    {"schemas", "V"},
    {"server_event_sessions", "V"},
    {"server_permissions", "V"},
    {"server_principals", "V"},
    {"server_role_members", "V"},
    {"servers", "V"},
    {"sp_columns", "P"},
    {"sp_columns_100", "P"},
    {"sp_columns_170", "P"},
    {"sp_columns_90", "P"},
    {"sp_describe_first_result_set", "X"},
    {"sp_describe_undeclared_parameters", "X"},
    {"sp_execute", "X"},
    {"sp_executesql", "X"},
    {"sp_fkeys", "P"},
    {"sp_getapplock", "X"},
    {"sp_pkeys", "P"},
    {"sp_prepare", "X"},
    {"sp_prepexec", "X"},
    {"sp_readerrorlog", "P"},
    {"sp_server_diagnostics", "X"},
    {"sp_set_session_context", "X"},
    {"sp_special_columns", "P"},
    {"sp_special_columns_100", "P"},
    {"sp_statistics", "P"},
    {"sp_statistics_100", "P"},
    {"sp_tables", "P"},
    {"sp_unprepare", "X"},
    {"sp_who", "P"},
    {"sp_who2", "P"},
    {"sql_logins", "V"},
    {"symmetric_keys", "V"},
    {"syslogins", "V"},
    {"sysprocesses", "V"},
    {"system_columns", "V"},
    {"system_objects", "V"},
    {"system_views", "V"},
    {"tables", "V"},
    {"tcp_endpoints", "V"},
    {"types", "V"},
    {"views", "V"},
    {"xp_readerrorlog", "X"},
};

constexpr std::int64_t schema_sys = 4;

std::int64_t id_of(const system_object& one) {
    return -1000 - (&one - std::begin(objects));
}

const system_object* named(std::string_view name) {
    const auto* const at = std::find_if(std::begin(objects),
                                        std::end(objects),
                                        [&](const auto& one) { return same_name(one.name, name); });
    return at == std::end(objects) ? nullptr : at;
}

const system_object* numbered_object(const value& id) {
    const auto* const wanted = std::get_if<std::int64_t>(&id);
    if (wanted == nullptr) return nullptr;
    const auto* const at = std::find_if(std::begin(objects),
                                        std::end(objects),
                                        [&](const auto& one) { return id_of(one) == *wanted; });
    return at == std::end(objects) ? nullptr : at;
}

const char* description_of(std::string_view type) {
    if (type == "V") return "VIEW";
    if (type == "FN") return "SQL_SCALAR_FUNCTION";
    if (type == "IF") return "SQL_INLINE_TABLE_VALUED_FUNCTION";
    return type == "P" ? "SQL_STORED_PROCEDURE" : "EXTENDED_STORED_PROCEDURE";
}

bool is_view(const system_object& one) {
    return std::string_view{one.type} == "V";
}

// A view's columns are those that it shows itself. The views of objects are left out of those of
// columns: they would be made of themselves.
bool shows_columns(const system_object& one) {
    const std::string_view name = one.name;
    return is_view(one) && !name.starts_with("all_") && !name.starts_with("system_");
}

shared_rows rows_of(engine& owner, const session_state& session, const system_object& one) {
    if (auto made = database_catalog(owner, session, session.database, one.name)) return made;
    return owner.view(session, one.name);
}

shared_rows shown_objects(bool views_only) {
    const value nobody;  // g++ 12 thinks a temporary uninitialized
    view_maker made;
    for (const auto& one : objects) {
        if (views_only && !is_view(one)) continue;
        made.begin();
        made.text("name", one.name).number("object_id", id_of(one)).whole("principal_id", nobody);
        made.number("schema_id", schema_sys).number("parent_object_id", 0);
        made.fixed("type", one.type, 2, false).text("type_desc", description_of(one.type));
        made.time("create_date", "2003-04-08 09:13:36.390")
            .time("modify_date", "2003-04-08 09:13:36.390");
        made.bit("is_ms_shipped", true).bit("is_published", false);
        made.bit("is_schema_published", false);
    }
    return made.done();
}

struct number_of_type {
    column_kind kind;
    std::int64_t id;
    std::int64_t bytes;  // 0: as the column's length
};

// system_type_id, and how many bytes a value has at most.
constexpr number_of_type types[] = {{column_kind::tinyint, 48, 1},
                                    {column_kind::smallint, 52, 2},
                                    {column_kind::integer, 56, 4},
                                    {column_kind::bigint, 127, 8},
                                    {column_kind::bit, 104, 1},
                                    {column_kind::floating, 62, 8},
                                    {column_kind::numeric, 108, 13},
                                    {column_kind::datetime, 61, 8},
                                    {column_kind::datetime2, 42, 8},
                                    {column_kind::date, 40, 3},
                                    {column_kind::time, 41, 5},
                                    {column_kind::datetimeoffset, 43, 10},
                                    {column_kind::smalldatetime, 58, 4},
                                    {column_kind::money, 60, 8},
                                    {column_kind::smallmoney, 122, 4},
                                    {column_kind::variant, 98, 8016},
                                    {column_kind::guid, 36, 16},
                                    {column_kind::nvarchar, 231, 0},
                                    {column_kind::nvarchar_max, 231, -1},
                                    {column_kind::nchar, 239, 0},
                                    {column_kind::varchar, 167, 0},
                                    {column_kind::varchar_max, 167, -1},
                                    {column_kind::character, 175, 0},
                                    {column_kind::varbinary, 165, 0},
                                    {column_kind::varbinary_max, 165, -1},
                                    {column_kind::xml, 241, -1}};

const number_of_type& type_of(const column_type& type) {
    static constexpr number_of_type decimal{column_kind::numeric, 106, 13};
    if (type.kind == column_kind::numeric && type.length == decimal_length) return decimal;
    const auto* const at = std::find_if(
        std::begin(types), std::end(types), [&](const auto& one) { return one.kind == type.kind; });
    return at == std::end(types) ? types[2] : *at;
}

std::int64_t bytes_of(const column_type& type) {
    const auto known = type_of(type);
    if (known.bytes != 0) return known.bytes;
    const bool wide = type.kind == column_kind::nvarchar || type.kind == column_kind::nchar;
    return std::int64_t{type.length} * (wide ? 2 : 1);
}

void column_row(view_maker& made, std::int64_t object, std::int64_t place, const column& one) {
    const auto id = type_of(one.type).id;
    made.begin();
    made.number("object_id", object).text("name", one.name).number("column_id", place);
    made.small("system_type_id", id).number("user_type_id", id);
    made.short_number("max_length", bytes_of(one.type));
    made.small(
        "precision",
        std::int64_t{one.type.kind == column_kind::numeric ? one.type.precision : std::uint8_t{0}});
    made.small("scale", std::int64_t{one.type.scale}).text("collation_name", {});
    made.bit("is_nullable", one.nullable);
}

shared_rows shown_columns(engine& owner, const session_state& session) {
    view_maker made;
    for (const auto& one : objects) {
        if (!shows_columns(one)) continue;
        const auto rows = rows_of(owner, session, one);
        std::int64_t place = 0;
        if (rows)
            for (const auto& column : rows->columns) column_row(made, id_of(one), ++place, column);
    }
    return made.done();
}

// Where the column stands in the view, counted from 1, and what it is.
struct found_column {
    std::int64_t place = 0;
    column what;
};

std::optional<found_column> column_of(engine& owner,
                                      const session_state& session,
                                      const system_object* view,
                                      const std::string& name) {
    if (view == nullptr || !shows_columns(*view)) return {};
    const auto rows = rows_of(owner, session, *view);
    std::int64_t place = 0;
    if (rows)
        for (const auto& one : rows->columns) {
            ++place;
            if (same_name(one.name, name)) return found_column{place, one};
        }
    return {};
}

value column_property(const found_column& found, const std::string& property) {
    if (property == "columnid") return found.place;
    if (property == "allowsnull") return std::int64_t{found.what.nullable ? 1 : 0};
    if (property == "precision") return bytes_of(found.what.type);
    if (property == "iscomputed" || property == "isidentity") return std::int64_t{0};
    return {};
}

}  // namespace

std::string last_part(std::string_view path) {
    if (const auto dot = path.rfind('.'); dot != path.npos) path.remove_prefix(dot + 1);
    if (path.size() > 1 && path.front() == '[' && path.back() == ']')
        path = path.substr(1, path.size() - 2);
    return std::string{path};
}

std::int64_t system_type_id(const column_type& type) {
    return type_of(type).id;
}

std::int64_t bytes_of_type(const column_type& type) {
    return bytes_of(type);
}

std::optional<std::int64_t> system_object_id(const std::string& path) {
    const auto* found = named(last_part(path));
    const auto dot = path.rfind('.');
    const bool procedure = found != nullptr && !is_view(*found);
    // assumption: a procedure is found without its schema, a view is not.
    if (found == nullptr || (dot == path.npos && !procedure)) return {};
    if (dot == path.npos) return id_of(*found);
    const std::string schema = last_part(std::string_view{path}.substr(0, dot));
    const bool fits = same_name(schema, "sys") || (procedure && same_name(schema, "dbo")) ||
                      (procedure && schema.empty());
    return fits ? std::optional{id_of(*found)} : std::nullopt;
}

std::optional<value> object_function(engine& owner,
                                     const session_state& session,
                                     const std::string& function,
                                     const row& a) {
    if (function == "OBJECT_NAME" && !a.empty()) {
        const auto* found = numbered_object(a[0]);
        return found == nullptr ? value{} : value{std::string{found->name}};
    }
    if (function == "OBJECT_SCHEMA_NAME" && !a.empty()) {
        if (numbered_object(a[0]) != nullptr) return value{std::string{"sys"}};
        return is_null(a[0]) ? value{} : value{std::string{"dbo"}};
    }
    if (function == "SCHEMA_NAME")
        return a.empty() || a[0] == value{std::int64_t{1}} ? value{std::string{"dbo"}}
               : a[0] == value{schema_sys}                 ? value{std::string{"sys"}}
                                                           : value{};
    if (function == "SCHEMA_ID") {
        if (a.empty() || same_name(text_of(a[0]), "dbo")) return value{std::int64_t{1}};
        return same_name(text_of(a[0]), "sys") ? value{schema_sys} : value{};
    }
    if (function == "COLUMNPROPERTY" && a.size() == 3) {
        const auto found = column_of(owner, session, numbered_object(a[0]), text_of(a[1]));
        return found ? column_property(*found, lower(text_of(a[2]))) : value{};
    }
    if (function == "COL_LENGTH" && a.size() == 2) {
        const auto* view =
            system_object_id(text_of(a[0])) ? named(last_part(text_of(a[0]))) : nullptr;
        const auto found = column_of(owner, session, view, text_of(a[1]));
        return found ? value{bytes_of(found->what.type)} : value{};
    }
    return {};
}

shared_rows object_view(engine& owner, const session_state& session, const std::string& name) {
    if (name == "all_objects" || name == "system_objects") return shown_objects(false);
    if (name == "all_views" || name == "system_views") return shown_objects(true);
    if (name == "all_columns" || name == "system_columns") return shown_columns(owner, session);
    return {};
}

}  // namespace ha::mssqlsim
