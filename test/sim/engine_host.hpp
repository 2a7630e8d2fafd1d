// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "test/mssqlsim/model/instance.hpp"
#include "test/support/sim_clock.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

// The machine under one engine of the simulation: its disk, its process, its clients' sessions and
// its links to the other engines, all on virtual time.

namespace ha::sim {

class engine_host;

// One client's connection. What comes back is gathered here until the request is done.
struct engine_client {
    std::int64_t number = 0;  // 0: not logged in
    std::vector<mssqlsim::result_rows> sets;
    std::vector<mssqlsim::server_message> messages;
    bool done = false;   // the request under way has ended
    bool ended = false;  // the server ended the connection
    bool refused = false;
    doorbell news;
};

// Connects the endpoints of all engines, with a latency, and cuts them.
class engine_network {
public:
    engine_network(test::sim_clock& clock, duration latency) : clock_(clock), latency_(latency) {}

    void add(const std::string& name, engine_host& host) { hosts_[name] = &host; }
    void set_latency(duration latency) { latency_ = latency; }
    void cut(const std::string& from, const std::string& to) { cuts_[{from, to}] = true; }
    // What was sent meanwhile arrives now, in its order, as TCP would send it again.
    void heal();
    // Their endpoints remember a failure: no connection between the two until both were restarted.
    void stick(const std::string& one, const std::string& other);
    bool open(const std::string& from, const std::string& to) const {
        return !cuts_.contains({from, to});
    }

    void dial(const std::string& from, std::uint64_t link, const std::string& url);
    void send(const std::string& from, std::uint64_t link, mssqlsim::peer_message message);
    void hang_up(const std::string& from, std::uint64_t link, const std::string& why);
    // Every link of this host breaks: its process is gone.
    void drop(const std::string& host);

private:
    struct end {
        std::string host;
        std::uint64_t link = 0;
        std::uint64_t life = 0;
        auto operator<=>(const end&) const = default;
    };
    struct held_back {
        end from;
        end to;
        std::shared_ptr<mssqlsim::peer_message> message;
    };
    void connect(const end& from, const std::string& to);
    void deliver(const end& to, std::shared_ptr<mssqlsim::peer_message> message);
    engine_host* alive(const end& where);
    void break_link(const end& from, const char* why);
    bool stuck(const std::string& from, const std::string& to);

    test::sim_clock& clock_;
    duration latency_;
    std::map<std::string, engine_host*> hosts_;
    std::map<end, end> links_;
    std::map<std::pair<std::string, std::string>, bool> cuts_;
    std::vector<held_back> held_back_;
    // How often each endpoint had been started when the two got stuck.
    std::map<std::pair<std::string, std::string>, std::pair<std::uint64_t, std::uint64_t>> stuck_;
};

class engine_host {
public:
    engine_host(test::sim_clock& clock,
                engine_network& network,
                mssqlsim::instance_options options);
    ~engine_host();

    void start();
    void kill();    // SIGKILL: what was not hardened is gone
    void freeze();  // SIGSTOP: what arrives waits
    void thaw();
    // How far the machine's own clocks are behind the world's.
    void set_lag(duration lag);
    instant now() const { return clock_.now() - lag_; }
    bool running() const { return instance_ != nullptr; }
    instant began() const { return began_; }  // the process that runs, or ran last
    bool frozen() const { return frozen_; }
    std::uint64_t life() const { return life_; }
    // Of the mirroring endpoint, in all lives.
    std::uint64_t endpoint_starts() const { return endpoint_starts_; }

    // Nothing when no connection can be made; a client that is not let in has `refused` set.
    std::shared_ptr<engine_client> connect(const mssqlsim::login_request& who);
    void submit(const std::shared_ptr<engine_client>& client, mssqlsim::request what);
    void attention(const std::shared_ptr<engine_client>& client);
    void close(const std::shared_ptr<engine_client>& client);

    // Runs `input` now, or when the freeze is over, in the order of arrival.
    void feed(std::function<void()> input);
    mssqlsim::instance* alive() { return instance_.get(); }
    const mssqlsim::instance* alive() const { return instance_.get(); }
    const mssqlsim::durable_state& disk() const { return disk_; }
    // REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT of its copy of the group.
    std::int64_t required() const { return required_; }
    const std::string& name() const { return options_.server_name; }
    void after_input();

    // Called when the process started or ended.
    std::function<void()> on_process;
    std::function<void(const std::string& text)> on_errorlog;
    // Called after every input, with what changed inside already done: for the invariants.
    std::function<void()> on_input;

private:
    void carry_out(mssqlsim::output& one);
    void note_required(const mssqlsim::log_record& written);
    void set_alarm();

    test::sim_clock& clock_;
    engine_network& network_;
    mssqlsim::instance_options options_;
    std::unique_ptr<mssqlsim::instance> instance_;
    mssqlsim::durable_state disk_;
    std::map<std::int64_t, std::shared_ptr<engine_client>> clients_;
    std::deque<std::function<void()>> waiting_;
    instant began_{};
    std::uint64_t life_ = 0;
    std::uint64_t endpoint_starts_ = 0;
    std::int64_t required_ = 0;
    std::uint64_t alarm_ = 0;
    instant alarm_at_ = instant::max();
    bool frozen_ = false;
    duration lag_{};
};

}  // namespace ha::sim
