// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>

// Functions that tell who somebody is, and what he may do in the session's database.

namespace ha::mssqlsim {

// Nothing: it is none of them.
std::optional<value> user_function(const engine& owner,
                                   const session_state& session,
                                   const std::string& function,
                                   const row& arguments);

}  // namespace ha::mssqlsim
