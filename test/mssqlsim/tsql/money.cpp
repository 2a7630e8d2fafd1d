// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/money.hpp"

#include "test/mssqlsim/tsql/exact.hpp"

#include <array>

namespace ha::mssqlsim {

namespace {

constexpr std::uint8_t digits_behind_point = 4;

struct range {
    const char* least;
    const char* most;
    const char* name;
    std::int32_t bad_text;
    std::int32_t overflow_of_text;
};

const range& range_of(column_kind kind) {
    static constexpr range large{
        "-922337203685477.5808", "922337203685477.5807", "money", 235, 236};
    static constexpr range small{"-214748.3648", "214748.3647", "smallmoney", 293, 294};
    return kind == column_kind::smallmoney ? small : large;
}

sql_error batch_error(std::int32_t number, std::string text, std::uint8_t state = 1) {
    return sql_error{number, std::move(text), 16, state, sql_error::reach::batch, 0, {}};
}

sql_error no_money(const range& wanted) {
    const bool small = wanted.bad_text == 293;
    return batch_error(wanted.bad_text,
                       std::string{small ? "Cannot convert char value to smallmoney."
                                         : "Cannot convert a char value to money."} +
                           " The char value has incorrect syntax.");
}

sql_error overflow(const value& from, const range& wanted) {
    if (std::holds_alternative<std::string>(from))
        return batch_error(wanted.overflow_of_text,
                           std::string{"The conversion from char data type to "} + wanted.name +
                               " resulted in a " + wanted.name + " overflow error.");
    const char* kind = "numeric";
    if (std::holds_alternative<std::int64_t>(from)) kind = "int";
    if (std::holds_alternative<double>(from)) kind = "float";
    if (is_money(from)) kind = "money";
    return batch_error(8115,
                       std::string{"Arithmetic overflow error converting "} + kind +
                           " to data type " + wanted.name + ".",
                       4);
}

// Those of the page's table that keyboards have.
bool take_symbol(std::string_view& text) {
    static constexpr std::array<std::string_view, 4> symbols{
        "$", "\xC2\xA3", "\xC2\xA5", "\xE2\x82\xAC"};
    for (const auto one : symbols)
        if (text.starts_with(one)) {
            text.remove_prefix(one.size());
            return true;
        }
    return false;
}

// The number without blanks, commas and a symbol; what is none is left as it is.
std::string plain_digits(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    std::string made;
    bool symbol = take_symbol(text);
    if (text.starts_with('-') || text.starts_with('+')) {
        made = text.substr(0, 1);
        text.remove_prefix(1);
        symbol = symbol || take_symbol(text);
    }
    while (symbol && text.starts_with(' ')) text.remove_prefix(1);
    const auto point = text.find('.');
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] != ',' || at > point) made += text[at];
    return made;
}

}  // namespace

bool is_money(column_kind kind) {
    return kind == column_kind::money || kind == column_kind::smallmoney;
}

bool is_money(const value& what) {
    const auto* exact = std::get_if<exact_number>(&what);
    return exact != nullptr && exact->is_money;
}

sql_result<value> to_money(const value& from, const column_type& to) {
    const auto& wanted = range_of(to.kind);
    const column_type all{column_kind::numeric, 0, 38, digits_behind_point};
    const auto* text = std::get_if<std::string>(&from);
    std::string digits;
    if (text != nullptr) {
        digits = plain_digits(*text);
        if (digits.empty()) digits = "0";
    }
    auto made = to_numeric(text == nullptr ? from : value{digits}, all);
    if (!made)
        return tl::unexpected(text != nullptr && made.error().number == 8114
                                  ? no_money(wanted)
                                  : overflow(from, wanted));
    const auto low = exact_compare(*made, value{exact_number{wanted.least}});
    const auto high = exact_compare(*made, value{exact_number{wanted.most}});
    if (!low || !high || *low < 0 || *high > 0) return tl::unexpected(overflow(from, wanted));
    return value{exact_number{std::get<exact_number>(*made).text, true}};
}

std::string money_text(const exact_number& money, std::int64_t style) {
    constexpr std::int64_t with_commas = 1;
    if (style == 2 || style == 126) return money.text;
    const column_type cents{column_kind::numeric, 0, 38, 2};
    const auto rounded = to_numeric(value{money}, cents);
    std::string made = rounded ? std::get<exact_number>(*rounded).text : money.text;
    if (style != with_commas) return made;
    const std::size_t first = made.starts_with('-') ? 1 : 0;
    std::string grouped = made.substr(0, first);
    const auto point = made.find('.');
    for (std::size_t at = first; at < made.size(); ++at) {
        if (at > first && at < point && (point - at) % 3 == 0) grouped += ',';
        grouped += made[at];
    }
    return grouped;
}

sql_result<value> money_arithmetic(char op, const value& left, const value& right) {
    const auto made = exact_arithmetic(op, left, right, digits_behind_point);
    if (!made) return made;
    return to_money(*made, {column_kind::money, 8, 19, digits_behind_point});
}

}  // namespace ha::mssqlsim
