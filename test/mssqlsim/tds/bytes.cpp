// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/bytes.hpp"

#include <algorithm>
#include <utility>

namespace ha::mssqlsim::tds {

namespace {

constexpr char32_t replacement = 0xFFFD;

void append_utf8(std::string& out, char32_t point) {
    auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | (point >> 6));
        put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        put(0xE0 | (point >> 12));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | (point >> 18));
        put(0x80 | ((point >> 12) & 0x3F));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

void append_unit(std::string& out, char32_t unit) {
    out.push_back(static_cast<char>(unit & 0xFF));
    out.push_back(static_cast<char>((unit >> 8) & 0xFF));
}

void append_utf16(std::string& out, char32_t point) {
    if (point < 0x10000) return append_unit(out, point);
    append_unit(out, 0xD800 + ((point - 0x10000) >> 10));
    append_unit(out, 0xDC00 + ((point - 0x10000) & 0x3FF));
}

bool is_surrogate(char32_t unit) {
    return unit >= 0xD800 && unit < 0xE000;
}

// How many bytes follow a UTF-8 lead byte; -1 when it is none.
int followers(unsigned char lead) {
    if (lead < 0x80) return 0;
    if (lead >= 0xC2 && lead < 0xE0) return 1;
    if (lead >= 0xE0 && lead < 0xF0) return 2;
    if (lead >= 0xF0 && lead < 0xF5) return 3;
    return -1;
}

// Takes one code point off the front; a bad lead byte or a cut sequence costs one byte.
char32_t take_point(std::string_view& rest) {
    auto lead = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    auto count = followers(lead);
    if (count == 0) return lead;
    if (count < 0 || rest.size() < static_cast<std::size_t>(count)) return replacement;
    char32_t point = lead & (0x3FU >> count);
    for (int i = 0; i < count; ++i) {
        auto next = static_cast<unsigned char>(rest[static_cast<std::size_t>(i)]);
        if ((next & 0xC0) != 0x80) return replacement;
        point = (point << 6) | (next & 0x3F);
    }
    constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[count] || point > 0x10FFFF || is_surrogate(point)) return replacement;
    rest.remove_prefix(static_cast<std::size_t>(count));
    return point;
}

char32_t unit_at(std::string_view bytes, std::size_t index) {
    auto low = static_cast<unsigned char>(bytes[2 * index]);
    auto high = static_cast<unsigned char>(bytes[2 * index + 1]);
    return static_cast<char32_t>(low | (high << 8));
}

// UTF-16 of at most `units_max` code units, without cutting a pair in two.
std::string cut_utf16(std::string_view utf8, std::size_t units_max) {
    auto units = utf16_from_utf8(utf8);
    if (units.size() <= 2 * units_max) return units;
    auto last = unit_at(units, units_max - 1);
    units.resize(2 * (last >= 0xD800 && last < 0xDC00 ? units_max - 1 : units_max));
    return units;
}

}  // namespace

std::uint64_t byte_reader::number(std::size_t size) {
    std::uint64_t value = 0;
    auto bytes = take(size);
    for (std::size_t i = 0; i < std::min(bytes.size(), sizeof value); ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return value;
}

std::uint16_t byte_reader::u16_big_endian() {
    auto value = u16();
    return static_cast<std::uint16_t>((value << 8) | (value >> 8));
}

std::string_view byte_reader::take(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
        ok_ = false;
        rest_ = {};
        return {};
    }
    auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
}

std::string byte_reader::text(std::size_t units) {
    return utf8_from_utf16(take(2 * units));
}

void byte_writer::number(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
        bytes_.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
}

void byte_writer::u16_big_endian(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value & 0xFF));
}

void byte_writer::u32_big_endian(std::uint32_t value) {
    u16_big_endian(static_cast<std::uint16_t>(value >> 16));
    u16_big_endian(static_cast<std::uint16_t>(value & 0xFFFF));
}

void byte_writer::short_text(std::string_view utf8) {
    auto units = cut_utf16(utf8, 0xFF);
    u8(static_cast<std::uint8_t>(units.size() / 2));
    bytes(units);
}

void byte_writer::text(std::string_view utf8) {
    auto units = cut_utf16(utf8, 0xFFFF);
    u16(static_cast<std::uint16_t>(units.size() / 2));
    bytes(units);
}

std::string byte_writer::take() {
    return std::exchange(bytes_, {});
}

std::string utf8_from_utf16(std::string_view little_endian) {
    std::string out;
    auto count = little_endian.size() / 2;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto unit = unit_at(little_endian, i);
        auto next = i + 1 < count ? unit_at(little_endian, i + 1) : 0;
        auto is_pair = unit >= 0xD800 && unit < 0xDC00 && next >= 0xDC00 && next < 0xE000;
        if (is_pair) {
            append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
            ++i;
        } else {
            append_utf8(out, is_surrogate(unit) ? replacement : unit);
        }
    }
    return out;
}

std::string utf16_from_utf8(std::string_view utf8) {
    std::string out;
    out.reserve(2 * utf8.size());
    while (!utf8.empty()) append_utf16(out, take_point(utf8));
    return out;
}

}  // namespace ha::mssqlsim::tds
