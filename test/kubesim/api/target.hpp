// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/kinds.hpp"
#include "test/kubesim/api/refusal.hpp"

#include <map>
#include <string>

// What a request is about, read from its method and its path.

namespace ha::kubesim {

struct target {
    const kind_info* kind = nullptr;
    std::string space;
    std::string name;
    std::string subresource;
    std::string verb;  // get, list, watch, create, update, patch, delete, deletecollection
    std::map<std::string, std::string> query;

    std::string option(const std::string& name) const;
    bool flag(const std::string& name) const;
    key which() const { return {space, name}; }
};

// The path alone, cut off before its query, and the query's parts decoded.
std::string path_of(const std::string& target);
std::map<std::string, std::string> query_of(const std::string& target);

// 404 for a path or kind that nobody serves, 405 for a verb that does not fit the path.
answer<target> read_target(const kinds& known, const http::request& asked);

}  // namespace ha::kubesim
