// SPDX-License-Identifier: MIT
#include "agent/sensors/diagnostics.hpp"

#include "agent/statements/canary.hpp"

namespace ha::agent {

namespace asio = boost::asio;

namespace {

constexpr std::int32_t no_such_procedure = 2812;

std::string words(const engine_reply& reply) {
    if (reply) return "the engine ended the stream";
    if (!reply.error().messages.empty()) return reply.error().messages.front().text;
    return "no connection, or silence";
}

}  // namespace

diagnostics_stream::diagnostics_stream(clock_source& clock,
                                       engine_session& session,
                                       diagnostics_plan plan,
                                       reporter report)
    : clock_(clock), session_(session), plan_(plan), report_(std::move(report)) {}

asio::awaitable<void> diagnostics_stream::run() {
    using kind = diagnostics_report::kind;
    auto interval = std::chrono::duration_cast<std::chrono::seconds>(plan_.interval).count();
    for (;;) {
        auto question = sql::diagnostics(static_cast<int>(interval));
        report_({kind::opened, clock_.now(), {}, {}});
        auto on_set = [this](const result_set& set) { return take(set); };
        std::function<bool(const result_set&)> each = on_set;
        auto reply = co_await session_.stream(std::move(question), plan_.silence, std::move(each));
        bool missing = !reply && reply.error().number() == no_such_procedure;
        report_({missing ? kind::missing : kind::ended, clock_.now(), {}, words(reply)});
        auto pause = missing ? plan_.pause_without : plan_.pause;
        co_await clock_.sleep_for(pause);
    }
}

// A set that makes no sense is as good as none: the silence that follows is what counts.
bool diagnostics_stream::take(const result_set& set) {
    auto view = sql::parse_diagnostics(set, clock_.now());
    if (view) report_({diagnostics_report::kind::set, clock_.now(), *view, {}});
    return view.has_value();
}

}  // namespace ha::agent
