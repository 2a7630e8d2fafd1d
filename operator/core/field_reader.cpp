// SPDX-License-Identifier: MIT
#include "operator/core/field_reader.hpp"

#include <algorithm>

namespace ha::op {

std::string alternatives(const std::vector<std::string>& words) {
    std::string made;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) made += i + 1 == words.size() ? " or " : ", ";
        made += words[i];
    }
    return made;
}

void field_reader::text(std::string_view name, std::string& into) {
    const auto* found = from_.find({name});
    if (found == nullptr) return;
    if (found->text() != nullptr) {
        into = *found->text();
    } else {
        complain(name, "is " + json_text(*found) + ", which is not text: write it in quotes");
    }
}

void field_reader::needed_text(std::string_view name, std::string& into) {
    auto before = complaints_.size();
    text(name, into);
    if (into.empty() && complaints_.size() == before) complain(name, "is needed");
}

void field_reader::one_of(std::string_view name,
                          std::string& into,
                          const std::vector<std::string>& words) {
    text(name, into);
    if (std::ranges::find(words, into) == words.end())
        complain(name, "is '" + into + "': it can be " + alternatives(words));
}

void field_reader::port(std::string_view name, std::int64_t& into) {
    constexpr std::int64_t most = 65535;
    if (auto found = whole(name, 1, most)) into = *found;
}

std::optional<std::int64_t> field_reader::whole(std::string_view name,
                                                std::int64_t least,
                                                std::int64_t most) {
    const auto* found = from_.find({name});
    if (found == nullptr) return std::nullopt;
    if (found->number() != nullptr && *found->number() >= least && *found->number() <= most)
        return *found->number();
    complain(name,
             "is " + json_text(*found) + ": it can be a whole number from " +
                 std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

void field_reader::truth(std::string_view name, bool& into) {
    const auto* found = from_.find({name});
    if (found == nullptr) return;
    if (found->truth() != nullptr) {
        into = *found->truth();
    } else {
        complain(name, "is " + json_text(*found) + ": it can be true or false, without quotes");
    }
}

void field_reader::quantity(std::string_view name, std::string& into) {
    const auto* found = from_.find({name});
    if (found == nullptr) return;
    into = found->number() != nullptr ? std::to_string(*found->number()) : "";
    if (found->text() != nullptr) into = *found->text();
    if (into.empty()) complain(name, "is " + json_text(*found) + ": it can be a size such as 10Gi");
}

std::optional<field_reader> field_reader::inside(std::string_view name) {
    const auto* found = from_.find({name});
    if (found == nullptr) return std::nullopt;
    if (found->members() == nullptr) {
        complain(name, "is " + json_text(*found) + ", which is not an object with fields");
        return std::nullopt;
    }
    return field_reader{*found, path(name), complaints_};
}

const list& field_reader::items(std::string_view name) {
    static const list none;
    const auto* found = from_.find({name});
    if (found == nullptr) return none;
    if (found->items() != nullptr) return *found->items();
    complain(name, "is " + json_text(*found) + ", which is not a list");
    return none;
}

value field_reader::as_it_is(std::string_view name) const {
    const auto* found = from_.find({name});
    return found == nullptr ? value{} : *found;
}

void field_reader::complain(std::string_view name, std::string_view what) {
    complaints_.push_back(path(name) + " " + std::string{what});
}

std::string field_reader::path(std::string_view name) const {
    return where_.empty() ? std::string{name} : where_ + "." + std::string{name};
}

}  // namespace ha::op
