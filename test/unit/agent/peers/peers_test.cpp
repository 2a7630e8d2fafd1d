// SPDX-License-Identifier: MIT
#include "agent/codec/peer_messages.hpp"
#include "agent/peers/leaf.hpp"
#include "agent/peers/peer_network.hpp"
#include "common/http/client.hpp"
#include "common/transport/certificates.hpp"
#include "common/transport/memory_network.hpp"
#include "common/transport/tls.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t port = 8443;

boost::asio::awaitable<peer_answer> answer_as(std::string replica,
                                              std::string uid,
                                              std::vector<peer_question>* asked,
                                              peer_caller,
                                              peer_question question) {
    asked->push_back(question);
    peer_answer answer;
    answer.status.group = "ag1";
    answer.status.replica = replica;
    answer.status.pod_uid = uid;
    answer.yes = std::holds_alternative<vote_question>(question);
    co_return answer;
}

// ag-0 asks, ag-1 answers.
struct stage {
    boost::asio::io_context io{1};
    test::sim_clock clock{io};
    transport::memory_network net{clock, 1ms};
    std::vector<peer_question> asked;
    std::optional<transport::identity> shown;
    std::unique_ptr<transport::dialer> dialer;
    std::unique_ptr<transport::listener> door = net.listen("10.0.0.1", port);
    std::unique_ptr<peer_network> peers;

    explicit stage(std::optional<transport::identity> as = {}) {
        dialer = net.dialer_at("10.0.0.0", as);
        peers = make_peer_network(clock, *dialer, "ag1", {"ag-0", "uid0"});
        peers->set_directory({{"ag-1", {"10.0.0.1", port, "uid1"}}});
    }

    void serve(const std::string& group = "ag1", const std::string& uid = "uid1") {
        peer_handler handler = [this, uid](peer_caller caller, peer_question question) {
            return answer_as("ag-1", uid, &asked, std::move(caller), std::move(question));
        };
        boost::asio::co_spawn(
            io, serve_peers(clock, *door, {{group, handler}}), boost::asio::detached);
    }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        auto answer = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
        auto end = clock.now() + 60s;
        while (answer.wait_for(0s) != std::future_status::ready && clock.advance_to(end)) {}
        return answer.get();
    }
    result<peer_answer> ask(peer_question what = status_question{}) {
        return run(peers->ask("ag-1", std::move(what), 1s));
    }
    http::response post(http::request what) {
        auto client = http::make_client(clock, *dialer, {"10.0.0.1", port, ""});
        return run(client->send(std::move(what), 1s)).value().response;
    }
};

}  // namespace

TEST_CASE("a question reaches the peer and its answer comes back") {
    stage set;
    set.serve();
    auto status = set.ask();
    REQUIRE(status.has_value());
    REQUIRE(status->status.pod_uid == "uid1");
    REQUIRE(status->yes == false);
    auto vote = set.ask(vote_question{"ag-0", "uid0", 3, 5s, {2, 7}, 2, {}, false});
    REQUIRE(vote->yes == true);
    REQUIRE(std::get<vote_question>(set.asked.back()).wanted == 3);
}

TEST_CASE("nobody there, nobody known, nobody answering in time") {
    stage set;
    REQUIRE(set.run(set.peers->ask("ag-2", status_question{}, 1s)).error().kind == errc::not_found);
    set.serve();
    set.net.cut("10.0.0.0", "10.0.0.1");
    auto begun = set.clock.now();
    auto late = set.ask();
    REQUIRE(late.error().kind == errc::timed_out);
    REQUIRE(set.clock.now() - begun == 1s);
    set.door->close();
    set.net.heal("10.0.0.0", "10.0.0.1");
    REQUIRE_FALSE(set.ask().has_value());
}

TEST_CASE("an answer of another pod or another group is no answer") {
    stage stranger;
    stranger.serve("ag1", "uid9");
    auto wrong = stranger.ask();
    REQUIRE(wrong.error().kind == errc::refused);
    REQUIRE(wrong.error().message.find("uid9") != std::string::npos);
    stage elsewhere;
    elsewhere.serve("ag2");
    auto none = elsewhere.ask();
    REQUIRE(none.error().kind == errc::refused);
    REQUIRE(none.error().message.find("ag1 is served here") != std::string::npos);
    REQUIRE(elsewhere.asked.empty());
}

TEST_CASE("who shows a certificate must be who he says he is") {
    stage right(transport::identity{"ag-0", {peer_server_name("uid0")}});
    right.serve();
    REQUIRE(right.ask().has_value());
    stage wrong(transport::identity{"ag-0", {peer_server_name("uid7")}});
    wrong.serve();
    REQUIRE(wrong.ask().error().kind == errc::refused);
    REQUIRE(wrong.asked.empty());
}

TEST_CASE("what is no question of ours is refused in words") {
    stage set;
    set.serve();
    http::request wrong_method;
    wrong_method.target = "/peer/v1/status";
    REQUIRE(set.post(wrong_method).status == 405);
    http::request wrong_path;
    wrong_path.method = "POST";
    wrong_path.target = "/";
    REQUIRE(set.post(wrong_path).status == 404);
    auto body = write_question({"ag1", {"ag-0", "uid0"}, status_question{}});
    http::request unknown{"POST", "/peer/v1/promise", {}, body};
    REQUIRE(set.post(unknown).status == 404);
    http::request torn{"POST", "/peer/v1/status", {}, body.substr(5)};
    auto answer = set.post(torn);
    REQUIRE(answer.status == 400);
    REQUIRE_FALSE(answer.body.empty());
    REQUIRE(set.asked.empty());
}

TEST_CASE("certificates made at start let supervisors of one group in, and nobody else") {
    stage set;
    auto today = set.clock.wall_time();
    auto own = transport::make_authority("ag1 peers", {today - 1h, today + 24h * 3650}).value();
    auto other = transport::make_authority("ag2 peers", {today - 1h, today + 24h * 3650}).value();
    auto as = [&](const transport::key_pair& ca, const pod_identity& pod) {
        auto made = make_leaf(ca.certificate, ca.key, pod, today).value();
        return transport::fixed_credentials({ca.certificate, made.certificate_pem, made.key_pem});
    };
    set.door = transport::make_tls_listener(std::move(set.door),
                                            as(own, {"ag-1", "uid1"}),
                                            {transport::client_certificates::required, {}});
    set.serve();
    auto ask_as = [&](const transport::key_pair& ca, const pod_identity& pod, std::string uid) {
        auto dialer = transport::make_tls_dialer(set.net.dialer_at("10.0.0.0"), as(ca, pod));
        auto peers = make_peer_network(set.clock, *dialer, "ag1", {"ag-0", "uid0"});
        peers->set_directory({{"ag-1", {"10.0.0.1", port, std::move(uid)}}});
        return set.run(peers->ask("ag-1", status_question{}, 1s));
    };
    REQUIRE(ask_as(own, {"ag-0", "uid0"}, "uid1").has_value());
    REQUIRE_FALSE(ask_as(own, {"ag-0", "uid0"}, "uid2").has_value());    // another pod answers
    REQUIRE_FALSE(ask_as(own, {"ag-0", "uid5"}, "uid1").has_value());    // another pod asks
    REQUIRE_FALSE(ask_as(other, {"ag-0", "uid0"}, "uid1").has_value());  // another group's CA
    REQUIRE(set.asked.size() == 1);
    REQUIRE_FALSE(make_leaf(own.certificate, other.key, {"ag-0", "uid0"}, today).has_value());
}
