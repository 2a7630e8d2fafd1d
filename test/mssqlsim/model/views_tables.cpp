// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_indexes.hpp"

// Catalogue views of users' tables: columns and order as documented.

namespace ha::mssqlsim {

void object_columns(view_maker& made, const told_object& one) {
    const value nobody;
    made.text("name", one.name).number("object_id", one.id).whole("principal_id", nobody);
    made.number("schema_id", 1).number("parent_object_id", one.parent);
    made.fixed("type", one.type, 2, false).text("type_desc", one.type_desc);
    made.time("create_date", time_or_null(one.created))
        .time("modify_date", time_or_null(one.created));
    made.bit("is_ms_shipped", false).bit("is_published", false);
    made.bit("is_schema_published", false);
}

namespace {

constexpr const char* collation = "SQL_Latin1_General_CP1_CI_AS";

told_object object_of(const described_table& one) {
    return {one.about.name, one.id, 0, "U", "USER_TABLE", one.created};
}

told_object default_of(const described_table& one, const column_rule& rule) {
    const auto name = default_name_of(one.about, rule);
    return {name, number_of(one.about.name, name), one.id, "D", "DEFAULT_CONSTRAINT", one.created};
}

using all_tables = std::vector<described_table>;

shared_rows objects(const all_tables& tables) {
    std::vector<told_object> all;
    for (const auto& one : tables) {
        all.push_back(object_of(one));
        for (auto& rule : constraints_of(one)) all.push_back(std::move(rule));
        for (const auto& rule : one.about.rules)
            if (!rule.default_text.empty()) all.push_back(default_of(one, rule));
    }
    return each(all, object_columns);
}

void table_columns(view_maker& made, const described_table& one) {
    const value nobody;
    object_columns(made, object_of(one));
    made.number("lob_data_space_id", 0).whole("filestream_data_space_id", nobody);
    made.number("max_column_id_used", static_cast<std::int64_t>(one.about.columns.size()));
    made.bit("lock_on_bulk_load", false).bit("uses_ansi_nulls", true).bit("is_replicated", false);
    made.bit("has_replication_filter", false).bit("is_merge_published", false);
    made.bit("is_sync_tran_subscribed", false).bit("has_unchecked_assembly_data", false);
    made.number("text_in_row_limit", 0).bit("large_value_types_out_of_row", false);
    made.bit("is_tracked_by_cdc", false).small("lock_escalation", std::int64_t{0});
    made.text("lock_escalation_desc", "TABLE").bit("is_filetable", false);
    made.bit("is_memory_optimized", false).small("durability", std::int64_t{0});
    made.text("durability_desc", "SCHEMA_AND_DATA").small("temporal_type", std::int64_t{0});
    made.text("temporal_type_desc", "NON_TEMPORAL_TABLE").whole("history_table_id", nobody);
    made.bit("is_remote_data_archive_enabled", false).bit("is_external", false);
    made.whole("history_retention_period", nobody).whole("history_retention_period_unit", nobody);
    made.text("history_retention_period_unit_desc", nobody, 10);
    made.bit("is_node", false).bit("is_edge", false);
}

struct told_column {
    described_table table;
    std::size_t place = 0;
};

std::vector<told_column> columns_of(const all_tables& tables, bool identities_only) {
    std::vector<told_column> made;
    for (const auto& one : tables)
        for (std::size_t i = 0; i < one.about.columns.size(); ++i) {
            const auto* rule = rule_of(one.about, one.about.columns[i].name);
            if (!identities_only || (rule != nullptr && rule->identity)) made.push_back({one, i});
        }
    return made;
}

column column_of(const told_column& one) {
    const auto& all = one.table.about.columns;
    return one.place < all.size() ? all[one.place] : column{};
}

bool is_identity(const told_column& one) {
    const auto* rule = rule_of(one.table.about, column_of(one).name);
    return rule != nullptr && rule->identity;
}

void column_columns(view_maker& made, const told_column& one) {
    const column about = column_of(one);
    const auto* rule = rule_of(one.table.about, about.name);
    const auto type = told_type_of(about.type);
    const value nobody;
    const bool has_default = rule != nullptr && !rule->default_text.empty();
    made.number("object_id", one.table.id).text("name", about.name);
    made.number("column_id", static_cast<std::int64_t>(one.place) + 1);
    made.small("system_type_id", type.id).number("user_type_id", type.id);
    made.short_number("max_length", type.bytes).small("precision", type.precision);
    made.small("scale", type.scale);
    made.text("collation_name", type.is_text ? value{std::string{collation}} : nobody);
    made.bit("is_nullable", about.nullable);
    made.bit("is_ansi_padded", type.is_text || type.id == 165 || type.id == 173);
    made.bit("is_rowguidcol", false).bit("is_identity", is_identity(one));
    made.bit("is_computed", false).bit("is_filestream", false).bit("is_replicated", false);
    made.bit("is_non_sql_subscribed", false).bit("is_merge_published", false);
    made.bit("is_dts_replicated", false).bit("is_xml_document", false);
    made.number("xml_collection_id", 0);
    made.number(
        "default_object_id",
        has_default ? number_of(one.table.about.name, default_name_of(one.table.about, *rule)) : 0);
    made.number("rule_object_id", 0).bit("is_sparse", false).bit("is_column_set", false);
    made.small("generated_always_type", std::int64_t{0});
    made.text("generated_always_type_desc", "NOT_APPLICABLE");
    made.whole("encryption_type", nobody).text("encryption_type_desc", nobody, 64);
    made.text("encryption_algorithm_name", nobody).whole("column_encryption_key_id", nobody);
    made.text("column_encryption_key_database_name", nobody);
    made.bit("is_hidden", false).bit("is_masked", false);
}

// assumption: the three values have the type of whole numbers; documented is sql_variant.
shared_rows identity_columns(const engine& owner,
                             const std::string& database,
                             const all_tables& tables) {
    const auto* used = owner.database(database);
    return each(columns_of(tables, true), [&](view_maker& made, const told_column& one) {
        const auto* rule = rule_of(one.table.about, column_of(one).name);
        const value nobody;
        value last;
        if (used != nullptr) {
            const auto at = used->identities.find(lower(one.table.about.name));
            if (at != used->identities.end() && at->second.last) last = value{*at->second.last};
        }
        column_columns(made, one);
        made.big("seed_value", rule == nullptr ? nobody : value{rule->seed});
        made.big("increment_value", rule == nullptr ? nobody : value{rule->increment});
        made.big("last_value", last).bit("is_not_for_replication", false);
    });
}

shared_rows default_constraints(const all_tables& tables) {
    std::vector<told_column> all;
    for (const auto& one : columns_of(tables, false)) {
        const auto* rule = rule_of(one.table.about, column_of(one).name);
        if (rule != nullptr && !rule->default_text.empty()) all.push_back(one);
    }
    return each(all, [](view_maker& made, const told_column& one) {
        const auto* found = rule_of(one.table.about, column_of(one).name);
        const column_rule rule = found == nullptr ? column_rule{} : *found;
        object_columns(made, default_of(one.table, rule));
        made.number("parent_column_id", static_cast<std::int64_t>(one.place) + 1);
        made.put("definition", {column_kind::nvarchar_max, 0, 25, 0}, definition_of(&rule));
        made.bit("is_system_named", rule.default_name.empty());
    });
}

struct told_partition {
    std::int64_t table = 0;
    std::int64_t index = 0;
    std::int64_t rows = 0;
};

shared_rows partitions(const engine& owner, const std::string& database, const all_tables& tables) {
    std::vector<told_partition> all;
    for (const auto& one : tables)
        for (const auto& index : indexes_of(one.about))
            all.push_back({one.id, index.id, rows_in(owner, database, one.about.name)});
    return each(all, [](view_maker& made, const told_partition& one) {
        const std::int64_t above_objects = std::int64_t{one.index + 1} << 32U;
        made.count("partition_id", above_objects + one.table).number("object_id", one.table);
        made.number("index_id", one.index);
        made.number("partition_number", 1).count("hobt_id", above_objects + one.table);
        made.count("rows", one.rows);
        made.short_number("filestream_filegroup_id", std::int64_t{0});
        made.small("data_compression", std::int64_t{0}).text("data_compression_desc", "NONE");
    });
}

// What the double does not have has its columns, and no rows.
shared_rows extended_properties() {
    view_maker made;
    made.begin();
    made.small("class", std::int64_t{0}).text("class_desc", {}).number("major_id", 0);
    made.number("minor_id", 0).text("name", {}).text("value", {}, 4000);
    return made.without_rows();
}

shared_rows views() {
    view_maker made;
    made.begin();
    object_columns(made, {});
    made.bit("is_replicated", false).bit("has_replication_filter", false);
    made.bit("has_opaque_metadata", false).bit("has_unchecked_assembly_data", false);
    made.bit("with_check_option", false).bit("is_date_correlation_view", false);
    made.bit("is_tracked_by_cdc", false);
    return made.without_rows();
}

}  // namespace

shared_rows table_view(const engine& owner,
                       const session_state& session,
                       const std::string& database,
                       const std::string& view) {
    if (view == "types") return type_view();
    if (view == "extended_properties") return extended_properties();
    if (view == "views") return views();
    static constexpr const char* known[] = {"objects",
                                            "tables",
                                            "columns",
                                            "identity_columns",
                                            "indexes",
                                            "index_columns",
                                            "partitions",
                                            "key_constraints",
                                            "default_constraints",
                                            "check_constraints",
                                            "foreign_keys",
                                            "foreign_key_columns"};
    bool is_known = false;
    for (const auto* one : known) is_known = is_known || view == one;
    if (!is_known) return {};
    const auto tables = tables_seen(owner, session, database);
    if (view == "objects") return objects(tables);
    if (view == "tables") return each(tables, table_columns);
    if (view == "columns") return each(columns_of(tables, false), column_columns);
    if (view == "identity_columns") return identity_columns(owner, database, tables);
    if (view == "partitions") return partitions(owner, database, tables);
    if (view == "default_constraints") return default_constraints(tables);
    return constraint_view(tables, view);
}

}  // namespace ha::mssqlsim
