// SPDX-License-Identifier: MIT
#include "test/fuzz/target.hpp"
#include "test/mssqlsim/tds/server_connection.hpp"

#include <algorithm>
#include <optional>
#include <vector>

// What a client sends on its connection, from PRELOGIN on, in clear. However the network cuts it,
// the same is understood. The first byte says how long the pieces are.

using namespace ha::mssqlsim::tds;
using ha::fuzz::must;

namespace {

const tls_context& context() {
    static const auto made = tls_context::make(*make_self_signed({"SQL1"}));
    return *made;
}

// Without TLS: its answers are drawn anew each time, and nobody guesses a handshake.
connection_settings settings() {
    connection_settings out;
    out.policy = encryption::not_supported;
    return out;
}

using heard = std::optional<std::vector<client_event>>;  // nothing: refused

heard hear(std::string_view bytes, std::size_t piece_size) {
    server_connection server(settings(), context());
    std::vector<client_event> events;
    while (!bytes.empty()) {
        auto piece = bytes.substr(0, piece_size);
        bytes.remove_prefix(piece.size());
        auto got = server.receive(piece);
        if (!got) return {};
        events.insert(events.end(), got->begin(), got->end());
    }
    must(server.answer("some tokens", true).has_value(), "an answer goes out");
    must(!server.take_output().empty(), "an answer has bytes");
    return events;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    auto bytes = ha::fuzz::text_of(data + 1, size - 1);
    if (!bytes.empty() && bytes.front() == 0x16) return 0;  // TLS
    auto whole = hear(bytes, std::max<std::size_t>(bytes.size(), 1));
    auto in_pieces = hear(bytes, 1U + data[0]);
    must(whole == in_pieces, "pieces are understood as the whole is");
    return 0;
}
