// SPDX-License-Identifier: MIT
#include "operator/codec/json.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace ha::op {
namespace {

template <class Json>
Json made_from(const value& what) {
    if (const auto* truth = what.truth()) return *truth;
    if (const auto* number = what.number()) return *number;
    if (const auto* text = what.text()) return *text;
    if (const auto* items = what.items()) {
        auto made = Json::array();
        for (const auto& item : *items) made.push_back(made_from<Json>(item));
        return made;
    }
    if (const auto* members = what.members()) {
        auto made = Json::object();
        for (const auto& [name, content] : *members) made[name] = made_from<Json>(content);
        return made;
    }
    return nullptr;
}

// The library would wrap an unsigned number that is too large around without a word.
template <class Json>
bool fits(const Json& number) {
    if (!number.is_number_unsigned()) return true;
    return number.template get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max();
}

template <class Json>
value taken_from(const Json& tree) {
    if (tree.is_boolean()) return tree.template get<bool>();
    if (tree.is_string()) return tree.template get<std::string>();
    if (tree.is_number_integer() && fits(tree)) return tree.template get<std::int64_t>();
    if (tree.is_number()) return tree.dump();
    if (tree.is_array()) {
        list items;
        for (const auto& item : tree) items.push_back(taken_from(item));
        return items;
    }
    if (tree.is_object()) {
        object members;
        for (const auto& [name, content] : tree.items()) {
            members.push_back({name, taken_from(content)});
        }
        return members;
    }
    return {};
}

}  // namespace

value from_json(const nlohmann::json& tree) {
    return taken_from(tree);
}

nlohmann::json to_json(const value& what) {
    return made_from<nlohmann::json>(what);
}

result<value> parse_json(std::string_view text) {
    try {
        return taken_from(nlohmann::ordered_json::parse(text));
    } catch (const nlohmann::json::exception& trouble) {
        return failure(errc::malformed, std::string{"not JSON: "} + trouble.what());
    }
}

std::string print_json(const value& what, int indent) {
    auto tree = made_from<nlohmann::ordered_json>(what);
    return tree.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace ha::op
