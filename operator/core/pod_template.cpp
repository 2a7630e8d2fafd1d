// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

// The pod: SQL Server's container as the community operator makes it, and our supervisor beside it
// as a native sidecar, which starts before the engine and ends after it.

namespace ha::op {
namespace {

constexpr int engine_user = 10001;  // mssql of the image; the supervisor must be the same to kill
constexpr int grace_seconds = 120;  // hand-over, then the engine's own shutdown

value from_secret(const char* name, const secret_key& source) {
    return object{{"name", name},
                  {"valueFrom",
                   object{{"secretKeyRef", object{{"name", source.name}, {"key", source.key}}}}}};
}

value from_field(const char* name, const char* path) {
    return object{{"name", name}, {"valueFrom", object{{"fieldRef", object{{"fieldPath", path}}}}}};
}

value plain(const char* name, std::string content) {
    return object{{"name", name}, {"value", std::move(content)}};
}

value container_port(const char* name, std::int64_t number) {
    return object{{"name", name}, {"containerPort", number}, {"protocol", "TCP"}};
}

value mount(const char* volume, const char* path, bool read_only = false) {
    object made{{"name", volume}, {"mountPath", path}};
    if (read_only) made.push_back({"readOnly", true});
    return made;
}

value http_get(const char* path) {
    return object{{"path", path}, {"port", http_port}, {"scheme", "HTTP"}};
}

struct probe_times {
    int period;
    int timeout;
    int failures;
};

value probe(const char* path, probe_times times) {
    return object{{"httpGet", http_get(path)},
                  {"periodSeconds", times.period},
                  {"timeoutSeconds", times.timeout},
                  {"failureThreshold", times.failures}};
}

value confined() {
    return object{{"allowPrivilegeEscalation", false},
                  {"capabilities", object{{"drop", list{"ALL"}}}}};
}

value engine(const workload& of) {
    object made{{"name", engine_container}, {"image", of.image}};
    bool in_group = !of.ag_name.empty();
    list variables{plain("ACCEPT_EULA", of.accept_eula), plain("MSSQL_PID", of.edition)};
    if (in_group) {
        variables.push_back(plain("MSSQL_AGENT_ENABLED", "true"));
        variables.push_back(plain("AG_NAME", of.ag_name));
    }
    variables.push_back(from_secret("SA_PASSWORD", of.sa_password));
    variables.push_back(from_secret("MSSQL_SA_PASSWORD", of.sa_password));
    variables.insert(variables.end(), of.more_env.begin(), of.more_env.end());
    made.push_back({"env", std::move(variables)});
    list ports{container_port("mssql", of.engine_port)};
    if (in_group) ports.push_back(container_port("hadr", of.endpoint_port));
    made.push_back({"ports", std::move(ports)});
    auto conf = mount("mssql-conf", "/var/opt/mssql/mssql.conf", true);
    conf.set("subPath", "mssql.conf");
    made.push_back({"volumeMounts", list{mount("mssql-data", "/var/opt/mssql"), std::move(conf)}});
    if (!of.resources.is_null()) made.push_back({"resources", of.resources});
    // The supervisor answers for the engine: /livez stays well while the engine starts, for as long
    // as that takes. Nobody answers while the sidecar itself restarts, and its back-off grows to
    // five minutes: seven must pass before the engine pays for it. Nothing waits for this probe; an
    // engine that hangs is ended by the supervisor.
    made.push_back({"livenessProbe", probe("/livez", {10, 5, 42})});
    made.push_back({"readinessProbe", probe("/readyz", {5, 5, 2})});
    // Holds the engine up until the hand-over is done or impossible (protocol.md, rule 25).
    made.push_back({"lifecycle", object{{"preStop", object{{"httpGet", http_get("/prestop")}}}}});
    made.push_back({"securityContext", confined()});
    return made;
}

value supervisor(const workload& of, const plan_settings& settings) {
    object made{{"name", supervisor_container}, {"image", settings.supervisor_image}};
    made.push_back({"restartPolicy", "Always"});  // what makes an init container a sidecar
    made.push_back({"command", list{"/usr/local/bin/mssql-ha-supervisor"}});
    made.push_back({"args", list{"--config", "/etc/mssql-ha/supervisor.yaml"}});
    made.push_back({"env",
                    list{from_field("POD_NAME", "metadata.name"),
                         from_field("POD_NAMESPACE", "metadata.namespace"),
                         from_field("POD_UID", "metadata.uid"),
                         from_field("POD_IP", "status.podIP"),
                         from_field("NODE_NAME", "spec.nodeName")}});
    bool in_group = !of.ag_name.empty();
    list ports{container_port("ha-http", http_port)};
    list mounts{mount("mssql-data", "/var/opt/mssql"), mount("ha-settings", "/etc/mssql-ha", true)};
    if (in_group) {
        ports.push_back(container_port("ha-peers", peers_port));
        mounts.push_back(mount("ha-group-ca", "/run/mssql-ha/group-ca", true));
    }
    mounts.push_back(mount("ha-sa-password", "/run/mssql-ha/sa", true));
    if (of.master_key_password)
        mounts.push_back(mount("ha-master-key", "/run/mssql-ha/master-key", true));
    mounts.push_back(mount("ha-token", "/var/run/secrets/kubernetes.io/serviceaccount", true));
    made.push_back({"ports", std::move(ports)});
    made.push_back({"volumeMounts", std::move(mounts)});
    made.push_back({"resources",
                    object{{"requests", object{{"cpu", "10m"}, {"memory", "32Mi"}}},
                           {"limits", object{{"memory", "128Mi"}}}}});
    // Never waits for the engine: that starts only after this has passed.
    made.push_back({"startupProbe", probe("/startupz", {1, 2, 60})});
    made.push_back({"livenessProbe", probe("/healthz", {10, 5, 3})});
    auto context = confined();
    context.set("readOnlyRootFilesystem", true);  // all it writes is its record, on the data volume
    made.push_back({"securityContext", std::move(context)});
    return made;
}

value token_volume() {
    object token{{"serviceAccountToken", object{{"path", "token"}, {"expirationSeconds", 3600}}}};
    object ca{{"configMap",
               object{{"name", "kube-root-ca.crt"},
                      {"items", list{object{{"key", "ca.crt"}, {"path", "ca.crt"}}}}}}};
    object field{{"path", "namespace"}, {"fieldRef", object{{"fieldPath", "metadata.namespace"}}}};
    object space{{"downwardAPI", object{{"items", list{std::move(field)}}}}};
    return object{{"name", "ha-token"},
                  {"projected",
                   object{{"sources", list{std::move(token), std::move(ca), std::move(space)}}}}};
}

value secret_volume(const char* name, const std::string& secret) {
    return object{{"name", name},
                  {"secret", object{{"secretName", secret}, {"defaultMode", 0440}}}};
}

value config_volume(const char* name, const std::string& map) {
    return object{{"name", name}, {"configMap", object{{"name", map}}}};
}

// With `optional` a missing Secret does not hold up the whole pod with a mount that nobody hears
// of.
value password_volume(const char* name, const secret_key& from, bool optional) {
    object item{{"key", from.key}, {"path", "password"}};
    return object{{"name", name},
                  {"secret",
                   object{{"secretName", from.name},
                          {"defaultMode", 0440},
                          {"optional", optional},
                          {"items", list{std::move(item)}}}}};
}

list volumes(const workload& of) {
    names called{of};
    list all;
    if (!of.storage.source.is_null()) {
        auto data = of.storage.source;
        data.set("name", "mssql-data");
        all.push_back(std::move(data));
    }
    all.push_back(config_volume("mssql-conf", called.mssql_conf));
    all.push_back(config_volume("ha-settings", called.settings));
    if (!of.ag_name.empty()) all.push_back(secret_volume("ha-group-ca", called.group_ca));
    // The engine's container, whose environment needs it, says in the pod's status what is missing.
    all.push_back(password_volume("ha-sa-password", of.sa_password, true));
    if (of.master_key_password)
        all.push_back(password_volume("ha-master-key", *of.master_key_password, false));
    all.push_back(token_volume());
    all.insert(all.end(), of.more_volumes.begin(), of.more_volumes.end());
    return all;
}

value spread(const workload& of) {
    object term{{"labelSelector", neighbours(of)}, {"topologyKey", "kubernetes.io/hostname"}};
    object weighed{{"weight", 100}, {"podAffinityTerm", std::move(term)}};
    return object{
        {"podAntiAffinity",
         object{{"preferredDuringSchedulingIgnoredDuringExecution", list{std::move(weighed)}}}}};
}

value pod_security() {
    return object{{"runAsNonRoot", true},
                  {"runAsUser", engine_user},
                  {"fsGroup", engine_user},
                  {"fsGroupChangePolicy", "OnRootMismatch"},
                  {"seccompProfile", object{{"type", "RuntimeDefault"}}}};
}

}  // namespace

value neighbours(const workload& of) {
    bool several = of.kind == resource_kind::server_group ||
                   (of.kind == resource_kind::server && !of.ag_name.empty());
    if (!several) return object{{"matchLabels", selecting_labels(of)}};
    object term{{"key", mode_label(of)}, {"operator", "Exists"}};
    return object{{"matchExpressions", list{std::move(term)}}};
}

value pod_template(const workload& of, const plan_settings& settings) {
    names called{of};
    object spec{{"serviceAccountName", called.service_account},
                {"automountServiceAccountToken", false},
                {"shareProcessNamespace", of.neighbour_fencing},
                {"terminationGracePeriodSeconds", grace_seconds},
                {"securityContext", pod_security()},
                {"affinity", of.affinity.is_null() ? spread(of) : of.affinity}};
    if (!of.topology_spread.is_null())
        spec.push_back({"topologySpreadConstraints", of.topology_spread});
    if (!of.priority_class.empty()) spec.push_back({"priorityClassName", of.priority_class});
    if (!of.pull_secrets.is_null()) spec.push_back({"imagePullSecrets", of.pull_secrets});
    if (!of.node_selector.is_null()) spec.push_back({"nodeSelector", of.node_selector});
    if (!of.tolerations.is_null()) spec.push_back({"tolerations", of.tolerations});
    spec.push_back({"initContainers", list{supervisor(of, settings)}});
    spec.push_back({"containers", list{engine(of)}});
    spec.push_back({"volumes", volumes(of)});
    // The engine reads mssql.conf when it starts: another text means other pods.
    object annotations{{"kubectl.kubernetes.io/default-container", engine_container},
                       {"ha.mssql/mssql-conf", digest_words(mssql_conf_text(of))}};
    auto labels = object_labels(of);
    labels.insert(labels.end(), of.pod_labels.begin(), of.pod_labels.end());
    return object{{"metadata",
                   object{{"labels", std::move(labels)}, {"annotations", std::move(annotations)}}},
                  {"spec", std::move(spec)}};
}

}  // namespace ha::op
