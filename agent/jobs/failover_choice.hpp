// SPDX-License-Identifier: MIT
#pragma once

#include "agent/codec/group_state.hpp"
#include "agent/codec/requests.hpp"

#include <optional>
#include <string>
#include <vector>

// Whom the failover Job means, and what speaks against it before anybody is asked.

namespace ha::agent {

struct failover_order {
    std::string space;
    std::string group;          // the object's name; empty: the only one of the namespace
    std::string wanted;         // pod, IP, StatefulSet, server or host name; "!x": anyone but x;
                                // empty: anyone but the primary
    bool accepts_loss = false;  // FORCE_FAILOVER_ALLOW_DATA_LOSS
    std::string id;             // of the request: the same when the Job's pod starts again
    duration limit = std::chrono::minutes{1};  // to wait for the answer
};

// A pod by all that it may be called.
struct named_pod {
    std::string name;
    std::string ip;
    std::string host;
    std::string stateful_set;
    bool is_primary = false;  // by its label
    bool operator==(const named_pod&) const = default;
};

struct group_situation {
    group_requests requests;
    std::optional<group_state> state;  // none: this Job may not read it
    std::vector<named_pod> pods;       // of the group

    // By the pods' label, which only a verified role gets. Empty: none.
    std::string primary() const;
};

struct failover_choice {
    std::string target;  // pod; empty: the best of the others
    bool is_done = false;
    std::vector<std::string> refusals;  // sentences, all at once
};

failover_choice choose(const failover_order& order, const group_situation& now);

}  // namespace ha::agent
