// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/procedure_answers.hpp"
#include "test/mssqlsim/model/system_objects.hpp"
#include "test/mssqlsim/model/table_indexes.hpp"

#include <algorithm>
#include <iterator>

// The catalogue's procedures, by which drivers answer SQLTables, SQLColumns, SQLPrimaryKeys,
// SQLForeignKeys and SQLStatistics.

namespace ha::mssqlsim {

namespace {

// How a type of the engine is one of ODBC's.
struct odbc_type {
    std::int64_t id;      // system_type_id
    std::int64_t code;    // of ODBC 3
    std::int64_t older;   // of ODBC 2
    std::int64_t digits;  // PRECISION; 0: as the column has
    std::int64_t bytes;   // LENGTH; 0: as the column has
    bool has_scale;
    std::int64_t fixed;     // SS_DATA_TYPE of a column that is never null
    std::int64_t nullable;  // and of one that may be
};

constexpr odbc_type odbc_types[] = {
    {36, -11, -11, 36, 16, false, 37, 37}, {40, 91, 9, 10, 6, true, 0, 0},
    {41, -154, -154, 0, 12, true, 0, 0},   {42, 93, 11, 0, 16, true, 0, 0},
    {43, -155, -155, 0, 20, true, 0, 0},   {48, -6, -6, 3, 1, true, 48, 38},
    {52, 5, 5, 5, 2, true, 52, 38},        {56, 4, 4, 10, 4, true, 56, 38},
    {58, 93, 11, 16, 16, true, 58, 111},   {59, 7, 7, 7, 4, false, 59, 109},
    {60, 3, 3, 19, 21, true, 60, 110},     {61, 93, 11, 23, 16, true, 61, 111},
    {62, 6, 6, 15, 8, false, 62, 109},     {98, -150, -150, 8000, 8000, false, 39, 39},
    {104, -7, -7, 1, 1, false, 50, 50},    {106, 3, 3, 0, 0, true, 55, 106},
    {108, 2, 2, 0, 0, true, 63, 108},      {122, 3, 3, 10, 12, true, 58, 110},
    {127, -5, -5, 19, 8, true, 63, 108},   {165, -3, -3, 0, 0, false, 37, 37},
    {167, 12, 12, 0, 0, false, 39, 39},    {173, -2, -2, 0, 0, false, 45, 37},
    {175, 1, 1, 0, 0, false, 47, 39},      {231, -9, -9, 0, 0, false, 39, 39},
    {239, -8, -8, 0, 0, false, 39, 39},    {241, -152, -152, 0, 0, false, 0, 0}};

odbc_type odbc_type_of(std::int64_t id) {
    const auto* const at = std::find_if(std::begin(odbc_types),
                                        std::end(odbc_types),
                                        [&](const auto& one) { return one.id == id; });
    return at == std::end(odbc_types) ? odbc_type{id, 0, 0, 0, 0, false, 0, 0} : *at;
}

bool is_exact(const told_type& type) {
    return type.id == 106 || type.id == 108;
}

struct told_column {
    std::string database;
    described_table table;
    std::size_t place = 0;
    std::int64_t odbc_version = 2;
};

column column_of(const told_column& one) {
    const auto& all = one.table.about.columns;
    return one.place < all.size() ? all[one.place] : column{};
}

view_maker& table_name(view_maker& made, const std::string& database, const std::string& table) {
    made.text("TABLE_QUALIFIER", database).text("TABLE_OWNER", "dbo");
    return made.text("TABLE_NAME", table);
}

std::int64_t letters_of(const told_type& type) {
    if (type.bytes < 0) return 0;  // no limit
    return type.is_wide ? type.bytes / 2 : type.bytes;
}

bool has_length(const told_type& type) {
    return type.is_text || type.id == 165 || type.id == 173;
}

std::int64_t precision_of(const told_type& type, const odbc_type& odbc) {
    if (odbc.digits != 0) return odbc.digits;
    return has_length(type) ? letters_of(type) : type.precision;
}

// Of exact numbers their digits, a point and a sign.
std::int64_t length_of(const told_type& type, const odbc_type& odbc) {
    if (odbc.bytes != 0) return odbc.bytes;
    return is_exact(type) ? type.precision + 2 : std::max<std::int64_t>(type.bytes, 0);
}

void type_columns(view_maker& made, const told_column& one) {
    const column about = column_of(one);
    const auto* rule = rule_of(one.table.about, about.name);
    const auto type = told_type_of(about.type);
    const auto odbc = odbc_type_of(type.id);
    const value nobody;
    const bool three = one.odbc_version >= 3;
    const std::string name = type.name;
    const bool identity = rule != nullptr && rule->identity;
    made.short_number("DATA_TYPE", three ? odbc.code : odbc.older);
    made.text("TYPE_NAME", identity ? name + " identity" : name);
    made.number("PRECISION", precision_of(type, odbc)).number("LENGTH", length_of(type, odbc));
    made.short_number("SCALE", odbc.has_scale ? value{type.scale} : nobody);
    made.short_number("RADIX", type.is_number ? value{std::int64_t{10}} : nobody);
    made.short_number("NULLABLE", std::int64_t{about.nullable ? 1 : 0});
    made.plain("REMARKS", nobody, 254);
    made.text("COLUMN_DEF", text_or_null(definition_of(rule)), 4000);
    const bool moment = odbc.code == 93 || odbc.code == 91;
    made.short_number("SQL_DATA_TYPE", moment ? std::int64_t{9} : odbc.code);
    made.short_number("SQL_DATETIME_SUB",
                      moment ? value{std::int64_t{odbc.code == 93 ? 3 : 1}} : nobody);
    made.whole("CHAR_OCTET_LENGTH",
               has_length(type) ? value{std::max<std::int64_t>(type.bytes, 0)} : nobody);
    made.number("ORDINAL_POSITION", static_cast<std::int64_t>(one.place) + 1);
    made.plain("IS_NULLABLE", about.nullable ? "YES" : "NO", 254);
}

// What came with SQL Server 2008 stands before the last column.
void column_columns(view_maker& made, const told_column& one, bool newer) {
    const column about = column_of(one);
    const auto odbc = odbc_type_of(told_type_of(about.type).id);
    const auto* rule = rule_of(one.table.about, about.name);
    const value nobody;
    const value no{std::int64_t{0}};
    table_name(made, one.database, one.table.about.name).text("COLUMN_NAME", about.name);
    type_columns(made, one);
    if (newer) {
        made.short_number("SS_IS_SPARSE", no).short_number("SS_IS_COLUMN_SET", no);
        made.short_number("SS_IS_COMPUTED", no);
        made.short_number("SS_IS_IDENTITY",
                          std::int64_t{rule != nullptr && rule->identity ? 1 : 0});
        made.text("SS_UDT_CATALOG_NAME", nobody).text("SS_UDT_SCHEMA_NAME", nobody);
        made.text("SS_UDT_ASSEMBLY_TYPE_NAME", nobody, 4000);
        made.text("SS_XML_SCHEMACOLLECTION_CATALOG_NAME", nobody);
        made.text("SS_XML_SCHEMACOLLECTION_SCHEMA_NAME", nobody);
        made.text("SS_XML_SCHEMACOLLECTION_NAME", nobody);
    }
    made.small("SS_DATA_TYPE", about.nullable ? odbc.nullable : odbc.fixed);
}

void special_column(view_maker& made, const told_column& one) {
    const auto type = told_type_of(column_of(one).type);
    const auto odbc = odbc_type_of(type.id);
    const value nobody;
    const value in_session{std::int64_t{2}};
    const value no_pseudo_column{std::int64_t{1}};
    made.short_number("SCOPE", in_session).text("COLUMN_NAME", column_of(one).name);
    made.short_number("DATA_TYPE", one.odbc_version >= 3 ? odbc.code : odbc.older);
    made.text("TYPE_NAME", type.name).number("PRECISION", precision_of(type, odbc));
    made.number("LENGTH", length_of(type, odbc));
    made.short_number("SCALE", odbc.has_scale ? value{type.scale} : nobody);
    made.short_number("PSEUDO_COLUMN", no_pseudo_column);
}

struct told_key_column {
    std::string database;
    table_definition table;
    std::size_t at = 0;
};

shared_rows primary_keys(const std::string& database, const std::vector<described_table>& tables) {
    std::vector<told_key_column> all;
    for (const auto& one : tables)
        for (std::size_t i = 0; i < one.about.primary_key.size(); ++i)
            all.push_back({database, one.about, i});
    return each(all, [](view_maker& made, const told_key_column& one) {
        const auto& key = one.table.primary_key;
        table_name(made, one.database, one.table.name);
        made.text("COLUMN_NAME", one.at < key.size() ? key[one.at] : std::string{});
        made.short_number("KEY_SEQ", static_cast<std::int64_t>(one.at) + 1);
        made.text("PK_NAME", key_name_of(one.table));
    });
}

// Documented: 0 and 1 are CASCADE and NO ACTION, which sys.foreign_keys counts the other way.
std::int64_t rule_of(table_constraint::action what) {
    using action = table_constraint::action;
    if (what == action::none) return 1;
    return what == action::cascade ? 0 : static_cast<std::int64_t>(what);
}

shared_rows foreign_keys(const std::string& database, const std::vector<told_foreign_key>& all) {
    return each(all, [&](view_maker& made, const told_foreign_key& one) {
        const bool known = one.place < one.rule.columns.size();
        const auto column = known ? one.rule.columns[one.place].name : std::string{};
        const auto referenced = known ? one.rule.referenced_columns[one.place] : std::string{};
        made.text("PKTABLE_QUALIFIER", database).text("PKTABLE_OWNER", "dbo");
        made.text("PKTABLE_NAME", one.referenced.about.name).text("PKCOLUMN_NAME", referenced);
        made.text("FKTABLE_QUALIFIER", database).text("FKTABLE_OWNER", "dbo");
        made.text("FKTABLE_NAME", one.table.about.name).text("FKCOLUMN_NAME", column);
        made.short_number("KEY_SEQ", static_cast<std::int64_t>(one.place) + 1);
        made.short_number("UPDATE_RULE", rule_of(one.rule.on_update));
        made.short_number("DELETE_RULE", rule_of(one.rule.on_delete));
        made.text("FK_NAME", one.rule.name);
        made.text("PK_NAME", referenced_index(one.referenced.about, one.rule).name);
    });
}

// A row about the table itself, then one for each column of its indexes.
struct told_statistic {
    std::string database;
    std::string table;
    described_index index;  // without a name: the table
    std::int64_t rows = 0;
    std::size_t at = 0;
};

void statistic_columns(view_maker& made, const told_statistic& one) {
    const bool whole = one.index.name.empty();
    const value nobody;
    const auto part =
        one.at < one.index.columns.size() ? one.index.columns[one.at] : constraint_column{};
    const auto place = static_cast<std::int64_t>(one.at) + 1;
    const std::int64_t not_unique = one.index.is_unique ? 0 : 1;
    table_name(made, one.database, one.table);
    made.short_number("NON_UNIQUE", whole ? nobody : value{not_unique});
    made.text("INDEX_QUALIFIER", whole ? nobody : value{one.table});
    made.text("INDEX_NAME", whole ? nobody : value{one.index.name});
    made.short_number("TYPE", whole ? std::int64_t{0} : one.index.id == 1 ? 1 : 3);
    made.short_number("SEQ_IN_INDEX", whole ? nobody : value{place});
    made.text("COLUMN_NAME", whole ? nobody : value{part.name});
    made.fixed(
        "COLLATION", whole ? nobody : value{std::string{part.descending ? "D" : "A"}}, 1, false);
    made.number("CARDINALITY", one.rows).number("PAGES", one.rows / 100 + 1);
    made.plain("FILTER_CONDITION", nobody, 128);
}

class catalogue_call {
public:
    catalogue_call(engine& owner,
                   const session_state& session,
                   std::string database,
                   const std::vector<parameter>& all)
        : owner_(owner), session_(session), database_(std::move(database)), all_(all) {
        if (const auto* used = owner.database(database_)) database_ = used->about.name;
    }

