// SPDX-License-Identifier: MIT
#include "common/transport/pipe.hpp"

#include "common/async/within.hpp"
#include "common/transport/memory_network.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace ha;
using namespace ha::transport;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

// Two hosts, one connection between them, and a diary of what happened at which millisecond.
struct stage {
    explicit stage(duration latency = 0ms) : net(clock, latency) {}
    ~stage() { io.stop(); }

    asio::io_context io{1};
    test::sim_clock clock{io};
    instant start = clock.now();
    memory_network net;
    std::unique_ptr<byte_stream> near;
    std::unique_ptr<byte_stream> far;
    std::vector<std::string> diary;

    void note(const std::string& what) {
        auto at = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - start);
        diary.push_back(std::to_string(at.count()) + " " + what);
    }

    asio::awaitable<void> call(dialer& from, endpoint to) {
        auto made = co_await from.dial(to);
        if (made) near = std::move(*made);
        note(made ? "connected" : made.error().message);
    }

    asio::awaitable<void> receive(listener& at) {
        auto made = co_await at.accept();
        if (made) far = std::move(*made);
        note(made ? "called" : made.error().message);
    }

    asio::awaitable<void> read(byte_stream& from, std::size_t most = 100) {
        std::string text(most, ' ');
        auto into = std::as_writable_bytes(std::span(text));
        auto count = co_await from.read_some(into);
        if (!count) note(count.error().message);
        if (count && *count == 0) note("end");
        if (count && *count > 0) note("read " + text.substr(0, *count));
    }

    asio::awaitable<void> write(byte_stream& to, std::string text) {
        auto bytes = std::as_bytes(std::span(text));
        auto done = co_await to.write(bytes);
        if (!done) note(done.error().message);
    }

    asio::awaitable<void> read_within(byte_stream& from, duration limit) {
        auto work = read(from);
        try {
            co_await within(clock, limit, std::move(work));
        } catch (const boost::system::system_error& failure) {
            note(failure.code() == asio::error::timed_out ? "late" : "other");
        }
    }

    void go(asio::awaitable<void> work) {
        asio::co_spawn(io, std::move(work), asio::detached);
        clock.settle();
    }

    void connect() {
        auto door = net.listen("b", 80);
        auto from = net.dialer_at("a");
        go(receive(*door));
        go(call(*from, endpoint{"b", 80, ""}));
        run();
        diary.clear();
    }

    void run() {
        while (clock.advance()) {}
    }
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("what one end of a pipe writes the other reads, then the end") {
    stage set;
    auto ends = make_pipe();
    set.go(set.read(*ends.right, 3));
    set.go(set.write(*ends.left, "hello"));
    set.go(set.read(*ends.right));
    CHECK(ends.right->pending() == arrival::nothing);
    ends.left->close();
    CHECK(ends.right->pending() == arrival::end);
    set.go(set.read(*ends.right));
    set.go(set.write(*ends.right, "anybody?"));
    CHECK(set.diary ==
          lines{"0 read hel", "0 read lo", "0 end", "0 the connection to pipe was reset"});
}

TEST_CASE("a read that waits in a stream ends when the stream is closed") {
    stage set;
    auto ends = make_pipe();
    set.go(set.read(*ends.right));
    ends.right->close();
    set.clock.settle();
    CHECK(set.diary == lines{"0 the connection to pipe was reset"});
}

TEST_CASE("a writer waits while too much lies unread") {
    stage set;
    auto ends = make_pipe();
    set.go(set.write(*ends.left, std::string(300 * 1024, 'x')));
    bool through = false;
    auto second = [&]() -> asio::awaitable<void> {
        co_await set.write(*ends.left, "y");
        through = true;
    };
    set.go(second());
    CHECK_FALSE(through);
    auto more = std::as_bytes(std::span("z", 1));
    CHECK_FALSE(ends.left->try_write(more));
    set.go(set.read(*ends.right, 200 * 1024));
    CHECK(through);
    CHECK(ends.left->try_write(more));
    ends.right->close();
    CHECK_FALSE(ends.left->try_write(more));
}

