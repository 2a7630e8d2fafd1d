// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <optional>
#include <string>
#include <string_view>

// sql_variant: a value together with the type that it has.

namespace ha::mssqlsim {

// `type` is the value's own; a NULL stays one, and what is a sql_variant already stays as it is.
value as_variant(const value& what, const column_type& type);
// A sql_variant tells decimal from numeric, which are one type otherwise: by their lengths.
inline constexpr std::uint16_t no_length = 0;
inline constexpr std::uint16_t decimal_length = 1;

// The type that a value has if nothing else is known of it.
column_type usual_type_of(const value& what);
// What is in it; other values are as they are.
value out_of_variant(const value& what);
bool is_variant(const value& what);

// As text, for where it is stored; nothing when that is none.
std::string packed(const variant_value& what);
std::optional<variant_value> unpacked(std::string_view text);

// Families go before values, as documented. Neither is null, and one of them is a sql_variant.
sql_result<int> compare_variants(const value& left, const value& right);
// 257: it is converted by CAST and CONVERT alone.
sql_error no_implicit_conversion(const column_type& to);
// 257 beside text, 8117 beside anything else: there is no arithmetic of it.
sql_error no_arithmetic(const std::string& op, const value& left, const value& right);
// What an expression gives where the type is wanted: a sql_variant has the expression's own type.
sql_result<value> evaluated_for(const expression& what,
                                const scope& here,
                                environment& world,
                                const column_type& wanted);
// SQL_VARIANT_PROPERTY; NULL for a property that there is not.
value variant_property(const value& what, const std::string& property);

}  // namespace ha::mssqlsim
