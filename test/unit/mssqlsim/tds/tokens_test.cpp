// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/tokens.hpp"

#include "test/mssqlsim/tds/column_codec.hpp"
#include "test/mssqlsim/tds/decimal.hpp"
#include "test/mssqlsim/tds/moment.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

using namespace ha::mssqlsim::tds;
using ha::mssqlsim::binary;
using ha::mssqlsim::column;
using ha::mssqlsim::column_kind;
using ha::mssqlsim::column_type;
using ha::mssqlsim::value;
using ha::test::to_hex;

namespace {

std::string written(const column_type& type, const value& what) {
    byte_writer out;
    write_value(out, type, what);
    return to_hex(out.take());
}

std::string typed(const column_type& type) {
    byte_writer out;
    write_type(out, type);
    return to_hex(out.take());
}

}  // namespace

TEST_CASE("values are written as their column's type says") {
    using kind = column_kind;
    REQUIRE(written({kind::integer}, std::int64_t{-2}) == "04feffffff");
    REQUIRE(written({kind::tinyint}, std::int64_t{2}) == "0102");
    REQUIRE(written({kind::bigint}, "12") == "080c00000000000000");
    REQUIRE(written({kind::bit}, std::int64_t{7}) == "0101");
    REQUIRE(written({kind::floating}, 1.5) == "08000000000000f83f");
    REQUIRE(written({kind::numeric, 0, 25, 0}, "34000000027200001") ==
            "0d01010afce3d1ca7800"
            "00000000");
    REQUIRE(written({kind::guid}, "6F9619FF-8B86-D011-B42D-00C04FC964FF") ==
            "10ff19966f868b11d0b42d00c04fc964ff");
    REQUIRE(written({kind::nvarchar, 10}, "hi") == "040068006900");
    REQUIRE(written({kind::nvarchar, 1}, "hi") == "02006800");
    REQUIRE(written({kind::nvarchar_max}, "h") ==
            "02000000000000000200000068000000"
            "0000");
    REQUIRE(written({kind::varchar_max}, "\xC3\xA9\xE2\x82\xAC") ==
            "020000000000000002000000e93f00000000");
    REQUIRE(written({kind::varbinary, 8}, binary{1, 255}) == "020001ff");
    REQUIRE(written({kind::datetime}, "1900-01-02 00:00:01") ==
            "0801000000"
            "2c010000");
    REQUIRE(written({kind::datetime}, "1900-01-01T23:59:59.9999") ==
            "0801000000"
            "00000000");
    REQUIRE(written({kind::datetime2, 0, 0, 7}, "1900-01-01 00:00:01") == "0880969800005b950a");
}

TEST_CASE("NULL has a form of its own in each type, and so has what cannot be said") {
    using kind = column_kind;
    REQUIRE(written({kind::integer}, {}) == "00");
    REQUIRE(written({kind::nvarchar, 10}, {}) == "ffff");
    REQUIRE(written({kind::varbinary_max}, {}) == "ffffffffffffffff");
    REQUIRE(written({kind::integer}, "no number") == "00");
    REQUIRE(written({kind::guid}, "no guid") == "00");
    REQUIRE(written({kind::datetime2, 0, 0, 7}, "yesterday") == "00");
}

TEST_CASE("types are announced with their sizes") {
    using kind = column_kind;
    REQUIRE(typed({kind::smallint}) == "2602");
    REQUIRE(typed({kind::numeric, 0, 25, 0}) == "6c111900");
    REQUIRE(typed({kind::nvarchar, 128}) == "e700010904d00034");
    REQUIRE(typed({kind::nvarchar_max}) == "e7ffff0904d00034");
    REQUIRE(typed({kind::varbinary_max}) == "a5ffff");
    REQUIRE(typed({kind::datetime2, 0, 0, 7}) == "2a07");
}

TEST_CASE("rows with nulls carry a bitmap, rows without do not") {
    std::vector<column> columns{{"a", {column_kind::integer}}, {"b", {column_kind::nvarchar, 5}}};
    token_writer out("srv");
    out.columns(columns);
    REQUIRE(to_hex(out.take()) ==
            "810200"
            "00000000"
            "0900"
            "2604"
            "016100"
            "00000000"
            "0900"
            "e70a000904d00034"
            "016200");
    out.row(columns, {std::int64_t{1}, "x"});
    REQUIRE(to_hex(out.take()) ==
            "d1"
            "0401000000"
            "02007800");
    out.row(columns, {std::int64_t{1}, {}});
    REQUIRE(to_hex(out.take()) ==
            "d2"
            "02"
            "0401000000");
}

