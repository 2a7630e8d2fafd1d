// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/server_connection.hpp"

#include "test/mssqlsim/tds/bytes.hpp"

#include <utility>

namespace ha::mssqlsim::tds {

namespace {

constexpr char tls_handshake_record = 0x16;
constexpr std::size_t record_header_size = 5;

}  // namespace

server_connection::server_connection(connection_settings settings,
                                     tls_context context,
                                     plain_traffic seen)
    : settings_(settings),
      context_(std::move(context)),
      seen_(std::move(seen)),
      joiner_(settings.message_bytes_max) {}

result<std::vector<client_event>> server_connection::receive(std::string_view bytes) {
    raw_.append(bytes);
    if (layer_ == layer::unknown && !raw_.empty()) {
        layer_ = layer::clear;
        if (raw_.front() == tls_handshake_record) {
            tls_.emplace(context_, tls_use::around_tds);
            layer_ = layer::tls;
        }
    }
    std::vector<client_event> events;
    bool progress = true;
    while (progress) {
        auto stepped = step(events, progress);
        if (!stepped) return tl::unexpected(stepped.error());
    }
    return events;
}

// One message, or one TLS record towards it: the protection may change after either.
result<void> server_connection::step(std::vector<client_event>& events, bool& progress) {
    if (layer_ == layer::clear) hear(std::exchange(raw_, {}));
    // Records of the handshake, which nobody who looks on is shown.
    if (layer_ == layer::handshake) joiner_.feed(std::exchange(raw_, {}));
    auto next = joiner_.next();
    if (!next) return tl::unexpected(next.error());
    progress = true;
    if (*next) return on_message(std::move(**next), events);
    auto before = raw_.size();
    auto taken = take_record();
    progress = raw_.size() != before;
    return taken;
}

result<void> server_connection::take_record() {
    if (layer_ != layer::tls || raw_.size() < record_header_size) return {};
    byte_reader header(std::string_view(raw_).substr(3));
    auto size = record_header_size + header.u16_big_endian();
    if (raw_.size() < size) return {};
    auto plain = tls_->receive(std::string_view(raw_).substr(0, size));
    raw_.erase(0, size);
    flush_tls();
    if (!plain) return tl::unexpected(plain.error());
    hear(*plain);
    return {};
}

result<void> server_connection::on_message(message incoming, std::vector<client_event>& events) {
    if (layer_ == layer::handshake) return on_handshake(incoming);
    switch (phase_) {
        case phase::prelogin: return on_prelogin(incoming);
        case phase::login: return on_login(incoming, events);
        case phase::ready: break;
    }
    auto asked = parse_request(incoming);
    if (!asked) return tl::unexpected(asked.error());
    events.emplace_back(std::move(*asked));
    return {};
}

result<void> server_connection::on_prelogin(const message& incoming) {
    if (incoming.type != message_type::prelogin)
        return failure(errc::malformed, "the client did not begin with PRELOGIN");
    auto asked = parse_prelogin(incoming.body);
    if (!asked) return tl::unexpected(asked.error());
    auto strict = layer_ == layer::tls;
    auto agreed = strict ? agreement{encryption::not_supported, protection::everything}
                         : agree(asked->wanted, settings_.policy);
    protection_ = agreed.outcome;
    phase_ = phase::login;
    auto body = prelogin_answer(*asked, agreed.answer, settings_.version);
    auto sent = send(message_type::response, body, true);
    if (!sent) return sent;
    if (protection_ == protection::impossible)
        return failure(errc::refused, "client and server do not agree on encryption");
    if (!strict && protection_ != protection::none) {
        tls_.emplace(context_, tls_use::inside_tds);
        layer_ = layer::handshake;
    }
    return {};
}

// TLS records wrapped in PRELOGIN packets, both ways.
result<void> server_connection::on_handshake(const message& incoming) {
    if (incoming.type != message_type::prelogin)
        return failure(errc::malformed, "the client went on without the agreed TLS handshake");
    auto plain = tls_->receive(incoming.body);
    auto records = tls_->take_output();
    if (!records.empty()) output_ += cutter_.cut(message_type::prelogin, records, true);
    if (!plain) return tl::unexpected(plain.error());
    if (tls_->is_established()) {
        layer_ = layer::tls;
        raw_ = joiner_.take_pending();
        hear(*plain);
    }
    return {};
}

result<void> server_connection::on_login(const message& incoming,
                                         std::vector<client_event>& events) {
    if (incoming.type != message_type::login)
        return failure(errc::malformed, "the client did not log in");
    auto asked = parse_login(incoming.body);
    if (!asked) return tl::unexpected(asked.error());
    if (protection_ == protection::login_only) layer_ = layer::clear;
    phase_ = phase::ready;
    events.emplace_back(std::move(*asked));
    return {};
}

result<void> server_connection::answer(std::string_view tokens, bool end_of_message) {
    return send(message_type::response, tokens, end_of_message);
}

result<void> server_connection::send(message_type type,
                                     std::string_view body,
                                     bool end_of_message) {
    auto packets = cutter_.cut(type, body, end_of_message);
    if (seen_.from_server) seen_.from_server(packets);
    if (layer_ != layer::tls) {
        output_ += packets;
        return {};
    }
    auto sent = tls_->send(packets);
    flush_tls();
    return sent;
}

void server_connection::hear(std::string_view plain) {
    if (seen_.from_client && !plain.empty()) seen_.from_client(plain);
    joiner_.feed(plain);
}

void server_connection::flush_tls() {
    output_ += tls_->take_output();
}

std::string server_connection::take_output() {
    return std::exchange(output_, {});
}

}  // namespace ha::mssqlsim::tds
