// SPDX-License-Identifier: MIT
#include "agent/core/databases.hpp"

#include "agent/core/conditions.hpp"
#include "agent/core/reasons.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// The databases that somebody names for a group: when one is added, and what is said of the others.

namespace {

using place = database_report::place;

found_database fit(std::string name) {
    found_database one;
    one.name = std::move(name);
    one.online = one.open = one.full_recovery = one.backed_up = true;
    return one;
}

// db-1 is primary of three that are in step; crm is named and as the engine wants it.
struct list_story : story {
    list_story() {
        become_primary();
        group = *seen.engine.last->group;
        group.local_name = seen.self.name;
        look();
        for (auto& [name, peer] : seen.peers) peer.status->numbered = own_configuration(seen);
        name_all({"crm"});
        find_all({fit("crm")});
    }

    void look() {
        auto view = *seen.engine.last;
        stamp(view);
        view.group = group;
        absorb(seen, event::engine_seen{view});
        seen.hands.primary_since = seen.now - 1h;
    }
    void later(duration span) {
        pass(span);
        seen.held->until = seen.now + 14s;
        seen.hands.last_renewal_sent = seen.now;
        seen.status_asked = seen.now;
        look();
    }
    void name_all(std::vector<std::string> names) {
        absorb(seen, event::databases_wanted{{true, std::move(names)}});
    }
    void find_all(std::vector<found_database> found) {
        seen.databases.asked_at = seen.now;
        absorb(seen, event::databases_looked_at{std::move(found)});
    }
    database_report report(const std::string& name) {
        for (auto& one : databases_of(seen))
            if (one.name == name) return one;
        return {};
    }
    std::string condition() {
        for (const auto& one : conditions_of(seen))
            if (one.type == "DatabaseWaits") return one.reason;
        return {};
    }
    void end_adding(std::int32_t error) {
        event::command_ended told;
        told.what = command::add_database;
        told.ended =
            error == 0 ? event::command_ended::how::done : event::command_ended::how::refused;
        told.error = error;
        absorb(seen, told);
    }

    group_view group;
};

}  // namespace

TEST_CASE("a named database that is as the engine wants it is added by the primary") {
    list_story told;
    CHECK(told.report("crm").where == place::waiting);
    CHECK(told.report("crm").reason == reason::database_comes);
    auto made = told.find<add_database>();
    REQUIRE(made);
    CHECK(made->name == "crm");
    CHECK(made->when.roles == std::vector<role>{role::primary});
    CHECK(told.code == "add_database");
}

TEST_CASE("the engine is asked about its databases while one is missing, each ten seconds") {
    list_story told;
    told.name_all({"hr"});
    CHECK(told.report("hr").reason == reason::database_unseen);
    REQUIRE(told.find<look_at_databases>());
    CHECK_FALSE(told.find<look_at_databases>());  // under way
    told.find_all({fit("crm")});
    CHECK(told.report("hr").reason == reason::database_missing);
    CHECK(told.condition() == reason::database_missing);
    CHECK_FALSE(told.find<look_at_databases>());
    told.later(10s);
    CHECK(told.find<look_at_databases>());
    told.name_all({"sales"});
    CHECK_FALSE(told.find<look_at_databases>());  // it is in the group
}

TEST_CASE("without a list nothing is looked at, added or told") {
    list_story told;
    absorb(told.seen, event::databases_wanted{});
    CHECK_FALSE(told.find<look_at_databases>());
    CHECK_FALSE(told.find<add_database>());
    CHECK(databases_of(told.seen).empty());
}

TEST_CASE("a database that is not as the engine wants it is refused with what to do") {
    auto with = [](auto change) {
        list_story told;
        auto one = fit("crm");
        change(one);
        told.find_all({one});
        CHECK_FALSE(told.find<add_database>());
        CHECK(told.report("crm").where == place::refused);
        CHECK(told.condition() == told.report("crm").reason);
        return told.report("crm").reason;
    };
    CHECK(with([](auto& one) { one.of_system = true; }) == reason::database_of_system);
    CHECK(with([](auto& one) { one.grouped = true; }) == reason::database_of_other_group);
    CHECK(with([](auto& one) { one.online = false; }) == reason::database_not_online);
    CHECK(with([](auto& one) { one.open = false; }) == reason::database_not_open);
    CHECK(with([](auto& one) { one.full_recovery = one.backed_up = false; }) ==
          reason::database_not_full);
    CHECK(with([](auto& one) { one.backed_up = false; }) == reason::database_not_backed_up);
}

