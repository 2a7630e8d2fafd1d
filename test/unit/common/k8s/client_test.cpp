// SPDX-License-Identifier: MIT
#include "common/k8s/client.hpp"

#include "common/k8s/resources.hpp"
#include "test/unit/common/k8s/stage.hpp"

using namespace ha;
using namespace std::chrono_literals;
using nlohmann::json;
using kind = k8s::failure::kind;

namespace {

const k8s::object_name ag1{k8s::leases, "default", "ag1", ""};

std::string object_text(const std::string& version) {
    return R"({"kind":"Lease","metadata":{"name":"ag1","resourceVersion":")" + version + R"("}})";
}

std::string status_text(int code, const std::string& reason) {
    json status = {{"kind", "Status"}, {"code", code}, {"reason", reason}, {"message", "because"}};
    return status.dump();
}

std::string event_text(const std::string& type, const std::string& version) {
    return R"({"type":")" + type + R"(","object":)" + object_text(version) + "}\n";
}

// What a server's answer to a write and to a read becomes.
std::pair<kind, kind> classes_of(int code, const std::string& reason) {
    test::api_stage set;
    set.made_up(code, status_text(code, reason));
    auto written = set.run(set.api->update(ag1, json::object(), 1s));
    auto read = set.run(set.api->get(ag1, 1s));
    REQUIRE_FALSE(written);
    REQUIRE_FALSE(read);
    return {written.error().what, read.error().what};
}

}  // namespace

TEST_CASE("every call asks what it should") {
    test::api_stage set;
    set.made_up(200, object_text("7"));
    json body = {{"a", 1}};
    k8s::object_name status{k8s::sql_servers, "default", "one", "status"};
    k8s::object_name pod{k8s::pods, "default", "db-0", ""};
    k8s::object_name node{k8s::nodes, "", "n1", ""};
    k8s::delete_preconditions only{"u1", "5", "Background", 3s};
    set.run(set.api->get(ag1, 1s));
    set.run(set.api->get(node, 1s));
    set.run(set.api->create(pod, body, 1s));
    set.run(set.api->update(status, body, 1s));
    set.run(set.api->merge_patch(pod, body, 1s));
    set.run(set.api->apply(pod, body, "ha operator", true, 1s));
    set.run(set.api->remove(pod, only, 1s));
    set.run(set.api->list(k8s::selection{k8s::pods, "", "", "app=db,role!=x", "0"}, 1s));

    std::vector<std::string> lines;
    for (auto& one : set.asked) lines.push_back(one.method + " " + one.target);
    CHECK(lines == std::vector<std::string>{
                       "GET /apis/coordination.k8s.io/v1/namespaces/default/leases/ag1",
                       "GET /api/v1/nodes/n1",
                       "POST /api/v1/namespaces/default/pods",
                       "PUT /apis/mssql.microsoft.com/v1/namespaces/default/sqlservers/one/status",
                       "PATCH /api/v1/namespaces/default/pods/db-0",
                       "PATCH /api/v1/namespaces/default/pods/db-0"
                       "?fieldManager=ha%20operator&force=true",
                       "DELETE /api/v1/namespaces/default/pods/db-0",
                       "GET /api/v1/pods?labelSelector=app%3Ddb%2Crole%21%3Dx&resourceVersion=0",
                   });
    CHECK(set.asked[0].headers["authorization"] == "Bearer first");
    CHECK(set.asked[0].headers["user-agent"] == "mssql-ha-supervisor/0.1.0");
    CHECK(set.asked[3].headers["content-type"] == "application/json");
    CHECK(set.asked[4].headers["content-type"] == "application/merge-patch+json");
    CHECK(set.asked[5].headers["content-type"] == "application/apply-patch+yaml");
    CHECK(set.asked[5].body == R"({"a":1})");
    CHECK(json::parse(set.asked[6].body)["preconditions"] ==
          json{{"uid", "u1"}, {"resourceVersion", "5"}});
    CHECK(json::parse(set.asked[6].body)["gracePeriodSeconds"] == 3);
}

