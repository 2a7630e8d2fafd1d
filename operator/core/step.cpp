// SPDX-License-Identifier: MIT
#include "operator/core/step.hpp"

#include <algorithm>

namespace ha::op {

step overdue(step now, std::chrono::nanoseconds waited) {
    if (now.what == step::kind::wait && waited >= step_patience) now.what = step::kind::stopped;
    return now;
}

bool goes_on(const step& now) {
    using enum step::kind;
    return now.what == wait || now.what == hold || now.what == replace;
}

bool is_same(const step& one, const step& other) {
    return one.reason == other.reason && one.pod == other.pod && one.ask == other.ask;
}

bool has_condition(const value& status, std::string_view type, std::string_view reason) {
    const auto* all = status.find({"conditions"});
    if (all == nullptr || all->items() == nullptr) return false;
    return std::ranges::any_of(*all->items(), [&](const value& one) {
        auto is = [&](const char* name, std::string_view wanted) {
            const auto* found = one.find({name});
            return found != nullptr && found->text() != nullptr && *found->text() == wanted;
        };
        return is("type", type) && (reason.empty() || is("reason", reason));
    });
}

}  // namespace ha::op
