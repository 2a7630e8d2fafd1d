// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// TDS packets ([MS-TDS] 2.2.3): messages are cut into packets with a header of eight bytes each.

namespace ha::mssqlsim::tds {

enum class message_type : std::uint8_t {
    batch = 0x01,
    rpc = 0x03,
    response = 0x04,
    attention = 0x06,
    bulk_load = 0x07,
    transaction = 0x0E,
    login = 0x10,
    prelogin = 0x12,
};

struct message {
    message_type type{};
    bool reset_connection = false;         // forget session state before this request
    bool reset_keeps_transaction = false;  // ... but not the transaction
    std::string body;
    bool operator==(const message&) const = default;
};

inline constexpr std::size_t packet_header_size = 8;
inline constexpr std::size_t packet_size_default = 4096;
inline constexpr std::size_t packet_size_min = 512;
inline constexpr std::size_t packet_size_max = 32767;

// Joins packets, cut anywhere by the network, into messages.
class packet_joiner {
public:
    explicit packet_joiner(std::size_t message_bytes_max = std::size_t{16} << 20)
        : message_bytes_max_(message_bytes_max) {}

    void feed(std::string_view bytes) { pending_.append(bytes); }

    // The next whole message, or nothing yet. After an error (malformed, too_large) the stream
    // makes no sense any more. Messages that the client marked "ignore" are dropped here.
    result<std::optional<message>> next();

    // Takes out what was fed and not yet understood: for a stream that changes its protection.
    std::string take_pending();

private:
    result<bool> take_packet();

    std::size_t message_bytes_max_;
    std::string pending_;
    message joining_;
    bool in_message_ = false;
    bool complete_ = false;
    bool ignored_ = false;
};

// Cuts one side's messages into packets. A message may be written in several pieces; each piece
// goes out at once, in packets that may be shorter than agreed.
class packet_cutter {
public:
    explicit packet_cutter(std::size_t packet_size = packet_size_default) { resize(packet_size); }

    // Clamped to what TDS allows.
    void resize(std::size_t packet_size);

    std::string cut(message_type type, std::string_view piece, bool end_of_message);

private:
    std::size_t packet_size_ = packet_size_default;
    std::uint8_t next_id_ = 1;
};

}  // namespace ha::mssqlsim::tds
