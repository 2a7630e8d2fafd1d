// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/characters.hpp"
#include "test/mssqlsim/tsql/conversion_errors.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/exact.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/real_text.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <cerrno>
#include <cstdlib>
#include <limits>

namespace ha::mssqlsim {

namespace {

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Text that is no whole number, or none of 64 bits, is refused.
sql_result<std::int64_t> integer_of(const std::string& text, column_kind kind) {
    const std::string digits = trimmed(text);
    if (digits.empty()) return 0;
    char* end = nullptr;
    errno = 0;
    const long long made = std::strtoll(digits.c_str(), &end, 10);
    if (*end != '\0') return tl::unexpected(no_whole_number(text, kind));
    if (errno != 0) return tl::unexpected(text_too_large(text, kind));
    return made;
}

struct range {
    std::int64_t low;
    std::int64_t high;
};

range range_of(column_kind kind) {
    switch (kind) {
        case column_kind::tinyint: return {0, 255};
        case column_kind::smallint: return {-32768, 32767};
        case column_kind::integer:
            return {std::numeric_limits<std::int32_t>::min(),
                    std::numeric_limits<std::int32_t>::max()};
        default:
            return {std::numeric_limits<std::int64_t>::min(),
                    std::numeric_limits<std::int64_t>::max()};
    }
}

sql_result<value> to_integer(const value& from, column_kind kind) {
    std::int64_t made = 0;
    const range allowed = range_of(kind);
    if (const auto* number = std::get_if<std::int64_t>(&from)) {
        made = *number;
    } else if (const auto* real = std::get_if<double>(&from)) {
        const bool fits = *real > static_cast<double>(allowed.low) - 1 &&
                          *real < static_cast<double>(allowed.high) + 1;
        if (!fits) return tl::unexpected(real_too_large(*real, kind));
        made = static_cast<std::int64_t>(*real);  // towards nought, unlike a numeric
    } else if (const auto* exact = std::get_if<exact_number>(&from)) {
        const auto whole = whole_part(*exact);
        if (!whole || *whole < allowed.low || *whole > allowed.high)
            return tl::unexpected(exact_too_large(kind));
        made = *whole;
    } else if (const auto* text = std::get_if<std::string>(&from)) {
        const auto parsed = integer_of(*text, kind);
        if (!parsed) return tl::unexpected(parsed.error());
        if (*parsed < allowed.low || *parsed > allowed.high)
            return tl::unexpected(text_too_large(*text, kind));
        made = *parsed;
    } else {
        for (const std::uint8_t byte : std::get<binary>(from))
            made = static_cast<std::int64_t>((static_cast<std::uint64_t>(made) << 8U) | byte);
    }
    if (made < allowed.low || made > allowed.high)
        return tl::unexpected(number_too_large(made, kind));
    return value{made};
}

sql_result<value> to_bit(const value& from) {
    if (const auto* text = std::get_if<std::string>(&from)) {
        if (same_name(*text, "true")) return value{std::int64_t{1}};
        if (same_name(*text, "false")) return value{std::int64_t{0}};
        const auto number = integer_of(*text, column_kind::bit);
        if (!number) return tl::unexpected(number.error());
        return value{std::int64_t{*number == 0 ? 0 : 1}};
    }
    if (const auto* exact = std::get_if<exact_number>(&from))
        return value{
            std::int64_t{exact->text.find_first_not_of("-0.") == std::string::npos ? 0 : 1}};
    auto made = to_integer(from, column_kind::bigint);
    if (!made) return made;
    return value{std::int64_t{std::get<std::int64_t>(*made) == 0 ? 0 : 1}};
}

sql_result<value> to_real(const value& from) {
    if (const auto* number = std::get_if<std::int64_t>(&from))
        return value{static_cast<double>(*number)};
    if (std::holds_alternative<double>(from)) return from;
    const auto* exact = std::get_if<exact_number>(&from);
    const std::string text = exact != nullptr ? exact->text : text_of(from);
    char* end = nullptr;
    const double made = std::strtod(text.c_str(), &end);
    if (*end != '\0') return tl::unexpected(no_real());
    return value{made};
}

sql_result<value> to_text(const value& from, std::uint16_t length) {
    std::string text = text_of(from);
    if (length != 0 && text.size() > length) text = text_of_units(units_of(text).substr(0, length));
    return value{std::move(text)};
}

sql_result<value> to_bytes(const value& from, std::uint16_t length) {
    binary made;
    if (const auto* bytes = std::get_if<binary>(&from)) {
        made = *bytes;
    } else if (const auto* number = std::get_if<std::int64_t>(&from)) {
        const int size = length != 0 && length < 8 ? length : 8;
        for (int i = size - 1; i >= 0; --i)
            made.push_back(
                static_cast<std::uint8_t>(static_cast<std::uint64_t>(*number) >> (8 * i)));
    } else {
        const std::string text = text_of(from);
        made.assign(text.begin(), text.end());
    }
    if (length != 0 && made.size() > length) made.resize(length);
    return value{std::move(made)};
}

}  // namespace

std::string text_of(const value& what) {
    if (const auto* text = std::get_if<std::string>(&what)) return *text;
    if (const auto* exact = std::get_if<exact_number>(&what))
        return exact->is_money ? money_text(*exact, 0) : exact->text;
    if (is_variant(what)) return text_of(out_of_variant(what));
    if (const auto* date = std::get_if<calendar_value>(&what)) return date->text;
    if (const auto* number = std::get_if<std::int64_t>(&what)) return std::to_string(*number);
    if (const auto* real = std::get_if<double>(&what)) return *real_text(*real);
    if (const auto* bytes = std::get_if<binary>(&what))
        return std::string(bytes->begin(), bytes->end());
    return {};
}

sql_result<value> convert(const value& from, const column_type& to) {
    if (is_null(from)) return value{};
    if (to.kind == column_kind::variant) return as_variant(from, usual_type_of(from));
    if (is_variant(from)) return tl::unexpected(no_implicit_conversion(to));
    if (is_calendar(from))
        if (auto made = from_calendar(from, to)) return std::move(*made);
    switch (to.kind) {
        case column_kind::tinyint:
        case column_kind::smallint:
        case column_kind::integer:
        case column_kind::bigint: return to_integer(from, to.kind);
        case column_kind::bit: return to_bit(from);
        case column_kind::floating: {
            constexpr std::uint16_t of_real = 4;
            auto made = to_real(from);
            if (made && to.length == of_real)
                made = value{static_cast<double>(static_cast<float>(std::get<double>(*made)))};
            return made;
        }
        case column_kind::numeric:
            if (std::holds_alternative<binary>(from)) return to_integer(from, column_kind::bigint);
            return to_numeric(from, to);
        case column_kind::money:
        case column_kind::smallmoney:
            if (std::holds_alternative<binary>(from)) return to_integer(from, column_kind::bigint);
            return to_money(from, to);
        case column_kind::datetime:
        case column_kind::datetime2:
        case column_kind::date:
        case column_kind::time:
        case column_kind::datetimeoffset:
        case column_kind::smalldatetime: return to_date_time(from, to);
        case column_kind::varbinary:
        case column_kind::varbinary_max: return to_bytes(from, to.length);
        case column_kind::guid: {
            std::string text = text_of(from);
            if (std::holds_alternative<std::string>(from)) {
                if (!is_guid_text(text)) return tl::unexpected(no_guid());
                text = text.substr(text.front() == '{' ? 1 : 0, 36);
            }
            for (char& c : text)
                if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
            return value{std::move(text)};
        }
        default: return to_text(from, to.length);
    }
}

sql_result<int> compare(const value& left, const value& right) {
    if (is_variant(left) || is_variant(right)) return compare_variants(left, right);
    if (is_calendar(left) || is_calendar(right)) return compare_dates(left, right);
    const auto sign = [](auto a, auto b) { return a < b ? -1 : (b < a ? 1 : 0); };
    const auto* a = std::get_if<std::int64_t>(&left);
    const auto* b = std::get_if<std::int64_t>(&right);
    if (a != nullptr && b != nullptr) return sign(*a, *b);
    const bool with_float =
        std::holds_alternative<double>(left) || std::holds_alternative<double>(right);
    if (!with_float && (is_exact(left) || is_exact(right))) return exact_compare(left, right);
    if (with_float) {
        const auto x = to_real(left);
        const auto y = to_real(right);
        if (!x) return tl::unexpected(x.error());
        if (!y) return tl::unexpected(y.error());
        return sign(std::get<double>(*x), std::get<double>(*y));
    }
    if (a != nullptr || b != nullptr) {
        const auto x = to_integer(left, column_kind::bigint);
        const auto y = to_integer(right, column_kind::bigint);
        if (!x) return tl::unexpected(x.error());
        if (!y) return tl::unexpected(y.error());
        return sign(std::get<std::int64_t>(*x), std::get<std::int64_t>(*y));
    }
    const auto* bytes = std::get_if<binary>(&left);
    const auto* others = std::get_if<binary>(&right);
    if (bytes != nullptr && others != nullptr) return sign(*bytes, *others);
    return compare_characters(text_of(left), text_of(right));
}

}  // namespace ha::mssqlsim
