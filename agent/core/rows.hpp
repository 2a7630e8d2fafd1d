// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/decision.hpp"

#include <algorithm>
#include <span>

// What the chapters of the decision table are made of. For the files beside this one.

namespace ha::agent {

// One look at the observation. Every comparison with the clock goes through reached(), so that the
// instant at which to look again is known without anybody having to work it out a second time.
class glance {
public:
    explicit glance(const observation& what) : seen(what) {}

    const observation& seen;

    bool reached(instant when) {
        if (seen.now >= when) return true;
        next_ = next_ ? std::min(*next_, when) : when;
        return false;
    }
    // True when it never happened or lies `span` back.
    bool past(const std::optional<instant>& since, duration span) {
        return !since || reached(*since + span);
    }
    std::optional<instant> next() const { return next_; }

    // Whether it is our turn to reach for the Lease: several rows ask, and one look answers.
    std::optional<bool> may_reach;

private:
    std::optional<instant> next_;
};

struct rule {
    std::string_view code;
    std::string_view sentence;
    action (*act)(glance&);
};

std::span<const rule> safety_rules();
std::span<const rule> lease_rules();
std::span<const rule> orders_rules();
std::span<const rule> leaving_rules();
std::span<const rule> voting_rules();
std::span<const rule> candidacy_rules();
std::span<const rule> bootstrap_rules();
std::span<const rule> membership_rules();
std::span<const rule> following_rules();
std::span<const rule> primary_rules();
std::span<const rule> witness_rules();
std::span<const rule> database_rules();
// Instead of all these, for a group without a cluster; and where cluster types differ.
std::span<const rule> read_scale_rules();
std::span<const rule> refusing_rules();

// What several chapters ask.
bool lease_is_mine(const observation& seen);  // by name; authority is another question
bool lease_is_settled(const observation& seen);
bool may_write_lease(const observation& seen);
bool may_write_record(const observation& seen);
bool may_command(const observation& seen);  // the role session is free and nothing old may run
action end_old_sessions(glance& look);
action write_label(glance& look);
bool may_look(glance& look);  // the last look, and the last wish for one, are 25 ms old
bool may_inherit(glance& look);
// The disk names our promotion of this term in this very start of the engine, and is not being
// written: what it says is what a supervisor that starts after us will go by.
bool promotion_is_on_record(const observation& seen);
// Nothing of ours or of a predecessor may still change the role (rule 10).
bool hands_are_idle(const observation& seen);
// An OFFLINE of the step-down under way is running or was answered.
bool has_asked_to_leave(const observation& seen);
lease_record renewed(const observation& seen);  // the record as a renewal would write it
// The guard of a batch whose effect must end by `until` (rule 5).
guard guarded(const observation& seen, std::vector<role> roles, instant until);
// The pair of ticks and time is younger than 2P, and agrees with the one before it.
bool guard_is_fresh(glance& look);
// What that replica has to redo before it could be primary is below the limit (rule 24).
bool redo_is_short(const observation& seen, const configured_replica& one);
std::string best_target(const observation& seen);  // empty: nobody could take over
// To the best of the others, because of something in our own pod. One that OFFLINE's own check
// refused a moment ago is not named again: votes decide who it is.
action hand_over_to_best(const observation& seen, std::string_view why);
// What forbids a switchover to this target now (rule 24).
std::vector<std::string> switchover_refusals(const observation& seen, const std::string& target);
bool is_primary(const observation& seen);  // under its own line
bool may_move(const observation& seen);    // under another primary, or off one

}  // namespace ha::agent
