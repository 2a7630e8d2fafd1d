// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/peer_frames.hpp"

#include "test/support/catch.hpp"

#include <random>

using namespace ha;
using namespace ha::mssqlsim;

namespace {

std::vector<peer_message> some() {
    greeting hello;
    hello.server_name = "SQL1";
    hello.incarnation = "once";
    hello.thumbprint = {1, 2, 3};
    log_block block;
    block.group_id = "group";
    block.transactions.push_back({"shop", 7, "fork", "2026-11-21 10:00:00.000", {}});
    block.end_of_log = 7;
    return {hello, ping{}, block};
}

std::string bytes_of(const std::vector<peer_message>& messages) {
    std::string out(peer_preamble);
    for (const auto& one : messages) out += peer_frame(one);
    return out;
}

}  // namespace

TEST_CASE("peers' messages arrive whole and in order wherever the network cuts them") {
    auto sent = some();
    auto bytes = bytes_of(sent);
    for (std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
        peer_reader reader;
        std::vector<peer_message> got;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            reader.feed(std::string_view(bytes).substr(at, step));
            for (auto next = reader.next(); *next; next = reader.next()) got.push_back(**next);
        }
        REQUIRE(got == sent);
    }
}

TEST_CASE("another protocol and a flipped bit end the link") {
    peer_reader stranger;
    stranger.feed("GET / HTTP/1.1\r\n");
    REQUIRE(stranger.next().error().kind == errc::malformed);
    auto bytes = bytes_of({some().front()});
    bytes[bytes.size() - 2] = static_cast<char>(bytes[bytes.size() - 2] ^ 1);
    peer_reader reader;
    reader.feed(bytes);
    REQUIRE(reader.next().error().message.find("checksum") != std::string::npos);
}

TEST_CASE("mutated streams end in messages or in an error, never otherwise") {
    auto whole = bytes_of(some());
    std::mt19937 random(7);
    int refused = 0;
    for (int round = 0; round < 2000; ++round) {
        auto bytes = whole;
        bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
        peer_reader reader;
        reader.feed(bytes);
        std::size_t got = 0;
        auto next = reader.next();
        for (; next && *next; next = reader.next()) ++got;
        REQUIRE(got <= 3);
        if (!next) ++refused;
    }
    REQUIRE(refused > 1000);
}
