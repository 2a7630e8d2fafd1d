// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"
#include "common/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

// The certificate with which a supervisor speaks to its peers: made in memory at start, signed with
// the group's own CA, naming the pod's uid.

namespace ha::agent {

struct leaf {
    std::string certificate_pem;
    std::string key_pem;
    std::chrono::system_clock::time_point expires;
};

// Subject CN = pod name; DNS names: the pod name and peer_server_name(uid). Valid from an hour
// before `now`. Error: malformed, when the CA's certificate or key is not what it should be or do
// not belong together; the sentence says which.
result<leaf> make_leaf(std::string_view ca_certificate_pem,
                       std::string_view ca_key_pem,
                       const pod_identity& pod,
                       std::chrono::system_clock::time_point now);

}  // namespace ha::agent
