// SPDX-License-Identifier: MIT
#include "agent/engine/odbc_session.hpp"

#include "common/async/system_clock.hpp"
#include "common/async/within.hpp"
#include "test/support/catch.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <filesystem>
#include <poll.h>
#include <thread>

// The session's rules, against a driver that needs no server and a server that never answers.
// Real threads and real time: what is late is late by far, and upper limits are generous.

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr auto sqlite = "Driver=/usr/lib/x86_64-linux-gnu/odbc/libsqlite3odbc.so;Database=:memory:";
constexpr auto endless =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n";

std::ptrdiff_t threads() {
    // The first thread of a process brings a sanitizer's own with it, which stays.
    static const bool warm = (std::thread([] {}).join(), true);
    static_cast<void>(warm);
    std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
}

struct stage {
    asio::io_context io{1};
    system_clock clock;
    std::optional<odbc_connector> connector;
    std::unique_ptr<engine_session> session;
    engine_reply reply;
    std::ptrdiff_t threads_before = threads();

    explicit stage(odbc_options options) {
        connector.emplace(io.get_executor(), clock, std::move(options));
        session = connector->open("test", engine_login{"ha", "secret"});
    }
    // The driver's threads end before the test does.
    ~stage() {
        session.reset();
        auto limit = clock.now() + 60s;
        while (threads() > threads_before && clock.now() < limit) poll(nullptr, 0, 1);
        CHECK(threads() <= threads_before);
    }

    static odbc_options local() {
        odbc_options options;
        options.port = 0;
        options.identify = "select 42 as id";
        options.connection_string = sqlite;
        return options;
    }

    engine_reply play(asio::awaitable<engine_reply> act) {
        std::exception_ptr thrown;
        auto keep = [&](std::exception_ptr why, engine_reply got) {
            thrown = why;
            reply = std::move(got);
        };
        asio::co_spawn(io, std::move(act), keep);
        io.run();
        io.restart();
        if (thrown) std::rethrow_exception(thrown);
        return reply;
    }
    engine_reply run(std::string text, duration limit, std::vector<sql_value> parameters = {}) {
        statement what{"test", std::move(text)};
        return play(session->run(what, std::move(parameters), clock.now() + limit));
    }
};

// Accepts, by the kernel's hand, and never says a word.
struct mute_server {
    asio::io_context io;
    asio::ip::tcp::acceptor door{io, {asio::ip::address_v4::loopback(), 0}};

    odbc_options options() const {
        odbc_options target;
        target.driver = "FreeTDS";
        target.port = door.local_endpoint().port();
        target.connection_string =
            "Driver=/usr/lib/x86_64-linux-gnu/odbc/libtdsodbc.so;Server=127.0.0.1;Port=" +
            std::to_string(target.port) + ";TDS_Version=7.4;UID=ha;PWD=secret;";
        return target;
    }
};

asio::awaitable<engine_reply> given_up(stage& s, duration limit) {
    statement what{"endless", endless};
    auto running = s.session->run(what, {}, s.clock.now() + 600s);
    try {
        co_await within(s.clock, limit, std::move(running));
    } catch (const boost::system::system_error&) {
        co_return tl::unexpected(engine_failure{});
    }
    co_return engine_answer{};
}

}  // namespace

TEST_CASE("a batch is run, and its answer carries both instants") {
    stage s(stage::local());
    CHECK(s.session->session_id() == std::nullopt);
    auto got = s.run("select ? as name, ? as n", 60s, {std::string{"sql-0"}, std::int64_t{7}});
    REQUIRE(got);
    REQUIRE(got->sets.size() == 1);
    CHECK(got->sets[0].text(0, "name") == "sql-0");
    CHECK(got->sets[0].integer(0, "n") == 7);
    CHECK(got->sent_at <= got->received_at);
    CHECK(s.session->session_id() == 42);
    CHECK(s.connector->counts().connected == 1);
}

TEST_CASE("the connection stays until it is abandoned, then a new one is made") {
    stage s(stage::local());
    REQUIRE(s.run("create table t(i integer)", 60s));
    REQUIRE(s.run("select i from t", 60s));
    s.session->abandon();
    CHECK_FALSE(s.run("select i from t", 60s));
    CHECK(s.connector->counts().connected == 2);
    CHECK(s.connector->counts().abandoned == 0);
}

