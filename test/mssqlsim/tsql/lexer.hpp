// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <string>
#include <string_view>
#include <vector>

// T-SQL text into tokens.

namespace ha::mssqlsim {

struct token {
    enum class kind : std::uint8_t {
        word,    // identifier or keyword, as written
        name,    // [name] or "name", without its brackets
        string,  // '..' or N'..', without its quotes
        integer,
        decimal,
        hexadecimal,  // 0x..: text is the hexadecimal digits
        variable,     // with its @ or @@
        symbol,       // operators and punctuation
        end,
    } what = kind::end;
    std::string text;
    std::int32_t line = 1;
    bool national = false;  // of a string: N'..'
};

// The last token is `end`. Errors: 105 unclosed quotation mark, 113 unclosed comment, 102.
// Without quoted identifiers "this" is a string.
sql_result<std::vector<token>> tokens_of(std::string_view text, bool quoted_identifiers = true);

}  // namespace ha::mssqlsim
