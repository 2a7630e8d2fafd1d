// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

namespace ha::op {
namespace {

value port(const char* name, std::int64_t number, const char* target) {
    return object{{"name", name}, {"port", number}, {"targetPort", target}, {"protocol", "TCP"}};
}

value by_role(const group& of, const listener& as, const char* role) {
    auto made = annotated(object_of(of, "v1", "Service", as.name), as.annotations);
    object selector{{"app", of.name}, {role_label, role}};
    // To the engine's port by name: the listener's port is the Service's own.
    made.set("spec",
             object{{"type", as.service_type},
                    {"selector", std::move(selector)},
                    {"ports", list{port("mssql", as.port, "mssql")}}});
    return made;
}

// A member deeper down, without a copy of what is around it.
value with_spec(value made, const char* name, value what) {
    auto spec = *made.find({"spec"});
    spec.set(name, std::move(what));
    made.set("spec", std::move(spec));
    return made;
}

}  // namespace

value headless_service(const workload& of) {
    auto made = object_of(of, "v1", "Service", names{of}.headless);
    list ports{port("mssql", of.engine_port, "mssql")};
    if (!of.ag_name.empty()) ports.push_back(port("hadr", of.endpoint_port, "hadr"));
    ports.push_back(port("ha-http", http_port, "ha-http"));
    if (!of.ag_name.empty()) ports.push_back(port("ha-peers", peers_port, "ha-peers"));
    // Replicas must find each other's endpoints before any of them can be ready.
    made.set("spec",
             object{{"clusterIP", "None"},
                    {"publishNotReadyAddresses", true},
                    {"selector", selecting_labels(of)},
                    {"ports", std::move(ports)}});
    return made;
}

value instance_service(const instance& of) {
    auto made = annotated(object_of(of, "v1", "Service", of.name), of.service_annotations);
    made.set("spec",
             object{{"type", of.service_type},
                    {"selector", selecting_labels(of)},
                    {"ports", list{port("mssql", of.engine_port, "mssql")}}});
    return made;
}

value primary_service(const group& of, const listener& as) {
    // The label alone routes: it is put on by a supervisor whose engine is the primary, and waiting
    // for a readiness probe's next turn would only lengthen every failover.
    return with_spec(by_role(of, as, role_primary), "publishNotReadyAddresses", true);
}

value read_only_service(const group& of, const listener& as) {
    // Only ready pods: a secondary that was never synchronized has nothing to read.
    auto made = with_spec(by_role(of, as, role_readable), "sessionAffinity", "ClientIP");
    object five_minutes{{"clientIP", object{{"timeoutSeconds", 300}}}};
    return with_spec(std::move(made), "sessionAffinityConfig", std::move(five_minutes));
}

}  // namespace ha::op
