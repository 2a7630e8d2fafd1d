// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/guid.hpp"

#include <array>

namespace ha::mssqlsim::tds {

namespace {

// Which byte of the wire stands at each place of the text.
constexpr std::array<std::size_t, 16> order{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

bool dash_before(std::size_t place) {
    return place == 4 || place == 6 || place == 8 || place == 10;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> guid_bytes(std::string_view text) {
    if (text.size() != 36) return {};
    std::string out(16, '\0');
    std::size_t at = 0;
    for (std::size_t place = 0; place < order.size(); ++place) {
        if (dash_before(place) && text[at++] != '-') return {};
        auto high = hex_digit(text[at]);
        auto low = hex_digit(text[at + 1]);
        if (high < 0 || low < 0) return {};
        out[order[place]] = static_cast<char>(high * 16 + low);
        at += 2;
    }
    return out;
}

std::string guid_text(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (std::size_t place = 0; place < order.size(); ++place) {
        if (dash_before(place)) out.push_back('-');
        auto byte = static_cast<unsigned char>(bytes[order[place]]);
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 0xF]);
    }
    return out;
}

}  // namespace ha::mssqlsim::tds
