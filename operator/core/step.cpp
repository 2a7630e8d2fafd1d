// SPDX-License-Identifier: MIT
#include "operator/core/step.hpp"

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

}  // namespace ha::op