TEST_CASE("bytes and connections take the link's time") {
    stage set(5ms);
    auto door = set.net.listen("b", 80);
    auto from = set.net.dialer_at("a");
    set.go(set.receive(*door));
    set.go(set.call(*from, endpoint{"b", 80, ""}));
    set.run();
    set.go(set.read(*set.far));
    set.go(set.write(*set.near, "hello"));
    set.run();
    CHECK(set.diary.size() == 3);
    CHECK(set.diary[2] == "15 read hello");
}

TEST_CASE("nobody listening is found out after a round trip, and by no one on a cut link") {
    stage set(5ms);
    auto from = set.net.dialer_at("a");
    set.go(set.call(*from, endpoint{"b", 80, ""}));
    set.run();
    CHECK(set.diary == lines{"10 nobody listens at b:80"});
    set.net.cut("b", "a");
    set.go(set.call(*from, endpoint{"b", 80, ""}));
    set.run();
    CHECK(set.diary.size() == 1);
    set.net.heal("b", "a");
    set.run();
    CHECK(set.diary.size() == 2);
}

TEST_CASE("over a cut link nothing arrives and nothing fails; healed, it arrives late") {
    stage set(5ms);
    set.connect();
    set.net.cut("a", "b");
    set.go(set.write(*set.near, "late"));
    set.go(set.write(*set.far, "in time"));
    set.go(set.read(*set.near));
    set.go(set.read_within(*set.far, 1s));
    set.run();
    CHECK(set.diary == lines{"15 read in time", "1010 late"});
    set.near->close();  // given up, and yet it may land
    set.net.heal("a", "b");
    set.go(set.read(*set.far));
    set.run();
    set.go(set.read(*set.far));
    CHECK(set.diary == lines{"15 read in time", "1010 late", "1015 read late", "1015 end"});
}

TEST_CASE("what arrived before the cut can be read, what was on its way not") {
    stage set(5ms);
    set.connect();
    set.go(set.write(*set.near, "one"));
    set.clock.advance_to(set.start + 15ms);
    set.go(set.write(*set.near, "two"));
    set.net.cut("a", "b");
    set.go(set.read(*set.far));
    set.go(set.read_within(*set.far, 1s));
    set.run();
    CHECK(set.diary == lines{"15 read one", "1015 late"});
}

TEST_CASE("a reset is seen by both ends, also by who waits") {
    stage set;
    set.connect();
    set.go(set.read(*set.near));
    set.net.reset("a", "b");
    set.clock.settle();
    set.go(set.write(*set.far, "x"));
    CHECK(set.diary ==
          lines{"0 the connection to b:80 was reset", "0 the connection to a:40001 was reset"});
}

TEST_CASE("a machine without power says nothing, not even its end, and its ports are free") {
    stage set;
    auto door = set.net.listen("b", 80);
    CHECK(set.net.listen("b", 80) == nullptr);
    auto from = set.net.dialer_at("a");
    set.go(set.receive(*door));
    set.go(set.call(*from, endpoint{"b", 80, ""}));
    set.net.power_off("b");
    set.far->close();
    set.diary.clear();
    set.go(set.read_within(*set.near, 1s));
    set.run();
    CHECK(set.diary == lines{"1000 late"});
    auto again = set.net.listen("b", 80);
    REQUIRE(again != nullptr);
    door.reset();  // the old one must not take the new one's port with it
    CHECK(set.net.listen("b", 80) == nullptr);
}

TEST_CASE("an isolated host reaches nobody until it rejoins") {
    stage set;
    auto door = set.net.listen("b", 80);
    auto from = set.net.dialer_at("a");
    set.net.isolate("b");
    set.go(set.receive(*door));
    set.go(set.call(*from, endpoint{"b", 80, ""}));
    CHECK(set.diary.empty());
    set.net.rejoin("b");
    set.clock.settle();
    CHECK(set.diary.size() == 2);
}

TEST_CASE("each end of a memory connection sees what the other shows") {
    stage set;
    identity server{"server", {"db-0"}};
    identity client{"client", {}};
    auto door = set.net.listen("b", 0, server);
    auto from = set.net.dialer_at("a", client);
    set.go(set.receive(*door));
    set.go(set.call(*from, endpoint{"b", door->port(), ""}));
    CHECK(set.near->peer() == server);
    CHECK(set.far->peer() == client);
    CHECK(set.near->description() == "b:" + std::to_string(door->port()));
}
