// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// What rows, parameters and expressions are made of: few kinds of values, and the column's type
// says how one is written on a wire.

namespace ha::mssqlsim {

using binary = std::vector<std::uint8_t>;

enum class column_kind {
    tinyint,
    smallint,
    integer,
    bigint,
    bit,
    floating,
    numeric,  // precision and scale
    guid,
    nvarchar,  // length in characters
    nvarchar_max,
    varchar,  // length in bytes
    varchar_max,
    varbinary,  // length in bytes
    varbinary_max,
    datetime,
    datetime2,  // scale
    xml,
    nchar,      // length in characters; filled with blanks where it is written
    character,  // likewise, in bytes
    date,
    time,            // scale
    datetimeoffset,  // scale
    smalldatetime,
    money,
    smallmoney,
    variant,
};

struct column_type {
    column_kind kind = column_kind::integer;
    std::uint16_t length = 0;
    std::uint8_t precision = 25;
    std::uint8_t scale = 0;
    auto operator<=>(const column_type&) const = default;
};

// A number that is none of 64 bits without a point: "-12.50", as many digits as its type has. Money
// has four behind the point, and is written with two where it becomes text.
class exact_number {
public:
    exact_number() = default;
    explicit exact_number(std::string digits, bool of_money = false)
        : text(std::move(digits)), is_money(of_money) {}

    std::string text = "0";
    bool is_money = false;
    auto operator<=>(const exact_number&) const = default;
};

// What is a date "2026-01-31", a time "12:00:00.1234567", a datetimeoffset "2026-01-31
// 12:00:00.1234567 +01:00" or a smalldatetime "2026-01-31 12:00:00", as its kind says.
class calendar_value {
public:
    calendar_value() = default;
    calendar_value(column_kind what, std::string written) : kind(what), text(std::move(written)) {}

    column_kind kind = column_kind::date;
    std::string text = "1900-01-01";
    auto operator<=>(const calendar_value&) const = default;
};

// What a sql_variant holds, and as which type: exact numbers and what calendar_value has are text.
class variant_value {
public:
    column_type base;
    std::variant<std::int64_t, double, std::string, binary> held;
    auto operator<=>(const variant_value&) const = default;
};

// Null, a number, text in UTF-8, or bytes. Bits are 0 and 1. GUIDs ("6F9619FF-8B86-...", upper
// case), datetime and datetime2 ("2026-01-31 12:00:00.1234567", UTC) are text.
using value = std::variant<std::monostate,
                           std::int64_t,
                           double,
                           std::string,
                           binary,
                           exact_number,
                           calendar_value,
                           variant_value>;
using row = std::vector<value>;

// Where a column of an answer comes from, as far as clients are told.
enum class column_origin : std::uint8_t {
    table,
    computed,  // by an expression
    derived,   // by an aggregate, or from several queries
};

struct column {
    std::string name;
    column_type type;
    bool nullable = true;
    column_origin origin = column_origin::table;
    bool identity = false;
    bool operator==(const column&) const = default;
};

// The columns of rows; they do not change, and all rows that have the same may share them.
class column_list {
public:
    column_list() = default;
    column_list(std::vector<column> all)
        : all_(std::make_shared<const std::vector<column>>(std::move(all))) {}
    column_list(std::initializer_list<column> all) : column_list(std::vector<column>(all)) {}

    const std::vector<column>& all() const {
        static const std::vector<column> none;
        return all_ ? *all_ : none;
    }
    auto begin() const { return all().begin(); }
    auto end() const { return all().end(); }
    std::size_t size() const { return all().size(); }
    bool empty() const { return all().empty(); }
    const column& operator[](std::size_t at) const { return all()[at]; }
    const column& front() const { return all().front(); }
    bool is_same_as(const column_list& other) const { return all_ && all_ == other.all_; }
    bool operator==(const column_list& other) const { return all() == other.all(); }

private:
    std::shared_ptr<const std::vector<column>> all_;
};

inline bool is_null(const value& v) {
    return std::holds_alternative<std::monostate>(v);
}

// Names and text compare without regard to the case of ASCII letters, as the default collation
// does.
bool same_letters(const char* a, const char* b, std::size_t count);
inline bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && same_letters(a.data(), b.data(), a.size());
}
int compare_text(std::string_view a, std::string_view b);
std::string lower(std::string_view text);

// Orders keys as compare_text does: what is looked for needs no copy in lower case.
struct less_name {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return compare_text(a, b) < 0; }
};

}  // namespace ha::mssqlsim
