// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/column_codec.hpp"

#include "test/mssqlsim/tds/decimal.hpp"
#include "test/mssqlsim/tds/guid.hpp"
#include "test/mssqlsim/tds/moment.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <bit>
#include <charconv>
#include <cstdlib>
#include <optional>

namespace ha::mssqlsim::tds {

namespace {

constexpr std::uint32_t greatest_variant = 8009;  // [MS-TDS] 2.2.5.4.3
constexpr std::size_t numeric_size_max = 17;      // told of each, whatever its precision

std::size_t integer_size(column_kind kind) {
    switch (kind) {
        case column_kind::tinyint: return 1;
        case column_kind::smallint: return 2;
        case column_kind::integer: return 4;
        default: return 8;
    }
}

std::uint8_t numeric_id(const column_type& type) {
    return type.length == decimal_length ? 0x6A : 0x6C;
}

std::uint8_t numeric_size(std::uint8_t precision) {
    if (precision <= 9) return 5;
    if (precision <= 19) return 9;
    return precision <= 28 ? 13 : 17;
}

bool is_unlimited(column_kind kind) {
    return kind == column_kind::nvarchar_max || kind == column_kind::varchar_max ||
           kind == column_kind::varbinary_max || kind == column_kind::xml;
}

bool has_long_length(column_kind kind) {
    return kind == column_kind::nvarchar || kind == column_kind::varchar ||
           kind == column_kind::varbinary || kind == column_kind::nchar ||
           kind == column_kind::character;
}

std::string filled(std::string text, std::size_t size, const std::string& blank) {
    while (text.size() < size) text += blank;
    return text.substr(0, size);
}

std::size_t time_size(unsigned scale) {
    if (scale <= 2) return 3;
    return scale <= 4 ? 4 : 5;
}

std::string little_endian(std::uint64_t number, std::size_t size) {
    byte_writer out;
    out.number(number, size);
    return out.take();
}

std::optional<std::int64_t> as_integer(const value& what) {
    if (const auto* number = std::get_if<std::int64_t>(&what)) return *number;
    const auto* text = std::get_if<std::string>(&what);
    if (text == nullptr) return {};
    std::int64_t out = 0;
    auto end = text->data() + text->size();
    auto parsed = std::from_chars(text->data(), end, out);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return {};
    return out;
}

std::string as_text(const value& what) {
    if (const auto* number = std::get_if<std::int64_t>(&what)) return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&what)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&what)) return *text;
    if (const auto* exact = std::get_if<exact_number>(&what)) return exact->text;
    if (const auto* date = std::get_if<calendar_value>(&what)) return date->text;
    if (const auto* bytes = std::get_if<binary>(&what)) return {bytes->begin(), bytes->end()};
    return {};
}

// Code page 1252 has Latin-1 where we need it; what it does not have becomes a question mark.
std::string narrow(const std::string& utf8) {
    auto units = utf16_from_utf8(utf8);
    std::string out;
    for (std::size_t i = 0; i + 1 < units.size(); i += 2)
        out.push_back(units[i + 1] == 0 ? units[i] : '?');
    return out;
}

std::optional<std::string> numeric_bytes(const column_type& type, const value& what) {
    auto number = parse_decimal(as_text(what), type.scale);
    if (!number) return {};
    auto magnitude = magnitude_bytes(number->digits, numeric_size(type.precision) - 1U);
    if (!magnitude) return {};
    return std::string(1, number->negative ? '\0' : '\1') + *magnitude;
}

// Ten-thousandths; of eight bytes the high half comes first ([MS-TDS] 2.2.5.5.1.2).
std::optional<std::string> money_bytes(const column_type& type, const value& what) {
    constexpr std::uint8_t digits_behind_point = 4;
    const auto number = parse_decimal(as_text(what), digits_behind_point);
    if (!number) return {};
    std::uint64_t count = 0;
    const auto& digits = number->digits;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (read.ec != std::errc{}) return {};
    if (number->negative) count = ~count + 1;
    if (type.kind == column_kind::smallmoney) return little_endian(count, 4);
    return little_endian(count >> 32U, 4) + little_endian(count, 4);
}

