// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What travels in rows and parameters. Few kinds of values; the column's type says how one is
// written, so that a GUID or a time may be text here.

namespace ha::mssqlsim::tds {

using binary = std::vector<std::uint8_t>;

// Null, a number, text in UTF-8, or bytes. Decimals too large for int64, GUIDs
// ("6F9619FF-8B86-...") and times ("2026-01-31 12:00:00.1234567") are text.
using value = std::variant<std::monostate, std::int64_t, double, std::string, binary>;

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
};

struct column_type {
    column_kind kind = column_kind::integer;
    std::uint16_t length = 0;
    std::uint8_t precision = 25;
    std::uint8_t scale = 0;
    bool operator==(const column_type&) const = default;
};

struct column {
    std::string name;
    column_type type;
    bool nullable = true;
    bool operator==(const column&) const = default;
};

}  // namespace ha::mssqlsim::tds
