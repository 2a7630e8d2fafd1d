// SPDX-License-Identifier: MIT
#include "test/unit/agent/core/membership_story.hpp"

using namespace ha;
using namespace ha::test;

// Rule 29 where two data voters begin or end, with the Lease as witness (rule 27) and without.

TEST_CASE("before three data voters become two the Lease names the primary alone, then both") {
    primary_story told;
    told.specify(2);
    CHECK(told.waits_for().empty());
    CHECK_FALSE(primary_story(told).find<change_members>());
    told.carry_out_put(names{"db-1"});
    auto goes = told.find<change_members>();
    REQUIRE(goes);
    CHECK(goes->replica.name == "db-2");
    told.carry_out(*goes);
    told.shares_all("db-0");
    told.carry_out_put(names{"db-0", "db-1"});
    CHECK_FALSE(told.find<put_lease>());
}

TEST_CASE("before two data voters become three the Lease names the primary alone, then nobody") {
    primary_story told(2);
    told.seen.lease.record->synchronized = told.seen.witness.settled = names{"db-0", "db-1"};
    told.specify(3);
    CHECK(told.waits_for() == "member_silent");
    CHECK_FALSE(
        primary_story(told).find<put_lease>());  // nothing is given up for one that may never come
    told.ready(2);
    told.carry_out_put(names{"db-1"});
    auto comes = told.find<change_members>();
    REQUIRE(comes);
    told.carry_out(*comes);
    told.of(0).connected = false;
    told.look();
    CHECK_FALSE(primary_story(told).find<put_lease>());  // nobody else is known to have every write
    told.of(0).connected = true;
    told.look();
    told.carry_out_put(std::nullopt);
    CHECK_FALSE(told.find<put_lease>());
}

TEST_CASE("a set of both that met a third voter by hand is ended by way of the primary alone") {
    primary_story told;
    told.seen.lease.record->synchronized = told.seen.witness.settled = names{"db-0", "db-1"};
    told.carry_out_put(names{"db-1"});
    told.carry_out_put(std::nullopt);
}

TEST_CASE("without the Lease as witness two data voters begin and end with no set") {
    primary_story three;
    three.seen.spec.lease_witness = false;
    three.specify(2);
    CHECK(three.find<change_members>());
    primary_story two(2);
    two.seen.spec.lease_witness = false;
    two.specify(3);
    two.ready(2);
    CHECK(two.find<change_members>());
}

TEST_CASE("beside two data voters a configuration-only replica neither comes nor goes") {
    primary_story told(2);
    auto spec = told.seen.spec;
    spec.replicas.push_back(member(2));
    spec.replicas.back().mode = availability_mode::configuration_only;
    absorb(told.seen, event::spec_seen{spec});
    told.ready(2);
    CHECK(told.waits_for() == "witness_stays");
    CHECK_FALSE(told.find<change_members>());
}
