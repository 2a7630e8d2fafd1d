// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/peer_frames.hpp"

#include "test/mssqlsim/model/codec.hpp"
#include "test/mssqlsim/storage/crc32c.hpp"
#include "test/mssqlsim/tds/bytes.hpp"

namespace ha::mssqlsim {

namespace {

constexpr std::size_t frame_header_size = 8;
constexpr std::size_t frame_size_max = std::size_t{64} << 20;

}  // namespace

std::string peer_frame(const peer_message& what) {
    auto body = encode(what);
    tds::byte_writer out;
    out.u32(static_cast<std::uint32_t>(body.size()));
    out.u32(crc32c(body));
    out.bytes(body);
    return out.take();
}

result<std::optional<peer_message>> peer_reader::next() {
    if (!greeted_) {
        auto seen = std::string_view(pending_).substr(0, peer_preamble.size());
        if (seen != peer_preamble.substr(0, seen.size()))
            return failure(errc::malformed, "the other side speaks another protocol");
        if (seen.size() < peer_preamble.size()) return std::optional<peer_message>{};
        pending_.erase(0, peer_preamble.size());
        greeted_ = true;
    }
    if (pending_.size() < frame_header_size) return std::optional<peer_message>{};
    tds::byte_reader header(pending_);
    auto size = std::size_t{header.u32()};
    auto sum = header.u32();
    if (size > frame_size_max) return failure(errc::malformed, "a frame of more than 64 MiB");
    if (pending_.size() - frame_header_size < size) return std::optional<peer_message>{};
    auto body = pending_.substr(frame_header_size, size);
    pending_.erase(0, frame_header_size + size);
    if (crc32c(body) != sum) return failure(errc::malformed, "a frame with a wrong checksum");
    auto message = decode_message(body);
    if (!message) return failure(errc::malformed, "a message of an unknown kind or version");
    return message;
}

}  // namespace ha::mssqlsim
