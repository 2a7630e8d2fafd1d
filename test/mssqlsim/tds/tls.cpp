// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <limits>

namespace ha::mssqlsim::tds {

namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using context_ptr = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using ssl_ptr = std::unique_ptr<SSL, freed_by<SSL_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;

// What OpenSSL complained about last; empties its queue, so that nobody later reads it as his own.
std::string last_complaint() {
    std::array<char, 256> text{};
    auto code = ERR_peek_last_error();
    if (code == 0) return "no reason given";
    ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

tl::unexpected<error> tls_failure(const std::string& what) {
    return failure(errc::failed, what + ": " + last_complaint());
}

std::string bio_contents(BIO* from) {
    char* data = nullptr;
    auto size = BIO_get_mem_data(from, &data);
    std::string out(data, static_cast<std::size_t>(size));
    (void)BIO_reset(from);
    return out;
}

bio_ptr bio_over(std::string_view bytes) {
    return bio_ptr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

bool is_address(const std::string& name) {
    std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>> address(
        a2i_IPADDRESS(name.c_str()));
    ERR_clear_error();
    return address != nullptr;
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) {
        if (!out.empty()) out += ",";
        out += (is_address(name) ? "IP:" : "DNS:") + name;
    }
    return out;
}

bool add_extension(X509* to, int which, const std::string& text) {
    extension_ptr extension(X509V3_EXT_conf_nid(nullptr, nullptr, which, text.c_str()));
    return extension && X509_add_ext(to, extension.get(), -1) == 1;
}

bool fill_certificate(X509* out, EVP_PKEY* key, const std::vector<std::string>& names) {
    constexpr long ten_years = 10L * 366 * 24 * 60 * 60;
    std::array<unsigned char, 8> serial{};
    if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return false;
    std::unique_ptr<BIGNUM, freed_by<BN_free>> number(
        BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    if (!number || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(out)) == nullptr)
        return false;
    const auto* common_name = reinterpret_cast<const unsigned char*>(names.front().c_str());
    auto* subject = X509_get_subject_name(out);
    return X509_set_version(out, 2) == 1 && X509_gmtime_adj(X509_getm_notBefore(out), 0) &&
           X509_gmtime_adj(X509_getm_notAfter(out), ten_years) && X509_set_pubkey(out, key) == 1 &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(out, subject) == 1 &&
           add_extension(out, NID_subject_alt_name, alternative_names(names)) &&
           add_extension(out, NID_basic_constraints, "critical,CA:TRUE") &&
           X509_sign(out, key, EVP_sha256()) > 0;
}

int choose_protocol(SSL*,
                    const unsigned char** out,
                    unsigned char* out_size,
                    const unsigned char* offered,
                    unsigned int offered_size,
                    void*) {
    static constexpr std::string_view ours = "\x07tds/8.0";
    unsigned char* chosen = nullptr;
    auto agreed = SSL_select_next_proto(&chosen,
                                        out_size,
                                        reinterpret_cast<const unsigned char*>(ours.data()),
                                        static_cast<unsigned>(ours.size()),
                                        offered,
                                        offered_size);
    if (agreed != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

struct tls_context::handle {
    context_ptr context;
};

struct tls_channel::state {
    ssl_ptr ssl;
    BIO* in = nullptr;   // owned by ssl
    BIO* out = nullptr;  // owned by ssl
    std::string output;
};

result<key_pair> make_self_signed(const std::vector<std::string>& names) {
    constexpr unsigned int bits = 2048;
    key_ptr key(EVP_RSA_gen(bits));
    certificate_ptr certificate(X509_new());
    if (!key || !certificate || names.empty() ||
        !fill_certificate(certificate.get(), key.get(), names))
        return tls_failure("making a certificate");
    bio_ptr text(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_X509(text.get(), certificate.get()) != 1)
        return tls_failure("writing a certificate");
    key_pair out;
    out.certificate_pem = bio_contents(text.get());
    auto wrote =
        PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    if (wrote != 1) return tls_failure("writing a key");
    out.key_pem = bio_contents(text.get());
    return out;
}

result<tls_context> tls_context::make(const key_pair& own) {
    auto certificate_text = bio_over(own.certificate_pem);
    auto key_text = bio_over(own.key_pem);
    certificate_ptr certificate(
        PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
    key_ptr key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
    if (!certificate || !key) return tls_failure("reading the server's certificate and key");

    context_ptr context(SSL_CTX_new(TLS_server_method()));
    auto ready = context && SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
                 SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1 &&
                 SSL_CTX_check_private_key(context.get()) == 1 &&
                 SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1;
    if (!ready) return tls_failure("setting up TLS");
    // No resumption: its handshake ends with the client's word, and TDS changes its framing there.
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    tls_context out;
    out.handle_ = std::make_shared<handle>();
    out.handle_->context = std::move(context);
    return out;
}

tls_channel::tls_channel(const tls_context& context, tls_use use)
    : state_(std::make_unique<state>()) {
    state_->ssl.reset(SSL_new(context.get().context.get()));
    state_->in = BIO_new(BIO_s_mem());
    state_->out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(state_->in, -1);
    SSL_set_bio(state_->ssl.get(), state_->in, state_->out);
    if (use == tls_use::inside_tds) SSL_set_max_proto_version(state_->ssl.get(), TLS1_2_VERSION);
    SSL_set_accept_state(state_->ssl.get());
}

tls_channel::~tls_channel() = default;
tls_channel::tls_channel(tls_channel&&) noexcept = default;
tls_channel& tls_channel::operator=(tls_channel&&) noexcept = default;

result<std::string> tls_channel::receive(std::string_view records) {
    auto* ssl = state_->ssl.get();
    ERR_clear_error();
    if (!records.empty()) BIO_write(state_->in, records.data(), static_cast<int>(records.size()));
    std::string plain;
    std::array<char, 16 * 1024> block{};
    for (;;) {
        auto got = SSL_read(ssl, block.data(), static_cast<int>(block.size()));
        state_->output += bio_contents(state_->out);
        if (got > 0) {
            plain.append(block.data(), static_cast<std::size_t>(got));
            continue;
        }
        switch (SSL_get_error(ssl, got)) {
            case SSL_ERROR_WANT_READ:
            case SSL_ERROR_WANT_WRITE: return plain;
            case SSL_ERROR_ZERO_RETURN: return failure(errc::closed, "the client ended TLS");
            default: return failure(errc::refused, "TLS failed: " + last_complaint());
        }
    }
}

result<void> tls_channel::send(std::string_view plain) {
    constexpr std::size_t block_max = 16 * 1024;
    while (!plain.empty()) {
        auto block = plain.substr(0, block_max);
        ERR_clear_error();
        auto wrote = SSL_write(state_->ssl.get(), block.data(), static_cast<int>(block.size()));
        if (wrote <= 0) return tls_failure("writing to TLS");
        plain.remove_prefix(static_cast<std::size_t>(wrote));
    }
    state_->output += bio_contents(state_->out);
    return {};
}

std::string tls_channel::take_output() {
    return std::exchange(state_->output, {});
}

bool tls_channel::is_established() const {
    return SSL_is_init_finished(state_->ssl.get()) == 1;
}

}  // namespace ha::mssqlsim::tds
