// SPDX-License-Identifier: MIT
#include "common/http/client.hpp"
#include "test/unit/common/http/raw.hpp"

#include <functional>

using namespace ha;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using stream = transport::byte_stream;
using conversation = std::function<asio::awaitable<void>(stream&)>;

// A client of ours, and a server that is a script: it hears one request, and then does what it
// likes with the connection. The n-th connection gets the n-th script, the last one the rest.
struct stage : test::raw_stage {
    explicit stage(std::vector<conversation> all, http::client_limits limits = {})
        : scripts(std::move(all)) {
        client = http::make_client(clock, *from, transport::endpoint{"b", 80, ""}, limits);
        go(serve());
    }

    std::unique_ptr<transport::listener> door = net.listen("b", 80);
    std::unique_ptr<transport::dialer> from = net.dialer_at("a");
    std::unique_ptr<http::client> client;
    std::vector<conversation> scripts;
    std::size_t connections = 0;
    std::optional<http::attempt> came;
    std::string blocks;

    asio::awaitable<void> serve() {
        while (true) {
            auto caller = co_await door->accept();
            if (!caller) co_return;
            auto which = std::min(connections++, scripts.size() - 1);
            asio::co_spawn(io, one(std::move(*caller), which), asio::detached);
        }
    }

    asio::awaitable<void> one(std::unique_ptr<stream> caller, std::size_t which) {
        auto& script = scripts[which];
        co_await script(*caller);
    }

    asio::awaitable<void> send(duration limit) {
        http::request what{"PUT", "/"};
        came = co_await client->send(std::move(what), limit);
    }

    asio::awaitable<void> watch(duration silence) {
        http::request what;
        std::function<bool(std::string_view)> each = [this](std::string_view block) {
            blocks += block;
            return true;
        };
        came = co_await client->stream(std::move(what), 5s, silence, std::move(each));
    }

    http::attempt& run_until_it_came(asio::awaitable<void> work) {
        came.reset();
        go(std::move(work));
        while (!came && clock.advance()) {}
        REQUIRE(came);
        return *came;
    }
    http::attempt& ask(duration limit = 5s) { return run_until_it_came(send(limit)); }
};

// Hears a request, says this, and waits for the end; or ends at once.
conversation saying(std::string text, bool ends = false) {
    return [text, ends](stream& with) -> asio::awaitable<void> {
        return [](stream& to, std::string all, bool end) -> asio::awaitable<void> {
            co_await test::hear(to);
            co_await test::say(to, all);
            if (!end) co_await test::hear(to);
        }(with, text, ends);
    };
}

const std::string good = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const std::string head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

errc trouble_of(const std::string& text, http::client_limits limits = {}) {
    stage set({saying(text, true)}, limits);
    auto& came = set.ask();
    REQUIRE_FALSE(came);
    CHECK(came.error().sent);
    return came.error().what.kind;
}

}  // namespace

TEST_CASE("a server that drips does not stretch the attempt's limit") {
    stage set({[](stream&) -> asio::awaitable<void> { co_return; }});
    set.scripts[0] = [&](stream& with) { return test::drip(with, good, set.clock, 1s); };
    auto start = set.clock.now();
    auto& came = set.ask(5s);
    REQUIRE_FALSE(came);
    CHECK(came.error().what.kind == errc::timed_out);
    CHECK(set.clock.now() == start + 5s);
    auto& patient = set.ask(100s);
    CHECK(patient);
}

TEST_CASE("answers cut anywhere are put together") {
    auto text = head + "5;name=x\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nx-late: 1\r\n\r\n";
    stage set({[](stream&) -> asio::awaitable<void> { co_return; }});
    set.scripts[0] = [&](stream& with) { return test::drip(with, text, set.clock, 1ms); };
    auto& came = set.ask();
    REQUIRE(came);
    CHECK(came->response.body == "hello world");
    set.client->forget_connections();
    auto& streamed = set.run_until_it_came(set.watch(5s));
    REQUIRE(streamed);
    CHECK(set.blocks == "hello world");
}

TEST_CASE("a connection that ends within the answer is an error, and was sent") {
    CHECK(trouble_of("") == errc::closed);
    CHECK(trouble_of("HTTP/1.1 200") == errc::closed);
    CHECK(trouble_of("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok") == errc::closed);
    CHECK(trouble_of(head + "5\r\nhel") == errc::closed);
    CHECK(trouble_of(head + "2\r\nok\r\n") == errc::closed);
    stage set({saying(head + "2\r\nok\r\n", true)});
    auto& came = set.run_until_it_came(set.watch(5s));
    REQUIRE_FALSE(came);
    CHECK(came.error().what.kind == errc::closed);
    CHECK(set.blocks == "ok");
}

