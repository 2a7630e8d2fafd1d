// SPDX-License-Identifier: MIT
#include "common/transport/tls_session.hpp"

#include <openssl/ssl.h>

namespace ha::transport {

namespace {

tl::unexpected<error> wrong(const std::string& what) {
    auto words = openssl_words();
    return failure(errc::failed, words.empty() ? what : what + " (" + words + ")");
}

// Every certificate of the text is a root, as in Go's pools, also one that is signed by another.
result<void> trust(SSL_CTX& context, const std::string& pem) {
    auto all = certificates_of(pem);
    if (all.empty()) return wrong("the CA's text holds no certificate in PEM");
    auto store = SSL_CTX_get_cert_store(&context);
    for (auto& one : all) {
        if (X509_STORE_add_cert(store, one.get()) != 1) return wrong("a CA certificate is refused");
    }
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    return {};
}

result<void> show(SSL_CTX& context, const tls_credentials& what) {
    auto all = certificates_of(what.certificate);
    auto key = key_of(what.key);
    if (all.empty()) return wrong("our certificate's text holds no certificate in PEM");
    if (!key) return wrong("our key's text holds no key in PEM");
    if (SSL_CTX_use_certificate(&context, all.front().get()) != 1) {
        return wrong("our certificate cannot be used");
    }
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (SSL_CTX_add1_chain_cert(&context, all[i].get()) != 1) {
            return wrong("the chain of our certificate cannot be used");
        }
    }
    if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1) {
        return wrong("our key does not belong to our certificate");
    }
    return {};
}

result<std::shared_ptr<SSL_CTX>> make_context(const SSL_METHOD* method,
                                              const tls_credentials& what) {
    std::shared_ptr<SSL_CTX> made(SSL_CTX_new(method), SSL_CTX_free);
    if (!made) return wrong("TLS cannot be set up");
    SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(made.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
    if (!what.certificate.empty()) {
        if (auto shown = show(*made, what); !shown) return tl::unexpected(shown.error());
    }
    return made;
}

}  // namespace

result<std::shared_ptr<SSL_CTX>> make_client_context(const tls_credentials& what) {
    auto made = make_context(TLS_client_method(), what);
    if (!made) return made;
    if (auto trusted = trust(**made, what.trusted); !trusted) {
        return tl::unexpected(trusted.error());
    }
    SSL_CTX_set_verify(made->get(), SSL_VERIFY_PEER, nullptr);
    return made;
}

result<std::shared_ptr<SSL_CTX>> make_server_context(const tls_credentials& what,
                                                     client_certificates ask) {
    if (what.certificate.empty()) return wrong("a TLS server needs a certificate");
    auto made = make_context(TLS_server_method(), what);
    if (!made) return made;
    // Nothing is resumed: every connection proves anew who it is.
    SSL_CTX_set_options(made->get(), SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(made->get(), 0);
    if (ask == client_certificates::none) return made;
    if (auto trusted = trust(**made, what.trusted); !trusted) {
        return tl::unexpected(trusted.error());
    }
    auto insist = ask == client_certificates::required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(made->get(), SSL_VERIFY_PEER | insist, nullptr);
    for (auto& one : certificates_of(what.trusted)) SSL_CTX_add_client_CA(made->get(), one.get());
    return made;
}

}  // namespace ha::transport
