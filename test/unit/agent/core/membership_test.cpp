// SPDX-License-Identifier: MIT
#include "agent/core/status.hpp"
#include "test/unit/agent/core/membership_story.hpp"

using namespace ha;
using namespace ha::test;

// Rule 29: who comes, who goes, and when.

TEST_CASE("a group that is as specified is left alone") {
    primary_story told;
    CHECK_FALSE(next_member_change(told.seen));
    CHECK_FALSE(told.find<change_members>());
}

TEST_CASE("replicas are added one at a time, the next when majorities of old and new know") {
    primary_story told;
    told.specify(5);
    told.ready(3);
    told.ready(4);
    auto first = told.find<change_members>();
    REQUIRE(first);
    CHECK(first->what == how::add);
    CHECK(first->replica.name == "db-3");
    CHECK(first->when.roles == std::vector<role>{role::primary});
    told.carry_out(*first);
    CHECK(told.waits_for() == "change_unreported");
    CHECK_FALSE(told.find<change_members>());
    told.seen.peers["db-0"].status->numbered = own_configuration(told.seen);
    CHECK(told.waits_for() == "change_unreported");  // two of four
    told.seen.peers["db-2"].status->numbered = own_configuration(told.seen);
    CHECK(told.waits_for().empty());
    told.pass(2s);
    told.seen.held->until = told.seen.now + 14s;
    told.look();
    auto second = told.find<change_members>();
    REQUIRE(second);
    CHECK(second->replica.name == "db-4");
}

TEST_CASE("one that votes alone waits for nobody's report, and of two both must know") {
    primary_story told(2);
    std::erase_if(told.group.replicas, [](const auto& one) { return one.name == "db-0"; });
    told.group.required = 0;
    told.look();
    told.seen.former_voters.reset();
    CHECK(voters_of(told.group) == names{"db-1"});
    CHECK(is_reported(told.seen));
    told.ready(0);
    auto next = next_member_change(told.seen);
    REQUIRE(next);
    CHECK(next->what == how::add);
    CHECK(next->obstacles.empty());
    CHECK(needs_lone_primary(told.seen));
}

TEST_CASE("nobody is added whose supervisor or engine does not answer, or who could not join") {
    primary_story told;
    told.specify(4);
    CHECK(told.waits_for() == "member_silent");
    told.ready(3);
    CHECK(told.waits_for().empty());
    told.seen.peers["db-3"].status->ready = false;
    CHECK(told.waits_for() == "member_silent");
    told.ready(3);
    told.seen.peers["db-3"].status->group_id = "another";
    CHECK(told.waits_for() == "other_group");
    CHECK_FALSE(told.find<change_members>());
}

TEST_CASE("REQUIRED is not raised for a replica that has yet to catch up") {
    primary_story told;
    told.specify(4);
    told.ready(3);
    told.carry_out(*told.find<change_members>());
    told.all_have_it();
    CHECK(required_of_members(told.seen) == 1);
    told.of(3).state = synchronization::synchronized;
    told.look();
    CHECK(required_of_members(told.seen) == 2);
    told.of(3).connected = false;
    told.group.required = 2;
    told.look();
    CHECK(required_of_members(told.seen) == 2);  // and not lowered for one that is away
    told.group.required = 0;
    told.of(2).connected = false;
    told.look();
    CHECK(required_of_members(told.seen) == 1);
}

TEST_CASE("the tail goes first, and what is removed still votes until it is gone") {
    primary_story told(5);
    told.specify(3);
    CHECK(told.seen.peers.contains("db-4"));
    CHECK(voters(told.seen).size() == 5);
    auto first = told.find<change_members>();
    REQUIRE(first);
    CHECK(first->what == how::remove);
    CHECK(first->replica.name == "db-4");
    told.carry_out(*first);
    CHECK_FALSE(told.seen.peers.contains("db-4"));
    CHECK_FALSE(told.find<change_members>());
    told.all_have_it();
    auto second = told.find<change_members>();
    REQUIRE(second);
    CHECK(second->replica.name == "db-3");
    told.carry_out(*second);
    told.all_have_it();
    CHECK_FALSE(next_member_change(told.seen));
    CHECK(required_of_members(told.seen) == 1);
}

TEST_CASE("nobody goes whom REQUIRED or a majority needs") {
    primary_story told(5);
    told.specify(4);
    told.of(0).connected = false;
    told.of(2).connected = false;
    told.look();
    CHECK(told.waits_for() == "member_needed");
    told.of(0).connected = true;
    told.look();
    CHECK(told.waits_for().empty());
    for (const auto* name : {"db-0", "db-2"}) told.seen.peers[name].asked_at = told.seen.now;
    CHECK(told.waits_for() == "member_needed");
}

TEST_CASE("a dead replica can be removed, and replaced: the new one comes before it goes") {
    primary_story told(4);
    told.of(3).connected = false;
    told.seen.peers["db-3"].asked_at = told.seen.now;
    told.look();
    group_spec spec = told.seen.spec;
    spec.replicas.pop_back();
    spec.replicas.push_back(member(7));
    absorb(told.seen, event::spec_seen{spec});
    told.ready(7);
    auto first = told.find<change_members>();
    REQUIRE(first);
    CHECK(first->what == how::add);
    told.carry_out(*first);
    told.all_have_it();
    told.of(7).state = synchronization::synchronized;
    told.look();
    auto second = told.find<change_members>();
    REQUIRE(second);
    CHECK(second->what == how::remove);
    CHECK(second->replica.name == "db-3");
}

