// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/orders.hpp"
#include "operator/core/reported.hpp"

#include <map>

// A node that is cordoned is about to be emptied: its primary hands over before it is evicted.

namespace ha::op {

struct place {
    std::string node;
    bool cordoned = false;
    bool operator==(const place&) const = default;
};

// A switchover to the first replica that is synchronized, on a node that is not cordoned and not
// fenced, where the primary's node is cordoned. The same one until another replica leads. None
// where there is no such replica: the drain's eviction hands over then.
std::optional<switchover> cordon_request(const reported_state& state,
                                         const std::vector<std::string>& fenced,
                                         const std::map<std::string, place>& places);

}  // namespace ha::op
