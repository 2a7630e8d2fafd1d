// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

// YAML of others, as documents: manifests and kubeconfigs.

namespace ha::config {

// Every document of the text that is not empty. Plain scalars are null, truth, number or text as
// YAML 1.2 says (true, 12, 1.5; yes, on and 010 are text); what is quoted is text. `malformed` with
// line and column: what is no YAML, keys that are no words or given twice, and texts that grow
// beyond all measure by aliases. `what` names the text.
result<std::vector<nlohmann::json>> read_documents(const std::string& text, std::string_view what);

}  // namespace ha::config
