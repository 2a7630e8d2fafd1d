// SPDX-License-Identifier: MIT
#include "agent/core/conditions.hpp"
#include "agent/core/status.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// Rules 18, 28 and 31: under whom a replica goes, and how the group comes to be.

namespace {

peer_status& new_primary(story& told, const std::string& name, term of) {
    auto& status = told.peer_shows(name, role::primary);
    status.authority = status.working = true;
    status.authority_term = of;
    status.voted = status.line = of;
    return status;
}

}  // namespace

TEST_CASE("a follower in step asks nobody anything") {
    story told;
    CHECK(std::holds_alternative<std::monostate>(told.step()));
}

TEST_CASE("a resolving replica writes its new primary down before it follows") {
    story told;
    told.engine_shows(role::resolving);
    told.peer_shows("db-0", role::resolving);
    new_primary(told, "db-2", 5);
    told.seen.status_asked = told.seen.now;
    auto first = told.step();
    auto* save = std::get_if<save_record>(&first);
    REQUIRE(save);
    CHECK(save->value.voted == 5);
    CHECK(save->value.voted_for == "uid-2");
    CHECK(save->value.line == 5);
    CHECK(save->value.numbered == configuration{4, 17});
    absorb(told.seen, event::record_saved{save->value});
    auto order = told.find<set_secondary>();
    REQUIRE(order);
    CHECK(order->when.roles == std::vector<role>{role::resolving});
}

TEST_CASE("nobody is followed whose term is below the one voted in") {
    story told;
    told.engine_shows(role::resolving);
    told.peer_shows("db-0", role::resolving);
    new_primary(told, "db-2", 5);
    told.seen.record.value.voted = 6;
    CHECK_FALSE(told.find<set_secondary>());
}

TEST_CASE("a configuration that was never committed does not keep a replica away") {
    story told;
    told.seen.record.value.numbered = configuration{4, 18};
    told.engine_shows(role::resolving);
    told.peer_shows("db-0", role::resolving);
    auto& primary = new_primary(told, "db-2", 5);
    primary.numbered = configuration{4, 17};
    CHECK(told.find<set_secondary>());
    story other;
    other.seen.record.value.numbered = configuration{4, 18};
    other.seen.record.value.line = 5;
    other.engine_shows(role::resolving);
    other.peer_shows("db-0", role::resolving);
    new_primary(other, "db-2", 5).numbered = configuration{4, 17};
    CHECK_FALSE(other.find<set_secondary>());
}

TEST_CASE("a follower has its primary's configuration, with the line that this is from") {
    story told;
    told.seen.record.value.numbered = configuration{3, 18};  // its own, and never committed
    told.seen.peers["db-0"].status->numbered = configuration{3, 17};
    auto view = *told.seen.engine.last;
    view.group->sequence_number = 17;
    absorb(told.seen, event::engine_seen{view});
    auto save = told.find<save_record>();
    REQUIRE(save);
    CHECK(save->value.numbered == configuration{3, 17});
    told.seen.record.value.voted_for = "uid-2";  // another was followed: under its line it changed
    CHECK(own_configuration(told.seen) == configuration{4, 17});
}

TEST_CASE("a secondary of an older line goes offline before it is seated again") {
    story told;
    told.peer_shows("db-0", role::resolving);
    new_primary(told, "db-2", 5);
    auto first = told.find<take_offline>();
    REQUIRE(first);
    CHECK(told.code == "unseat");
}

TEST_CASE(
    "what the engine suspended because a primary was forced is resumed under the elected one") {
    story told;
    auto shows = [&](std::vector<std::string> suspended) {
        auto view = *told.seen.engine.last;
        told.stamp(view);
        view.group->suspended_by_force = std::move(suspended);
        absorb(told.seen, event::engine_seen{view});
        absorb(told.seen, event::engine_seen{view});
    };
    SECTION("by name, at a secondary") {
        shows({"sales"});
        auto order = told.find<resume_database>();
        REQUIRE(order);
        CHECK(order->name == "sales");
        CHECK(order->when.roles == std::vector<role>{role::secondary});
        CHECK(told.code == "resume_database");
        CHECK_FALSE(told.find<resume_database>());  // while it runs
    }
    SECTION("nothing is suspended") {
        shows({});
        CHECK_FALSE(told.find<resume_database>());
    }
    SECTION("not under one that is not on record") {
        shows({"sales"});
        told.seen.record.value.voted_for = "uid-2";
        CHECK_FALSE(told.find<resume_database>());
    }
    SECTION("not while nobody leads") {
        shows({"sales"});
        told.peer_shows("db-0", role::resolving);
        CHECK_FALSE(told.find<resume_database>());
    }
    SECTION("not in a pause") {
        shows({"sales"});
        told.seen.orders.pause = standing_order{};
        CHECK_FALSE(told.find<resume_database>());
    }
}

