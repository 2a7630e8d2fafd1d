// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/plan.hpp"

#include <tl/expected.hpp>

// A SQLServerInstance (sql.mssql.microsoft.com/v1alpha1): one engine in no group, with its volume
// and a Service that always leads to it.

namespace ha::op {

struct instance : workload {
    std::string service_type = "ClusterIP";
    value service_annotations;  // null: none
    bool operator==(const instance&) const = default;
};

// As read_group().
tl::expected<instance, std::vector<std::string>> read_instance(const value& resource);

plan plan_instance(const instance& wanted, const existing& found, const plan_settings& settings);

}  // namespace ha::op
