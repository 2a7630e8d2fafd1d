// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

// Text of rows, and rows of text: STRING_AGG and STRING_SPLIT.

namespace ha::mssqlsim {

// STRING_AGG over the present group; 9829 when it is too long for its type.
sql_result<value> joined_text(const expression& what, const scope& here, environment& world);
column_type type_of_joined(const column_type& from);

// STRING_SPLIT with its arguments as they are beside a row; 214 for a separator that is none.
sql_result<row_set> split_text(const table_source& source, const scope& here, environment& world);
sql_result<row_set> columns_of_split(const table_source& source,
                                     const scope& here,
                                     environment& world);

}  // namespace ha::mssqlsim
