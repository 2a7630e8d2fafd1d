// SPDX-License-Identifier: MIT
#include "test/kubesim/api/controllers.hpp"

#include "test/kubesim/api/ownership.hpp"
#include "test/kubesim/api/removal.hpp"

#include <algorithm>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

const removal in_background{{}, {}, "Background", {}};

json owners_of(const json& object) {
    return object["metadata"].value("ownerReferences", json::array());
}

struct found_object {
    const kind_info* kind;
    shared_object value;
};

std::vector<found_object> dependents_of(const cluster& all, const json& owner) {
    std::vector<found_object> found;
    const auto& uid = owner["metadata"]["uid"];
    for (const auto& name : all.objects.tables()) {
        const auto* kind = all.known.find(name);
        if (!kind) continue;
        for (const auto& [which, value] : all.objects.all(name)) {
            auto owners = owners_of(*value);
            bool owned = std::any_of(owners.begin(), owners.end(), [&](const json& one) {
                return uid == one.value("uid", "");
            });
            if (owned) found.push_back({kind, value});
        }
    }
    return found;
}

// An owner that cannot be looked up counts as there: nothing is deleted on a guess.
bool owner_is_there(const cluster& all, const json& reference, const json& dependent) {
    const auto* kind =
        all.known.of_kind(reference.value("apiVersion", ""), reference.value("kind", ""));
    if (!kind) return true;
    auto space = kind->namespaced ? dependent["metadata"].value("namespace", "") : "";
    auto owner = all.objects.find(kind->where(), {space, reference.value("name", "")});
    if (!owner || (*owner)["metadata"]["uid"] != reference.value("uid", "")) return false;
    auto finalizers = (*owner)["metadata"].value("finalizers", json::array());
    bool waits = (*owner)["metadata"].contains("deletionTimestamp");
    return !waits || std::find(finalizers.begin(), finalizers.end(), "foregroundDeletion") ==
                         finalizers.end();
}

bool is_garbage(const cluster& all, const json& object) {
    auto owners = owners_of(object);
    return !owners.empty() && std::none_of(owners.begin(), owners.end(), [&](const json& one) {
        return owner_is_there(all, one, object);
    });
}

void publish_definition(cluster& all, const kind_info& kind, const json& definition) {
    all.known.define(definition);
    auto after = definition;
    const auto time = all.timestamp();
    after["status"] = {{"acceptedNames", definition["spec"]["names"]},
                       {"storedVersions", json::array()},
                       {"conditions",
                        {{{"type", "NamesAccepted"},
                          {"status", "True"},
                          {"lastTransitionTime", time},
                          {"reason", "NoConflicts"},
                          {"message", "no conflicts found"}},
                         {{"type", "Established"},
                          {"status", "True"},
                          {"lastTransitionTime", time},
                          {"reason", "InitialNamesAccepted"},
                          {"message", "the initial names have been accepted"}}}}};
    for (const auto& one : definition["spec"]["versions"])
        if (one.value("storage", false)) after["status"]["storedVersions"].push_back(one["name"]);
    all.objects.put(kind.where(), key_of(definition), std::move(after));
}

void withdraw_definition(cluster& all, const json& definition) {
    const auto* kind =
        all.known.find({definition["spec"]["group"], definition["spec"]["names"]["plural"]});
    if (!kind) return;
    auto rows = all.objects.all(kind->where());
    for (const auto& [which, value] : rows) all.objects.erase(kind->where(), which, *value);
    all.known.forget(definition);
}

// A foreground deletion goes on when the last blocking dependent is gone.
void continue_foreground(cluster& all, const json& gone) {
    for (const auto& reference : owners_of(gone)) {
        const auto* kind =
            all.known.of_kind(reference.value("apiVersion", ""), reference.value("kind", ""));
        if (!kind) continue;
        auto space = kind->namespaced ? gone["metadata"].value("namespace", "") : "";
        auto owner = all.objects.find(kind->where(), {space, reference.value("name", "")});
        if (owner) finish_foreground(all, *kind, *owner);
    }
}

// Takes one owner's reference away, in the collector's name.
void disown(cluster& all, const kind_info& kind, const json& dependent, const json& uid) {
    json left = json::array();
    for (const auto& reference : owners_of(dependent))
        if (uid != reference.value("uid", "")) left.push_back(reference);
    auto after = dependent;
    after["metadata"]["ownerReferences"] = left;
    if (left.empty()) after["metadata"].erase("ownerReferences");
    writer collector{"kube-controller-manager", "", all.timestamp(), false};
    commit(all, kind, dependent, record_update(dependent, std::move(after), kind, collector));
}

}  // namespace

void collect_dependents(cluster& all, const json& owner) {
    for (const auto& one : dependents_of(all, owner)) {
        auto now = all.objects.find(one.kind->where(), key_of(*one.value));
        if (!now) continue;
        if (is_garbage(all, *now)) {
            begin_removal(all, *one.kind, *now, in_background);
        } else {
            disown(all, *one.kind, *now, owner["metadata"]["uid"]);
        }
    }
}

void orphan_dependents(cluster& all, const json& owner) {
    for (const auto& one : dependents_of(all, owner))
        disown(all, *one.kind, *one.value, owner["metadata"]["uid"]);
}

bool has_blocking_dependents(cluster& all, const json& owner) {
    const auto uid = owner["metadata"]["uid"].get<std::string>();
    for (const auto& one : dependents_of(all, owner))
        for (const auto& reference : owners_of(*one.value))
            if (reference.value("uid", "") == uid && reference.value("blockOwnerDeletion", false))
                return true;
    return false;
}

void run_controllers(cluster& all, const kind_info& kind, const json& before, const json& after) {
    if (kind.plural == "customresourcedefinitions") {
        if (after.is_null()) {
            withdraw_definition(all, before);
        } else if (before.is_null() || before["spec"] != after["spec"]) {
            publish_definition(all, kind, after);
        }
    }
    if (kind.group.empty() && kind.plural == "pods") update_endpoints_with(all, before, after);
    if (kind.group.empty() && kind.plural == "services" && !after.is_null())
        update_endpoints_of(all, after);
    if (after.is_null()) {
        collect_dependents(all, before);
        continue_foreground(all, before);
    } else if (!after["metadata"].contains("deletionTimestamp") && is_garbage(all, after)) {
        begin_removal(all, kind, after, in_background);
    }
}

}  // namespace ha::kubesim
