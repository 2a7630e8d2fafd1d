// SPDX-License-Identifier: MIT
#include "agent/statements/quote.hpp"

#include "test/support/catch.hpp"

using namespace ha::agent::sql;

TEST_CASE("a name cannot leave its brackets") {
    REQUIRE(quote_name("ag1") == "[ag1]");
    REQUIRE(quote_name("a]; DROP DATABASE x; --") == "[a]]; DROP DATABASE x; --]");
    REQUIRE(quote_name("]") == "[]]]");
}

TEST_CASE("a text cannot leave its apostrophes") {
    REQUIRE(quote_string("it's") == "N'it''s'");
    REQUIRE(quote_string("''") == "N''''''");
    REQUIRE(quote_string("") == "N''");
}

TEST_CASE("names that are usable") {
    REQUIRE(is_usable_name("ag-0"));
    REQUIRE(is_usable_name(std::string(128, 'x')));
    REQUIRE(is_usable_name("größe"));
    REQUIRE(is_usable_name(std::string(64, 'x'), 64));
}

TEST_CASE("names that are not usable") {
    REQUIRE_FALSE(is_usable_name(""));
    REQUIRE_FALSE(is_usable_name(std::string(129, 'x')));
    REQUIRE_FALSE(is_usable_name(std::string_view("a\0b", 3)));
    REQUIRE_FALSE(is_usable_name("a\nb"));
    REQUIRE_FALSE(is_usable_name("\xff"));
    REQUIRE_FALSE(is_usable_name("\xc3"));
    REQUIRE_FALSE(is_usable_name("\xc3(x"));
    // 65 characters outside the basic plane are 130 of the units that T-SQL counts.
    std::string many;
    for (int i = 0; i < 65; ++i) many += "\xF0\x9F\x98\x80";
    REQUIRE_FALSE(is_usable_name(many));
}

TEST_CASE("group ids and endpoint addresses are recognized") {
    REQUIRE(is_guid("6F9619FF-8B86-D011-B42D-00C04FC964FF"));
    REQUIRE_FALSE(is_guid("6F9619FF-8B86-D011-B42D-00C04FC964F"));
    REQUIRE_FALSE(is_guid("6F9619FF08B86-D011-B42D-00C04FC964FF"));
    REQUIRE_FALSE(is_guid("6F9619FF-8B86-D011-B42D-00C04FC964FG"));
    REQUIRE(is_endpoint_url("TCP://ag-0.ag-headless.default.svc.cluster.local:5022"));
    REQUIRE(is_endpoint_url("tcp://10.0.0.1:5022"));
    REQUIRE_FALSE(is_endpoint_url("http://x:5022"));
    REQUIRE_FALSE(is_endpoint_url("TCP://:5022"));
    REQUIRE_FALSE(is_endpoint_url("TCP://x"));
    REQUIRE_FALSE(is_endpoint_url("TCP://x:0"));
    REQUIRE_FALSE(is_endpoint_url("TCP://x:65536"));
}

TEST_CASE("bytes go to hexadecimal and back, and nothing else does") {
    std::vector<std::uint8_t> bytes{0x00, 0x0A, 0xFF};
    REQUIRE(quote_binary(bytes) == "0x000AFF");
    REQUIRE(from_hex("000aFF") == bytes);
    REQUIRE(from_hex("0").empty());
    REQUIRE(from_hex("0x00").empty());
}
