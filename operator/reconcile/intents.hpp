// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/plan.hpp"
#include "operator/core/scale.hpp"
#include "operator/reconcile/leaves.hpp"
#include "operator/reconcile/rolls.hpp"

#include <tl/expected.hpp>

#include <functional>

// What a custom resource of any kind comes to: the objects that it wants, and where to look for how
// they are.

namespace ha::op {

struct intent {
    workload of;
    workload secrets_of;  // whose secrets are made: the resource itself, or the group it forms
    plan made;
    std::vector<std::string> stateful_sets;  // of all pods that matter for the status
    std::vector<std::string> members;        // pods that its group should have
    orders ordered;                          // of its group
    roll_step roll{};                        // that its pods are in
    step scale{};                            // of its list of replicas
};

struct intent_settings {
    const plan_settings& plan;
    // What is ordered of a group, with the time and the id of what stands already.
    std::function<orders(const group& of)> settle;
    // `scaled`: its replicas come or go.
    std::function<roll_step(
        const workload& of, std::vector<set_pod> pods, const orders& ordered, bool scaled)>
        roll;
    std::function<scale_view(const group& of)> look;
    std::function<leaving_servers(const server& of_group)> leaving;
    // How long a step has taken is remembered.
    std::function<step(const group& of, step now)> timed;
};

// What is wrong with the resource, otherwise.
tl::expected<intent, std::vector<std::string>> intent_of(const subject& which,
                                                         const value& document,
                                                         const inventory& all,
                                                         const intent_settings& settings);

// What there is of what was intended.
void look_at(const intent& wanted, const inventory& all, findings& into);

}  // namespace ha::op
