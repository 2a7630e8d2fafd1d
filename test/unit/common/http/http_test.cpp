// SPDX-License-Identifier: MIT
#include "common/http/client.hpp"
#include "common/http/server.hpp"
#include "common/transport/memory_network.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace ha;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

struct counting_dialer final : transport::dialer {
    std::unique_ptr<transport::dialer> inner;
    int dialed = 0;

    asio::awaitable<result<std::unique_ptr<transport::byte_stream>>> dial(
        const transport::endpoint& where) override {
        ++dialed;
        return inner->dial(where);
    }
};

// A server and a client of ours, and what came of each call.
struct stage {
    explicit stage(http::handler answer, http::server_limits limits = {}, duration latency = 0ms)
        : net(clock, latency), door(net.listen("b", 80)) {
        from.inner = net.dialer_at("a");
        client = http::make_client(clock, from, transport::endpoint{"b", 80, ""});
        auto complain = [this](const error& what) { complaints.push_back(what.message); };
        asio::co_spawn(io,
                       http::serve(clock, *door, std::move(answer), limits, complain),
                       asio::bind_cancellation_slot(stop.slot(),
                                                    [this](std::exception_ptr) { ended = true; }));
        clock.settle();
    }

    asio::io_context io{1};
    test::sim_clock clock{io};
    transport::memory_network net;
    std::unique_ptr<transport::listener> door;
    counting_dialer from;
    std::unique_ptr<http::client> client;
    asio::cancellation_signal stop;
    std::vector<std::string> complaints;
    bool ended = false;
    std::optional<http::attempt> came;
    std::vector<std::string> blocks;
    std::size_t blocks_wanted = 100;
    int heads = 0;

    asio::awaitable<void> send(http::request what, duration limit) {
        came = co_await client->send(std::move(what), limit);
    }

    asio::awaitable<void> stream(http::request what, duration silence) {
        auto on_bytes = [this](std::string_view block) {
            heads += block.empty() ? 1 : 0;
            if (!block.empty()) blocks.emplace_back(block);
            return blocks.size() < blocks_wanted;
        };
        auto sink = std::function<bool(std::string_view)>{on_bytes};
        came = co_await client->stream(std::move(what), 5s, silence, std::move(sink));
    }

    http::attempt& run(asio::awaitable<void> work) {
        came.reset();
        asio::co_spawn(io, std::move(work), asio::detached);
        clock.settle();
        while (!came && clock.advance()) {}
        REQUIRE(came);
        return *came;
    }

    http::attempt& ask(http::request what, duration limit = 5s) {
        return run(send(std::move(what), limit));
    }
};

using reply = asio::awaitable<std::optional<http::response>>;

reply echo(http::incoming asked, http::body_writer&) {
    http::response made{200, {{"x-method", asked.request.method}}, asked.request.target};
    made.body += asked.request.body;
    co_return made;
}

}  // namespace

TEST_CASE("a request comes to the handler and its answer back") {
    stage set(echo);
    auto& came = set.ask({"PUT", "/a?b=c", {{"x-one", "1"}}, " body"});
    REQUIRE(came);
    CHECK(came->response.status == 200);
    CHECK(came->response.body == "/a?b=c body");
    CHECK(came->response.header("x-method") == "PUT");
}

TEST_CASE("a connection is used again, but not after it ended") {
    stage set(echo);
    auto& first = set.ask({});
    REQUIRE(first);
    auto& second = set.ask({});
    REQUIRE(second);
    CHECK(set.from.dialed == 1);
    set.net.reset("a", "b");
    auto& third = set.ask({});
    REQUIRE(third);
    CHECK(set.from.dialed == 2);
}

TEST_CASE("sent_at is when the request went out, after the connection was made") {
    stage set(echo, {}, 10ms);
    auto start = set.clock.now();
    auto& first = set.ask({});
    REQUIRE(first);
    CHECK(first->sent_at == start + 20ms);
    CHECK(first->received_at == start + 40ms);
    auto& second = set.ask({});
    REQUIRE(second);
    CHECK(second->sent_at == start + 40ms);
}

TEST_CASE("HEAD and 204 have no body, and leave the connection usable") {
    auto answer = [](http::incoming asked, http::body_writer&) -> reply {
        http::response made{asked.request.target == "/none" ? 204 : 200, {}, "text"};
        co_return made;
    };
    stage set(answer);
    auto& head = set.ask({"HEAD", "/", {}, ""});
    REQUIRE(head);
    CHECK(head->response.body.empty());
    CHECK(head->response.header("content-length") == "4");
    auto& none = set.ask({"DELETE", "/none", {}, ""});
    REQUIRE(none);
    CHECK(none->response.status == 204);
    auto& get = set.ask({});
    REQUIRE(get);
    CHECK(get->response.body == "text");
}

