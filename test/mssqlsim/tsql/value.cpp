// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/value.hpp"

#include <algorithm>
#include <cstring>

namespace ha::mssqlsim {

namespace {

unsigned char lowered(char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 'A' && u <= 'Z' ? static_cast<unsigned char>(u + ('a' - 'A')) : u;
}

}  // namespace

int compare_text(std::string_view a, std::string_view b) {
    if (a == b) return 0;
    const std::size_t common = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < common; ++i) {
        if (a[i] == b[i]) continue;
        const int difference = int{lowered(a[i])} - int{lowered(b[i])};
        if (difference != 0) return difference < 0 ? -1 : 1;
    }
    if (a.size() == b.size()) return 0;
    return a.size() < b.size() ? -1 : 1;
}

bool same_letters(const char* a, const char* b, std::size_t count) {
    if (std::memcmp(a, b, count) == 0) return true;
    for (std::size_t i = 0; i < count; ++i)
        if (a[i] != b[i] && lowered(a[i]) != lowered(b[i])) return false;
    return true;
}

std::string lower(std::string_view text) {
    std::string made{text};
    for (char& c : made) c = static_cast<char>(lowered(c));
    return made;
}

}  // namespace ha::mssqlsim
