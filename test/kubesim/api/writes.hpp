// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/cluster.hpp"

// POST, PUT and PATCH.

namespace ha::kubesim {

struct written {
    int code = 200;
    nlohmann::json object;
};

// What a write needs besides its target.
struct write {
    std::string body;
    std::string content_type;
    std::string manager;  // fieldManager, or the user agent's first word
};

answer<written> create(cluster& all, const target& what, const write& how);
answer<written> update(cluster& all, const target& what, const write& how);
answer<written> patch(cluster& all, const target& what, const write& how);

}  // namespace ha::kubesim
