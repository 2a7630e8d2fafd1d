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

value engine(const group& of) {
    object made{{"name", engine_container}, {"image", of.image}};
    made.push_back({"env",
                    list{plain("ACCEPT_EULA", of.accept_eula),
                         plain("MSSQL_PID", of.edition),
                         plain("MSSQL_AGENT_ENABLED", "true"),
                         plain("AG_NAME", of.ag_name),
                         from_secret("SA_PASSWORD", of.sa_password),
                         from_secret("MSSQL_SA_PASSWORD", of.sa_password)}});
    made.push_back(
        {"ports",
         list{container_port("mssql", engine_port), container_port("hadr", of.endpoint_port)}});
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

value supervisor(const plan_settings& settings) {
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
    made.push_back(
        {"ports",
         list{container_port("ha-http", http_port), container_port("ha-peers", peers_port)}});
    made.push_back(
        {"volumeMounts",
         list{mount("mssql-data", "/var/opt/mssql"),
              mount("ha-settings", "/etc/mssql-ha", true),
              mount("ha-group-ca", "/run/mssql-ha/group-ca", true),
              mount("ha-sa-password", "/run/mssql-ha/sa", true),
              mount("ha-token", "/var/run/secrets/kubernetes.io/serviceaccount", true)}});
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

value sa_volume(const group& of) {
    object item{{"key", of.sa_password.key}, {"path", "password"}};
    return object{{"name", "ha-sa-password"},
                  {"secret",
                   object{{"secretName", of.sa_password.name},
                          {"defaultMode", 0440},
                          {"items", list{std::move(item)}}}}};
}

value spread(const group& of) {
    object term{{"labelSelector", object{{"matchLabels", selecting_labels(of)}}},
                {"topologyKey", "kubernetes.io/hostname"}};
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

value pod_template(const group& of, const plan_settings& settings) {
    names called{of};
    object spec{{"serviceAccountName", called.service_account},
                {"automountServiceAccountToken", false},
                {"shareProcessNamespace", true},
                {"terminationGracePeriodSeconds", grace_seconds},
                {"securityContext", pod_security()},
                {"affinity", spread(of)}};
    if (!of.node_selector.is_null()) spec.push_back({"nodeSelector", of.node_selector});
    if (!of.tolerations.is_null()) spec.push_back({"tolerations", of.tolerations});
    spec.push_back({"initContainers", list{supervisor(settings)}});
    spec.push_back({"containers", list{engine(of)}});
    spec.push_back({"volumes",
                    list{config_volume("mssql-conf", called.mssql_conf),
                         config_volume("ha-settings", called.settings),
                         secret_volume("ha-group-ca", called.group_ca),
                         sa_volume(of),
                         token_volume()}});
    object annotations{{"kubectl.kubernetes.io/default-container", engine_container}};
    return object{
        {"metadata", object{{"labels", group_labels(of)}, {"annotations", std::move(annotations)}}},
        {"spec", std::move(spec)}};
}

}  // namespace ha::op
