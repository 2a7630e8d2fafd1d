// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/login.hpp"

#include "test/mssqlsim/tds/prelogin.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

using namespace ha;
using namespace ha::mssqlsim::tds;
using ha::test::from_hex;
using ha::test::to_hex;

TEST_CASE("PRELOGIN is read, and answered option by option") {
    auto asked = parse_prelogin(test::prelogin_body(1));
    REQUIRE(asked.has_value());
    REQUIRE(asked->wanted == encryption::on);
    REQUIRE_FALSE(asked->federated_authentication.has_value());
    REQUIRE(to_hex(prelogin_answer(*asked, encryption::on, {16, 0, 4135})) ==
            "00001a0006"
            "0100200001"
            "0200210001"
            "0300220000"
            "0400220001"
            "ff"
            "100010270000"
            "01"
            "00"
            "00");
    asked->federated_authentication = 1;
    auto echoed = prelogin_answer(*asked, encryption::on, {});
    REQUIRE(echoed.back() == 1);
    REQUIRE(parse_prelogin(echoed)->federated_authentication == 1);
}

TEST_CASE("PRELOGIN with options outside the message is refused") {
    REQUIRE_FALSE(parse_prelogin("").has_value());
    REQUIRE_FALSE(parse_prelogin(from_hex("01 0006 0001")).has_value());
    REQUIRE_FALSE(parse_prelogin(from_hex("01 0100 0001 ff 00")).has_value());
    REQUIRE_FALSE(parse_prelogin(from_hex("01 0006 0001 ff 09")).has_value());
}

TEST_CASE("encryption is agreed on as the table of the specification says") {
    using enum encryption;
    REQUIRE(agree(off, off) == agreement{off, protection::login_only});
    REQUIRE(agree(on, off) == agreement{on, protection::everything});
    REQUIRE(agree(not_supported, off) == agreement{not_supported, protection::none});
    REQUIRE(agree(off, on) == agreement{required, protection::everything});
    REQUIRE(agree(on, on) == agreement{on, protection::everything});
    REQUIRE(agree(not_supported, required) == agreement{required, protection::impossible});
    REQUIRE(agree(off, not_supported) == agreement{not_supported, protection::none});
    REQUIRE(agree(on, not_supported) == agreement{not_supported, protection::impossible});
    REQUIRE(agree(required, required) == agreement{on, protection::everything});
}

TEST_CASE("LOGIN7 tells who, with which password, to which database") {
    auto login = parse_login(test::login_body({.user = "j\xC3\xB6rg", .password = "p\xC3\xA4ss"}));
    REQUIRE(login.has_value());
    REQUIRE(login->user == "j\xC3\xB6rg");
    REQUIRE(login->password == "p\xC3\xA4ss");
    REQUIRE(login->application == "unit");
    REQUIRE(login->database == "master");
    REQUIRE(login->packet_size == 8000);
    REQUIRE(login->tds_version == 0x74000004);
    REQUIRE_FALSE(login->read_only_intent);
    REQUIRE(login->features == std::vector<login_feature>{{feature_utf8_support, "\x01"}});
    REQUIRE(parse_login(test::login_body({}, true))->read_only_intent);
}

TEST_CASE("LOGIN7 cut anywhere is refused, or is a login without its last fields") {
    auto whole = test::login_body({});
    int refused = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        auto login = parse_login(whole.substr(0, size));
        if (!login) ++refused;
    }
    REQUIRE(refused == static_cast<int>(whole.size()));
}

TEST_CASE("old clients are told that they are too old") {
    auto body = test::login_body({});
    body[7] = 0x71;
    auto login = parse_login(body);
    REQUIRE(login.error().kind == errc::refused);
}
