// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/packet.hpp"

#include "test/mssqlsim/tds/bytes.hpp"

#include <algorithm>
#include <utility>

namespace ha::mssqlsim::tds {

namespace {

constexpr std::uint8_t end_of_message_bit = 0x01;
constexpr std::uint8_t ignore_bit = 0x02;
constexpr std::uint8_t reset_bit = 0x08;
constexpr std::uint8_t reset_keep_transaction_bit = 0x10;

struct packet_header {
    std::uint8_t type = 0;
    std::uint8_t status = 0;
    std::size_t length = 0;  // with the header
};

packet_header read_header(std::string_view bytes) {
    byte_reader in(bytes);
    packet_header header;
    header.type = in.u8();
    header.status = in.u8();
    header.length = in.u16_big_endian();
    return header;
}

bool is_known(std::uint8_t type) {
    switch (message_type{type}) {
        case message_type::batch:
        case message_type::rpc:
        case message_type::response:
        case message_type::attention:
        case message_type::bulk_load:
        case message_type::transaction:
        case message_type::login:
        case message_type::prelogin: return true;
    }
    return false;
}

}  // namespace

result<std::optional<message>> packet_joiner::next() {
    for (;;) {
        auto took = take_packet();
        if (!took) return tl::unexpected(took.error());
        if (!*took) return std::optional<message>{};
        if (!complete_) continue;
        complete_ = in_message_ = false;
        auto whole = std::exchange(joining_, {});
        if (!std::exchange(ignored_, false)) return std::optional<message>{std::move(whole)};
    }
}

// Moves one packet from the pending bytes into the message; false when no whole one is there.
result<bool> packet_joiner::take_packet() {
    if (pending_.size() < packet_header_size) return false;
    auto header = read_header(pending_);
    if (!is_known(header.type))
        return failure(errc::malformed, "unknown packet type " + std::to_string(header.type));
    if (header.length < packet_header_size || header.length > packet_size_max + 1)
        return failure(errc::malformed, "packet length " + std::to_string(header.length));
    if (in_message_ && message_type{header.type} != joining_.type)
        return failure(errc::malformed, "a message changed its type between two packets");
    if (pending_.size() < header.length) return false;
    if (joining_.body.size() + header.length > message_bytes_max_)
        return failure(errc::too_large, "a message of more than the allowed size");

    joining_.type = message_type{header.type};
    if (!in_message_) {
        joining_.reset_connection = (header.status & (reset_bit | reset_keep_transaction_bit)) != 0;
        joining_.reset_keeps_transaction = (header.status & reset_keep_transaction_bit) != 0;
    }
    in_message_ = true;
    joining_.body.append(pending_, packet_header_size, header.length - packet_header_size);
    pending_.erase(0, header.length);
    complete_ = (header.status & end_of_message_bit) != 0;
    ignored_ = complete_ && (header.status & ignore_bit) != 0;
    return true;
}

std::string packet_joiner::take_pending() {
    return std::exchange(pending_, {});
}

void packet_cutter::resize(std::size_t packet_size) {
    packet_size_ = std::clamp(packet_size, packet_size_min, packet_size_max);
}

std::string packet_cutter::cut(message_type type, std::string_view piece, bool end_of_message) {
    byte_writer out;
    auto room = packet_size_ - packet_header_size;
    while (!piece.empty() || end_of_message) {
        auto part = piece.substr(0, room);
        piece.remove_prefix(part.size());
        auto is_last = piece.empty() && end_of_message;
        out.u8(static_cast<std::uint8_t>(type));
        out.u8(is_last ? end_of_message_bit : 0);
        out.u16_big_endian(static_cast<std::uint16_t>(part.size() + packet_header_size));
        out.u16(0);  // the session's number, which clients ignore
        out.u8(next_id_++);
        out.u8(0);
        out.bytes(part);
        if (is_last) {
            next_id_ = 1;
            break;
        }
    }
    return out.take();
}

}  // namespace ha::mssqlsim::tds
