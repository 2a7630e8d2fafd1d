// SPDX-License-Identifier: MIT
#include "operator/reconcile/leadership.hpp"

#include <nlohmann/json.hpp>

namespace ha::op {

namespace asio = boost::asio;

namespace {

constexpr duration call_limit = std::chrono::seconds{5};

// One that cannot be read counts as held by somebody until it runs out.
k8s::lease project(const nlohmann::json& shown) {
    auto read = k8s::read_lease(shown);
    k8s::lease unreadable;
    unreadable.holder = "?";
    if (read) read->resource_version.clear();
    return read ? std::move(*read) : unreadable;
}

}  // namespace

leadership::leadership(clock_source& clock,
                       k8s::client& api,
                       k8s::object_name what,
                       std::string me,
                       pod_identity pod,
                       leadership_times times)
    : clock_(clock),
      api_(api),
      what_(std::move(what)),
      me_(std::move(me)),
      pod_(std::move(pod)),
      times_(times),
      seen_(clock,
            api,
            k8s::selection{what_.kind, what_.space, what_.name},
            project,
            {[this](const k8s::object_key&, const lease_informer::entry&) {
                 changed_at_ = clock_.now();
                 changed_.ring();
             },
             [this](const k8s::object_key&, const lease_informer::entry&) { changed_.ring(); },
             [this](bool) { changed_.ring(); }}) {}

asio::awaitable<void> leadership::acquire() {
    while (!held_) {
        const auto* now = seen_.find({what_.space, what_.name});
        bool free = now != nullptr && (now->value.holder.empty() || now->value.holder == me_);
        auto until = changed_at_ + (now ? now->value.valid_for.value_or(times_.lease) : duration{});
        if (!seen_.listed()) {
            co_await changed_.wait();
            continue;
        }
        if (now == nullptr) {
            held_ = co_await make();
        } else if (free || clock_.now() >= until) {
            held_ = co_await take();
        } else {
            co_await changed_.wait_until(clock_, until);
            continue;
        }
        // Somebody else was quicker, or the API server does not answer.
        auto later = clock_.now() + times_.retry;
        if (!held_) co_await changed_.wait_until(clock_, later);
    }
}

// The holder's own field values; whatever else is in the Lease stays.
k8s::lease leadership::stamped(k8s::lease from) const {
    auto now = clock_.wall_time();
    if (from.holder != me_) {
        from.acquired = now;
        ++from.transitions;
    }
    from.holder = me_;
    from.renewed = now;
    from.valid_for = times_.lease;
    return from;
}

// The pod of whoever held it before is no owner any more: its end would end our Lease.
nlohmann::json leadership::written(const k8s::lease& wanted) const {
    auto body = k8s::write_lease(wanted, last_);
    auto& about = body["metadata"];
    about.erase("ownerReferences");
    if (!pod_.uid.empty()) {
        nlohmann::json owner = {
            {"apiVersion", "v1"}, {"kind", "Pod"}, {"name", pod_.name}, {"uid", pod_.uid}};
        about["ownerReferences"] = nlohmann::json::array({std::move(owner)});
    }
    return body;
}

asio::awaitable<bool> leadership::make() {
    k8s::lease fresh;
    fresh.space = what_.space;
    fresh.name = what_.name;
    fresh.transitions = -1;
    last_ = nullptr;
    auto body = written(stamped(std::move(fresh)));
    k8s::object_name collection{what_.kind, what_.space};
    auto came = co_await api_.create(std::move(collection), std::move(body), call_limit);
    if (came) last_ = *came->object;
    co_return came.has_value();
}

asio::awaitable<bool> leadership::take() {
    auto what = what_;
    auto came = co_await api_.get(std::move(what), call_limit);
    if (!came) co_return false;
    auto read = k8s::read_lease(*came->object);
    if (!read) co_return false;
    last_ = *came->object;
    auto wanted = stamped(std::move(*read));
    auto done = co_await put(std::move(wanted));
    co_return done.has_value();
}

asio::awaitable<k8s::outcome<void>> leadership::put(k8s::lease wanted) {
    auto what = what_;
    auto body = written(wanted);
    auto came = co_await api_.update(std::move(what), std::move(body), call_limit);
    if (!came) co_return tl::unexpected(came.error());
    last_ = *came->object;
    co_return k8s::outcome<void>{};
}

// After a renewal of which nothing is known: true when the Lease names us, and what it says now is
// what the next renewal begins from.
asio::awaitable<bool> leadership::still_ours() {
    auto what = what_;
    auto came = co_await api_.get(std::move(what), call_limit);
    if (!came) co_return came.error().code != 404;
    auto read = k8s::read_lease(*came->object);
    bool ours = read && read->holder == me_;
    if (ours) last_ = *came->object;
    co_return ours;
}

asio::awaitable<std::string> leadership::hold() {
    auto renewed_at = clock_.now();
    auto next = times_.renewal;
    for (;;) {
        co_await clock_.sleep_for(next);
        auto sent_at = clock_.now();
        auto read = k8s::read_lease(last_);
        auto wanted = stamped(read ? std::move(*read) : k8s::lease{});
        auto done = co_await put(std::move(wanted));
        next = done ? times_.renewal : times_.retry;
        if (done) {
            renewed_at = sent_at;
            continue;
        }
        auto why = done.error().words();
        bool ours = co_await still_ours();
        if (!ours) {
            held_ = false;
            co_return "another operator holds the Lease: " + why;
        }
        if (clock_.now() - renewed_at >= times_.give_up) {
            held_ = false;
            co_return "the Lease could not be renewed: " + why;
        }
    }
}

asio::awaitable<void> leadership::release() {
    if (!held_) co_return;
    held_ = false;
    auto read = k8s::read_lease(last_);
    if (!read) co_return;
    read->holder.clear();
    read->renewed = clock_.wall_time();
    co_await put(std::move(*read));
}

}  // namespace ha::op
