// SPDX-License-Identifier: MIT
#include "operator/reconcile/step_memory.hpp"

namespace ha::op {

const step_memory::entry* step_memory::find(const subject& which) const {
    auto known = known_.find(which);
    return known == known_.end() ? nullptr : &known->second;
}

step step_memory::timed(const subject& which, step now, bool told) {
    if (now.what == step::kind::nothing) {
        known_.erase(which);
        return now;
    }
    auto [known, fresh] = known_.try_emplace(which);
    auto& [before, since] = known->second;
    if (fresh || !is_same(before, now)) since = clock_.now();
    if (fresh && told) since -= step_patience;
    before = now;
    return overdue(std::move(now), clock_.now() - since);
}

std::optional<instant> step_memory::look_again(const subject& which) const {
    const auto* known = find(which);
    if (known == nullptr || known->now.what != step::kind::wait) return std::nullopt;
    auto stops = known->since + step_patience;
    return clock_.now() < stops ? std::optional{stops} : std::nullopt;
}

}  // namespace ha::op
