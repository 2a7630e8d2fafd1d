// SPDX-License-Identifier: MIT
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

TEST_CASE("a secondary of an older line goes offline before it is seated again") {
    story told;
    told.peer_shows("db-0", role::resolving);
    new_primary(told, "db-2", 5);
    auto first = told.find<take_offline>();
    REQUIRE(first);
    CHECK(told.code == "unseat");
}

TEST_CASE("a replica of another group is never touched") {
    story told;
    told.engine_shows(role::resolving);
    told.peer_shows("db-0", role::resolving);
    new_primary(told, "db-2", 5).group_id = "another";
    CHECK_FALSE(told.find<set_secondary>());
}

TEST_CASE("the group is made by one, with the Lease, when nobody knows any") {
    story told;
    told.seen.record.value = replica_record{};
    told.seen.record.intact = false;
    auto view = *told.seen.engine.last;
    view.group.reset();
    view.sent_at = view.received_at = told.seen.now;
    absorb(told.seen, event::engine_seen{view});
    lease_record empty;
    empty.uid = "lease-uid";
    empty.resource_version = "1";
    absorb(told.seen, event::lease_seen{empty, told.seen.now, true});
    for (const auto* name : {"db-0", "db-2"}) {
        auto& status = told.peer_shows(name, role::absent);
        status.group_id.clear();
        status.bootstrap_clear = true;
        status.numbered = {};
        status.line = status.voted = 0;
    }
    CHECK_FALSE(told.find<put_lease>());
    told.pass(16s);
    view.sent_at = view.received_at = told.seen.now;
    absorb(told.seen, event::engine_seen{view});
    for (auto& [name, peer] : told.seen.peers) peer.answered_at = told.seen.now;

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
