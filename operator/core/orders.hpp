// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/document.hpp"

#include <optional>
#include <string>
#include <vector>

// What people order of a group by its resource, as its supervisors read it in the requests
// ConfigMap: spec.ha.pause, spec.ha.fenced, and annotations for those who may not change the spec.
// An annotation is never written or removed here: see docs/requests.md.

namespace ha::op {

struct group;
struct reported_condition;
struct reported_state;

inline constexpr const char* pause_annotation = "ha.mssql/pause";
inline constexpr const char* fence_annotation = "ha.mssql/fence";
inline constexpr const char* switchover_annotation = "ha.mssql/switchover";

// How long it stands and who gave it: words, to be told.
struct order {
    std::string since;
    std::string by;
    bool operator==(const order&) const = default;
};

// Carried out once; answered by its id.
struct switchover {
    std::string id;
    std::string target;  // pod; empty: the best
    std::string by;
    bool operator==(const switchover&) const = default;
};

struct orders {
    std::optional<order> pause;
    std::vector<std::string> fenced;  // pods
    order fence;
    std::optional<switchover> asked;  // by annotation
    // The operator's own: the primary's node takes no pods any more, or its pod is to be replaced.
    std::optional<switchover> own;
    bool operator==(const orders&) const = default;
};

// Without ids and times. Spec and annotation say the same to supervisors: either pauses, both
// fence. A replica may be called by its pod or by its name in spec.replicas. Complaints are about
// the spec.
orders read_orders(const value& resource, const group& of, std::vector<std::string>& complaints);

// `now` with the time and the id of what stands already; what is new gets these.
orders settled(orders now, const orders& standing, const std::string& time, const std::string& id);

// The entries of the requests ConfigMap.
object order_entries(const orders& all);

// Secondaries that a switchover can name, in the group's order: connected, synchronized, not
// fenced.
std::vector<std::string> fit_targets(const reported_state& state,
                                     const std::vector<std::string>& fenced);

// Puts pause and fence among the conditions, as they stand: supervisors report them only while
// somebody leads.
void tell_orders(const orders& all, std::vector<reported_condition>& into);

// For the status: what was asked for and what became of it. Null when nothing is.
value request_statuses(const orders& all, const reported_state& state);

}  // namespace ha::op
