// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/bytes.hpp"

#include "test/mssqlsim/tsql/characters.hpp"

#include <algorithm>
#include <utility>

namespace ha::mssqlsim::tds {

namespace {

char16_t unit_at(std::string_view bytes, std::size_t index) {
    auto low = static_cast<unsigned char>(bytes[2 * index]);
    auto high = static_cast<unsigned char>(bytes[2 * index + 1]);
    return static_cast<char16_t>(low | (high << 8));
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
    std::u16string units(little_endian.size() / 2, u'\0');
    for (std::size_t i = 0; i < units.size(); ++i) units[i] = unit_at(little_endian, i);
    return text_of_units(units);
}

std::string utf16_from_utf8(std::string_view utf8) {
    std::string out;
    out.reserve(2 * utf8.size());
    for (const char16_t unit : units_of(utf8)) {
        out.push_back(static_cast<char>(unit & 0xFF));
        out.push_back(static_cast<char>(unit >> 8));
    }
    return out;
}

}  // namespace ha::mssqlsim::tds
