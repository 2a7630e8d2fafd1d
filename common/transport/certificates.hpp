// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <chrono>
#include <string>
#include <vector>

// X.509 certificates made in memory: a supervisor signs itself one with its group's CA, and tests
// and the build make whole authorities.

namespace ha::transport {

// PEM texts that belong together. The key is a secret: never log one.
struct key_pair {
    std::string certificate;
    std::string key;
};

struct certificate_subject {
    std::string common_name;
    std::vector<std::string> dns_names{};
    std::vector<std::string> addresses{};  // IP literals
};

using wall_instant = std::chrono::system_clock::time_point;

struct validity {
    wall_instant from;
    wall_instant until;
};

// A self-signed ECDSA P-256 authority that may sign leaves, and no further authorities.
result<key_pair> make_authority(const std::string& common_name, validity when);

// A fresh ECDSA P-256 key and its certificate, good for servers and clients. `malformed` when the
// authority is no PEM, not an authority, or its key is not its own.
result<key_pair> make_certificate(const key_pair& authority,
                                  const certificate_subject& subject,
                                  validity when);

// What a person wants to know of the first certificate of a PEM text.
struct certificate_facts {
    std::string subject;
    std::string issuer;
    std::vector<std::string> dns_names;
    std::vector<std::string> addresses;
    validity valid;
};
result<certificate_facts> read_certificate(const std::string& pem);

}  // namespace ha::transport
