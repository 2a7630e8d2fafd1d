// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/group.hpp"

#include "test/support/catch.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <set>
#include <thread>

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;

namespace {

// Inserts one row after the other, until it is stopped or its server is gone.
class writer {
public:
    writer(group& into, std::size_t primary, std::int64_t first)
        : client_(into.client(primary)), next_(first), thread_([this] { run(); }) {}
    ~writer() { stop(); }

    std::int64_t count() const { return count_; }

    // What was acknowledged.
    std::set<std::int64_t> stop() {
        stopped_ = true;
        if (thread_.joinable()) thread_.join();
        return acknowledged_;
    }

private:
    void run() {
        for (; !stopped_; ++next_) {
            auto answer = client_.run("INSERT INTO shop.dbo.t (id, v) VALUES (?, N'row')", {next_});
            if (!answer) return;
            acknowledged_.insert(next_);
            ++count_;
        }
    }

    sql_client client_;
    std::int64_t next_;
    std::set<std::int64_t> acknowledged_;
    std::atomic<std::int64_t> count_{0};
    std::atomic<bool> stopped_{false};
    std::thread thread_;
};

std::set<std::int64_t> rows_of(sql_client client) {
    std::set<std::int64_t> out;
    auto sets = client.must("SELECT id FROM shop.dbo.t");
    for (const auto& row : sets.at(0).values) out.insert(std::get<std::int64_t>(row[0]));
    return out;
}

bool holds_all(const std::set<std::int64_t>& rows, const std::set<std::int64_t>& wanted) {
    return std::includes(rows.begin(), rows.end(), wanted.begin(), wanted.end());
}

}  // namespace

TEST_CASE("a group loses its primary, and no acknowledged row") {
    group three;
    REQUIRE(three.role(0) == "PRIMARY");
    writer first(three, 0, 0);
    REQUIRE(eventually(20s, [&] { return first.count() >= 100; }));
    three.server(0).signal(SIGKILL);
    REQUIRE(three.server(0).wait() == 128 + SIGKILL);
    auto acknowledged = first.stop();

    three.take_offline(1);
    three.take_offline(2);
    three.fail_over_to(1);
    three.follow(2);
    auto readable = [&](std::size_t at) {
        return three.client(at).error_of("SELECT 1 FROM shop.dbo.t") == 0;
    };
    REQUIRE(eventually(20s, [&] { return readable(1); }));
    REQUIRE(holds_all(rows_of(three.client(1)), acknowledged));

    auto on = three.client(1);
    auto writes = [&] {
        return on.error_of("INSERT INTO shop.dbo.t (id, v) VALUES (1000000, N'new')") == 0;
    };
    REQUIRE(eventually(20s, writes));

    three.restart(0);
    REQUIRE(three.role(0) == "RESOLVING");
    three.follow(0);
    REQUIRE(eventually(30s, [&] { return three.synchronized(1) == 3; }));

    // The old primary has all of it too, which its next turn as primary shows.
    three.take_offline(1);
    three.fail_over_to(0);
    three.follow(1);
    three.follow(2);
    REQUIRE(eventually(30s, [&] { return readable(0); }));
    auto rows = rows_of(three.client(0));
    REQUIRE(holds_all(rows, acknowledged));
    REQUIRE(rows.count(1'000'000) == 1);
}

TEST_CASE("secondaries and strangers are refused as the engine refuses them") {
    group three;
    auto second = three.client(1);
    REQUIRE(second.error_of("ALTER AVAILABILITY GROUP [ag1] FAILOVER") == 47104);
    REQUIRE(three.client(0).error_of("EXEC sp_set_session_context N'external_cluster', N'yes'; "
                                     "ALTER AVAILABILITY GROUP [ag1] FAILOVER") == 41122);
    REQUIRE(second.error_of("INSERT INTO shop.dbo.t (id, v) VALUES (1, N'x')") != 0);
    three.take_offline(0);
    REQUIRE(three.client(0).error_of("SELECT COUNT(*) FROM shop.dbo.t") == 983);
}

TEST_CASE("with one secondary gone writes go on, with two they wait") {
    group three;
    three.server(2).signal(SIGKILL);
    three.server(2).wait();
    auto on = three.client(0);
    auto writes = [&] {
        return on.error_of("INSERT INTO shop.dbo.t (id, v) VALUES (1, N'a')") == 0;
    };
    REQUIRE(eventually(30s, writes));
    three.server(1).signal(SIGKILL);
    three.server(1).wait();
    REQUIRE_FALSE(on.run("INSERT INTO shop.dbo.t (id, v) VALUES (2, N'b')", {}, 2s).has_value());
}
