// SPDX-License-Identifier: MIT
#include "operator/core/cordon.hpp"

#include <algorithm>

namespace ha::op {

std::optional<switchover> cordon_request(const reported_state& state,
                                         const std::vector<std::string>& fenced,
                                         const std::map<std::string, place>& places) {
    auto of_primary = places.find(state.primary);
    if (of_primary == places.end() || !of_primary->second.cordoned) return std::nullopt;
    auto fit = fit_targets(state, fenced);
    auto target = std::ranges::find_if(fit, [&](const std::string& one) {
        auto where = places.find(one);
        return where != places.end() && !where->second.cordoned;
    });
    if (target == fit.end()) return std::nullopt;
    // One id for each primary and target: a restarted operator asks for the same.
    return switchover{"cordon-" + std::to_string(state.term) + "-" + *target,
                      *target,
                      "cordon of " + of_primary->second.node};
}

}  // namespace ha::op
