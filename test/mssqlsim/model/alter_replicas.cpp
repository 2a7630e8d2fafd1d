// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/group_options.hpp"

// ALTER AVAILABILITY GROUP ... ADD, MODIFY and REMOVE REPLICA, and what becomes of a removed one:
// sqlserver.md 2.13, 6, 7.

namespace ha::mssqlsim {

namespace {

constexpr std::size_t replicas_most = 9;  // sqlserver.md 6

// assumption: a replica that is there already is answered like one that is named twice.
std::optional<sql_error> refuses_more(const group_configuration& group,
                                      const definition_statement& what) {
    for (const auto& given : what.replicas)
        if (group.replica(given.text) != nullptr) return named_twice(given.text);
    if (group.replicas.size() + what.replicas.size() <= replicas_most) return {};
    return error_of(35223,
                    "Cannot add " + std::to_string(what.replicas.size()) +
                        " availability replica(s) to availability group '" + group.name +
                        "'. The availability group already contains " +
                        std::to_string(group.replicas.size()) +
                        " replica(s), and the maximum number of replicas supported in an "
                        "availability group is " +
                        std::to_string(replicas_most) + ".");
}

progress add(engine& owner, const definition_statement& what, group_state& group) {
    group_configuration next = group.configuration;
    if (auto bad = refuses_more(next, what)) return failed_with(*bad);
    for (const auto& given : what.replicas) {
        group_replica fresh;
        fresh.id = owner.make_guid();
        fresh.name = given.text;
        fresh.create_date = fresh.modify_date = owner.utc();
        if (auto bad = set_replica_options(next, fresh, given, true)) return failed_with(*bad);
        next.replicas.push_back(std::move(fresh));
    }
    return owner.propose_only(group, std::move(next));
}

sql_error no_such_replica(const group_state& group, const std::string& replica) {
    return error_of(35210,
                    "Failed to modify options for availability replica '" + replica +
                        "' in availability group '" + group.configuration.name +
                        "'. The specified availability group does not contain an availability "
                        "replica with specified name. Verify that availability group name and "
                        "availability replica name are correct, then retry the operation.");
}

// Waited for no longer, and in no set any more.
void leave_sets(group_configuration& next, group_state& group, const std::string& id) {
    for (auto& one : next.databases) std::erase(one.synchronized, id);
    const auto at = group.followers.find(id);
    if (at == group.followers.end()) return;
    for (auto& [database, one] : at->second.databases) one.synchronized = false;
}

progress modify(engine& owner, const definition_statement& what, group_state& group) {
    group_configuration next = group.configuration;
    for (const auto& given : what.replicas) {
        auto* known = next.replica(given.text);
        if (known == nullptr) return failed_with(no_such_replica(group, given.text));
        const group_replica before = *known;
        if (auto bad = set_replica_options(next, *known, given, false)) return failed_with(*bad);
        if (*known == before) continue;
        known->modify_date = owner.utc();
        if (known->mode != replica_mode::synchronous) leave_sets(next, group, known->id);
    }
    progress end = owner.commit(group, std::move(next), "modify-replica");
    for (const auto& one : group.configuration.replicas) owner.offer_databases(group, one.id);
    return end;
}

// assumption: the numbers for a replica that is not there, and for the primary itself.
progress remove(engine& owner, const definition_statement& what, group_state& group) {
    group_configuration next = group.configuration;
    const auto* known = next.replica(what.names.front());
    if (known == nullptr)
        return failed_with(
            error_of(41167,
                     "An error occurred while attempting to access availability replica '" +
                         what.names.front() + "' in availability group '" + next.name +
                         "'. The availability replica is not found in the availability group "
                         "configuration. Verify that the availability group and availability "
                         "replica names are correct, then retry the command."));
    const std::string id = known->id;
    if (id == group.own_id)
        return failed_with(
            error_of(41190,
                     "Availability group '" + next.name +
                         "' failed to process remove-replica command. The local availability "
                         "replica is not in a state that could process the command. Verify that "
                         "the availability group is online and that the local availability "
                         "replica is the primary replica, then retry the command."));
    std::erase_if(next.replicas, [&](const auto& one) { return one.id == id; });
    leave_sets(next, group, id);
    if (auto bad = check_group(next)) return failed_with(*bad);
    owner.lose_follower(group, id);
    return owner.commit(group, std::move(next), "remove-replica");
}

}  // namespace

progress engine::alter_replicas(const definition_statement& what, group_state& group) {
    if (what.action == "ADD REPLICA") return add(*this, what, group);
    if (what.action == "MODIFY REPLICA") return modify(*this, what, group);
    return remove(*this, what, group);
}

// Once it stands. To those who are not there now it is told when they ask to follow.
void engine::tell_removed(const group_state& group) {
    if (group.uncommitted) return;
    for (const auto& [number, one] : links_)
        if (one.greeted && one.news.contains(group.configuration.id) &&
            group.configuration.replica(one.peer) == nullptr)
            send(number, configuration_offer{group.configuration, false, false, group.promotion});
}

// assumption: a removed replica keeps its own copy of the group as it was, RESOLVING, until it is
// dropped; its databases are RESTORING from when it hears of it.
void engine::leave_group(group_state& group) {
    if (group.role == replica_role::primary) return;
    detach(group);
    become(group, replica_role::resolving);
    for (auto& [name, one] : databases_) {
        if (one.about.group_id != group.configuration.id) continue;
        one.about.group_id.clear();
        one.about.restoring = true;
        append(one.about);
    }
}

}  // namespace ha::mssqlsim
