// SPDX-License-Identifier: MIT
#include "test/kubesim/api/admission.hpp"
#include "test/kubesim/api/encoding.hpp"
#include "test/kubesim/api/schema.hpp"

#include <algorithm>
#include <regex>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

const json nothing = json::object();

// One level down, whatever is or is not there.
const json& at(const json& object, const char* name) {
    if (!object.is_object()) return nothing;
    auto found = object.find(name);
    return found == object.end() ? nothing : *found;
}

std::string shown(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

using causes = std::vector<cause>;

void required(causes& found, const std::string& field, const std::string& why = {}) {
    found.push_back(
        {"FieldValueRequired", why.empty() ? "Required value" : "Required value: " + why, field});
}

void wrong(causes& found, const std::string& field, const json& value, const std::string& why) {
    found.push_back({"FieldValueInvalid", "Invalid value: " + shown(value) + ": " + why, field});
}

void forbidden(causes& found, const std::string& field, const std::string& why) {
    found.push_back({"FieldValueForbidden", "Forbidden: " + why, field});
}

void unsupported(causes& found, const std::string& field, const json& value, const char* list) {
    found.push_back({"FieldValueNotSupported",
                     "Unsupported value: " + shown(value) + ": supported values: " + list,
                     field});
}

constexpr const char* subdomain_rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr const char* dns_label_rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr const char* service_name_rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
    "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
constexpr const char* label_value_rule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

void check_name(const kind_info& kind, const std::string& name, causes& found) {
    static const std::regex subdomain{
        "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"};
    static const std::regex label{"[a-z0-9]([-a-z0-9]*[a-z0-9])?"};
    static const std::regex service{"[a-z]([-a-z0-9]*[a-z0-9])?"};
    if (kind.group == "rbac.authorization.k8s.io") return;
    const auto& plural = kind.plural;
    if (kind.group.empty() && plural == "services") {
        if (!std::regex_match(name, service))
            wrong(found, "metadata.name", name, service_name_rule);
    } else if (plural == "namespaces") {
        if (!std::regex_match(name, label)) wrong(found, "metadata.name", name, dns_label_rule);
    } else if (!std::regex_match(name, subdomain)) {
        wrong(found, "metadata.name", name, subdomain_rule);
    }
}

void check_owners(const json& metadata, causes& found) {
    int index = 0;
    int controllers = 0;
    for (const auto& reference : at(metadata, "ownerReferences")) {
        auto here = "metadata.ownerReferences[" + std::to_string(index++) + "].";
        for (const auto* field : {"apiVersion", "kind", "name", "uid"})
            if (reference.value(field, "").empty())
                wrong(found, here + field, "", "must not be empty");
        if (reference.value("controller", false) && ++controllers == 2)
            wrong(found,
                  "metadata.ownerReferences",
                  at(metadata, "ownerReferences"),
                  "Only one reference can have Controller set to true");
    }
}

void check_metadata(const kind_info& kind, const json& before, const json& object, causes& found) {
    static const std::regex value_form{"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"};
    const auto& metadata = object["metadata"];
    if (before.is_null()) check_name(kind, metadata["name"], found);
    for (const auto& [name, value] : at(metadata, "labels").items())
        if (!std::regex_match(value.get<std::string>(), value_form))
            wrong(found, "metadata.labels", value, label_value_rule);
    check_owners(metadata, found);
    if (before.is_null()) return;
    for (const auto* fixed : {"uid", "creationTimestamp"})
        if (at(before["metadata"], fixed) != at(metadata, fixed))
            for (int i = 0; i < (kind.checks_metadata_twice ? 2 : 1); ++i)
                wrong(
                    found, std::string{"metadata."} + fixed, metadata[fixed], "field is immutable");
    if (!before["metadata"].contains("deletionTimestamp")) return;
    const auto old = before["metadata"].value("finalizers", json::array());
    for (const auto& one : metadata.value("finalizers", json::array()))
        if (std::find(old.begin(), old.end(), one) == old.end())
            forbidden(found,
                      "metadata.finalizers",
                      "no new finalizers can be added if the object is being deleted, found new "
                      "finalizers []string{" +
                          shown(one) + "}");
}

void check_lease(const json&, const json& lease, causes& found) {
    const auto& spec = at(lease, "spec");
    const auto& length = at(spec, "leaseDurationSeconds");
    if (length.is_number() && length <= 0)
        wrong(found, "spec.leaseDurationSeconds", length, "must be greater than 0");
    const auto& moves = at(spec, "leaseTransitions");
    if (moves.is_number() && moves < 0)
        wrong(found, "spec.leaseTransitions", moves, "must be greater than or equal to 0");
}

void check_containers(const json& spec, const std::string& path, causes& found) {
    if (at(spec, "containers").empty()) required(found, path + ".containers");
    for (const auto* list : {"initContainers", "containers"}) {
        int index = 0;
        for (const auto& container : at(spec, list)) {
            auto here = path + "." + list + "[" + std::to_string(index++) + "]";
            if (container.value("name", "").empty()) required(found, here + ".name");
            if (container.value("image", "").empty()) required(found, here + ".image");
        }
    }
}

void check_pod(const json& before, const json& pod, causes& found) {
    if (before.is_null()) {
        check_containers(at(pod, "spec"), "spec", found);
        return;
    }
    // Of a pod's spec only few fields may change.
    auto old = before["spec"];
    auto now = pod["spec"];
    for (auto* spec : {&old, &now}) {
        for (const auto* list : {"containers", "initContainers"})
            if (spec->contains(list))
                for (auto& container : (*spec)[list]) container.erase("image");
        for (const auto* free :
             {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"})
            spec->erase(free);
    }
    if (old != now)
        forbidden(found,
                  "spec",
                  "pod updates may not change fields other than `spec.containers[*].image`,"
                  "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
                  "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
                  "(allow it to be set to 1 if it was previously negative)");
}

bool selects(const json& selector, const json& labels) {
    for (const auto& [name, value] : at(selector, "matchLabels").items())
        if (!labels.contains(name) || labels[name] != value) return false;
    return true;
}

void check_stateful_set(const json& before, const json& set, causes& found) {
    const auto& spec = at(set, "spec");
    const auto& labels = at(at(at(spec, "template"), "metadata"), "labels");
    if (at(spec, "selector").empty()) {
        required(found, "spec.selector");
    } else if (!selects(spec["selector"], labels)) {
        wrong(found,
              "spec.template.metadata.labels",
              labels,
              "`selector` does not match template `labels`");
    }
    if (at(spec, "replicas").is_number() && spec["replicas"] < 0)
        wrong(found, "spec.replicas", spec["replicas"], "must be greater than or equal to 0");
    if (before.is_null()) {
        check_containers(at(at(spec, "template"), "spec"), "spec.template.spec", found);
        return;
    }
    for (const auto* fixed :
         {"serviceName", "podManagementPolicy", "selector", "volumeClaimTemplates"})
        if (at(before["spec"], fixed) != at(spec, fixed)) {
            forbidden(found,
                      "spec",
                      "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                      "'template', 'updateStrategy', 'revisionHistoryLimit', "
                      "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
            return;
        }
}

void check_service(const json& before, const json& service, causes& found) {
    const auto& spec = at(service, "spec");
    bool headless = spec.value("clusterIP", "") == "None";
    if (at(spec, "ports").empty() && !headless && spec.value("type", "") != "ExternalName")
        required(found, "spec.ports");
    int index = 0;
    for (const auto& port : at(spec, "ports")) {
        auto here = "spec.ports[" + std::to_string(index++) + "]";
        if (at(spec, "ports").size() > 1 && port.value("name", "").empty())
            required(found, here + ".name");
        auto number = port.value("port", 0);
        if (number < 1 || number > 65535)
            wrong(found, here + ".port", number, "must be between 1 and 65535, inclusive");
    }
    if (before.is_null()) return;
    if (before["spec"]["clusterIP"] != spec.value("clusterIP", ""))
        wrong(found, "spec.clusterIPs[0]", spec["clusterIPs"], "may not change once set");
}

void check_job(const json& before, const json& job, causes& found) {
    const auto& inner = at(at(at(job, "spec"), "template"), "spec");
    check_containers(inner, "spec.template.spec", found);
    auto policy = inner.value("restartPolicy", "");
    if (policy == "Always") {
        if (before.is_null())
            found.push_back({"FieldValueNotSupported",
                             "Unsupported value: \"Always\": supported values: \"OnFailure\", "
                             "\"Never\"",
                             "spec.template.spec.restartPolicy"});
    }
    if (!before.is_null() && at(before["spec"], "template") != at(job["spec"], "template"))
        found.push_back({"FieldValueInvalid", "field is immutable", "spec.template"});
}

void check_budget(const json&, const json& budget, causes& found) {
    const auto& spec = at(budget, "spec");
    if (spec.contains("minAvailable") && spec.contains("maxUnavailable"))
        wrong(found, "spec", spec, "minAvailable and maxUnavailable cannot be both set");
}

void check_event(const json&, const json& event, causes& found) {
    if (event.value("reportingController", "").empty()) required(found, "reportingController");
    if (event.value("reportingInstance", "").empty()) required(found, "reportingInstance");
    if (event.value("action", "").empty()) required(found, "action");
    if (event.value("reason", "").empty()) required(found, "reason");
    auto type = event.value("type", "");
    if (type != "Normal" && type != "Warning")
        wrong(found, "type", type, "has invalid value: " + type);
}

void check_role(const json&, const json& role, causes& found) {
    int index = 0;
    for (const auto& rule : at(role, "rules")) {
        auto here = "rules[" + std::to_string(index++) + "]";
        if (at(rule, "verbs").empty())
            required(found, here + ".verbs", "verbs must contain at least one value");
    }
}

void check_binding(const json& before, const json& binding, causes& found) {
    auto kind = at(binding, "roleRef").value("kind", "");
    if (kind != "Role" && kind != "ClusterRole")
        unsupported(found, "roleRef.kind", kind, "\"Role\", \"ClusterRole\"");
    if (!before.is_null() && before["roleRef"] != at(binding, "roleRef"))
        wrong(found, "roleRef", binding["roleRef"], "cannot change roleRef");
}

void check_immutable(const json& before, const json& object, causes& found) {
    if (before.is_null() || !before.value("immutable", false)) return;
    if (at(before, "data") != at(object, "data"))
        forbidden(found, "data", "field is immutable when `immutable` is set");
}

using check = void (*)(const json&, const json&, causes&);

const std::map<std::string, check>& checks() {
    static const std::map<std::string, check> table = {
        {"leases", check_lease},
        {"pods", check_pod},
        {"statefulsets", check_stateful_set},
        {"services", check_service},
        {"jobs", check_job},
        {"poddisruptionbudgets", check_budget},
        {"events", check_event},
        {"roles", check_role},
        {"clusterroles", check_role},
        {"rolebindings", check_binding},
        {"clusterrolebindings", check_binding},
        {"configmaps", check_immutable},
        {"secrets", check_immutable},
    };
    return table;
}

no unreadable(const kind_info& kind, const std::string& why) {
    return bad_request(kind.kind + " in version \"" + kind.version + "\" cannot be handled as a " +
                       kind.kind + ": " + why);
}

}  // namespace

answer<bool> check_readable(const kind_info& kind, const json& object) {
    for (const auto* map : {"labels", "annotations"})
        for (const auto& [name, value] : at(at(object, "metadata"), map).items())
            if (!value.is_string())
                return unreadable(
                    kind,
                    "json: cannot unmarshal into Go struct field ObjectMeta.metadata." +
                        std::string{map} + " of type string");
    const auto& spec = at(object, "spec");
    if (kind.plural == "leases") {
        for (const auto* field : {"renewTime", "acquireTime"})
            if (at(spec, field).is_string() && !is_micro_time(spec[field].get<std::string>()))
                return unreadable(kind,
                                  "parsing time " + shown(spec[field]) +
                                      " as \"2006-01-02T15:04:05.000000Z07:00\"");
        for (const auto* field : {"leaseDurationSeconds", "leaseTransitions"})
            if (!at(spec, field).is_object() && !at(spec, field).is_number_integer() &&
                !at(spec, field).is_null())
                return unreadable(kind, std::string{"json: cannot unmarshal into "} + field);
        if (spec.contains("holderIdentity") && !spec["holderIdentity"].is_string())
            return unreadable(kind, "json: cannot unmarshal into holderIdentity");
    }
    if (kind.plural == "events" && at(object, "eventTime").is_string() &&
        !is_micro_time(object["eventTime"].get<std::string>()))
        return unreadable(kind, "parsing time " + shown(object["eventTime"]));
    if (kind.plural == "secrets" || kind.plural == "configmaps")
        for (const auto& [name, value] : at(object, "data").items()) {
            if (!value.is_string()) return unreadable(kind, "json: cannot unmarshal into data");
            if (kind.plural == "secrets" && !is_base64(value.get<std::string>()))
                return unreadable(kind, "illegal base64 data");
        }
    return true;
}

answer<bool> check_rules(const kind_info& kind, const json& before, const json& object) {
    causes found;
    check_metadata(kind, before, object, found);
    if (kind.custom()) {
        for (auto& one : complaints(object, kind.schema)) found.push_back(std::move(one));
    } else if (auto known = checks().find(kind.plural); known != checks().end()) {
        known->second(before, object, found);
    }
    if (found.empty()) return true;
    return invalid(kind, object["metadata"]["name"], found);
}

}  // namespace ha::kubesim
