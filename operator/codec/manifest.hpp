// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "operator/core/document.hpp"

#include <string>
#include <vector>

// Kubernetes manifests: YAML text with one or more documents.

namespace ha::op {

// Every document that is not empty, in order. Scalars are read as kubectl reads them: quoted ones
// are text, plain ones null, true, false, integers or text (so `on` and `010` stay text). Errors:
// malformed, with line and column; a key that is there twice is malformed too.
result<std::vector<value>> read_manifest(const std::string& text);

}  // namespace ha::op
