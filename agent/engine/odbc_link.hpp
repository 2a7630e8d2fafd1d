// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/odbc_session.hpp"
#include "common/async/worker.hpp"
#include "common/odbc/connection.hpp"

#include <atomic>
#include <functional>
#include <utility>

// The driver's side of a session: one thread with one connection, and how to leave both. Only for
// files of this folder.

namespace ha::agent {

// A failure of the engine's kind out of a driver's trouble.
engine_failure failed(engine_failure::kind what,
                      std::vector<odbc::diagnostic> said,
                      instant sent_at);

// What `answered` means for a batch sent at that instant.
engine_reply replied(odbc::connection::answer answered, instant sent_at, instant received_at);

// Lives on the worker's thread and dies there, however long that takes.
struct link_slot {
    explicit link_slot(std::shared_ptr<std::atomic<int>> threads) : alive(std::move(threads)) {
        ++*alive;
    }
    ~link_slot() {
        link.reset();
        --*alive;
    }
    link_slot(const link_slot&) = delete;
    link_slot& operator=(const link_slot&) = delete;

    std::unique_ptr<odbc::connection> link;
    std::shared_ptr<std::atomic<int>> alive;
};

class odbc_link {
public:
    explicit odbc_link(boost::asio::any_io_executor home) : home_(std::move(home)) {}
    ~odbc_link() { leave(); }
    odbc_link(const odbc_link&) = delete;
    odbc_link& operator=(const odbc_link&) = delete;

    // A new thread without a connection yet. False when too many old ones are stuck.
    bool renew(int threads_max);

    // Leaves thread and connection; what runs is cancelled from a thread of its own, because the
    // cancel may block as well.
    void leave();

    worker* hand() { return hand_.get(); }
    std::uint64_t generation() const { return generation_; }  // grows with every renew and leave

    // Jobs for the worker's thread.
    using opening = tl::expected<std::int64_t, odbc::trouble>;  // the session's number
    std::function<opening()> open_job(std::string text, odbc::limits limits, std::string identify);
    // Nothing when the connection was known to be dead before anything was sent.
    using execution = std::optional<odbc::connection::answer>;
    std::function<execution()> execute_job(std::string text,
                                           std::vector<sql_value> parameters,
                                           std::chrono::seconds limit);
    using piece_taker = std::function<bool(odbc::piece)>;
    using ending = std::function<void(odbc::connection::answer)>;
    std::function<void()> stream_job(std::string text, piece_taker on_piece, ending on_end);

    bool ready = false;           // connected
    bool busy = false;            // a job is under way
    std::int64_t session_id = 0;  // of the connection; 0: none

private:
    boost::asio::any_io_executor home_;
    std::shared_ptr<std::atomic<int>> alive_ = std::make_shared<std::atomic<int>>(0);
    std::shared_ptr<odbc::canceller> stop_;
    link_slot* slot_ = nullptr;  // the worker's thread owns it
    std::unique_ptr<worker> hand_;
    std::uint64_t generation_ = 0;
};

}  // namespace ha::agent
