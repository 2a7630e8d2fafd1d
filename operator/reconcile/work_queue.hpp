// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "operator/reconcile/kinds.hpp"

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
    void add(const subject& key);

    // At that time, or earlier when somebody asks for it; also of a key that is being worked on.
    void add_at(const subject& key, instant when);

    // The next key that is due. It belongs to the caller until done() or again().
    boost::asio::awaitable<subject> next();
    void done(const subject& key);
    // After a pause that doubles from failure to failure and begins anew after done().
    void again(const subject& key);

    std::size_t waiting() const { return due_.size(); }

private:
    void put(const subject& key, instant when);
    void release(const subject& key);

    clock_source& clock_;
    back_off pauses_;
    std::map<subject, instant> due_;
    std::set<std::pair<instant, subject>> order_;
    std::map<subject, std::optional<instant>> in_work_;  // when to look once more
    std::map<subject, duration> pause_;
    doorbell changed_;
};

}  // namespace ha::op
