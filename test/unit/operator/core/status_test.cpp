// SPDX-License-Identifier: MIT
#include "operator/core/status.hpp"

#include "test/support/catch.hpp"

using namespace ha::op;

namespace {

constexpr const char* morning = "2026-01-01T08:00:00Z";
constexpr const char* noon = "2026-01-01T12:00:00Z";

findings working() {
    findings seen;
    seen.generation = 3;
    seen.pods = 2;
    seen.pods_ready = 2;
    seen.holder = "ag-0";
    seen.state.formed = true;
    seen.state.primary = "ag-0";
    seen.state.replicas = {{"ag-0", "primary", "synchronized", true},
                           {"ag-1", "secondary", "notSynchronizing", false}};
    seen.members = {"ag-0", "ag-1"};
    return seen;
}

std::string text_of(const value& status, const char* name) {
    const auto* found = status.find({name});
    return found != nullptr ? json_text(*found) : "absent";
}

// "True/PrimaryHealthy", or "absent".
std::string told(const value& status, const std::string& type, const char* field = "reason") {
    for (const auto& one : *status.find({"conditions"})->items())
        if (*one.find({"type"}) == value{type})
            return *one.find({"status"})->text() + "/" + *one.find({field})->text();
    return "absent";
}

}  // namespace

TEST_CASE("a group with a primary is running") {
    auto status = status_of(working(), {}, noon);
    CHECK(text_of(status, "phase") == "\"Running\"");
    CHECK(text_of(status, "primaryReplica") == "\"ag-0\"");
    CHECK(text_of(status, "observedGeneration") == "3");
    CHECK(text_of(status, "initializationComplete") == "true");
    CHECK(told(status, "Ready") == "True/PrimaryHealthy");
    CHECK(told(status, "Ready", "message") == "True/ag-0 is primary. Replicas connected: 1 of 2.");
    CHECK(told(status, "Available") == "True/PrimaryHealthy");
    CHECK(told(status, "Initialized") == "True/BootstrapComplete");
    CHECK(
        text_of(status, "replicaStatuses") ==
        R"([{"name":"ag-0","role":"PRIMARY","synchronizationState":"SYNCHRONIZED","connected":true},)"
        R"({"name":"ag-1","role":"SECONDARY","synchronizationState":"NOT SYNCHRONIZING","connected":false}])");
}

TEST_CASE("databases are told as supervisors see them, and left out where nobody named any") {
    auto seen = working();
    CHECK(text_of(status_of(seen, {}, noon), "databases") == "absent");
    seen.state.databases = {{"sales", "inGroup", "", "In the group."},
                            {"crm", "refused", "database_not_full", "SET RECOVERY FULL."}};
    CHECK(
        text_of(status_of(seen, {}, noon), "databases") ==
        R"([{"name":"sales","state":"InGroup","message":"In the group."},)"
        R"({"name":"crm","state":"Refused","reason":"DatabaseNotFull","message":"SET RECOVERY FULL."}])");
}

TEST_CASE("who is primary is told only while he holds the Lease") {
    auto seen = working();
    for (const auto* holder : {"", "ag-1"}) {
        seen.holder = holder;
        auto status = status_of(seen, {}, noon);
        CHECK(text_of(status, "phase") == "\"FailingOver\"");
        CHECK(text_of(status, "primaryReplica") == "absent");
        CHECK(told(status, "Ready") == "False/NoPrimary");
        CHECK(told(status, "Initialized") == "True/BootstrapComplete");
    }
}

TEST_CASE("a group whose primary's pod is not ready is not available, and says whose") {
    auto seen = working();
    seen.holder_ready = false;
    auto status = status_of(seen, {}, noon);
    CHECK(text_of(status, "phase") == "\"FailingOver\"");
    CHECK(text_of(status, "primaryReplica") == "\"ag-0\"");
    CHECK(told(status, "Ready") == "False/PrimaryNotReady");
    CHECK(told(status, "Available") == "False/PrimaryNotReady");
}

TEST_CASE("a group that is not formed yet says how many pods are ready") {
    auto seen = working();
    seen.state = {};
    auto status = status_of(seen, {}, noon);
    CHECK(text_of(status, "phase") == "\"Initializing\"");
    CHECK(told(status, "Initialized", "message").find("2 of 2") != std::string::npos);
    seen.complaints = {"spec.agName is needed"};
    status = status_of(seen, {}, noon);
    CHECK(text_of(status, "phase") == "\"Failed\"");
    CHECK(told(status, "Ready") == "False/InvalidSpec");
    CHECK(told(status, "InvalidSpec", "message") == "True/spec.agName is needed");
}