    progress tables() {
        const std::string name = text("@table_name", 0);
        const std::string schema = text("@table_owner", 1);
        const std::string catalog = text("@table_qualifier", 2);
        const std::string type = text("@table_type", 3);
        // Documented with SQLTables: % beside texts that are empty, and not left out, lists what
        // there is of one kind.
        const bool no_name = was_given("@table_name", 0) && name.empty();
        const bool no_schema = was_given("@table_owner", 1) && schema.empty();
        const bool no_catalog = was_given("@table_qualifier", 2) && catalog.empty();
        if (no_name && no_schema && catalog == "%") return answered(owner_, session_, catalogs());
        if (no_name && no_catalog && schema == "%") return answered(owner_, session_, schemas());
        if (no_name && no_schema && no_catalog && type == "%")
            return answered(owner_, session_, kinds());
        return answered(owner_, session_, found_tables(name, schema, type));
    }

    progress columns(bool newer) {
        const auto* table = argument(all_, "@table_name", 0);
        if (table == nullptr) return failed_with(lacks_parameter("sp_columns", "@table_name"));
        const auto* version = argument(all_, "@ODBCVer", newer ? 5 : 4);
        const auto* wanted = argument(all_, "@column_name", 3);
        std::vector<told_column> found;
        for (const auto& one : fitting(text_of(table->contents), text("@table_owner", 1)))
            for (std::size_t i = 0; i < one.about.columns.size(); ++i) {
                const bool fits = wanted == nullptr || is_null(wanted->contents) ||
                                  like(one.about.columns[i].name, text_of(wanted->contents));
                if (fits) found.push_back({database_, one, i, odbc_version(version)});
            }
        return answered(
            owner_, session_, each(found, [newer](view_maker& made, const told_column& one) {
                column_columns(made, one, newer);
            }));
    }

