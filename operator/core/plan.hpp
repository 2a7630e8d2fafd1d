// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/document.hpp"
#include "operator/core/group.hpp"
#include "operator/core/preview_times.hpp"

#include <optional>
#include <string>
#include <vector>

// plan(custom resource, what exists) -> desired objects. No clock, no socket, no randomness.

namespace ha::op {

struct plan_settings {
    // Of new groups. One that exists keeps the image it has until its resource names another: an
    // operator that was upgraded restarts nobody.
    std::string supervisor_image = "mssql-ha:latest";
    preview_times times{};  // of SqlServers whose spec.ha says nothing
    // OnDelete: the operator rolls. Where none does: RollingUpdate.
    const char* update_strategy = "OnDelete";
};

struct existing {
    std::optional<value> stateful_set;
    std::string supervisor_image;  // of its pods
    std::string ag_name;           // that its engines were given
};

enum class upkeep {
    apply,        // kept as planned: server-side apply on every pass
    create_once,  // made if absent and never written again: others own what is in it
};

struct desired {
    value what;
    upkeep how = upkeep::apply;
};

// A Secret that must exist and that no pure function can make.
struct secret_need {
    std::string name;
    std::vector<std::string> keys;
    std::string purpose;
    std::string keeper;  // a ConfigMap with which it lives and ends; empty: with the resource
};

struct plan {
    std::vector<desired> objects;  // in the order in which they should be made
    std::vector<secret_need> secrets;
    std::vector<std::string> refusals;  // what was asked and cannot be: one sentence each
};

plan plan_group(const group& asked, const existing& found, const plan_settings& settings);

}  // namespace ha::op
