// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "common/k8s/informer.hpp"

#include <map>
#include <set>

// What is to be looked at: each key once however often it was asked for, never by two at a time,
// and after a failure later and later.

namespace ha::op {

struct back_off {
    duration first = std::chrono::seconds{1};
    duration longest = std::chrono::minutes{5};
};

class work_queue {
public:
    explicit work_queue(clock_source& clock, back_off pauses = {})
        : clock_(clock), pauses_(pauses) {}

    // As soon as somebody is free; a key that is being worked on is looked at once more afterwards.
    void add(const k8s::object_key& key);

    // The next key that is due. It belongs to the caller until done() or again().
    boost::asio::awaitable<k8s::object_key> next();
    void done(const k8s::object_key& key);
    // After a pause that doubles from failure to failure and begins anew after done().
    void again(const k8s::object_key& key);

    std::size_t waiting() const { return due_.size(); }

private:
    void put(const k8s::object_key& key, instant when);
    void release(const k8s::object_key& key);

    clock_source& clock_;
    back_off pauses_;
    std::map<k8s::object_key, instant> due_;
    std::set<std::pair<instant, k8s::object_key>> order_;
    std::map<k8s::object_key, bool> in_work_;  // whether to look once more
    std::map<k8s::object_key, duration> pause_;
    doorbell changed_;
};

}  // namespace ha::op
