// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/parameter.hpp"

#include "test/mssqlsim/tds/decimal.hpp"
#include "test/mssqlsim/tds/guid.hpp"
#include "test/mssqlsim/tds/moment.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <bit>
#include <cmath>
#include <optional>

namespace ha::mssqlsim::tds {

namespace {

// The ids of [MS-TDS] 2.2.5.4 that may stand before a parameter's value.
enum type_id : std::uint8_t {
    null_type = 0x1F,
    image = 0x22,
    text = 0x23,
    guid = 0x24,
    int_n = 0x26,
    date_n = 0x28,
    time_n = 0x29,
    datetime2_n = 0x2A,
    datetimeoffset_n = 0x2B,
    int1 = 0x30,
    bit = 0x32,
    int2 = 0x34,
    int4 = 0x38,
    small_datetime = 0x3A,
    float4 = 0x3B,
    money = 0x3C,
    datetime = 0x3D,
    float8 = 0x3E,
    ntext = 0x63,
    bit_n = 0x68,
    decimal_n = 0x6A,
    numeric_n = 0x6C,
    float_n = 0x6D,
    money_n = 0x6E,
    datetime_n = 0x6F,
    small_money = 0x7A,
    int8 = 0x7F,
    var_binary = 0xA5,
    var_char = 0xA7,
    fixed_binary = 0xAD,
    fixed_char = 0xAF,
    nvar_char = 0xE7,
    nfixed_char = 0xEF,
    xml = 0xF1,
};

constexpr std::uint16_t unlimited = 0xFFFF;
constexpr std::size_t collation_size = 5;
constexpr std::int64_t ticks_per_day_of_datetime = 24 * 60 * 60 * 300;

// How a type says how long its values are.
enum class length_form { fixed, one_byte, two_bytes, four_bytes, chunks };

struct wire_type {
    std::uint8_t id = 0;
    length_form form = length_form::fixed;
    std::size_t size = 0;  // of fixed ones, and the most that others may have
    unsigned precision = 0;
    unsigned scale = 0;
};

using raw_bytes = std::optional<std::string>;

std::optional<std::size_t> fixed_size(std::uint8_t id) {
    switch (id) {
        case null_type: return 0;
        case int1:
        case bit: return 1;
        case int2: return 2;
        case int4:
        case small_datetime:
        case float4:
        case small_money: return 4;
        case money:
        case datetime:
        case float8:
        case int8: return 8;
        default: return {};
    }
}

result<wire_type> read_type(byte_reader& in) {
    wire_type out;
    out.id = in.u8();
    if (auto size = fixed_size(out.id)) {
        out.size = *size;
        return out;
    }
    out.form = length_form::one_byte;
    switch (out.id) {
        case guid:
        case int_n:
        case bit_n:
        case float_n:
        case money_n:
        case datetime_n: out.size = in.u8(); return out;
        case date_n: return out;
        case time_n:
        case datetime2_n:
        case datetimeoffset_n: out.scale = in.u8(); return out;
        case decimal_n:
        case numeric_n:
            out.size = in.u8();
            out.precision = in.u8();
            out.scale = in.u8();
            return out;
        case var_binary:
        case fixed_binary:
        case var_char:
        case fixed_char:
        case nvar_char:
        case nfixed_char:
            out.size = in.u16();
            out.form = out.size == unlimited ? length_form::chunks : length_form::two_bytes;
            if (out.id != var_binary && out.id != fixed_binary) in.take(collation_size);
            return out;
        case text:
        case ntext:
            in.u32();
            in.take(collation_size);
            out.form = length_form::four_bytes;
            return out;
        case image:
            in.u32();
            out.form = length_form::four_bytes;
            return out;
        case xml:
            if (in.u8() != 0) return failure(errc::malformed, "an XML parameter with a schema");
            out.form = length_form::chunks;
            return out;
        default: return failure(errc::malformed, "a parameter of type " + std::to_string(out.id));
    }
}

raw_bytes take_bytes(byte_reader& in, std::size_t size, std::size_t null_size) {
    if (size == null_size) return {};
    return std::string(in.take(size));
}

raw_bytes take_chunks(byte_reader& in) {
    if (in.u64() == ~std::uint64_t{0}) return {};
    std::string out;
    while (in.ok()) {
        auto size = in.u32();
        if (size == 0) break;
        out.append(in.take(size));
    }
    return out;
}

raw_bytes read_raw(byte_reader& in, const wire_type& type) {
    switch (type.form) {
        case length_form::fixed:
            if (type.id == null_type) return {};
            return std::string(in.take(type.size));
        case length_form::one_byte: return take_bytes(in, in.u8(), 0);
        case length_form::two_bytes: return take_bytes(in, in.u16(), 0xFFFF);
        case length_form::four_bytes: return take_bytes(in, in.u32(), 0xFFFFFFFF);
        case length_form::chunks: return take_chunks(in);
    }
    return {};
}

std::int64_t unsigned_number(std::string_view raw) {
    return static_cast<std::int64_t>(byte_reader(raw).number(raw.size()));
}

std::int64_t signed_number(std::string_view raw) {
    switch (raw.size()) {
        case 2: return static_cast<std::int16_t>(unsigned_number(raw));
        case 4: return static_cast<std::int32_t>(unsigned_number(raw));
        default: return unsigned_number(raw);  // one byte is tinyint, which has no sign
    }
}

value float_value(std::string_view raw) {
    if (raw.size() == 4)
        return static_cast<double>(
            std::bit_cast<float>(static_cast<std::uint32_t>(unsigned_number(raw))));
    return std::bit_cast<double>(unsigned_number(raw));
}

// Ten-thousandths; of eight bytes the high half comes first.
value money_value(std::string_view raw) {
    std::int64_t number = 0;
    if (raw.size() == 8) {
        auto high = static_cast<std::uint64_t>(unsigned_number(raw.substr(0, 4)));
        auto low = static_cast<std::uint64_t>(unsigned_number(raw.substr(4)));
        number = static_cast<std::int64_t>((high << 32) | low);
    } else {
        number = signed_number(raw);
    }
    auto digits = std::to_string(number);
    auto negative = number < 0;
    return exact_number{format_decimal({negative, negative ? digits.substr(1) : digits}, 4), true};
}

value datetime_value(std::string_view raw) {
    moment when;
    if (raw.size() == 4) {
        when.day = unsigned_number(raw.substr(0, 2)) + day_of_1900;
        when.tenth_micros = unsigned_number(raw.substr(2)) * 600'000'000;
        return calendar_value{column_kind::smalldatetime, format_moment(when, 0)};
    }
    when.day = signed_number(raw.substr(0, 4)) + day_of_1900;
    when.tenth_micros = unsigned_number(raw.substr(4)) * 100'000 / 3;
    return format_moment(when, 3);
}

std::uint8_t scale_of(const wire_type& type) {
    return static_cast<std::uint8_t>(type.scale);
}

// A count of fractions of a second as a time of day; more than a day wraps round.
std::int64_t time_of_day(const wire_type& type, std::string_view raw) {
    auto count = byte_reader(raw).number(raw.size());
    for (auto scale = type.scale; scale < 7; ++scale) count *= 10;
    return static_cast<std::int64_t>(count % std::uint64_t{tenth_micros_per_day});
}

// Time first, then the day, both in UTC when the offset in minutes is behind them.
value datetime2_value(const wire_type& type, std::string_view raw) {
    constexpr std::size_t day_size = 3;
    auto tail = day_size + (type.id == datetimeoffset_n ? 2U : 0U);
    if (raw.size() < tail) return std::monostate{};
    auto time_size = raw.size() - tail;
    moment when;
    when.tenth_micros = time_of_day(type, raw.substr(0, time_size));
    when.day = unsigned_number(raw.substr(time_size, day_size));
    if (type.id != datetimeoffset_n) return format_moment(when, type.scale);
    date_time local;
    local.offset_minutes = signed_number(raw.substr(time_size + day_size));
    local.ticks =
        when.day * ticks_per_day + when.tenth_micros + local.offset_minutes * ticks_per_minute;
    const column_type column{column_kind::datetimeoffset, 10, 25, scale_of(type)};
    return calendar_value{column.kind, date_time_text(local, column)};
}

value time_value(const wire_type& type, std::string_view raw) {
    auto whole = format_moment({0, time_of_day(type, raw)}, type.scale);
    return calendar_value{column_kind::time, whole.substr(sizeof "0001-01-01")};
}

value numeric_value(const wire_type& type, std::string_view raw) {
    decimal number{raw.front() == 0, magnitude_digits(raw.substr(1))};
    return format_decimal(number, type.scale);
}

// Latin-1 stands for code page 1252.
value narrow_text(std::string_view raw) {
    std::string units;
    for (auto byte : raw) {
        units.push_back(byte);
        units.push_back('\0');
    }
    return utf8_from_utf16(units);
}

// The engine's floats are neither infinite nor no number.
bool is_finite(std::string_view raw) {
    const auto number = float_value(raw);
    return std::isfinite(std::get<double>(number));
}

bool is_day(std::string_view raw) {
    return unsigned_number(raw) < days_in_all;
}
bool is_day_of_datetime(std::string_view raw) {
    const std::int64_t day = signed_number(raw.substr(0, 4)) + day_of_1900;
    const std::int64_t ticks = unsigned_number(raw.substr(4));
    return day >= 0 && day < days_in_all && ticks < ticks_per_day_of_datetime;
}

// The day by the clock there must be one, too.
bool is_local(const wire_type& type, std::string_view raw) {
    const auto zone = signed_number(raw.substr(raw.size() - 2));
    const auto day = raw.substr(raw.size() - 5, 3);
    if (zone > greatest_offset_minutes || zone < -greatest_offset_minutes || !is_day(day))
        return false;
    const std::int64_t local = unsigned_number(day) * ticks_per_day +
                               time_of_day(type, raw.substr(0, raw.size() - 5)) +
                               zone * ticks_per_minute;
    return local >= 0 && local < days_in_all * ticks_per_day;
}

bool plausible(const wire_type& type, std::string_view raw) {
    switch (type.id) {
        case guid: return raw.size() == 16;
        case int_n:
        case bit_n: return raw.size() == 1 || raw.size() == 2 || raw.size() == 4 || raw.size() == 8;
        case float4:
        case float8: return is_finite(raw);
        case float_n: return (raw.size() == 4 || raw.size() == 8) && is_finite(raw);
        case money_n: return raw.size() == 4 || raw.size() == 8;
        case datetime_n: return raw.size() == 4 || (raw.size() == 8 && is_day_of_datetime(raw));
        case datetime: return is_day_of_datetime(raw);
        case date_n: return raw.size() == 3 && is_day(raw);
        case time_n: return raw.size() <= 5 && type.scale <= 7;
        case datetime2_n:
            return raw.size() >= 6 && raw.size() <= 8 && type.scale <= 7 &&
                   is_day(raw.substr(raw.size() - 3));
        case datetimeoffset_n:
            return raw.size() >= 8 && raw.size() <= 10 && type.scale <= 7 && is_local(type, raw);
        case decimal_n:
        case numeric_n: return !raw.empty() && raw.size() <= 17 && type.scale <= 38;
        default: return true;
    }
}

value interpret(const wire_type& type, const std::string& raw) {
    switch (type.id) {
        case int1:
        case bit:
        case int2:
        case int4:
        case int8:
        case int_n:
        case bit_n: return signed_number(raw);
        case float4:
        case float8:
        case float_n: return float_value(raw);
        case money:
        case small_money:
        case money_n: return money_value(raw);
        case datetime:
        case small_datetime:
        case datetime_n: return datetime_value(raw);
        case datetime2_n:
        case datetimeoffset_n: return datetime2_value(type, raw);
        case date_n:
            return calendar_value{column_kind::date,
                                  format_moment({unsigned_number(raw), 0}, 0).substr(0, 10)};
        case time_n: return time_value(type, raw);
        case decimal_n:
        case numeric_n: return numeric_value(type, raw);
        case guid: return guid_text(raw);
        case nvar_char:
        case nfixed_char:
        case ntext:
        case xml: return utf8_from_utf16(raw);
        case var_char:
        case fixed_char:
        case text: return narrow_text(raw);
        default: return binary(raw.begin(), raw.end());
    }
}

column_kind integer_kind(std::size_t size) {
    switch (size) {
        case 1: return column_kind::tinyint;
        case 2: return column_kind::smallint;
        case 4: return column_kind::integer;
        default: return column_kind::bigint;
    }
}

column_type sized(column_kind limited, column_kind unlimited_kind, const wire_type& type) {
    auto length = limited == column_kind::nvarchar ? type.size / 2 : type.size;
    if (type.form != length_form::two_bytes) return {unlimited_kind};
    return {limited, static_cast<std::uint16_t>(length)};
}

column_type as_column(const wire_type& type) {
    auto scale = static_cast<std::uint8_t>(type.scale);
    switch (type.id) {
        case int1:
        case int2:
        case int4:
        case int8:
        case int_n: return {integer_kind(type.size)};
        case bit:
        case bit_n: return {column_kind::bit};
        case float4:
        case float8:
        case float_n: return {column_kind::floating};
        case decimal_n:
            return {column_kind::numeric,
                    decimal_length,
                    static_cast<std::uint8_t>(type.precision),
                    scale};
        case numeric_n:
            return {column_kind::numeric, 0, static_cast<std::uint8_t>(type.precision), scale};
        case money: return {column_kind::money, 8, 19, 4};
        case small_money: return {column_kind::smallmoney, 4, 10, 4};
        case money_n:
            return {type.size == 4 ? column_kind::smallmoney : column_kind::money, 8, 19, 4};
        case guid: return {column_kind::guid};
        case small_datetime: return {column_kind::smalldatetime};
        case datetime: return {column_kind::datetime};
        case datetime_n:
            return {type.size == 4 ? column_kind::smalldatetime : column_kind::datetime};
        case date_n: return {column_kind::date};
        case time_n: return {column_kind::time, 0, 0, scale};
        case datetime2_n: return {column_kind::datetime2, 0, 0, scale};
        case datetimeoffset_n: return {column_kind::datetimeoffset, 0, 0, scale};
        case var_char:
        case fixed_char:
        case text: return sized(column_kind::varchar, column_kind::varchar_max, type);
        case var_binary:
        case fixed_binary:
        case image: return sized(column_kind::varbinary, column_kind::varbinary_max, type);
        case xml: return {column_kind::xml};
        default: return sized(column_kind::nvarchar, column_kind::nvarchar_max, type);
    }
}

}  // namespace

result<parameter> read_parameter(byte_reader& in) {
    parameter out;
    out.name = in.text(in.u8());
    auto status = in.u8();
    out.by_reference = (status & 0x01) != 0;
    out.is_default = (status & 0x02) != 0;
    auto type = read_type(in);
    if (!type) return tl::unexpected(type.error());
    out.type = as_column(*type);
    auto raw = read_raw(in, *type);
    if (!in.ok()) return failure(errc::malformed, "a parameter that does not end");
    if (!raw) return out;
    if (!plausible(*type, *raw))
        return failure(errc::malformed,
                       "a parameter of type " + std::to_string(type->id) + " and " +
                           std::to_string(raw->size()) + " bytes");
    out.what = interpret(*type, *raw);
    return out;
}

}  // namespace ha::mssqlsim::tds
