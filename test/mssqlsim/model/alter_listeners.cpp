// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/error_texts.hpp"

#include <algorithm>
#include <cstdlib>

// ALTER AVAILABILITY GROUP ... ADD, MODIFY, REMOVE and RESTART LISTENER: what the views show of
// listeners. On Linux nothing listens there.

namespace ha::mssqlsim {

namespace {

void set_options(group_listener& listener, const definition_statement& what) {
    for (const auto& one : what.options) {
        if (one.name == "PORT") {
            listener.port = std::strtoll(one.text.c_str(), nullptr, 10);
        } else {
            listener.addresses.push_back(one.text);
            listener.masks.push_back(one.inner.empty() ? "" : one.inner.front().text);
        }
    }
}

}  // namespace

progress engine::alter_listeners(const definition_statement& what, group_state& group) {
    group_configuration next = group.configuration;
    const std::string group_name = group.configuration.name;
    const std::string& name = what.names.front();
    const auto known = std::find_if(next.listeners.begin(),
                                    next.listeners.end(),
                                    [&](const auto& one) { return same_name(one.name, name); });
    const bool there = known != next.listeners.end();
    if (what.action == "ADD LISTENER") {
        if (!next.listeners.empty())
            return failed_with(numbered(19477, {group_name, next.listeners.front().name}));
        group_listener fresh;
        fresh.id = lower(make_guid());
        fresh.name = name;
        set_options(fresh, what);
        next.listeners.push_back(std::move(fresh));
    } else if (!there) {
        return failed_with(numbered(19469, {name, group_name}));
    } else if (what.action == "REMOVE LISTENER") {
        next.listeners.erase(known);
    } else if (what.action == "MODIFY LISTENER") {
        set_options(*known, what);
    }
    return commit(group, std::move(next), "listener");
}

}  // namespace ha::mssqlsim
