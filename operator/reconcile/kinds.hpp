// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/client.hpp"
#include "operator/core/document.hpp"
#include "operator/core/workload.hpp"

#include <compare>
#include <span>

// The kinds of our resources, and of the objects that are made for them.

namespace ha::op {

// One custom resource.
struct subject {
    resource_kind kind{};
    std::string space;
    std::string name;
    auto operator<=>(const subject&) const = default;
};
inline constexpr resource_kind resource_kinds[] = {
    resource_kind::group, resource_kind::instance, resource_kind::server};
const k8s::resource& resource_of(resource_kind kind);
k8s::object_name name_of(const subject& which);
// For people: "SqlServer default/mssql1".
std::string words_of(const subject& which);

// In the order of a plan, but for Secrets, which may only be created.
std::span<const k8s::resource> made_kinds();

// Null for a kind that no plan makes.
const k8s::resource* kind_of(const value& planned);

// Where the object of a plan lives; a kind that no plan makes ends the process.
k8s::object_name name_of(const value& planned);

}  // namespace ha::op
