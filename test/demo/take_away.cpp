// SPDX-License-Identifier: MIT
#include "test/demo/story.hpp"

#include <csignal>

// The scenes of the sample as it is, with two data voters: a lost secondary stops writes, a lost
// primary is waited for, and both are conditions that say so.

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;
using node::json;

constexpr duration condition_limit = std::chrono::minutes{1};
constexpr duration status_period = std::chrono::milliseconds{200};
constexpr std::size_t refusals_seen = 20;

// The condition that holds because there are two data voters, other than the standing warning.
bool is_of_loss(const std::string& type, const std::string& reason) {
    return reason == "two_data_voters" && type != "TwoDataVoters";
}

}  // namespace

// At /status of the pod's supervisor, which has no watch.
asio::awaitable<bool> story::see_condition(std::string pod, std::string what) {
    auto end = clock_.now() + condition_limit;
    while (clock_.now() < end) {
        auto told = co_await cluster_.status_of(seen_->address(pod));
        for (const auto& one : node::at(told, "/groups/0/conditions")) {
            auto type = node::text_at(one, "/type");
            if (!is_of_loss(type, node::text_at(one, "/reason"))) continue;
            events_.note(pod, "condition " + type + ": " + node::text_at(one, "/words"));
            co_return true;
        }
        co_await clock_.sleep_for(status_period);
    }
    co_return fail("waited in vain: " + what);
}

asio::awaitable<bool> story::bring_back(std::string pod, std::string what) {
    events_.note("demo", pod + " comes back");
    auto back_at = clock_.now();
    engine_of(pod)->hold(false);
    claim written = [&] { return book_.first_after("route", back_at).has_value(); };
    bool writable = co_await until(written, condition_limit, what);
    if (!writable) co_return false;
    auto first = *book_.first_after("route", back_at);
    events_.note("client", "writes go on, at " + first.address);
    bool again = co_await whole();
    if (!again) co_return false;
    co_return co_await calm();
}

asio::awaitable<bool> story::take_secondary_away() {
    auto leader = primary();
    auto lost = other_than(leader);
    begin_scene(
        "the engine of the synchronous secondary " + lost + " is killed and kept away", 1, 1);
    engine_of(lost)->hold(true);
    engine_of(lost)->signal(SIGKILL);
    bool told = co_await see_condition(leader, "the condition that a lost secondary stops writes");
    if (!told) co_return false;
    auto since = clock_.now();
    claim refused = [&] { return book_.count_since("route", since).refused >= refusals_seen; };
    bool stopped = co_await until(refused, condition_limit, "refused writes");
    if (!stopped) co_return false;
    auto seen = book_.count_since("route", since);
    events_.note("client",
                 std::to_string(seen.refused) + " writes refused since, " +
                     std::to_string(seen.acknowledged) + " acknowledged");
    if (seen.acknowledged > 0) co_return fail("a write was acknowledged without the secondary");
    co_return co_await bring_back(lost, "an acknowledged write with the secondary back");
}

asio::awaitable<bool> story::take_primary_away() {
    auto lost = primary();
    auto other = other_than(lost);
    begin_scene("the engine of the primary " + lost + " is killed and kept away", 1, 1);
    engine_of(lost)->hold(true);
    engine_of(lost)->signal(SIGKILL);
    bool told = co_await see_condition(other, "the condition that a lost primary is waited for");
    if (!told) co_return false;
    if (!seen_->primaries().empty()) co_return fail("a primary without its other voter");
    bool back = co_await bring_back(lost, "an acknowledged write with the lost primary back");
    if (!back) co_return false;
    auto last = newest_transition();
    if (last)
        events_.note("demo",
                     primary() + " leads (from " + last->from + " to " + last->to + ", " +
                         last->reason + ")");
    co_return true;
}

}  // namespace ha::test::demo
