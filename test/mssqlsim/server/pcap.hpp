// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

// A TCP connection as a capture file tells it (pcap, packets of IP without a link layer), made from
// the bytes that both sides said: handshake, segments with sequence numbers and checksums, end.
// A dissector that reads the file reassembles what was said.

namespace ha::mssqlsim {

// What a pcap file begins with.
std::string pcap_file_header();

class captured_connection {
public:
    using wall_time = std::chrono::system_clock::time_point;

    struct end {
        std::string address;  // four or sixteen bytes, the same for both ends
        std::uint16_t port = 0;
    };

    captured_connection(end client, end server);

    // Each gives the records to append to the file. Bytes said in one call are cut into segments
    // only where an IP packet has no more room.
    std::string opened(wall_time when);
    std::string from_client(std::string_view bytes, wall_time when);
    std::string from_server(std::string_view bytes, wall_time when);
    std::string closed(wall_time when);

private:
    struct side {
        end where;
        std::uint32_t next = 0;  // the sequence number of its next byte
    };

    std::string said(side& by, side& to, std::string_view bytes, wall_time when) const;
    std::string segment(const side& by,
                        const side& to,
                        std::uint8_t flags,
                        std::string_view bytes,
                        wall_time when) const;

    side client_;
    side server_;
};

}  // namespace ha::mssqlsim
