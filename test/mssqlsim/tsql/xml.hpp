// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <optional>
#include <string>
#include <string_view>

// FOR XML PATH, as far as rows become text by it, and what is text again of such XML.

namespace ha::mssqlsim {

// All rows become one, of one column; none if there is none. 40510 for what is not modelled.
std::optional<sql_error> write_xml(const xml_form& how, row_set& answer);

// The text of XML: without its tags, each mark that stands for a letter as that letter.
std::string text_of_xml(std::string_view xml);

constexpr std::string_view xml_value_method = "XML VALUE";  // .value('.', type): a cast

}  // namespace ha::mssqlsim
