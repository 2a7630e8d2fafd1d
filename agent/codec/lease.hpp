// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/settings.hpp"
#include "agent/core/values.hpp"
#include "common/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>

// The Lease as Kubernetes keeps it: fields as client-go writes them, our own in annotations with
// the prefix ha.mssql/.

namespace ha::agent {

inline constexpr const char* lease_prefix = "ha.mssql/";

// Error: malformed (a field of ours makes no sense) or refused (annotations of a newer format).
result<lease_record> read_lease_object(const nlohmann::json& object);

// The object that replaces `current` in a PUT: what we know is set from `wanted`, all else (labels,
// owners, others' annotations) stays as it is. `times` goes into the annotation `profile`.
// acquireTime moves with the holder. renewTime is wanted.renew_time, or `now` where that is empty.
nlohmann::json write_lease_object(const nlohmann::json& current,
                                  const lease_record& wanted,
                                  const profile& times,
                                  std::chrono::system_clock::time_point now);

}  // namespace ha::agent
