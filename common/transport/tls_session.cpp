// SPDX-License-Identifier: MIT
#include "common/transport/tls_session.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <limits>

namespace ha::transport {

namespace {

constexpr int alert_base = 1000;  // OpenSSL's reasons for alerts that came in

int place_of_session() {
    static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return place;
}

std::string time_words(wall_instant when) {
    auto seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%FT%TZ", &parts);
    return text.data();
}

std::string joined(const certificate_facts& facts) {
    std::string all;
    for (auto& one : facts.dns_names) all += (all.empty() ? "" : ", ") + one;
    for (auto& one : facts.addresses) all += (all.empty() ? "" : ", ") + one;
    return all.empty() ? "no name at all" : all;
}

// What the other side's alert says of us. Empty: it is not about certificates.
std::string alert_words(int alert) {
    switch (alert) {
        case SSL3_AD_NO_CERTIFICATE:
        case TLS13_AD_CERTIFICATE_REQUIRED: return "it wants our certificate, and we show none";
        case SSL3_AD_BAD_CERTIFICATE: return "it refuses our certificate";
        case SSL3_AD_UNSUPPORTED_CERTIFICATE: return "it does not take certificates like ours";
        case SSL3_AD_CERTIFICATE_REVOKED: return "our certificate is revoked";
        case SSL3_AD_CERTIFICATE_EXPIRED: return "it says that our certificate has expired";
        case SSL3_AD_CERTIFICATE_UNKNOWN: return "it does not believe our certificate";
        case TLS1_AD_UNKNOWN_CA: return "it does not know the CA of our certificate";
        case TLS1_AD_ACCESS_DENIED: return "it denies us access";
        default: return {};
    }
}

}  // namespace

tls_session::tls_session(std::shared_ptr<SSL_CTX> context, std::string other)
    : context_(std::move(context)), ssl_(SSL_new(context_.get())), other_(std::move(other)) {
    if (!ssl_) return;
    auto in = BIO_new(BIO_s_mem());
    auto out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in, out);
    SSL_set_ex_data(ssl_.get(), place_of_session(), this);
    SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), look_at);
}

result<std::unique_ptr<tls_session>> tls_session::client(std::shared_ptr<SSL_CTX> context,
                                                         const std::string& other,
                                                         const std::optional<std::string>& name) {
    std::unique_ptr<tls_session> made(new tls_session(std::move(context), other));
    if (!made->ssl_) return failure(errc::failed, "TLS cannot begin: " + openssl_words());
    SSL_set_connect_state(made->ssl_.get());
    if (name) made->must_name(*name);
    return made;
}

result<std::unique_ptr<tls_session>> tls_session::server(std::shared_ptr<SSL_CTX> context,
                                                         const std::string& other) {
    std::unique_ptr<tls_session> made(new tls_session(std::move(context), other));
    if (!made->ssl_) return failure(errc::failed, "TLS cannot begin: " + openssl_words());
    SSL_set_accept_state(made->ssl_.get());
    return made;
}

void tls_session::must_name(const std::string& name) {
    name_ = name;
    auto rules = SSL_get0_param(ssl_.get());
    boost::system::error_code no_address;
    boost::asio::ip::make_address(name, no_address);
    if (!no_address) {
        X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str());
        return;
    }
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size());
    // What the macro of this purpose does, without its cast.
    SSL_ctrl(ssl_.get(),
             SSL_CTRL_SET_TLSEXT_HOSTNAME,
             TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(name.c_str()));
}

int tls_session::look_at(int good, X509_STORE_CTX* store) {
    if (good == 1) return good;
    auto place = SSL_get_ex_data_X509_STORE_CTX_idx();
    auto ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, place));
    auto self = static_cast<tls_session*>(SSL_get_ex_data(ssl, place_of_session()));
    doubt seen;
    seen.code = X509_STORE_CTX_get_error(store);
    seen.depth = X509_STORE_CTX_get_error_depth(store);
    auto current = X509_STORE_CTX_get_current_cert(store);
    if (!current) current = X509_STORE_CTX_get0_cert(store);
    if (current) seen.leaf = facts_of(*current);
    self->doubt_ = std::move(seen);
    return good;
}

std::string tls_session::doubt_words() const {
    auto whose = doubt_->depth == 0 ? "its certificate" : "a CA certificate of its chain";
    auto& facts = doubt_->leaf;
    auto subject = std::string(whose) + " (" + facts.subject + ")";
    switch (doubt_->code) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return subject + " expired at " + time_words(facts.valid.until);
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return subject + " is valid only from " + time_words(facts.valid.from) +
                   "; is the clock right?";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return subject + " names " + joined(facts) + ", not " + name_;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return subject + " is not signed by a CA that we trust, but by " + facts.issuer;
        default: break;
    }
    return subject + " is not believed: " + X509_verify_cert_error_string(doubt_->code);
}

tls_session::state tls_session::state_of(int returned) {
    auto why = SSL_get_error(ssl_.get(), returned);
    if (returned > 0) return state::done;
    if (why == SSL_ERROR_WANT_READ) return state::wants_bytes;
    if (why == SSL_ERROR_ZERO_RETURN) return state::ended;
    auto reason = ERR_GET_REASON(ERR_peek_last_error());
    auto text = openssl_words();
    auto alert = reason > alert_base ? alert_words(reason - alert_base) : std::string{};
    auto kind = errc::failed;
    if (doubt_ || !alert.empty()) kind = errc::unauthorized;
    if (doubt_) {
        text = doubt_words();
    } else if (!alert.empty()) {
        text = alert;
    } else if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
        kind = errc::unauthorized;
        text = "it shows no certificate";
    } else if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
               reason == SSL_R_UNKNOWN_PROTOCOL) {
        text = "it does not speak TLS";
    } else if (reason == SSL_R_UNSUPPORTED_PROTOCOL ||
               reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION) {
        text = "it speaks no TLS that we speak (1.2 and 1.3)";
    }
    trouble_ = error{kind, "TLS with " + other_ + ": " + text};
    return state::broken;
}

tls_session::state tls_session::shake() {
    ERR_clear_error();
    return state_of(SSL_do_handshake(ssl_.get()));
}

tls_session::state tls_session::read(std::span<std::byte> into, std::size_t& count) {
    ERR_clear_error();
    return state_of(SSL_read_ex(ssl_.get(), into.data(), into.size(), &count));
}

tls_session::state tls_session::write(std::span<const std::byte> bytes) {
    ERR_clear_error();
    std::size_t count = 0;
    return state_of(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count));
}

void tls_session::incoming(std::span<const std::byte> bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
}

bool tls_session::has_outgoing() const {
    return BIO_ctrl_pending(SSL_get_wbio(ssl_.get())) > 0;
}

std::string tls_session::outgoing() {
    std::string bytes(BIO_ctrl_pending(SSL_get_wbio(ssl_.get())), '\0');
    BIO_read(SSL_get_wbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

bool tls_session::has_unread() const {
    return SSL_pending(ssl_.get()) > 0 || BIO_ctrl_pending(SSL_get_rbio(ssl_.get())) > 0;
}

error tls_session::trouble() {
    return trouble_;
}

std::optional<identity> tls_session::peer() const {
    owned_certificate shown{SSL_get1_peer_certificate(ssl_.get())};
    if (!shown) return {};
    return identity_of(*shown);
}

}  // namespace ha::transport
