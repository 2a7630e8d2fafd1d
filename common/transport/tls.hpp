// SPDX-License-Identifier: MIT
#pragma once

#include "common/transport/credentials.hpp"
#include "common/transport/stream.hpp"

#include <functional>
#include <memory>

// TLS 1.2 and 1.3 over connections of any kind. When a handshake fails, its error (`unauthorized`)
// says in words which certificate is not believed and why.

namespace ha::transport {

// A further look at whom TLS has proven; the error's message is for the log, the other side only
// finds the connection closed.
using peer_check = std::function<result<void>(const identity&)>;

struct tls_client_options {
    // The certificate must name endpoint.server_name, or the host when that is empty; with
    // any_name, being signed by a trusted CA is enough, and `accept` looks at the names.
    bool any_name = false;
    peer_check accept{};
};

// dial() returns after the handshake. Credentials that changed are used from the next dial on.
std::unique_ptr<dialer> make_tls_dialer(std::unique_ptr<dialer> over,
                                        std::shared_ptr<credential_source> credentials,
                                        tls_client_options options = {});

enum class client_certificates {
    none,      // not asked for
    optional,  // verified if shown
    required
};

struct tls_server_options {
    client_certificates ask = client_certificates::none;
    peer_check accept{};  // not called for clients without a certificate
};

// The handshake happens inside the stream's first read or write, so set a limit to that.
std::unique_ptr<listener> make_tls_listener(std::unique_ptr<listener> over,
                                            std::shared_ptr<credential_source> credentials,
                                            tls_server_options options = {});

}  // namespace ha::transport
