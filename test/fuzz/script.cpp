// SPDX-License-Identifier: MIT
#include "test/fuzz/target.hpp"
#include "test/mssqlsim/tsql/parser.hpp"

#include <string>

// A batch's text. What a batch's form makes of it (its numbers as variables) is no other batch:
// both parse, or neither.

using ha::fuzz::must;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(ha::fuzz::text_of(data, size));
    auto plain = ha::mssqlsim::parse_script(text);
    ha::mssqlsim::script_cache fresh;
    auto by_form = fresh.parse_batch(text);
    must(plain.has_value() == by_form.has_value(), "a batch parses as its form does");
    if (!plain) must(plain.error().number > 0 && !plain.error().text.empty(), "an error says why");
    auto declared = ha::mssqlsim::parse_declarations(text);
    if (!declared) must(declared.error().number > 0, "an error has a number");
    return 0;
}