    progress keys() {
        const auto* table = argument(all_, "@table_name", 0);
        if (table == nullptr) return failed_with(lacks_parameter("sp_pkeys", "@table_name"));
        return answered(owner_, session_, primary_keys(database_, named(text_of(table->contents))));
    }

    // The columns of its key name a row best; there are none that change with each change.
    progress special_columns() {
        const auto* table = argument(all_, "@table_name", 0);
        if (table == nullptr)
            return failed_with(lacks_parameter("sp_special_columns", "@table_name"));
        std::vector<told_column> found;
        const bool best = !same_name(text("@col_type", 3), "V");
        for (const auto& one : named(text_of(table->contents)))
            for (const auto place : best ? key_places(one.about) : std::vector<std::int64_t>{})
                found.push_back({database_,
                                 one,
                                 static_cast<std::size_t>(place - 1),
                                 odbc_version(argument(all_, "@ODBCVer", 6))});
        return answered(owner_, session_, each(found, special_column));
    }

    progress others() {
        const std::string referenced = text("@pktable_name", 0);
        const std::string table = text("@fktable_name", 3);
        auto all = foreign_key_columns_of(tables_seen(owner_, session_, database_));
        std::erase_if(all, [&](const auto& one) {
            return (referenced.empty() && table.empty()) ||
                   (!referenced.empty() && !same_name(one.referenced.about.name, referenced)) ||
                   (!table.empty() && !same_name(one.table.about.name, table));
        });
        return answered(owner_, session_, foreign_keys(database_, all));
    }

