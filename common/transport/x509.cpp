// SPDX-License-Identifier: MIT
#include "common/transport/x509.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace ha::transport {

namespace {

owned_bio reading(const std::string& text) {
    return owned_bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

// A key behind a pass phrase is not for us; the default would ask on the terminal.
int no_pass_phrase(char*, int, int, void*) {
    return 0;
}

std::string name_words(const X509_NAME* name) {
    owned_bio out{BIO_new(BIO_s_mem())};
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    char* text = nullptr;
    auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string text_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_words(const ASN1_OCTET_STRING* bytes) {
    auto data = ASN1_STRING_get0_data(bytes);
    if (ASN1_STRING_length(bytes) == 4) {
        boost::asio::ip::address_v4::bytes_type four{};
        std::copy_n(data, four.size(), four.begin());
        return boost::asio::ip::address_v4{four}.to_string();
    }
    boost::asio::ip::address_v6::bytes_type sixteen{};
    if (ASN1_STRING_length(bytes) != 16) return "?";
    std::copy_n(data, sixteen.size(), sixteen.begin());
    return boost::asio::ip::address_v6{sixteen}.to_string();
}

wall_instant instant_of(const ASN1_TIME* when) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(when, &parts) != 1) return {};
    return std::chrono::system_clock::from_time_t(timegm(&parts));
}

void read_names(const X509& one, certificate_facts& into) {
    auto found = X509_get_ext_d2i(&one, NID_subject_alt_name, nullptr, nullptr);
    std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>> names{
        static_cast<GENERAL_NAMES*>(found)};
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        auto name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) into.dns_names.push_back(text_of(name->d.dNSName));
        if (name->type == GEN_IPADD) into.addresses.push_back(address_words(name->d.iPAddress));
    }
}

}  // namespace

void freed::operator()(bio_st* one) const {
    BIO_free_all(one);
}

void freed::operator()(evp_pkey_st* one) const {
    EVP_PKEY_free(one);
}

void freed::operator()(ssl_st* one) const {
    SSL_free(one);
}

void freed::operator()(x509_st* one) const {
    X509_free(one);
}

std::string openssl_words() {
    std::array<char, 256> text{};
    auto code = ERR_peek_last_error();
    ERR_error_string_n(code, text.data(), text.size());
    auto reason = ERR_reason_error_string(code);
    ERR_clear_error();
    return reason ? reason : text.data();
}

owned_certificate certificate_of(const std::string& pem) {
    auto in = reading(pem);
    return owned_certificate{PEM_read_bio_X509(in.get(), nullptr, no_pass_phrase, nullptr)};
}

std::vector<owned_certificate> certificates_of(const std::string& pem) {
    std::vector<owned_certificate> all;
    auto in = reading(pem);
    while (auto one = PEM_read_bio_X509(in.get(), nullptr, no_pass_phrase, nullptr)) {
        all.emplace_back(one);
    }
    ERR_clear_error();
    return all;
}

owned_key key_of(const std::string& pem) {
    auto in = reading(pem);
    return owned_key{PEM_read_bio_PrivateKey(in.get(), nullptr, no_pass_phrase, nullptr)};
}

certificate_facts facts_of(const X509& one) {
    certificate_facts facts;
    facts.subject = name_words(X509_get_subject_name(&one));
    facts.issuer = name_words(X509_get_issuer_name(&one));
    facts.valid = {instant_of(X509_get0_notBefore(&one)), instant_of(X509_get0_notAfter(&one))};
    read_names(one, facts);
    return facts;
}

identity identity_of(const X509& one) {
    identity who;
    auto name = X509_get_subject_name(&one);
    auto place = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (place >= 0) {
        who.common_name = text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place)));
    }
    who.dns_names = facts_of(one).dns_names;
    return who;
}

}  // namespace ha::transport
