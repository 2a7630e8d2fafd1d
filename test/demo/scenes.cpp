// SPDX-License-Identifier: MIT
#include "common/k8s/lease_codec.hpp"
#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"
#include "test/demo/story.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>

// The scenes that go on with three voters: kill, switchover, a supervisor that stands still.

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;
using node::json;

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration failover_limit = std::chrono::minutes{1};
constexpr std::size_t writes_at_both = 200;  // while the old supervisor still stands still

}  // namespace

// Of a series only the first scene is told in full.
void story::begin_scene(const std::string& what, int number, int count) {
    events_.keep_quiet(number > 1);
    auto of = count > 1 ? " (" + std::to_string(number) + " of " + std::to_string(count) + ")" : "";
    events_.mark(what + of);
    marked_at_ = clock_.wall_time();
    if (number == 2) events_.say("");
}

void story::end_scene(const std::string& what, const measure& came) {
    auto last = newest_transition();
    auto told = last ? phases(*last) : std::string{"the leader has reported no phases"};
    auto words = what + " " + whole_ms(came.took) + " ms (the double's own promotion " +
                 whole_ms(came.promotion) + " ms)";
    if (last) words = last->from + " -> " + last->to + ", " + last->reason + ": " + words;
    events_.say(words);
    events_.say("      phases in ms after the mark: " + told);
}

node::container* story::engine_of(const std::string& pod) {
    auto running = cluster_.machine().find(pod);
    return running ? running->find(op::engine_container).get() : nullptr;
}

node::container* story::supervisor_of(const std::string& pod) {
    auto running = cluster_.machine().find(pod);
    return running ? running->find(op::supervisor_container).get() : nullptr;
}

// Of the term that the Lease is in now.
std::optional<agent::transition_report> story::newest_transition() const {
    auto told = seen_->state();
    for (const auto& one : told.transitions) {
        if (one.of == told.of && one.of == seen_->term()) return one;
    }
    return std::nullopt;
}

// The leader counts from its first sign; here they count from the mark, for all clocks are one
// machine's.
std::string story::phases(const agent::transition_report& of) const {
    auto end = k8s::parse_time(of.at);
    if (!end || of.phases.empty()) return "none told";
    std::int64_t last = 0;
    for (const auto& [name, after] : of.phases) last = std::max(last, after);
    auto ended = std::chrono::duration_cast<std::chrono::milliseconds>(*end - marked_at_).count();
    std::string words;
    for (const auto& [name, after] : of.phases)
        words += (words.empty() ? "" : ", ") + name + " " + std::to_string(ended - last + after);
    return words;
}

// By the engine's own account; the newest is the last of its list.
asio::awaitable<duration> story::promotion_of(std::string address) {
    std::string command = "promotions";
    auto said = co_await cluster_.ask_engine(std::move(address), command);
    auto end = said.rfind(" us");
    auto begin = end == std::string::npos ? end : said.rfind(' ', end - 1);
    std::int64_t microseconds = 0;
    if (begin == std::string::npos) co_return duration{};
    std::from_chars(said.data() + begin + 1, said.data() + end, microseconds);
    co_return std::chrono::microseconds{microseconds};
}

asio::awaitable<bool> story::kill_primary() {
    auto victim = primary();
    auto killed_at = clock_.now();
    engine_of(victim)->signal(SIGKILL);

    claim written = [&] { return book_.first_after("route", killed_at).has_value(); };
    bool writable = co_await until(written, failover_limit, "an acknowledged write after the kill");
    if (!writable) co_return false;
    auto first = *book_.first_after("route", killed_at);
    events_.note("client", "first acknowledged write, at " + first.address);
    measure came{first.received - killed_at, {}};
    auto leader = seen_->address(first.address);
    came.promotion = co_await promotion_of(leader);
    verdict_.kills.push_back(came);

    bool again = co_await whole();
    if (!again) co_return false;
    events_.note("demo", primary() + " leads, " + victim + " is " + seen_->role(victim));
    end_scene("first acknowledged write after", came);
    co_return co_await calm();
}

