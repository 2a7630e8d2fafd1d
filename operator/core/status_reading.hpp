// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/document.hpp"

#include <string_view>

// What a status tells, once it is written. What is absent, or of another form, tells nothing.

namespace ha::op {

// Null where it has none of this type.
const value* condition_of(const value& status, std::string_view type);

// An empty reason: any.
bool has_condition(const value& status, std::string_view type, std::string_view reason = {});

// Something goes on, or has stopped.
bool tells_of_roll(const value& status);
bool tells_of_scaling(const value& status);

}  // namespace ha::op
