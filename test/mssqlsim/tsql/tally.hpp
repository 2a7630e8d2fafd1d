// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <cstdint>
#include <string>

// What an aggregate has counted so far.

namespace ha::mssqlsim {

struct tally {
    std::int64_t count = 0;
    value best;
    value sum;
};

sql_result<bool> count_in(tally& so_far, const std::string& function, value v);
sql_result<value> result_of(const tally& counted, const std::string& function);

// An aggregate over the present group; 147 where there is none.
sql_result<value> aggregate(const expression& what, const scope& here, environment& world);

}  // namespace ha::mssqlsim