asio::awaitable<bool> story::ask_for(std::string id, std::string target) {
    json wanted{{"id", id}, {"target", target}};
    json patch;
    patch["data"]["switchover"] = wanted.dump();
    k8s::object_name which{k8s::config_maps, group_->space, op::names{*group_}.requests};
    auto done = co_await cluster_.api().merge_patch(which, patch, call_limit);
    if (!done) co_return fail(done.error().words());
    co_return true;
}

asio::awaitable<bool> story::switch_over(std::string target) {
    auto id = "demo-" + std::to_string(++requests_);
    auto asked_at = clock_.now();
    bool asked = co_await ask_for(id, target);
    if (!asked) co_return false;
    auto refusal = [&]() -> std::optional<std::string> {
        for (const auto& answer : seen_->state().answers) {
            if (answer.id == id && !answer.done) return answer.words;
        }
        return std::nullopt;
    };
    auto moved = [&] { return primary() == target && is_whole(); };
    claim ended = [&] { return refusal().has_value() || moved(); };
    bool done = co_await until(ended, failover_limit, target + " as primary, the group whole");
    if (!done) co_return false;
    if (auto words = refusal()) co_return fail("the switchover was refused: " + *words);
    measure came{book_.longest_gap("route", asked_at, clock_.now()), {}};
    events_.note("client",
                 "longest gap between acknowledged writes " + whole_ms(came.took) + " ms");
    came.promotion = co_await promotion_of(seen_->address(target));
    verdict_.switchovers.push_back(came);
    end_scene("no write acknowledged for", came);
    co_return co_await calm();
}

asio::awaitable<bool> story::tell_engine(std::string pod, std::vector<std::string> commands) {
    for (const auto& command : commands) {
        auto said = co_await cluster_.ask_engine(seen_->address(pod), command);
        if (said != "ok") co_return fail("the engine's double refused '" + command + "': " + said);
    }
    co_return true;
}

// What keeps an old primary from acknowledging: the end of its write lease, and the commit rule.
asio::awaitable<bool> story::isolate(std::string pod) {
    std::vector<std::string> commands{"peers-cut on"};
    if (plan_.remove_the_fence) {
        commands.emplace_back("late-expiry 3600000");
        commands.emplace_back("commits-alone on");
        events_.say("the fence is removed on purpose: the engine of " + pod +
                    " does not mind the end of its write lease,\nand acknowledges what no "
                    "secondary has");
    }
    co_return co_await tell_engine(std::move(pod), std::move(commands));
}

// Clients still reach the old primary's engine; its supervisor and the other engines do not.
asio::awaitable<bool> story::freeze_supervisor() {
    auto victim = primary();
    begin_scene("SIGSTOP to the supervisor of " + victim +
                    ", whose engine is cut from the others; clients reach it",
                1,
                1);
    bool alone = co_await isolate(victim);
    if (!alone) co_return false;
    auto frozen_at = clock_.now();
    supervisor_of(victim)->signal(SIGSTOP);
    claim written = [&] { return book_.first_after("route", frozen_at, victim).has_value(); };
    bool moved =
        co_await until(written, failover_limit, "an acknowledged write at another replica");
    if (!moved) co_return false;
    auto first = *book_.first_after("route", frozen_at, victim);
    events_.note("client", "first acknowledged write, at " + first.address);
    claim more = [&] {
        return book_.count_since("route", first.received).acknowledged >= writes_at_both;
    };
    bool enough = co_await until(more, failover_limit, "more acknowledged writes");
    if (!enough) co_return false;
    auto last = *book_.last_at(victim);
    events_.note("second writer",
                 "the last write that " + victim + " acknowledged came " +
                     whole_ms(last.received - frozen_at) + " ms after the mark, the first at " +
                     first.address + " " + whole_ms(first.received - frozen_at) + " ms");
    if (plan_.remove_the_fence) co_return true;
    std::vector<std::string> heal{"peers-cut off"};
    bool healed = co_await tell_engine(victim, heal);
    if (!healed) co_return false;
    supervisor_of(victim)->signal(SIGCONT);
    events_.note("demo", "the cut is healed, SIGCONT to the supervisor of " + victim);
    co_return co_await whole();
}

}  // namespace ha::test::demo
