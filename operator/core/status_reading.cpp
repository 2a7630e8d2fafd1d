// SPDX-License-Identifier: MIT
#include "operator/core/status_reading.hpp"

namespace ha::op {

const value* condition_of(const value& status, std::string_view type) {
    for (const auto& one : items_of(status, "conditions"))
        if (text_at(one, "type") == type) return &one;
    return nullptr;
}

bool has_condition(const value& status, std::string_view type, std::string_view reason) {
    const auto* found = condition_of(status, type);
    return found != nullptr && (reason.empty() || text_at(*found, "reason") == reason);
}

bool tells_of_roll(const value& status) {
    return has_condition(status, "Rolling") || has_condition(status, "RollStopped");
}

bool tells_of_scaling(const value& status) {
    return has_condition(status, "Scaling") || has_condition(status, "ScalingStopped");
}

}  // namespace ha::op
