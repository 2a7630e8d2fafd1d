// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <string>

// Catalog views that each database has of its own: its principals, their permissions, its tables.

namespace ha::mssqlsim {

// Nothing: it is no such view.
shared_rows database_catalog(const engine& owner,
                             const session_state& session,
                             const std::string& database,
                             const std::string& view);

// Of a user's table; 0: there is none.
std::int64_t object_id_of(const engine& owner,
                          const std::string& database,
                          const std::string& table);

}  // namespace ha::mssqlsim
