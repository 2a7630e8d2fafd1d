// SPDX-License-Identifier: MIT
#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"
#include "test/demo/story.hpp"

// The scene in which the primary's pod is deleted: the engine container's preStop hook holds the
// engine up until somebody else leads (rule 25).

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration failover_limit = std::chrono::minutes{1};

}  // namespace

asio::awaitable<bool> story::delete_primary() {
    auto victim = primary();
    auto running = cluster_.machine().find(victim);
    if (!running) co_return fail("the primary's pod does not run");
    auto engine = running->find(op::engine_container);
    begin_scene("the pod of " + victim + " is deleted", 1, 1);
    auto deleted_at = clock_.now();
    k8s::object_name which{k8s::pods, group_->space, victim};
    k8s::delete_preconditions none;
    auto gone = co_await cluster_.api().remove(which, none, call_limit);
    if (!gone) co_return fail(gone.error().words());

    std::optional<instant> moved;
    std::optional<instant> ended;
    claim both = [&] {
        auto holder = seen_->holder();
        if (!moved && !holder.empty() && !holder.starts_with(victim + ",")) moved = clock_.now();
        if (!ended && !engine->running()) ended = clock_.now();
        return moved && ended;
    };
    bool done = co_await until(both, failover_limit, "another holder, and the engine's end");
    if (!done) co_return false;
    claim written = [&] { return book_.first_after("route", *moved).has_value(); };
    bool writable = co_await until(written, failover_limit, "an acknowledged write after it");
    if (!writable) co_return false;
    auto gap = book_.longest_gap("route", deleted_at, clock_.now());
    events_.note("demo",
                 "handed over after " + whole_ms(*moved - deleted_at) +
                     " ms, the engine ended after " + whole_ms(*ended - deleted_at) +
                     " ms, longest gap of the client " + whole_ms(gap) + " ms");
    if (*ended < *moved) co_return fail("the engine was ended before its role was handed over");
    claim next = [&] { return cluster_.machine().find(victim) != running; };
    bool made = co_await until(next, failover_limit, victim + "'s next pod");
    if (!made) co_return false;
    bool back = co_await whole();
    co_return back;
}

}  // namespace ha::test::demo
