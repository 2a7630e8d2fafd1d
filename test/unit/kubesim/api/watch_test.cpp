// SPDX-License-Identifier: MIT
#include "common/http/client.hpp"
#include "common/transport/memory_network.hpp"
#include "test/support/catch.hpp"
#include "test/unit/kubesim/api/bench.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <sstream>

using namespace ha::kubesim;
using namespace ha::kubesim::test;
using json = nlohmann::json;
namespace asio = boost::asio;

namespace {

// The server behind the real HTTP client and server, over a network in memory.
struct wired : bench {
    wired() : bench({.history_max = 20, .open = true}) {
        auto serving = ha::http::serve(clock, *door, server.handler(), {});
        asio::co_spawn(io, std::move(serving), [](std::exception_ptr) {});
    }

    // Ends the server and with it every session, so that nothing is left suspended.
    ~wired() {
        door->close();
        client->forget_connections();
        clock.settle();
    }

    asio::awaitable<void> stream(std::string target) {
        ha::http::request ask{"GET", std::move(target), {}, {}};
        auto limit = std::chrono::hours{1};
        std::function<bool(std::string_view)> take = [this](std::string_view block) {
            text += block;
            return true;
        };
        auto done = co_await client->stream(std::move(ask), limit, limit, std::move(take));
        status = done ? done->response.status : -1;
        if (done && status != 200) text = done->response.body;
        over = true;
    }

    asio::awaitable<void> send(ha::http::request ask) {
        auto limit = std::chrono::seconds{5};
        last = co_await client->send(std::move(ask), limit);
    }

    ha::http::attempt attempt(const std::string& method,
                              const std::string& target,
                              const json& body) {
        asio::co_spawn(io, send({method, target, {}, body.dump()}), asio::detached);
        clock.settle();
        return last;
    }

    void watch(const std::string& target) {
        asio::co_spawn(io, stream(target), asio::detached);
        clock.settle();
    }

    std::vector<json> events() {
        clock.settle();
        std::vector<json> found;
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line);) found.push_back(json::parse(line));
        return found;
    }

    ha::transport::memory_network network{clock};
    std::unique_ptr<ha::transport::listener> door = network.listen("api", 443);
    std::unique_ptr<ha::transport::dialer> dialer = network.dialer_at("me");
    std::unique_ptr<ha::http::client> client =
        ha::http::make_client(clock, *dialer, {"api", 443, ""});
    ha::http::attempt last;
    std::string text;
    int status = 0;
    bool over = false;
};

std::string kind_of(const json& event) {
    return event["type"];
}

}  // namespace

TEST_CASE("a watch shows what is there and what happens") {
    wired cluster;
    cluster.ask("POST", leases, lease("ag1", "a"));
    cluster.watch(leases + "?watch=true");
    REQUIRE(cluster.events().size() == 1);
    CHECK(kind_of(cluster.events()[0]) == "ADDED");
    cluster.merge(leases + "/ag1", {{"spec", {{"holderIdentity", "b"}}}});
    cluster.ask("DELETE", leases + "/ag1");
    auto events = cluster.events();
    REQUIRE(events.size() == 3);
    CHECK(kind_of(events[1]) == "MODIFIED");
    CHECK(events[1]["object"]["spec"]["holderIdentity"] == "b");
    CHECK(kind_of(events[2]) == "DELETED");
}

TEST_CASE("a watch goes on from a version, and ends in time with a bookmark") {
    wired cluster;
    auto seen = cluster.ask("POST", leases, lease("ag1", "a")).body;
    auto at = seen["metadata"]["resourceVersion"].get<std::string>();
    cluster.ask("POST", maps, config_map("m", json::object()));
    cluster.watch(leases +
                  "?watch=true&allowWatchBookmarks=true&timeoutSeconds=10&resourceVersion=" + at);
    CHECK(cluster.events().empty());
    // Without news, of whatever kind, there would be no bookmark.
    cluster.ask("POST", maps, config_map("n", json::object()));
    auto end = cluster.clock.now() + std::chrono::seconds{11};
    while (cluster.clock.now() < end && cluster.clock.advance_to(end)) {}
    auto events = cluster.events();
    REQUIRE(events.size() == 1);
    CHECK(kind_of(events[0]) == "BOOKMARK");
    CHECK(events[0]["object"]["metadata"]["resourceVersion"] ==
          std::to_string(cluster.server.state().objects.now()));
    CHECK(cluster.over);
}

TEST_CASE("a watch from forgotten times ends with 410") {
    wired cluster;
    for (int i = 0; i < 30; ++i) cluster.ask("POST", leases, lease("ag" + std::to_string(i), "a"));
    cluster.watch(leases + "?watch=true&resourceVersion=3");
    auto events = cluster.events();
    REQUIRE(events.size() == 1);
    CHECK(kind_of(events[0]) == "ERROR");
    CHECK(events[0]["object"]["code"] == 410);
    CHECK(events[0]["object"]["reason"] == "Expired");
}

TEST_CASE("leaving a selection looks like a deletion") {
    wired cluster;
    cluster.ask("POST", pods, pod("db-0", {{"role", "primary"}}));
    cluster.watch(pods + "?watch=true&labelSelector=role%3Dprimary");
    cluster.merge(pods + "/db-0", {{"metadata", {{"labels", {{"role", "secondary"}}}}}});
    auto events = cluster.events();
    REQUIRE(events.size() == 2);
    CHECK(kind_of(events[1]) == "DELETED");
    CHECK(events[1]["object"]["metadata"]["labels"]["role"] == "primary");
}

TEST_CASE("a lost response hides a write that happened") {
    wired cluster;
    cluster.server.faults().add({.what = fault::kind::lost_response, .verb = "create", .left = 1});
    auto done = cluster.attempt("POST", leases, lease("ag1", "a"));
    REQUIRE_FALSE(done);
    CHECK(done.error().sent);
    CHECK(cluster.ask("GET", leases + "/ag1").status == 200);
    CHECK(cluster.server.faults().all().empty());
}

TEST_CASE("one user can be cut off, in requests and in watches") {
    wired cluster;
    cluster.watch(leases + "?watch=true");
    cluster.server.faults().add({.what = fault::kind::unanswered, .user = "admin"});
    auto end = cluster.clock.now() + std::chrono::seconds{6};
    asio::co_spawn(
        cluster.io, cluster.send({"POST", leases, {}, lease("ag1", "a").dump()}), asio::detached);
    while (cluster.clock.now() < end && cluster.clock.advance_to(end)) {}
    REQUIRE_FALSE(cluster.last);
    CHECK(cluster.last.error().what.kind == ha::errc::timed_out);
    CHECK(cluster.ask("GET", leases + "/ag1").status == 404);

    cluster.ask("POST", leases, lease("ag2", "a"));
    CHECK(cluster.events().empty());
    cluster.server.faults().clear();
    cluster.merge(leases + "/ag2", {{"spec", {{"holderIdentity", "b"}}}});
    CHECK(cluster.events().size() == 2);
}

TEST_CASE("an injected refusal is told in full and changes nothing") {
    wired cluster;
    cluster.server.faults().add(
        {.what = fault::kind::status, .status = 429, .retry_after_seconds = 3, .left = 1});
    auto done = cluster.attempt("POST", leases, lease("ag1", "a"));
    REQUIRE(done);
    const auto& answer = done->response;
    CHECK(answer.status == 429);
    CHECK(answer.header("retry-after") == "3");
    CHECK(json::parse(answer.body)["reason"] == "TooManyRequests");
    CHECK(cluster.ask("GET", leases + "/ag1").status == 404);
}
