// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/tds/login.hpp"
#include "test/mssqlsim/tds/packet.hpp"
#include "test/mssqlsim/tds/prelogin.hpp"
#include "test/mssqlsim/tds/request.hpp"
#include "test/mssqlsim/tds/tls.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The server's side of one TDS connection, without the socket: it answers PRELOGIN, does TLS where
// TDS wants it (around LOGIN7 only, around everything, or around the whole connection as TDS 8 has
// it), and hands out what the client asks.

namespace ha::mssqlsim::tds {

struct connection_settings {
    encryption policy = encryption::off;
    server_version version{};
    std::size_t message_bytes_max = std::size_t{16} << 20;
};

// Whoever looks on: what each side says, without TLS and without its handshake, cut anywhere.
struct plain_traffic {
    std::function<void(std::string_view bytes)> from_client;
    std::function<void(std::string_view bytes)> from_server;
};

// A login comes once, first.
using client_event = std::variant<login_request, request>;

class server_connection {
public:
    server_connection(connection_settings settings, tls_context context, plain_traffic seen = {});

    // Takes bytes from the socket, cut anywhere. After an error (malformed, refused, closed,
    // too_large) the connection is to be closed, once take_output() is sent.
    result<std::vector<client_event>> receive(std::string_view bytes);

    // A piece of the answer to the last request, in tokens; the last piece ends the message.
    result<void> answer(std::string_view tokens, bool end_of_message);

    // Bytes for the socket.
    std::string take_output();

    void set_packet_size(std::size_t size) { cutter_.resize(size); }
    bool is_encrypted() const { return layer_ == layer::tls; }

private:
    enum class layer { unknown, clear, handshake, tls };
    enum class phase { prelogin, login, ready };

    result<void> step(std::vector<client_event>& events, bool& progress);
    result<void> take_record();
    result<void> on_message(message incoming, std::vector<client_event>& events);
    result<void> on_prelogin(const message& incoming);
    result<void> on_handshake(const message& incoming);
    result<void> on_login(const message& incoming, std::vector<client_event>& events);
    result<void> send(message_type type, std::string_view body, bool end_of_message);
    void flush_tls();
    void hear(std::string_view plain);

    connection_settings settings_;
    tls_context context_;
    plain_traffic seen_;
    layer layer_ = layer::unknown;
    phase phase_ = phase::prelogin;
    protection protection_ = protection::none;
    std::optional<tls_channel> tls_;
    std::string raw_;  // received, not yet understood
    packet_joiner joiner_;
    packet_cutter cutter_;
    std::string output_;
};

}  // namespace ha::mssqlsim::tds
