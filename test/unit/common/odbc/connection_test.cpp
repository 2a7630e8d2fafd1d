// SPDX-License-Identifier: MIT
#include "common/odbc/connection.hpp"

#include "test/support/catch.hpp"

#include <csignal>
#include <future>
#include <thread>

// The handles and the fetching, against a driver that needs no server.

using namespace ha::odbc;
using namespace std::chrono_literals;

namespace {

constexpr auto sqlite =
    "Driver=/usr/lib/x86_64-linux-gnu/odbc/libsqlite3odbc.so;Database=:memory:;";

struct stage {
    std::shared_ptr<canceller> stop = std::make_shared<canceller>();
    std::unique_ptr<connection> link;

    stage() {
        auto opened = connection::open(sqlite, {}, stop);
        if (!opened) FAIL(in_words(opened.error().diagnostics));
        link = std::move(*opened);
    }
    reply good(const std::string& text, const std::vector<value>& parameters = {}) {
        auto answered = link->execute(text, parameters, 10s);
        if (!answered) FAIL(in_words(answered.error().diagnostics));
        return *answered;
    }
};

}  // namespace

TEST_CASE("values come back as what they are") {
    stage s;
    s.good("create table t(i bigint, b varbinary(8000), s varchar(9000), n integer)");
    std::vector<std::uint8_t> bytes(5000);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
    std::string text = "\xC3\xA4\xF0\x9F\x90\x98" + std::string(3000, 'x');
    s.good("insert into t values(?,?,?,?)",
           {value{std::int64_t{9007199254740993}}, value{bytes}, value{text}, value{}});
    auto got = s.good("select i, b, s, n from t");
    REQUIRE(got.sets.size() == 1);
    CHECK(got.sets[0].columns == std::vector<std::string>{"i", "b", "s", "n"});
    REQUIRE(got.sets[0].values.size() == 1);
    const auto& row = got.sets[0].values[0];
    CHECK(std::get<std::int64_t>(row[0]) == 9007199254740993);
    CHECK(std::get<std::vector<std::uint8_t>>(row[1]) == bytes);
    CHECK(std::get<std::string>(row[2]) == text);
    CHECK(std::holds_alternative<std::monostate>(row[3]));
}

TEST_CASE("an empty result set is a result set, and a statement without one is none") {
    stage s;
    CHECK(s.good("create table t(i integer)").sets.empty());
    auto got = s.good("select i from t");
    REQUIRE(got.sets.size() == 1);
    CHECK(got.sets[0].values.empty());
}

TEST_CASE("an error is refused with the driver's words, and the connection lives on") {
    stage s;
    auto answered = s.link->execute("select nonsense from nowhere", {}, 10s);
    REQUIRE_FALSE(answered);
    CHECK(answered.error().what == trouble::kind::refused);
    CHECK(in_words(answered.error().diagnostics).find("nowhere") != std::string::npos);
    CHECK_FALSE(s.link->dead());
    CHECK(s.good("select 1 as one").sets.size() == 1);
}

TEST_CASE("a stream ends when its reader has enough") {
    stage s;
    int sets = 0;
    auto answered = s.link->stream("select 1 as one", [&](const rows& got) {
        CHECK(got.values.size() == 1);
        return ++sets < 1;
    });
    CHECK(answered);
    CHECK(sets == 1);
}

TEST_CASE("what runs can be cancelled from another thread") {
    stage s;
    auto running = std::async(std::launch::async, [&] {
        return s.link->execute(
            "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n",
            {},
            600s);
    });
    // The cancel may come before the statement runs, so it is repeated until it is heard.
    while (running.wait_for(1ms) != std::future_status::ready) s.stop->cancel();
    CHECK_FALSE(running.get());
    s.stop->cancel();
    CHECK(s.good("select 1 as one").sets.size() == 1);
}

TEST_CASE("a driver that is not there is told from a server that is not there") {
    auto stop = std::make_shared<canceller>();
    for (const char* text : {"Driver={No Such Driver};", "Driver=/no/such/driver.so;"}) {
        auto opened = connection::open(text, {}, stop);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().what == trouble::kind::driver_missing);
    }
}

TEST_CASE("a driver that writes to a socket without a peer ends nobody's process") {
    std::signal(SIGPIPE, SIG_DFL);
    stage s;
    std::raise(SIGPIPE);
    s.good("select 1");
}
