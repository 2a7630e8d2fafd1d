// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"

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

// assumption: the numbers for a listener that is there already and for one that is not there.
progress engine::alter_listeners(const definition_statement& what, group_state& group) {
    group_configuration next = group.configuration;
    const std::string& name = what.names.front();
    const auto known = std::find_if(next.listeners.begin(),
                                    next.listeners.end(),
                                    [&](const auto& one) { return same_name(one.name, name); });
    const bool there = known != next.listeners.end();
    if (what.action == "ADD LISTENER") {
        if (there)
            return failed_with(
                error_of(19458, "The availability group already has the listener '" + name + "'."));
        group_listener fresh;
        fresh.id = lower(make_guid());
        fresh.name = name;
        set_options(fresh, what);
        next.listeners.push_back(std::move(fresh));
    } else if (!there) {
        return failed_with(
            error_of(19468, "The listener with DNS name '" + name + "' does not exist."));
    } else if (what.action == "REMOVE LISTENER") {
        next.listeners.erase(known);
    } else if (what.action == "MODIFY LISTENER") {
        set_options(*known, what);
    }
    return commit(group, std::move(next), "listener");
}

}  // namespace ha::mssqlsim
