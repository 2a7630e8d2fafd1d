// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/settings.hpp"
#include "agent/core/values.hpp"
#include "common/k8s/client.hpp"

// Reads and writes the Lease, one attempt at a time (protocol.md rules 1 and 2).

namespace ha::agent {

struct lease_reading {
    lease_record record;
    instant sent_at{};
    instant received_at{};
};

class lease_access {
public:
    lease_access(clock_source& clock, k8s::client& api, k8s::object_name what, profile times);

    // A record that this version cannot read is `refused`, with reason NewerFormat or Malformed.
    boost::asio::awaitable<k8s::outcome<lease_reading>> read(duration limit);

    // Replaces the record that has wanted.uid and wanted.resource_version; renewTime and
    // acquireTime are filled in, what others keep in the object stays. Never creates: without a
    // Lease read or remembered before, it is `not_sent`. What comes back is the record as the
    // server has it now.
    boost::asio::awaitable<k8s::outcome<lease_reading>> put(lease_record wanted, duration limit);

    // The object as a watch saw it, and could read it: what put() starts from.
    void remember(std::shared_ptr<const nlohmann::json> object);

private:
    k8s::outcome<lease_reading> understood(const k8s::outcome<k8s::reply>& came, const char* verb);

    clock_source& clock_;
    k8s::client& api_;
    k8s::object_name what_;
    profile times_;
    std::shared_ptr<const nlohmann::json> last_;
};

}  // namespace ha::agent