TEST_CASE("an error is refused, and the connection stays") {
    stage s(stage::local());
    auto got = s.run("select nonsense from nowhere", 60s);
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::refused);
    CHECK(got.error().messages.front().text.find("nowhere") != std::string::npos);
    CHECK(s.run("select 1", 60s));
    CHECK(s.connector->counts().connected == 1);
}

TEST_CASE("a late answer is unknown, its thread is left, and the next run has a new one") {
    stage s(stage::local());
    REQUIRE(s.run("select 1", 60s));
    auto begun = s.clock.now();
    auto got = s.run(endless, 50ms);
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::unknown);
    CHECK(got.error().sent_at >= begun);
    CHECK(s.clock.now() - begun < 30s);
    CHECK(s.connector->counts().abandoned == 1);
    CHECK(s.connector->counts().unknown == 1);
    CHECK(s.session->session_id() == std::nullopt);
    CHECK(s.run("select 1", 60s));
    CHECK(s.connector->counts().connected == 2);
}

TEST_CASE("who stops waiting leaves the connection as well") {
    stage s(stage::local());
    REQUIRE(s.run("select 1", 60s));
    CHECK_FALSE(s.play(given_up(s, 50ms)));
    CHECK(s.connector->counts().abandoned == 1);
    CHECK(s.run("select 1", 60s));
}

TEST_CASE("after the deadline nothing is sent") {
    stage s(stage::local());
    REQUIRE(s.run("select 1", 60s));
    auto got = s.run("select 1", -1ns);
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::not_sent);
    CHECK(s.connector->counts().batches == 1);
}

TEST_CASE("a stream hands on each set, and ends when its reader has enough") {
    stage s(stage::local());
    int sets = 0;
    auto more = [&](const result_set& set) {
        ++sets;
        return set.integer(0, "one") != 1;
    };
    statement what{"stream", "select 1 as one"};
    CHECK(s.play(s.session->stream(what, 60s, more)));
    CHECK(sets == 1);
    auto all = [&](const result_set&) { return ++sets > 0; };
    CHECK(s.play(s.session->stream(what, 60s, all)));
    CHECK(sets == 2);
}

TEST_CASE("a silent stream is unknown") {
    stage s(stage::local());
    statement what{"stream", endless};
    auto none = [](const result_set&) { return true; };
    auto got = s.play(s.session->stream(what, 100ms, none));
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::unknown);
    CHECK(s.connector->counts().abandoned == 1);
}

TEST_CASE("a closed port is said in words, before any driver is asked") {
    odbc_options options;
    {
        mute_server gone;
        options = gone.options();
    }
    stage s(options);
    auto got = s.run("select 1", 60s);
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::not_sent);
    CHECK(got.error().messages.front().text == "nothing listens at 127.0.0.1 port " +
                                                   std::to_string(options.port) +
                                                   ": is the engine running, on this port?");
    CHECK(s.connector->counts().connect_failed == 1);
    CHECK(s.connector->counts().connected == 0);
}

TEST_CASE("a server that accepts and never answers costs the deadline and a thread, no more") {
    mute_server mute;
    auto options = mute.options();
    options.threads_max = 1;
    stage s(options);
    auto begun = s.clock.now();
    auto got = s.run("select 1", 50ms);
    auto took = s.clock.now() - begun;
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::not_sent);
    CHECK(took >= 50ms);
    // The driver's own limit is a second: being back before it shows that ours was the one.
    CHECK(took < 900ms);
    CHECK(s.connector->counts().abandoned == 1);

    auto next = s.run("select 1", 60s);
    REQUIRE_FALSE(next);
    CHECK(next.error().messages.front().text == "the driver left too many threads stuck");
}

TEST_CASE("a driver that cannot be loaded is named") {
    auto options = stage::local();
    options.driver = "Mine";
    options.connection_string = "Driver={No Such Driver};";
    stage s(options);
    auto got = s.run("select 1", 60s);
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::not_sent);
    CHECK(got.error().messages.front().text.find("the ODBC driver 'Mine' cannot be loaded (") == 0);
}