    progress statistics() {
        const auto* table = argument(all_, "@table_name", 0);
        if (table == nullptr) return failed_with(lacks_parameter("sp_statistics", "@table_name"));
        std::vector<told_statistic> all;
        for (const auto& one : named(text_of(table->contents))) {
            const auto rows = rows_in(owner_, database_, one.about.name);
            all.push_back({database_, one.about.name, {}, rows, 0});
            for (const auto& index : sorted_indexes(one.about))
                for (std::size_t i = 0; i < index.columns.size(); ++i)
                    if (!index.columns[i].included)
                        all.push_back({database_, one.about.name, index, rows, i});
        }
        return answered(owner_, session_, each(all, statistic_columns));
    }

private:
    // Unique ones first, then the clustered one; those that are asked for.
    std::vector<described_index> sorted_indexes(const table_definition& about) const {
        const bool unique_only = same_name(text("@is_unique", 4), "Y");
        const std::string wanted = text("@index_name", 3);
        auto all = indexes_of(about);
        std::erase_if(all, [&](const auto& one) {
            return one.name.empty() || (unique_only && !one.is_unique) ||
                   (!wanted.empty() && !like(one.name, wanted));
        });
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
            const auto order = [](const described_index& one) {
                return (one.is_unique ? 0 : 2) + (one.id == 1 ? 0 : 1);
            };
            return order(a) != order(b) ? order(a) < order(b) : compare_text(a.name, b.name) < 0;
        });
        return all;
    }

    std::string text(const char* name, std::size_t place) const {
        const auto* given = argument(all_, name, place);
        return given == nullptr || is_null(given->contents) ? std::string{}
                                                            : text_of(given->contents);
    }

    bool was_given(const char* name, std::size_t place) const {
        const auto* given = argument(all_, name, place);
        return given != nullptr && !is_null(given->contents);
    }

    static std::int64_t odbc_version(const parameter* given) {
        const auto* number =
            given == nullptr ? nullptr : std::get_if<std::int64_t>(&given->contents);
        return number == nullptr ? 2 : *number;
    }

