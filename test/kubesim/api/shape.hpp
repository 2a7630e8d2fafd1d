// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// How server-side apply sees an object: which lists are merged by key, which values are one piece.

namespace ha::kubesim {

struct shape {
    enum class kind {
        plain,   // a scalar, a map merged key by key, or a list that is one piece
        atomic,  // one piece, whatever it is
        set,     // a list of scalars, merged by value
        keyed,   // a list of objects, merged by `keys`
    } what = kind::plain;
    std::vector<std::string> keys;
    std::map<std::string, nlohmann::json> key_defaults;
    std::map<std::string, std::shared_ptr<shape>> fields;
    std::shared_ptr<shape> items;  // of a list's elements or a map's values

    // The shape below; null where nothing special is known.
    const shape* field(const std::string& name) const;

    // The path element of a keyed list's item: k:{"name":"x"}.
    std::string element_of(const nlohmann::json& item) const;
};

// From lines like "spec.ports keyed port protocol=TCP", "spec.selector atomic",
// "spec.containers[].env keyed name". Metadata's own rules are always added.
std::shared_ptr<shape> make_shape(const std::vector<std::string_view>& rules);

// From a CRD's openAPIV3Schema.
std::shared_ptr<shape> shape_of_schema(const nlohmann::json& schema);

}  // namespace ha::kubesim
