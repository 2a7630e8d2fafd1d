// SPDX-License-Identifier: MIT
#include "common/async/worker.hpp"

#include "common/async/system_clock.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace ha;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

// Real threads, real time: limits are generous, and nothing waits for time to pass.
struct stage {
    asio::io_context io{1};
    system_clock clock;

    void run(asio::awaitable<void> play) {
        std::exception_ptr thrown;
        asio::co_spawn(io, std::move(play), [&](std::exception_ptr why) { thrown = why; });
        io.run();
        io.restart();
        if (thrown) std::rethrow_exception(thrown);
    }
};

// Says on which thread it died.
struct resource {
    std::promise<std::thread::id> died;
    std::atomic<int> inside{0};
    ~resource() { died.set_value(std::this_thread::get_id()); }
};

asio::awaitable<void> ask_twice(stage& s, worker& hand, std::vector<std::thread::id>& threads) {
    std::function<std::thread::id()> job = [] { return std::this_thread::get_id(); };
    for (int i = 0; i < 2; ++i) {
        auto answer = co_await hand.run(s.clock, s.clock.now() + 60s, job);
        REQUIRE(answer);
        threads.push_back(*answer);
        CHECK(s.io.get_executor().running_in_this_thread());
    }
}

asio::awaitable<void> wait_briefly(stage& s, worker& hand, std::shared_future<void> gate) {
    std::function<int()> stuck = [gate] {
        gate.wait();
        return 1;
    };
    auto answer = co_await hand.run(s.clock, s.clock.now() + 20ms, stuck);
    CHECK_FALSE(answer);
}

asio::awaitable<void> wait_an_hour(clock_source& clock,
                                   worker& hand,
                                   std::shared_future<void> gate,
                                   bool& walked_away) {
    std::function<int()> stuck = [gate] {
        gate.wait();
        return 1;
    };
    auto answer = co_await hand.run(clock, clock.now() + 1h, stuck);
    walked_away = !answer;
}

asio::awaitable<void> in_order(stage& s, worker& hand, resource& owned, std::vector<int>& order) {
    auto list = std::make_shared<std::vector<int>>();
    for (int i = 0; i < 100; ++i) {
        hand.submit([&owned, list, i] {
            if (++owned.inside == 1) list->push_back(i);
            --owned.inside;
        });
    }
    std::function<std::vector<int>()> last = [list] { return *list; };
    auto answer = co_await hand.run(s.clock, s.clock.now() + 60s, last);
    REQUIRE(answer);
    order = *answer;
}

}  // namespace

TEST_CASE("a job runs on the worker's one thread, its answer comes home") {
    stage s;
    worker hand{s.io.get_executor(), "hand"};
    std::vector<std::thread::id> threads;
    s.run(ask_twice(s, hand, threads));
    REQUIRE(threads.size() == 2);
    CHECK(threads[0] == threads[1]);
    CHECK(threads[0] != std::this_thread::get_id());
}

TEST_CASE("jobs run one after another, and the resource dies on the worker's thread") {
    stage s;
    auto owned = std::make_shared<resource>();
    auto died = owned->died.get_future();
    auto& borrowed = *owned;
    std::vector<int> order;
    std::optional<worker> hand;
    hand.emplace(s.io.get_executor(), "hand", std::move(owned));
    s.run(in_order(s, *hand, borrowed, order));
    std::vector<int> counted(100);
    for (int i = 0; i < 100; ++i) counted[static_cast<std::size_t>(i)] = i;
    CHECK(order == counted);
    hand.reset();
    REQUIRE(died.wait_for(60s) == std::future_status::ready);
    CHECK(died.get() != std::this_thread::get_id());
}

TEST_CASE("a stuck job is left at the deadline, its worker replaced, its answer lost") {
    stage s;
    std::promise<void> opened;
    std::shared_future<void> gate = opened.get_future().share();
    auto owned = std::make_shared<resource>();
    auto died = owned->died.get_future();
    std::optional<worker> hand;
    hand.emplace(s.io.get_executor(), "hand", std::move(owned));
    s.run(wait_briefly(s, *hand, gate));
    hand->submit([] { FAIL("a job behind a stuck one must not run after the walk-away"); });

    hand.emplace(s.io.get_executor(), "hand");
    std::vector<std::thread::id> threads;
    s.run(ask_twice(s, *hand, threads));
    CHECK(threads.size() == 2);

    opened.set_value();
    CHECK(died.wait_for(60s) == std::future_status::ready);
    CHECK(s.io.poll() == 0);
}

TEST_CASE("the way home is closed once the worker is gone") {
    stage s;
    std::optional<worker> hand;
    hand.emplace(s.io.get_executor(), "hand");
    auto home = hand->home();
    CHECK(home->post([] {}));
    hand.reset();
    CHECK_FALSE(home->post([] {}));
}

TEST_CASE("the deadline is the given clock's, not the machine's") {
    asio::io_context io{1};
    test::sim_clock clock{io};
    worker hand{io.get_executor(), "hand"};
    std::promise<void> opened;
    std::shared_future<void> gate = opened.get_future().share();
    bool walked_away = false;
    asio::co_spawn(io, wait_an_hour(clock, hand, gate, walked_away), [](std::exception_ptr) {});
    auto start = clock.now();
    while (!walked_away && clock.advance()) {}
    CHECK(walked_away);
    CHECK(clock.now() - start == 1h);
    opened.set_value();
}
