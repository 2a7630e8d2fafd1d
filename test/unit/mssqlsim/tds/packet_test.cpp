// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/packet.hpp"

#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

using namespace ha;
using namespace ha::mssqlsim::tds;
using ha::test::packet;

namespace {

std::vector<message> join(std::string_view bytes, std::size_t step) {
    packet_joiner joiner;
    std::vector<message> out;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        joiner.feed(bytes.substr(at, step));
        for (;;) {
            auto next = joiner.next();
            REQUIRE(next.has_value());
            if (!*next) break;
            out.push_back(**next);
        }
    }
    return out;
}

errc join_error(std::string_view bytes, std::size_t bytes_max = 1000) {
    packet_joiner joiner(bytes_max);
    joiner.feed(bytes);
    auto next = joiner.next();
    REQUIRE_FALSE(next.has_value());
    return next.error().kind;
}

}  // namespace

TEST_CASE("messages come out the same wherever the network cuts the bytes") {
    auto bytes = packet(message_type::batch, "one ", 0x00) + packet(message_type::batch, "two") +
                 packet(message_type::attention, "") + packet(message_type::rpc, "three", 0x09);
    auto whole = join(bytes, bytes.size());
    REQUIRE(whole.size() == 3);
    REQUIRE(whole[0].body == "one two");
    REQUIRE(whole[1].type == message_type::attention);
    REQUIRE(whole[2].reset_connection);
    REQUIRE_FALSE(whole[2].reset_keeps_transaction);
    for (std::size_t step : {1U, 3U, 8U, 13U}) REQUIRE(join(bytes, step) == whole);
}

TEST_CASE("a message that its client gave up is dropped") {
    auto bytes = packet(message_type::batch, "half", 0x00) + packet(message_type::batch, "", 0x03) +
                 packet(message_type::batch, "next");
    auto all = join(bytes, bytes.size());
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].body == "next");
}

TEST_CASE("packets that make no sense are refused") {
    REQUIRE(join_error("GET / HTTP/1.1\r\n") == errc::malformed);
    REQUIRE(join_error(std::string("\x01\x01\x00\x07\x00\x00\x01\x00", 8)) == errc::malformed);
    REQUIRE(join_error(packet(message_type::batch, "a", 0) + packet(message_type::rpc, "b")) ==
            errc::malformed);
    REQUIRE(join_error(packet(message_type::batch, std::string(2000, 'x'))) == errc::too_large);
}

TEST_CASE("a long answer is cut into packets of the agreed size, with ids from one") {
    packet_cutter cutter(512);
    auto bytes = cutter.cut(message_type::response, std::string(1200, 'r'), true);
    REQUIRE(bytes.size() == 1200 + 3 * packet_header_size);
    REQUIRE(bytes[512 + 1] == 0);      // not the end
    REQUIRE(bytes[512 + 6] == 2);      // the second packet
    REQUIRE(bytes[1024 + 1] == 0x01);  // the end
    auto again = join(bytes, 7);
    REQUIRE(again.size() == 1);
    REQUIRE(again[0].body == std::string(1200, 'r'));
    REQUIRE(cutter.cut(message_type::response, "", true)[6] == 1);
}

TEST_CASE("pieces of a message go out at once and end only when told") {
    packet_cutter cutter;
    auto first = cutter.cut(message_type::response, "rows", false);
    REQUIRE(first.size() == 12);
    REQUIRE(first[1] == 0);
    REQUIRE(cutter.cut(message_type::response, "", false).empty());
    REQUIRE(join(first + cutter.cut(message_type::response, "end", true), 5)[0].body == "rowsend");
}
