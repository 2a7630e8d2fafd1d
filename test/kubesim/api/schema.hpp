// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/refusal.hpp"

// A structural schema at work on a custom resource. No CEL, no formats.

namespace ha::kubesim {

// Drops what the schema does not know and fills in its defaults.
void prune_and_default(nlohmann::json& value, const nlohmann::json& schema);

std::vector<cause> complaints(const nlohmann::json& value, const nlohmann::json& schema);

}  // namespace ha::kubesim
