// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/value.hpp"

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

}  // namespace ha::mssqlsim
