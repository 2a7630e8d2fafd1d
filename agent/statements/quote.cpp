// SPDX-License-Identifier: MIT
#include "agent/statements/quote.hpp"

#include <algorithm>

namespace ha::agent::sql {

namespace {

std::string doubled(std::string_view text, char mark) {
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        if (c == mark) out += mark;
        out += c;
    }
    return out;
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return (c | 0x20) - 'a' + 10;
}

// The length of the UTF-8 sequence that this byte begins; 0: no sequence begins so.
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

// How many UTF-16 units the text has, which is what T-SQL counts; none when it is no UTF-8.
bool count_units(std::string_view text, std::size_t& units) {
    units = 0;
    for (std::size_t i = 0; i < text.size();) {
        auto length = sequence_length(static_cast<unsigned char>(text[i]));
        if (length == 0 || i + length > text.size()) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
        units += length == 4 ? 2 : 1;
        i += length;
    }
    return true;
}

}  // namespace

std::string quote_name(std::string_view name) {
    return "[" + doubled(name, ']') + "]";
}

std::string quote_string(std::string_view text) {
    return "N'" + doubled(text, '\'') + "'";
}

std::string quote_binary(const std::vector<std::uint8_t>& bytes) {
    return "0x" + to_hex(bytes);
}

bool is_usable_name(std::string_view name, std::size_t longest) {
    auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (name.empty() || std::any_of(name.begin(), name.end(), control)) return false;
    std::size_t units = 0;
    return count_units(name, units) && units <= longest;
}

bool is_guid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
    }
    return true;
}

bool is_endpoint_url(std::string_view text) {
    constexpr std::string_view scheme = "TCP://";
    if (text.size() <= scheme.size() || text.size() > 128) return false;
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        char c = text[i];
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c != scheme[i]) return false;
    }
    auto rest = text.substr(scheme.size());
    auto colon = rest.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || !is_usable_name(rest)) return false;
    auto port = rest.substr(colon + 1);
    bool digits =
        !port.empty() && port.size() <= 5 &&
        std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digits && std::stoi(std::string(port)) >= 1 && std::stoi(std::string(port)) <= 65535;
}

std::string to_hex(const std::vector<std::uint8_t>& bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (auto byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::vector<std::uint8_t> from_hex(std::string_view text) {
    if (text.size() % 2 != 0 || !std::all_of(text.begin(), text.end(), is_hex)) return {};
    std::vector<std::uint8_t> out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(hex_value(text[i]) * 16 + hex_value(text[i + 1])));
    return out;
}

}  // namespace ha::agent::sql
