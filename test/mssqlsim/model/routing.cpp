// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/routing.hpp"

#include "test/mssqlsim/model/database_looks.hpp"

#include <algorithm>
#include <set>

namespace ha::mssqlsim {

namespace {

std::string no_url(const definition_option& given, const group_replica& replica) {
    return "The " + given.name + " '" + given.text + "' specified for availability replica '" +
           replica.name +
           "' is not valid. It does not follow the required format of "
           "'TCP://system-address:port'. For information about the correct routing URL format, "
           "see the CREATE AVAILABILITY GROUP documentation in SQL Server Books Online.";
}

sql_error twice_in_list(const std::string& name, const std::string& owner) {
    return error_of(19402,
                    "A duplicate availability replica '" + name +
                        "' was specified in the READ_ONLY_ROUTING_LIST for availability replica '" +
                        owner +
                        "'. Inspect the replica list that you specified in your command, and "
                        "remove the duplicate replica name or names from the list. Then retry the "
                        "command.");
}

sql_error not_in_group(const std::string& name,
                       const std::string& owner,
                       const std::string& group) {
    return error_of(
        19403,
        "The availability replica '" + name +
            "' specified in the READ_ONLY_ROUTING_LIST for availability replica '" + owner +
            "' does not exist. Only availability replicas that belong to the specified "
            "availability group '" +
            group +
            "' can be added to this list. To get the names of availability replicas in a given "
            "availability group, select replica_server_name from sys.availability_replicas and "
            "name from sys.availability_groups. For more information, see SQL Server Books "
            "Online.");
}

sql_error without_url(const std::string& name, const std::string& owner) {
    return error_of(
        19404,
        "An availability replica '" + name +
            "' that is specified in the READ_ONLY_ROUTING_LIST for availability replica '" + owner +
            "' does not have a value set for READ_ONLY_ROUTING_URL. Ensure a READ_ONLY_ROUTING_URL "
            "is set for each availability replica in the availability group. Specify a valid "
            "READ_ONLY_ROUTING_URL for each replica that you want to added to the "
            "READ_ONLY_ROUTING_LIST. If you are altering availability replicas of an existing "
            "availability group, you can get the names of availability replicas in a given "
            "availability group, select replica_server_name from sys.availability_replicas and "
            "name from sys.availability_groups. For more information, see SQL Server Books "
            "Online.");
}

std::optional<sql_error> check_list(const group_configuration& group, const group_replica& owner) {
    std::set<std::string, less_name> seen;
    for (const auto& together : owner.routing_list)
        for (const auto& name : together) {
            const auto* target = group.replica(name);
            if (target == nullptr) return not_in_group(name, owner.name, group.name);
            if (!seen.insert(name).second) return twice_in_list(name, owner.name);
            if (target->read_only_url.empty()) return without_url(name, owner.name);
        }
    return {};
}

sql_error nobody_reads(const std::string& database) {
    return error_of(982,
                    "Unable to access the '" + database +
                        "' database because no online secondary replicas are enabled for read-only "
                        "access. Check the availability group configuration to verify that at "
                        "least one secondary replica is configured for read-only access. Wait for "
                        "an enabled replica to come online, and retry your read-only operation.",
                    14);
}

// The primary itself, or a secondary that is there and may be read.
bool can_serve(engine& owner,
               const group_state& group,
               const group_database& entry,
               const group_replica& target) {
    if (&target == group.self()) return target.primary_connections == 2;
    if (target.secondary_connections == 0 || target.read_only_url.empty()) return false;
    const auto seen = look(owner, group, entry, target);
    return seen.state == 1 || seen.state == 2;
}

// assumption: those that stand together take readers in turn.
const group_replica* next_of(engine& owner,
                             const group_state& group,
                             const group_database& entry,
                             const std::vector<std::string>& together) {
    std::vector<const group_replica*> able;
    for (const auto& name : together)
        if (const auto* target = group.configuration.replica(name))
            if (can_serve(owner, group, entry, *target)) able.push_back(target);
    if (able.size() <= 1) return able.empty() ? nullptr : able.front();
    return able[owner.readers_spread_++ % able.size()];
}

// 1. the database is in a group that has a primary, and this replica is its secondary
// 2. the application does not say that it only reads
// 3. whoever comes to this secondary is let in (a documented table: with NO and READ_ONLY he fails)
// 4. the primary has a url for those who write
std::optional<std::string> writers_url(const group_state* group, const login_request& who) {
    if (group == nullptr || group->role != replica_role::secondary || !group->link) return {};
    if (who.read_only_intent) return {};
    const auto* self = group->self();
    if (self == nullptr || self->secondary_connections != 2) return {};
    const auto* primary = group->configuration.replica(group->followed_replica);
    if (primary == nullptr || primary->read_write_url.empty()) return {};
    return primary->read_write_url;
}

// 1. the database is in a group whose primary is here
// 2. the application only reads
// 3. the primary has a list
// 4. under the reading that asks for it: the client came to one of the group's listeners
const group_replica* router(engine& owner, const login_request& who, const group_state* group) {
    if (group == nullptr || group->role != replica_role::primary) return nullptr;
    if (!who.read_only_intent) return nullptr;
    const auto* self = group->self();
    if (self == nullptr || self->routing_list.empty()) return nullptr;
    if (owner.options_.routes_only_listeners && !came_to_listener(group->configuration, who))
        return nullptr;
    return self;
}

}  // namespace

bool came_to_listener(const group_configuration& group, const login_request& who) {
    return std::any_of(group.listeners.begin(), group.listeners.end(), [&](const auto& one) {
        const auto& all = one.addresses;
        return one.port == who.local_port &&
               std::find(all.begin(), all.end(), who.local_address) != all.end();
    });
}

bool is_url(const std::string& text) {
    constexpr std::string_view scheme = "tcp://";
    const auto colon = text.rfind(':');
    if (!lower(text).starts_with(scheme) || colon <= scheme.size()) return false;
    const auto port = text.substr(colon + 1);
    return !port.empty() && port.size() <= 5 &&
           port.find_first_not_of("0123456789") == std::string::npos;
}

std::optional<sql_error> set_routing(group_replica& replica, const definition_option& role) {
    if (const auto* url = option(role.inner, "READ_ONLY_ROUTING_URL")) {
        if (url->is_string && !is_url(url->text)) return error_of(19401, no_url(*url, replica));
        replica.read_only_url = url->is_string ? url->text : "";
    }
    if (const auto* url = option(role.inner, "READ_WRITE_ROUTING_URL")) {
        if (url->is_string && !is_url(url->text)) return error_of(47120, no_url(*url, replica));
        replica.read_write_url = url->is_string ? url->text : "";
    }
    if (const auto* list = option(role.inner, "READ_ONLY_ROUTING_LIST")) {
        replica.routing_list.clear();
        for (const auto& one : list->inner) {
            auto& together = replica.routing_list.emplace_back();
            if (one.inner.empty()) together.push_back(one.text);
            for (const auto& each : one.inner) together.push_back(each.text);
        }
    }
    return {};
}

std::optional<sql_error> check_routing_lists(const group_configuration& group,
                                             const group_configuration& before) {
    for (const auto& one : group.replicas) {
        const auto* was = before.replica(one.id);
        if (was != nullptr && was->routing_list == one.routing_list) continue;
        if (auto bad = check_list(group, one)) return bad;
    }
    return {};
}

// assumption: a list that has the primary in it serves there whoever comes that far.
tl::expected<std::optional<std::string>, sql_error> route_of(engine& owner,
                                                             const login_request& who,
                                                             const database_state& wanted) {
    const auto* group = owner.group_of(wanted);
    if (auto url = writers_url(group, who)) return url;
    const auto* self = router(owner, who, group);
    if (self == nullptr) return std::nullopt;
    const auto* entry = group->configuration.database(wanted.about.group_database_id);
    if (entry == nullptr) return tl::unexpected(nobody_reads(wanted.about.name));
    for (const auto& together : self->routing_list)
        if (const auto* target = next_of(owner, *group, *entry, together))
            return target == self ? std::nullopt : std::optional{target->read_only_url};
    return tl::unexpected(nobody_reads(wanted.about.name));
}

}  // namespace ha::mssqlsim