TEST_CASE("a replica of another group is never touched") {
    story told;
    told.engine_shows(role::resolving);
    told.peer_shows("db-0", role::resolving);
    new_primary(told, "db-2", 5).group_id = "another";
    CHECK_FALSE(told.find<set_secondary>());
}

namespace {

// db-1 before there is a group: its engine answers, the Lease is empty, and so are the others.
struct unformed : story {
    unformed() {
        seen.record.value = replica_record{};
        seen.record.intact = false;
        view = *seen.engine.last;
        view.group.reset();
        seen.lease = lease_knowledge{};
        empty.uid = "lease-uid";
        empty.resource_version = "1";
        absorb(seen, event::lease_seen{empty, seen.now, true});
        all_answer();
    }
    void all_answer() {
        stamp(view);
        absorb(seen, event::engine_seen{view});
        for (const auto* name : {"db-0", "db-2"}) {
            auto& status = peer_shows(name, role::absent);
            status.group_id.clear();
            status.bootstrap_clear = true;
            status.numbered = {};
            status.line = status.voted = 0;
        }
    }

    engine_view view;
    lease_record empty;
};

}  // namespace

TEST_CASE("the group is made by one, with the Lease, when nobody knows any") {
    unformed told;
    told.pass(16s);
    told.all_answer();

    SECTION("one peer that knows a group stops it") {
        told.seen.peers["db-2"].status->bootstrap_clear = false;
        CHECK_FALSE(told.find<put_lease>());
    }
    SECTION("one peer that does not answer stops it") {
        absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
        CHECK_FALSE(told.find<put_lease>());
    }
    SECTION("all clear: Lease, record, CREATE, mark") {
        auto put = told.find<put_lease>();
        REQUIRE(put);
        CHECK(put->put.purpose == put_purpose::acquire);
        absorb(told.seen, event::put_committed{put->put.wanted, told.seen.now});
        auto create = told.find<create_group>();
        REQUIRE(create);
        CHECK(create->required == 1);
        CHECK(told.seen.record.value.promoting == put->put.wanted.transitions);
        absorb(told.seen,
               event::command_ended{
                   command::create, event::command_ended::how::done, 0, false, told.seen.now});
        told.pass(150ms);
        told.engine_shows(role::primary);
        auto mark = told.find<put_lease>();
        REQUIRE(mark);
        CHECK(mark->put.purpose == put_purpose::mark_group);
        CHECK(mark->put.wanted.group_id == group_id);
    }
}

// Rule 10's wait is for a holder by a Lease that was deleted.
TEST_CASE("the first Lease is reached for as soon as all have answered since it was seen") {
    unformed told;
    CHECK_FALSE(told.find<put_lease>());  // these answers may be older than the Lease
    told.pass(1s);
    told.all_answer();

    SECTION("nobody can hold another") {
        auto put = told.find<put_lease>();
        REQUIRE(put);
        CHECK(put->put.purpose == put_purpose::acquire);
    }
    SECTION("one that did not answer since may hold one") {
        told.seen.peers["db-2"].answered_at = told.seen.now - 1s;
        CHECK_FALSE(told.find<put_lease>());
    }
    SECTION("one that was seen held is waited for") {
        auto held = told.empty;
        held.holder = "db-0_uid-0";
        held.length = 15s;
        absorb(told.seen, event::lease_seen{held, told.seen.now, true});
        told.pass(1s);
        absorb(told.seen, event::lease_missing{told.seen.now, true});
        absorb(told.seen, event::lease_seen{told.empty, told.seen.now, true});
        told.pass(1s);
        told.all_answer();
        CHECK_FALSE(told.find<put_lease>());
        told.pass(15s);
        told.all_answer();
        CHECK(told.find<put_lease>());
    }
}

