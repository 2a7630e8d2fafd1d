// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/string_tables.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

bool has_ordinals(const table_source& source) {
    if (source.arguments.size() < 3) return false;
    const auto* said = std::get_if<std::int64_t>(&source.arguments[2].constant);
    return said != nullptr && *said == 1;
}

bool is_one_letter(std::string_view text) {
    const auto letters = std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    return letters == 1;
}

}  // namespace

// As long as what is split; letters of Unicode if either is text of such.
sql_result<row_set> columns_of_split(const table_source& source,
                                     const scope& here,
                                     environment& world) {
    if (source.arguments.size() < 2 || source.arguments.size() > 3)
        return tl::unexpected(sql_error{189,
                                        "The STRING_SPLIT function requires 2 to 3 arguments.",
                                        15,
                                        1,
                                        sql_error::reach::scope,
                                        0,
                                        {}});
    const bool constant =
        source.arguments.size() < 3 || source.arguments[2].what == expression::kind::literal;
    if (!constant)
        return tl::unexpected(sql_error{
            8748,
            "The enable_ordinal argument for STRING_SPLIT only supports constant values (not "
            "variables or columns).",
            16,
            1,
            sql_error::reach::scope,
            0,
            {}});
    column_type type = describe(source.arguments[0], here, world);
    const auto separator = describe(source.arguments[1], here, world).kind;
    const bool wide = separator == column_kind::nvarchar || separator == column_kind::nchar;
    if (type.kind == column_kind::character) type.kind = column_kind::varchar;
    if (type.kind == column_kind::nchar) type.kind = column_kind::nvarchar;
    if (wide && type.kind == column_kind::varchar) type.kind = column_kind::nvarchar;
    if (wide && type.kind == column_kind::varchar_max) type.kind = column_kind::nvarchar_max;
    std::vector<column> made{{"value", type, true}};
    if (has_ordinals(source)) made.push_back({"ordinal", {column_kind::bigint, 8, 25, 0}, true});
    return row_set{column_list{std::move(made)}, {}};
}

sql_result<row_set> split_text(const table_source& source, const scope& here, environment& world) {
    auto made = columns_of_split(source, here, world);
    if (!made) return made;
    const auto text = evaluate(source.arguments[0], here, world);
    if (!text) return tl::unexpected(text.error());
    const auto mark = evaluate(source.arguments[1], here, world);
    if (!mark) return tl::unexpected(mark.error());
    const std::string separator = is_null(*mark) ? std::string{} : text_of(*mark);
    if (!is_one_letter(separator))
        return sql_failure(
            214, "Procedure expects parameter 'separator' of type 'nchar(1)/nvarchar(1)'.", 16, 11);
    if (is_null(*text)) return made;
    const std::string whole = text_of(*text);
    std::int64_t ordinal = 0;
    for (std::size_t begin = 0; begin <= whole.size();) {
        const auto end = std::min(whole.find(separator, begin), whole.size());
        row next{value{whole.substr(begin, end - begin)}};
        if (has_ordinals(source)) next.emplace_back(++ordinal);
        made->rows.push_back(std::move(next));
        begin = end + separator.size();
    }
    return made;
}

}  // namespace ha::mssqlsim
