// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/group.hpp"
#include "operator/core/instance.hpp"
#include "operator/core/plan.hpp"

#include <string>

// The objects of a resource one by one, for its plan to put together.

namespace ha::op {

// apiVersion, kind and metadata with the resource's labels and, once it has a uid, its owner
// reference.
value object_of(const workload& of, const char* api, const char* kind, const std::string& name);

// The object with these annotations, null: none. Others may annotate it as well.
value annotated(value made, const value& annotations);

// Who may reach the pods, if anybody asked for that, and the StatefulSet, where there can be one:
// fields that Kubernetes never changes stay as they are, and the plan says which those are.
void add_pods(const workload& wanted, const existing& found, plan_settings settings, plan& into);
value stateful_set(const workload& of, const plan_settings& settings);
// Which pods keep each other from a node, and are not to be lost together.
value neighbours(const workload& of);
// Who may reach the pods.
value network_policy(const workload& of);
value pod_template(const workload& of, const plan_settings& settings);

value headless_service(const workload& of);
// Of the one pod of an instance, by the instance's name.
value instance_service(const instance& of);
value primary_service(const group& of, const listener& as);
value read_only_service(const group& of, const listener& as);

value service_account(const workload& of);
// `pods` are those of the group, which supervisors watch and label.
value role(const workload& of, const std::vector<std::string>& pods);
value role_binding(const workload& of);

value mssql_conf_map(const workload& of);
// `spec`: what the group should be, in the form that supervisors read.
value requests_map(const workload& of, const value& spec, const orders& ordered);
// `spec` of a group whose replicas are listed in one resource.
value wanted_group(const group& of);
// One of its replicas; the order of them gives the ordinals.
object wanted_replica(const workload& of, std::size_t ordinal, const char* mode, bool automatic);
value state_map(const workload& of);
value settings_map(const workload& of);
value empty_lease(const workload& of);
value disruption_budget(const workload& of);

// mssql.conf in the form of SQL Server: keys without a section first, then sections in order.
std::string mssql_conf_text(const workload& of);
// Sixteen hexadecimal digits that hardly any other text has.
std::string digest_words(const std::string& text);
// The supervisors' configuration file, YAML.
std::string supervisor_settings(const workload& of);

}  // namespace ha::op
