// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"

#include "operator/core/parts.hpp"

#include <algorithm>

namespace ha::op {
namespace {

bool is_small(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

const custom_kind& custom_kind_of(resource_kind which) {
    static const custom_kind group{"sql.mssql.microsoft.com/v1alpha1",
                                   "SQLServerAvailabilityGroup",
                                   "sqlserveravailabilitygroup"};
    static const custom_kind instance{
        "sql.mssql.microsoft.com/v1alpha1", "SQLServerInstance", "sqlserverinstance"};
    static const custom_kind server{"mssql.microsoft.com/v1", "SqlServer", "sqlserver"};
    if (which == resource_kind::group) return group;
    return which == resource_kind::instance ? instance : server;  // whose group bears its name, too
}

bool is_among(const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
}

names::names(const workload& of)
    : stateful_set(of.name),
      headless(of.name + "-headless"),
      mssql_conf(of.name + "-mssql-conf"),
      settings(of.name + "-ha"),
      service_account(of.name + "-ha"),
      lease(of.group_object),
      requests(of.group_object),
      state(of.group_object + "-state"),
      group_ca(of.group_object + "-ha") {}

std::string group_object_name(const std::string& ag_name) {
    std::string made;
    bool legal = true;
    for (char c : ag_name) {
        bool upper = c >= 'A' && c <= 'Z';
        auto small = upper ? static_cast<char>(c - 'A' + 'a') : c;
        bool edge = made.empty() || made.size() + 1 == ag_name.size();
        legal = legal && (is_small(c) || (c == '-' && !edge));
        made += is_small(small) ? small : '-';
    }
    if (legal) return made;
    // Letters at both ends, whatever the name was.
    if (!is_small(made.front())) made.insert(0, "ag");
    return made + "-" + digest_words(ag_name).substr(0, 4);
}

std::string pod_name(const workload& of, std::size_t ordinal) {
    return of.name + "-" + std::to_string(ordinal);
}

std::string claim_name(const std::string& pod) {
    return data_claim + ("-" + pod);
}

std::string pod_of_claim(const std::string& claim) {
    auto begin = claim_name("");
    return claim.starts_with(begin) ? claim.substr(begin.size()) : "";
}

std::vector<std::string> pod_names(const workload& of) {
    std::vector<std::string> all;
    for (std::int64_t i = 0; i < of.pods; ++i)
        all.push_back(pod_name(of, static_cast<std::size_t>(i)));
    return all;
}

std::string pod_host(const workload& of, std::size_t ordinal) {
    return pod_name(of, ordinal) + "." + names{of}.headless + "." + of.space + ".svc.cluster.local";
}

object selecting_labels(const workload& of) {
    if (of.kind == resource_kind::group) return {{"app", of.name}, {"role", "mssql-ag"}};
    if (of.kind == resource_kind::instance) return {{"app", of.name}};
    if (of.kind == resource_kind::server) return {{"name", of.name}, {"type", "sqlservr"}};
    return {{"app.kubernetes.io/component", "availability-group"}};
}

std::string mode_label(const workload& of) {
    return "mode.ag.mssql.microsoft.com/" + of.group_object;
}

object object_labels(const workload& of) {
    auto labels = selecting_labels(of);
    labels.push_back({"app.kubernetes.io/name", custom_kind_of(of.kind).label});
    labels.push_back({"app.kubernetes.io/instance", of.name});
    labels.push_back({"app.kubernetes.io/managed-by", "sql-on-k8s-operator"});
    return labels;
}

}  // namespace ha::op
