// SPDX-License-Identifier: MIT
#include "operator/reconcile/work_queue.hpp"

namespace ha::op {

namespace asio = boost::asio;

void work_queue::put(const subject& key, instant when) {
    auto [place, fresh] = due_.try_emplace(key, when);
    if (!fresh) {
        if (place->second <= when) return;
        order_.erase({place->second, key});
        place->second = when;
    }
    order_.emplace(when, key);
    changed_.ring();
}

void work_queue::add(const subject& key) {
    add_at(key, clock_.now());
}

void work_queue::add_at(const subject& key, instant when) {
    auto working = in_work_.find(key);
    if (working != in_work_.end()) {
        working->second = std::min(working->second.value_or(when), when);
    } else {
        put(key, when);
    }
}

asio::awaitable<subject> work_queue::next() {
    while (order_.empty() || order_.begin()->first > clock_.now()) {
        auto until = order_.empty() ? instant::max() : order_.begin()->first;
        if (until == instant::max()) {
            co_await changed_.wait();
        } else {
            co_await changed_.wait_until(clock_, until);
        }
    }
    auto key = order_.begin()->second;
    order_.erase(order_.begin());
    due_.erase(key);
    in_work_.emplace(key, std::nullopt);
    co_return key;
}

void work_queue::release(const subject& key) {
    auto working = in_work_.find(key);
    auto once_more = working->second;
    in_work_.erase(working);
    if (once_more) put(key, *once_more);
}

void work_queue::done(const subject& key) {
    pause_.erase(key);
    release(key);
}

void work_queue::again(const subject& key) {
    auto [place, fresh] = pause_.try_emplace(key, pauses_.first);
    if (!fresh) place->second = std::min(place->second * 2, pauses_.longest);
    release(key);
    put(key, clock_.now() + place->second);
}

}  // namespace ha::op