TEST_CASE("an answer carries the object and when its request was sent") {
    test::api_stage set;
    set.then(200, object_text("7"));
    auto start = set.clock.now();
    auto came = set.run(set.api->get(ag1, 1s));
    REQUIRE(came);
    CHECK(came->resource_version() == "7");
    CHECK(came->sent_at == start);
}

TEST_CASE("a no, and what is neither yes nor no") {
    using both = std::pair<kind, kind>;
    CHECK(classes_of(404, "NotFound") == both{kind::refused, kind::refused});
    CHECK(classes_of(400, "BadRequest") == both{kind::refused, kind::refused});
    CHECK(classes_of(401, "Unauthorized") == both{kind::refused, kind::refused});
    CHECK(classes_of(422, "Invalid") == both{kind::refused, kind::refused});
    CHECK(classes_of(410, "Expired") == both{kind::refused, kind::refused});
    for (auto& [code, reason] : std::map<int, std::string>{{403, "Forbidden"},
                                                           {409, "Conflict"},
                                                           {429, "TooManyRequests"},
                                                           {500, "InternalError"},
                                                           {503, ""},
                                                           {504, "Timeout"}}) {
        INFO(code);
        CHECK(classes_of(code, reason) == both{kind::unknown, kind::refused});
    }
    // The reason weighs more than the number.
    CHECK(classes_of(400, "Timeout") == both{kind::unknown, kind::refused});
}

TEST_CASE("a failure names verb, object, code and reason, and when to come back") {
    test::api_stage set;
    set.then(409, status_text(409, "Conflict"));
    auto conflict = set.run(set.api->update(ag1, json::object(), 1s));
    REQUIRE_FALSE(conflict);
    CHECK(conflict.error().words() ==
          "update leases.coordination.k8s.io default/ag1: 409 Conflict: because");
    set.scripts.clear();
    set.made_up(429, "slow down", {{"retry-after", "2"}});
    auto busy = set.run(set.api->get(ag1, 1s));
    REQUIRE_FALSE(busy);
    CHECK(busy.error().retry_after == std::optional<duration>{2s});
    CHECK(busy.error().message == "slow down");
}

TEST_CASE("no answer: unknown when it was sent, and not sent otherwise") {
    test::api_stage set;
    set.made_up(200, "not json");
    auto senseless = set.run(set.api->update(ag1, json::object(), 1s));
    REQUIRE_FALSE(senseless);
    CHECK(senseless.error().what == kind::unknown);
    set.net.cut("api", "pod");
    auto start = set.clock.now();
    auto late = set.run(set.api->update(ag1, json::object(), 3s));
    REQUIRE_FALSE(late);
    CHECK(late.error().what == kind::unknown);
    CHECK(late.error().sent_at == start);
    auto never = set.run(set.api->update(ag1, json::object(), 3s));
    REQUIRE_FALSE(never);
    CHECK(never.error().what == kind::not_sent);
    CHECK(never.error().words() ==
          "update leases.coordination.k8s.io default/ag1: not sent: api:443: gave up after 3.00 s "
          "of connecting");
}

TEST_CASE("a 401 asks for another token; the call itself is not repeated") {
    test::api_stage set;
    set.then(401, status_text(401, "Unauthorized"));
    auto came = set.run(set.api->get(ag1, 1s));
    CHECK_FALSE(came);
    CHECK(set.tokens.refusals == 1);
    CHECK(set.asked.size() == 1);
}

TEST_CASE("a long list is put together from its pages") {
    test::api_stage set;
    set.then(200, R"({"metadata":{"resourceVersion":"9","continue":"c 1"},"items":[{"a":1}]})");
    set.then(200, R"({"metadata":{"resourceVersion":"9"},"items":[{"a":2},{"a":3}]})");
    k8s::selection what{k8s::pods, "default", "", "", "0", 1};
    auto came = set.run(set.api->list(what, 1s));
    REQUIRE(came);
    CHECK(*came->object ==
          json::parse(R"({"metadata":{"resourceVersion":"9"},"items":[{"a":1},{"a":2},{"a":3}]})"));
    REQUIRE(set.asked.size() == 2);
    CHECK(set.asked[0].target == "/api/v1/namespaces/default/pods?resourceVersion=0&limit=1");
    CHECK(set.asked[1].target == "/api/v1/namespaces/default/pods?limit=1&continue=c%201");
}

