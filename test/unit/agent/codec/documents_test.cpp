// SPDX-License-Identifier: MIT
#include "agent/codec/group_state.hpp"
#include "agent/codec/pod.hpp"
#include "agent/codec/record.hpp"
#include "agent/codec/requests.hpp"
#include "test/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace ha::agent;
using nlohmann::json;

namespace {

json config_map(std::map<std::string, std::string> data) {
    return {{"metadata", {{"name", "ag1"}, {"resourceVersion", "5"}}}, {"data", data}};
}

replica_record full_record() {
    replica_record record;
    record.group_id = "G";
    record.voted = 7;
    record.voted_for = "uid1";
    record.line = 6;
    record.numbered = {6, 4294967297};
    record.promoting = 7;
    record.promoting_engine = "2026-11-20T12:00:00";
    record.strange = 4;
    return record;
}

}  // namespace

TEST_CASE("a record is read back as it was written") {
    REQUIRE(read_record(write_record(full_record())).value() == full_record());
    REQUIRE(read_record(write_record(replica_record{})).value() == replica_record{});
}

TEST_CASE("a record that is cut short anywhere is torn") {
    auto text = write_record(full_record());
    for (std::size_t length = 0; length < text.size(); ++length) {
        auto seen = read_record(std::string_view(text).substr(0, length));
        INFO("cut at " << length);
        REQUIRE_FALSE(seen.has_value());
        REQUIRE(seen.error().kind == ha::errc::malformed);
    }
    for (std::size_t place = 0; place < text.size(); ++place) {
        auto changed = text;
        changed[place] = static_cast<char>(changed[place] ^ 1);
        INFO("changed at " << place);
        REQUIRE_FALSE(read_record(changed).has_value());
    }
}

TEST_CASE("requests: a spec and a switchover") {
    auto seen = read_requests(
        config_map(
            {{"format", "1"},
             {"spec", R"({"replicas":[{"name":"ag-0","endpointUrl":"TCP://a:5022","readable":true},
                        {"name":"ag-1","endpointUrl":"TCP://b:5022","mode":"asynchronous","priority":3},
                        {"name":"ag-2","endpointUrl":"TCP://c:5022","failover":"manual"}],"required":1,"witness":"None"})"},
             {"switchover", R"({"id":"r1","target":"ag-2"})"}}),
        "ag1");
    REQUIRE(seen.has_value());
    REQUIRE(seen->resource_version == "5");
    REQUIRE(seen->ignored.empty());
    REQUIRE(seen->spec->name == "ag1");
    REQUIRE(seen->spec->required == 1);
    REQUIRE_FALSE(seen->spec->lease_witness);
    const auto& replicas = seen->spec->replicas;
    REQUIRE(replicas.size() == 3);
    REQUIRE(replicas[0].may_lead);
    REQUIRE(replicas[0].readable);
    REQUIRE_FALSE(replicas[1].may_lead);
    REQUIRE(replicas[1].ordinal == 1);
    REQUIRE(replicas[1].priority == 3);
    REQUIRE(replicas[0].automatic);
    REQUIRE(replicas[2].may_lead);
    REQUIRE_FALSE(replicas[2].automatic);
    REQUIRE(seen->switchovers == std::vector{switchover_request{"r1", "ag-2"}});
    REQUIRE(seen->orders == group_orders{});
}

TEST_CASE("requests: a group has no cluster only where just that is written") {
    auto spec_of = [](const std::string& type) {
        auto text = R"({"replicas":[{"name":"ag-0","endpointUrl":"TCP://a:5022"}])" + type + "}";
        return read_requests(config_map({{"spec", text}}), "ag1")->spec;
    };
    CHECK(spec_of("")->cluster == cluster_type::external);
    CHECK(spec_of(R"(,"clusterType":"EXTERNAL")")->cluster == cluster_type::external);
    CHECK(spec_of(R"(,"clusterType":"NONE")")->cluster == cluster_type::none);
    CHECK_FALSE(spec_of(R"(,"clusterType":"none")"));
    CHECK_FALSE(spec_of(R"(,"clusterType":"WSFC")"));
}

TEST_CASE("requests: what is not carried out is named with its reason") {
    auto seen = read_requests(config_map({{"spec", R"({"replicas":[]})"},
                                          {"switchover", R"({"target":"ag-2"})"},
                                          {"reinit", "true"}}),
                              "ag1");
    REQUIRE(seen.has_value());
    REQUIRE_FALSE(seen->spec.has_value());
    REQUIRE(seen->switchovers.empty());
    REQUIRE(seen->ignored.size() == 3);
    REQUIRE(seen->ignored[0].what == "spec");
    REQUIRE(seen->ignored[1].why.find("id") != std::string::npos);
    REQUIRE(seen->ignored[2].what == "reinit");
    auto twice = read_requests(
        config_map(
            {{"spec",
              R"({"replicas":[{"name":"a","endpointUrl":"u"},{"name":"a","endpointUrl":"u"}]})"}}),
        "ag1");
    REQUIRE(twice->ignored.front().why.find("twice") != std::string::npos);
}

