// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <optional>

// Where a name in an expression leads to.

namespace ha::mssqlsim {

struct place {
    const bound_source* source = nullptr;
    std::size_t column = 0;
};

// In the query's own sources, then in those around it; 207 or 4104 when it is nowhere.
sql_result<place> find_column(const expression& what, const scope& here);

// Nothing: all names of an expression lead somewhere, but for those within its queries. They are
// looked for whether there are rows or not.
std::optional<sql_error> refuses_names(const expression& what, const scope& here);

// The column that an expression makes of an answer; one that is a column has its name.
column described_column(const expression& what, const scope& here, environment& world);
column described_column(const bound_source& source, std::size_t place);

// NULL as it is written: of no type.
bool is_null_literal(const expression& what);

}  // namespace ha::mssqlsim
