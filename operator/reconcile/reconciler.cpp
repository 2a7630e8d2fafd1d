// SPDX-License-Identifier: MIT
#include "operator/reconcile/reconciler.hpp"

#include "common/k8s/lease_codec.hpp"
#include "common/k8s/resources.hpp"
#include "operator/codec/json.hpp"
#include "operator/core/cordon.hpp"
#include "operator/core/names.hpp"
#include "operator/core/server.hpp"
#include "operator/reconcile/kinds.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ha::op {

namespace asio = boost::asio;

namespace {

constexpr duration call_limit = std::chrono::seconds{10};
constexpr duration budget_pause = std::chrono::seconds{10};

// "Storage is (re)initializing", says a server of a kind whose definition is new or has changed:
// nothing is wrong then.
void tell_ended_watch(const log::logger& log, const k8s::failure& why) {
    if (why.code == 429)
        log.write("operator_watch_waits", {{"why", why.words()}});
    else
        log.write("operator_watch_failed", {{"why", why.words()}});
}

// As metav1.Time is written: whole seconds.
std::string time_words(const clock_source& clock) {
    auto text = k8s::micro_time(clock.wall_time());
    return text.substr(0, text.find('.')) + "Z";
}

}  // namespace

reconciler::reconciler(asio::any_io_executor where,
                       clock_source& clock,
                       k8s::client& api,
                       log::logger lines,
                       reconciler_settings chosen,
                       task_group::failure_report on_failure)
    : clock_(clock),
      api_(api),
      log_(std::move(lines)),
      chosen_(std::move(chosen)),
      queue_(clock),
      inventory_(clock,
                 api,
                 chosen_.space,
                 {[this](const subject& which) { queue_.add(which); },
                  [this](const k8s::object_name& what) { keeper_.forget(what); },
                  [this] { stepped_.ring(); },
                  [this](const k8s::failure& why) { tell_ended_watch(log_, why); }},
                 chosen_.seed),
      keeper_(clock, api, inventory_),
      rolls_(clock, inventory_),
      scales_(clock, inventory_),
      leaves_(clock, inventory_),
      events_(clock, api, {"mssql-operator", chosen_.pod}),
      tasks_(where, std::move(on_failure)) {
    if (!chosen_.space.empty()) return;
    nodes_ = std::make_unique<node_watch>(clock, api, inventory_, chosen_.seed);
    volumes_ = std::make_unique<volume_watch>(clock, api, inventory_, chosen_.seed);
}

void reconciler::start() {
    for (auto& [name, loop] : inventory_.loops()) tasks_.spawn(name, std::move(loop));
    tasks_.spawn("events", events_.run());
    if (nodes_) tasks_.spawn("watch nodes", nodes_->run());
    if (volumes_) tasks_.spawn("watch volumes", volumes_->run());
    for (std::size_t i = 0; i < chosen_.workers; ++i) tasks_.spawn("worker", work());
}

asio::awaitable<void> reconciler::stop() {
    tasks_.cancel();
    co_await tasks_.idle();
}

asio::awaitable<void> reconciler::work() {
    while (!inventory_.listed()) {
        co_await stepped_.wait();
    }
    for (;;) {
        auto key = co_await queue_.next();
        bool done = co_await pass(key);
        last_pass_ = clock_.now();
        ++(done ? passes_done_ : passes_again_);
        if (done) {
            queue_.done(key);
        } else {
            queue_.again(key);
        }
    }
}

// True when nothing is left to do until something changes.
asio::awaitable<bool> reconciler::pass(subject key) {
    const auto* found = inventory_.resource(key);
    if (found == nullptr) {
        written_.erase(key);
        ordered_.erase(key);
        leaves_.forget(key);
        co_return true;
    }
    findings seen;
    auto done = co_await keep_finalizers(key, *found);
    if (done) done = co_await bring_about(key, seen);
    if (!done) {
        log_.write("operator_pass_failed",
                   {{"group", words_of(key)}, {"why", done.error().words()}});
    }
    co_return done.has_value() && seen.obstacles.empty();
}

asio::awaitable<k8s::outcome<void>> reconciler::bring_about(subject key, findings& seen) {
    const auto* found = inventory_.resource(key);
    if (found == nullptr) co_return k8s::outcome<void>{};
    auto about = found->value;
    // What a deleted resource owns goes with it.
    if (is_leaving(about)) {
        co_return co_await see_off(std::move(key), std::move(about));
    }
    if (about.deleting) co_return k8s::outcome<void>{};
    seen.generation = about.generation;
    seen.in_group = key.kind == resource_kind::group;
    auto settled_orders = [&](const group& of) { return settle(of, found->resource_version); };
    auto standing = standing_status(key, about);
    auto roll_of =
        [&](const workload& of, std::vector<set_pod> pods, const orders& ordered, bool scaled) {
            return rolls_.next({of, std::move(pods), ordered, standing, scaled});
        };
    auto size_of = [&](const group& of) { return scales_.view_of(of); };
    auto timed = [&](const group& of, step now) {
        return scales_.timed(of, std::move(now), standing);
    };
    auto leaving = [&](const server& of_group) { return leaves_.among(of_group); };
    intent_settings ways{chosen_.plan, settled_orders, roll_of, size_of, leaving, timed};
    auto wanted = intent_of(key, about.document, inventory_, ways);
    if (wanted) {
        // Volumes first: what becomes of one is settled before its pod is let go, and its claim.
        auto kept = co_await keep_volumes(*wanted, seen);
        if (kept) kept = co_await keep_objects(*wanted, seen);
        if (kept) kept = co_await roll(key, *wanted, seen);
        if (!kept) co_return kept;
        look_at(*wanted, inventory_, seen);
    } else {
        seen.complaints = wanted.error();
    }
    co_return co_await tell(std::move(key), std::move(about), seen);
}