TEST_CASE("requests: databases are named by a key of their own, or nobody looks after them") {
    auto read = [](const char* words) {
        return read_requests(config_map({{"databases", words}}), "ag1");
    };
    CHECK(read(R"({"names":["sales","crm"]})")->databases ==
          wanted_databases{true, {"sales", "crm"}});
    CHECK(read(R"({"names":[]})")->databases == wanted_databases{true, {}});
    CHECK(read_requests(config_map({}), "ag1")->databases == wanted_databases{});
    // What a later version means by more is not guessed at, and what was known stands.
    for (const auto* words :
         {R"({"names":["sales"],"create":true})", R"({"names":[""]})", "sales"}) {
        auto seen = read(words);
        CHECK_FALSE(seen->databases);
        REQUIRE(seen->ignored.size() == 1);
        CHECK(seen->ignored.front().what == "databases");
    }
    CHECK(read(R"({"names":["sales"],"create":true})")->ignored.front().why.find("create") !=
          std::string::npos);
}

TEST_CASE("requests: people, Jobs and the operator ask by keys of their own") {
    auto seen = read_requests(config_map({{"switchover", R"({"id":"r1","target":"ag-2"})"},
                                          {"operatorSwitchover", R"({"id":"r2","by":"cordon"})"},
                                          {"forcedFailover", R"({"id":"r3","target":"ag-1"})"}}),
                              "ag1");
    REQUIRE(seen->switchovers == std::vector<switchover_request>{{"r1", "ag-2", false},
                                                                 {"r2", "", false},
                                                                 {"r3", "ag-1", true}});
}

TEST_CASE("requests: a pause is never left out because of how it is written") {
    auto paused = [](const char* words) {
        return read_requests(config_map({{"pause", words}}), "ag1")->orders->pause;
    };
    CHECK(paused(R"({"since":"2026-01-02T03:04:05Z","by":"anna"})") ==
          standing_order{"2026-01-02T03:04:05Z", "anna"});
    CHECK(paused("anna, new disks") == standing_order{"", "anna, new disks"});
    CHECK(paused("true"));
    CHECK(paused("{\"since\": 5}"));
    CHECK_FALSE(paused("false"));
    CHECK_FALSE(paused(""));
}

TEST_CASE(
    "requests: fenced pods, and a fence that cannot be read leaves all orders as they stood") {
    auto seen = read_requests(
        config_map({{"fence", R"({"pods":["ag-0","ag-1"],"since":"today","by":"anna"})"}}), "ag1");
    CHECK(seen->orders->fenced == std::vector<std::string>{"ag-0", "ag-1"});
    CHECK(seen->orders->fence == standing_order{"today", "anna"});
    auto broken = read_requests(config_map({{"fence", "ag-0"}, {"pause", "true"}}), "ag1");
    CHECK_FALSE(broken->orders);
    CHECK(broken->ignored.front().what == "fence");
}

TEST_CASE("requests of a newer format are refused as a whole") {
    auto seen = read_requests(config_map({{"format", "2"}}), "ag1");
    REQUIRE_FALSE(seen.has_value());
    REQUIRE(seen.error().kind == ha::errc::refused);
    REQUIRE(read_requests(json::object(), "ag1").has_value());
}

TEST_CASE("the state is read back as it was written") {
    group_state state;
    state.group = "ag1";
    state.group_id = "G";
    state.primary = "ag-0";
    state.of = 3;
    state.sequence_number = 4294967297;
    state.required = 1;
    state.replicas = {{"ag-0", "primary", "synchronous", "synchronized", true}};
    state.databases = {{"crm", "refused", "database_not_full", "words"}};
    state.conditions = {{"FencingUnavailable", true, "NoWriteLease", "words"}};
    state.answers = {{"r1", false, {"not_synchronized"}, "words", "t"}};
    state.transitions = {{"t", "ag-1", "ag-0", 3, "lease_expired", {{"lease", 812}}}};
    json object{{"data", write_group_state(state)}};
    REQUIRE(read_group_state(object).value() == state);
    REQUIRE(read_group_state(json::object()).value() == group_state{});
    object["data"]["format"] = "9";
    REQUIRE_FALSE(read_group_state(object).has_value());
}

TEST_CASE("a new leader keeps what earlier ones wrote, and no more than fits") {
    group_state before;
    for (int i = 0; i < 20; ++i) before.transitions.push_back({"t", "", "ag-0", i, "", {}});
    before.answers = {{"r1", false, {}, "old", "t"}, {"r2", true, {}, "", "t"}};
    group_state now;
    now.transitions = {{"t", "ag-0", "ag-1", 20, "switchover", {}}};
    now.answers = {{"r1", true, {}, "new", "t"}};
    auto both = merged(before, now);
    REQUIRE(both.transitions.size() == transitions_kept);
    REQUIRE(both.transitions.front().of == 1);
    REQUIRE(both.transitions.back().to == "ag-1");
    REQUIRE(both.answers.size() == 2);
    REQUIRE(both.answers.back().words == "new");
    REQUIRE(merged(both, now) == both);
}

TEST_CASE("a pod's uid, address, labels and end are read") {
    auto pod = read_pod(json::parse(R"({"metadata":{"name":"ag-0","uid":"u",
        "deletionTimestamp":"2026-11-20T00:00:00Z",
        "labels":{"sql.mssql.microsoft.com/ag-role":"primary","role.ag.mssql.microsoft.com/ag1":"primary"}},
        "status":{"podIP":"10.0.0.1"}})"));
    REQUIRE(pod.has_value());
    REQUIRE(pod->deleting);
    REQUIRE(pod->ip == "10.0.0.1");
    REQUIRE(labelled_role(*pod, "ag1") == "primary");
    REQUIRE(labelled_role(*pod, "ag2").empty());
    REQUIRE_FALSE(read_pod(json::parse(R"({"metadata":{"name":"ag-0"}})")).has_value());
}
