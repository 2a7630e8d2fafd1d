// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>
#include <vector>

// sp_describe_undeclared_parameters and sp_describe_first_result_set, by which drivers find out
// what a text takes and answers before it runs; nothing for another name.

namespace ha::mssqlsim {

std::optional<progress> describe_procedure(engine& owner,
                                           session_state& session,
                                           const std::string& name,
                                           const std::vector<parameter>& parameters);

}  // namespace ha::mssqlsim
