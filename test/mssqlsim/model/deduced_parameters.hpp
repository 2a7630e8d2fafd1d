// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <string>
#include <vector>

// The types of parameters that a batch uses and nobody declared, as they follow from what stands
// beside them: sp_describe_undeclared_parameters.

namespace ha::mssqlsim {

struct deduced_parameter {
    std::string name;
    column_type type;
    bool is_input = false;
    bool is_output = false;  // something is assigned to it
};

// In the order of the text. 11502, 11503, 11506, 11508 for those that cannot be told; what is wrong
// with the batch, followed by 11501, if it does not compile.
sql_result<std::vector<deduced_parameter>> deduced_parameters(
    engine& owner,
    session_state& session,
    const std::string& text,
    const std::vector<variable_declaration>& declared);

// Of a batch that is only looked at: what it says of itself, then that it was not analyzed.
sql_error not_analyzed(sql_error why);

}  // namespace ha::mssqlsim
