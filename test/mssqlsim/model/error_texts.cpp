// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/error_texts.hpp"

#include "test/mssqlsim/model/error_tables.hpp"

#include <algorithm>
#include <stdexcept>

namespace ha::mssqlsim {

namespace {

const error_text& text_numbered(std::int32_t number) {
    for (const auto table :
         {texts_of_server(), texts_of_definition(), texts_of_role(), texts_of_kind()}) {
        const auto found = std::find_if(
            table.begin(), table.end(), [&](const auto& one) { return one.number == number; });
        if (found != table.end()) return *found;
    }
    throw std::logic_error("no words for error " + std::to_string(number));
}

}  // namespace

sql_error numbered(std::int32_t number, std::initializer_list<std::string> words) {
    const error_text& found = text_numbered(number);
    std::string text = found.text;
    std::size_t at = 0;
    for (const auto& word : words) {
        at = text.find("{}", at);
        if (at == std::string::npos) throw std::logic_error("too many words for an error");
        text.replace(at, 2, word);
        at += word.size();
    }
    return sql_failure(number, std::move(text), found.severity).value();
}

}  // namespace ha::mssqlsim
