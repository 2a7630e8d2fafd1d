// SPDX-License-Identifier: MIT
#include "common/http/server.hpp"
#include "test/unit/common/http/raw.hpp"

using namespace ha;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using reply = asio::awaitable<std::optional<http::response>>;

reply echo(http::incoming asked, http::body_writer&) {
    http::response made{200, {}, asked.request.target + asked.request.body};
    co_return made;
}

http::server_limits small_limits() {
    http::server_limits limits;
    limits.header_bytes_max = 1000;
    limits.body_bytes_max = 1000;
    limits.connections_max = 2;
    return limits;
}

// A server of ours, and callers that say what they like.
struct stage : test::raw_stage {
    explicit stage(http::handler answer = echo) {
        asio::co_spawn(
            io, http::serve(clock, *door, std::move(answer), small_limits()), asio::detached);
        clock.settle();
    }

    std::unique_ptr<transport::listener> door = net.listen("b", 80);
    std::unique_ptr<transport::dialer> from = net.dialer_at("a");
    instant start = clock.now();

    std::unique_ptr<transport::byte_stream> call() {
        std::unique_ptr<transport::byte_stream> line;
        go(call_into(line));
        REQUIRE(line);
        return line;
    }

    // All that the server says to this, until it ends the connection; and when, in seconds.
    struct heard {
        std::string text;
        double ended = -1;
        int status() const { return text.size() > 12 ? std::stoi(text.substr(9, 3)) : 0; }
    };
    heard say(const std::string& text) {
        auto line = call();
        heard all;
        go(converse(*line, text, all));
        run();
        return all;
    }

    asio::awaitable<void> listen(transport::byte_stream& line, heard& all) {
        while (true) {
            auto text = co_await test::hear(line);
            if (text.empty()) break;
            all.text += text;
        }
        all.ended = std::chrono::duration<double>(clock.now() - start).count();
    }

private:
    asio::awaitable<void> call_into(std::unique_ptr<transport::byte_stream>& line) {
        transport::endpoint to{"b", 80, ""};
        auto made = co_await from->dial(to);
        if (made) line = std::move(*made);
    }

    asio::awaitable<void> converse(transport::byte_stream& line, std::string text, heard& all) {
        co_await test::say(line, text);
        co_await listen(line, all);
    }
};

}  // namespace

TEST_CASE(
    "a request that never comes to its end is turned away in time, and so is one that drips") {
    stage set;
    auto half = set.say("GET / HTTP/1.1\r\nx-a: 1\r\n");
    CHECK(half.status() == 408);
    CHECK(half.ended == Approx(11));  // ten seconds for the request, one to take what still comes

    stage slow;
    auto line = slow.call();
    stage::heard all;
    slow.go(slow.listen(*line, all));
    slow.go(test::drip(*line, "GET / HTTP/1.1\r\n" + std::string(100, 'x'), slow.clock, 1s));
    slow.run();
    CHECK(all.status() == 408);
    CHECK(all.ended < 12);
}

TEST_CASE("who connects and says nothing is sent away soon, who is idle later; without a word") {
    stage set;
    auto silent = set.say("");
    CHECK(silent.text.empty());
    CHECK(silent.ended == 10);
    stage other;
    auto idle = other.say("GET /a HTTP/1.1\r\n\r\n");
    CHECK(idle.status() == 200);
    CHECK(idle.ended == 75);
}

TEST_CASE("requests have limits") {
    std::string much(2000, 'x');
    CHECK(stage{}.say("GET / HTTP/1.1\r\nx: " + much + "\r\n\r\n").status() == 431);
    CHECK(stage{}.say("GET /" + much).status() == 431);
    CHECK(stage{}.say("PUT / HTTP/1.1\r\ncontent-length: 2000\r\n\r\n").status() == 413);
    auto chunked = "PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
    CHECK(stage{}.say(chunked + ("7d0\r\n" + much + "\r\n0\r\n\r\n")).status() == 413);
    CHECK(stage{}.say(chunked + ("1;" + much)).status() == 431);
}

