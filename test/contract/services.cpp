// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string services = "/api/v1/namespaces/{space}/services";
const std::string pods = "/api/v1/namespaces/{space}/pods";
const std::string slices =
    "/apis/discovery.k8s.io/v1/namespaces/{space}/endpointslices?"
    "labelSelector=kubernetes.io/service-name%3Ddb";

json service(const json& more = json::object()) {
    json made = {{"apiVersion", "v1"},
                 {"kind", "Service"},
                 {"metadata", {{"name", "db"}, {"labels", {{"app", "db"}}}}},
                 {"spec",
                  {{"selector", {{"role", "primary"}}},
                   {"ports",
                    {{{"name", "sql"}, {"port", 1433}, {"targetPort", "sql"}},
                     {{"name", "peers"}, {"port", 5022}}}}}}};
    made["spec"].merge_patch(more);
    return made;
}

void add_pod(visit& at, const std::string& name, const std::string& address, const char* ready) {
    json spec = pod_spec();
    spec["hostname"] = name;
    spec["subdomain"] = "db";
    json pod = {{"metadata", {{"name", name}, {"labels", {{"role", "primary"}}}}}, {"spec", spec}};
    at.prepare("POST", pods, pod);
    json status = {{"status",
                    {{"podIP", address},
                     {"podIPs", {{{"ip", address}}}},
                     {"phase", "Running"},
                     {"conditions", {{{"type", "Ready"}, {"status", ready}}}}}}};
    at.prepare(
        "PATCH", pods + "/" + name + "/status", status, {"admin", "application/merge-patch+json"});
}

// The endpoints of the one slice that the service has.
json endpoints_of(const said& list) {
    if (list.status != 200 || list.body.at("items").size() != 1) return nullptr;
    auto found = list.body.at("items")[0].at("endpoints");
    return found.is_null() ? json::array() : found;
}

void note(visit& at, const said& list) {
    for (const auto& slice : list.body.at("items")) {
        at.note("endpoints", slice.at("endpoints"));
        at.note("ports", slice.at("ports"));
        at.note("labels", slice["metadata"]["labels"]);
        at.note("owners", slice["metadata"]["ownerReferences"]);
        at.note("type", slice["addressType"]);
    }
}

// Waits for a slice with one endpoint that has these conditions.
void becomes(visit& at, bool ready, bool serving, bool terminating) {
    auto found = at.eventually(slices, [&](const said& list) {
        auto endpoints = endpoints_of(list);
        if (!endpoints.is_array() || endpoints.size() != 1) return false;
        json wanted = {{"ready", ready}, {"serving", serving}, {"terminating", terminating}};
        return endpoints[0].at("conditions") == wanted;
    });
    note(at, found);
}

void becomes_empty(visit& at) {
    auto found = at.eventually(slices, [](const said& list) {
        auto endpoints = endpoints_of(list);
        return endpoints.is_array() && endpoints.empty();
    });
    note(at, found);
}

void ready(visit& at) {
    at.prepare("POST", services, service());
    add_pod(at, "db-0", "10.244.0.5", "True");
    becomes(at, true, true, false);
}

void not_ready(visit& at) {
    at.prepare("POST", services, service());
    add_pod(at, "db-0", "10.244.0.5", "False");
    becomes(at, false, false, false);
}

void published(visit& at) {
    at.prepare(
        "POST", services, service({{"publishNotReadyAddresses", true}, {"clusterIP", "None"}}));
    add_pod(at, "db-0", "10.244.0.5", "False");
    becomes(at, true, false, false);
}

void terminating(visit& at) {
    at.prepare("POST", services, service());
    add_pod(at, "db-0", "10.244.0.5", "True");
    becomes(at, true, true, false);
    at.prepare("DELETE", pods + "/db-0");
    becomes(at, false, true, true);
}

void gone(visit& at) {
    at.prepare("POST", services, service());
    add_pod(at, "db-0", "10.244.0.5", "True");
    becomes(at, true, true, false);
    at.prepare("DELETE", pods + "/db-0?gracePeriodSeconds=0");
    becomes_empty(at);
}

