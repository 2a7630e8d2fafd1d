// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/server_connection.hpp"

#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

#include <random>

using namespace ha;
using namespace ha::mssqlsim::tds;
using ha::test::packet;

namespace {

const tls_context& context() {
    static const auto pair = make_self_signed({"sql1", "127.0.0.1"});
    static const auto made = tls_context::make(*pair);
    return *made;
}

std::string clear_session() {
    return packet(message_type::prelogin, test::prelogin_body(2)) +
           packet(message_type::login, test::login_body({})) +
           packet(message_type::batch, test::batch_body("SELECT 1")) +
           packet(message_type::rpc,
                  test::executesql_body("SELECT @P1", test::from_hex("0000 26 04 04 2a000000"))) +
           packet(message_type::transaction, test::headers() + test::from_hex("0500 00 00")) +
           packet(message_type::attention, "");
}

}  // namespace

TEST_CASE("a client without TLS is led from PRELOGIN to its requests") {
    auto bytes = clear_session();
    for (std::size_t step : {std::size_t{1}, std::size_t{50}, bytes.size()}) {
        server_connection server({}, context());
        std::vector<client_event> events;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            auto got = server.receive(std::string_view(bytes).substr(at, step));
            REQUIRE(got.has_value());
            events.insert(events.end(), got->begin(), got->end());
        }
        REQUIRE(events.size() == 5);
        REQUIRE(std::get<login_request>(events[0]).user == "sa");
        REQUIRE(std::get<batch_request>(std::get<request>(events[1]).what).text == "SELECT 1");
        REQUIRE(std::holds_alternative<attention>(std::get<request>(events[4]).what));
        REQUIRE_FALSE(server.is_encrypted());
        REQUIRE(server.take_output().substr(0, 2) == std::string("\x04\x01", 2));
    }
}

TEST_CASE("who must not be heard in clear is told so, and refused") {
    server_connection server({.policy = encryption::required}, context());
    auto got = server.receive(packet(message_type::prelogin, test::prelogin_body(2)));
    REQUIRE(got.error().kind == errc::refused);
    REQUIRE_FALSE(server.take_output().empty());
}

TEST_CASE("after TLS was agreed on, a login in clear is refused") {
    server_connection server({}, context());
    REQUIRE(server.receive(packet(message_type::prelogin, test::prelogin_body(1))).has_value());
    auto got = server.receive(packet(message_type::login, test::login_body({})));
    REQUIRE(got.error().kind == errc::malformed);
}

TEST_CASE("TLS garbage is refused, wrapped or not") {
    server_connection wrapped({}, context());
    REQUIRE(wrapped.receive(packet(message_type::prelogin, test::prelogin_body(1))).has_value());
    REQUIRE_FALSE(wrapped.receive(packet(message_type::prelogin, "no TLS record")).has_value());
    server_connection strict({}, context());
    REQUIRE_FALSE(strict.receive(std::string("\x16\x03\x01\x00\x04zzzz", 9)).has_value());
}

TEST_CASE("a login before PRELOGIN, and a second one, are refused") {
    server_connection early({}, context());
    REQUIRE_FALSE(early.receive(packet(message_type::login, test::login_body({}))).has_value());
    server_connection twice({}, context());
    REQUIRE(twice.receive(clear_session()).has_value());
    REQUIRE_FALSE(twice.receive(packet(message_type::login, test::login_body({}))).has_value());
}

TEST_CASE("mutated sessions end in events or in an error, never otherwise") {
    auto whole = clear_session();
    std::mt19937 random(20260);
    auto below = [&random](std::size_t limit) { return random() % limit; };
    int good = 0;
    int bad = 0;
    for (int round = 0; round < 5000; ++round) {
        auto bytes = whole;
        for (std::size_t change = 1 + below(4); change > 0; --change) {
            auto at = below(bytes.size());
            switch (below(4)) {
                case 0: bytes[at] = static_cast<char>(below(256)); break;
                case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
                case 2: bytes.erase(at, 1 + below(8)); break;
                default: bytes.insert(at, 1 + below(8), static_cast<char>(below(256)));
            }
        }
        server_connection server({}, context());
        auto got = server.receive(bytes);
        if (got) {
            ++good;
            REQUIRE(got->size() <= 6);
        } else {
            ++bad;
            REQUIRE_FALSE(got.error().message.empty());
        }
    }
    REQUIRE(good > 100);
    REQUIRE(bad > 100);
}
