// SPDX-License-Identifier: MIT
#include "test/sim/node_clock.hpp"

#include <utility>

namespace ha::sim {

boost::asio::awaitable<void> node_clock::sleep_until(instant when) {
    for (;;) {
        auto due = when + lag_;
        co_await world_.sleep_until(due);
        while (paused_) co_await resumed_.wait();
        if (now() >= when) co_return;
    }
}

void node_clock::pause(bool clocks_stand) {
    if (clocks_stand && !stood_at_) stood_at_ = now();
    paused_ = true;
}

void node_clock::resume() {
    if (!paused_) return;
    if (stood_at_) {
        lag_ = world_.now() - *stood_at_;
        stood_at_.reset();
        lagged_at_ = world_.now();
    }
    paused_ = false;
    resumed_.ring();
    for (const auto& one : std::exchange(late_, {}))
        if (auto wanted = one.lock()) set(wanted);
}

// Shared with the world's clock and with what came due in a pause; gone with its alarm.
struct node_clock::call {
    boost::asio::any_io_executor where;
    instant when;
    std::function<void()> rung;
    std::unique_ptr<alarm> in_world;
};

class node_clock::own_alarm final : public alarm {
public:
    explicit own_alarm(std::shared_ptr<call> made) : call_(std::move(made)) {}

private:
    std::shared_ptr<call> call_;
};

std::unique_ptr<alarm> node_clock::ring_at(boost::asio::any_io_executor where,
                                           instant when,
                                           std::function<void()> rung) {
    auto made = std::make_shared<call>(call{std::move(where), when, std::move(rung), nullptr});
    set(made);
    return std::make_unique<own_alarm>(std::move(made));
}

void node_clock::set(const std::shared_ptr<call>& one) {
    auto due = [this, kept = std::weak_ptr(one)] {
        if (auto wanted = kept.lock()) come_due(wanted);
    };
    one->in_world = world_.ring_at(one->where, one->when + lag_, std::move(due));
}

void node_clock::come_due(const std::shared_ptr<call>& one) {
    if (paused_) return late_.push_back(one);
    if (now() < one->when) return set(one);
    auto rung = std::move(one->rung);
    rung();
}

}  // namespace ha::sim
