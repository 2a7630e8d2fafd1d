// SPDX-License-Identifier: MIT
#include "agent/core/conditions.hpp"

#include "agent/core/databases.hpp"
#include "agent/core/decision.hpp"
#include "agent/core/leader.hpp"
#include "agent/core/membership.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/voting.hpp"
#include "agent/core/witness.hpp"

#include <algorithm>

namespace ha::agent {

namespace {

using conditions = std::vector<condition>;

void set(conditions& all, std::string type, std::string_view why, std::string words) {
    all.push_back({std::move(type), std::string(why), std::move(words)});
}

void set(conditions& all, std::string type, std::string_view why) {
    set(all, std::move(type), why, std::string(reason::sentence(why)));
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& one : words) text += (text.empty() ? "" : ", ") + one;
    return text;
}

void add_blocked(const observation& seen, conditions& all) {
    const auto* group = group_of(seen);
    if (!group || group->local_role != role::primary || group->databases.empty()) return;
    if (has_enough_secondaries(seen)) return;
    set(all,
        "WritesBlocked",
        reason::not_synchronized,
        "REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT is " + std::to_string(group->required) +
            " and fewer secondaries are synchronized: writes wait for one to return.");
}

// Rule 31's two refusals: these replicas are never touched.
void add_untouched(const observation& seen, conditions& all) {
    for (const auto& [name, peer] : seen.peers) {
        if (!leads(seen, peer) || (group_of(seen) && engine_role(seen) == role::primary)) continue;
        if (is_of_other_group(seen, *peer.status))
            set(all,
                "OtherGroup",
                reason::other_group,
                "The group here has another id than the one of the primary " + name +
                    ": this replica is left as it is. Drop the group that is not wanted by hand.");
        else if (is_ahead_of(seen, *peer.status))
            set(all,
                "AheadOfPrimary",
                reason::ahead_of_primary,
                "This replica has a newer configuration than the primary " + name +
                    " in the same term: it is left as it is, because following would undo what "
                    "only it may have. Compare both before dropping the group here.");
    }
}

std::string told(const standing_order& order) {
    std::string words;
    if (!order.since.empty()) words += " since " + order.since;
    if (!order.by.empty()) words += " by " + order.by;
    return words;
}

// Rule 30.
void add_orders(const observation& seen, conditions& all) {
    const auto& orders = seen.orders;
    if (orders.pause)
        set(all,
            "Paused",
            reason::paused,
            "The group is paused" + told(*orders.pause) +
                ": nobody takes over from a primary that is lost, and nothing else is changed.");
    if (orders.fenced.empty()) return;
    set(all,
        "PodFenced",
        reason::fenced,
        listed(orders.fenced) + (orders.fenced.size() > 1 ? " are" : " is") + " fenced" +
            told(orders.fence) + ": not primary until the fence is lifted.");
}

// Rule 29: what the primary waits for before it changes the group.
void add_members(const observation& seen, conditions& all) {
    auto next = next_member_change(seen);
    if (!next || next->obstacles.empty()) return;
    std::string words =
        next->replica.name + " is to be " + std::string(words_for(next->what)) + ".";
    for (const auto& code : next->obstacles) words += " " + std::string(reason::sentence(code));
    set(all, "MembershipWaits", next->obstacles.front(), words);
}

// What somebody named and the group does not have.
void add_databases(const observation& seen, conditions& all) {
    using enum database_report::place;
    std::string words;
    std::string first;
    for (const auto& one : databases_of(seen)) {
        bool soon = one.reason == reason::database_comes || one.reason == reason::database_unseen;
        if ((one.where != waiting && one.where != refused) || soon) continue;
        if (first.empty()) first = one.reason;
        words += (words.empty() ? "" : " ") + one.name + ": " + one.words;
    }
    if (!words.empty()) set(all, "DatabaseWaits", first, words);
}

// Rule 31: the ladder has ended.
void add_stuck(const observation& seen, conditions& all) {
    if (seen.follows.endpoint_restarts < endpoint_restarts_max || !seen.follows.stuck_since) return;
    set(all,
        "ReplicaRecoveryFailed",
        reason::engines_apart,
        "The engine does not come under the primary, or gets nothing from it, although both "
        "supervisors see each other; the endpoints were restarted " +
            std::to_string(seen.follows.endpoint_restarts) +
            " times. Look into the error logs of both; DROP and JOIN on this replica is the last "
            "step.");
}

std::string trouble_of_engine(const observation& seen) {
    if (seen.engine.processes == process_state::gone)
        return "The engine here does not run. It is started again, after ever longer waits (up to "
               "five minutes) when it ends again and again: its errorlog says why it does.";
    if (!seen.engine.answered)
        return "The engine here has not answered yet since its start: it recovers.";
    return "The engine here runs and does not answer.";
}

// Whose supervisor is silent too is another matter: a lost pod or node.
void add_engines(const observation& seen, conditions& all) {
    if (!is_formed(seen)) return;
    std::string words;
    if (!engine_answers(seen)) words = trouble_of_engine(seen);
    for (const auto& [name, peer] : seen.peers) {
        if (!peer_answers(peer) || peer.status->engine_known) continue;
        words += (words.empty() ? "" : " ") + name +
                 "'s supervisor answers and its engine does not: the /status there says whether "
                 "it recovers, hangs or does not run.";
    }
    if (!words.empty()) set(all, "EngineDown", reason::engine_unknown, words);
}

// Rules 16 and 26: a minority waits and says for whom, and why nobody here takes over.
void add_headless(const observation& seen, conditions& all) {
    bool formed = seen.lease.record &&
                  (!seen.lease.record->group_id.empty() || !seen.record.value.group_id.empty());
    if (!formed || holds_authority(seen) || somebody_leads(seen) || is_attached(seen)) return;
    std::vector<std::string> silent;
    for (const auto& name : voters(seen)) {
        const auto* told = answer_of(seen, name);
        if (name != seen.self.name && !(told && told->engine_known)) silent.push_back(name);
    }
    auto refusals = candidate_refusals(seen);
    if (silent.empty() && refusals.empty()) return;
    std::string words = "There is no primary.";
    if (!silent.empty()) words += " Waited for: " + listed(silent) + ".";
    if (!refusals.empty()) {
        words += " This replica does not take over:";
        for (const auto& code : refusals) words += " " + std::string(reason::sentence(code));
    }
    if (lease_is_witness(seen) && !seen.lease.record->synchronized)
        words += " " + std::string(reason::sentence(reason::set_unknown)) +
                 " The one whose log is at least as long takes over when both are up.";
    if (seen.vetoed && seen.vetoed->reason == reason::not_synchronized)
        words += " Its engine refused (41142): bring back who was primary, or force a failover.";
    set(all, "NoPrimary", reason::no_majority, words);
}

}  // namespace

std::vector<condition> conditions_of(const observation& seen) {
    conditions all;
    add_read_scale(seen, all);
    if (regime_of(seen) != regime::protocol) {
        add_orders(seen, all);
        add_blocked(seen, all);
        add_engines(seen, all);
        return all;
    }
    if (seen.hands.fencing_unavailable) set(all, "FencingUnavailable", reason::fencing_unavailable);
    if (!seen.record.trouble.empty())
        set(all, "RecordUnreadable", reason::newer_format, seen.record.trouble);
    if (seen.record.value.strange)
        set(all,
            "PrimaryMadeByHand",
            reason::strange_primary,
            "Ask for a switchover instead: write it into the group's request ConfigMap.");
    add_orders(seen, all);
    add_blocked(seen, all);
    add_members(seen, all);
    add_databases(seen, all);
    add_two_voters(seen, all);
    add_untouched(seen, all);
    add_stuck(seen, all);
    add_engines(seen, all);
    add_headless(seen, all);
    return all;
}

}  // namespace ha::agent
