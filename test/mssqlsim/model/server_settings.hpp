// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

// Options of the server as sp_configure changes and sys.configurations shows them. Those that the
// double acts on are here; of the others it says that it has them not.

namespace ha::mssqlsim {

constexpr std::string_view contained_authentication = "contained database authentication";

// sys.configurations. assumption: nobody needs sql_variant; its columns of that type are int.
shared_rows configurations(const engine& owner);

}  // namespace ha::mssqlsim