TEST_CASE("an answer without a length ends with its connection") {
    stage set({saying("HTTP/1.1 200 OK\r\n\r\nuntil the end", true)});
    auto& came = set.ask();
    REQUIRE(came);
    CHECK(came->response.body == "until the end");
    auto& again = set.ask();
    CHECK(again);
    CHECK(set.connections == 2);
}

TEST_CASE("answers have limits, whatever they say of their length") {
    http::client_limits small;
    small.header_bytes_max = 1000;
    small.body_bytes_max = 1000;
    std::string much(2000, 'x');
    CHECK(trouble_of("HTTP/1.1 200 OK\r\nx-much: " + much + "\r\n\r\n", small) == errc::too_large);
    CHECK(trouble_of("HTTP/1.1 200 OK\r\nx-much: " + much, small) == errc::too_large);
    CHECK(trouble_of("HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n", small) == errc::too_large);
    CHECK(trouble_of(head + "7d0\r\n" + much + "\r\n0\r\n\r\n", small) == errc::too_large);
    CHECK(trouble_of("HTTP/1.1 200 OK\r\n\r\n" + much, small) == errc::too_large);
    CHECK(trouble_of(head + "1;" + std::string(100'000, 'x'), small) == errc::too_large);
    CHECK(trouble_of("SSH-2.0-OpenSSH\r\n\r\n", small) == errc::malformed);
    CHECK(trouble_of(head + "xyz\r\n", small) == errc::malformed);
}

TEST_CASE("an interim answer is not the answer") {
    stage set({saying("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
                      good)});
    auto& came = set.ask();
    REQUIRE(came);
    CHECK(came->response.status == 200);
    CHECK(came->response.body == "ok");
}

TEST_CASE("what follows an answer unasked is never taken for the next one") {
    stage set({saying(good + good)});
    auto& first = set.ask();
    REQUIRE(first);
    auto& second = set.ask();
    REQUIRE(second);
    CHECK(set.connections == 2);
}

TEST_CASE("a server that ends an idle connection just when we write: sent, and never sent again") {
    std::string heard;
    auto hang_up_at_the_second = [&](stream& with) -> asio::awaitable<void> {
        heard += co_await test::hear(with);
        co_await test::say(with, good);
        heard += co_await test::hear(with);
    };
    stage set({hang_up_at_the_second});
    auto& first = set.ask();
    REQUIRE(first);
    auto& second = set.ask();
    REQUIRE_FALSE(second);
    CHECK(second.error().sent);
    CHECK(second.error().what.kind == errc::closed);
    CHECK(set.connections == 1);
    auto count = std::string_view{heard};
    CHECK(count.find("PUT", count.find("PUT") + 1) == count.rfind("PUT"));  // two in all
}

TEST_CASE("the same when the end is on its way while we write") {
    stage set({saying("")});
    set.net.set_latency("b", "a", 20ms);
    auto answer_and_end = [&](stream& with) -> asio::awaitable<void> {
        co_await test::hear(with);
        co_await test::say(with, good);
        auto pause = 10ms;
        co_await set.clock.sleep_for(pause);
    };
    set.scripts = {answer_and_end};
    auto& first = set.ask();  // here 20 ms later, when the end is 10 ms away
    REQUIRE(first);
    auto& second = set.ask();
    REQUIRE_FALSE(second);
    CHECK(second.error().sent);
    CHECK(set.connections == 1);
    auto& third = set.ask();  // now the end is known
    CHECK(third);
    CHECK(set.connections == 2);
}

TEST_CASE("a header that would end a line early is not sent") {
    stage set({saying(good)});
    http::request bad{"GET", "/"};
    bad.headers["x"] = "1\r\nx-injected: 2";
    auto send = [&](http::request what) -> asio::awaitable<void> {
        set.came = co_await set.client->send(std::move(what), 1s);
    };
    auto& came = set.run_until_it_came(send(bad));
    REQUIRE_FALSE(came);
    CHECK(came.error().what.kind == errc::malformed);
    CHECK_FALSE(came.error().sent);
    CHECK(set.connections == 0);
}

TEST_CASE("idle connections have an end, and a number") {
    http::client_limits short_lived;
    short_lived.idle_time_max = 10s;
    auto many = [](stream& with) -> asio::awaitable<void> {
        while (true) {
            auto text = co_await test::hear(with);
            if (text.empty()) co_return;
            co_await test::say(with, good);
        }
    };
    stage set({many}, short_lived);
    auto& first = set.ask();
    REQUIRE(first);
    set.clock.advance_to(set.clock.now() + 11s);
    auto& second = set.ask();
    REQUIRE(second);
    CHECK(set.connections == 2);
    set.client->forget_connections();
    auto& third = set.ask();
    REQUIRE(third);
    CHECK(set.connections == 3);
}
