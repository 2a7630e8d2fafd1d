// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/request.hpp"

#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

using namespace ha;
using namespace ha::mssqlsim::tds;
using ha::mssqlsim::binary;
using ha::mssqlsim::column_kind;
using ha::mssqlsim::column_type;
using ha::mssqlsim::value;
using ha::test::from_hex;

namespace {

value read_one(std::string_view type_and_value) {
    auto bytes = from_hex("00 00") + from_hex(type_and_value);
    byte_reader in(bytes);
    auto read = read_parameter(in);
    INFO(type_and_value);
    REQUIRE(read.has_value());
    REQUIRE(in.at_end());
    return read->what;
}

const value null = std::monostate{};

}  // namespace

TEST_CASE("a batch is its text and the transaction it believes to be in") {
    auto read =
        parse_request({message_type::batch, false, false, test::batch_body("SELECT 1", 77)});
    REQUIRE(read.has_value());
    REQUIRE(std::get<batch_request>(read->what).text == "SELECT 1");
    REQUIRE(read->transaction == 77);
}

TEST_CASE("sp_executesql by number carries text, declarations and values") {
    auto body = test::executesql_body("SELECT @P1", from_hex("00 00 26 04 04 2a000000"));
    auto read = parse_request({message_type::rpc, true, false, body});
    REQUIRE(read.has_value());
    REQUIRE(read->reset_connection);
    auto& calls = std::get<rpc_request>(read->what).calls;
    REQUIRE(calls.size() == 1);
    REQUIRE(calls[0].name == "sp_executesql");
    REQUIRE(calls[0].parameters.size() == 3);
    REQUIRE(calls[0].parameters[0].what == value{"SELECT @P1"});
    REQUIRE(calls[0].parameters[0].type == column_type{column_kind::nvarchar, 4000});
    REQUIRE(calls[0].parameters[2].what == value{std::int64_t{42}});
    REQUIRE(calls[0].parameters[2].type == column_type{column_kind::integer});
}

TEST_CASE("procedures are called by name too, and several in one message") {
    auto body = test::headers() + from_hex("0200 7000 3100 0000") + from_hex("ff") +
                from_hex("0200 7000 3200 0000") +
                from_hex("02 4000 6800 01 26 04 00");  // @h, output, int null
    auto read = parse_request({message_type::rpc, false, false, body});
    REQUIRE(read.has_value());
    auto& calls = std::get<rpc_request>(read->what).calls;
    REQUIRE(calls.size() == 2);
    REQUIRE(calls[0].name == "p1");
    REQUIRE(calls[1].name == "p2");
    REQUIRE(calls[1].parameters[0].name == "@h");
    REQUIRE(calls[1].parameters[0].by_reference);
    REQUIRE(calls[1].parameters[0].what == null);
}

TEST_CASE("every parameter type that clients send is understood") {
    REQUIRE(read_one("26 08 08 ffffffffffffffff") == value{std::int64_t{-1}});
    REQUIRE(read_one("26 02 02 0080") == value{std::int64_t{-32768}});
    REQUIRE(read_one("26 01 01 ff") == value{std::int64_t{255}});
    REQUIRE(read_one("38 05000000") == value{std::int64_t{5}});
    REQUIRE(read_one("68 01 01 01") == value{std::int64_t{1}});
    REQUIRE(read_one("6d 08 08 000000000000f83f") == value{1.5});
    REQUIRE(read_one("24 10 10 ff19966f868b11d0b42d00c04fc964ff") ==
            value{"6F9619FF-8B86-D011-B42D-00C04FC964FF"});
    REQUIRE(read_one("6c 0d 19 00 0d 01 d2040000 0000000000000000") == value{"1234"});
    REQUIRE(read_one("6a 05 05 02 05 00 2a000000") == value{"-0.42"});
    REQUIRE(read_one("6f 08 08 00000000 2c010000") == value{"1900-01-01 00:00:01.000"});
    REQUIRE(read_one("2a 07 08 8096980000 5b950a") == value{"1900-01-01 00:00:01.0000000"});
    REQUIRE(read_one("e7 4000 0904d00034 0200 6100") == value{"a"});
    REQUIRE(read_one("e7 4000 0904d00034 ffff") == null);
    REQUIRE(read_one("e7 ffff 0904d00034 feffffffffffffff 02000000 6100 02000000 6200 00000000") ==
            value{"ab"});
    REQUIRE(read_one("e7 ffff 0904d00034 ffffffffffffffff") == null);
    REQUIRE(read_one("a7 4000 0904d00034 0100 e9") == value{"\xC3\xA9"});
    REQUIRE(read_one("a5 4000 0200 0102") == value{binary{1, 2}});
    REQUIRE(read_one("63 ffffff7f 0904d00034 02000000 6100") == value{"a"});
    REQUIRE(read_one("63 ffffff7f 0904d00034 ffffffff") == null);
    REQUIRE(read_one("f1 00 0200000000000000 02000000 6100 00000000") == value{"a"});
}

TEST_CASE("parameters of a wrong size or an unknown type are refused") {
    for (auto bad : {"00 00 24 10 04 01020304",
                     "00 00 26 04 03 010203",
                     "00 00 6d 08 05 0102030405",
                     "00 00 62 00",
                     "00 00 3e 000000000000f87f",
                     "00 00 6d 04 04 0000807f",
                     "00 00 e7 4000 0904d00034 1000 6100",
                     "00 00 2a 09 08 0102030405 010203"}) {
        auto bytes = from_hex(bad);
        byte_reader in(bytes);
        INFO(bad);
        REQUIRE(read_parameter(in).error().kind == errc::malformed);
    }
}

TEST_CASE("transaction manager requests begin, commit and roll back") {
    auto read = [](std::string_view hex) {
        auto out = parse_request(
            {message_type::transaction, false, false, test::headers(9) + from_hex(hex)});
        REQUIRE(out.has_value());
        return std::get<transaction_request>(out->what);
    };
    using kind = transaction_request::kind;
    REQUIRE(read("0500 00 00").what == kind::begin);
    REQUIRE(read("0700 00 00").what == kind::commit);
    REQUIRE(read("0800 00 01 02 00").then_begin);
    REQUIRE(read("0900 04 73003100").name == "s1");
}

TEST_CASE("what is no request is refused") {
    REQUIRE(parse_request({message_type::bulk_load, false, false, "x"}).error().kind ==
            errc::refused);
    REQUIRE(parse_request({message_type::batch, false, false, "xx"}).error().kind ==
            errc::malformed);
    REQUIRE(parse_request({message_type::rpc, false, false, test::headers()}).error().kind ==
            errc::malformed);
    REQUIRE(std::holds_alternative<attention>(
        parse_request({message_type::attention, false, false, ""})->what));
}
