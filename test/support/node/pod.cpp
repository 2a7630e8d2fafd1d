// SPDX-License-Identifier: MIT
#include "test/support/node/pod.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <stdexcept>

namespace ha::test::node {
namespace {

namespace asio = boost::asio;

json condition(const char* type, bool holds) {
    return {{"type", type}, {"status", holds ? "True" : "False"}};
}

json statuses(const std::vector<std::shared_ptr<container>>& all) {
    json made = json::array();
    for (const auto& one : all) made.push_back(one->status());
    return made;
}

}  // namespace

pod::pod(surroundings& around, json object, pod_place place)
    : around_(around),
      object_(std::move(object)),
      place_(std::move(place)),
      uid_(text_at(object_, "/metadata/uid")),
      begun_at_(rfc3339(around.clock.wall_time())) {
    auto made = [this](const json& spec) {
        return std::make_shared<container>(around_, object_, spec, place_, changed_);
    };
    for (const auto& spec : at(object_, "/spec/initContainers")) first_.push_back(made(spec));
    for (const auto& spec : at(object_, "/spec/containers")) mains_.push_back(made(spec));
    for (const auto& one : first_) {
        if (!one->sidecar()) throw std::invalid_argument("init containers must be sidecars here");
    }
}

void pod::spawn(asio::awaitable<void> work) {
    auto report = [keep = shared_from_this()](std::exception_ptr trouble) {
        if (trouble) std::rethrow_exception(trouble);
    };
    asio::co_spawn(around_.executor, std::move(work), report);
}

void pod::begin() {
    spawn(run());
}

asio::awaitable<void> pod::run() {
    changed_.ring();
    for (const auto& one : first_) {
        one->begin();
        // The bell is shared with whoever publishes the status; a short look now and then as well,
        // because a ring that came between two waits belongs to the other.
        while (!one->started() && !ending_) {
            auto look = around_.clock.now() + std::chrono::milliseconds{100};
            co_await ended_.wait_until(around_.clock, look);
        }
        if (ending_) co_return;
    }
    initialized_ = true;
    for (const auto& one : mains_) one->begin();
    changed_.ring();
}

asio::awaitable<void> pod::end_main(std::shared_ptr<container> one, instant deadline) {
    co_await one->pre_stop(deadline);
    co_await one->end(deadline);
    --mains_left_;
    ended_.ring();
}

asio::awaitable<void> pod::end(duration grace) {
    if (ending_) co_return;
    ending_ = true;
    changed_.ring();
    ended_.ring();
    auto deadline = around_.clock.now() + grace;
    if (initialized_) {
        mains_left_ = mains_.size();
        for (const auto& one : mains_) spawn(end_main(one, deadline));
    }
    for (const auto& one : first_) spawn(one->pre_stop(deadline));
    while (mains_left_ > 0) co_await ended_.wait();
    for (auto one = first_.rbegin(); one != first_.rend(); ++one) {
        bool begun = (*one)->running() || (*one)->last_exit().has_value();
        if (begun) co_await (*one)->end(deadline);
        if (!begun) (*one)->end_now();
    }
    gone_ = true;
    changed_.ring();
}

void pod::end_now() {
    ending_ = gone_ = true;
    for (const auto& one : mains_) one->end_now();
    for (const auto& one : first_) one->end_now();
    ended_.ring();
    changed_.ring();
}

std::shared_ptr<container> pod::find(const std::string& name) const {
    for (const auto* all : {&mains_, &first_}) {
        auto found = std::ranges::find(*all, name, [](const auto& one) { return one->name(); });
        if (found != all->end()) return *found;
    }
    return nullptr;
}

json pod::status() const {
    auto is_ready = [](const auto& one) { return one->ready(); };
    auto is_up = [](const auto& one) { return one->running(); };
    bool ready = initialized_ && std::ranges::all_of(mains_, is_ready) &&
                 std::ranges::all_of(first_, is_ready);
    bool up = initialized_ && std::ranges::any_of(mains_, is_up);
    json made{{"phase", up || initialized_ ? "Running" : "Pending"},
              {"podIP", place_.ip},
              {"podIPs", json::array({{{"ip", place_.ip}}})},
              {"hostIP", "127.0.0.1"},
              {"startTime", begun_at_},
              {"conditions",
               json::array({condition("PodScheduled", true),
                            condition("Initialized", initialized_),
                            condition("ContainersReady", ready),
                            condition("Ready", ready)})},
              {"containerStatuses", statuses(mains_)}};
    if (!first_.empty()) made["initContainerStatuses"] = statuses(first_);
    return made;
}

}  // namespace ha::test::node