TEST_CASE("a handler that is too slow: the client gives up, and says the request was sent") {
    stage* world = nullptr;
    auto answer = [&](http::incoming, http::body_writer&) -> reply {
        auto too_long = 10s;
        co_await world->clock.sleep_for(too_long);
        co_return http::response{};
    };
    stage set(answer);
    world = &set;
    auto start = set.clock.now();
    auto& came = set.ask({}, 3s);
    REQUIRE_FALSE(came);
    CHECK(came.error().what.kind == errc::timed_out);
    CHECK(came.error().sent);
    CHECK(came.error().sent_at == start);
    CHECK(set.clock.now() == start + 3s);
    CHECK(came.error().what.message == "b:80: gave up after 3.00 s of waiting for the answer");
}

TEST_CASE("nobody there, or a link that is cut: nothing was sent") {
    stage set(echo);
    set.net.cut("a", "b");
    auto& hung = set.ask({}, 3s);
    REQUIRE_FALSE(hung);
    CHECK(hung.error().what.kind == errc::timed_out);
    CHECK_FALSE(hung.error().sent);
    set.net.heal("a", "b");
    set.door->close();
    auto& refused = set.ask({});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.kind == errc::unreachable);
    CHECK_FALSE(refused.error().sent);
}

TEST_CASE("a body is streamed block by block, also through pauses, and ends well") {
    stage* world = nullptr;
    auto answer = [&](http::incoming, http::body_writer& out) -> reply {
        http::response head;
        co_await out.begin(head);
        co_await out.write("one");
        co_await world->clock.sleep_for(20s);
        co_await out.write("two");
        co_return std::nullopt;
    };
    stage set(answer);
    world = &set;
    auto& came = set.run(set.stream({}, 30s));
    REQUIRE(came);
    CHECK(came->response.status == 200);
    CHECK(came->response.body.empty());
    CHECK(set.blocks == std::vector<std::string>{"one", "two"});
    CHECK(set.heads == 1);
    set.blocks.clear();
    auto& silent = set.run(set.stream({}, 10s));
    REQUIRE_FALSE(silent);
    CHECK(silent.error().what.kind == errc::timed_out);
    CHECK(set.blocks == std::vector<std::string>{"one"});
}

TEST_CASE("who streams learns that the client went away") {
    bool seen = false;
    stage* world = nullptr;
    auto answer = [&](http::incoming, http::body_writer& out) -> reply {
        http::response head;
        co_await out.begin(head);
        while (!out.gone()) {
            co_await out.write("tick");
            co_await world->clock.sleep_for(1s);
        }
        seen = true;
        bool more = co_await out.write("?");
        seen = seen && !more;
        co_return std::nullopt;
    };
    stage set(answer);
    world = &set;
    set.blocks_wanted = 3;
    auto& came = set.run(set.stream({}, 30s));
    REQUIRE(came);
    CHECK(set.blocks.size() == 3);
    while (set.clock.advance()) {}
    CHECK(seen);
}

TEST_CASE("an answer that is not 200 is no stream") {
    auto answer = [](http::incoming, http::body_writer&) -> reply {
        http::response made{410, {}, "gone"};
        co_return made;
    };
    stage set(answer);
    auto& came = set.run(set.stream({}, 30s));
    REQUIRE(came);
    CHECK(came->response.status == 410);
    CHECK(came->response.body == "gone");
    CHECK(set.blocks.empty());
}

TEST_CASE("a handler that throws is a 500, and somebody hears of it") {
    auto answer = [](http::incoming, http::body_writer&) -> reply {
        throw std::runtime_error("broken");
        co_return std::nullopt;
    };
    stage set(answer);
    auto& came = set.ask({});
    REQUIRE(came);
    CHECK(came->response.status == 500);
    CHECK(set.complaints == std::vector<std::string>{"a handler failed: broken"});
}

TEST_CASE("serving ends, with its sessions, when it is cancelled") {
    stage set(echo);
    auto& came = set.ask({});
    REQUIRE(came);
    set.stop.emit(asio::cancellation_type::terminal);
    set.clock.settle();
    CHECK(set.ended);
    CHECK(set.complaints.empty());
}
