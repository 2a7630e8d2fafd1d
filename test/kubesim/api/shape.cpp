// SPDX-License-Identifier: MIT
#include "test/kubesim/api/shape.hpp"

#include <sstream>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

constexpr std::string_view metadata_rules[] = {
    "metadata.ownerReferences keyed uid",
    "metadata.ownerReferences[] atomic",
    "metadata.finalizers set",
};

shape::kind kind_named(const std::string& word) {
    if (word == "keyed") return shape::kind::keyed;
    if (word == "set") return shape::kind::set;
    return shape::kind::atomic;
}

// The node at "spec.containers[].env", made where it is not there yet.
shape& node_at(shape& root, const std::string& path) {
    shape* at = &root;
    std::istringstream parts{path};
    for (std::string part; std::getline(parts, part, '.');) {
        bool element = part.ends_with("[]");
        if (element) part.resize(part.size() - 2);
        auto& child = at->fields[part];
        if (!child) child = std::make_shared<shape>();
        at = child.get();
        if (!element) continue;
        if (!at->items) at->items = std::make_shared<shape>();
        at = at->items.get();
    }
    return *at;
}

void add_rule(shape& root, std::string_view rule) {
    std::istringstream words{std::string{rule}};
    std::string path;
    std::string kind;
    words >> path >> kind;
    auto& node = node_at(root, path);
    node.what = kind_named(kind);
    for (std::string name; words >> name;) {
        auto equals = name.find('=');
        node.keys.push_back(name.substr(0, equals));
        if (equals != std::string::npos)
            node.key_defaults[node.keys.back()] = name.substr(equals + 1);
    }
}

void fill_list(shape& made, const json& schema) {
    auto type = schema.value("x-kubernetes-list-type", "atomic");
    made.what = kind_named(type == "map" ? "keyed" : type);
    if (made.what == shape::kind::keyed) {
        made.keys = schema.at("x-kubernetes-list-map-keys").get<std::vector<std::string>>();
        const auto& fields = schema.at("items").value("properties", json::object());
        for (const auto& name : made.keys)
            if (fields.contains(name) && fields[name].contains("default"))
                made.key_defaults[name] = fields[name]["default"];
    }
    if (schema.contains("items")) made.items = shape_of_schema(schema["items"]);
}

}  // namespace

const shape* shape::field(const std::string& name) const {
    auto found = fields.find(name);
    if (found != fields.end()) return found->second.get();
    return items.get();
}

std::string shape::element_of(const json& item) const {
    json named = json::object();
    for (const auto& name : keys) {
        if (item.contains(name)) {
            named[name] = item[name];
        } else if (auto found = key_defaults.find(name); found != key_defaults.end()) {
            named[name] = found->second;
        }
    }
    return "k:" + named.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::shared_ptr<shape> make_shape(const std::vector<std::string_view>& rules) {
    auto made = std::make_shared<shape>();
    for (auto rule : metadata_rules) add_rule(*made, rule);
    for (auto rule : rules) add_rule(*made, rule);
    return made;
}

std::shared_ptr<shape> shape_of_schema(const json& schema) {
    auto made = std::make_shared<shape>();
    auto type = schema.value("type", "");
    if (type == "array") fill_list(*made, schema);
    if (schema.value("x-kubernetes-map-type", "") == "atomic") made->what = shape::kind::atomic;
    const auto properties = schema.value("properties", json::object());
    for (const auto& [name, child] : properties.items())
        made->fields[name] = shape_of_schema(child);
    if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object())
        made->items = shape_of_schema(schema["additionalProperties"]);
    return made;
}

}  // namespace ha::kubesim