TEST_CASE("a supervisor that was started since asks for enough of any voters there may have been") {
    primary_story told(5);
    told.specify(4);
    told.seen.former_voters.reset();
    for (const auto* name : {"db-3", "db-4"})
        told.seen.peers[name].status->numbered = configuration{};
    CHECK(told.waits_for() == "change_unreported");  // three of five, and perhaps they were six
    told.seen.peers["db-3"].status->numbered = own_configuration(told.seen);
    CHECK(told.waits_for().empty());
}

TEST_CASE("no change during a switchover, and none while a commit is pending") {
    primary_story told;
    told.specify(4);
    told.ready(3);
    told.group.commit_pending = true;
    told.look();
    CHECK(told.waits_for() == "commit_pending");
    told.group.commit_pending = false;
    told.look();
    auto asked = told;
    asked.seen.requests = {{switchover_request{"one", "db-0"}, asked.seen.now, false}};
    asked.seen.answered.emplace();
    CHECK_FALSE(asked.find<change_members>());
    auto leaving = told;
    leaving.seen.leaving = step_down{};
    CHECK_FALSE(leaving.find<change_members>());
    CHECK(told.find<change_members>());
}

TEST_CASE("a primary that is to go hands the role to one that stays") {
    primary_story told(4);
    auto spec = told.seen.spec;
    std::erase_if(spec.replicas, [](const auto& one) { return one.name == "db-1"; });
    absorb(told.seen, event::spec_seen{spec});
    auto given = told.find<begin_step_down>();
    REQUIRE(given);
    CHECK(given->how.reason == "not_wanted");
    CHECK(given->how.orderly);
    CHECK_FALSE(given->how.target.empty());
    CHECK(told.code == "step_aside");
}

TEST_CASE("what the specification changes of a member is changed by the engine") {
    primary_story told(5);
    auto spec = told.seen.spec;
    spec.replicas[4].mode = availability_mode::asynchronous;
    absorb(told.seen, event::spec_seen{spec});
    auto change = told.find<change_members>();
    REQUIRE(change);
    CHECK(change->what == how::modify);
    CHECK(change->replica.name == "db-4");
}

namespace {

// db-1 under db-0, whose answer says who is in the group.
struct removed_story : story {
    removed_story() {
        auto view = *seen.engine.last;
        stamp(view);
        view.group->local_name = seen.self.name;
        view.group->local_role = role::resolving;
        view.group->connected = false;
        for (auto& one : view.group->replicas) one.id = "old " + one.name;
        absorb(seen, event::engine_seen{view});
        seen.status_asked = seen.now;
    }
    peer_status& primary() { return *seen.peers["db-0"].status; }
};

}  // namespace

TEST_CASE("a removed replica stops voting when it sees it, and drops its copy of the group") {
    removed_story told;
    told.primary().members = {{"db-0", "old db-0"}, {"db-2", "old db-2"}};
    CHECK(is_removed(told.seen));
    vote_question asked;
    asked.wanted = 9;
    asked.numbered = configuration{9, 99};
    asked.candidate_uid = "uid-2";
    CHECK(vote_refusals(told.seen, asked) == std::vector<std::string>{"not_a_member"});
    auto dropped = told.find<drop_group>();
    REQUIRE(dropped);
    CHECK(dropped->when.roles == std::vector<role>{role::resolving});
}

TEST_CASE("added again it is another member: the old copy goes before it joins") {
    removed_story told;
    told.primary().members = {{"db-0", "old db-0"}, {"db-1", "new"}, {"db-2", "old db-2"}};
    CHECK(told.find<drop_group>());
    told.seen.hands.role.reset();
    auto view = *told.seen.engine.last;
    told.pass(3s);
    told.stamp(view);
    view.group.reset();
    absorb(told.seen, event::engine_seen{view});
    told.peer_shows("db-0", role::primary).authority = true;
    told.primary().authority_term = 4;
    told.primary().members = {{"db-0", "old db-0"}, {"db-2", "old db-2"}};
    CHECK_FALSE(told.find<join_group>());
    told.primary().members.push_back({"db-1", "new"});
    CHECK(told.find<join_group>());
}

TEST_CASE("nobody drops anything for the word of one that he would not follow") {
    for (int way = 0; way < 4; ++way) {
        removed_story told;
        told.primary().members = {{"db-0", "old db-0"}, {"db-2", "old db-2"}};
        if (way == 0) told.primary().authority = false;
        if (way == 1) told.primary().group_id = "another";
        if (way == 2) told.primary().numbered = configuration{4, 16};
        if (way == 3) told.primary().members.clear();
        INFO(way);
        CHECK_FALSE(is_removed(told.seen));
        CHECK_FALSE(told.find<drop_group>());
    }
}

TEST_CASE("one who leads tells who is in the group, save while a commit is pending") {
    primary_story told;
    CHECK(own_status(told.seen).members.size() == 3);
    CHECK(own_status(told.seen).members.front() == ha::agent::group_member{"db-0", "id of db-0"});
    told.group.commit_pending = true;
    told.look();
    CHECK(own_status(told.seen).members.empty());
    CHECK(own_status(story{}.seen).members.empty());
}
