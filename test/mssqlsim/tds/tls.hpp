// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The server's side of TLS without a socket: records in, records out.

namespace ha::mssqlsim::tds {

struct key_pair {
    std::string certificate_pem;
    std::string key_pem;
};

// An RSA key and a certificate signed with it, good for ten years, for these DNS names and IP
// addresses; the first is the common name too.
result<key_pair> make_self_signed(const std::vector<std::string>& names);

// A server's certificate, ready for use; shared by all channels made of it.
class tls_context {
public:
    static result<tls_context> make(const key_pair& own);
    struct handle;
    const handle& get() const { return *handle_; }

private:
    std::shared_ptr<handle> handle_;
};

enum class tls_use {
    inside_tds,  // at most TLS 1.2, as TDS 7 asks for
    around_tds,  // TDS 8: TLS 1.3 too, with the protocol's name agreed on
};

class tls_channel {
public:
    tls_channel(const tls_context& context, tls_use use);
    ~tls_channel();
    tls_channel(tls_channel&&) noexcept;
    tls_channel& operator=(tls_channel&&) noexcept;

    // Takes records, cut anywhere; returns what they say. Errors: closed (the other side ended
    // TLS), malformed, refused (no common ground, the client does not like our certificate). Even
    // then there may be output: the alert.
    result<std::string> receive(std::string_view records);

    // Only once established.
    result<void> send(std::string_view plain);

    // Records to be sent, in order.
    std::string take_output();

    bool is_established() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace ha::mssqlsim::tds