std::optional<std::string> datetime_bytes(const value& what) {
    auto when = parse_moment(as_text(what));
    if (!when) return {};
    constexpr std::int64_t ticks_per_day = 24 * 60 * 60 * 300;
    auto ticks = (when->tenth_micros * 3 + 50'000) / 100'000;  // each a three-hundredth of a second
    auto day = when->day - day_of_1900 + ticks / ticks_per_day;
    return little_endian(static_cast<std::uint64_t>(day), 4) +
           little_endian(static_cast<std::uint64_t>(ticks % ticks_per_day), 4);
}

std::optional<date_time> moment_of(const value& what) {
    const auto made = read_date_time(as_text(what));
    return made ? std::optional{*made} : std::nullopt;
}

std::string time_of_day_bytes(const column_type& type, std::int64_t ticks) {
    for (unsigned scale = type.scale; scale < 7; ++scale) ticks /= 10;
    return little_endian(static_cast<std::uint64_t>(ticks), time_size(type.scale));
}

// [MS-TDS] 2.2.5.5.1.8: days since 0001-01-01 in three bytes; the time before them, in UTC when an
// offset in minutes follows. A smalldatetime counts days since 1900 and minutes, in two bytes each.
std::optional<std::string> calendar_bytes(const column_type& type, const value& what) {
    const auto when = moment_of(what);
    if (!when) return {};
    const auto day = little_endian(static_cast<std::uint64_t>(when->day()), 3);
    if (type.kind == column_kind::date) return day;
    if (type.kind == column_kind::time) return time_of_day_bytes(type, when->tick_of_day());
    if (type.kind == column_kind::smalldatetime) {
        const auto minutes = when->tick_of_day() / ticks_per_minute;
        return little_endian(static_cast<std::uint64_t>(when->day() - days_to_1900), 2) +
               little_endian(static_cast<std::uint64_t>(minutes), 2);
    }
    date_time utc;
    utc.ticks = when->utc_ticks();
    return time_of_day_bytes(type, utc.tick_of_day()) +
           little_endian(static_cast<std::uint64_t>(utc.day()), 3) +
           little_endian(static_cast<std::uint64_t>(when->offset_minutes), 2);
}

std::optional<std::string> datetime2_bytes(const column_type& type, const value& what) {
    auto when = parse_moment(as_text(what));
    if (!when) return {};
    auto count = when->tenth_micros;
    for (unsigned scale = type.scale; scale < 7; ++scale) count /= 10;
    return little_endian(static_cast<std::uint64_t>(count), time_size(type.scale)) +
           little_endian(static_cast<std::uint64_t>(when->day), 3);
}

std::string real_bytes(const column_type& type, double number) {
    if (type.length == 4)
        return little_endian(std::bit_cast<std::uint32_t>(static_cast<float>(number)), 4);
    return little_endian(std::bit_cast<std::uint64_t>(number), 8);
}

std::optional<std::string> float_bytes(const column_type& type, const value& what) {
    if (const auto* number = std::get_if<double>(&what)) return real_bytes(type, *number);
    if (const auto* exact = std::get_if<exact_number>(&what))
        return real_bytes(type, std::strtod(exact->text.c_str(), nullptr));
    auto whole = as_integer(what);
    if (!whole) return {};
    return real_bytes(type, static_cast<double>(*whole));
}

std::optional<std::string> integer_bytes(const value& what, std::size_t size) {
    auto number = as_integer(what);
    if (!number) return {};
    return little_endian(static_cast<std::uint64_t>(*number), size);
}

std::optional<std::string> guid_value(const value& what) {
    const auto* bytes = std::get_if<binary>(&what);
    if (bytes != nullptr && bytes->size() == 16) return std::string(bytes->begin(), bytes->end());
    return guid_bytes(as_text(what));
}

std::optional<std::string> variant_bytes(const value& what);

// The value's bytes without any length; nothing for NULL.
std::optional<std::string> raw_value(const column_type& type, const value& what) {
    if (std::holds_alternative<std::monostate>(what)) return {};
    switch (type.kind) {
        case column_kind::tinyint:
        case column_kind::smallint:
        case column_kind::integer:
        case column_kind::bigint: return integer_bytes(what, integer_size(type.kind));
        case column_kind::bit: {
            auto number = as_integer(what);
            if (!number) return {};
            return std::string(1, *number == 0 ? '\0' : '\1');
        }
        case column_kind::floating: return float_bytes(type, what);
        case column_kind::numeric: return numeric_bytes(type, what);
        case column_kind::guid: return guid_value(what);
        case column_kind::money:
        case column_kind::smallmoney: return money_bytes(type, what);
        case column_kind::variant: return variant_bytes(what);
        case column_kind::datetime: return datetime_bytes(what);
        case column_kind::datetime2: return datetime2_bytes(type, what);
        case column_kind::date:
        case column_kind::time:
        case column_kind::datetimeoffset:
        case column_kind::smalldatetime: return calendar_bytes(type, what);
        case column_kind::nvarchar:
            return utf16_from_utf8(as_text(what)).substr(0, 2UL * type.length);
        case column_kind::nvarchar_max:
        case column_kind::xml: return utf16_from_utf8(as_text(what));
        case column_kind::varchar: return narrow(as_text(what)).substr(0, type.length);
        case column_kind::varchar_max: return narrow(as_text(what));
        case column_kind::nchar:
            return filled(utf16_from_utf8(as_text(what)), 2UL * type.length, std::string(" \0", 2));
        case column_kind::character: return filled(narrow(as_text(what)), type.length, " ");
        case column_kind::varbinary: return as_text(what).substr(0, type.length);
        case column_kind::varbinary_max: return as_text(what);
    }
    return {};
}

// What [MS-TDS] 2.2.5.5.4 calls properties, behind the base type and their count.
struct variant_head {
    std::uint8_t id = 0;
    std::string properties;
};

std::string limits_of(std::uint16_t bytes, bool is_text) {
    byte_writer out;
    if (is_text) out.bytes(collation);
    out.u16(bytes);
    return out.take();
}

variant_head head_of(const column_type& base) {
    const std::string scale(1, static_cast<char>(base.scale));
    const auto wide = static_cast<std::uint16_t>(2 * base.length);
    switch (base.kind) {
        case column_kind::tinyint: return {0x30, {}};
        case column_kind::smallint: return {0x34, {}};
        case column_kind::integer: return {0x38, {}};
        case column_kind::bigint: return {0x7F, {}};
        case column_kind::bit: return {0x32, {}};
        case column_kind::floating:
            return {static_cast<std::uint8_t>(base.length == 4 ? 0x3B : 0x3E), {}};
        case column_kind::numeric:
            return {numeric_id(base), std::string(1, static_cast<char>(base.precision)) + scale};
        case column_kind::guid: return {0x24, {}};
        case column_kind::datetime: return {0x3D, {}};
        case column_kind::smalldatetime: return {0x3A, {}};
        case column_kind::money: return {0x3C, {}};
        case column_kind::smallmoney: return {0x7A, {}};
        case column_kind::date: return {0x28, {}};
        case column_kind::time: return {0x29, scale};
        case column_kind::datetime2: return {0x2A, scale};
        case column_kind::datetimeoffset: return {0x2B, scale};
        case column_kind::varbinary: return {0xA5, limits_of(base.length, false)};
        case column_kind::varchar: return {0xA7, limits_of(base.length, true)};
        case column_kind::character: return {0xAF, limits_of(base.length, true)};
        case column_kind::nchar: return {0xEF, limits_of(wide, true)};
        default: return {0xE7, limits_of(wide, true)};
    }
}

// The base type, its properties, and the value without a length of its own.
std::optional<std::string> variant_bytes(const value& what) {
    const auto base = usual_type_of(what);
    const auto raw = raw_value(base, out_of_variant(what));
    if (!raw) return {};
    const auto head = head_of(base);
    return std::string(1, static_cast<char>(head.id)) +
           std::string(1, static_cast<char>(head.properties.size())) + head.properties + *raw;
}

// A value of unknown size: its length in eight bytes, then chunks, then an empty chunk.
void write_chunks(byte_writer& out, const std::optional<std::string>& raw) {
    if (!raw) return out.u64(~std::uint64_t{0});
    out.u64(raw->size());
    if (!raw->empty()) {
        out.u32(static_cast<std::uint32_t>(raw->size()));
        out.bytes(*raw);
    }
    out.u32(0);
}

void write_limited(byte_writer& out, std::uint8_t id, std::uint16_t bytes_max, bool is_text) {
    out.u8(id);
    out.u16(bytes_max);
    if (is_text) out.bytes(collation);
}

// [MS-TDS] 2.2.5.4.1: types of one length, which have no NULL; nought for others.
std::uint8_t fixed_id(const column_type& type) {
    switch (type.kind) {
        case column_kind::tinyint: return 0x30;
        case column_kind::bit: return 0x32;
        case column_kind::smallint: return 0x34;
        case column_kind::integer: return 0x38;
        case column_kind::smalldatetime: return 0x3A;
        case column_kind::floating: return type.length == 4 ? 0x3B : 0x3E;
        case column_kind::money: return 0x3C;
        case column_kind::datetime: return 0x3D;
        case column_kind::smallmoney: return 0x7A;
        case column_kind::bigint: return 0x7F;
        default: return 0;
    }
}

std::size_t fixed_size(const column_type& type) {
    switch (type.kind) {
        case column_kind::tinyint:
        case column_kind::bit: return 1;
        case column_kind::smallint: return 2;
        case column_kind::integer:
        case column_kind::smalldatetime:
        case column_kind::smallmoney: return 4;
        case column_kind::floating: return type.length == 4 ? 4 : 8;
        default: return 8;
    }
}

}  // namespace

