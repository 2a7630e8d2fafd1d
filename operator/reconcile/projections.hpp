// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/client.hpp"
#include "operator/core/document.hpp"
#include "operator/core/status.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

// What the operator keeps of the objects that it watches: no more than it decides by.

namespace ha::op {

// The one field manager of everything that the operator applies.
inline constexpr const char* field_manager = "mssql-operator";

struct custom_resource {
    std::string uid;
    std::int64_t generation = 0;
    bool deleting = false;
    std::vector<std::string> finalizers;
    value document;  // what the readers of operator/core read: names and spec
    value status;
    bool operator==(const custom_resource&) const = default;
};
custom_resource project_resource(const nlohmann::json& shown);

// An object that the operator made, or that bears the labels of one.
struct owned_object {
    std::string kind;                 // by label: custom_kind::label
    std::string instance;             // the custom resource's name, or the group's, by label
    std::string controller;           // the uid of the custom resource that controls it
    std::vector<std::string> owners;  // of all that own it
    std::uint64_t our_fields = 0;  // digest of what our field manager owns in it: changes as soon
                                   // as somebody takes, changes or removes one of our fields
    value stateful_set;            // of a StatefulSet: what can never be changed in it
    std::string supervisor_image;  // of a StatefulSet's pods
    std::string ag_name;           // that a StatefulSet gives its engines
    std::string image;             // of a StatefulSet's engines
    // Of a StatefulSet its newest template, of a Pod the one that it was made by; empty: unknown.
    std::string revision;
    bool lags = false;            // a StatefulSet's controller has not seen its newest template
    bool ready = false;           // of a Pod
    bool ending = false;          // its deletion has begun
    bool leads = false;           // a Pod's label says that it is primary
    std::int64_t pods = 0;        // that a StatefulSet asks for
    std::int64_t pods_ready = 0;  // of a StatefulSet
    std::string waiting;          // of a Pod: why a container cannot be made; empty: it can
    std::string node;             // of a Pod: where it is; empty: nowhere yet
    std::string holder;           // of a Lease: the pod that holds it
    reported_state state;         // of a state ConfigMap
    op::orders standing;          // of a requests ConfigMap
    std::string told_names;       // of a requests ConfigMap: its annotation, JSON
    std::string told_spec;        // of a requests ConfigMap: what supervisors read, JSON
    bool operator==(const owned_object&) const = default;
};
bool is_owned_by(const owned_object& one, const std::string& uid);
// `kind` is said apart: the items of a list do not say it.
owned_object project_owned(const k8s::resource& kind, const nlohmann::json& shown);

// Equal texts have equal digests; others hardly ever.
std::uint64_t digest_of(const nlohmann::json& document);

}  // namespace ha::op
