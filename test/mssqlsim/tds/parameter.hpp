// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/tds/bytes.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <string>

// Parameters of remote procedure calls ([MS-TDS] 2.2.6.6), as clients send them.

namespace ha::mssqlsim::tds {

struct parameter {
    std::string name;           // with its @; empty when it is given by position
    bool by_reference = false;  // the caller wants it back
    bool is_default = false;
    column_type type;  // the nearest that columns know
    value what;
    bool operator==(const parameter&) const = default;
};

// Reads one parameter. Times come as text (see tsql/value.hpp), varchar is taken for code page
// 1252. Errors: malformed, also for types that the double does not know (it cannot know their
// length).
result<parameter> read_parameter(byte_reader& in);

}  // namespace ha::mssqlsim::tds
