// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/plan.hpp"

#include <tl/expected.hpp>

// A SqlServer (mssql.microsoft.com/v1, Microsoft's preview of 2018): one engine. Those of a
// namespace that name the same availability group form it together, in whatever order they come.

namespace ha::op {

struct server : workload {
    std::string created;  // creationTimestamp, which sorts as text
    std::string mode = "synchronous";
    std::optional<std::int64_t> required;  // ha.requiredSynchronizedSecondaries
    std::string witness = "Lease";         // ha.witness: Lease, None
    value ha;                              // as it was written
    bool operator==(const server&) const = default;
};

// As read_group(). `of_operator`: what the operator was told by the preview's variables.
tl::expected<server, std::vector<std::string>> read_server(const value& resource,
                                                           const preview_times& of_operator);

// The availability group that a resource names, readable or not; empty: none.
std::string group_named_by(const value& resource);

// The oldest first: their order gives the ordinals, and what the oldest says in `ha` counts.
void sort_members(std::vector<server>& members);

// What one group is made of beyond its instances.
workload shared_by(const std::vector<server>& members);

// What of a group its members' specs do not say.
struct shared_news {
    std::string leader;  // the pod that holds the Lease, for readers of the preview's ConfigMap
    op::orders ordered;
    std::vector<std::string> leaving{};  // pods of those that are being deleted, and not gone yet
};

// `members`: those that form the group of `wanted`, itself among them, sorted; it alone without a
// group.
plan plan_server(const server& wanted,
                 const std::vector<server>& members,
                 const shared_news& news,
                 const existing& found,
                 const plan_settings& settings);

}  // namespace ha::op