asio::awaitable<k8s::outcome<void>> reconciler::keep_finalizers(subject key,
                                                                inventory::resource_entry of) {
    const auto& one = of.value;
    bool in_group = key.kind == resource_kind::server && !group_named_by(one.document).empty();
    step now;
    if (in_group && is_leaving(one)) now = leaves_.next(server_called(one.document));
    bool goes = one.deleting && now.what != step::kind::wait;
    auto left = wanted_finalizers(one.finalizers, in_group, one.deleting, goes);
    if (left == one.finalizers) co_return k8s::outcome<void>{};
    nlohmann::json patch{
        {"metadata",
         {{"uid", of.uid}, {"resourceVersion", of.resource_version}, {"finalizers", left}}}};
    auto what = name_of(key);
    auto came = co_await api_.merge_patch(std::move(what), std::move(patch), call_limit);
    if (!came && came.error().code != 404) co_return tl::unexpected(came.error());
    if (came && now.what == step::kind::stopped)
        tell_event(key, of.uid, {true, "NotLetGo", now.words + " " + now.help});
    co_return k8s::outcome<void>{};
}

// It says what it waits for, as long as it is there.
asio::awaitable<k8s::outcome<void>> reconciler::see_off(subject key, custom_resource about) {
    findings seen;
    intent wanted;
    auto which = server_called(about.document);
    wanted.of = which;
    seen.scale = leaves_.next(which);
    seen.generation = about.generation;
    if (seen.scale.what != step::kind::wait) co_return k8s::outcome<void>{};
    if (auto when = leaves_.look_again(key)) queue_.add_at(key, *when);
    look_at(wanted, inventory_, seen);
    seen.pods = static_cast<std::int64_t>(seen.state.replicas.size());
    co_return co_await tell(std::move(key), std::move(about), seen);
}

asio::awaitable<k8s::outcome<void>> reconciler::keep_objects(intent wanted, findings& seen) {
    seen.refusals = wanted.made.refusals;
    auto kept = co_await keep_secrets(wanted, seen);
    if (!kept) co_return kept;
    for (const auto& one : wanted.made.objects) {
        auto as_planned = co_await keeper_.keep(one);
        if (!as_planned) co_return tl::unexpected(as_planned.error());
        if (*as_planned) seen.obstacles.push_back(**as_planned);
    }
    co_return co_await remove_others(std::move(wanted));
}

asio::awaitable<k8s::outcome<void>> reconciler::keep_secrets(intent wanted, findings& seen) {
    for (const auto& need : wanted.made.secrets) {
        auto kept = co_await keeper_.make_authority(wanted.secrets_of, need);
        if (!kept) co_return tl::unexpected(kept.error());
        if (*kept) seen.obstacles.push_back(**kept);
    }
    co_return k8s::outcome<void>{};
}

// Objects that an earlier form of the resource asked for: a listener that is not wanted any more.
asio::awaitable<k8s::outcome<void>> reconciler::remove_others(intent wanted) {
    auto is_planned = [&](const k8s::object_name& what) {
        return std::ranges::any_of(wanted.made.objects,
                                   [&](const desired& one) { return name_of(one.what) == what; });
    };
    auto owned = inventory_.owned_by(wanted.of.uid, wanted.of.space);
    for (const auto& what : owned) {
        // Without a plan for pods the ones that are there stay.
        if (is_planned(what) || what.kind == k8s::stateful_sets) continue;
        auto removed = co_await keeper_.remove(what);
        if (!removed) co_return tl::unexpected(removed.error());
    }
    co_return k8s::outcome<void>{};
}

asio::awaitable<k8s::outcome<void>> reconciler::keep_volumes(intent wanted, findings& seen) {
    if (volumes_) {
        auto kept = co_await volumes_->keep(wanted.of, wanted.members, keeper_);
        if (!kept) co_return tl::unexpected(kept.error());
        seen.obstacles.insert(seen.obstacles.end(), kept->begin(), kept->end());
    } else if (has_volume_policy(wanted.of)) {
        seen.waits.push_back(
            "storage.reclaimPolicy is " + wanted.of.storage.reclaim_policy +
            " and decides about the claims alone: an operator of one namespace may not change "
            "volumes, which keep the policy of their storage class. `kubectl patch pv` sets it by "
            "hand");
    }
    co_return k8s::outcome<void>{};
}

