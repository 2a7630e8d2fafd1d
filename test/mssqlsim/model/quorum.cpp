// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/group_options.hpp"

#include <algorithm>

// Configuration commits and commit rules: sqlserver.md 2.5-2.9, protocol.md readings A and B.

namespace ha::mssqlsim {

// A change is stored here first, then at the followers; it stands when a majority of the voters has
// it. While it is open, commits wait for the old and the new synchronized set.
void engine::propose(group_state& group, group_configuration next) {
    for (const auto& one : group.configuration.databases)
        group.also_waited_for.insert(one.synchronized.begin(), one.synchronized.end());
    next.sequence_number = group.configuration.sequence_number + 1;
    group.configuration = std::move(next);
    group.uncommitted = true;
    if (!group.commit_started) group.commit_started = utc();
    save_group(group);
    for (const auto& [id, one] : group.followers)
        send(one.link, configuration_offer{group.configuration, true, false, group.promotion});
}

// assumption: CREATE, ADD REPLICA and ADD DATABASE do not wait for a majority of voters, for at
// bootstrap nobody has joined yet; other changes do.
progress engine::propose_only(group_state& group, group_configuration next) {
    if (auto bad = check_group(next)) return failed_with(*bad);
    propose(group, std::move(next));
    next_dial_.clear();
    return until_hardened(last_position_);
}

progress engine::commit(group_state& group,
                        group_configuration next,
                        const std::string& statement) {
    if (auto bad = check_group(next)) return failed_with(*bad);
    if (next == group.configuration) return statement_end{};
    propose(group, std::move(next));
    const std::string id = group.configuration.id;
    const std::string turn = group.promotion;
    const std::string name = group.configuration.name;
    return statement_wait{
        [this, id, turn, name, statement](instant) -> std::optional<statement_end> {
            const auto* still = this->group(id);
            if (still == nullptr || still->promotion != turn)
                return failed_with(numbered(41190, {name, statement}));
            if (still->uncommitted) return {};
            return statement_end{};
        }};
}

void engine::configuration_stored_here(group_state& group, std::int64_t sequence_number) {
    if (group.configuration.sequence_number != sequence_number) return;
    group.stored_here = true;
    if (group.role == replica_role::primary) check_configuration(group);
    if (group.role == replica_role::secondary && group.link)
        send(*group.link,
             configuration_stored{group.configuration.id, group.followed, sequence_number});
}

void engine::check_configuration(group_state& group) {
    if (!group.uncommitted || !group.stored_here) return;
    std::size_t stored = 0;
    for (const auto& one : group.configuration.replicas) {
        if (!one.votes()) continue;
        const auto at = group.followers.find(one.id);
        if (one.id == group.own_id || (at != group.followers.end() &&
                                       at->second.stored == group.configuration.sequence_number))
            ++stored;
    }
    if (stored < group.configuration.quorum()) return;
    group.uncommitted = false;
    group.commit_started.reset();
    group.also_waited_for.clear();
    append(group_record{
        group.configuration, false, group.was_primary, group.may_create_databases, false});
    tell_removed(group);
}

std::vector<std::string_view> engine::awaited(const group_state& group,
                                              const group_database& database) const {
    std::vector<std::string_view> made;
    const auto add = [&](std::string_view id) {
        if (id != group.own_id) made.push_back(id);
    };
    if (options_.engine_reading == reading::b) {
        for (const auto& [id, one] : group.followers) {
            const auto at = one.databases.find(database.id);
            if (at != one.databases.end() && at->second.synchronized) add(id);
        }
        return made;
    }
    for (const auto& id : database.synchronized) add(id);
    if (!group.uncommitted) return made;
    for (const auto& id : group.also_waited_for)
        if (!database.holds(id)) add(id);
    return made;
}

bool engine::commit_may_end(const group_state& group,
                            const group_database& database,
                            std::int64_t lsn) const {
    if (faults_.commits_hang || group.role != replica_role::primary || !lease_stands(group))
        return false;
    if (faults_.commits_alone) return true;
    std::int64_t hardened = 0;
    for (const auto& id : awaited(group, database)) {
        const auto at = group.followers.find(id);
        if (at == group.followers.end()) return false;
        const auto there = at->second.databases.find(database.id);
        if (there == at->second.databases.end() || there->second.hardened < lsn) return false;
        ++hardened;
    }
    return hardened >= group.configuration.required;
}

std::int64_t engine::synchronized_secondaries(const group_state& group,
                                              const group_database& database) const {
    std::int64_t count = 0;
    for (const auto& [id, one] : group.followers) {
        const auto at = one.databases.find(database.id);
        if (at == one.databases.end()) continue;
        count +=
            (options_.engine_reading == reading::b ? at->second.synchronized : database.holds(id))
                ? 1
                : 0;
    }
    return count;
}

bool engine::has_required(const group_state& group, const group_database& database) const {
    return faults_.commits_alone ||
           synchronized_secondaries(group, database) >= group.configuration.required;
}

namespace {

bool has_everything(const follower_database& there, const database_state& here) {
    return there.ready && there.hardened >= here.end();
}

}  // namespace

// On the primary: followers that caught up enter the set, replicas that are gone leave it. Both are
// one configuration commit under reading A, and nothing at all on disk under reading B.
void engine::adjust_synchronized(group_state& group) {
    if (group.role != replica_role::primary) return;
    // Copied when the first change is seen: most looks see none.
    std::optional<group_configuration> next;
    for (std::size_t place = 0; place < group.configuration.databases.size(); ++place) {
        const auto& one = group.configuration.databases[place];
        const auto change = [&](auto how) {
            if (!next) next = group.configuration;
            how(next->databases[place].synchronized);
        };
        const auto* local = database_by_group_id(one.id);
        if (local == nullptr) continue;
        for (const auto& replica : group.configuration.replicas) {
            if (replica.id == group.own_id || replica.mode != replica_mode::synchronous) continue;
            const auto at = group.followers.find(replica.id);
            follower_database* there = nullptr;
            if (at != group.followers.end())
                if (const auto slot = at->second.databases.find(one.id);
                    slot != at->second.databases.end())
                    there = &slot->second;
            const bool caught_up = there != nullptr && has_everything(*there, *local);
            if (caught_up) there->synchronized = true;
            // What is wrong with the primary's own copy takes nobody else out of the set: whoever
            // has everything may still replace it.
            const bool stopped =
                local->about.suspended != suspension::none ||
                (there != nullptr && (there->suspended != suspension::none || there->damaged));
            const bool gone = at == group.followers.end() || !at->second.reads_our_log;
            // assumption: a member that never attached to this primary is given its session
            // timeout.
            const bool given_time =
                now_ < group.primary_since + std::chrono::seconds{replica.session_timeout} &&
                !options_.promotion_raises_number;
            if (caught_up && !one.holds(replica.id)) {
                change([&](auto& members) { members.push_back(replica.id); });
            } else if (((gone && !given_time) || stopped) && one.holds(replica.id)) {
                change([&](auto& members) { std::erase(members, replica.id); });
            }
        }
    }
    if (next && options_.engine_reading == reading::a) propose(group, std::move(*next));
}

}  // namespace ha::mssqlsim
