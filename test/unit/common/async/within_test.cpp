// SPDX-License-Identifier: MIT
#include "common/async/within.hpp"

#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/co_spawn.hpp>

#include <stdexcept>

using namespace ha;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

struct stage {
    asio::io_context io{1};
    test::sim_clock clock{io};
    std::string outcome;

    asio::awaitable<int> work(duration span, bool fails) {
        if (span > 0s) co_await clock.sleep_for(span);
        if (fails) throw std::runtime_error("broken");
        co_return 7;
    }

    asio::awaitable<void> run(duration limit, duration span, bool fails) {
        try {
            auto job = work(span, fails);
            auto answer = co_await within(clock, limit, std::move(job));
            outcome = "answer " + std::to_string(answer);
        } catch (const boost::system::system_error& failure) {
            outcome = failure.code() == asio::error::timed_out ? "late" : "other";
        } catch (const std::runtime_error& failure) {
            outcome = failure.what();
        }
    }

    std::string of(duration limit, duration span, bool fails) {
        auto start = clock.now();
        asio::co_spawn(io, run(limit, span, fails), [](std::exception_ptr) {});
        while (outcome.empty() && clock.advance()) {}
        auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - start);
        return outcome + " after " + std::to_string(took.count()) + " ms";
    }
};

}  // namespace

TEST_CASE("within passes on whatever comes first, and never waits for the loser") {
    CHECK(stage{}.of(300ms, 100ms, false) == "answer 7 after 100 ms");
    CHECK(stage{}.of(300ms, 800ms, false) == "late after 300 ms");
    CHECK(stage{}.of(300ms, 0ms, true) == "broken after 0 ms");
    CHECK(stage{}.of(300ms, 100ms, true) == "broken after 100 ms");
    CHECK(stage{}.of(300ms, 800ms, true) == "late after 300 ms");
}
