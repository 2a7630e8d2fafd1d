// SPDX-License-Identifier: MIT
#include "test/demo/story.hpp"

#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"

#include <algorithm>

// The frame of the story: forming, waiting, judging. Its scenes are in scenes.cpp,
// orders.cpp and take_away.cpp.

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration forming_limit = std::chrono::minutes{2};
constexpr duration whole_limit = std::chrono::minutes{6};
constexpr std::size_t calm_writes = 100;  // between two scenes
constexpr std::size_t faults_told = 3;    // of one kind; the others are counted

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
    events_.tell_kept();
    return false;
}

asio::awaitable<bool> story::until(claim holds, duration limit, std::string what) {
    auto end = clock_.now() + limit;
    bool came = co_await seen_->until(std::move(holds), end);
    co_return came || fail("waited in vain: " + what);
}

// Labelled, ready, in step, no configuration commit pending, by the leader's own word.
asio::awaitable<bool> story::whole() {
    claim holds = [this] { return is_whole(); };
    co_return co_await until(
        holds, whole_limit, "the group whole, no configuration commit pending");
}

// A hundred more acknowledged writes.
asio::awaitable<bool> story::calm() {
    auto since = clock_.now();
    claim holds = [this, since] {
        return book_.count_since("route", since).acknowledged >= calm_writes;
    };
    co_return co_await until(holds, whole_limit, "more acknowledged writes");
}

bool story::is_settled() const {
    return seen_->settled(group_->replicas.size());
}

bool story::is_whole() const {
    auto newest = newest_transition();
    return is_settled() && seen_->in_step() && seen_->state().primary == primary() && newest &&
           newest->to == primary();
}

std::string story::primary() const {
    auto all = seen_->primaries();
    return all.size() == 1 ? all.front() : std::string{};
}

asio::awaitable<verdict> story::play() {
    bool going = co_await form();
    if (going) going = co_await scenes();
    bool finished = co_await finish(going);
    static_cast<void>(finished);
    for (const auto& crash : cluster_.crashes())
        verdict_.faults.push_back("a program crashed: " + crash);
    co_return verdict_;
}

asio::awaitable<bool> story::scenes() {
    bool going = true;
    for (int i = 1; going && i <= plan_.kills; ++i) {
        begin_scene("SIGKILL to the engine of " + primary(), i, plan_.kills);
        going = co_await kill_primary();
    }
    for (int i = 1; going && i <= plan_.switchovers; ++i) {
        auto now = primary();
        auto target = now == home_ ? other_than(now) : home_;
        begin_scene("switchover from " + now + " to " + target, i, plan_.switchovers);
        going = co_await switch_over(target);
    }
    events_.keep_quiet(false);
    for (int i = 1; going && i <= plan_.deletions; ++i) going = co_await delete_primary();
    for (int i = 1; going && i <= plan_.freezes; ++i) going = co_await freeze_supervisor();
    if (going && plan_.orders) going = co_await carry_out_orders();
    if (going && plan_.take_away) going = co_await take_secondary_away();
    if (going && plan_.take_away) going = co_await take_primary_away();
    if (going && plan_.take_away) going = co_await take_both_away();
    co_return going;
}

// From nothing to a group that takes writes.
asio::awaitable<bool> story::form() {
    events_.mark("the cluster starts, the manifest is applied");
    cluster_.forget_restarts_after(plan_.restarts_forgotten_after);
    auto started = co_await cluster_.start();
    if (!started) co_return fail(started.error().message);
    auto applied = co_await cluster_.apply(plan_.manifest);
    if (!applied) co_return fail(applied.error().message);
    group_ = *applied;
    auto listener_name = group_->read_write ? group_->read_write->name : std::string{};
    eyes_on what{group_->name, listener_name};
    what.resource = true;
    seen_ = std::make_unique<eyes>(executor_, clock_, cluster_.api(), what, events_);
    seen_->on_tenure([this](const std::string& pod) { book_.begin_tenure(pod, clock_.now()); });
    seen_->begin();

    claim routed = [this] { return !seen_->route().empty() && !primary().empty(); };
    bool formed = co_await until(routed, forming_limit, "a primary and a route to it");
    if (!formed) co_return false;
    claim settled = [this] { return is_settled(); };
    formed = co_await until(settled, forming_limit, "every replica labelled and ready");
    if (!formed) co_return false;
    home_ = primary();
    co_return co_await begin_writing();
}

asio::awaitable<bool> story::begin_writing() {
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
    bool writing = co_await calm();
    if (!writing) co_return false;
    co_return co_await whole();
}

// Nobody writes any more; what was acknowledged is looked for.
asio::awaitable<bool> story::finish(bool going) {
    if (!writers_) co_return false;
    writers_->stop();
    claim over = [this] { return writers_->idle(); };
    bool idle = co_await until(over, whole_limit, "the last answers to the writers");
    events_.keep_quiet(false);
    events_.mark("the oracles");
    tell_counts();
    auto seconds = book_.second_primaries();
    for (std::size_t i = 0; i < std::min(seconds.size(), faults_told); ++i)
        verdict_.faults.push_back(seconds[i]);
    if (seconds.size() > faults_told)
        verdict_.faults.push_back("and " + std::to_string(seconds.size() - faults_told) +
                                  " more acknowledgements of that kind");
    events_.say("acknowledged where no primary can have been: " + std::to_string(seconds.size()));
    if (!going || !idle) co_return false;
    bool rights = true;
    if (!plan_.orders) rights = co_await check_rights();
    bool kept = co_await read_back();
    co_return rights&& kept;
}

void story::tell_counts() {
    for (const char* writer : {"route", "direct"}) {
        auto all = book_.count(writer);
        auto who = std::string{writer} == "route"
                       ? "the client (by the read-write route, one after the other): "
                       : "the second writer (every instance directly, every 20 ms):  ";
        events_.say(who + std::to_string(all.acknowledged) + " acknowledged, " +
                    std::to_string(all.refused) + " refused, " + std::to_string(all.unknown) +
                    " without an answer");
    }
}

// Every acknowledged key must be at the primary that is left in the end.
asio::awaitable<bool> story::read_back() {
    auto last = primary();
    auto address = seen_->address(last);
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
    events_.say("read back from " + last + ": " + std::to_string(written.size()) +
                " acknowledged, " + std::to_string(lost.size()) + " lost");
    if (lost.empty()) co_return true;
    verdict_.faults.push_back(std::to_string(lost.size()) +
                              " acknowledged writes are lost, the first is " +
                              std::to_string(lost.front()));
    co_return false;
}

std::string story::other_than(const std::string& leader) const {
    auto pods = seen_->pods();
    for (std::size_t i = 0; i < pods.size(); ++i) {
        if (pods[i] != leader && i < group_->replicas.size() && group_->replicas[i].synchronous) {
            return pods[i];
        }
    }
    return leader;
}

}  // namespace ha::test::demo
