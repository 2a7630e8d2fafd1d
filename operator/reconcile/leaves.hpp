// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/leave.hpp"
#include "operator/core/server.hpp"
#include "operator/reconcile/inventory.hpp"

// SqlServers that are being deleted and still belong to their groups: which those are, and how long
// each has been waited for.

namespace ha::op {

struct leaving_servers {
    std::vector<std::string> pods;
    step now;  // of the first that waits
};

class leaves {
public:
    leaves(clock_source& clock, const inventory& all) : clock_(clock), inventory_(all) {}

    // In the group of this one.
    leaving_servers among(const server& one);

    // Time counts from the first question: an operator that was away has yet to tell the list.
    step next(const server& which);

    // When to look once more although nothing changes; none: never.
    std::optional<instant> look_again(const subject& which) const;

    // The resource is gone.
    void forget(const subject& which) { since_.erase(which); }

private:
    leave_view view_of(const server& which) const;

    clock_source& clock_;
    const inventory& inventory_;
    std::map<subject, instant> since_;
};

// It is being deleted, and its pod is to wait for the group.
bool is_leaving(const custom_resource& one);

// The server that a resource is about, whether or not its spec makes sense.
server server_called(const value& resource);

}  // namespace ha::op
