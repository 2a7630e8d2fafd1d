// SPDX-License-Identifier: MIT
#include "test/demo/story.hpp"

#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"

#include <algorithm>
#include <csignal>

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;
using node::json;

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration look_period = std::chrono::milliseconds{5};
constexpr duration forming_limit = std::chrono::minutes{2};
constexpr duration failover_limit = std::chrono::minutes{1};
constexpr duration rejoin_limit = std::chrono::minutes{3};
constexpr duration calm = std::chrono::seconds{2};  // writes between two scenes

}  // namespace

story::story(asio::any_io_executor executor,
             clock_source& clock,
             programs with,
             files::path folder,
             std::string driver,
             story_plan plan,
             timeline& events)
    : executor_(executor),
      clock_(clock),
      driver_(std::move(driver)),
      plan_(std::move(plan)),
      events_(events),
      cluster_(executor, clock, std::move(with), std::move(folder), events) {}

story::~story() = default;

bool story::fail(const std::string& words) {
    verdict_.faults.push_back(words);
    events_.note("demo", "FAULT: " + words);
    return false;
}

asio::awaitable<bool> story::until(claim holds, duration limit, std::string what) {
    auto end = clock_.now() + limit;
    while (!holds()) {
        if (clock_.now() > end) co_return fail("waited in vain: " + what);
        co_await clock_.sleep_for(look_period);
    }
    co_return true;
}

asio::awaitable<verdict> story::play() {
    bool going = co_await form();
    for (int i = 0; going && i < plan_.kills; ++i) going = co_await kill_primary();
    for (int i = 0; going && i < plan_.switchovers; ++i) {
        auto now = seen_->primaries().front();
        auto target = now == home_ ? other_than(now) : home_;
        going = co_await switch_over(target);
    }
    if (writers_) {
        writers_->stop();
        co_await clock_.sleep_for(calm);
        tell_counts();
    }
    if (going) co_await read_back();
    auto doubled = book_.two_at_once();
    for (const auto& words : doubled) fail(words);
    co_return verdict_;
}

// From nothing to a group that takes writes.
asio::awaitable<bool> story::form() {
    events_.mark("the cluster starts, the manifest is applied");
    auto started = co_await cluster_.start();
    if (!started) co_return fail(started.error().message);
    auto applied = co_await cluster_.apply(plan_.manifest);
    if (!applied) co_return fail(applied.error().message);
    group_ = *applied;
    auto listener_name = group_->read_write ? group_->read_write->name : std::string{};
    seen_ = std::make_unique<eyes>(
        executor_, clock_, cluster_.api(), group_->name, listener_name, events_);
    seen_->begin();

    claim routed = [this] { return !seen_->route().empty() && seen_->primaries().size() == 1; };
    bool formed = co_await until(routed, forming_limit, "a primary and a route to it");
    if (!formed) co_return false;
    claim settled = [this] { return everybody_settled(); };
    formed = co_await until(settled, forming_limit, "every replica labelled and ready");
    if (!formed) co_return false;
    home_ = seen_->primaries().front();

    auto which = group_->sa_password;
    k8s::object_name secret_name{k8s::secrets, group_->space, which.name};
    auto secret = co_await cluster_.api().get(secret_name, call_limit);
    if (!secret) co_return fail(secret.error().words());
    agent::engine_login login{"sa", ""};
    auto encoded = node::text_at(*secret->object, ("/data/" + which.key).c_str());
    login.password = node::base64_decoded(encoded);
    table_statements sql{group_->ag_name};
    writers_ = std::make_unique<writers>(executor_, clock_, *seen_, book_, driver_, login, sql);
    auto prepared = co_await writers_->prepare();
    if (!prepared) co_return fail(prepared.error().message);
    writers_->begin();
    claim taken = [this] { return book_.count("route").acknowledged > 0; };
    bool writing = co_await until(taken, forming_limit, "the first acknowledged write");
    if (writing) co_await clock_.sleep_for(calm);
    co_return writing;
}

bool story::everybody_settled() const {
    auto pods = seen_->pods();
    auto settled = [this](const std::string& pod) {
        return seen_->ready(pod) && !seen_->role(pod).empty();
    };
    return pods.size() == group_->replicas.size() && std::ranges::all_of(pods, settled) &&
           seen_->primaries().size() == 1;
}

