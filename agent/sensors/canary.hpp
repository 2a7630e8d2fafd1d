// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/engine_view.hpp"
#include "agent/engine/session.hpp"
#include "common/async/clock.hpp"
#include "common/async/doorbell.hpp"

// Asks the engine how it is, over and over: each period, and at once when somebody wants to know.

namespace ha::agent {

struct canary_outcome {
    instant sent_at{};
    instant received_at{};            // when the outcome was known
    std::optional<engine_view> view;  // with reach::answering only
    reach reachable = reach::not_tried;
    std::string why;  // for people; empty with a view
};

struct canary_plan {
    std::string group;
    duration period{};
    duration limit{};  // no answer for so long: silent, and the connection is left to itself
};

// Never two questions at once. An engine that refuses the canary's batch or whose answer makes no
// sense lives, and nothing else is known of it: reported like a refused login.
class canary {
public:
    using reporter = std::function<void(const canary_outcome&)>;
    canary(clock_source& clock, engine_session& session, canary_plan plan, reporter report);

    // Until cancelled.
    boost::asio::awaitable<void> run();

    // At once, or as soon as the question under way has ended.
    void ask_now() { wanted_.ring(); }

private:
    boost::asio::awaitable<canary_outcome> ask();

    clock_source& clock_;
    engine_session& session_;
    canary_plan plan_;
    reporter report_;
    doorbell wanted_;
};

}  // namespace ha::agent
