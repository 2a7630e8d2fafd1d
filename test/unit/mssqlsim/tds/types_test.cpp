// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/column_codec.hpp"
#include "test/mssqlsim/tds/parameter.hpp"
#include "test/mssqlsim/tsql/variant.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using ha::test::from_hex;
using kind = column_kind;

// The bytes of dates, times of day, money and sql_variant ([MS-TDS] 2.2.5.5.1, 2.2.5.5.4), as rows
// carry them and as parameters bring them.

namespace {

value calendar(kind what, const std::string& text) {
    return calendar_value{what, text};
}

value money(const std::string& text) {
    return exact_number{text, true};
}

std::string written(const column_type& type, const value& what) {
    tds::byte_writer out;
    tds::write_value(out, type, what);
    return out.take();
}

std::string type_bytes(const column_type& type) {
    tds::byte_writer out;
    tds::write_type(out, type);
    return out.take();
}

result<tds::parameter> read(const std::string& type_and_value) {
    const std::string bytes = from_hex("00 00") + type_and_value;
    tds::byte_reader in(bytes);
    return tds::read_parameter(in);
}

struct example {
    column_type type;
    const char* head;  // of the column
    value what;
    const char* bytes;  // of the value, its length before it
};

std::vector<example> examples() {
    return {
        {{kind::date, 3, 25, 0}, "28", calendar(kind::date, "2026-01-31"), "03 3e490b"},
        {{kind::date, 3, 25, 0}, "28", calendar(kind::date, "0001-01-01"), "03 000000"},
        {{kind::date, 3, 25, 0}, "28", calendar(kind::date, "9999-12-31"), "03 dab937"},
        {{kind::time, 4, 25, 3}, "29 03", calendar(kind::time, "12:34:54.124"), "04 2c22b302"},
        {{kind::time, 3, 25, 0}, "29 00", calendar(kind::time, "00:00:01"), "03 010000"},
        {{kind::datetimeoffset, 10, 25, 7},
         "2b 07",
         calendar(kind::datetimeoffset, "1900-01-01 00:00:01.0000000 +01:00"),
         "0a 80ee3dc9c0 5a950a 3c00"},
        {{kind::smalldatetime, 4, 25, 0},
         "6f 04",
         calendar(kind::smalldatetime, "2026-01-31 12:34:00"),
         "04 e3b3 f202"},
        {{kind::money, 8, 19, 4}, "6e 08", money("-12.5000"), "08 ffffffff b817feff"},
        {{kind::money, 8, 19, 4}, "6e 08", money("-922337203685477.5808"), "08 00000080 00000000"},
        {{kind::smallmoney, 4, 10, 4}, "6e 04", money("0.0001"), "04 01000000"},
    };
}

}  // namespace

TEST_CASE("dates, times and money are written as they are read") {
    for (const auto& one : examples()) {
        INFO(one.bytes);
        CHECK(type_bytes(one.type) == from_hex(one.head));
        CHECK(written(one.type, one.what) == from_hex(one.bytes));
        const auto heard = read(from_hex(one.head) + from_hex(one.bytes));
        REQUIRE(heard.has_value());
        CHECK(heard->what == one.what);
        CHECK(heard->type.kind == one.type.kind);
    }
}

TEST_CASE("a NULL of these types has the length nought") {
    for (const auto& one : examples()) {
        CHECK(written(one.type, value{}) == from_hex("00"));
        const auto heard = read(from_hex(one.head) + from_hex("00"));
        REQUIRE(heard.has_value());
        CHECK(is_null(heard->what));
    }
}

TEST_CASE("dates that there are not are refused as parameters") {
    for (const char* bad : {"28 03 dbb937",                     // 10000-01-01
                            "28 02 5b95",                       // a date of two bytes
                            "2a 07 08 0000000000 ffffff",       // a year of five digits
                            "2b 07 0a 0000000000 000000 c4ff",  // before 0001-01-01 there
                            "2b 07 0a 0000000000 5a950a e803",  // an offset of 16 hours
                            "6f 08 08 ffffff7f 00000000",       // days without end
                            "6f 08 08 00000000 ffffffff"}) {
        INFO(bad);
        CHECK(read(from_hex(bad)).error().kind == errc::malformed);
    }
}

TEST_CASE("a sql_variant is its base type, that one's properties and the value") {
    const column_type variant{kind::variant, 8016, 25, 0};
    CHECK(type_bytes(variant) == from_hex("62 491f0000"));
    CHECK(written(variant, value{}) == from_hex("00000000"));
    CHECK(written(variant, value{std::int64_t{3}}) == from_hex("06000000 38 00 03000000"));
    CHECK(written(variant, as_variant(value{"ab"}, {kind::varchar, 2, 25, 0})) ==
          from_hex("0b000000 a7 07 0904d00034 0200 6162"));
    CHECK(written(variant, as_variant(value{"a"}, {kind::nvarchar, 128, 25, 0})) ==
          from_hex("0b000000 e7 07 0904d00034 0001 6100"));
    CHECK(written(variant, as_variant(calendar(kind::time, "00:00:01"), {kind::time, 3, 25, 0})) ==
          from_hex("06000000 29 01 00 010000"));
    CHECK(written(variant, as_variant(value{exact_number{"1.50"}}, {kind::numeric, 0, 8, 2})) ==
          from_hex("09000000 6c 02 08 02 01 96000000"));
}
