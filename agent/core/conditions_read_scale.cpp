// SPDX-License-Identifier: MIT
#include "agent/core/conditions.hpp"
#include "agent/core/membership.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/reasons.hpp"

// What people must know of a group that only they fail over.

namespace ha::agent {

namespace {

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& one : words) text += (text.empty() ? "" : " and ") + one;
    return text;
}

void add_differing(const observation& seen, std::vector<condition>& all) {
    if (!is_refused(seen)) return;
    bool asks_none = seen.spec.cluster == cluster_type::none;
    all.push_back({"ClusterTypeDiffers",
                   std::string(reason::cluster_type_differs),
                   std::string("The specification asks for clusterType ") +
                       (asks_none ? "NONE and the group was made with EXTERNAL: it goes on as it "
                                    "is, and nobody takes over"
                                  : "EXTERNAL and the group was made with NONE: nothing is done "
                                    "to it and nothing is routed here") +
                       ". Write back what it was made with."});
}

void add_primaries(const observation& seen, std::vector<condition>& all) {
    auto found = primaries(seen);
    if (found.size() > 1)
        all.push_back({"TwoPrimaries",
                       std::string(reason::two_primaries),
                       listed(found) +
                           " say that they are PRIMARY. Writes are routed to none of them, for "
                           "each may have what the others lack. Take the one that is not to be "
                           "believed OFFLINE by hand: docs/read-scale.md."});
    if (found.empty() && is_formed(seen))
        all.push_back({"NoPrimary",
                       std::string(reason::cluster_type_none),
                       "No engine says that it is PRIMARY, and the cluster type is NONE: nobody "
                       "takes over. Writes go on when the primary's engine is back. If it is lost, "
                       "fail over by hand: docs/read-scale.md."});
}

void add_waiting_member(const observation& seen, std::vector<condition>& all) {
    auto next = next_read_scale_change(seen);
    if (!next || next->obstacles.empty()) return;
    auto words = next->replica.name + " is to be " + std::string(words_for(next->what)) + ".";
    for (const auto& code : next->obstacles) words += " " + std::string(reason::sentence(code));
    all.push_back({"MembershipWaits", std::string(next->obstacles.front()), words});
}

}  // namespace

void add_read_scale(const observation& seen, std::vector<condition>& all) {
    add_differing(seen, all);
    if (regime_of(seen) != regime::read_scale) return;
    add_primaries(seen, all);
    add_waiting_member(seen, all);
}

}  // namespace ha::agent
