// SPDX-License-Identifier: MIT
#include "operator/reconcile/kinds.hpp"

#include "common/k8s/resources.hpp"

#include <cstdio>
#include <cstdlib>

namespace ha::op {
namespace {

const k8s::resource all[] = {k8s::service_accounts,
                             k8s::roles,
                             k8s::role_bindings,
                             k8s::config_maps,
                             k8s::leases,
                             k8s::services,
                             k8s::disruption_budgets,
                             k8s::network_policies,
                             k8s::stateful_sets};

const std::string& text_of(const value& planned, std::initializer_list<std::string_view> path) {
    static const std::string none;
    const auto* found = planned.find(path);
    return found != nullptr && found->text() != nullptr ? *found->text() : none;
}

}  // namespace

const k8s::resource& resource_of(resource_kind kind) {
    if (kind == resource_kind::group) return k8s::sql_server_groups;
    return kind == resource_kind::instance ? k8s::sql_server_instances : k8s::sql_servers;
}

k8s::object_name name_of(const subject& which) {
    return {resource_of(which.kind), which.space, which.name};
}

std::string words_of(const subject& which) {
    return resource_of(which.kind).kind + " " + which.space + "/" + which.name;
}

std::span<const k8s::resource> made_kinds() {
    return all;
}

const k8s::resource* kind_of(const value& planned) {
    const auto& kind = text_of(planned, {"kind"});
    for (const auto& one : all)
        if (one.kind == kind) return &one;
    return kind == k8s::secrets.kind ? &k8s::secrets : nullptr;
}

k8s::object_name name_of(const value& planned) {
    const auto* kind = kind_of(planned);
    if (kind == nullptr) {
        std::fprintf(stderr, "mssql-operator: no plan makes %s\n", json_text(planned).c_str());
        std::abort();
    }
    return {
        *kind, text_of(planned, {"metadata", "namespace"}), text_of(planned, {"metadata", "name"})};
}

}  // namespace ha::op
