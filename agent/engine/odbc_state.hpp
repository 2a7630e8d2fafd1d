// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/odbc_link.hpp"
#include "agent/engine/odbc_session.hpp"
#include "common/log/secret.hpp"

#include <boost/asio/any_io_executor.hpp>

// What a session's coroutines hold while they run, so that the session may be destroyed under a
// batch. Only for files of this folder.

namespace ha::agent {

struct odbc_shared {
    boost::asio::any_io_executor home;
    clock_source& clock;
    odbc_options options;
    odbc_counts counts{};
};

struct session_state {
    session_state(std::shared_ptr<odbc_shared> of, secret with)
        : common(std::move(of)), text(std::move(with)), link(common->home) {}

    std::shared_ptr<odbc_shared> common;
    secret text;  // the connection string
    odbc_link link;
};
using held_state = std::shared_ptr<session_state>;

// From giving the driver a job to its answer. When it goes without an answer, by the clock or by
// cancellation, thread and connection are left, unless they were left already.
class attempt {
public:
    explicit attempt(session_state& of);
    ~attempt();
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;

    void answered();
    // Leaves on purpose, with the driver still at work.
    void leave();

private:
    session_state& of_;
    std::uint64_t generation_;
    bool answered_ = false;
};

// Whole seconds, upwards and at least one: the driver's own limits are only the net below ours.
std::chrono::seconds whole_seconds(duration span);

engine_failure in_words(engine_failure::kind what, std::string why, instant when);

// Looks at the port, then logs in on a new thread. Nothing when the link is ready.
boost::asio::awaitable<std::optional<engine_failure>> connect(held_state of, instant deadline);

// engine_session::stream. Connects first if the link is not ready.
boost::asio::awaitable<engine_reply> stream_on(held_state of,
                                               statement what,
                                               duration silence_limit,
                                               std::function<bool(const result_set&)> on_set);

}  // namespace ha::agent
