// SPDX-License-Identifier: MIT
#pragma once

#include "common/transport/certificates.hpp"
#include "common/transport/stream.hpp"

#include <memory>
#include <string>

// OpenSSL's objects with owners. For the sources of this folder only; OpenSSL's own headers stay in
// them.

struct bio_st;
struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;
struct x509_st;
struct x509_store_ctx_st;

namespace ha::transport {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* one) const {
        Free(one);
    }
};

struct freed {
    void operator()(bio_st* one) const;
    void operator()(evp_pkey_st* one) const;
    void operator()(ssl_st* one) const;
    void operator()(x509_st* one) const;
};

using owned_bio = std::unique_ptr<bio_st, freed>;
using owned_key = std::unique_ptr<evp_pkey_st, freed>;
using owned_certificate = std::unique_ptr<x509_st, freed>;
using owned_ssl = std::unique_ptr<ssl_st, freed>;

// The newest of OpenSSL's complaints, in its words; the queue is empty afterwards.
std::string openssl_words();

// Nothing when the text holds none.
owned_certificate certificate_of(const std::string& pem);
owned_key key_of(const std::string& pem);
std::vector<owned_certificate> certificates_of(const std::string& pem);

certificate_facts facts_of(const x509_st& one);
identity identity_of(const x509_st& one);

}  // namespace ha::transport
