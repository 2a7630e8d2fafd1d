// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/form.hpp"

#include <algorithm>
#include <charconv>

namespace ha::mssqlsim {

namespace {

constexpr std::string_view variable_prefix = "@#number";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// What a word, a variable or a fraction consists of: digits beside it are a part of it.
bool sticks(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           static_cast<unsigned char>(c) >= 0x80 || c == '_' || c == '#' || c == '$' || c == '@' ||
           c == '.';
}

// Just behind what begins there: a quotation, a word or number, or one character. A quotation mark
// that is doubled ends one quotation and begins the next, which comes to the same.
std::size_t end_of_piece(std::string_view text, std::size_t begin) {
    const char first = text[begin];
    if (first == '\'' || first == '"' || first == '[') {
        const auto close = text.find(first == '[' ? ']' : first, begin + 1);
        return close == std::string_view::npos ? text.size() : close + 1;
    }
    auto end = begin + 1;
    if (sticks(first))
        while (end < text.size() && sticks(text[end])) ++end;
    return end;
}

bool is_long_number(std::string_view piece) {
    return piece.size() >= 6 && piece.size() <= 18 &&
           std::all_of(piece.begin(), piece.end(), is_digit);
}

}  // namespace

std::string number_variable(std::size_t index) {
    return std::string{variable_prefix} + std::to_string(index);
}

bool is_number_variable(std::string_view name) {
    return name.starts_with(variable_prefix);
}

batch_form form_of(std::string_view text) {
    batch_form made;
    const bool strange = text.find("--") != text.npos || text.find("/*") != text.npos ||
                         text.find(variable_prefix) != text.npos;
    std::size_t taken = 0;
    for (std::size_t at = 0; at < text.size() && !strange;) {
        const auto end = end_of_piece(text, at);
        const auto piece = text.substr(at, end - at);
        if (is_long_number(piece)) {
            made.text += text.substr(taken, at - taken);
            made.text += number_variable(made.numbers.size());
            std::from_chars(piece.data(), piece.data() + piece.size(), made.numbers.emplace_back());
            taken = end;
        }
        at = end;
    }
    made.text += text.substr(taken);
    return made;
}

}  // namespace ha::mssqlsim