    std::vector<described_table> fitting(const std::string& pattern,
                                         const std::string& schema) const {
        auto all = tables_seen(owner_, session_, database_);
        const bool here = schema.empty() || like("dbo", schema);
        const auto other = [&](const auto& one) {
            return !here || (!pattern.empty() && !like(one.about.name, pattern));
        };
        all.erase(std::remove_if(all.begin(), all.end(), other), all.end());
        return all;
    }

    std::vector<described_table> named(const std::string& name) const {
        auto all = tables_seen(owner_, session_, database_);
        const auto other = [&](const auto& one) { return !same_name(one.about.name, name); };
        all.erase(std::remove_if(all.begin(), all.end(), other), all.end());
        return all;
    }

    static void table_row(view_maker& made,
                          const value& catalog,
                          const value& schema,
                          const value& name,
                          const value& type) {
        const value nobody;
        made.begin();
        made.text("TABLE_QUALIFIER", catalog).text("TABLE_OWNER", schema);
        made.text("TABLE_NAME", name).plain("TABLE_TYPE", type, 32);
        made.plain("REMARKS", nobody, 254);
    }

    shared_rows catalogs() const {
        const value nobody;
        view_maker made;
        const auto known = owner_.view(session_, "databases");
        for (const auto& one : known->rows) table_row(made, one[0], nobody, nobody, nobody);
        return made.done();
    }

    shared_rows schemas() const {
        const value nobody;
        view_maker made;
        for (const char* one : {"dbo", "guest", "INFORMATION_SCHEMA", "sys"})
            table_row(made, nobody, value{std::string{one}}, nobody, nobody);
        return made.done();
    }

    shared_rows kinds() const {
        const value nobody;
        view_maker made;
        for (const char* one : {"SYSTEM TABLE", "TABLE", "VIEW"})
            table_row(made, nobody, nobody, nobody, value{std::string{one}});
        return made.done();
    }

    // Ordered by their types, as documented.
    shared_rows found_tables(const std::string& name,
                             const std::string& schema,
                             const std::string& type) const {
        const bool all_types = type.empty() || type == "%";
        const auto asked = [&](const char* word) {
            return all_types || type.find(std::string{"'"} + word + "'") != std::string::npos ||
                   type == word;
        };
        const value catalog{database_};
        const value nobody;
        view_maker made;
        bool any = false;
        if (asked("TABLE") && !(was_given("@table_name", 0) && name.empty()))
            for (const auto& one : fitting(name, schema)) {
                any = true;
                table_row(made,
                          catalog,
                          value{std::string{"dbo"}},
                          value{one.about.name},
                          value{std::string{"TABLE"}});
            }
        if (asked("VIEW") && (schema.empty() || like("sys", schema))) {
            const auto views = object_view(owner_, session_, "system_views");
            for (const auto& one : views->rows) {
                if (!name.empty() && !like(text_of(one[0]), name)) continue;
                any = true;
                table_row(
                    made, catalog, value{std::string{"sys"}}, one[0], value{std::string{"VIEW"}});
            }
        }
        if (any) return made.done();
        table_row(made, nobody, nobody, nobody, nobody);
        return made.without_rows();
    }

    engine& owner_;
    const session_state& session_;
    std::string database_;
    const std::vector<parameter>& all_;
};

}  // namespace

std::optional<progress> catalogue_procedure(engine& owner,
                                            const session_state& session,
                                            const std::string& name,
                                            const std::vector<parameter>& all) {
    const std::string known = lower(last_part(name));
    std::string database = session.database;
    const auto first = name.find('.');
    const auto last = name.rfind('.');
    if (first != std::string::npos && first != last && first != 0)
        database = last_part(name.substr(0, first));
    const bool columns = known == "sp_columns" || known == "sp_columns_90";
    const bool newer = known == "sp_columns_100" || known == "sp_columns_170";
    const bool statistics = known == "sp_statistics" || known == "sp_statistics_100";
    const bool special = known == "sp_special_columns" || known == "sp_special_columns_100";
    if (!special && known != "sp_tables" && known != "sp_pkeys" && known != "sp_fkeys" &&
        !columns && !newer && !statistics)
        return {};
    if (owner.database(database) != nullptr)
        if (auto refused = owner.refuses_access(session, database, false))
            return failed_with(*refused);
    catalogue_call call{owner, session, database, all};
    if (known == "sp_tables") return call.tables();
    if (known == "sp_pkeys") return call.keys();
    if (known == "sp_fkeys") return call.others();
    if (statistics) return call.statistics();
    if (special) return call.special_columns();
    return call.columns(newer);
}

}  // namespace ha::mssqlsim
