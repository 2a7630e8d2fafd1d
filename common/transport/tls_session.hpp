// SPDX-License-Identifier: MIT
#pragma once

#include "common/transport/credentials.hpp"
#include "common/transport/tls.hpp"
#include "common/transport/x509.hpp"

#include <optional>
#include <span>
#include <string>

// OpenSSL without a network: bytes from the wire in, bytes for the wire out. For the sources of
// this folder only.

namespace ha::transport {

// Errors: failed, with what is wrong in the credentials.
result<std::shared_ptr<ssl_ctx_st>> make_client_context(const tls_credentials& what);
result<std::shared_ptr<ssl_ctx_st>> make_server_context(const tls_credentials& what,
                                                        client_certificates ask);

class tls_session {
public:
    enum class state { done, wants_bytes, ended, broken };

    // `name` is what the server's certificate must say; nothing: any.
    static result<std::unique_ptr<tls_session>> client(std::shared_ptr<ssl_ctx_st> context,
                                                       const std::string& other,
                                                       const std::optional<std::string>& name);
    static result<std::unique_ptr<tls_session>> server(std::shared_ptr<ssl_ctx_st> context,
                                                       const std::string& other);

    // Each may leave bytes in outgoing(), also when it fails (an alert).
    state shake();
    state read(std::span<std::byte> into, std::size_t& count);
    state write(std::span<const std::byte> bytes);

    void incoming(std::span<const std::byte> bytes);
    bool has_outgoing() const;
    std::string outgoing();
    bool has_unread() const;

    // After `broken`: what was wrong. After a handshake: who is there.
    error trouble();
    std::optional<identity> peer() const;

private:
    // What the verification did not like, kept because OpenSSL forgets the certificate.
    struct doubt {
        int code = 0;
        int depth = 0;
        certificate_facts leaf;
    };

    tls_session(std::shared_ptr<ssl_ctx_st> context, std::string other);
    static int look_at(int good, x509_store_ctx_st* store);
    state state_of(int returned);
    std::string doubt_words() const;
    void must_name(const std::string& name);

    std::shared_ptr<ssl_ctx_st> context_;
    owned_ssl ssl_;
    std::string other_;
    std::string name_;
    std::optional<doubt> doubt_;
    error trouble_{errc::failed, "TLS failed"};
};

}  // namespace ha::transport