TEST_CASE("messages are errors above severity ten, notes below") {
    token_writer out("S");
    out.message({18456, 1, 14, "No", "", 1});
    REQUIRE(to_hex(out.take()) ==
            "aa1400"
            "18480000"
            "01"
            "0e"
            "02004e006f00"
            "015300"
            "00"
            "01000000");
    out.message({5701, 2, 10, "", "", 1});
    REQUIRE(to_hex(out.take()).substr(0, 2) == "ab");
    out.message({50000, 1, 16, std::string(100'000, 'x'), "", 1});
    REQUIRE(out.size() < 20'000);
}

TEST_CASE("the end of a statement says what is to be known of it") {
    token_writer out("S");
    out.done(done_token::done, {.more = true, .error = true, .in_transaction = true});
    REQUIRE(to_hex(out.take()) ==
            "fd"
            "0700"
            "0000"
            "0000000000000000");
    out.done(done_token::in_procedure, {.row_count = 5, .command = 0xC1});
    REQUIRE(to_hex(out.take()) ==
            "ff"
            "1000"
            "c100"
            "0500000000000000");
    out.done(done_token::done, {.attention = true});
    REQUIRE(to_hex(out.take()) ==
            "fd"
            "2000"
            "0000"
            "0000000000000000");
}

TEST_CASE("a login's answer speaks of version, transaction, packet size and route") {
    token_writer out("S");
    out.login_acknowledged({16, 0, 4135}, 0x74000004);
    auto bytes = to_hex(out.take());
    REQUIRE(bytes.substr(0, 16) == "ad32000174000004");
    REQUIRE(bytes.substr(bytes.size() - 8) == "10001027");
    out.packet_size_changed(4096, 4096);
    REQUIRE(to_hex(out.take()) ==
            "e31300"
            "04"
            "043400300039003600"
            "043400300039003600");
    out.transaction_begun(1);
    REQUIRE(to_hex(out.take()) ==
            "e30b00"
            "08"
            "080100000000000000"
            "00");
    out.transaction_committed(1);
    REQUIRE(to_hex(out.take()) ==
            "e30b00"
            "09"
            "00"
            "080100000000000000");
    out.routed_to("h", 1433);
    REQUIRE(to_hex(out.take()) ==
            "e30c00"
            "14"
            "0700"
            "00"
            "9905"
            "01006800"
            "0000");
    out.features(true, {});
    REQUIRE(to_hex(out.take()) ==
            "ae"
            "0a"
            "01000000"
            "01"
            "ff");
    out.features(false, {});
    REQUIRE(out.size() == 0);
}

TEST_CASE("decimals of 38 digits go to bytes and back") {
    std::string digits(38, '9');
    auto bytes = magnitude_bytes(digits, 16);
    REQUIRE(bytes.has_value());
    REQUIRE(magnitude_digits(*bytes) == digits);
    REQUIRE_FALSE(magnitude_bytes("4294967296", 4).has_value());
    REQUIRE(format_decimal(*parse_decimal("-0.5", 3), 3) == "-0.500");
    REQUIRE_FALSE(parse_decimal("1e5", 0).has_value());
    REQUIRE_FALSE(parse_decimal("", 0).has_value());
}

TEST_CASE("times are read in the forms that T-SQL writes, and no others") {
    REQUIRE(parse_moment("0001-01-01")->day == 0);
    REQUIRE(parse_moment("2026-11-21T10:20:30.1234567Z")->tenth_micros == 372'301'234'567);
    REQUIRE(format_moment(*parse_moment("2026-11-21 10:20"), 3) == "2026-11-21 10:20:00.000");
    for (auto bad : {"", "2026-02-30", "2026-11-21 25:00", "2026-11-21 10:20:30.", "20261121"})
        REQUIRE_FALSE(parse_moment(bad).has_value());
}
