// SPDX-License-Identifier: MIT
#include "test/demo/story.hpp"

#include <csignal>

// The scenes of the sample as it is, with two data voters and the Lease as their witness: without
// its secondary the primary writes on alone, a lost primary is replaced by the other, and one that
// wrote alone is waited for.

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;
using node::json;

constexpr duration condition_limit = std::chrono::minutes{1};
constexpr duration status_period = std::chrono::milliseconds{200};
constexpr const char* names_both = "It names both";

}  // namespace

// At /status of the pod's supervisor, which has no watch.
asio::awaitable<bool> story::see_condition(std::string pod, std::string type, std::string words) {
    auto end = clock_.now() + condition_limit;
    while (clock_.now() < end) {
        auto told = co_await cluster_.status_of(seen_->address(pod));
        for (const auto& one : node::at(told, "/groups/0/conditions")) {
            auto said = node::text_at(one, "/words");
            if (node::text_at(one, "/type") != type) continue;
            if (said.find(words) == std::string::npos) continue;
            events_.note(pod, "condition " + type + ": " + said);
            co_return true;
        }
        co_await clock_.sleep_for(status_period);
    }
    co_return fail("waited in vain: " + pod + "'s condition " + type + ", " + words);
}

void story::take_away(const std::string& pod) {
    engine_of(pod)->hold(true);
    engine_of(pod)->signal(SIGKILL);
}

// Whole again, and the Lease says so.
asio::awaitable<bool> story::bring_back(std::string pod) {
    events_.note("demo", pod + " comes back");
    engine_of(pod)->hold(false);
    bool again = co_await whole();
    if (!again) co_return false;
    bool both = co_await see_condition(primary(), "LeaseIsWitness", names_both);
    if (!both) co_return false;
    co_return co_await calm();
}

// Without its secondary the primary takes a hundred writes.
asio::awaitable<bool> story::write_alone(std::string leader) {
    bool told = co_await see_condition(leader, "WritesUnprotected", leader + " takes writes alone");
    if (!told) co_return false;
    auto since = clock_.now();
    bool written = co_await calm();
    if (!written) co_return false;
    auto seen = book_.count_since("route", since);
    events_.note("client",
                 std::to_string(seen.acknowledged) + " writes acknowledged by " + leader +
                     " alone, " + std::to_string(seen.refused) + " refused");
    co_return true;
}

asio::awaitable<bool> story::take_secondary_away() {
    auto leader = primary();
    auto lost = other_than(leader);
    begin_scene(
        "the engine of the synchronous secondary " + lost + " is killed and kept away", 1, 1);
    take_away(lost);
    bool going = co_await write_alone(leader);
    if (!going) co_return false;
    if (primary() != leader) co_return fail("the primary is not " + leader + " any more");
    co_return co_await bring_back(lost);
}

asio::awaitable<bool> story::take_primary_away() {
    auto lost = primary();
    auto other = other_than(lost);
    begin_scene("the engine of the primary " + lost + " is killed and kept away", 1, 1);
    take_away(lost);
    bool going = co_await write_alone(other);
    if (!going) co_return false;
    bool back = co_await bring_back(lost);
    if (!back) co_return false;
    auto last = newest_transition();
    if (last)
        events_.note("demo",
                     primary() + " leads (from " + last->from + " to " + last->to + ", " +
                         last->reason + ")");
    co_return true;
}

// The one case in which the group waits: who wrote alone is lost too, and the other, which lacks
// those writes, is back.
asio::awaitable<bool> story::take_both_away() {
    auto lost = primary();
    auto other = other_than(lost);
    begin_scene(
        "the engine of the secondary " + other + ", then that of the primary " + lost, 1, 1);
    take_away(other);
    bool going = co_await write_alone(lost);
    if (!going) co_return false;
    take_away(lost);
    events_.note("demo", lost + " is killed too; " + other + " comes back");
    engine_of(other)->hold(false);
    bool told = co_await see_condition(other, "LostPrimaryIsWaitedFor", "this replica lacks them");
    if (!told) co_return false;
    if (!seen_->primaries().empty()) co_return fail("a primary that lacks acknowledged writes");
    bool back = co_await bring_back(lost);
    if (!back) co_return false;
    if (primary() != lost) co_return fail("the primary is not " + lost + ", which had every write");
    events_.note("demo", lost + " leads again, with every write");
    co_return true;
}

}  // namespace ha::test::demo
