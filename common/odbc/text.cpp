// SPDX-License-Identifier: MIT
#include "common/odbc/text.hpp"

#include <cstddef>
#include <cstdint>

namespace ha::odbc {

namespace {

constexpr char32_t replacement = 0xFFFD;

std::uint32_t byte(char one) {
    return static_cast<unsigned char>(one);
}

// Takes one character off the front; at least one byte.
char32_t take_utf8(std::string_view& text) {
    auto first = byte(text[0]);
    std::size_t length = first < 0x80 ? 1 : first >> 5U == 6 ? 2 : first >> 4U == 14 ? 3 : 4;
    constexpr std::uint32_t masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    auto code = first & masks[length];
    bool valid = first < 0x80 || (first >= 0xC2 && first <= 0xF4 && text.size() >= length);
    for (std::size_t i = 1; valid && i < length; ++i) {
        valid = (byte(text[i]) & 0xC0U) == 0x80U;
        code = (code << 6U) | (byte(text[i]) & 0x3FU);
    }
    valid = valid && code >= least[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    text.remove_prefix(valid ? length : 1);
    return valid ? code : replacement;
}

char32_t take_utf16(std::u16string_view& text) {
    char32_t first = text[0];
    text.remove_prefix(1);
    if (first < 0xD800 || first > 0xDFFF) return first;
    bool pair = first < 0xDC00 && !text.empty() && text[0] >= 0xDC00 && text[0] <= 0xDFFF;
    if (!pair) return replacement;
    char32_t second = text[0];
    text.remove_prefix(1);
    return 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00);
}

void append(std::string& text, char32_t code) {
    auto add = [&](char32_t bits) { text += static_cast<char>(static_cast<unsigned char>(bits)); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | (code >> 6U));
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | (code >> 12U));
        add(0x80 | ((code >> 6U) & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | (code >> 18U));
        add(0x80 | ((code >> 12U) & 0x3F));
        add(0x80 | ((code >> 6U) & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

}  // namespace

std::u16string to_utf16(std::string_view text) {
    std::u16string wide;
    wide.reserve(text.size());
    while (!text.empty()) {
        auto code = take_utf8(text);
        if (code < 0x10000) {
            wide += static_cast<char16_t>(code);
        } else {
            wide += static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10U));
            wide += static_cast<char16_t>(0xDC00 + ((code - 0x10000) & 0x3FFU));
        }
    }
    return wide;
}

std::string to_utf8(std::u16string_view text) {
    std::string narrow;
    narrow.reserve(text.size());
    while (!text.empty()) append(narrow, take_utf16(text));
    return narrow;
}

}  // namespace ha::odbc