TEST_CASE("what is not HTTP, or says its length twice, is refused and the connection ended") {
    for (std::string text : {"hello\r\n\r\n",
                             "GET / HTTP/1.1\r\nbad header\r\n\r\n",
                             "GET  / HTTP/1.1\r\n\r\n",
                             "PUT / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
                             "PUT / HTTP/1.1\r\ncontent-length: 1\r\n"
                             "transfer-encoding: chunked\r\n\r\nx",
                             "PUT / HTTP/1.1\r\ncontent-length: -1\r\n\r\nx"}) {
        INFO(text);
        auto all = stage{}.say(text + "GET /second HTTP/1.1\r\n\r\n");
        CHECK(all.status() == 400);
        CHECK(all.text.find("/second") == std::string::npos);
        CHECK(all.text.find("connection: close") != std::string::npos);
    }
}

TEST_CASE("requests that come together are answered one after the other") {
    auto all = stage{}.say(
        "GET /1 HTTP/1.1\r\n\r\nPUT /2 HTTP/1.1\r\ncontent-length: 2\r\n\r\nab"
        "GET /3 HTTP/1.1\r\nconnection: close\r\n\r\nGET /4 HTTP/1.1\r\n\r\n");
    auto first = all.text.find("/1");
    auto second = all.text.find("/2ab");
    auto third = all.text.find("/3");
    CHECK(first < second);
    CHECK(second < third);
    CHECK(third != std::string::npos);
    CHECK(all.text.find("/4") == std::string::npos);
    CHECK(all.ended == 0);
}

TEST_CASE("who asks before he sends a body is told to go on") {
    stage set;
    auto line = set.call();
    stage::heard all;
    set.go(set.listen(*line, all));
    auto talk = [&]() -> asio::awaitable<void> {
        auto head = "PUT / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
        co_await test::say(*line, head);
    };
    set.go(talk());
    CHECK(all.text == "HTTP/1.1 100 Continue\r\n\r\n");
    auto finish = [&]() -> asio::awaitable<void> {
        auto body = "ok";
        co_await test::say(*line, body);
    };
    set.go(finish());
    CHECK(all.text.find("200 OK") != std::string::npos);
}

TEST_CASE("an old client gets its stream without chunks, ended by the connection") {
    auto answer = [](http::incoming, http::body_writer& out) -> reply {
        http::response head;
        co_await out.begin(head);
        co_await out.write("one");
        co_await out.write("two");
        co_return std::nullopt;
    };
    auto all = stage{answer}.say("GET / HTTP/1.0\r\n\r\n");
    CHECK_THAT(all.text, Catch::EndsWith("\r\n\r\nonetwo"));
    CHECK(all.text.find("chunked") == std::string::npos);
    CHECK(all.ended == 0);
    auto modern = stage{answer}.say("GET / HTTP/1.1\r\n\r\n");
    CHECK_THAT(modern.text, Catch::EndsWith("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
}

TEST_CASE("more callers than there is room for are told so") {
    stage set;
    auto first = set.call();
    auto second = set.call();
    auto third = set.say("");
    CHECK(third.status() == 503);
    first->close();
    set.clock.settle();
    CHECK(set.say("GET /a HTTP/1.1\r\n\r\n").status() == 200);
}

TEST_CASE("a client that takes nothing holds up its own answer only, and not for long") {
    bool went_on = true;
    duration took{};
    stage* world = nullptr;
    auto answer = [&](http::incoming, http::body_writer& out) -> reply {
        auto begun = world->clock.now();
        http::response head;
        co_await out.begin(head);
        std::string block(100'000, 'x');
        while (went_on) {
            went_on = co_await out.write(block);
        }
        took = world->clock.now() - begun;
        co_return std::nullopt;
    };
    stage set(answer);
    world = &set;
    auto line = set.call();
    auto talk = [&]() -> asio::awaitable<void> {
        auto text = "GET / HTTP/1.1\r\n\r\n";
        co_await test::say(*line, text);
    };
    set.go(talk());
    set.run();
    CHECK_FALSE(went_on);
    CHECK(took == 10s);
}
