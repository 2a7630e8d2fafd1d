// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/describe_procedures.hpp"

#include "test/mssqlsim/model/deduced_parameters.hpp"
#include "test/mssqlsim/model/first_answer.hpp"
#include "test/mssqlsim/model/procedure_answers.hpp"
#include "test/mssqlsim/model/system_objects.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

#include <algorithm>
#include <functional>

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t default_collation = 0x00D00409;  // as COLMETADATA has it
constexpr std::int64_t default_sort_id = 52;

bool has_bytes(std::int64_t id) {
    return id == 165 || id == 167 || id == 173 || id == 175 || id == 231 || id == 239;
}

// "nvarchar(50)", "decimal(10,2)", "datetime2(7)": as one would declare it.
std::string written(const column_type& type) {
    const auto told = told_type_of(type);
    std::string made = told.name;
    if (has_bytes(told.id)) {
        const auto letters = told.is_wide ? told.bytes / 2 : told.bytes;
        made += told.bytes < 0 ? "(max)" : "(" + std::to_string(letters) + ")";
    } else if (told.id == 106 || told.id == 108) {
        made += "(" + std::to_string(told.precision) + "," + std::to_string(told.scale) + ")";
    } else if (told.id >= 41 && told.id <= 43) {
        made += "(" + std::to_string(told.scale) + ")";
    }
    return made;
}

// The type's identifier on the wire ([MS-TDS] 2.2.5.4): one more form where it may be NULL.
std::int64_t wire_id(std::int64_t id, bool nullable) {
    if (!nullable) return id;
    switch (id) {
        case 48:
        case 52:
        case 56:
        case 127: return 38;
        case 59:
        case 62: return 109;
        case 60:
        case 122: return 110;
        case 58:
        case 61: return 111;
        default: return id;
    }
}

std::int64_t wire_length(const told_type& told) {
    constexpr std::int64_t unlimited = 65535;
    if (told.id == 106 || told.id == 108) return 17;
    return told.bytes < 0 ? unlimited : told.bytes;
}

// What both procedures tell of a type; `prefix` stands before each name.
void put_type(view_maker& made, const std::string& prefix, const column_type& type) {
    const auto told = told_type_of(type);
    const auto name = [&](const char* what) { return prefix + what; };
    made.whole(name("system_type_id").c_str(), told.id);
    made.text(name("system_type_name").c_str(), value{written(type)}, 256);
    made.short_number(name("max_length").c_str(), told.bytes);
    made.small(name("precision").c_str(), told.precision);
    made.small(name("scale").c_str(), told.scale);
}

void put_user_type(view_maker& made, const std::string& prefix) {
    const value nobody;
    made.whole((prefix + "user_type_id").c_str(), nobody);
    for (const char* one : {"user_type_database", "user_type_schema", "user_type_name"})
        made.text((prefix + one).c_str(), nobody);
    made.text((prefix + "assembly_qualified_type_name").c_str(), nobody, 4000);
    made.whole((prefix + "xml_collection_id").c_str(), nobody);
    for (const char* one :
         {"xml_collection_database", "xml_collection_schema", "xml_collection_name"})
        made.text((prefix + one).c_str(), nobody);
    for (const char* one : {"is_xml_document", "is_case_sensitive", "is_fixed_length_clr_type"})
        made.bit((prefix + one).c_str(), false);
}

struct told_parameter {
    std::int64_t place = 1;
    deduced_parameter what;
};

void parameter_columns(view_maker& made, const told_parameter& one) {
    const auto told = told_type_of(one.what.type);
    const value nobody;
    made.number("parameter_ordinal", one.place).text("name", one.what.name);
    put_type(made, "suggested_", one.what.type);
    put_user_type(made, "suggested_");
    made.bit("suggested_is_input", one.what.is_input);
    made.bit("suggested_is_output", one.what.is_output).text("formal_parameter_name", nobody);
    made.number("suggested_tds_type_id", wire_id(told.id, true));
    made.number("suggested_tds_length", wire_length(told));
}

// A column of the first result set, with the text's ORDER BY.
struct told_result {
    std::int64_t place = 1;
    column what;
    std::int64_t order_length = 0;
    std::int64_t order_place = 0;  // 0: the rows are not in its order
    bool descending = false;
};

void result_columns(view_maker& made, const told_result& one) {
    const auto told = told_type_of(one.what.type);
    const value nobody;
    const bool fixed = !one.what.nullable;
    made.bit("is_hidden", false).number("column_ordinal", one.place);
    made.text("name", text_or_null(one.what.name)).bit("is_nullable", one.what.nullable);
    put_type(made, "", one.what.type);
    const value collation{std::string{"SQL_Latin1_General_CP1_CI_AS"}};
    made.text("collation_name", told.is_text ? collation : nobody);
    put_user_type(made, "");
    for (const char* name :
         {"source_server", "source_database", "source_schema", "source_table", "source_column"})
        made.text(name, nobody);
    made.bit("is_identity_column", one.what.identity);
    made.put("is_part_of_unique_key", {column_kind::bit, 1, 25, 0}, nobody);
    const bool of_table = one.what.origin == column_origin::table;
    made.bit("is_updateable", of_table && !one.what.identity);
    made.bit("is_computed_column", false).bit("is_sparse_column_set", false);
    const bool ordered = one.order_place != 0;
    made.short_number("ordinal_in_order_by_list", ordered ? value{one.order_place} : nobody);
    made.short_number("order_by_list_length",
                      one.order_length != 0 ? value{one.order_length} : nobody);
    made.short_number("order_by_is_descending",
                      ordered ? value{std::int64_t{one.descending ? 1 : 0}} : nobody);
    made.number("tds_type_id", wire_id(told.id, !fixed));
    made.number("tds_length", wire_length(told));
    made.whole("tds_collation_id", told.is_text ? value{default_collation} : nobody);
    made.small("tds_collation_sort_id", told.is_text ? value{default_sort_id} : nobody);
}

