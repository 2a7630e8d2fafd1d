// SPDX-License-Identifier: MIT
#include "agent/core/orders.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/rows.hpp"
#include "agent/core/witness.hpp"

#include <array>

// What a primary owes to others (rules 17 and 24), and what every pod's label says.

namespace ha::agent {

using namespace std::chrono_literals;

bool is_primary(const observation& seen) {
    return has_right_to_primary(seen) && engine_role(seen) == role::primary &&
           seen.record.value.line == seen.held->of;
}

namespace {

// 1. primary under its own line, and the peers have not been told under this term
action push(glance& look) {
    const auto& seen = look.seen;
    if (!is_primary(seen) || seen.pushing || seen.pushed_term == seen.held->of) return {};
    primary_notice notice;
    notice.replica = seen.self.name;
    notice.pod_uid = seen.self.uid;
    notice.of = seen.held->of;
    notice.numbered = own_configuration(seen);
    notice.endpoint_url = seen.engine.last->endpoint_url;
    return push_primary{notice};
}

// The label tells only of our own verified role; whoever is between roles carries none. In a
// hand-over writes go on until OFFLINE is asked for, and so does the route.
std::string wanted_label(const observation& seen) {
    bool stays = !seen.leaving || (seen.leaving->orderly && !has_asked_to_leave(seen));
    if (is_primary(seen) && stays) return "primary";
    const auto* group = group_of(seen);
    if (!group || group->local_role != role::secondary) return "none";
    const auto* me = own_spec(seen);
    return me && me->readable ? "readable-secondary" : "secondary";
}

}  // namespace

// 1. the label is not what the verified role asks for; an engine of which nothing is known keeps a
//    secondary's label, never a primary's
// 2. or the last patch had no good answer: it may have been done all the same
// 3. no patch is under way, and the last one that failed is a second ago
action write_label(glance& look) {
    const auto& seen = look.seen;
    if (seen.labelling || !look.past(seen.label_failed_at, 1s)) return {};
    bool unknown = !engine_answers(seen) && seen.label_role != "primary";
    auto wanted = regime_of(seen) == regime::protocol ? wanted_label(seen) : read_scale_label(seen);
    bool sure = !seen.label_failed_at;
    if (unknown || (sure && wanted == seen.label_role)) return {};
    return write_labels{wanted, wanted == "primary"};
}

namespace {

// What rule 14 would ask of the target and only its supervisor knows. What our own engine shows of
// it is newer than anything told: that it works, and how far it is.
void add_unfit(const observation& seen, const peer_status& told, std::vector<std::string>& no) {
    auto add = [&](bool bad, std::string_view code) {
        if (bad) no.emplace_back(code);
    };
    const auto* group = group_of(seen);
    add(group && !told.group_id.empty() && told.group_id != group->group_id, reason::other_group);
    add(!told.record_intact, reason::record_missing);
    add(told.strange.has_value(), reason::strange_primary);
    const auto& lease = seen.lease.record;
    add(lease && lease->forced && told.line < *lease->forced, reason::below_forced);
}

}  // namespace

std::vector<std::string> switchover_refusals(const observation& seen, const std::string& target) {
    std::vector<std::string> no;
    auto add = [&](bool bad, std::string_view code) {
        if (bad) no.emplace_back(code);
    };
    const auto* spec = seen.spec.find(target);
    add(seen.orders.pause.has_value(), reason::paused);
    add(!spec, reason::target_unknown);
    if (!spec) return no;
    add(spec->mode != availability_mode::synchronous, reason::not_synchronous);
    add(!spec->may_lead, reason::may_not_lead);
    add(is_fenced(seen, target), reason::fenced);
    add(is_barred_by_set(seen, target), reason::not_in_set);
    add(!spec->wanted, reason::not_wanted);
    const auto* told = answer_of(seen, target);
    add(!told, reason::target_silent);
    if (told) add_unfit(seen, *told, no);
    const auto* group = group_of(seen);
    add(group && group->commit_pending, reason::commit_pending);
    if (!group) return no;
    const auto* one = group->find(target);
    add(!one, reason::target_unknown);
    if (!one) return no;
    add(!is_in_step(*group, *one), reason::target_not_synchronized);
    add(!redo_is_short(seen, *one), reason::target_redo_behind);
    return no;
}

namespace {

bool has_looked_since(const observation& seen, const standing_request& asked) {
    return seen.engine.last && seen.engine.last->sent_at >= asked.since;
}

// The request that this primary is to judge.
const standing_request* judged(const observation& seen) {
    return is_primary(seen) && !seen.leaving ? open_request(seen) : nullptr;
}

bool is_fulfilled(const observation& seen, const standing_request& asked) {
    if (asked.what.accepts_loss) return false;
    const auto& acquired = seen.running.acquired_at;
    bool moved = acquired && *acquired >= asked.since;
    return asked.what.target.empty() ? moved : asked.what.target == seen.self.name;
}

std::string target_of(const observation& seen, const switchover_request& asked) {
    return asked.target.empty() ? best_target(seen) : asked.target;
}

// A pause came first, or the target refused by OFFLINE's own check, or it was let have the role and
// did not take it.
std::string_view why_unmoved(const observation& seen) {
    if (seen.orders.pause) return reason::paused;
    return seen.hands.offline_refused ? reason::target_not_synchronized
                                      : reason::target_did_not_take_over;
}

// 1. somebody asked for a switchover to another, and we are primary
// 2. the last look at the engine is older than the request: what it showed may have passed
action look_before_answering(glance& look) {
    const auto& seen = look.seen;
    const auto* asked = judged(seen);
    if (!asked || has_looked_since(seen, *asked)) return {};
    if (!engine_answers(seen) || !look.past(seen.hands.look_asked, 25ms)) return {};
    return look_now{};
}

// 1. somebody asked for a switchover, and we are primary
// 2. we are the target, or it names none and we took over since: it is done
// 3. we stepped down for it before and are primary again: the target did not take over
// 4. a precondition is not met: refused at once, with every reason
action answer(glance& look) {
    const auto& seen = look.seen;
    const auto* open = judged(seen);
    if (!open) return {};
    const auto& asked = open->what;
    if (is_fulfilled(seen, *open)) return answer_request{{asked.id, true, {}}};
    if (seen.attempted_request == asked.id)
        return answer_request{{asked.id, false, {std::string(why_unmoved(seen))}}};
    if (!has_looked_since(seen, *open)) return {};
    auto reasons = switchover_refusals(seen, target_of(seen, asked));
    if (asked.accepts_loss) reasons.emplace(reasons.begin(), reason::data_loss_refused);
    if (reasons.empty()) return {};
    return answer_request{{asked.id, false, reasons}};
}

// 1. as above, and nothing speaks against it
action switch_over(glance& look) {
    const auto& seen = look.seen;
    const auto* open = judged(seen);
    if (!open || !has_looked_since(seen, *open)) return {};
    step_down how;
    how.reason = reason::switchover;
    how.target = target_of(seen, open->what);
    how.since = seen.now;
    how.orderly = true;
    how.request = open->what.id;
    return begin_step_down{how};
}

// Off PRIMARY again, and not to follow us in this term.
bool needs_new_term(const observation& seen, const peer_view& peer) {
    if (!peer_answers(peer) || !peer.answered_at) return false;
    if (seen.now - *peer.answered_at >= seen.chosen.times.lease) return false;
    const auto& told = *peer.status;
    return told.strange && *told.strange >= seen.held->of && told.engine_known &&
           told.local_role != role::primary;
}

// 1. we are primary, and a peer's engine was made primary by hand in our term
// 2. it follows nobody in this term: whoever gets the votes takes the next one, ourselves included
//    (rule 32)
action begin_new_term(glance& look) {
    const auto& seen = look.seen;
    if (!is_primary(seen) || seen.leaving) return {};
    bool needed = std::any_of(seen.peers.begin(), seen.peers.end(), [&](const auto& one) {
        return needs_new_term(seen, one.second);
    });
    if (!needed) return {};
    step_down how;
    how.reason = reason::strange_primary;
    how.since = seen.now;
    how.orderly = true;
    return begin_step_down{how};
}

constexpr std::array table{
    rule{"push_primary", "The peers have not been told yet that they have a new primary.", push},
    rule{"write_labels", "The pod's label is not what its verified role asks for.", write_label},
    rule{"look_before_answering",
         "A request is newer than the last look at the engine: it is looked at first.",
         look_before_answering},
    rule{"answer_request", "A request is done, or cannot be: it is answered.", answer},
    rule{"begin_new_term",
         "Another engine was made primary by hand and can follow only in a new term: the role is "
         "given up for an election.",
         begin_new_term},
    rule{"switch_over", "Somebody asked for a switchover and nothing forbids it.", switch_over},
};

}  // namespace

std::span<const rule> primary_rules() {
    return table;
}

}  // namespace ha::agent
