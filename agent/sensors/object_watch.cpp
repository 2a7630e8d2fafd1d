// SPDX-License-Identifier: MIT
#include "agent/sensors/object_watch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

// A watch that the server ends sooner than this without an event is a fault of the server's.
constexpr duration shortest_watch = std::chrono::seconds{1};

std::string version_of(const nlohmann::json& object) {
    auto metadata = object.find("metadata");
    if (metadata == object.end() || !metadata->is_object()) return "";
    auto version = metadata->find("resourceVersion");
    return version != metadata->end() && version->is_string() ? version->get<std::string>() : "";
}

// The only item of a list by name; null when there is none.
std::shared_ptr<const nlohmann::json> only_item(const std::shared_ptr<const nlohmann::json>& list) {
    auto items = list->find("items");
    if (items == list->end() || !items->is_array() || items->empty()) return nullptr;
    return {list, &items->front()};
}

}  // namespace

object_watch::object_watch(
    clock_source& clock, k8s::client& api, k8s::object_name what, watch_plan plan, reporter report)
    : clock_(clock),
      api_(api),
      what_(std::move(what)),
      plan_(plan),
      report_(std::move(report)),
      pause_(plan.pause_first) {}

// After a watch that broke, the object is read again instead of watched on from where it was: what
// others do with the answer ("nothing changed since") must not rest on a connection that may be
// dead.
asio::awaitable<void> object_watch::run() {
    for (;;) {
        auto begun = clock_.now();
        bool there = co_await read();
        if (there) co_await follow();
        if (clock_.now() - begun >= plan_.pause_longest) pause_ = plan_.pause_first;
        auto until = clock_.now() + pause_;
        pause_ = std::min(pause_ * 2, plan_.pause_longest);
        co_await wanted_.wait_until(clock_, until);
    }
}

asio::awaitable<bool> object_watch::read() {
    auto all = selected();
    auto came = co_await api_.list(std::move(all), plan_.read_limit);
    if (!came) {
        report(object_sight::kind::out_of_step, came.error().words());
        co_return false;
    }
    resource_version_ = came->resource_version();
    auto item = only_item(came->object);
    if (item) last_ = item;
    report(item ? object_sight::kind::seen : object_sight::kind::missing);
    co_return true;
}

// One watch after another, for as long as each ends in an orderly way.
asio::awaitable<void> object_watch::follow() {
    for (;;) {
        auto begun = clock_.now();
        auto from = selected();
        from.resource_version = resource_version_;
        from.watch_time = plan_.watch_time;
        std::function<bool(const k8s::watch_event&)> each = [this](const k8s::watch_event& event) {
            return take(event);
        };
        auto ended = co_await api_.watch(std::move(from), plan_.silence_limit, std::move(each));
        std::string why;
        if (!ended) why = ended.error().words();
        if (ended && *ended == 0 && clock_.now() - begun < shortest_watch)
            why = "the server ended the watch at once";
        if (why.empty()) continue;
        report(object_sight::kind::out_of_step, why);
        if (!ended && ended.error().reason == "Expired") pause_ = plan_.pause_first;
        co_return;
    }
}

bool object_watch::take(const k8s::watch_event& event) {
    using kind = k8s::watch_event::kind;
    if (auto version = version_of(*event.object); !version.empty()) resource_version_ = version;
    if (event.what == kind::bookmark) return true;
    last_ = event.object;
    report(event.what == kind::deleted ? object_sight::kind::missing : object_sight::kind::seen);
    return true;
}

void object_watch::report(object_sight::kind what, std::string why) {
    object_sight sight{what, nullptr, clock_.now(), std::move(why)};
    if (what != object_sight::kind::out_of_step) sight.object = last_;
    report_(sight);
}

k8s::selection object_watch::selected() const {
    k8s::selection all{what_.kind, what_.space};
    all.name = what_.name;
    return all;
}

}  // namespace ha::agent
