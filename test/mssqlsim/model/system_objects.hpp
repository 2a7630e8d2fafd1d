// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>
#include <string_view>

// The engine's own views, functions and procedures as objects: by these tools find out what an
// engine has before they ask it. An object is told of if and only if the double has it.

namespace ha::mssqlsim {

// What stands at the end of a path: a.b.c, with or without brackets.
std::string last_part(std::string_view path);

// Of a path that names one, with sys or no schema; nothing when there is none.
std::optional<std::int64_t> system_object_id(const std::string& path);

// system_type_id of a column's type, and how many bytes a value has at most; -1: no limit.
std::int64_t system_type_id(const column_type& type);
std::int64_t bytes_of_type(const column_type& type);

// OBJECT_NAME, OBJECT_SCHEMA_NAME, COL_LENGTH, COLUMNPROPERTY, SCHEMA_ID and SCHEMA_NAME; nothing
// for another function.
std::optional<value> object_function(engine& owner,
                                     const session_state& session,
                                     const std::string& function,
                                     const row& arguments);

// sys.all_objects, system_objects, all_views, system_views, all_columns and system_columns; null
// for another name.
shared_rows object_view(engine& owner, const session_state& session, const std::string& name);

}  // namespace ha::mssqlsim
