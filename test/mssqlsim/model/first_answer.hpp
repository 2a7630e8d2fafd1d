// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <vector>

// What a batch answers first, found without running it: its statements are looked at one after the
// other, of IF both branches.

namespace ha::mssqlsim {

struct first_answer {
    column_list columns;
    const select_query* query = nullptr;  // in the batch's tree
};

// Nothing: it answers no rows. 207, 208 and their like for what does not compile.
sql_result<std::optional<first_answer>> find_first_answer(
    engine& owner,
    session_state& session,
    const statements& all,
    const std::vector<variable_declaration>& declared);

// What sp_prepare tells of a text beside its handle. As it was measured of SQL Server 2025.
struct prepared_text {
    std::optional<result_rows> answer;  // its columns, where it is one SELECT
    std::uint16_t command = 0;          // of one statement, as if it had met no row
    std::int64_t status = 0;            // 8182: several SELECTs, of which it tells nothing
};
sql_result<prepared_text> look_at_prepared(engine& owner,
                                           session_state& session,
                                           const statements& all,
                                           const std::vector<variable_declaration>& declared);

}  // namespace ha::mssqlsim
