// SPDX-License-Identifier: MIT
#include "operator/core/document.hpp"

#include <algorithm>

namespace ha::op {

value::value(object members) : held_(std::move(members)) {}

const value* value::find(std::initializer_list<std::string_view> path) const {
    const value* here = this;
    for (auto name : path) {
        const auto* inside = here->members();
        if (inside == nullptr) return nullptr;
        auto found = std::ranges::find(*inside, name, &member::name);
        if (found == inside->end()) return nullptr;
        here = &found->content;
    }
    return here;
}

void value::set(std::string_view name, value what) {
    if (!std::holds_alternative<object>(held_)) held_ = object{};
    auto& inside = std::get<object>(held_);
    auto found = std::ranges::find(inside, name, &member::name);
    if (found == inside.end()) {
        inside.push_back(member{std::string{name}, std::move(what)});
    } else {
        found->content = std::move(what);
    }
}

bool value::operator==(const value& other) const {
    return held_ == other.held_;
}

}  // namespace ha::op
