// SPDX-License-Identifier: MIT
#include "agent/core/read_scale.hpp"

#include "agent/core/conditions.hpp"
#include "agent/core/reasons.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// Groups without a cluster, and that no other group is ever taken for one.

namespace {

// "db-1" of a group whose primary is "db-0", and nobody knows of a Lease.
struct read_scale_story : story {
    read_scale_story() {
        seen.spec.cluster = cluster_type::none;
        seen.record = record_knowledge{};
        seen.record.loaded = true;
        seen.lease = lease_knowledge{};
        seen.status_asked = seen.now;
        shows(role::secondary);
        peer("db-0", role::primary);
        peer("db-2", role::secondary);
    }

    void shows(role which) {
        engine_shows(which);
        seen.engine.last->group->cluster = cluster_type::none;
    }
    void without_group() {
        auto view = *seen.engine.last;
        view.group.reset();
        absorb(seen, event::engine_seen{view});
    }
    peer_status& peer(const std::string& name, role which) {
        auto& told = peer_shows(name, which);
        told.cluster = cluster_type::none;
        told.ready = true;
        told.bootstrap_clear = false;
        if (which == role::primary)
            for (const auto& one : seen.spec.replicas) told.members.push_back({one.name, ""});
        return told;
    }
    void be_first() {
        seen.self = pod_identity{"db-0", "uid-0"};
        seen.peers.erase("db-0");
        peer("db-1", role::secondary);
        shows(role::secondary);
        seen.engine.last->group->local_name = "db-0";
    }
    void ask_for(const std::string& target) {
        absorb(seen, event::request_seen{{switchover_request{"r1", target, false}}});
        absorb(seen, event::answers_seen{{}});
    }
    std::vector<std::string> types() const {
        std::vector<std::string> found;
        for (const auto& one : conditions_of(seen)) found.push_back(one.type);
        return found;
    }
};

bool changes_a_role(const action& what) {
    return std::holds_alternative<fail_over>(what) || std::holds_alternative<set_secondary>(what) ||
           std::holds_alternative<take_offline>(what) || std::holds_alternative<kill_engine>(what);
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what says that a group has no cluster is its engine and the specification together") {
    read_scale_story told;
    auto& seen = told.seen;
    CHECK(regime_of(seen) == regime::read_scale);

    seen.spec_known = false;  // not read yet: nothing is done to the engine, nothing is routed anew
    CHECK(regime_of(seen) == regime::refusing);
    CHECK(std::holds_alternative<std::monostate>(told.step()));

    seen.spec_known = true;
    seen.spec.cluster = cluster_type::external;
    CHECK(regime_of(seen) == regime::refusing);
    CHECK(is_refused(seen));
    CHECK(told.types() == texts{"ClusterTypeDiffers"});
    CHECK(told.find<write_labels>() == write_labels{"none", false});
}

TEST_CASE("a group of the protocol stays one whatever the specification says") {
    story told;
    auto& seen = told.seen;
    CHECK_FALSE(is_refused(seen));
    seen.spec.cluster = cluster_type::none;
    CHECK(regime_of(seen) == regime::protocol);
    CHECK(is_refused(seen));
    CHECK(conditions_of(seen).front().type == "ClusterTypeDiffers");
    CHECK(candidate_refusals(seen).front() == reason::cluster_type_differs);

    seen.engine.last->group.reset();  // its engine lost the group, its record did not
    CHECK(regime_of(seen) == regime::protocol);
    seen.record.value = replica_record{};  // the Lease knows it
    CHECK(regime_of(seen) == regime::protocol);
    seen.lease.record->group_id.clear();
    seen.record.trouble = "unreadable";
    CHECK(regime_of(seen) == regime::protocol);
    seen.record.trouble.clear();
    CHECK(regime_of(seen) == regime::read_scale);
}

TEST_CASE("a primary of the protocol whose specification says NONE goes on renewing, and no more") {
    story told;
    told.become_primary();
    told.seen.spec.cluster = cluster_type::none;
    told.pass(4s);
    told.engine_shows(role::primary);
    CHECK(told.find<renew_write_lease>().has_value());
    told.seen.held->until = told.seen.now;  // rule 7 is never held back
    CHECK(told.find<take_offline>().has_value());
}

TEST_CASE("the first replica makes the group once all have answered that they know none") {
    read_scale_story told;
    told.be_first();
    told.without_group();
    CHECK_FALSE(told.find<create_group>());
    for (const auto* name : {"db-1", "db-2"}) told.peer(name, role::absent).bootstrap_clear = true;
    told.seen.peers["db-2"].status->ready = false;
    CHECK_FALSE(told.find<create_group>());
    told.seen.peers["db-2"].status->ready = true;
    auto made = told.find<create_group>();
    REQUIRE(made);
    CHECK(made->cluster == cluster_type::none);
    CHECK(made->required == 0);
    CHECK(made->when.group_id.empty());

    read_scale_story second;  // and nobody else does
    second.without_group();
    for (const auto* name : {"db-0", "db-2"})
        second.peer(name, role::absent).bootstrap_clear = true;
    CHECK_FALSE(second.find<create_group>());
}

TEST_CASE("a replica joins the one primary that names it") {
    read_scale_story told;
    told.without_group();
    auto members = told.seen.peers["db-0"].status->members;
    told.seen.peers["db-0"].status->members = {{"db-0", ""}};
    CHECK_FALSE(told.find<join_group>());
    told.seen.peers["db-0"].status->members = members;
    told.seen.peers["db-2"].status->local_role = role::primary;
    CHECK_FALSE(told.find<join_group>());
    told.seen.peers["db-2"].status->local_role = role::secondary;
    told.seen.peers["db-0"].status->cluster = cluster_type::external;
    CHECK_FALSE(told.find<join_group>());
    told.seen.peers["db-0"].status->cluster = cluster_type::none;
    CHECK(told.find<join_group>()->cluster == cluster_type::none);
}

TEST_CASE("the label follows the engines, and of two primaries neither is routed to") {
    read_scale_story told;
    told.be_first();
    told.shows(role::primary);
    CHECK(read_scale_label(told.seen) == "primary");
    told.peer("db-1", role::primary);
    CHECK(read_scale_label(told.seen) == "none");
    CHECK(told.types() == texts{"TwoPrimaries"});
    absorb(told.seen, event::peer_silent{"db-1", told.seen.now});  // it says nothing now
    CHECK(read_scale_label(told.seen) == "primary");
    told.shows(role::resolving);
    CHECK(read_scale_label(told.seen) == "none");
    told.shows(role::secondary);
    CHECK(read_scale_label(told.seen) == "secondary");
    CHECK(told.types() == texts{"NoPrimary"});
}

TEST_CASE("a supervisor that was just started hears who else is primary before it labels itself") {
    read_scale_story told;
    told.be_first();
    told.shows(role::primary);
    told.seen.peers["db-1"] = peer_view{};
    told.seen.started = told.seen.now - 1s;
    absorb(told.seen, event::peer_silent{"db-1", told.seen.now});
    CHECK_FALSE(told.find<write_labels>());
    told.peer("db-1", role::secondary);
    CHECK(told.find<write_labels>() == write_labels{"primary", true});
    told.seen.peers["db-1"] = peer_view{};  // and waits no longer than a session may be away
    absorb(told.seen, event::labels_written{"none", true});
    told.seen.started -= 10s;
    CHECK(told.find<write_labels>() == write_labels{"primary", true});
}

TEST_CASE("a lost primary is not replaced, a request is refused with its reason") {
    read_scale_story told;
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    for (int i = 0; i < 120; ++i) {
        told.pass(1s);
        told.shows(role::secondary);
        auto what = told.step();
        CHECK_FALSE(changes_a_role(what));
        CHECK_FALSE(std::holds_alternative<put_lease>(what));
        CHECK_FALSE(std::holds_alternative<save_record>(what));
        told.settle(what);
    }
    CHECK(candidate_refusals(told.seen) == texts{"cluster_type_none"});
    told.ask_for("db-1");
    auto answer = told.find<answer_request>();
    REQUIRE(answer);
    CHECK(answer->answer == request_answer{"r1", false, {"cluster_type_none"}});
}

TEST_CASE("one replica speaks for the group: its only primary, or the first that answers") {
    read_scale_story told;
    CHECK_FALSE(speaks_for_group(told.seen));
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    CHECK(speaks_for_group(told.seen));
    told.shows(role::primary);
    CHECK(speaks_for_group(told.seen));
    told.seen.peers["db-0"].asked_at.reset();
    CHECK_FALSE(speaks_for_group(told.seen));
}

TEST_CASE("the primary keeps the members as specified, and the tail that was removed forgets") {
    read_scale_story told;
    told.be_first();
    told.shows(role::primary);
    told.seen.engine.last->group->local_name = "db-0";
    auto spec = told.seen.spec;
    spec.replicas.pop_back();
    absorb(told.seen, event::spec_seen{spec});
    auto change = told.find<change_members>();
    REQUIRE(change);
    CHECK(change->what == change_members::how::remove);
    CHECK(change->replica.name == "db-2");

    read_scale_story tail;
    tail.seen.engine.last->group->local_name = "db-1";
    tail.seen.engine.last->group->find("db-1");
    CHECK_FALSE(tail.find<drop_group>());
    tail.seen.peers["db-0"].status->members = {{"db-0", ""}, {"db-2", ""}};
    CHECK(tail.find<drop_group>().has_value());
    tail.shows(role::primary);  // never of a primary
    CHECK_FALSE(tail.find<drop_group>());
}

TEST_CASE("REQUIRED is raised as specified and never lowered") {
    read_scale_story told;
    told.be_first();
    told.shows(role::primary);
    CHECK_FALSE(told.find<set_required>());
    told.seen.spec.required = 0;
    CHECK_FALSE(told.find<set_required>());
    told.seen.spec.required = 2;
    CHECK(told.find<set_required>()->required == 2);
}

TEST_CASE("in a pause a group without a cluster is told about and labelled, and no more") {
    read_scale_story told;
    told.without_group();
    told.seen.orders.pause = standing_order{};
    CHECK_FALSE(told.find<join_group>());
    told.shows(role::primary);
    told.peer("db-0", role::secondary);
    CHECK(told.find<write_labels>() == write_labels{"primary", true});
}
