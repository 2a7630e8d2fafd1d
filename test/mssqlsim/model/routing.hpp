// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/configuration.hpp"
#include "test/mssqlsim/model/instance.hpp"
#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>

// Routing: the urls and lists of a group's replicas, where a primary sends a login on to that only
// reads, and a secondary one that does not.

namespace ha::mssqlsim {

class engine;
struct database_state;

// TCP://address:port
bool is_url(const std::string& text);

// Did the client come to one of the group's listeners?
bool came_to_listener(const group_configuration& group, const login_request& who);

// READ_ONLY_ROUTING_URL, READ_WRITE_ROUTING_URL and READ_ONLY_ROUTING_LIST of a role's options, as
// far as they are among them. 19401 and 47120: no url.
std::optional<sql_error> set_routing(group_replica& replica, const definition_option& role);

// 19402 a replica twice in one list, 19403 one that the group does not have, 19404 one without a
// READ_ONLY_ROUTING_URL. Of the lists that `before` has in the same form nothing is said.
std::optional<sql_error> check_routing_lists(const group_configuration& group,
                                             const group_configuration& before);

// The url that this login goes to instead, if it is to go anywhere; 982 when it may be served
// nowhere.
tl::expected<std::optional<std::string>, sql_error> route_of(engine& owner,
                                                             const login_request& who,
                                                             const database_state& wanted);

}  // namespace ha::mssqlsim
