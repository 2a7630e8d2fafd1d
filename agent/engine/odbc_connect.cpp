// SPDX-License-Identifier: MIT
#include "agent/engine/odbc_state.hpp"
#include "agent/engine/port_probe.hpp"

#include <algorithm>

namespace ha::agent {

namespace asio = boost::asio;
using kind = engine_failure::kind;

attempt::attempt(session_state& of) : of_(of), generation_(of.link.generation()) {
    of_.link.busy = true;
}

attempt::~attempt() {
    if (answered_ || of_.link.generation() != generation_) return;
    ++of_.common->counts.abandoned;
    of_.link.leave();
}

void attempt::answered() {
    answered_ = true;
    if (of_.link.generation() == generation_) of_.link.busy = false;
}

void attempt::leave() {
    answered_ = true;
    if (of_.link.generation() == generation_) of_.link.leave();
}

std::chrono::seconds whole_seconds(duration span) {
    auto seconds = std::chrono::ceil<std::chrono::seconds>(span);
    return std::max(seconds, std::chrono::seconds{1});
}

engine_failure in_words(kind what, std::string why, instant when) {
    std::vector<odbc::diagnostic> said;
    said.push_back({0, "08001", std::move(why)});
    return failed(what, std::move(said), when);
}

namespace {

engine_failure connect_failed(session_state& of, odbc::trouble why) {
    auto& counts = of.common->counts;
    ++counts.connect_failed;
    // assumption: whatever number of its own the server says no with, it answered, so the engine
    // lives, and we know nothing else of it.
    bool answered = why.what == odbc::trouble::kind::refused;
    if (answered) ++counts.login_refused;
    auto what = answered ? kind::login_failed : kind::not_sent;
    auto& said = why.diagnostics;
    if (why.what == odbc::trouble::kind::driver_missing && !said.empty())
        said.front().text = "the ODBC driver '" + of.common->options.driver +
                            "' cannot be loaded (" + said.front().text +
                            "): is it installed and in the odbcinst.ini that ODBCSYSINI names?";
    return failed(what, std::move(why.diagnostics), of.common->clock.now());
}

}  // namespace

asio::awaitable<std::optional<engine_failure>> connect(held_state of, instant deadline) {
    auto& clock = of->common->clock;
    const auto& options = of->common->options;
    if (options.port != 0) {
        auto limit = std::min(options.probe_limit, deadline - clock.now());
        auto trouble = co_await port_trouble(clock, options.address, options.port, limit);
        if (trouble) {
            ++of->common->counts.connect_failed;
            co_return in_words(kind::not_sent, std::move(trouble->message), clock.now());
        }
    }
    auto left = deadline - clock.now();
    if (left <= duration::zero())
        co_return in_words(kind::not_sent, "the deadline passed before the login", clock.now());
    if (!of->link.renew(options.threads_max))
        co_return in_words(kind::not_sent, "the driver left too many threads stuck", clock.now());
    odbc::limits limits{whole_seconds(left), std::chrono::seconds{1}};
    auto job = of->link.open_job(of->text.reveal(), limits, options.identify);
    attempt going(*of);
    auto opened = co_await of->link.hand()->run(clock, deadline, std::move(job));
    if (!opened) {
        ++of->common->counts.connect_failed;
        co_return in_words(kind::not_sent, "the login had no answer in time", clock.now());
    }
    going.answered();
    if (!*opened) {
        of->link.leave();
        co_return connect_failed(*of, std::move(opened->error()));
    }
    ++of->common->counts.connected;
    of->link.session_id = **opened;
    of->link.ready = true;
    co_return std::nullopt;
}

}  // namespace ha::agent
