// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>

// What we use of a Pod object, and the names of the labels that say a replica's role.

namespace ha::agent {

struct pod_view {
    std::string name;
    std::string uid;
    std::string ip;         // empty: has none yet
    bool deleting = false;  // has a deletionTimestamp
    std::map<std::string, std::string> labels;
    bool operator==(const pod_view&) const = default;
};

result<pod_view> read_pod(const nlohmann::json& object);

inline constexpr const char* role_label = "sql.mssql.microsoft.com/ag-role";
std::string group_role_label(const std::string& group);  // role.ag.mssql.microsoft.com/<group>

// What the role label of this group says: primary, readable-secondary, secondary, or empty.
std::string labelled_role(const pod_view& pod, const std::string& group);

}  // namespace ha::agent
