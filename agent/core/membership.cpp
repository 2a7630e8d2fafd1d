// SPDX-License-Identifier: MIT
#include "agent/core/membership.hpp"

#include "agent/core/leader.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/rows.hpp"
#include "agent/core/voting.hpp"
#include "agent/core/witness.hpp"

namespace ha::agent {

namespace {

// Also of an engine that does not answer just now.
const group_view* last_group(const observation& seen) {
    const auto& last = seen.engine.last;
    return last && last->group && !last->group->replicas.empty() ? &*last->group : nullptr;
}

replica_spec leaving_member(const configured_replica& one, std::size_t place) {
    replica_spec made;
    made.name = one.name;
    made.ordinal = static_cast<int>(place);
    made.mode = one.mode;
    made.may_lead = one.mode == availability_mode::synchronous;
    made.endpoint_url = one.endpoint_url;
    made.wanted = false;
    return made;
}

template <class Replicas>
std::vector<std::string> voters_among(const Replicas& replicas) {
    std::vector<std::string> found;
    for (const auto& one : replicas)
        if (one.mode != availability_mode::asynchronous) found.push_back(one.name);
    return found;
}

bool names(const std::vector<group_member>& members, const std::string& replica) {
    return std::any_of(
        members.begin(), members.end(), [&](const auto& one) { return one.name == replica; });
}

}  // namespace

bool is_in_group(const observation& seen, const std::string& replica) {
    const auto* group = last_group(seen);
    return !group || group->find(replica);
}

bool is_let_in(const observation& seen, const peer_status& primary) {
    return primary.members.empty() || names(primary.members, seen.self.name);
}

bool is_removed(const observation& seen) {
    const auto* group = group_of(seen);
    const auto* me = group ? group->find(group->local_name) : nullptr;
    if (!me || me->id.empty() || group->local_role == role::primary) return false;
    const auto* to = leader(seen);
    if (!to || to->members.empty() || to->group_id != group->group_id) return false;
    if (to->numbered < own_configuration(seen)) return false;  // told before we were let in
    return std::find(to->members.begin(), to->members.end(), group_member{me->name, me->id}) ==
           to->members.end();
}

bool expects_members(const observation& seen) {
    const auto& all = seen.spec.replicas;
    bool joins = std::any_of(
        all.begin(), all.end(), [&](const auto& one) { return !is_in_group(seen, one.name); });
    return joins || (seen.former_voters && !seen.instance_ready);
}

std::vector<std::string> voters_of(const group_view& group) {
    return voters_among(group.replicas);
}

std::vector<std::string> voters_of(const group_spec& spec) {
    return voters_among(spec.replicas);
}

group_spec configured(const observation& seen) {
    auto found = seen.spec;
    const auto* group = last_group(seen);
    if (!group) return found;
    std::erase_if(found.replicas, [&](const auto& one) { return !group->find(one.name); });
    for (auto& one : found.replicas) one.mode = group->find(one.name)->mode;
    return found;
}

// Each turn asks for it: what it does not copy is most of a specification.
group_spec configured_modes(const observation& seen) {
    const auto* group = last_group(seen);
    group_spec found;
    found.required = seen.spec.required;
    found.replicas.reserve(seen.spec.replicas.size());
    for (const auto& one : seen.spec.replicas) {
        const auto* member = group ? group->find(one.name) : nullptr;
        if (group && !member) continue;
        found.replicas.emplace_back().mode = member ? member->mode : one.mode;
    }
    return found;
}

int required_of_members(const observation& seen) {
    auto modes = configured_modes(seen);
    auto full = std::min(wanted_required(modes), std::max(count_voters(modes).data - 1, 0));
    const auto* group = group_of(seen);
    if (!group || seen.spec.required || group->required >= full) return full;
    auto members = configured(seen);
    std::erase_if(members.replicas, [&](const auto& one) {
        return one.name != seen.self.name && !is_in_step(*group, *group->find(one.name));
    });
    return std::max(group->required, std::min(full, wanted_required(members)));
}

void keep_members(observation& seen) {
    auto& all = seen.spec.replicas;
    std::erase_if(all, [](const auto& one) { return !one.wanted; });
    if (!seen.spec_known) return;
    if (const auto* group = last_group(seen))
        for (const auto& one : group->replicas)
            if (!seen.spec.find(one.name)) all.push_back(leaving_member(one, all.size()));
    std::erase_if(seen.peers, [&](const auto& one) { return !seen.spec.find(one.first); });
    for (const auto& one : all)
        if (one.name != seen.self.name) seen.peers.try_emplace(one.name);
}

void notice_voters(observation& seen, const engine_view& next) {
    const auto* before = last_group(seen);
    if (!before || !next.group) return;
    auto former = voters_of(*before);
    if (former != voters_of(*next.group)) seen.former_voters = std::move(former);
}

namespace {

// How many of these have told that they have our configuration.
std::size_t reports(const observation& seen, const std::vector<std::string>& of) {
    auto own = own_configuration(seen);
    return static_cast<std::size_t>(std::count_if(of.begin(), of.end(), [&](const auto& name) {
        if (name == seen.self.name) return true;
        const auto* told = answer_of(seen, name);
        return told && (told->numbered >= own || shares_configuration(seen, *told));
    }));
}

}  // namespace

// 1. we are the only voter: every majority of us and of one that left, or has yet to come, has us
//    in it, and we know our configuration
// 2. otherwise majorities of the voters of now and of before have it
// Who the voters were before is not known to a supervisor that was started since: then enough for
// one more and for one fewer of them.
bool is_reported(const observation& seen) {
    auto now = voters(seen);
    auto count = reports(seen, now);
    if (now.size() == 1) return count == 1;
    auto enough = majority_of(now.size());
    if (const auto& former = seen.former_voters)
        return count >= enough && reports(seen, *former) >= majority_of(former->size());
    auto with_one_more = majority_of(now.size() + 1);
    auto with_one_fewer = majority_of(now.size() - 1) + 1;
    return count >= std::max({enough, with_one_more, with_one_fewer});
}

namespace {

group_spec after(const observation& seen, const member_change& change) {
    auto next = configured(seen);
    std::erase_if(next.replicas, [&](const auto& one) { return one.name == change.replica.name; });
    if (change.what != change_members::how::remove) next.replicas.push_back(change.replica);
    return next;
}

bool may_be_added(const observation& seen, const std::string& replica) {
    const auto* told = answer_of(seen, replica);
    return told && told->engine_known && told->ready;
}

// A majority of those who are to vote knows the configuration now: one that is to come does not,
// and may take long to join. From one to two there is no other way.
bool has_majority_in(const observation& seen, const group_spec& next) {
    auto voting = voters_of(next);
    auto count = reports(seen, voting);
    return count >= majority_of(voting.size()) || (voting.size() == 2 && voters(seen).size() == 1);
}

// Those who stay have what REQUIRED needs, now.
bool is_enough_for_commits(const observation& seen, const group_spec& left) {
    const auto& group = *group_of(seen);
    int in_step = 0;
    for (const auto& one : left.replicas) {
        bool data = one.mode == availability_mode::synchronous && one.name != seen.self.name;
        in_step += data && is_in_step(group, *group.find(one.name)) ? 1 : 0;
    }
    return in_step >= group.required;
}

bool touches_two_data_voters(const observation& seen, const group_spec& next) {
    return count_voters(configured_modes(seen)).two_data_voters() ||
           count_voters(next).two_data_voters();
}

// Beside two that hold data a replica that holds none asks for REQUIRED 0 (47108), which the set of
// rule 27 forbids.
bool changes_witness(const observation& seen, const group_spec& next) {
    return touches_two_data_voters(seen, next) &&
           (count_voters(configured_modes(seen)).witness || count_voters(next).witness);
}

void find_obstacles(const observation& seen, member_change& change) {
    using how = change_members::how;
    auto add = [&](bool bad, std::string_view code) {
        if (bad) change.obstacles.push_back(code);
    };
    const auto& group = *group_of(seen);
    auto next = after(seen, change);
    add(changes_witness(seen, next), reason::witness_stays);
    if (change.what == how::add) {
        bool there = may_be_added(seen, change.replica.name);
        add(!there, reason::member_silent);
        add(there && is_of_other_group(seen, *seen.peers.at(change.replica.name).status),
            reason::other_group);
    } else {
        bool spared = is_enough_for_commits(seen, next) && has_majority_in(seen, next);
        add(!spared, reason::member_needed);
    }
    add(group.commit_pending, reason::commit_pending);
    bool known = is_reported(seen) && (change.what == how::remove || has_majority_in(seen, next));
    add(!known, reason::change_unreported);
}

// What becomes a witness, or was one, is removed and added: no statement changes it.
bool differs(const configured_replica& is, const replica_spec& wanted) {
    auto witness = availability_mode::configuration_only;
    if (is.mode == witness || wanted.mode == witness) return false;
    return is.mode != wanted.mode || is.endpoint_url != wanted.endpoint_url;
}

}  // namespace

// Additions first, so that a replica that takes another's place is there before that one goes; then
// changes; then those who go, the last of the list first, and never the primary itself before them.
std::optional<member_change> first_difference(const observation& seen) {
    using how = change_members::how;
    const auto& group = *group_of(seen);
    const auto& all = seen.spec.replicas;
    for (const auto& one : all)
        if (!group.find(one.name)) return member_change{how::add, one, {}};
    for (const auto& one : all)
        if (one.wanted && differs(*group.find(one.name), one))
            return member_change{how::modify, one, {}};
    std::optional<member_change> last;
    for (auto one = all.rbegin(); one != all.rend(); ++one) {
        if (one->wanted) continue;
        last = member_change{how::remove, *one, {}};
        if (one->name != seen.self.name) break;
    }
    return last;
}

std::optional<member_change> next_member_change(const observation& seen) {
    const auto* group = group_of(seen);
    if (!is_primary(seen) || !seen.spec_known || !group || group->replicas.empty()) return {};
    auto change = first_difference(seen);
    if (change) find_obstacles(seen, *change);
    return change;
}

std::optional<member_change> next_read_scale_change(const observation& seen) {
    const auto* group = group_of(seen);
    if (!is_read_scale_primary(seen) || primaries(seen).size() != 1) return {};
    if (!seen.spec_known || !group || group->replicas.empty()) return {};
    auto change = first_difference(seen);
    if (!change) return {};
    auto add = [&](bool bad, std::string_view code) {
        if (bad) change->obstacles.push_back(code);
    };
    add(change->replica.name == seen.self.name, reason::is_primary);
    add(group->commit_pending, reason::commit_pending);
    if (change->what == change_members::how::add)
        add(!may_be_added(seen, change->replica.name), reason::member_silent);
    else
        add(!is_enough_for_commits(seen, after(seen, *change)), reason::member_needed);
    return change;
}

bool needs_lone_primary(const observation& seen) {
    bool set = seen.lease.record && seen.lease.record->synchronized;
    auto next = next_member_change(seen);
    if (!next || !next->obstacles.empty() || next->replica.name == seen.self.name) return false;
    return (seen.spec.lease_witness || set) && touches_two_data_voters(seen, after(seen, *next));
}

std::string_view words_for(change_members::how what) {
    switch (what) {
        case change_members::how::add: return "added";
        case change_members::how::modify: return "changed";
        case change_members::how::remove: break;
    }
    return "removed";
}

}  // namespace ha::agent