sql_error no_path_left(sql_error why) {
    return followed_by(
        std::move(why),
        error_of(11529,
                 "The metadata could not be determined because every code path results in an "
                 "error; see previous errors for some of these."));
}

// The columns of an answer with their places in ORDER BY, as far as it names them.
std::vector<told_result> told_results(const column_list& columns, const select_query* query) {
    std::vector<told_result> made;
    for (const auto& one : columns) {
        told_result next;
        next.place = static_cast<std::int64_t>(made.size()) + 1;
        next.what = one;
        made.push_back(std::move(next));
    }
    if (query == nullptr) return made;
    std::int64_t place = 0;
    for (const auto& order : query->order_by) {
        ++place;
        const auto* ordinal = std::get_if<std::int64_t>(&order.what.constant);
        for (auto& one : made) {
            one.order_length = static_cast<std::int64_t>(query->order_by.size());
            const bool named = order.what.what == expression::kind::name &&
                               same_name(order.what.parts.back(), one.what.name);
            const bool numbered = ordinal != nullptr && *ordinal == one.place;
            if (one.order_place != 0 || (!named && !numbered)) continue;
            one.order_place = place;
            one.descending = order.descending;
        }
    }
    return made;
}

class describe_call {
public:
    describe_call(engine& owner,
                  session_state& session,
                  std::string name,
                  const std::vector<parameter>& all)
        : owner_(owner), session_(session), name_(std::move(name)), all_(all) {}

    progress parameters() {
        const auto declared = declarations();
        if (!declared) return refused(declared.error());
        const auto text = batch();
        if (!text) return refused(text.error());
        const auto found = deduced_parameters(owner_, session_, *text, *declared);
        if (!found) return refused(found.error());
        std::vector<told_parameter> told;
        for (const auto& one : *found) {
            told_parameter next;
            next.place = static_cast<std::int64_t>(told.size()) + 1;
            next.what = one;
            told.push_back(std::move(next));
        }
        return answered(owner_, session_, each(told, parameter_columns));
    }

    progress first_result() {
        const auto declared = declarations();
        if (!declared) return refused(declared.error());
        const auto text = batch();
        if (!text) return refused(text.error());
        if (auto bad = bad_mode()) return refused(*bad);
        const auto parsed = parse_script(*text, session_.settings.quoted_identifiers);
        if (!parsed) return refused(not_analyzed(parsed.error()));
        const auto found = find_first_answer(owner_, session_, **parsed, *declared);
        if (!found) return refused(of_batch(found.error()));
        const auto told =
            *found ? told_results((*found)->columns, (*found)->query) : std::vector<told_result>{};
        return answered(owner_, session_, each(told, result_columns));
    }

private:
    sql_result<std::string> batch() const {
        const auto* given = argument(all_, "@tsql", 0);
        if (given == nullptr) return tl::unexpected(lacks_parameter(name_, "@tsql"));
        return is_null(given->contents) ? std::string{} : text_of(given->contents);
    }

    sql_result<std::vector<variable_declaration>> declarations() const {
        const auto* given = argument(all_, "@params", 1);
        if (given == nullptr || is_null(given->contents) || text_of(given->contents).empty())
            return std::vector<variable_declaration>{};
        return parse_declarations(text_of(given->contents));
    }

    std::optional<sql_error> bad_mode() const {
        const auto* given = argument(all_, "@browse_information_mode", 2);
        if (given == nullptr || is_null(given->contents)) return {};
        const auto mode = text_of(given->contents);
        if (mode == "0" || mode == "1" || mode == "2") return {};
        return error_of(11552,
                        "The @browse_information_mode parameter expects a tinyint with values 0, "
                        "1 or 2.");
    }

    // A name that leads nowhere is found when a path is looked at; a column when it is compiled.
    static sql_error of_batch(sql_error why) {
        constexpr std::int32_t no_object = 208;
        if (why.number == 40510 || why.number == 40517) return why;
        return why.number == no_object ? no_path_left(std::move(why))
                                       : not_analyzed(std::move(why));
    }

    static progress refused(sql_error why) {
        return failed_with(reaching(std::move(why), sql_error::reach::statement));
    }

    engine& owner_;
    session_state& session_;
    std::string name_;
    const std::vector<parameter>& all_;
};

}  // namespace

std::optional<progress> describe_procedure(engine& owner,
                                           session_state& session,
                                           const std::string& name,
                                           const std::vector<parameter>& all) {
    const std::string known = lower(last_part(name));
    describe_call call{owner, session, known, all};
    if (known == "sp_describe_undeclared_parameters") return call.parameters();
    if (known == "sp_describe_first_result_set") return call.first_result();
    return {};
}

}  // namespace ha::mssqlsim