void relabelled(visit& at) {
    at.prepare("POST", services, service());
    add_pod(at, "db-0", "10.244.0.5", "True");
    becomes(at, true, true, false);
    at.merge(pods + "/db-0", {{"metadata", {{"labels", {{"role", nullptr}}}}}});
    becomes_empty(at);
}

void no_selector(visit& at) {
    auto object = service();
    object["spec"].erase("selector");
    at.prepare("POST", services, object);
    add_pod(at, "db-0", "10.244.0.5", "True");
    auto second = service();
    second["metadata"]["name"] = "witness";
    at.prepare("POST", services, second);
    // When the witness has its slice, the other would have had one, too.
    const std::string all = "/apis/discovery.k8s.io/v1/namespaces/{space}/endpointslices";
    auto found =
        at.eventually(all, [](const said& list) { return !list.body.at("items").empty(); });
    at.expect(found.body["items"].size() == 1, "only the service with a selector has a slice");
}

void service_deleted(visit& at) {
    at.prepare("POST", services, service());
    becomes_empty(at);
    at.expect_status(at.ask("DELETE", services + "/db"), 200);
    at.eventually(slices, [](const said& list) { return list.body.at("items").empty(); });
}

void headless(visit& at) {
    auto made = at.ask("POST", services, service({{"clusterIP", "None"}}));
    at.expect_status(made, 201);
    at.expect(made.body["spec"]["clusterIP"] == "None", "there is no address");
}

void headless_without_ports(visit& at) {
    auto object = service({{"clusterIP", "None"}});
    object["spec"].erase("ports");
    at.expect_status(at.ask("POST", services, object), 201);
}

void without_ports(visit& at) {
    auto object = service();
    object["spec"].erase("ports");
    at.expect_status(at.ask("POST", services, object), 422);
}

void unnamed_ports(visit& at) {
    auto object = service();
    for (auto& port : object["spec"]["ports"]) port.erase("name");
    at.expect_status(at.ask_code("POST", services, object), 422);
}

void bad_name(visit& at) {
    auto object = service();
    object["metadata"]["name"] = "1db";
    at.expect_status(at.ask_code("POST", services, object), 422);
}

void node_port(visit& at) {
    at.expect_status(at.ask_code("POST", services, service({{"type", "NodePort"}})), 201);
}

void reselected(visit& at) {
    at.prepare("POST", services, service({{"selector", {{"role", "nobody"}}}}));
    add_pod(at, "db-0", "10.244.0.5", "True");
    becomes_empty(at);
    at.merge(services + "/db", {{"spec", {{"selector", {{"role", "primary"}}}}}});
    becomes(at, true, true, false);
}

}  // namespace

std::vector<check> checks_of_services() {
    auto one = [](const char* name, const char* kind, const char* what, auto run) {
        std::string begin = std::string_view{kind} == "Service" ? "service." : "endpoints.";
        return check{begin + name, kind, "create", what, run};
    };
    return {
        one("ready", "EndpointSlice", "a ready pod is served", ready),
        one("not_ready", "EndpointSlice", "a pod that is not ready is shown as such", not_ready),
        one("published", "EndpointSlice", "publishNotReadyAddresses calls it ready", published),
        one("terminating",
            "EndpointSlice",
            "a pod that is going serves and terminates",
            terminating),
        one("gone", "EndpointSlice", "a pod that is gone leaves the slice", gone),
        one("relabelled",
            "EndpointSlice",
            "a pod that lost its label leaves the slice",
            relabelled),
        one("no_selector", "EndpointSlice", "a service without selector has none", no_selector),
        one("service_deleted", "EndpointSlice", "the slice goes with its service", service_deleted),
        one("reselected", "EndpointSlice", "a new selector selects anew", reselected),
        one("headless", "Service", "clusterIP None", headless),
        one("headless.without_ports",
            "Service",
            "clusterIP None needs no ports",
            headless_without_ports),
        one("without_ports", "Service", "422", without_ports),
        one("unnamed_ports", "Service", "422: several ports need names", unnamed_ports),
        one("bad_name", "Service", "422: the name is a DNS label", bad_name),
        one("node_port", "Service", "201", node_port),
    };
}

}  // namespace ha::contract
