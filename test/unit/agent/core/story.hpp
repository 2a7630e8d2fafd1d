// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/decision.hpp"
#include "agent/core/knowledge.hpp"

#include <string>

// A replica of a group of three, told as a story: it starts as a healthy secondary "db-1" under the
// primary "db-0", and each test changes what it must.

namespace ha::test {

using namespace ha::agent;
using namespace std::chrono_literals;

inline constexpr const char* group_id = "00000000-0000-0000-0000-00000000a601";

struct story {
    observation seen;

    story() {
        seen.now = instant{1h};
        seen.started = seen.now - 10min;
        seen.self = pod_identity{"db-1", "uid-1"};
        seen.incarnation = "one";
        for (int i = 0; i < 3; ++i) {
            replica_spec one;
            one.name = "db-" + std::to_string(i);
            one.ordinal = i;
            seen.spec.replicas.push_back(one);
        }
        seen.spec.name = "ag1";
        seen.spec_known = true;
        seen.hands.sessions_to_end = false;
        seen.instance_ready = true;
        seen.label_role = "secondary";
        seen.engine.processes = process_state::alive;
        seen.engine.neighbour_visible = true;
        seen.record.loaded = true;
        seen.record.intact = true;
        auto& record = seen.record.value;
        record.group_id = group_id;
        record.voted = record.line = 4;
        record.voted_for = "uid-0";
        record.numbered = configuration{4, 17};
        engine_shows(role::secondary);
        lease_of("db-0_uid-0", 4);
        seen.lease.unsettled = false;
        for (const auto* name : {"db-0", "db-2"}) peer_shows(name, role::secondary);
        auto& first = *seen.peers["db-0"].status;
        first.local_role = role::primary;
        first.authority = first.working = true;
        first.authority_term = 4;
    }

    void pass(duration span) { seen.now += span; }

    // Asked and answered just now, by an engine whose ticks go as our clock does.
    void stamp(engine_view& view) const {
        view.sent_at = seen.now - 2ms;
        view.received_at = seen.now - 1ms;
        view.ms_ticks = 500000 + (seen.now - instant{1h}) / 1ms;
    }

    void engine_shows(role which) {
        engine_view view;
        stamp(view);
        view.started = "2026-01-01T00:00:00";
        view.server_name = seen.self.name;
        group_view group;
        group.group_id = group_id;
        group.sequence_number = seen.record.value.numbered.number;
        group.required = 1;
        group.local_role = which;
        group.connected = which != role::resolving;
        group.online = which == role::primary;
        for (const auto& one : seen.spec.replicas)
            group.replicas.push_back(
                configured_replica{one.name, one.mode, "", true, synchronization::synchronized});
        group.databases = {{"sales", log_position("100"), synchronization::synchronized}};
        view.group = group;
        absorb(seen, event::engine_seen{view});
    }

    void lease_of(std::string holder, term of, std::optional<release_note> released = {}) {
        lease_record record;
        record.uid = "lease-uid";
        record.resource_version = std::to_string(++versions);
        record.holder = std::move(holder);
        record.transitions = of;
        record.renew_time = std::to_string(versions);
        record.length = 15s;
        record.group_id = group_id;
        record.released = std::move(released);
        absorb(seen, event::lease_seen{record, seen.now, true});
    }

    peer_status& peer_shows(const std::string& name, role which) {
        auto& peer = seen.peers[name];
        peer_status told;
        told.group = "ag1";
        told.replica = name;
        told.pod_uid = "uid-" + name.substr(3);
        told.group_id = group_id;
        told.engine_known = true;
        told.local_role = which;
        told.numbered = seen.record.value.numbered;
        told.line = told.voted = seen.record.value.line;
        told.databases = {{"sales", log_position("100"), synchronization::synchronized}};
        peer.status = told;
        peer.answered_at = seen.now;
        return *peer.status;
    }

    // As the primary of term 5, with the Lease renewed just now.
    void become_primary() {
        auto& record = seen.record.value;
        record.voted = record.line = 5;
        record.voted_for = seen.self.uid;
        record.promoting = 5;
        record.promoting_engine = "2026-01-01T00:00:00";
        lease_of(seen.self.holder(), 5);
        seen.held = authority{5, seen.now + 14s};
        engine_shows(role::primary);
        seen.hands.last_renewal_sent = seen.now;
        seen.label_role = "primary";
        seen.pushed_term = 5;
        seen.status_asked = seen.now;
        auto& other = peer_shows("db-0", role::secondary);
        other.authority = false;
    }

    // The next action; it is begun, as the loop would.
    action step() {
        auto made = decide(seen);
        code = made.code;
        look_again_at = made.look_again_at;
        begin(seen, made.what);
        return made.what;
    }

    // Steps until this kind of action comes, at most twenty. Empty when it does not.
    template <class Action>
    std::optional<Action> find() {
        for (int i = 0; i < 20; ++i) {
            auto what = step();
            if (auto* found = std::get_if<Action>(&what)) return *found;
            if (std::holds_alternative<std::monostate>(what)) return std::nullopt;
            settle(what);
        }
        return std::nullopt;
    }

    // What a working disk and quick peers would answer.
    void settle(const action& what) {
        if (auto* save = std::get_if<save_record>(&what))
            absorb(seen, event::record_saved{save->value});
        if (std::holds_alternative<write_labels>(what))
            absorb(seen, event::labels_written{std::get<write_labels>(what).role, true});
        if (std::holds_alternative<ask_status>(what)) absorb(seen, event::status_round_ended{});
    }

    std::string code;
    std::optional<instant> look_again_at;
    int versions = 0;
};

}  // namespace ha::test
