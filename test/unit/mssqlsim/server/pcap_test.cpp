// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/pcap.hpp"

#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

using namespace ha::mssqlsim;
using ha::test::to_hex;

namespace {

constexpr std::size_t record_header_size = 16;

const captured_connection::wall_time noon{std::chrono::seconds{4000}};

captured_connection short_addresses() {
    return {{std::string("\x7F\x00\x00\x01", 4), 50000},
            {std::string("\x7F\x00\x00\x02", 4), 1433}};
}

// The words of a packet summed up as a receiver does it: right ones give all ones.
std::uint32_t sum(std::string_view bytes) {
    std::uint32_t out = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at)
        out += std::uint32_t{static_cast<std::uint8_t>(bytes[at])} << (at % 2 == 0 ? 8U : 0U);
    while (out > 0xFFFF) out = (out & 0xFFFF) + (out >> 16);
    return out;
}

}  // namespace

TEST_CASE("a capture file begins with its magic number, version and kind of link") {
    REQUIRE(to_hex(pcap_file_header()) == to_hex(std::string("\xD4\xC3\xB2\xA1\x02\x00\x04\x00"
                                                             "\0\0\0\0\0\0\0\0\x00\x00\x04\x00"
                                                             "\x65\0\0\0",
                                                             24)));
}

TEST_CASE("a segment's sums are right, and its sequence numbers follow what was said") {
    auto told = short_addresses();
    told.opened(noon);
    auto first = told.from_client("abc", noon).substr(record_header_size);
    auto ip = first.substr(0, 20);
    auto tcp = first.substr(20, 23);
    REQUIRE(sum(ip) == 0xFFFF);
    auto pseudo = ip.substr(12, 8) + std::string("\x00\x06\x00\x17", 4);
    REQUIRE(sum(pseudo + tcp) == 0xFFFF);
    REQUIRE(to_hex(tcp.substr(4, 4)) == to_hex(std::string("\x3B\x9A\xCA\x01", 4)));
    REQUIRE(tcp.substr(20) == "abc");
    auto second = told.from_client("d", noon).substr(record_header_size + 20);
    REQUIRE(to_hex(second.substr(4, 4)) == to_hex(std::string("\x3B\x9A\xCA\x04", 4)));
}

TEST_CASE("what is larger than a packet of IP is cut") {
    auto told = short_addresses();
    told.opened(noon);
    std::string large(100000, 'x');
    auto records = told.from_server(large, noon);
    // Two segments and the acknowledgement.
    REQUIRE(records.size() == large.size() + 3 * (record_header_size + 40));
    REQUIRE(told.from_server("", noon).empty());
}

TEST_CASE("addresses of sixteen bytes have the longer header") {
    captured_connection told({std::string(16, '\1'), 50000}, {std::string(16, '\2'), 1433});
    told.opened(noon);
    auto packet = told.from_client("ab", noon).substr(record_header_size, 62);
    REQUIRE(packet[0] == 0x60);
    auto pseudo = packet.substr(8, 32) + std::string("\0\0\0\x16\0\0\0\x06", 8);
    REQUIRE(sum(pseudo + packet.substr(40)) == 0xFFFF);
}
