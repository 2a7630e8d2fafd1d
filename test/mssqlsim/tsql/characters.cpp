// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/characters.hpp"

#include "test/mssqlsim/tsql/value.hpp"

#include <algorithm>
#include <cwctype>

namespace ha::mssqlsim {

namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr char32_t first_pair = 0x10000;

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

// How many bytes follow a UTF-8 lead byte; -1 when it is none.
int followers(unsigned char lead) {
    if (lead < 0x80) return 0;
    if (lead >= 0xC2 && lead < 0xE0) return 1;
    if (lead >= 0xE0 && lead < 0xF0) return 2;
    if (lead >= 0xF0 && lead < 0xF5) return 3;
    return -1;
}

bool is_half(char32_t unit) {
    return unit >= 0xD800 && unit < 0xE000;
}

// Takes one code point off the front; a bad lead byte or a cut sequence costs one byte.
char32_t take_point(std::string_view& rest) {
    const auto lead = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    const int count = followers(lead);
    if (count == 0) return lead;
    if (count < 0 || rest.size() < static_cast<std::size_t>(count)) return replacement;
    char32_t point = lead & (0x3FU >> static_cast<unsigned>(count));
    for (int i = 0; i < count; ++i) {
        const auto next = static_cast<unsigned char>(rest[static_cast<std::size_t>(i)]);
        if ((next & 0xC0) != 0x80) return replacement;
        point = (point << 6) | (next & 0x3FU);
    }
    constexpr char32_t least[] = {0, 0x80, 0x800, first_pair};
    if (point < least[count] || point > 0x10FFFF || is_half(point)) return replacement;
    rest.remove_prefix(static_cast<std::size_t>(count));
    return point;
}

void append(std::string& out, char32_t point) {
    const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    const auto follow = [&](unsigned shift) { put(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
        put(0xC0 | (point >> 6));
        return follow(0);
    }
    if (point < first_pair) {
        put(0xE0 | (point >> 12));
        follow(6);
        return follow(0);
    }
    put(0xF0 | (point >> 18));
    follow(12);
    follow(6);
    follow(0);
}

// What libc knows of letters, whatever the environment says; of ASCII alone without it.
locale_t letters() {
    static const locale_t known = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return known;
}

char16_t folded(char16_t unit) {
    if (unit < 0x80) return unit >= u'A' && unit <= u'Z' ? static_cast<char16_t>(unit + 32) : unit;
    if (letters() == nullptr || is_half(unit)) return unit;
    return static_cast<char16_t>(towlower_l(unit, letters()));
}

char16_t raised(char16_t unit) {
    if (unit < 0x80) return unit >= u'a' && unit <= u'z' ? static_cast<char16_t>(unit - 32) : unit;
    if (letters() == nullptr || is_half(unit)) return unit;
    return static_cast<char16_t>(towupper_l(unit, letters()));
}

std::string_view without_blanks(std::string_view text) {
    const auto last = text.find_last_not_of(' ');
    return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

bool all_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), is_ascii);
}

}  // namespace

std::u16string units_of(std::string_view utf8) {
    std::u16string made;
    made.reserve(utf8.size());
    while (!utf8.empty()) {
        const char32_t point = take_point(utf8);
        if (point < first_pair) {
            made.push_back(static_cast<char16_t>(point));
            continue;
        }
        made.push_back(static_cast<char16_t>(0xD800 + ((point - first_pair) >> 10)));
        made.push_back(static_cast<char16_t>(0xDC00 + ((point - first_pair) & 0x3FF)));
    }
    return made;
}

std::size_t count_units(std::string_view utf8) {
    if (all_ascii(utf8)) return utf8.size();
    return units_of(utf8).size();
}

std::string text_of_units(std::u16string_view units) {
    std::string made;
    made.reserve(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        const char32_t unit = units[i];
        const bool pair = unit >= 0xD800 && unit < 0xDC00 && i + 1 < units.size() &&
                          units[i + 1] >= 0xDC00 && units[i + 1] < 0xE000;
        if (pair)
            append(made, first_pair + ((unit - 0xD800) << 10) + (units[++i] - 0xDC00U));
        else
            append(made, is_half(unit) ? replacement : unit);
    }
    return made;
}

std::string upper_letters(std::string_view utf8) {
    std::u16string units = units_of(utf8);
    std::transform(units.begin(), units.end(), units.begin(), raised);
    return text_of_units(units);
}

std::string lower_letters(std::string_view utf8) {
    return text_of_units(folded_units(utf8));
}

std::u16string folded_units(std::string_view utf8) {
    std::u16string units = units_of(utf8);
    std::transform(units.begin(), units.end(), units.begin(), folded);
    return units;
}

int compare_characters(std::string_view a, std::string_view b) {
    a = without_blanks(a);
    b = without_blanks(b);
    if (a == b) return 0;
    if (all_ascii(a) && all_ascii(b)) return compare_text(a, b);
    const int order = folded_units(a).compare(folded_units(b));
    return order == 0 ? 0 : (order < 0 ? -1 : 1);
}

}  // namespace ha::mssqlsim
