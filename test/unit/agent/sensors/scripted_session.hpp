// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/session.hpp"
#include "common/async/clock.hpp"
#include "common/async/doorbell.hpp"

#include <deque>

// An engine that says what it was told to say, after as long as it was told to take.

namespace ha::test {

class scripted_session final : public agent::engine_session {
public:
    struct line {
        duration takes{};
        agent::engine_reply reply;
    };

    explicit scripted_session(clock_source& clock) : clock_(clock) {}

    std::deque<line> script;
    std::vector<std::string> asked;
    std::vector<agent::result_set> sets;  // of a stream
    std::int32_t stream_refusal = 0;      // the error that a stream begins with; 0: none
    int at_once = 0;
    int at_once_most = 0;

    boost::asio::awaitable<agent::engine_reply> run(agent::statement what,
                                                    std::vector<agent::sql_value>,
                                                    instant deadline) override {
        asked.push_back(what.name);
        at_once_most = std::max(at_once_most, ++at_once);
        auto begun = clock_.now();
        auto next = take();
        auto until = std::min(begun + next.takes, deadline);
        co_await clock_.sleep_until(until);
        --at_once;
        if (begun + next.takes > deadline)
            next.reply = tl::unexpected(agent::engine_failure{
                agent::engine_failure::kind::unknown, {{0, "HYT00", "late"}}, begun});
        if (next.reply) next.reply->sent_at = begun;
        co_return next.reply;
    }

    boost::asio::awaitable<agent::engine_reply> stream(
        agent::statement what,
        duration silence_limit,
        std::function<bool(const agent::result_set&)> on_set) override {
        asked.push_back(what.name);
        agent::engine_failure refusal{
            agent::engine_failure::kind::refused, {{stream_refusal, "42000", "refused"}}, {}};
        if (stream_refusal != 0) co_return tl::unexpected(refusal);
        duration interval = std::chrono::seconds{5};
        for (const auto& set : sets) {
            co_await clock_.sleep_for(interval);
            bool on = on_set(set);
            if (!on) break;
        }
        co_await clock_.sleep_for(silence_limit);
        agent::engine_failure silence{agent::engine_failure::kind::unknown, {}, {}};
        co_return tl::unexpected(silence);
    }

    std::optional<std::int64_t> session_id() const override { return 51; }
    void abandon() override {}

private:
    line take() {
        if (script.size() > 1) {
            auto first = script.front();
            script.pop_front();
            return first;
        }
        return script.front();
    }

    clock_source& clock_;
};

}  // namespace ha::test
