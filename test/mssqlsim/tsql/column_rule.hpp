// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

// What gives a column its value where a statement gives none.

namespace ha::mssqlsim {

struct column_rule {
    std::string column;
    std::string default_text;  // an expression; empty: there is none
    bool identity = false;
    std::int64_t seed = 1;
    std::int64_t increment = 1;
    std::string default_name = {};  // empty: the engine names it
    bool operator==(const column_rule&) const = default;
};

}  // namespace ha::mssqlsim