asio::awaitable<bool> story::kill_primary() {
    auto victim = seen_->primaries().front();
    auto transitions = seen_->state().transitions.size();
    auto running = cluster_.machine().find(victim);
    if (!running) co_return fail("the primary's pod does not run");
    events_.mark("SIGKILL to the engine of " + victim);
    auto killed_at = clock_.now();
    running->find(op::engine_container)->signal(SIGKILL);

    claim written = [&] { return book_.first_after("route", killed_at).has_value(); };
    bool writable = co_await until(written, failover_limit, "an acknowledged write after the kill");
    if (!writable) co_return false;
    auto first = *book_.first_after("route", killed_at);
    verdict_.failovers.push_back(first.received - killed_at);
    events_.note("client", "first acknowledged write, at " + first.address);

    // Where nobody else may lead, the victim itself takes the role again when it is back.
    claim back = [&] { return everybody_settled(); };
    bool rejoined = co_await until(back, rejoin_limit, victim + " back in the group");
    auto leads = seen_->primaries().empty() ? std::string{"nobody"} : seen_->primaries().front();
    events_.note("demo", leads + " leads, " + victim + " is " + seen_->role(victim));
    tell_phases(transitions);
    if (rejoined) co_await clock_.sleep_for(calm);
    co_return rejoined;
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
    auto transitions = seen_->state().transitions.size();
    auto id = "demo-" + std::to_string(++requests_);
    events_.mark("switchover to " + target);
    auto asked_at = clock_.now();
    bool asked = co_await ask_for(id, target);
    if (!asked) co_return false;
    claim moved = [&] { return seen_->primaries() == std::vector{target} && everybody_settled(); };
    auto refusal = [&]() -> std::optional<std::string> {
        for (const auto& answer : seen_->state().answers) {
            if (answer.id == id && !answer.done) return answer.words;
        }
        return std::nullopt;
    };
    claim ended = [&] { return refusal().has_value() || moved(); };
    bool done = co_await until(ended, failover_limit, target + " as primary, all settled");
    if (!done) co_return false;
    if (auto words = refusal()) co_return fail("the switchover was refused: " + *words);
    auto gap = book_.longest_gap("route", asked_at, clock_.now());
    verdict_.switchovers.push_back(gap);
    events_.note("client",
                 "longest gap " + std::to_string(std::int64_t(milliseconds(gap))) + " ms");
    tell_phases(transitions);
    co_await clock_.sleep_for(calm);
    co_return true;
}

// The phases of the newest transition as the leader reported them.
void story::tell_phases(std::size_t transitions_before) {
    auto transitions = seen_->state().transitions;
    if (transitions.empty() || transitions.size() == transitions_before) {
        events_.note("demo", "the leader has reported no phases");
        return;
    }
    const auto& last = transitions.back();
    std::string words = "phases from " + last.from + " to " + last.to + " (" + last.reason + "):";
    for (const auto& [name, at] : last.phases)
        words += " " + name + " " + std::to_string(at) + " ms";
    events_.note(last.to, words);
}

void story::tell_counts() {
    for (const char* writer : {"route", "direct"}) {
        auto all = book_.count(writer);
        events_.say(std::string{"writes by "} + writer + ": " + std::to_string(all.acknowledged) +
                    " acknowledged, " + std::to_string(all.refused) + " refused, " +
                    std::to_string(all.unknown) + " without an answer");
    }
}

// Every acknowledged key must be at the primary that is left in the end.
asio::awaitable<bool> story::read_back() {
    auto primary = seen_->primaries().front();
    auto address = seen_->address(primary);
    auto written = book_.acknowledged();
    if (plan_.drop_a_row && !written.empty()) {
        auto victim = written[written.size() / 2].key;
        auto removed = co_await writers_->remove(address, victim);
        if (!removed) co_return fail(removed.error().message);
        events_.say("row " + std::to_string(victim) + " was removed on purpose");
    }
    auto found = co_await writers_->read_back(address);
    if (!found) co_return fail(found.error().message);
    auto lost = book_.lost(*found);
    events_.say("acknowledged " + std::to_string(written.size()) + ", lost " +
                std::to_string(lost.size()) + " (read back from " + primary + ")");
    if (lost.empty()) co_return true;
    co_return fail(std::to_string(lost.size()) + " acknowledged writes are lost, the first is " +
                   std::to_string(lost.front()));
}

std::string story::other_than(const std::string& primary) const {
    auto pods = seen_->pods();
    for (std::size_t i = 0; i < pods.size(); ++i) {
        if (pods[i] != primary && i < group_->replicas.size() && group_->replicas[i].synchronous) {
            return pods[i];
        }
    }
    return primary;
}

}  // namespace ha::test::demo
