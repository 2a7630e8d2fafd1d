// SPDX-License-Identifier: MIT
#include "agent/sensors/canary.hpp"

#include "agent/statements/canary.hpp"

namespace ha::agent {

namespace asio = boost::asio;

namespace {

std::string words(const engine_failure& failed) {
    if (failed.messages.empty()) return "";
    const auto& first = failed.messages.front();
    return std::to_string(first.number) + " " + first.text;
}

// An engine that refuses the batch has answered: it lives, and that is all that is known.
canary_outcome not_seen(const engine_failure& failed) {
    canary_outcome outcome;
    outcome.sent_at = failed.sent_at;
    outcome.why = words(failed);
    switch (failed.what) {
        case engine_failure::kind::refused:
        case engine_failure::kind::login_failed: outcome.reachable = reach::login_refused; break;
        case engine_failure::kind::not_sent: outcome.reachable = reach::unreachable; break;
        case engine_failure::kind::unknown: outcome.reachable = reach::silent; break;
    }
    return outcome;
}

canary_outcome seen(const engine_answer& answer, const std::string& group) {
    canary_outcome outcome;
    outcome.sent_at = answer.sent_at;
    auto view = sql::parse_canary(answer, group);
    if (view) {
        outcome.view = std::move(*view);
        outcome.reachable = reach::answering;
    } else {
        outcome.why = view.error().message;
        outcome.reachable = reach::login_refused;
    }
    return outcome;
}

}  // namespace

canary::canary(clock_source& clock, engine_session& session, canary_plan plan, reporter report)
    : clock_(clock), session_(session), plan_(std::move(plan)), report_(std::move(report)) {}

asio::awaitable<void> canary::run() {
    for (;;) {
        auto next = clock_.now() + plan_.period;
        auto outcome = co_await ask();
        report_(outcome);
        co_await wanted_.wait_until(clock_, next);
    }
}

asio::awaitable<canary_outcome> canary::ask() {
    auto begun = clock_.now();
    auto question = sql::canary(plan_.group);
    std::vector<sql_value> nothing;
    auto deadline = begun + plan_.limit;
    auto reply = co_await session_.run(std::move(question), std::move(nothing), deadline);
    auto outcome = reply ? seen(*reply, plan_.group) : not_seen(reply.error());
    if (outcome.sent_at == instant{}) outcome.sent_at = begun;
    outcome.received_at = clock_.now();
    co_return outcome;
}

}  // namespace ha::agent
