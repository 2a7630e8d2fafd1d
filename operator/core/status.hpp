// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/document.hpp"
#include "operator/core/orders.hpp"
#include "operator/core/reported.hpp"
#include "operator/core/roll.hpp"
#include "operator/core/scale.hpp"

#include <string>
#include <vector>

// What the status of a resource says: the community operator's fields, filled
// with what supervisors report, and conditions by the API conventions. No clock: the time is given.

namespace ha::op {

// What keeps an object from being as planned.
struct obstacle {
    enum class kind { name_taken, field_conflict, refused } what{};
    std::string words;  // names the object, and whoever stands in the way
    bool operator==(const obstacle&) const = default;
};

struct findings {
    std::int64_t generation = 0;
    std::vector<std::string> complaints;  // what is wrong with the resource
    std::vector<std::string> refusals;    // what was asked and cannot be
    std::vector<obstacle> obstacles;
    std::vector<std::string> waits;  // what was asked and is not carried out by this version
    bool in_group = true;
    std::vector<std::string> members;  // pods that the group should have
    std::int64_t pods = 0;             // wanted
    std::int64_t pods_ready = 0;
    std::string image;    // that its pods should run
    std::string service;  // by which its pods are found
    // Pods whose containers cannot be made, with the kubelet's words:
    // `mssql-ag-0: secret "mssql-ag-secret" not found`.
    std::vector<std::string> pods_waiting;
    std::string holder;  // the pod that holds the Lease and does not deny to lead; empty: none
    bool holder_ready = true;  // that pod, as Kubernetes sees it: clients are led to it
    reported_state state;
    op::orders orders;
    roll_step roll;  // that its pods are in
    step scale;      // of its list of replicas
};

// `before` is the status that stands: a condition whose status stays keeps its time. `now` is the
// time for those that change, "2026-01-02T03:04:05Z".
value status_of(const findings& seen, const value& before, const std::string& now);

// A condition that began to hold, ended or has another reason, or a request that was answered: for
// an Event.
struct transition {
    bool warning = false;
    std::string reason;
    std::string words;
    bool operator==(const transition&) const = default;
};
std::vector<transition> transitions(const value& before, const value& after);

// A code of the vocabulary as Kubernetes writes reasons: no_majority, NoMajority.
std::string camel_case(std::string_view code);

}  // namespace ha::op
