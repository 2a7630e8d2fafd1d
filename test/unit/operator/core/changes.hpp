// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/plan.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

// Which objects follow from which field: a change of one field of the spec changes these objects
// and no others, and every field of the schema has its line.

namespace ha::test {

struct change {
    const char* field;    // "storage.dataVolumeSize"; "replicas[].name"
    const char* another;  // JSON: another value than the sample's; null takes the field away
    std::set<std::string> objects;
};

inline const std::set<std::string> nothing{};
inline const std::set<std::string> refused{"none, because the resource is refused"};

struct changed_kind {
    const char* definition;  // "sqlservers"
    nlohmann::json sample;
    // Its objects; nothing when it is refused.
    std::function<std::optional<op::plan>(const op::value& resource)> planned;
    std::vector<change> table;
    std::set<std::string> passed_on{};  // fields whose insides are Kubernetes' own
};

// One document of a file.
nlohmann::json document(const std::string& file, std::size_t number);

void check_changes(const changed_kind& kind);
void check_fields(const changed_kind& kind);

}  // namespace ha::test
