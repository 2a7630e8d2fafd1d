// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// One example of each kind that the product uses or will use, and a change that it may undergo.

namespace ha::contract {

struct sample {
    std::string kind;
    std::string path;  // of the collection; {space} stands for the namespace
    bool cluster_wide = false;
    nlohmann::json object;  // without a name
    nlohmann::json change;  // a merge patch of something wanted
    bool has_status = false;
    nlohmann::json status = nullptr;  // a merge patch of the status subresource
    // Beginnings of checks that do not hold for this kind: the real server rewrites what it need
    // not, or, asked for a Service without a name, does not answer at all.
    std::vector<std::string> without{};

    // Names of cluster-wide objects carry the check's namespace, so that no two checks meet.
    std::string name(const std::string& space) const;
    nlohmann::json named(const std::string& name) const;
};

const std::vector<sample>& samples();
const sample& sample_of(const std::string& kind);

nlohmann::json pod_spec();
nlohmann::json widget_definition();

}  // namespace ha::contract
