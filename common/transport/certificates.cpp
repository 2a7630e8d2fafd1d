// SPDX-License-Identifier: MIT
#include "common/transport/certificates.hpp"

#include "common/transport/x509.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>

namespace ha::transport {

namespace {

std::string text_of(BIO& from) {
    char* text = nullptr;
    auto size = BIO_get_mem_data(&from, &text);
    return {text, static_cast<std::size_t>(size)};
}

key_pair pem_of(X509& certificate, EVP_PKEY& key) {
    owned_bio first{BIO_new(BIO_s_mem())};
    owned_bio second{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(first.get(), &certificate);
    PEM_write_bio_PrivateKey(second.get(), &key, nullptr, nullptr, 0, nullptr, nullptr);
    return {text_of(*first), text_of(*second)};
}

// Positive, and never twice.
bool set_serial(X509& certificate) {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);
    std::unique_ptr<BIGNUM, freed_by<BN_free>> number{
        BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)};
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate));
}

bool add_extension(X509& to, X509& issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &issuer, &to, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>> made{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
    return made && X509_add_ext(&to, made.get(), -1) == 1;
}

bool set_times(X509& certificate, validity when) {
    auto from = std::chrono::system_clock::to_time_t(when.from);
    auto until = std::chrono::system_clock::to_time_t(when.until);
    return ASN1_TIME_set(X509_getm_notBefore(&certificate), from) &&
           ASN1_TIME_set(X509_getm_notAfter(&certificate), until);
}

bool set_subject(X509& certificate, const std::string& common_name) {
    auto name = X509_get_subject_name(&certificate);
    auto text = reinterpret_cast<const unsigned char*>(common_name.data());
    auto size = static_cast<int>(common_name.size());
    return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, size, -1, 0) == 1;
}

// The names go into OpenSSL's small configuration language, where a comma would begin another.
result<std::string> names_of(const certificate_subject& subject) {
    std::string text;
    auto add = [&](const char* kind, const std::string& name) {
        text += (text.empty() ? "" : ",") + std::string(kind) + ":" + name;
        return name.find_first_of(",\n\r;@ ") == std::string::npos && !name.empty();
    };
    bool good = true;
    for (auto& one : subject.dns_names) good = add("DNS", one) && good;
    for (auto& one : subject.addresses) good = add("IP", one) && good;
    if (good) return text;
    return failure(errc::malformed, "a certificate cannot be made for the names '" + text + "'");
}

owned_certificate blank(EVP_PKEY& key, const std::string& common_name, validity when) {
    owned_certificate made{X509_new()};
    bool good = made && X509_set_version(made.get(), X509_VERSION_3) == 1 && set_serial(*made) &&
                set_times(*made, when) && set_subject(*made, common_name) &&
                X509_set_pubkey(made.get(), &key) == 1;
    return good ? std::move(made) : owned_certificate{};
}

tl::unexpected<error> not_made(const std::string& common_name) {
    return failure(errc::failed,
                   "no certificate could be made for '" + common_name + "': " + openssl_words());
}

bool sign_as_leaf(X509& leaf, X509& issuer, EVP_PKEY& issuer_key, const std::string& names) {
    return X509_set_issuer_name(&leaf, X509_get_subject_name(&issuer)) == 1 &&
           add_extension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(leaf, issuer, NID_key_usage, "critical,digitalSignature") &&
           add_extension(leaf, issuer, NID_ext_key_usage, "serverAuth,clientAuth") &&
           add_extension(leaf, issuer, NID_authority_key_identifier, "keyid") &&
           (names.empty() || add_extension(leaf, issuer, NID_subject_alt_name, names)) &&
           X509_sign(&leaf, &issuer_key, EVP_sha256()) > 0;
}

}  // namespace

result<key_pair> make_authority(const std::string& common_name, validity when) {
    owned_key key{EVP_EC_gen("P-256")};
    auto made = key ? blank(*key, common_name, when) : owned_certificate{};
    bool good = made && X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) == 1 &&
                add_extension(*made, *made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                add_extension(*made, *made, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                add_extension(*made, *made, NID_subject_key_identifier, "hash") &&
                X509_sign(made.get(), key.get(), EVP_sha256()) > 0;
    if (!good) return not_made(common_name);
    return pem_of(*made, *key);
}

result<key_pair> make_certificate(const key_pair& authority,
                                  const certificate_subject& subject,
                                  validity when) {
    auto issuer = certificate_of(authority.certificate);
    auto issuer_key = key_of(authority.key);
    if (!issuer || !issuer_key) {
        return failure(errc::malformed, "the authority has no certificate or no key in PEM");
    }
    if (X509_check_private_key(issuer.get(), issuer_key.get()) != 1) {
        return failure(errc::malformed, "the authority's key does not belong to its certificate");
    }
    if (X509_check_ca(issuer.get()) != 1) {
        return failure(errc::malformed, "'" + facts_of(*issuer).subject + "' is no authority");
    }
    auto names = names_of(subject);
    if (!names) return tl::unexpected(names.error());
    owned_key key{EVP_EC_gen("P-256")};
    auto made = key ? blank(*key, subject.common_name, when) : owned_certificate{};
    if (!made || !sign_as_leaf(*made, *issuer, *issuer_key, *names)) {
        return not_made(subject.common_name);
    }
    return pem_of(*made, *key);
}

result<certificate_facts> read_certificate(const std::string& pem) {
    auto one = certificate_of(pem);
    if (!one) return failure(errc::malformed, "there is no certificate in PEM: " + openssl_words());
    return facts_of(*one);
}

}  // namespace ha::transport
