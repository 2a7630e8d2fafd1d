// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/edition.hpp"
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/group_options.hpp"
#include "test/mssqlsim/model/routing.hpp"

#include <algorithm>

// ALTER AVAILABILITY GROUP ... ADD, MODIFY and REMOVE REPLICA, and what becomes of a removed one:
// sqlserver.md 2.13, 6, 7.

namespace ha::mssqlsim {

namespace {

bool will_have_data(const definition_option& given) {
    const auto* mode = option(given.inner, "AVAILABILITY_MODE");
    return mode == nullptr || mode->text != "CONFIGURATION_ONLY";
}

std::optional<sql_error> refuses_more(const group_configuration& group,
                                      const definition_statement& what) {
    for (const auto& given : what.replicas)
        if (group.replica(given.text) != nullptr) return numbered(35282, {given.text, group.name});
    const auto more = static_cast<std::size_t>(
        std::count_if(what.replicas.begin(), what.replicas.end(), will_have_data));
    const auto before = replicas_with_data(group);
    if (before + more <= replicas_most(group)) return {};
    return numbered(35223,
                    {std::to_string(more),
                     group.name,
                     std::to_string(before),
                     std::to_string(replicas_most(group))});
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
    if (auto bad = check_routing_lists(next, group.configuration)) return failed_with(*bad);
    return owner.propose_only(group, std::move(next));
}

sql_error no_such_replica(const group_state& group, const std::string& replica) {
    return numbered(35210, {replica, group.configuration.name});
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
    if (auto bad = check_routing_lists(next, group.configuration)) return failed_with(*bad);
    progress end = owner.commit(group, std::move(next), "modify-replica");
    for (const auto& one : group.configuration.replicas) owner.offer_databases(group, one.id);
    return end;
}

progress remove(engine& owner, const definition_statement& what, group_state& group) {
    group_configuration next = group.configuration;
    const auto* known = next.replica(what.names.front());
    if (known == nullptr) return failed_with(numbered(35283, {what.names.front(), next.name}));
    const std::string id = known->id;
    if (id == group.own_id) return failed_with(numbered(35284, {known->name, next.name}));
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