namespace {

struct seen_events {
    std::vector<std::string> all;
    std::size_t wanted = 100;

    std::function<bool(const k8s::watch_event&)> sink() {
        return [this](const k8s::watch_event& one) {
            auto version = (*one.object)["metadata"]["resourceVersion"].get<std::string>();
            all.push_back(std::to_string(static_cast<int>(one.what)) + ":" + version);
            return all.size() < wanted;
        };
    }
};

}  // namespace

TEST_CASE("a watch of one object: lines are put together from whatever blocks they come in") {
    test::api_stage set;
    auto all = event_text("ADDED", "5") + event_text("MODIFIED", "6") +
               event_text("BOOKMARK", "8") + event_text("DELETED", "9");
    std::vector<std::string> blocks;
    for (std::size_t i = 0; i < all.size(); i += 7) blocks.push_back(all.substr(i, 7));
    set.then_stream(blocks);
    seen_events seen;
    k8s::selection what{k8s::leases, "default", "ag1", "", "4"};
    what.watch_time = 299500ms;
    auto came = set.run(set.api->watch(what, 30s, seen.sink()));
    REQUIRE(came);
    CHECK(*came == 4);
    CHECK(seen.all == std::vector<std::string>{"0:5", "1:6", "3:8", "2:9"});
    CHECK(set.asked[0].target ==
          "/apis/coordination.k8s.io/v1/namespaces/default/leases"
          "?fieldSelector=metadata.name%3Dag1&resourceVersion=4&watch=true"
          "&allowWatchBookmarks=true&timeoutSeconds=300");
}

TEST_CASE("who has seen enough ends the watch") {
    test::api_stage set;
    set.then_stream({event_text("ADDED", "5") + event_text("ADDED", "6")});
    seen_events seen;
    seen.wanted = 1;
    k8s::selection what{k8s::pods, "default"};
    auto came = set.run(set.api->watch(what, 30s, seen.sink()));
    REQUIRE(came);
    CHECK(seen.all.size() == 1);
}

TEST_CASE("a version that is too old is refused as Expired, as a status and as an event") {
    test::api_stage set;
    set.made_up(410, status_text(410, "Expired"));
    set.then_stream({R"({"type":"ERROR","object":)" + status_text(410, "Expired") + "}\n"});
    for (int i = 0; i < 2; ++i) {
        seen_events seen;
        k8s::selection what{k8s::pods, "default"};
        auto came = set.run(set.api->watch(what, 30s, seen.sink()));
        REQUIRE_FALSE(came);
        CHECK(came.error().what == kind::refused);
        CHECK(came.error().code == 410);
        CHECK(came.error().reason == "Expired");
    }
}

TEST_CASE("a watch that says nonsense, or ends within an event, is an error") {
    for (auto text : {"{\"type\":\"ADDED\"}\n",
                      "nonsense\n",
                      "{\"type\":\"ADD",
                      "{\"type\":\"NEW\",\"object\":{}}\n",
                      "[]\n"}) {
        INFO(text);
        test::api_stage set;
        set.then_stream({text});
        seen_events seen;
        k8s::selection what{k8s::pods, "default"};
        auto came = set.run(set.api->watch(what, 30s, seen.sink()));
        REQUIRE_FALSE(came);
        CHECK(came.error().what == kind::unknown);
        CHECK(seen.all.empty());
    }
}

TEST_CASE("a watch that never begins is given up long before a silent one") {
    test::api_stage set;
    set.then_stream({event_text("ADDED", "5")});
    set.net.cut("api", "pod");
    seen_events seen;
    k8s::selection what{k8s::pods, "default"};
    bool opened = false;
    what.on_open = [&] { opened = true; };
    auto start = set.clock.now();
    auto came = set.run(set.api->watch(what, 100s, seen.sink()));
    REQUIRE_FALSE(came);
    CHECK(came.error().what == kind::not_sent);
    CHECK(set.clock.now() == start + 15s);
    CHECK_FALSE(opened);
    set.net.heal("api", "pod");
    auto again = set.run(set.api->watch(what, 100s, seen.sink()));
    CHECK(again);
    CHECK(opened);
}
