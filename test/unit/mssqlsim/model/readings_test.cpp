// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Where two readings of the engine exist: each of them both ways; and a lease that is not given.

namespace {

// The lease of a group that is new is long: another replica takes the role with ten seconds.
constexpr const char* renew = "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 10)";

void make_short_lease(cluster_harness& all) {
    all.make_group();
    all.run(0, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    all.pass(1s);
    all.run(1,
            std::string{renew} +
                "; EXEC sp_set_session_context N'external_cluster', N'yes'; ALTER AVAILABILITY "
                "GROUP [ag1] FAILOVER");
    all.pass(400ms);
    REQUIRE(all.role(1) == "PRIMARY");
}

// It ends, and is given again.
std::string role_after_late_renewal(bool revives) {
    cluster_harness three{reading::a,
                          [&](instance_options& options) { options.renewal_revives = revives; }};
    make_short_lease(three);
    three.pass(11s);
    REQUIRE(three.role(1) == "RESOLVING");
    REQUIRE(three.run(1, renew).error() == 0);
    three.pass(1s);
    return three.role(1);
}

}  // namespace

TEST_CASE("a secondary that is dropped raises the sequence number, or it does not") {
    for (const reading how : {reading::a, reading::b}) {
        cluster_harness three{how};
        three.make_group();
        const auto before = sequence_at(three, 0);
        three.crash(2);
        three.pass(12s);
        REQUIRE(three.run(0, "INSERT shop.dbo.t (id) VALUES (1)").error() == 0);
        CHECK((sequence_at(three, 0) > before) == (how == reading::a));
    }
}

TEST_CASE("a promotion raises the sequence number, or it does not") {
    for (const bool raises : {true, false}) {
        cluster_harness three{reading::b, [&](instance_options& options) {
                                  options.promotion_raises_number = raises;
                              }};
        three.make_group();
        const auto before = sequence_at(three, 1);
        three.run(0, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
        three.pass(1s);
        three.fail_over_to(1);
        REQUIRE(three.role(1) == "PRIMARY");
        CHECK((sequence_at(three, 1) > before) == raises);
    }
}

TEST_CASE("a primary that is started again is RESOLVING, or primary again") {
    for (const bool resumes : {false, true}) {
        cluster_harness three{
            reading::a, [&](instance_options& options) { options.primaries_resume = resumes; }};
        three.make_group();
        three.crash(0);
        three.pass(1s);
        three.start(0);
        three.pass(2s);
        CHECK(three.role(0) == (resumes ? "PRIMARY" : "RESOLVING"));
        three.crash(1);
        three.start(1);
        three.pass(2s);
        CHECK(three.role(1) == "RESOLVING");  // it was none
    }
}

TEST_CASE("a lease that ended can be renewed: the replica stays RESOLVING, or is primary again") {
    CHECK(role_after_late_renewal(false) == "RESOLVING");
    CHECK(role_after_late_renewal(true) == "PRIMARY");
}

TEST_CASE("a renewal revives nobody who left the role otherwise, or was told one since") {
    for (const bool expires : {false, true}) {
        cluster_harness three{reading::a,
                              [](instance_options& options) { options.renewal_revives = true; }};
        make_short_lease(three);
        if (expires) three.pass(11s);
        three.run(1, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
        three.pass(1s);
        REQUIRE(three.run(1, renew).error() == 0);
        three.pass(1s);
        CHECK(three.role(1) == "RESOLVING");
    }
}

TEST_CASE("renewals that are refused let the lease end, and the replica is primary no more") {
    cluster_harness three;
    make_short_lease(three);
    three.pass(5s);
    CHECK(three.run(1, renew).error() == 0);
    three.at(1).faults().renewals_refused = true;
    three.pass(8s);
    CHECK(three.run(1, renew).error() == 41190);
    CHECK(three.role(1) == "PRIMARY");
    three.pass(3s);
    CHECK(three.role(1) == "RESOLVING");
    three.at(1).faults().renewals_refused = false;
    CHECK(three.run(1, renew).error() == 0);
}