TEST_CASE("nothing is added while the group is not whole") {
    list_story away;
    away.group.replicas[2].connected = false;
    away.look();
    CHECK_FALSE(away.find<add_database>());
    CHECK(away.condition() == reason::group_not_whole);

    list_story behind;
    behind.group.replicas[0].state = synchronization::synchronizing;
    behind.look();
    CHECK_FALSE(behind.find<add_database>());
    behind.seen.spec.lease_witness = false;
    behind.group.replicas[0].mode = availability_mode::asynchronous;  // further it never comes
    behind.seen.spec.replicas[0].mode = availability_mode::asynchronous;
    behind.look();
    CHECK(behind.find<add_database>());

    list_story grows;
    replica_spec fourth;
    fourth.name = "db-3";
    grows.seen.spec.replicas.push_back(fourth);
    CHECK_FALSE(grows.find<add_database>());
}

TEST_CASE("nothing is added while a commit is pending, unreported, or the group is paused") {
    list_story pending;
    pending.group.commit_pending = true;
    pending.look();
    CHECK_FALSE(pending.find<add_database>());

    list_story unreported;
    ++unreported.group.sequence_number;
    unreported.look();
    CHECK_FALSE(unreported.find<add_database>());
    CHECK(unreported.condition() == reason::change_unreported);

    list_story paused;
    paused.seen.orders.pause = standing_order{};
    CHECK_FALSE(paused.find<add_database>());
    CHECK(paused.report("crm").reason == reason::paused);
}

TEST_CASE("nothing is added by one who leaves, or is asked to, or does not lead") {
    list_story leaving;
    leaving.seen.leaving = step_down{};
    CHECK_FALSE(leaving.find<add_database>());

    list_story asked;
    asked.seen.answered.emplace();
    absorb(asked.seen, event::request_seen{{{"one", "db-2", false}}});
    CHECK_FALSE(asked.find<add_database>());

    story secondary;
    absorb(secondary.seen, event::databases_wanted{{true, {"crm"}}});
    CHECK_FALSE(secondary.find<look_at_databases>());
    CHECK(databases_of(secondary.seen).empty());
}

TEST_CASE("what the engine refused is told, tried again later, and keeps no other one waiting") {
    list_story told;
    told.name_all({"crm", "hr"});
    told.find_all({fit("crm"), fit("hr")});
    REQUIRE(told.find<add_database>());
    told.end_adding(1475);
    CHECK(told.report("crm").where == place::refused);
    CHECK_FALSE(told.find<add_database>());  // looked at anew first
    CHECK(told.seen.databases.asking);
    told.find_all({fit("crm"), fit("hr")});
    told.later(2s);
    CHECK(told.report("crm").words.find("1475") != std::string::npos);
    auto other = told.find<add_database>();
    REQUIRE(other);
    CHECK(other->name == "hr");
    told.end_adding(0);
    told.group.databases.push_back({"hr", log_position("1"), synchronization::synchronized});
    told.later(31s);
    told.find_all({fit("crm"), fit("hr")});
    auto again = told.find<add_database>();
    REQUIRE(again);
    CHECK(again->name == "crm");
}

TEST_CASE("our own guard's refusal is none of the engine's") {
    list_story told;
    REQUIRE(told.find<add_database>());
    event::command_ended stopped;
    stopped.what = command::add_database;
    stopped.ended = event::command_ended::how::refused;
    stopped.error = 51001;
    stopped.by_guard = true;
    absorb(told.seen, stopped);
    CHECK(told.seen.databases.refused.empty());
}

TEST_CASE("what is in the group is told with who lacks it, and what is not listed stays") {
    list_story told;
    told.name_all({"SALES"});
    CHECK(told.report("SALES").where == place::in_group);
    told.group.lagging = {{"sales", "db-2", synchronization::not_synchronizing}};
    told.look();
    CHECK(told.report("SALES").where == place::catching_up);
    CHECK(told.report("SALES").words.find("db-2") != std::string::npos);
    told.name_all({});
    CHECK(told.report("sales").where == place::unlisted);
    CHECK_FALSE(told.find<look_at_databases>());
    CHECK(told.condition() == "");
}