void write_type(byte_writer& out, const column& of) {
    const auto id = of.nullable ? std::uint8_t{0} : fixed_id(of.type);
    if (id == 0) return write_type(out, of.type);
    out.u8(id);
}

void write_value(byte_writer& out, const column& of, const value& what) {
    if (of.nullable || fixed_id(of.type) == 0) return write_value(out, of.type, what);
    const auto raw = raw_value(of.type, what);
    out.bytes(raw ? *raw : std::string(fixed_size(of.type), '\0'));
}

void write_type(byte_writer& out, const column_type& type) {
    constexpr std::uint16_t no_limit = 0xFFFF;
    auto sized = [&out](std::uint8_t id, std::size_t size) {
        out.u8(id);
        out.u8(static_cast<std::uint8_t>(size));
    };
    switch (type.kind) {
        case column_kind::tinyint:
        case column_kind::smallint:
        case column_kind::integer:
        case column_kind::bigint: return sized(0x26, integer_size(type.kind));
        case column_kind::bit: return sized(0x68, 1);
        case column_kind::floating: return sized(0x6D, type.length == 4 ? 4 : 8);
        case column_kind::numeric:
            sized(numeric_id(type), numeric_size_max);
            out.u8(type.precision);
            return out.u8(type.scale);
        case column_kind::guid: return sized(0x24, 16);
        case column_kind::nvarchar:
            return write_limited(out, 0xE7, static_cast<std::uint16_t>(2 * type.length), true);
        case column_kind::nvarchar_max: return write_limited(out, 0xE7, no_limit, true);
        case column_kind::varchar: return write_limited(out, 0xA7, type.length, true);
        case column_kind::varchar_max: return write_limited(out, 0xA7, no_limit, true);
        case column_kind::nchar:
            return write_limited(out, 0xEF, static_cast<std::uint16_t>(2 * type.length), true);
        case column_kind::character: return write_limited(out, 0xAF, type.length, true);
        case column_kind::varbinary: return write_limited(out, 0xA5, type.length, false);
        case column_kind::varbinary_max: return write_limited(out, 0xA5, no_limit, false);
        case column_kind::datetime: return sized(0x6F, 8);
        case column_kind::money: return sized(0x6E, 8);
        case column_kind::smallmoney: return sized(0x6E, 4);
        case column_kind::variant: out.u8(0x62); return out.u32(greatest_variant);
        case column_kind::datetime2: return sized(0x2A, type.scale);
        case column_kind::date: return out.u8(0x28);
        case column_kind::time: return sized(0x29, type.scale);
        case column_kind::datetimeoffset: return sized(0x2B, type.scale);
        case column_kind::smalldatetime: return sized(0x6F, 4);
        case column_kind::xml: return sized(0xF1, 0);
    }
}

void write_value(byte_writer& out, const column_type& type, const value& what) {
    auto raw = raw_value(type, what);
    if (is_unlimited(type.kind)) return write_chunks(out, raw);
    if (type.kind == column_kind::variant) {
        out.u32(raw ? static_cast<std::uint32_t>(raw->size()) : 0);
    } else if (has_long_length(type.kind)) {
        out.u16(raw ? static_cast<std::uint16_t>(raw->size()) : 0xFFFF);
    } else {
        out.u8(raw ? static_cast<std::uint8_t>(raw->size()) : 0);
    }
    if (raw) out.bytes(*raw);
}

}  // namespace ha::mssqlsim::tds
