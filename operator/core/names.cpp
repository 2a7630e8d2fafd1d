// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"

namespace ha::op {

names::names(const group& of)
    : stateful_set(of.name),
      headless(of.name + "-headless"),
      mssql_conf(of.name + "-mssql-conf"),
      data_claim("mssql-data"),
      lease(of.name),
      requests(of.name),
      state(of.name + "-state"),
      settings(of.name + "-ha"),
      group_ca(of.name + "-ha"),
      service_account(of.name + "-ha") {}

std::string pod_name(const group& of, std::size_t ordinal) {
    return of.name + "-" + std::to_string(ordinal);
}

std::string pod_host(const group& of, std::size_t ordinal) {
    return pod_name(of, ordinal) + "." + names{of}.headless + "." + of.space + ".svc.cluster.local";
}

object selecting_labels(const group& of) {
    return {{"app", of.name}, {"role", "mssql-ag"}};
}

object group_labels(const group& of) {
    auto labels = selecting_labels(of);
    labels.push_back({"app.kubernetes.io/name", "sqlserveravailabilitygroup"});
    labels.push_back({"app.kubernetes.io/instance", of.name});
    labels.push_back({"app.kubernetes.io/managed-by", "sql-on-k8s-operator"});
    return labels;
}

}  // namespace ha::op
