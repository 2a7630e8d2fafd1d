// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/cluster.hpp"
#include "test/kubesim/api/writes.hpp"

#include <optional>

// DELETE: preconditions, grace, finalizers and propagation.

namespace ha::kubesim {

struct removal {
    std::string uid;               // empty: any
    std::string resource_version;  // empty: any
    std::string propagation;       // empty: the kind's default
    std::optional<int> grace_seconds;
};

answer<removal> read_removal(const target& what, const std::string& body);

struct removed {
    bool gone = false;
    nlohmann::json object;  // the last state, or the one that waits for its end
};

removed begin_removal(cluster& all,
                      const kind_info& kind,
                      nlohmann::json object,
                      const removal& how);

// Ends a foreground deletion that nothing blocks any more.
void finish_foreground(cluster& all, const kind_info& kind, const nlohmann::json& owner);

// A pod's deletion by what an Eviction says of it. Budgets are not kept.
answer<written> evict(cluster& all, const target& what, const std::string& body);

answer<nlohmann::json> remove(cluster& all, const target& what, const removal& how, bool dry_run);

}  // namespace ha::kubesim
