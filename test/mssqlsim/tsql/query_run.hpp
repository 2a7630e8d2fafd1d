// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <optional>
#include <string>
#include <vector>

// One run of a query, and what is remembered of it.

namespace ha::mssqlsim {

struct seen_table {
    const std::vector<std::string>* name = nullptr;  // in the query's tree
    shared_rows rows;
    std::vector<std::size_t> mentioned;  // columns that have a name which the query mentions
};

// What a query looked at and what came of it: as long as what it mentions looks the same, it comes
// to the same.
struct query_memory {
    std::vector<seen_table> tables;
    std::vector<column_list> sources;  // the columns of each
    row_set answer;
    bool repeatable = false;  // it looked at nothing but tables
};

struct query_outcome {
    row_set answer;  // as far as it came
    std::vector<column_list> sources;
    std::optional<sql_error> trouble;
    bool described = false;  // the trouble came after the columns of the answer were known
};

// `before`: what is remembered of the last run, if anything.
query_outcome run_once(const select_query& query,
                       const scope* outer,
                       environment& world,
                       const query_memory* before = nullptr);

// Parts of a UNION and its like; 205 when they have not as many columns.
// `untyped`: columns of the first that are NULL as written, and have the type of the others.
sql_result<column_list> united(const column_list& first,
                               const column_list& more,
                               const std::vector<bool>& untyped);
void combine(set_part::kind how, std::vector<row>& rows, std::vector<row> others);
void drop_duplicates(std::vector<row>& rows);
sql_error not_selected();  // 104

}  // namespace ha::mssqlsim
