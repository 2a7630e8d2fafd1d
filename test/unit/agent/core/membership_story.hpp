// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/conditions.hpp"
#include "agent/core/membership.hpp"
#include "agent/core/voting.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

#include <stdexcept>

// Stories of rule 29: a primary whose specification changes, and what its engine does of it.

namespace ha::test {

using how = change_members::how;
using names = std::vector<std::string>;

inline replica_spec member(int number) {
    replica_spec one;
    one.name = "db-" + std::to_string(number);
    one.ordinal = number;
    return one;
}

// db-1 is primary of as many replicas as are given; the specification can be changed from there.
struct primary_story : story {
    explicit primary_story(int replicas = 3) {
        seen.spec.replicas.resize(static_cast<std::size_t>(std::min(replicas, 3)));
        for (int i = 3; i < replicas; ++i) seen.spec.replicas.push_back(member(i));
        for (const auto& one : seen.spec.replicas)
            if (one.name != seen.self.name) peer_shows(one.name, role::secondary);
        become_primary();
        group = *seen.engine.last->group;
        group.required = wanted_required(seen.spec);
        for (auto& one : group.replicas) one.id = "id of " + one.name;
        group.local_name = seen.self.name;
        look();
        all_have_it();
    }

    void look() {
        auto view = *seen.engine.last;
        stamp(view);
        view.group = group;
        absorb(seen, event::engine_seen{view});
        seen.hands.primary_since = seen.now - 1h;
    }
    void all_have_it() {
        for (auto& [name, peer] : seen.peers)
            if (peer.status) peer.status->numbered = own_configuration(seen);
    }
    void specify(int replicas) {
        group_spec spec = seen.spec;
        spec.replicas.clear();
        for (int i = 0; i < replicas; ++i) spec.replicas.push_back(member(i));
        absorb(seen, event::spec_seen{spec});
    }
    void ready(int number) {
        auto& told = peer_shows(member(number).name, role::absent);
        told.group_id.clear();
        told.numbered = {};
        told.line = told.voted = 0;
        told.ready = true;
    }
    configured_replica& of(int number) {
        for (auto& one : group.replicas)
            if (one.name == member(number).name) return one;
        throw std::runtime_error("no such replica");
    }
    // What the engine has done of it.
    void carry_out(const change_members& what) {
        if (what.what == how::add)
            group.replicas.push_back(
                {what.replica.name, what.replica.mode, "", true, {}, 0, "new"});
        if (what.what == how::remove)
            std::erase_if(group.replicas,
                          [&](const auto& one) { return one.name == what.replica.name; });
        ++group.sequence_number;
        absorb(seen, event::command_ended{command::change_members, {}, 0, false, seen.now});
        pass(2s);
        seen.held->until = seen.now + 14s;
        look();
    }
    // The PUT that is wanted now has this set, and is answered.
    void carry_out_put(const std::optional<names>& set) {
        pass(1s);
        look();
        auto put = find<put_lease>();
        REQUIRE(put);
        CHECK(put->put.wanted.synchronized == set);
        absorb(seen, event::put_committed{put->put.wanted, seen.now});
        seen.held->until = seen.now + 14s;
        look();
    }
    // As the secondary of the same configuration, with a commit waiting for it.
    void shares_all(const std::string& name) {
        auto told = peer_shows(name, role::secondary);
        told.working = true;
        told.required = group.required;
        told.numbered = own_configuration(seen);
        told.line = seen.record.value.line;
        absorb(seen, event::peer_answered{name, told, seen.now});
        pass(1s);
        look();
    }
    std::string waits_for() {
        for (const auto& one : conditions_of(seen))
            if (one.type == "MembershipWaits") return one.reason;
        return {};
    }

    group_view group;
};

}  // namespace ha::test
