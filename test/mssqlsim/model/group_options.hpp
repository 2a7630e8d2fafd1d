// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/configuration.hpp"
#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

#include <optional>
#include <string>

// The options of CREATE and ALTER AVAILABILITY GROUP, put into a configuration: sqlserver.md 6.

namespace ha::mssqlsim {

// One WITH or SET option that is part of the configuration. 47115-like and 102 for what there is
// not.
std::optional<sql_error> set_group_option(group_configuration& group,
                                          const definition_option& given);

// A replica's options; `creates`: those that CREATE and ADD REPLICA demand must be there.
std::optional<sql_error> set_replica_options(const group_configuration& group,
                                             group_replica& replica,
                                             const definition_option& given,
                                             bool creates);

// 35235.
sql_error named_twice(const std::string& replica);

// What must hold of the whole: 35212, 35248, 41199, 47107, 47108.
std::optional<sql_error> check_group(const group_configuration& group);

}  // namespace ha::mssqlsim
