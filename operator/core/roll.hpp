// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/orders.hpp"
#include "operator/core/reported.hpp"

#include <chrono>

// How pods are replaced by such as are asked for now: secondaries one at a time, then the primary
// hands over, then its pod. StatefulSets of ours replace nothing by themselves (OnDelete).

namespace ha::op {

struct rolled_pod {
    std::string name;
    bool there = false;     // it exists, and its end has not begun
    bool ready = false;     // since its engine started it was synchronized once
    bool outdated = false;  // another template is asked for
};

struct roll_view {
    bool templates_known = false;  // whether all pods' StatefulSets say what their newest is
    bool in_group = true;
    bool begun = false;            // a roll goes on: what it did last is seen to its end
    std::vector<rolled_pod> pods;  // all of the group, in its order
    bool paused = false;
    std::vector<std::string> fenced;
    std::string holder;                     // of the Lease
    std::optional<reported_state> state{};  // none: nobody can read it
    std::optional<switchover> asked;        // by a roll, and standing
    bool ask_again = false;                 // it was refused a good while ago
};

struct roll_step {
    enum class kind {
        nothing,  // no roll goes on
        unseen,   // nobody knows yet
        wait,     // something must come first; stops when it takes too long
        hold,     // as long as somebody wants it so
        replace,  // `pod` is taken away
        stopped,  // somebody must act
    } what = kind::nothing;
    std::string reason;  // "PodNotReady"
    std::string pod;
    std::string words;              // what is so
    std::string help;               // what to do if it stays so
    std::optional<switchover> ask;  // stands among the requests as long as this step does
};

// How long a step may take before somebody is told, and how long a refusal stands before the same
// is asked once more.
inline constexpr std::chrono::minutes roll_patience{10};
inline constexpr std::chrono::minutes roll_asks_again_after{5};

// The first of these that is so:
//  1. a StatefulSet does not know its newest template yet: unseen
//  2. no pod is outdated, and no roll goes on: nothing
//  3. the group is paused: hold, because a pause keeps a restarted engine from its primary
//  4. a pod is away or about to be: wait for it
//  5. it is the only one, or in no group: replace it, and wait until the new one is ready
//  6. the group was never formed and nobody leads: replace what is outdated, what is not ready
//  first
//  7. nobody leads, or nobody says how replicas are: wait
//  8. the primary's pod, or one that is as asked, is not ready: wait
//  9. a replica whose pod is as asked is not synchronized: wait
// 10. an outdated secondary's pod is not ready, or not synchronized: replace it, nothing is lost
// 11. another secondary's pod is outdated: replace it, the last of the list first
// 12. the primary's pod is outdated: a switchover is asked for; stopped where nobody can take over,
//     or the primary refuses
// 13. all is as asked: nothing
roll_step next_roll_step(const roll_view& seen);

// The step that has been the same for so long.
roll_step overdue(roll_step step, std::chrono::nanoseconds waited);

// Whether the status that stands tells of a roll, and of one that stopped for this reason.
bool tells_of_roll(const value& status);
bool tells_of_stop(const value& status, const std::string& reason);

}  // namespace ha::op
