// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/decimal.hpp"

#include <algorithm>

namespace ha::mssqlsim::tds {

namespace {

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string without_leading_zeros(std::string digits) {
    auto first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
}

}  // namespace

std::optional<decimal> parse_decimal(std::string_view text, unsigned scale) {
    decimal out;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        out.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    auto point = text.find('.');
    auto whole = text.substr(0, point);
    auto fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    if (whole.empty() && fraction.empty()) return {};
    if (!all_digits(whole) || !all_digits(fraction)) return {};
    std::string kept(fraction.substr(0, scale));
    kept.resize(scale, '0');
    out.digits = without_leading_zeros(std::string(whole) + kept);
    return out;
}

std::string format_decimal(const decimal& number, unsigned scale) {
    auto digits = number.digits;
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
    return (number.negative ? "-" : "") + digits;
}

std::optional<std::string> magnitude_bytes(std::string_view digits, std::size_t size) {
    std::string out(size, '\0');
    for (auto digit : digits) {
        auto carry = static_cast<unsigned>(digit - '0');
        for (auto& byte : out) {
            auto next = static_cast<unsigned char>(byte) * 10U + carry;
            byte = static_cast<char>(next & 0xFF);
            carry = next >> 8;
        }
        if (carry != 0) return {};
    }
    return out;
}

std::string magnitude_digits(std::string_view little_endian) {
    std::string left(little_endian);
    std::string reversed;
    while (std::any_of(left.begin(), left.end(), [](char c) { return c != 0; })) {
        unsigned rest = 0;
        for (auto byte = left.rbegin(); byte != left.rend(); ++byte) {
            auto now = (rest << 8) | static_cast<unsigned char>(*byte);
            *byte = static_cast<char>(now / 10);
            rest = now % 10;
        }
        reversed.push_back(static_cast<char>('0' + rest));
    }
    if (reversed.empty()) return "0";
    return {reversed.rbegin(), reversed.rend()};
}

}  // namespace ha::mssqlsim::tds
