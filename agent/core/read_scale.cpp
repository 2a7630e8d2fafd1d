// SPDX-License-Identifier: MIT
#include "agent/core/read_scale.hpp"

#include "agent/core/orders.hpp"

#include <algorithm>

namespace ha::agent {

namespace {

bool asks_none(const observation& seen) {
    return seen.spec_known && seen.spec.cluster == cluster_type::none;
}

// Also of an engine that does not answer just now: a group's type never changes.
const group_view* last_group(const observation& seen) {
    const auto& last = seen.engine.last;
    return last && last->group ? &*last->group : nullptr;
}

// The protocol writes a record and the Lease before it acts; this mode writes neither.
bool has_history(const observation& seen) {
    bool lease = seen.lease.record && !seen.lease.record->group_id.empty();
    return lease || seen.held || seen.record.value != replica_record{} ||
           !seen.record.trouble.empty();
}

}  // namespace

regime regime_of(const observation& seen) {
    bool none = asks_none(seen);
    if (const auto* group = last_group(seen)) {
        if (group->cluster == cluster_type::external) return regime::protocol;
        return none ? regime::read_scale : regime::refusing;
    }
    return none && !has_history(seen) ? regime::read_scale : regime::protocol;
}

bool is_refused(const observation& seen) {
    auto by = regime_of(seen);
    if (by == regime::refusing) return seen.spec_known;
    return by == regime::protocol && asks_none(seen);
}

bool is_formed(const observation& seen) {
    if (seen.lease.record && !seen.lease.record->group_id.empty()) return true;
    return regime_of(seen) != regime::protocol && last_group(seen);
}

std::vector<std::string> primaries(const observation& seen) {
    std::vector<std::string> found;
    for (const auto& one : seen.spec.replicas) {
        if (one.name == seen.self.name) {
            if (engine_role(seen) == role::primary) found.push_back(one.name);
            continue;
        }
        const auto* told = answer_of(seen, one.name);
        if (told && told->engine_known && told->local_role == role::primary)
            found.push_back(one.name);
    }
    return found;
}

bool is_read_scale_primary(const observation& seen) {
    return regime_of(seen) == regime::read_scale && engine_role(seen) == role::primary;
}

bool speaks_for_group(const observation& seen) {
    if (regime_of(seen) != regime::read_scale || !group_of(seen)) return false;
    auto all = primaries(seen);
    if (all.size() == 1) return all.front() == seen.self.name;
    auto knows = [&](const replica_spec& one) {
        if (one.name == seen.self.name) return true;
        const auto* told = answer_of(seen, one.name);
        return told && told->cluster == cluster_type::none;
    };
    auto first = std::ranges::find_if(seen.spec.replicas, knows);
    return first != seen.spec.replicas.end() && first->name == seen.self.name;
}

std::string read_scale_label(const observation& seen) {
    const auto* group = group_of(seen);
    if (regime_of(seen) != regime::read_scale || !group) return "none";
    bool alone = primaries(seen).size() == 1 && !is_fenced(seen, seen.self.name);
    if (group->local_role == role::primary) return alone ? "primary" : "none";
    if (group->local_role != role::secondary) return "none";
    const auto* me = own_spec(seen);
    return me && me->readable ? "readable-secondary" : "secondary";
}

}  // namespace ha::agent
