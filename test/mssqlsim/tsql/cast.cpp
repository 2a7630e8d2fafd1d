// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/cast.hpp"

#include "test/mssqlsim/tsql/conversion_errors.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/variant.hpp"
#include "test/mssqlsim/tsql/xml.hpp"

#include <optional>

namespace ha::mssqlsim {

sql_result<value> cast_value(const expression& what, const scope& here, environment& world) {
    auto from = evaluate(what.arguments.front(), here, world);
    if (!from) return from;
    if (what.text == xml_value_method && !is_null(*from)) from = value{text_of_xml(text_of(*from))};
    std::optional<std::int64_t> style;
    if (what.arguments.size() > 1) {
        const auto said = evaluate(what.arguments[1], here, world);
        if (!said) return said;
        const auto* number = std::get_if<std::int64_t>(&*said);
        if (is_null(*said)) return value{};
        if (number != nullptr) style = *number;
    }
    const bool holds_variant = is_variant(*from);
    const auto source_type = [&] {
        return holds_variant ? usual_type_of(*from) : describe(what.arguments.front(), here, world);
    };
    if (what.type.kind == column_kind::variant) return as_variant(*from, source_type());
    const bool may_have_style = holds_variant || std::holds_alternative<std::string>(*from) ||
                                std::holds_alternative<binary>(*from) || is_calendar(*from) ||
                                is_money(*from) || (style && std::holds_alternative<double>(*from));
    const column_type source = may_have_style ? source_type() : column_type{};
    if (holds_variant) from = out_of_variant(*from);
    if (const auto refused = refused_cast(*from, what.type)) return tl::unexpected(*refused);
    auto made = may_have_style ? convert_styled(*from, source, what.type, style)
                               : convert(*from, what.type);
    if (made) return made;
    if (what.text.starts_with("TRY_")) return value{};
    return tl::unexpected(with_source(made.error(), source));
}

}  // namespace ha::mssqlsim
