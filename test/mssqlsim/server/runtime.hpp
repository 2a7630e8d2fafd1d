// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/async/doorbell.hpp"
#include "test/mssqlsim/model/instance.hpp"
#include "test/mssqlsim/server/errorlog.hpp"
#include "test/mssqlsim/storage/log_writer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

// Drives the model with real time and a real disk, and brings its outputs to those they are for.
// All of it runs on one thread.

namespace ha::mssqlsim {

// Who receives one session's answers.
class session_listener {
public:
    virtual ~session_listener() = default;
    virtual void say(const output& what) = 0;
    virtual void flush() = 0;  // all that belongs together was said
};

// Who makes and ends connections between endpoints.
class peer_network {
public:
    virtual ~peer_network() = default;
    virtual void dial_endpoint(link_number link, const std::string& url) = 0;
    virtual void hang_up(link_number link) = 0;
    virtual void send(link_number link, const peer_message& message) = 0;
    virtual void listen(std::uint16_t port) = 0;  // 0: no more
};

class runtime {
public:
    struct parts {
        instance_options options;
        durable_state disk;
        std::unique_ptr<row_store> store;
        log_file log;
    };
    struct hooks {
        std::function<void()> ready;                                    // logins are let in
        std::function<void(int status)> exits;                          // the process is to end
        std::function<std::string(const write_backup& what)> backs_up;  // empty: it is written
    };

    runtime(boost::asio::any_io_executor executor,
            clock_source& clock,
            parts made,
            errorlog& log,
            hooks tell);
    ~runtime();

    // After the network exists; the model's first outputs come only now.
    void start(peer_network& peers);

    instance& model() { return *model_; }
    instant now() const { return clock_.now(); }
    std::unique_ptr<alarm> ring_at(instant when, std::function<void()> rung) {
        return clock_.ring_at(executor_, when, std::move(rung));
    }
    errorlog& log() { return log_; }
    log_writer& disk() { return *writer_; }

    // Carries out what the model wants by now. To be called after each use of it; from within
    // session_listener's functions it does nothing, because it is running then.
    void settle();

    void attach(session_number session, session_listener& listener);
    void detach(session_number session);

private:
    struct performer;
    boost::asio::awaitable<void> keep_time();
    void on_disk(result<std::uint64_t> told);
    bool carry_out_once();

    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    errorlog& log_;
    hooks tell_;
    peer_network* peers_ = nullptr;
    std::unique_ptr<instance> model_;
    std::map<session_number, session_listener*> listeners_;
    std::set<session_number> to_flush_;
    doorbell sooner_;
    instant alarm_ = instant::max();
    bool settling_ = false;
    std::unique_ptr<log_writer> writer_;  // last: its thread speaks to the rest
};

}  // namespace ha::mssqlsim
