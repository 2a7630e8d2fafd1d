// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/kinds.hpp"
#include "test/kubesim/api/refusal.hpp"

// Field ownership: what server-side apply does to an object, and how other writes are recorded.

namespace ha::kubesim {

struct writer {
    std::string manager;      // the fieldManager
    std::string subresource;  // "status", or empty
    std::string now;          // RFC 3339, for managedFields[].time
    bool force = false;
};

// `live` with `wanted` applied to it and metadata.managedFields brought up to date; `live` is null
// when the object is to be created. Refuses with 409 where others own what would change.
answer<nlohmann::json> apply(const nlohmann::json& live,
                             const nlohmann::json& wanted,
                             const kind_info& kind,
                             const writer& who);

// `after` with managedFields that record a write other than an apply.
nlohmann::json record_update(const nlohmann::json& before,
                             nlohmann::json after,
                             const kind_info& kind,
                             const writer& who);

}  // namespace ha::kubesim
