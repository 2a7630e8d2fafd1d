// SPDX-License-Identifier: MIT
#include "agent/core/orders.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/rows.hpp"

#include <array>

// What is done because of people's orders (rule 30). What is left undone in a pause: orders.cpp.

namespace ha::agent {

namespace {

// 1. our pod is fenced, and the Lease is held: as primary or on the way there
// 2. the best of the others is named; in a pause nobody, because nobody would take it
action leave_fenced(glance& look) {
    const auto& seen = look.seen;
    if (!seen.held || seen.leaving || !is_fenced(seen, seen.self.name)) return {};
    return hand_over_to_best(seen, reason::fenced);
}

// 1. a hand-over was begun, and a pause was ordered before its OFFLINE was sent: nothing has
// changed
// 2. save where our pod is fenced
action call_off(glance& look) {
    const auto& seen = look.seen;
    if (!seen.orders.pause || !seen.leaving || !seen.leaving->orderly) return {};
    const auto& hands = seen.hands;
    auto since = [&](const std::optional<instant>& when) {
        return when && *when >= seen.leaving->since;
    };
    bool sent = hands.offline || since(hands.offline_answered) || since(hands.offline_failed);
    if (sent || seen.leaving->reason == reason::fenced) return {};
    return end_step_down{};
}

constexpr std::array table{
    rule{"leave_fenced_pod",
         "The pod is fenced: the role is handed over, or given up if nobody can take it.",
         leave_fenced},
    rule{"call_off_hand_over",
         "The group was paused before the hand-over changed anything: it is called off.",
         call_off},
};

}  // namespace

std::span<const rule> orders_rules() {
    return table;
}

}  // namespace ha::agent
