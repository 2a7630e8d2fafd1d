// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/column_kinds.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/hexadecimal.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/real_text.hpp"

#include <array>
#include <cstdlib>

// The styles of CONVERT: how bytes and times are written as text, and bytes read from it.

namespace ha::mssqlsim {

namespace {

sql_result<value> bytes_written(const std::string& text, bool with_prefix) {
    const sql_error refused{8114,
                            "Error converting data type varchar to varbinary.",
                            16,
                            5,
                            sql_error::reach::batch,
                            0,
                            {}};
    std::string_view rest = text;
    if (with_prefix && !rest.starts_with("0x") && !rest.starts_with("0X"))
        return tl::unexpected(refused);
    if (with_prefix) rest.remove_prefix(2);
    if (rest.size() % 2 != 0) return tl::unexpected(refused);
    binary made;
    for (std::size_t at = 0; at < rest.size(); at += 2) {
        const std::string pair{rest.substr(at, 2)};
        char* end = nullptr;
        made.push_back(static_cast<std::uint8_t>(std::strtol(pair.c_str(), &end, 16)));
        if (*end != '\0') return tl::unexpected(refused);
    }
    return value{std::move(made)};
}

// "YYYY-MM-DD hh:mm:ss[.fff]" as the style has it; nothing for a style that is not known.
// Y, M, D, h, m and s stand for parts; b is the month's name, i and p an hour of twelve.
std::optional<std::string> form_of(std::int64_t style) {
    switch (style) {
        case 0:
        case 100: return "b d Y i:mp";
        case 101: return "M/D/Y";
        case 102: return "Y.M.D";
        case 103: return "D/M/Y";
        case 104: return "D.M.Y";
        case 105: return "D-M-Y";
        case 108: return "h:m:s";
        case 110: return "M-D-Y";
        case 111: return "Y/M/D";
        case 112: return "YMD";
        case 20:
        case 120: return "Y-M-D h:m:s";
        case 21:
        case 25:
        case 121: return "Y-M-D h:m:sf";
        case 23: return "Y-M-D";
        case 126:
        case 127: return "Y-M-DTh:m:sF";
        default: return {};
    }
}

// What of the form a date or a time of day can fill; nothing when that is none of it.
std::optional<std::string> form_of_kind(std::string form, column_kind kind) {
    if (kind == column_kind::date || kind == column_kind::time) {
        const auto begin = form.find_first_of("hi");
        const bool wants_date = kind == column_kind::date;
        if (wants_date && begin == 0) return {};
        if (!wants_date && begin == form.npos) return {};
        if (!wants_date)
            form.erase(0, begin);
        else if (begin != form.npos)
            form.resize(begin - 1);
    }
    if (kind == column_kind::datetimeoffset && form.find_first_of("hi") != form.npos)
        form += form.find('T') == form.npos ? " z" : "z";
    return form;
}

std::string blank_padded(std::int64_t number) {
    return (number < 10 ? " " : "") + std::to_string(number);
}

// `moment`: "YYYY-MM-DD hh:mm:ss[.fff][ +hh:mm]"
std::string time_written(const std::string& whole, const std::string& form) {
    static constexpr std::array<const char*, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto zone = whole.find(' ', 19);
    const std::string moment = whole.substr(0, zone);
    const auto number = [&](std::size_t at) {
        return std::int64_t{std::strtol(moment.substr(at, 2).c_str(), nullptr, 10)};
    };
    const std::int64_t hour = number(11);
    std::string made;
    for (const char c : form) {
        switch (c) {
            case 'Y': made += moment.substr(0, 4); break;
            case 'M': made += moment.substr(5, 2); break;
            case 'D': made += moment.substr(8, 2); break;
            case 'h': made += moment.substr(11, 2); break;
            case 'm': made += moment.substr(14, 2); break;
            case 's': made += moment.substr(17, 2); break;
            case 'f': made += moment.substr(19); break;
            case 'F':  // left out when it is nought
                if (moment.find_first_of("123456789", 19) != moment.npos) made += moment.substr(19);
                break;
            case 'z': made += zone == whole.npos ? "" : whole.substr(zone + 1); break;
            case 'b': made += months[static_cast<std::size_t>(number(5) + 11) % 12]; break;
            case 'd': made += blank_padded(number(8)); break;
            case 'i': made += blank_padded(hour % 12 == 0 ? 12 : hour % 12); break;
            case 'p': made += hour < 12 ? "AM" : "PM"; break;
            default: made += c;
        }
    }
    return made;
}

sql_error no_style(std::int64_t style, column_kind from) {
    return sql_error{281,
                     std::to_string(style) + " is not a valid style number when converting from " +
                         name_of_kind(from) + " to a character string.",
                     16,
                     1,
                     sql_error::reach::statement,
                     0,
                     {}};
}

sql_result<value> calendar_written(const calendar_value& from,
                                   const column_type& to,
                                   std::optional<std::int64_t> style) {
    std::string moment = from.text;
    if (from.kind == column_kind::date) moment += " 00:00:00";
    if (from.kind == column_kind::time) moment = "1900-01-01 " + from.text;
    const std::int64_t otherwise = from.kind == column_kind::smalldatetime ? 0 : 121;
    const auto known = form_of(style.value_or(otherwise));
    const auto form = known ? form_of_kind(*known, from.kind) : known;
    if (!form) return tl::unexpected(no_style(style.value_or(otherwise), from.kind));
    return convert(value{time_written(moment, *form)}, to);
}

}  // namespace

sql_result<value> convert_styled(const value& from,
                                 const column_type& source,
                                 const column_type& to,
                                 std::optional<std::int64_t> style) {
    const bool with_prefix = style == 1;
    const bool hex = with_prefix || style == 2;
    const auto* bytes = std::get_if<binary>(&from);
    if (bytes != nullptr && hex && is_text_kind(to.kind))
        return convert(value{(with_prefix ? "0x" : "") + hexadecimal(*bytes)}, to);
    if (const auto* real = std::get_if<double>(&from); real != nullptr && is_text_kind(to.kind)) {
        const auto written = real_text(*real, style.value_or(0));
        if (!written) return tl::unexpected(no_style(*style, column_kind::floating));
        return convert(value{*written}, to);
    }
    const auto* text = std::get_if<std::string>(&from);
    const bool makes_bytes =
        to.kind == column_kind::varbinary || to.kind == column_kind::varbinary_max;
    if (text != nullptr && hex && makes_bytes) {
        auto made = bytes_written(*text, with_prefix);
        return made ? convert(*made, to) : made;
    }
    if (const auto* exact = std::get_if<exact_number>(&from);
        exact != nullptr && exact->is_money && is_text_kind(to.kind))
        return convert(value{money_text(*exact, style.value_or(0))}, to);
    if (const auto* date = std::get_if<calendar_value>(&from);
        date != nullptr && is_text_kind(to.kind))
        return calendar_written(*date, to, style);
    const bool is_time =
        source.kind == column_kind::datetime || source.kind == column_kind::datetime2;
    constexpr std::size_t shortest = 19;  // date and time to the second
    if (text == nullptr || !is_time || !is_text_kind(to.kind) || text->size() < shortest)
        return convert(from, to);
    const std::int64_t otherwise = source.kind == column_kind::datetime ? 0 : 121;
    const auto form = form_of(style.value_or(otherwise));
    if (!form) return tl::unexpected(no_style(style.value_or(otherwise), source.kind));
    return convert(value{time_written(*text, *form)}, to);
}

}  // namespace ha::mssqlsim
