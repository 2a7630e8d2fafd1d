// SPDX-License-Identifier: MIT
#include "agent/peers/leaf.hpp"

#include "agent/peers/peer_network.hpp"
#include "common/transport/certificates.hpp"

namespace ha::agent {

namespace {

// A supervisor makes itself a new one at each start; a year is longer than any lives between
// restarts for patches.
constexpr auto lifetime = std::chrono::hours{24 * 365};
constexpr auto clocks_differ = std::chrono::hours{1};

}  // namespace

result<leaf> make_leaf(std::string_view ca_certificate_pem,
                       std::string_view ca_key_pem,
                       const pod_identity& pod,
                       std::chrono::system_clock::time_point now) {
    transport::key_pair authority{std::string(ca_certificate_pem), std::string(ca_key_pem)};
    transport::certificate_subject subject{pod.name, {pod.name, peer_server_name(pod.uid)}, {}};
    auto made =
        transport::make_certificate(authority, subject, {now - clocks_differ, now + lifetime});
    if (!made)
        return failure(made.error().kind,
                       "the CA of the group's peers cannot sign: " + made.error().message);
    return leaf{made->certificate, made->key, now + lifetime};
}

}  // namespace ha::agent
