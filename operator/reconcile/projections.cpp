// SPDX-License-Identifier: MIT
#include "operator/reconcile/projections.hpp"

#include "agent/codec/group_state.hpp"
#include "common/json/checked.hpp"
#include "common/k8s/resources.hpp"
#include "operator/codec/json.hpp"
#include "operator/core/names.hpp"
#include "operator/core/scale.hpp"
#include "operator/reconcile/standing_orders.hpp"

#include <nlohmann/json.hpp>

namespace ha::op {
namespace {

using nlohmann::json;

void read_owners(const ha::json::view& metadata, owned_object& into) {
    for (const auto& owner : metadata.optional_items("ownerReferences")) {
        auto uid = owner.text_or("uid", "");
        if (owner.optional_boolean("controller").value_or(false)) into.controller = uid;
        into.owners.push_back(std::move(uid));
    }
}

std::uint64_t our_fields(const ha::json::view& metadata) {
    for (const auto& entry : metadata.optional_items("managedFields")) {
        bool ours = entry.text_or("manager", "") == field_manager &&
                    entry.text_or("operation", "") == "Apply" &&
                    entry.text_or("subresource", "").empty();
        auto fields = entry.optional_object("fieldsV1");
        if (ours && fields.exists()) return digest_of(*fields.raw());
    }
    return 0;
}

value immutable_part(const json& spec) {
    json kept = json::object();
    for (const auto* name : {"selector", "serviceName", "volumeClaimTemplates"})
        if (spec.contains(name)) kept[name] = spec[name];
    return object{{"spec", from_json(kept)}};
}

std::string supervisor_image(const ha::json::view& spec) {
    auto pod = spec.optional_object("template").optional_object("spec");
    for (const auto& container : pod.optional_items("initContainers"))
        if (container.text_or("name", "") == supervisor_container)
            return container.text_or("image", "");
    return {};
}

void read_engine(const ha::json::view& spec, owned_object& into) {
    auto pod = spec.optional_object("template").optional_object("spec");
    for (const auto& container : pod.optional_items("containers")) {
        if (container.text_or("name", "") != engine_container) continue;
        into.image = container.text_or("image", "");
        for (const auto& one : container.optional_items("env"))
            if (one.text_or("name", "") == "AG_NAME") into.ag_name = one.text_or("value", "");
    }
}

void read_stateful_set(const ha::json::view& root, owned_object& into) {
    auto spec = root.object("spec");
    into.supervisor_image = supervisor_image(spec);
    read_engine(spec, into);
    into.pods = spec.optional_integer("replicas").value_or(1);
    auto status = root.optional_object("status");
    into.pods_ready = status.optional_integer("readyReplicas").value_or(0);
    into.revision = status.text_or("updateRevision", "");
    auto generation = root.object("metadata").optional_integer("generation").value_or(0);
    into.lags = status.optional_integer("observedGeneration").value_or(generation) < generation;
}

// Nobody may read Secrets: that one is missing is known from what the kubelet says of it.
std::string why_waiting(const ha::json::view& status) {
    for (const auto* name : {"initContainerStatuses", "containerStatuses"})
        for (const auto& container : status.optional_items(name)) {
            auto waiting = container.optional_object("state").optional_object("waiting");
            if (waiting.text_or("reason", "") == "CreateContainerConfigError")
                return waiting.text_or("message", "");
        }
    return {};
}

bool is_ready(const ha::json::view& status) {
    for (const auto& one : status.optional_items("conditions"))
        if (one.text_or("type", "") == "Ready") return one.text_or("status", "") == "True";
    return false;
}

reported_state reported(const json& config_map) {
    reported_state made;
    auto read = agent::read_group_state(config_map);
    if (!read) {
        made.conditions.push_back({"StateUnreadable", "newer_format", read.error().message});
        return made;
    }
    made.formed = !read->group_id.empty();
    made.primary = read->primary;
    for (const auto& one : read->replicas)
        made.replicas.push_back({one.name, one.role, one.synchronization, one.connected, one.mode});
    for (const auto& one : read->databases)
        made.databases.push_back({one.name, one.state, one.reason, one.words});
    for (const auto& one : read->conditions)
        if (one.holds) made.conditions.push_back({one.type, one.reason, one.words});
    for (const auto& one : read->answers) made.answers.push_back({one.id, one.done, one.words});
    made.term = read->of;
    return made;
}

}  // namespace

std::uint64_t digest_of(const json& document) {
    return std::hash<std::string>{}(ha::json::dump(document));
}

custom_resource project_resource(const json& shown) {
    ha::json::reader reader(shown);
    auto metadata = reader.root().optional_object("metadata");
    custom_resource made;
    made.uid = metadata.text_or("uid", "");
    made.generation = metadata.optional_integer("generation").value_or(0);
    made.deleting = metadata.has("deletionTimestamp");
    for (const auto& one : metadata.optional_items("finalizers"))
        made.finalizers.push_back(one.as_text());
    json document{{"metadata",
                   {{"name", metadata.text_or("name", "")},
                    {"namespace", metadata.text_or("namespace", "")},
                    {"creationTimestamp", metadata.text_or("creationTimestamp", "")},
                    {"uid", made.uid}}}};
    if (shown.contains("spec")) document["spec"] = shown["spec"];
    document["metadata"]["annotations"] = our_annotations(metadata);
    document["askers"] = askers(metadata);
    made.document = from_json(document);
    if (shown.contains("status")) made.status = from_json(shown["status"]);
    return made;
}

bool is_owned_by(const owned_object& one, const std::string& uid) {
    return is_among(one.owners, uid);
}

owned_object project_owned(const k8s::resource& kind, const json& shown) {
    ha::json::reader reader(shown);
    auto root = reader.root();
    auto metadata = root.optional_object("metadata");
    owned_object made;
    auto labels = metadata.optional_object("labels");
    made.kind = labels.text_or("app.kubernetes.io/name", "");
    made.instance = labels.text_or("app.kubernetes.io/instance", "");
    read_owners(metadata, made);
    made.our_fields = our_fields(metadata);
    if (kind == k8s::stateful_sets && shown.contains("spec")) {
        made.stateful_set = immutable_part(shown["spec"]);
        read_stateful_set(root, made);
    }
    if (kind == k8s::pods) {
        made.waiting = why_waiting(root.optional_object("status"));
        made.ready = is_ready(root.optional_object("status"));
        made.ending = metadata.has("deletionTimestamp");
        made.revision = labels.text_or("controller-revision-hash", "");
        made.leads = labels.text_or(role_label, "") == "primary";
        made.node = root.optional_object("spec").text_or("nodeName", "");
    }
    if (kind == k8s::leases) {
        auto holder = root.optional_object("spec").text_or("holderIdentity", "");
        made.holder = holder.substr(0, holder.find('_'));
    }
    if (kind == k8s::config_maps && metadata.text_or("name", "") == made.instance) {
        made.standing = standing_orders(root.texts("data"));
        made.told_names = metadata.optional_object("annotations").text_or(replica_names, "");
        made.told_spec = root.optional_object("data").text_or("spec", "");
    }
    if (kind == k8s::config_maps && metadata.text_or("name", "") == made.instance + "-state")
        made.state = reported(shown);
    return made;
}

}  // namespace ha::op
