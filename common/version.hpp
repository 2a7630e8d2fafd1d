// SPDX-License-Identifier: MIT
#pragma once

// The version of all programs: they are built and released together.

namespace ha {

inline constexpr const char* version_text = "0.1.0";

}  // namespace ha
