// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/cluster.hpp"

// What the server itself adds to an object, and what it refuses, kind by kind.

namespace ha::kubesim {

// Defaults as the real server fills them in; before is null on creation.
void fill_defaults(cluster& all,
                   const kind_info& kind,
                   const nlohmann::json& before,
                   nlohmann::json& object);

// Bodies that cannot be read as the kind they claim to be: 400.
answer<bool> check_readable(const kind_info& kind, const nlohmann::json& object);

// Contents that break the kind's rules: 422.
answer<bool> check_rules(const kind_info& kind,
                         const nlohmann::json& before,
                         const nlohmann::json& object);

}  // namespace ha::kubesim
