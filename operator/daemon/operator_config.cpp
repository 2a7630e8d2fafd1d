// SPDX-License-Identifier: MIT
#include "operator/daemon/operator_config.hpp"

#include "common/log/vocabulary.hpp"

#include <arpa/inet.h>

namespace ha::op {

namespace {

using config::complaint;
using config::setting;
using enum config::kind;

constexpr setting table[] = {
    {"config", "--config", "MSSQL_OPERATOR_CONFIG", text, "", "The YAML file with these settings."},
    {"version", "", "", whole, "1", "Format of the file.", "1", "1"},
    {"pod.name",
     "--pod-name",
     "POD_NAME",
     text,
     "mssql-operator",
     "Name of our pod: metadata.name."},
    {"pod.uid",
     "--pod-uid",
     "POD_UID",
     text,
     "",
     "metadata.uid of our pod: the operators' Lease is collected with the pod of its holder. None: "
     "a Lease that could not be given up runs out."},
    {"watchNamespace",
     "--watch-namespace",
     "MSSQL_OPERATOR_WATCH_NAMESPACE",
     text,
     "",
     "The one namespace to look after; none: all of them, which needs rights in the whole "
     "cluster."},
    {"supervisorImage",
     "--supervisor-image",
     "MSSQL_OPERATOR_SUPERVISOR_IMAGE",
     text,
     "mssql-ha:latest",
     "Image of the supervisor in the pods of new groups; a group keeps the one it has until its "
     "spec.ha.supervisorImage names another."},
    {"preview.leaseDuration",
     "",
     "MSSQL_K8S_LEASE_DURATION_SECONDS",
     whole,
     "0",
     "L of SqlServers without spec.ha, in seconds: how long a Lease stands. 0: 10, if another of "
     "these is set.",
     "0",
     "600"},
    {"preview.renewDeadline",
     "",
     "MSSQL_K8S_RENEW_DEADLINE_SECONDS",
     whole,
     "0",
     "Only the default of the next is made of it, in seconds. 0: half of L.",
     "0",
     "600"},
    {"preview.retryPeriod",
     "",
     "MSSQL_K8S_RETRY_PERIOD_SECONDS",
     whole,
     "0",
     "P, in seconds: how often the Lease is renewed. 0: half of that.",
     "0",
     "600"},
    {"preview.writeLease",
     "",
     "MSSQL_K8S_SQL_WRITE_LEASE_PERIOD_SECONDS",
     whole,
     "0",
     "W, in seconds: how long the engine accepts writes after a renewal. 0: what fits.",
     "0",
     "600"},
    {"preview.monitorPeriod",
     "",
     "MSSQL_K8S_MONITOR_PERIOD_SECONDS",
     whole,
     "0",
     "How often the engine is asked how it is, in seconds. 0: 1.",
     "0",
     "600"},
    {"workers",
     "--workers",
     "MSSQL_OPERATOR_WORKERS",
     whole,
     "4",
     "How many groups are looked at side by side.",
     "1",
     "64"},
    {"leaderElection.enabled",
     "--leader-elect",
     "MSSQL_OPERATOR_LEADER_ELECT",
     boolean,
     "true",
     "Whether operators elect one that works; false only where there is never more than one."},
    {"leaderElection.namespace",
     "--lease-namespace",
     "POD_NAMESPACE",
     text,
     "",
     "Namespace of the operators' Lease; none: as the service account says."},
    {"leaderElection.lease",
     "--lease-name",
     "MSSQL_OPERATOR_LEASE_NAME",
     text,
     "mssql-operator",
     "Name of the operators' Lease."},
    {"kubernetes.folder",
     "--kubernetes-folder",
     "MSSQL_OPERATOR_KUBERNETES_FOLDER",
     text,
     "/var/run/secrets/kubernetes.io/serviceaccount",
     "Folder of the service account: token, ca.crt, namespace."},
    {"kubernetes.kubeconfig",
     "--kubeconfig",
     "",
     text,
     "",
     "A kubeconfig for an operator outside of a pod; none: the service account."},
    {"http.address",
     "--listen-address",
     "MSSQL_OPERATOR_LISTEN_ADDRESS",
     text,
     "0.0.0.0",
     "IP address of probes and metrics."},
    {"http.port",
     "--http-port",
     "MSSQL_OPERATOR_HTTP_PORT",
     port,
     "8080",
     "Port of probes and metrics."},
    {"log.level",
     "--log-level",
     "MSSQL_OPERATOR_LOG_LEVEL",
     choice,
     "info",
     "What is logged.",
     "",
     "",
     log::level_choices},
};

bool is_address(const std::string& words) {
    unsigned char parsed[sizeof(in6_addr)];
    return inet_pton(AF_INET, words.c_str(), parsed) == 1 ||
           inet_pton(AF_INET6, words.c_str(), parsed) == 1;
}

}  // namespace

std::span<const setting> operator_settings() {
    return table;
}

tl::expected<operator_config, std::vector<complaint>> read_operator_config(
    const config::values& given) {
    std::vector<complaint> wrong;
    auto need = [&](const char* name, const char* why) {
        if (given.text(name).empty())
            wrong.push_back({given.source(name), std::string(name) + ": is empty: " + why});
    };
    operator_config made;
    made.pod = given.text("pod.name");
    made.pod_uid = given.text("pod.uid");
    made.work.pod = made.pod;
    made.work.space = given.text("watchNamespace");
    made.work.plan.supervisor_image = given.text("supervisorImage");
    made.work.plan.times = {given.whole("preview.leaseDuration"),
                            given.whole("preview.renewDeadline"),
                            given.whole("preview.retryPeriod"),
                            given.whole("preview.writeLease"),
                            given.whole("preview.monitorPeriod")};
    made.work.workers = static_cast<std::size_t>(given.whole("workers"));
    made.leader_elect = given.boolean("leaderElection.enabled");
    made.lease_space = given.text("leaderElection.namespace");
    made.lease_name = given.text("leaderElection.lease");
    made.kubernetes_folder = given.text("kubernetes.folder");
    made.kubeconfig = given.text("kubernetes.kubeconfig");
    made.listen_address = given.text("http.address");
    made.http_port = given.port("http.port");
    made.log_level = given.text("log.level");
    need("pod.name", "set POD_NAME from metadata.name in the pod's template");
    need("supervisorImage", "the pods of a group need a supervisor");
    need("leaderElection.lease", "operators find each other by its name");
    if (!is_address(made.listen_address))
        wrong.push_back({given.source("http.address"),
                         "http.address: '" + made.listen_address +
                             "' is no IP address; names are never looked up"});
    if (!wrong.empty()) return tl::unexpected(std::move(wrong));
    return made;
}

}  // namespace ha::op
