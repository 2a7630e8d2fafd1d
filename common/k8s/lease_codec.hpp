// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// A Lease of coordination.k8s.io/v1 as a plain value, with the fields exactly as client-go writes
// them, so that its clients can read and respect it.

namespace ha::k8s {

using wall_instant = std::chrono::system_clock::time_point;

struct lease {
    std::string space;
    std::string name;
    std::string uid;
    std::string resource_version;
    std::map<std::string, std::string> annotations;
    std::string holder;                             // empty: nobody
    std::optional<std::chrono::seconds> valid_for;  // leaseDurationSeconds
    std::optional<wall_instant> acquired;
    std::optional<wall_instant> renewed;
    std::int64_t transitions = 0;
    bool operator==(const lease&) const = default;
};

// `malformed` names every field that is wrong.
result<lease> read_lease(const nlohmann::json& object);

// What `base` (the object that was read, or null) has beyond these fields stays as it is. Times are
// cut to microseconds.
nlohmann::json write_lease(const lease& what, nlohmann::json base);

// UTC with exactly six decimals: "2026-01-02T03:04:05.000006Z".
std::string micro_time(wall_instant when);

// RFC 3339 with any number of decimals and any offset.
result<wall_instant> parse_time(std::string_view text);

}  // namespace ha::k8s
