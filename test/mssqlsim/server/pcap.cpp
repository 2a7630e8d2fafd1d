// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/pcap.hpp"

#include "test/mssqlsim/tds/bytes.hpp"

#include <utility>

namespace ha::mssqlsim {

namespace {

using tds::byte_writer;
using namespace std::chrono;

constexpr std::uint32_t pcap_magic_microseconds = 0xA1B2C3D4;
constexpr std::uint32_t pcap_link_raw_ip =
    101;  // no link layer: the first four bits tell IP's version
constexpr std::uint32_t pcap_record_max = 262144;

constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t flag_finish = 0x01;
constexpr std::uint8_t flag_synchronize = 0x02;
constexpr std::uint8_t flag_push = 0x08;
constexpr std::uint8_t flag_acknowledge = 0x10;

// What still fits into an IP packet of 65,535 bytes with the longer of the two IP headers.
constexpr std::size_t segment_bytes_max = 65535 - 40 - 20;

// A window that nobody fills, or dissectors would speak of windows that are full.
constexpr std::uint16_t window = 65535;
constexpr std::string_view first_options("\x02\x04\xFF\xC3\x01\x03\x03\x0E",
                                         8);  // MSS 65475, << 14

std::uint32_t sum_of_words(std::string_view bytes, std::uint32_t sum = 0) {
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        auto low = at + 1 < bytes.size() ? static_cast<std::uint8_t>(bytes[at + 1]) : 0U;
        sum += (std::uint32_t{static_cast<std::uint8_t>(bytes[at])} << 8) + low;
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum;
}

std::uint16_t checksum(std::uint32_t sum) {
    return static_cast<std::uint16_t>(~sum & 0xFFFF);
}

void put_u16(std::string& into, std::size_t at, std::uint16_t value) {
    into[at] = static_cast<char>(value >> 8);
    into[at + 1] = static_cast<char>(value & 0xFF);
}

std::string ip_header(std::string_view from, std::string_view to, std::size_t payload) {
    byte_writer out;
    if (from.size() == 4) {
        out.u16_big_endian(0x4500);  // version 4, a header of five words
        out.u16_big_endian(static_cast<std::uint16_t>(20 + payload));
        out.u32_big_endian(0x00004000);  // never cut into fragments
        out.u8(64);
        out.u8(protocol_tcp);
        out.u16_big_endian(0);
    } else {
        out.u32_big_endian(0x60000000);  // version 6
        out.u16_big_endian(static_cast<std::uint16_t>(payload));
        out.u8(protocol_tcp);
        out.u8(64);
    }
    out.bytes(from);
    out.bytes(to);
    auto made = out.take();
    if (from.size() == 4) put_u16(made, 10, checksum(sum_of_words(made)));
    return made;
}

// TCP's checksum counts the addresses, too.
std::uint16_t tcp_checksum(std::string_view from, std::string_view to, std::string_view segment) {
    byte_writer pseudo;
    pseudo.bytes(from);
    pseudo.bytes(to);
    pseudo.u32_big_endian(static_cast<std::uint32_t>(segment.size()));
    pseudo.u32_big_endian(protocol_tcp);
    return checksum(sum_of_words(segment, sum_of_words(pseudo.view())));
}

std::string record(std::string_view packet, captured_connection::wall_time when) {
    auto since = duration_cast<microseconds>(when.time_since_epoch()).count();
    byte_writer out;
    out.u32(static_cast<std::uint32_t>(since / 1000000));
    out.u32(static_cast<std::uint32_t>(since % 1000000));
    out.u32(static_cast<std::uint32_t>(packet.size()));
    out.u32(static_cast<std::uint32_t>(packet.size()));
    out.bytes(packet);
    return out.take();
}

}  // namespace

std::string pcap_file_header() {
    byte_writer out;
    out.u32(pcap_magic_microseconds);
    out.u16(2);
    out.u16(4);
    out.u64(0);
    out.u32(pcap_record_max);
    out.u32(pcap_link_raw_ip);
    return out.take();
}

captured_connection::captured_connection(end client, end server)
    : client_{std::move(client)}, server_{std::move(server)} {}

std::string captured_connection::opened(wall_time when) {
    // As a clock of four microseconds gives it, so that a port that comes again is not taken for
    // the connection before.
    auto since = duration_cast<microseconds>(when.time_since_epoch()).count();
    client_.next = static_cast<std::uint32_t>(since / 4);
    server_.next = client_.next + 1'000'000'000U;
    auto out = segment(client_, server_, flag_synchronize, {}, when);
    ++client_.next;
    out += segment(server_, client_, flag_synchronize | flag_acknowledge, {}, when);
    ++server_.next;
    return out + segment(client_, server_, flag_acknowledge, {}, when);
}

std::string captured_connection::from_client(std::string_view bytes, wall_time when) {
    return said(client_, server_, bytes, when);
}

std::string captured_connection::from_server(std::string_view bytes, wall_time when) {
    return said(server_, client_, bytes, when);
}

std::string captured_connection::closed(wall_time when) {
    auto out = segment(client_, server_, flag_finish | flag_acknowledge, {}, when);
    ++client_.next;
    out += segment(server_, client_, flag_finish | flag_acknowledge, {}, when);
    ++server_.next;
    return out + segment(client_, server_, flag_acknowledge, {}, when);
}

// Each call's bytes are acknowledged at once: nothing was lost that a reader would wait for.
std::string captured_connection::said(side& by,
                                      side& to,
                                      std::string_view bytes,
                                      wall_time when) const {
    std::string out;
    if (bytes.empty()) return out;
    while (!bytes.empty()) {
        auto part = bytes.substr(0, segment_bytes_max);
        bytes.remove_prefix(part.size());
        auto flags = bytes.empty() ? flag_push | flag_acknowledge : flag_acknowledge;
        out += segment(by, to, static_cast<std::uint8_t>(flags), part, when);
        by.next += static_cast<std::uint32_t>(part.size());
    }
    return out + segment(to, by, flag_acknowledge, {}, when);
}

std::string captured_connection::segment(const side& by,
                                         const side& to,
                                         std::uint8_t flags,
                                         std::string_view bytes,
                                         wall_time when) const {
    auto is_first = (flags & flag_synchronize) != 0;
    auto options = is_first ? first_options : std::string_view{};
    auto words = 5 + options.size() / 4;
    byte_writer out;
    out.u16_big_endian(by.where.port);
    out.u16_big_endian(to.where.port);
    out.u32_big_endian(by.next);
    out.u32_big_endian((flags & flag_acknowledge) != 0 ? to.next : 0);
    out.u8(static_cast<std::uint8_t>(words << 4));
    out.u8(flags);
    out.u16_big_endian(window);
    out.u32_big_endian(0);  // the checksum's place, and nothing urgent
    out.bytes(options);
    out.bytes(bytes);
    auto tcp = out.take();
    put_u16(tcp, 16, tcp_checksum(by.where.address, to.where.address, tcp));
    return record(ip_header(by.where.address, to.where.address, tcp.size()) + tcp, when);
}

}  // namespace ha::mssqlsim
