// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/column_kinds.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/string_tables.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

sql_error refused(std::int32_t number, std::string text, std::uint8_t state = 1) {
    return {number, std::move(text), 16, state, sql_error::reach::scope, 0, {}};
}

bool is_constant(const expression& what) {
    if (what.what == expression::kind::literal) return true;
    const bool made = what.what == expression::kind::negate ||
                      what.what == expression::kind::cast ||
                      what.what == expression::kind::operation;
    return made && std::all_of(what.arguments.begin(), what.arguments.end(), is_constant);
}

sql_error wrong_type(column_kind kind, std::size_t argument) {
    return refused(8116,
                   "Argument data type " + name_of_kind(kind) + " is invalid for argument " +
                       std::to_string(argument) + " of string_split function.");
}

// Whether its rows have their places: (1) not if nobody said; (2) 8748 for what is no constant;
// (3) 8116 for another type than int or bit; (4) not for NULL; (5) as 0 or 1 says, and 4199 for
// any other.
sql_result<bool> has_ordinals(const table_source& source, const scope& here, environment& world) {
    if (source.arguments.size() < 3) return false;
    const expression& said = source.arguments[2];
    if (!is_constant(said))
        return tl::unexpected(
            refused(8748,
                    "The enable_ordinal argument for string_split only supports constant values "
                    "(not variables or columns)."));
    const auto kind = describe(said, here, world).kind;
    const auto asked = evaluate(said, here, world);
    if (!asked) return tl::unexpected(asked.error());
    if (is_null(*asked)) return false;
    if (kind != column_kind::integer && kind != column_kind::bit)
        return tl::unexpected(wrong_type(kind, 3));
    const std::string number = text_of(*asked);
    if (number == "0" || number == "1") return number == "1";
    return tl::unexpected(refused(
        4199, "Argument value " + number + " is invalid for argument 3 of string_split function."));
}

bool is_one_letter(std::string_view text) {
    const auto letters = std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    return letters == 1;
}

}  // namespace

// As long as what is split; letters of Unicode if either is text of such. 313, 8144: too few
// arguments and too many; 8116: what is split, or splits, is no text.
sql_result<row_set> columns_of_split(const table_source& source,
                                     const scope& here,
                                     environment& world) {
    if (source.arguments.size() < 2)
        return tl::unexpected(
            refused(313,
                    "An insufficient number of arguments were supplied for the procedure or "
                    "function STRING_SPLIT.",
                    3));
    if (source.arguments.size() > 3)
        return tl::unexpected(refused(
            8144, "Procedure or function STRING_SPLIT has too many arguments specified.", 3));
    for (std::size_t argument = 0; argument < 2; ++argument) {
        const auto kind = describe(source.arguments[argument], here, world).kind;
        if (!is_text_kind(kind)) return tl::unexpected(wrong_type(kind, argument + 1));
    }
    const auto ordinals = has_ordinals(source, here, world);
    if (!ordinals) return tl::unexpected(ordinals.error());
    column_type type = describe(source.arguments[0], here, world);
    const auto separator = describe(source.arguments[1], here, world).kind;
    const bool wide = separator == column_kind::nvarchar || separator == column_kind::nchar;
    if (type.kind == column_kind::character) type.kind = column_kind::varchar;
    if (type.kind == column_kind::nchar) type.kind = column_kind::nvarchar;
    if (wide && type.kind == column_kind::varchar) type.kind = column_kind::nvarchar;
    if (wide && type.kind == column_kind::varchar_max) type.kind = column_kind::nvarchar_max;
    std::vector<column> made{{"value", type, true}};
    if (*ordinals) made.push_back({"ordinal", {column_kind::bigint, 8, 25, 0}, true});
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
        if (made->columns.size() > 1) next.emplace_back(++ordinal);
        made->rows.push_back(std::move(next));
        begin = end + separator.size();
    }
    return made;
}

}  // namespace ha::mssqlsim
