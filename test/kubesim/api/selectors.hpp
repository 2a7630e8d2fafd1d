// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/target.hpp"

#include <vector>

// Label and field selectors of lists and watches.

namespace ha::kubesim {

struct requirement {
    enum class test { equals, differs, in, not_in, exists, absent } what{};
    std::string name;
    std::vector<std::string> values;
};

struct selection {
    std::vector<requirement> labels;
    std::vector<requirement> fields;  // names are dotted paths
    bool matches(const nlohmann::json& object) const;
};

// 400 for what cannot be read, and for fields that the kind cannot be selected by.
answer<selection> read_selection(const target& what);

// A selector as objects carry it: {"matchLabels": ..., "matchExpressions": ...} or plain labels.
bool labels_match(const nlohmann::json& labels, const nlohmann::json& object);

}  // namespace ha::kubesim
