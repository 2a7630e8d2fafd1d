// SPDX-License-Identifier: MIT
#include "common/k8s/reflector.hpp"

#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ha::k8s {

namespace asio = boost::asio;

namespace {

// A watch that the server ends sooner than this without a word is a fault of the server's.
constexpr duration shortest_watch = std::chrono::seconds{1};

bool is_too_old(const failure& why) {
    return why.reason == "Expired" || why.reason == "Gone" || why.code == 410;
}

// A server that was restored, or lags, does not know our version yet, and says so as a timeout.
bool is_too_new(const failure& why) {
    return why.reason == "Timeout" && why.message.find("resource version") != std::string::npos;
}

}  // namespace

reflector::reflector(
    clock_source& clock, client& api, selection what, reflector_sink& sink, reflector_plan plan)
    : clock_(clock),
      api_(api),
      what_(std::move(what)),
      sink_(sink),
      plan_(plan),
      chance_(plan.seed),
      pause_(plan.pause_first) {}

asio::awaitable<void> reflector::run() {
    while (true) {
        outcome<void> ended;
        if (must_list_) {
            ended = co_await list();
        } else {
            ended = co_await watch();
        }
        if (ended) continue;
        step(false);
        sink_.trouble(ended.error());
        learn_from(ended.error());
        auto pause = next_pause(ended.error());
        co_await clock_.sleep_for(pause);
    }
}

asio::awaitable<outcome<void>> reflector::list() {
    auto what = what_;
    what.resource_version = version_;
    what.page_size = plan_.page_size;
    auto came = co_await api_.list(std::move(what), plan_.list_limit);
    if (!came) co_return tl::unexpected(came.error());
    version_ = came->resource_version();
    must_list_ = false;
    sink_.replace(*came->object);
    co_return outcome<void>{};
}

asio::awaitable<outcome<void>> reflector::watch() {
    auto what = what_;
    what.resource_version = version_;
    what.watch_time = up_to_twice(plan_.watch_time);
    what.on_open = [this] { step(true); };
    auto begun = clock_.now();
    std::function<bool(const watch_event&)> each = [this](const watch_event& seen) {
        return take(seen);
    };
    auto ended = co_await api_.watch(std::move(what), plan_.silence_limit, std::move(each));
    if (!ended) co_return tl::unexpected(ended.error());
    if (*ended == 0 && clock_.now() - begun < shortest_watch) {
        failure why;
        why.verb = "watch";
        why.object = what_.kind.plural;
        why.message = "the server ended it at once, without an event";
        co_return tl::unexpected(std::move(why));
    }
    co_return outcome<void>{};
}

bool reflector::take(const watch_event& seen) {
    json::reader reader(*seen.object);
    auto version = reader.root().optional_object("metadata").text_or("resourceVersion", "");
    if (!version.empty()) version_ = version;
    if (seen.what == watch_event::kind::deleted) sink_.remove(*seen.object);
    bool is = seen.what == watch_event::kind::added || seen.what == watch_event::kind::modified;
    if (is) sink_.change(*seen.object);
    return true;
}

void reflector::step(bool now) {
    if (std::exchange(in_step_, now) != now) sink_.in_step(now);
}

void reflector::learn_from(const failure& why) {
    if (!is_too_old(why) && !is_too_new(why)) return;
    // A list from where we were never goes back in time; only when that too is refused, whatever is
    // newest will do.
    if (must_list_ || is_too_new(why)) version_.clear();
    must_list_ = true;
}

duration reflector::next_pause(const failure& why) {
    auto now = clock_.now();
    bool calm = failed_at_ == instant{} || now - failed_at_ > plan_.calm;
    pause_ = calm ? plan_.pause_first : std::min(pause_ * 2, plan_.pause_longest);
    failed_at_ = now;
    return std::max(up_to_twice(pause_), why.retry_after.value_or(duration::zero()));
}

duration reflector::up_to_twice(duration span) {
    constexpr int parts = 1000;
    auto part = std::uniform_int_distribution<int>(0, parts)(chance_);
    return span + span / parts * part;
}

}  // namespace ha::k8s
