// SPDX-License-Identifier: MIT
#include "test/kubesim/api/encoding.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace ha::kubesim {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Matches `text` against a form in which 0 stands for a digit; returns what follows.
std::optional<std::string_view> after(std::string_view text, std::string_view form) {
    if (text.size() < form.size()) return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i) {
        bool digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
        if (form[i] == '0' ? !digit : text[i] != form[i]) return std::nullopt;
    }
    return text.substr(form.size());
}

bool is_zone(std::string_view text) {
    if (text == "Z") return true;
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
    auto rest = after(text.substr(1), "00:00");
    return rest && rest->empty();
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string made;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto block = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < block.size() ? static_cast<unsigned char>(block[k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            made += k <= block.size() ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return made;
}

bool is_base64(std::string_view text) {
    if (text.size() % 4 != 0) return false;
    auto end = text.find_last_not_of('=');
    auto body = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
    return text.size() - body.size() <= 2 &&
           body.find_first_not_of(digits) == std::string_view::npos;
}

bool is_micro_time(std::string_view text) {
    auto zone = after(text, "0000-00-00T00:00:00.000000");
    return zone && is_zone(*zone);
}

bool is_time(std::string_view text) {
    auto rest = after(text, "0000-00-00T00:00:00");
    if (!rest) return false;
    if (rest->starts_with('.')) {
        auto end = rest->find_first_not_of("0123456789", 1);
        if (end == 1 || end == std::string_view::npos) return false;
        rest = rest->substr(end);
    }
    return is_zone(*rest);
}

}  // namespace ha::kubesim
