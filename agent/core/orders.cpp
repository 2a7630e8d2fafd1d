// SPDX-License-Identifier: MIT
#include "agent/core/orders.hpp"

#include "agent/core/read_scale.hpp"
#include "agent/core/takeover.hpp"

#include <algorithm>
#include <iterator>

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

// Renewals, the end of authority, seals; what was begun is ended; looks, answers, labels. A row
// that is not here waits for the end of the pause.
constexpr std::string_view rows_in_pause[] = {
    "surrender",
    "demote_without_authority",
    "kill_disobedient_engine",
    "end_old_sessions",
    "mark_strange_primary",
    "clear_promotion",
    "note_configuration",
    "watch_role",
    "watch_commit",
    "renew_write_lease",
    "read_lease",
    "renew_lease",
    "renew_for_hand_over",
    "restore_lease",
    "inherit_lease",
    "leave_fenced_pod",
    "call_off_hand_over",
    "stay_primary",
    "step_offline",
    "step_kill",
    "release_lease",
    "give_up_gone_lease",
    "finish_step_down",
    "refuse_vote",
    "record_vote",
    "seal_vote",
    "answer_for_dead_engine",
    "look_for_seal",
    "give_up_seal",
    "answer_vote",
    "give_up_candidacy",
    "take_line",
    "promote",
    "watch_promotion",
    "record_promotion",
    "collect_votes",
    "acquire_lease",
    "look_before_asking",
    "ask_prevotes",
    "ask_peers",
    "mark_group",
    "create_group",
    "record_creation",
    "acquire_to_create",
    "clear_strange",
    "push_primary",
    "write_labels",
    "look_before_answering",
    "answer_request",
};

// Whom our own seal took off its primary is put under the new one: without it nothing is written.
bool ends_a_seal(const observation& seen, std::string_view row) {
    return (row == "record_leader" || row == "follow") && seen.hands.offline_answered;
}

}  // namespace

bool goes_on_in_pause(std::string_view row) {
    return std::ranges::find(rows_in_pause, row) != std::end(rows_in_pause);
}

bool stands_still(const observation& seen) {
    return seen.orders.pause || is_refused(seen);
}

bool acts_nevertheless(const observation& seen, std::string_view row) {
    return goes_on_in_pause(row) || ends_a_seal(seen, row);
}

bool is_fenced(const observation& seen, const std::string& replica) {
    const auto& all = seen.orders.fenced;
    return std::ranges::find(all, replica) != all.end();
}

bool may_ever_lead(const observation& seen, const replica_spec& one) {
    return one.may_lead && one.mode == availability_mode::synchronous && !is_fenced(seen, one.name);
}

bool may_run(const observation& seen, const replica_spec& one) {
    return one.automatic && may_ever_lead(seen, one);
}

bool is_hand_over_under_way(const observation& seen) {
    return released_for_me(seen) && seen.now - *seen.lease.changed_at < 2s;
}

const standing_request* open_request(const observation& seen) {
    if (!seen.answered) return nullptr;
    auto open = std::ranges::find_if(seen.requests, [&](const standing_request& one) {
        const auto& id = one.what.id;
        return !seen.answered->contains(id) &&
               std::ranges::find(seen.answers, id, &request_answer::id) == seen.answers.end();
    });
    return open == seen.requests.end() ? nullptr : &*open;
}

bool is_named_to_lead(const observation& seen) {
    if (released_for_me(seen) || before_bootstrap(seen) || peers_know_no_group(seen)) return true;
    return std::ranges::any_of(seen.requests, [&](const standing_request& one) {
        return one.is_news && !one.what.accepts_loss && one.what.target == seen.self.name &&
               seen.lease.changed_at && one.since >= *seen.lease.changed_at;
    });
}

bool may_take_back(const observation& seen) {
    const auto* me = own_spec(seen);
    return me && !me->automatic && may_ever_lead(seen, *me) && !seen.deleting &&
           !seen.record.value.strange;
}

}  // namespace ha::agent
