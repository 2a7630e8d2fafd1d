// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "operator/core/document.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

// Between the operator's values and JSON.

namespace ha::op {

// Numbers that are no 64-bit integers become text, which is how Kubernetes writes quantities.
value from_json(const nlohmann::json& tree);
nlohmann::json to_json(const value& what);

// errc::malformed, with the place, when the text is not JSON.
result<value> parse_json(std::string_view text);

// `indent` < 0: one line. Members keep their order; bytes that are not UTF-8 are replaced.
std::string print_json(const value& what, int indent = -1);

}  // namespace ha::op
