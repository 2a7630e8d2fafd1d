// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/observation.hpp"
#include "common/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

// The ConfigMap of requests: what people, Jobs and the operator want of a group. Supervisors only
// read it. Its data:
//   format      "1"
//   spec        JSON: {"replicas": [{"name": "ag-0", "endpointUrl": "TCP://...:5022",
//               "mode": "synchronous|asynchronous|configurationOnly", "failover":
//               "automatic|manual", "priority": 0, "readable": false}, ...], "required": 1,
//               "clusterType": "EXTERNAL|NONE"}; the order gives the ordinals, and without a
//               cluster type it is EXTERNAL
//   switchover  JSON: {"id": "...", "target": "ag-1", "by": "who"}; no target: the best. The
//               operator writes its own into operatorSwitchover and cordonSwitchover, so that
//               nobody takes another's
//   forcedFailover  the same, with data given up: refused, with every reason
//   pause       JSON: {"since": "2026-01-02T03:04:05Z", "by": "who"}; other words than these pause
//               the group just as well
//   databases   JSON: {"names": ["sales", "crm"]}: what the primary sees to that the group has. A
//   key
//               of its own, because supervisors that do not know it refuse a spec that has it
//   fence       JSON: {"pods": ["ag-0"], "since": "...", "by": "who"}

namespace ha::agent {

// A request that is not carried out, and why: an answer to whoever wrote it.
struct ignored_request {
    std::string what;  // key of the data, or id of the request
    std::string why;   // one sentence
    bool operator==(const ignored_request&) const = default;
};

struct group_requests {
    std::string resource_version;
    std::optional<group_spec> spec;
    std::vector<switchover_request> switchovers;
    std::optional<wanted_databases> databases;  // none: unreadable, so what was known stands
    std::optional<group_orders> orders;  // none: unreadable, so those that stood go on standing
    std::vector<ignored_request> ignored;
    bool operator==(const group_requests&) const = default;
};

// Refused: a newer format. Malformed parts are left out and named in `ignored`.
result<group_requests> read_requests(const nlohmann::json& config_map, const std::string& group);

}  // namespace ha::agent
