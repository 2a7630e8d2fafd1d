// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/value.hpp"

#include <map>
#include <string>

// The variables of one scope of a session.

namespace ha::mssqlsim {

struct typed_value {
    column_type type;
    value contents;
};
using variable_scope = std::map<std::string, typed_value>;  // names in lower case

}  // namespace ha::mssqlsim
