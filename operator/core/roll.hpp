// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/reported.hpp"
#include "operator/core/step.hpp"

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
    bool scaled = false;  // replicas come or go
    std::vector<std::string> fenced;
    std::string holder;       // of the Lease; without a cluster the primary, as the state has it
    bool read_scale = false;  // clusterType NONE: nobody could take over
    std::optional<reported_state> state{};  // none: nobody can read it
    std::optional<switchover> asked;        // by a roll, and standing
    bool ask_again = false;                 // it was refused a good while ago
};

using roll_step = step;

// How long a refusal stands before the same is asked once more.
inline constexpr std::chrono::minutes roll_asks_again_after{5};

// The first of these that is so:
//  1. a StatefulSet does not know its newest template yet: unseen
//  2. no pod is outdated, and no roll goes on: nothing
//  3. the group is paused: hold, because a pause keeps a restarted engine from its primary; and
//     while replicas come or go: hold, save that a listed one that is not in the group yet is
//     replaced
//  4. a pod is away or about to be: wait for it
//  5. it is the only one, or in no group: replace it, and wait until the new one is ready
//  6. the group was never formed and nobody leads: replace what is outdated, and first what is not
//     ready
//  7. nobody leads, or nobody says how replicas are: wait
//  8. the primary's pod, or one that is as asked, is not ready: wait
//  9. a replica whose pod is as asked is not synchronized: wait
// 10. an outdated secondary's pod is not ready, or not synchronized: replace it, nothing is lost
// 11. another secondary's pod is outdated: replace it, the last of the list first
// 12. the primary's pod is outdated: a switchover is asked for; stopped where nobody can take over,
//     or the primary refuses; without a cluster it is replaced, and is primary again
// 13. all is as asked: nothing
roll_step next_roll_step(const roll_view& seen);

}  // namespace ha::op
