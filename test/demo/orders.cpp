// SPDX-License-Identifier: MIT
#include "common/k8s/resources.hpp"
#include "operator/codec/json.hpp"
#include "operator/core/names.hpp"
#include "test/demo/story.hpp"

#include <algorithm>
#include <csignal>

// The scenes of what people ask for at the custom resource: other replicas, another image, a pause,
// the end.

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;
using node::json;

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration order_limit = std::chrono::minutes{3};
constexpr duration pause_length = std::chrono::seconds{2};
constexpr const char* next_image = "mcr.microsoft.com/mssql/server:2022-CU16-ubuntu-22.04";

}  // namespace

k8s::object_name story::resource() const {
    return {k8s::sql_server_groups, group_->space, group_->name};
}

asio::awaitable<bool> story::carry_out_orders() {
    auto usual = group_->replicas.size();
    bool going = co_await resize(usual + 1);
    if (going) going = co_await resize(usual);
    if (going) going = co_await roll();
    if (going) going = co_await pause();
    if (going) going = co_await delete_group();
    co_return going;
}

// As `kubectl patch` does it; from here on the group is what was asked for.
asio::awaitable<bool> story::order(json patch) {
    auto which = resource();
    auto done = co_await cluster_.api().merge_patch(which, patch, call_limit);
    if (!done) co_return fail(done.error().words());
    auto read = op::read_group(op::from_json(*done->object));
    if (!read) co_return fail(read.error().front());
    group_ = *read;
    co_return true;
}

// What takes time since the mark; the client goes on.
asio::awaitable<bool> story::under_writes(claim done, std::string what) {
    bool came = co_await until(std::move(done), order_limit, std::move(what));
    if (!came) co_return false;
    auto gap = book_.longest_gap("route", events_.zero(), clock_.now());
    events_.note("demo", primary() + " leads " + std::to_string(group_->replicas.size()));
    events_.note("client", "longest gap between acknowledged writes " + whole_ms(gap) + " ms");
    co_return co_await calm();
}

asio::awaitable<bool> story::resize(std::size_t count) {
    auto before = std::to_string(group_->replicas.size());
    auto wanted = std::to_string(count) + " replicas";
    begin_scene("spec.replicas is to have " + wanted + " instead of " + before, 1, 1);
    auto which = resource();
    auto found = co_await cluster_.api().get(which, call_limit);
    if (!found) co_return fail(found.error().words());
    json replicas = json::array();
    for (const auto& one : node::at(*found->object, "/spec/replicas"))
        if (replicas.size() < count) replicas.push_back(one);
    while (replicas.size() < count) {
        auto next = replicas.back();
        next["name"] = "secondary-" + std::to_string(replicas.size());
        replicas.push_back(next);
    }
    json patch;
    patch["spec"]["replicas"] = replicas;
    bool asked = co_await order(std::move(patch));
    if (!asked) co_return false;
    claim sized = [this, count] {
        return seen_->pods().size() == count && seen_->state().replicas.size() == count &&
               seen_->in_step() && seen_->condition("Scaling").empty();
    };
    co_return co_await under_writes(std::move(sized), std::move(wanted));
}

asio::awaitable<bool> story::roll() {
    begin_scene("spec.image is to be " + std::string{next_image}, 1, 1);
    auto before = cluster_.machine().pods();
    json patch;
    patch["spec"]["image"] = next_image;
    bool asked = co_await order(std::move(patch));
    if (!asked) co_return false;
    claim rolled = [this, before] {
        auto is_new = [&](const auto& one) {
            return cluster_.machine().find(one.first) != one.second;
        };
        bool all = std::ranges::all_of(before, is_new);
        return all && is_whole() && seen_->condition("Rolling").empty();
    };
    std::string what = "every pod replaced";
    co_return co_await under_writes(std::move(rolled), std::move(what));
}

asio::awaitable<bool> story::pause() {
    begin_scene("the group is paused, then SIGKILL to the engine of " + primary(), 1, 1);
    json patch;
    auto& note = patch["metadata"]["annotations"][op::pause_annotation];
    note = "anna: storage is being moved";
    bool asked = co_await order(patch);
    if (!asked) co_return false;
    claim paused = [this] { return !seen_->condition("Paused").empty(); };
    bool told = co_await until(paused, order_limit, "the condition Paused");
    if (!told) co_return false;
    engine_of(primary())->signal(SIGKILL);
    claim lost = [this] { return seen_->primaries().empty(); };
    bool gone = co_await until(lost, order_limit, "nobody labelled primary");
    if (!gone) co_return false;
    claim led = [this] { return !seen_->primaries().empty(); };
    bool taken = co_await seen_->until(led, clock_.now() + pause_length);
    if (taken) co_return fail(primary() + " leads in a pause");
    events_.note("demo", "nobody took over for " + whole_ms(pause_length) + " ms; the pause ends");
    note = nullptr;
    auto ended_at = clock_.now();
    bool ended = co_await order(patch);
    if (!ended) co_return false;
    claim written = [this, ended_at] { return book_.first_after("route", ended_at).has_value(); };
    bool writable = co_await until(written, order_limit, "an acknowledged write after the pause");
    if (!writable) co_return false;
    auto first = *book_.first_after("route", ended_at);
    events_.note("client",
                 "first acknowledged write, at " + first.address + ", " +
                     whole_ms(first.received - ended_at) + " ms after the pause's end");
    co_return co_await calm();
}

// What is kept of a group is its volumes: the same resource, applied again, is the same group.
asio::awaitable<bool> story::delete_group() {
    // Before: pods that end outlive their rights.
    bool rights = co_await check_rights();
    if (!rights) co_return false;
    auto which = resource();
    auto id = seen_->state().group_id;
    begin_scene("the resource " + group_->name + " is deleted", 1, 1);
    k8s::delete_preconditions none;
    auto removed = co_await cluster_.api().remove(which, none, call_limit);
    if (!removed) co_return fail(removed.error().words());
    claim gone = [this] { return seen_->pods().empty() && seen_->holder().empty(); };
    bool ended = co_await until(gone, order_limit, "no pod and no Lease");
    if (!ended) co_return false;
    events_.note("demo", "no pod and no Lease is left; the manifest is applied again");
    auto applied_at = clock_.now();
    auto applied = co_await cluster_.apply(plan_.manifest);
    if (!applied) co_return fail(applied.error().message);
    group_ = *applied;
    claim written = [this, applied_at] {
        return book_.first_after("route", applied_at).has_value();
    };
    bool writable = co_await until(written, order_limit, "an acknowledged write");
    if (!writable) co_return false;
    if (seen_->state().group_id != id) co_return fail("another group was made");
    auto first = *book_.first_after("route", applied_at);
    events_.note("client", "first acknowledged write, at " + first.address);
    co_return co_await calm();
}

}  // namespace ha::test::demo
