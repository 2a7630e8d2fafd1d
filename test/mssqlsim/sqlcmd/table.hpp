// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/sqlcmd/options.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// A result set as text: names, a line of hyphens, rows.

namespace ha::sqlcmd {

struct column {
    std::string name;
    std::size_t width = 0;  // characters that its values take at most; 0: without limit
    bool number = false;    // stands at the right
};

class table {
public:
    // As the options have it: trimmed, separated, wrapped, headed.
    table(std::vector<column> columns, const options& how);

    // Lines with their ends. No value: NULL.
    std::string header() const;
    // With the names again before it, where the options ask for that.
    std::string row(const std::vector<std::optional<std::string>>& values);

private:
    std::string line(const std::vector<std::string>& cells, bool numbers_right) const;

    std::vector<column> columns_;
    const options& how_;
    int rows_ = 0;
};

}  // namespace ha::sqlcmd
