// SPDX-License-Identifier: MIT
#include "operator/core/document.hpp"

#include <algorithm>

namespace ha::op {
namespace {

std::string quoted(const std::string& text) {
    constexpr const char* digits = "0123456789abcdef";
    std::string made = "\"";
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            made += "\\u00";
            made += digits[byte >> 4];
            made += digits[byte & 15];
            continue;
        }
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + "\"";
}

}  // namespace

value::value(bool truth) : held_(truth) {}
value::value(int number) : held_(std::int64_t{number}) {}
value::value(std::int64_t number) : held_(number) {}
value::value(const char* text) : held_(std::string{text}) {}
value::value(std::string text) : held_(std::move(text)) {}
value::value(list items) : held_(std::move(items)) {}
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
    const auto* mine = members();
    const auto* theirs = other.members();
    if (mine == nullptr || theirs == nullptr) return held_ == other.held_;
    return mine->size() == theirs->size() && std::ranges::all_of(*mine, [&](const member& one) {
               const auto* found = other.find({one.name});
               return found != nullptr && *found == one.content;
           });
}

std::string text_at(const value& from, std::string_view name) {
    const auto* found = from.find({name});
    return found != nullptr && found->text() != nullptr ? *found->text() : "";
}

const list& items_of(const value& from, std::string_view name) {
    static const list none;
    const auto* all = from.find({name});
    return all != nullptr && all->items() != nullptr ? *all->items() : none;
}

std::string json_text(const value& what) {
    if (const auto* truth = what.truth()) return *truth ? "true" : "false";
    if (const auto* number = what.number()) return std::to_string(*number);
    if (const auto* text = what.text()) return quoted(*text);
    std::string made;
    if (const auto* items = what.items()) {
        for (const auto& item : *items) made += (made.empty() ? "" : ",") + json_text(item);
        return "[" + made + "]";
    }
    if (const auto* members = what.members()) {
        for (const auto& [name, content] : *members) {
            made += (made.empty() ? "" : ",") + quoted(name) + ":" + json_text(content);
        }
        return "{" + made + "}";
    }
    return "null";
}

}  // namespace ha::op
