// SPDX-License-Identifier: MIT
#include "common/async/supervise.hpp"

#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <stdexcept>

using namespace ha;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

struct stage {
    asio::io_context io{1};
    test::sim_clock clock{io};
    std::vector<std::string> ends;

    loop_end note() {
        return [this](std::string_view name, std::string_view why) {
            ends.push_back(std::string{name} + ": " + std::string{why});
        };
    }
    asio::awaitable<void> returns() { co_await clock.sleep_for(1s); }
    asio::awaitable<void> breaks() {
        co_await clock.sleep_for(2s);
        throw std::runtime_error("out of luck");
    }
    asio::awaitable<void> lives() {
        for (;;) co_await clock.sleep_for(1s);
    }
};

}  // namespace

TEST_CASE("the end of a loop is reported with its name and reason, once") {
    stage s;
    supervise(s.io.get_executor(), "first", s.returns(), s.note());
    supervise(s.io.get_executor(), "second", s.breaks(), s.note());
    supervise(s.io.get_executor(), "third", s.lives(), s.note());
    auto until = s.clock.now() + 10s;
    while (s.clock.advance_to(until)) {}
    CHECK(s.ends == std::vector<std::string>{"first: it returned", "second: out of luck"});
}