TEST_CASE("who may get authority, or has it, does not say that he knows no group") {
    unformed told;
    CHECK(own_status(told.seen).bootstrap_clear);
    told.pass(1s);
    told.all_answer();
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK_FALSE(own_status(told.seen).bootstrap_clear);
    SECTION("it may have been committed") {
        absorb(told.seen, event::put_unanswered{told.seen.now, "now"});
        CHECK_FALSE(own_status(told.seen).bootstrap_clear);
        absorb(told.seen, event::lease_seen{told.empty, told.seen.now, true});
        CHECK(own_status(told.seen).bootstrap_clear);
    }
    SECTION("it can no longer be: the Lease that it was for is gone") {
        absorb(told.seen, event::put_unanswered{told.seen.now, "now"});
        absorb(told.seen, event::lease_missing{told.seen.now, true});
        CHECK(own_status(told.seen).bootstrap_clear);
    }
    SECTION("it was") {
        absorb(told.seen, event::put_committed{put->put.wanted, told.seen.now});
        CHECK_FALSE(own_status(told.seen).bootstrap_clear);
    }
}

TEST_CASE("the two refusals of rejoining are conditions, and nothing is sent") {
    story told;
    told.engine_shows(role::resolving);
    told.peer_shows("db-0", role::resolving);
    auto type = [&] {
        auto all = conditions_of(told.seen);
        return all.empty() ? std::string{} : all.front().type;
    };
    SECTION("another group") {
        new_primary(told, "db-2", 5).group_id = "another";
        CHECK(type() == "OtherGroup");
    }
    SECTION("a newer configuration under the same term") {
        told.seen.record.value.line = told.seen.record.value.voted = 5;
        told.seen.record.value.voted_for = "uid-1";
        told.seen.record.value.numbered = configuration{5, 18};
        told.engine_shows(role::resolving);
        new_primary(told, "db-2", 5).numbered = configuration{5, 17};
        CHECK(type() == "AheadOfPrimary");
    }
    CHECK_FALSE(told.find<set_secondary>());
    CHECK_FALSE(told.find<take_offline>());
}

TEST_CASE("who was made primary by hand is strange until it has followed, not only been told to") {
    story told;
    told.seen.record.value.strange = 4;
    told.engine_shows(role::resolving);
    told.seen.status_asked = told.seen.now;
    CHECK_FALSE(told.find<set_secondary>());  // in the term that it followed before
    told.peer_shows("db-0", role::resolving);
    new_primary(told, "db-2", 5);
    auto save = told.find<save_record>();
    REQUIRE(save);
    CHECK(save->value.line == 5);
    CHECK(save->value.strange);
    absorb(told.seen, event::record_saved{save->value});
    REQUIRE(told.find<set_secondary>());
    told.seen.hands.role.reset();
    told.pass(100ms);
    told.engine_shows(role::secondary);
    auto view = *told.seen.engine.last;
    view.group->connected = false;
    absorb(told.seen, event::engine_seen{view});
    CHECK_FALSE(told.find<save_record>());
    told.pass(100ms);
    told.engine_shows(role::secondary);
    auto cleared = told.find<save_record>();
    REQUIRE(cleared);
    CHECK_FALSE(cleared->value.strange);
}

TEST_CASE("a primary begins a new term for one that was made primary by hand in its own") {
    story told;
    told.become_primary();
    auto& other = told.peer_shows("db-0", role::primary);
    other.strange = 5;
    SECTION("not while its engine is PRIMARY still") {
        CHECK_FALSE(told.find<begin_step_down>());
    }
    SECTION("not for one that can follow in this term") {
        other.local_role = role::resolving;
        other.strange = 4;
        CHECK_FALSE(told.find<begin_step_down>());
    }
    SECTION("for whoever gets the votes") {
        other.local_role = role::resolving;
        auto order = told.find<begin_step_down>();
        REQUIRE(order);
        CHECK(order->how.reason == "strange_primary");
        CHECK(order->how.target.empty());
        auto offline = told.find<take_offline>();
        REQUIRE(offline);
        CHECK(offline->synchronized_target.empty());
    }
}
