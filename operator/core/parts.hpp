// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/group.hpp"
#include "operator/core/plan.hpp"

#include <string>

// The objects of a group one by one, for plan() to put together.

namespace ha::op {

// apiVersion, kind and metadata with the group's labels and, once it has a uid, its owner
// reference.
value object_of(const group& of, const char* api, const char* kind, const std::string& name);

value stateful_set(const group& of, const plan_settings& settings);
value pod_template(const group& of, const plan_settings& settings);

value headless_service(const group& of);
value primary_service(const group& of, const listener& as);
value read_only_service(const group& of, const listener& as);

value service_account(const group& of);
value role(const group& of);
value role_binding(const group& of);

value mssql_conf_map(const group& of);
value requests_map(const group& of);
value state_map(const group& of);
value settings_map(const group& of);
value empty_lease(const group& of);
value disruption_budget(const group& of);

// mssql.conf in the form of SQL Server: keys without a section first, then sections in order.
std::string mssql_conf_text(const group& of);
// The supervisors' configuration file, YAML.
std::string supervisor_settings(const group& of);

}  // namespace ha::op