// Of several that form a group, each takes away its own pod.
asio::awaitable<k8s::outcome<void>> reconciler::roll(subject key, intent wanted, findings& seen) {
    seen.roll = wanted.roll;
    seen.scale = wanted.scale;
    for (auto when : {rolls_.look_again(wanted.of), scales_.look_again(wanted.of)})
        if (when) queue_.add_at(key, *when);
    auto own = pod_names(wanted.of);
    bool ours = is_among(own, wanted.roll.pod);
    if (wanted.roll.what != roll_step::kind::replace || !ours) co_return k8s::outcome<void>{};
    k8s::object_name pod{k8s::pods, wanted.of.space, wanted.roll.pod};
    auto evicted = co_await keeper_.evict(std::move(pod));
    if (evicted && *evicted) seen.obstacles.push_back(**evicted);
    if (evicted) co_return k8s::outcome<void>{};
    constexpr int too_many = 429;
    if (evicted.error().code != too_many) co_return tl::unexpected(evicted.error());
    seen.roll.reason = "DisruptionBudget";
    seen.roll.words += " Not yet: " + evicted.error().message;
    queue_.add_at(key, clock_.now() + budget_pause);
    co_return k8s::outcome<void>{};
}

// What stands in the requests ConfigMap keeps its time and its id; what we applied last may not
// have come back by the watch yet.
orders reconciler::settle(const group& wanted, const std::string& resource_version) {
    subject key{resource_kind::group, wanted.space, wanted.name};
    names called{wanted};
    const auto* there = inventory_.find({k8s::config_maps, wanted.space, called.requests});
    auto known = ordered_.find(key);
    orders standing;
    if (there != nullptr) standing = there->value.standing;
    if (known != ordered_.end()) standing = known->second;
    auto made =
        settled(wanted.orders, standing, time_words(clock_), "annotation-" + resource_version);
    const auto* state = inventory_.find({k8s::config_maps, wanted.space, called.state});
    if (nodes_ && state != nullptr && !made.pause && !wanted.read_scale)
        made.own = cordon_request(
            state->value.state, made.fenced, nodes_->places(wanted.space, pod_names(wanted)));
    ordered_[key] = made;
    return made;
}

value reconciler::standing_status(const subject& key, const custom_resource& about) {
    auto place = written_.find(key);
    if (place == written_.end()) return about.status;
    const auto& before = place->second.before;
    if (std::ranges::find(before, about.status) != before.end()) return place->second.now;
    written_.erase(place);
    return about.status;
}

asio::awaitable<k8s::outcome<void>> reconciler::tell(subject key,
                                                     custom_resource about,
                                                     findings seen) {
    auto before = standing_status(key, about);
    auto after = status_of(seen, before, time_words(clock_));
    if (before == after) co_return k8s::outcome<void>{};
    const auto& kind = custom_kind_of(key.kind);
    nlohmann::json report{
        {"apiVersion", kind.api},
        {"kind", kind.kind},
        {"metadata", {{"name", key.name}, {"namespace", key.space}, {"uid", about.uid}}},
        {"status", to_json(after)}};
    auto what = name_of(key);
    what.subresource = "status";
    std::string manager = field_manager;
    // Forced: the status is the operator's to tell, and what a former operator told in it is old.
    auto came = co_await api_.apply(
        std::move(what), std::move(report), std::move(manager), true, call_limit);
    // Deleted meanwhile: there is nothing to tell any more.
    if (!came && came.error().code == 404) co_return k8s::outcome<void>{};
    if (!came) co_return tl::unexpected(came.error());
    ++status_writes_;
    // The watch may show each of the earlier ones still.
    auto& written = written_[key];
    written.before.push_back(about.status);
    written.before.push_back(before);
    written.now = project_resource(*came->object).status;
    announce(key, about, before, after);
    co_return k8s::outcome<void>{};
}

void reconciler::announce(const subject& key,
                          const custom_resource& about,
                          const value& before,
                          const value& after) {
    for (const auto& one : transitions(before, after)) tell_event(key, about.uid, one);
}

void reconciler::tell_event(const subject& key, const std::string& uid, const transition& what) {
    const auto& kind = custom_kind_of(key.kind);
    events_.write({kind.api, kind.kind, key.space, key.name, uid},
                  {what.warning, what.reason, "Reconcile", what.words});
    log_.write("operator_group_changed",
               {{"group", words_of(key)}, {"reason", what.reason}, {"words", what.words}});
}

reconciler::numbers reconciler::count() const {
    auto writes = keeper_.writes();
    writes["status"] = status_writes_;
    return {inventory_.resources(),
            queue_.waiting(),
            inventory_.listed(),
            inventory_.in_step(),
            passes_done_,
            passes_again_,
            events_.dropped(),
            std::move(writes),
            last_pass_};
}

}  // namespace ha::op
