// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// A batch's text into its tree. Errors of a text that does not parse: 102, 105, 113, 156, 2715;
// none of its statements runs then.

namespace ha::mssqlsim {

using script = std::shared_ptr<const statements>;

// Without quoted identifiers "this" is a string (SET QUOTED_IDENTIFIER OFF).
sql_result<script> parse_script(std::string_view text, bool quoted_identifiers = true);

// "@p1 int, @p2 nvarchar(128)", as sp_executesql takes it.
sql_result<std::vector<variable_declaration>> parse_declarations(std::string_view text);

// Remembers what texts parsed to; forgets all of them when there are too many.
class script_cache {
public:
    sql_result<script> parse(const std::string& text, bool quoted_identifiers = true);

    // The same for a batch, whose tree may be that of its form: then with the form's numbers, which
    // are to be its variables.
    struct batch {
        script tree;
        std::vector<std::int64_t> numbers;
    };
    sql_result<batch> parse_batch(const std::string& text, bool quoted_identifiers = true);

private:
    static constexpr std::size_t remembered_max = 512;
    std::unordered_map<std::string, script> parsed_;
};

}  // namespace ha::mssqlsim