TEST_CASE(
    "what stands in the way is a condition of its own, and the worst of it is Ready's reason") {
    auto seen = working();
    using enum obstacle::kind;
    seen.obstacles = {
        {refused, "one"}, {field_conflict, "two"}, {name_taken, "three"}, {refused, "four"}};
    auto status = status_of(seen, {}, noon);
    CHECK(told(status, "Ready") == "False/NameTaken");
    CHECK(told(status, "NameTaken", "message") == "True/three");
    CHECK(told(status, "FieldConflict", "message") == "True/two");
    CHECK(told(status, "ApplyFailed", "message") == "True/one; four");
    // It says nothing about the data.
    CHECK(told(status, "Available") == "True/PrimaryHealthy");
    CHECK(text_of(status, "phase") == "\"Running\"");
}

TEST_CASE("a refused change leaves the group ready") {
    auto seen = working();
    seen.refusals = {"storage cannot shrink"};
    auto status = status_of(seen, {}, noon);
    CHECK(told(status, "Ready") == "True/PrimaryHealthy");
    CHECK(told(status, "ChangeRefused", "message") == "True/storage cannot shrink");
}

TEST_CASE("what supervisors find wrong is told in their words, a type once") {
    auto seen = working();
    seen.state.conditions = {{"WritesBlocked", "not_synchronized", "writes wait."},
                             {"OtherGroup", "other_group", "ag-1."},
                             {"OtherGroup", "other_group", "ag-2."}};
    auto status = status_of(seen, {}, noon);
    CHECK(told(status, "Ready") == "False/NotSynchronized");
    CHECK(told(status, "WritesBlocked") == "True/NotSynchronized");
    CHECK(told(status, "OtherGroup", "message") == "True/ag-1. ag-2.");
}

TEST_CASE("a condition keeps its time while its status stays, and planning twice changes nothing") {
    auto first = status_of(working(), {}, morning);
    CHECK(status_of(working(), first, noon) == first);
    auto seen = working();
    seen.holder.clear();
    auto second = status_of(seen, first, noon);
    CHECK(told(second, "Ready", "lastTransitionTime") == std::string("False/") + noon);
    CHECK(told(second, "Initialized", "lastTransitionTime") == std::string("True/") + morning);
}

TEST_CASE("what changed is told once, by the condition that it is about") {
    auto first = status_of(working(), {}, morning);
    CHECK(transitions({}, first) ==
          std::vector<transition>{
              {false, "PrimaryHealthy", "ag-0 is primary. Replicas connected: 1 of 2."}});
    auto seen = working();
    seen.state.replicas[1].connected = true;
    CHECK(transitions(first, status_of(seen, first, noon)).empty());
    seen.obstacles = {{obstacle::kind::name_taken, "Service x is there"}};
    auto second = status_of(seen, first, noon);
    CHECK(transitions(first, second) ==
          std::vector<transition>{{true, "NameTaken", "Service x is there"}});
}

TEST_CASE("that the Lease is the witness of two is a condition, and warns nobody") {
    auto seen = working();
    auto before = status_of(seen, {}, morning);
    seen.state.conditions = {{"LeaseIsWitness", "lease_is_witness", "It names both."}};
    auto after = status_of(seen, before, noon);
    CHECK(told(after, "Ready") == "True/PrimaryHealthy");
    CHECK(told(after, "LeaseIsWitness") == "True/LeaseIsWitness");
    CHECK(transitions(before, after) ==
          std::vector<transition>{{false, "LeaseIsWitness", "It names both."}});
}

TEST_CASE("replicas that are wanted and not there are told, and the group is ready all the same") {
    auto seen = working();
    seen.members = {"ag-0", "ag-2"};
    auto status = status_of(seen, {}, noon);
    CHECK(told(status, "MembersDiffer", "message") ==
          "True/Wanted and not in the group yet: ag-2. In the group and not wanted: ag-1.");
    CHECK(told(status, "Ready") == "True/PrimaryHealthy");
    seen.members = {"ag-0", "ag-1"};
    CHECK(told(status_of(seen, {}, noon), "MembersDiffer") == "absent");
}

TEST_CASE("an instance in no group runs when its engine takes connections") {
    findings seen;
    seen.in_group = false;
    seen.pods = 1;
    seen.image = "engine:2";
    auto status = status_of(seen, {}, noon);
    CHECK(text_of(status, "phase") == "\"Pending\"");
    CHECK(told(status, "Ready") == "False/NotReady");
    CHECK(told(status, "Initialized") == "absent");
    seen.pods_ready = 1;
    status = status_of(seen, status, noon);
    CHECK(text_of(status, "phase") == "\"Running\"");
    CHECK(text_of(status, "currentImage") == "\"engine:2\"");
    CHECK(text_of(status, "readyReplicas") == "1");
    // Another image is asked for: what runs is still the old one.
    seen.image = "engine:3";
    seen.roll = {roll_step::kind::wait, "PodAway", "sql-0", "sql-0 is on its way.", "", {}};
    seen.pods_ready = 0;
    status = status_of(seen, status, noon);
    CHECK(text_of(status, "phase") == "\"Upgrading\"");
    CHECK(text_of(status, "currentImage") == "\"engine:2\"");
    seen.waits = {"spec.x is not carried out"};
    CHECK(told(status_of(seen, {}, noon), "FieldIgnored", "message") ==
          "True/spec.x is not carried out");
}
