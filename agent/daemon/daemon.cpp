// SPDX-License-Identifier: MIT
#include "agent/daemon/daemon.hpp"

#include "agent/daemon/parts.hpp"
#include "agent/daemon/secrets.hpp"
#include "agent/loop/supervisor.hpp"
#include "agent/probes/agent_metrics.hpp"
#include "common/async/supervise.hpp"
#include "common/async/system_clock.hpp"
#include "common/log/sinks.hpp"
#include "common/transport/tcp.hpp"
#include "common/transport/tls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

constexpr int exit_cannot_start = 1;
constexpr int exit_fatal = 70;

// All that the supervisor refers to, in the order in which it is made.
class machinery {
public:
    explicit machinery(const agent_config& how) : how_(how) {}

    // What keeps it from starting.
    std::optional<error> build() {
        if (auto locked = take_lock(how_.record_folder); !locked) return locked.error();
        auto options = engine_options(how_.engine);
        if (!options) return options.error();
        auto access = kubernetes_access(clock_, how_);
        if (!access) return access.error();
        if (auto closed = open_peer_doors()) return closed;
        if (auto closed = open_probe_door()) return closed;
        api_ = k8s::connect(clock_, *access, std::string("mssql-ha-supervisor/") + version_text);
        engine_ = std::make_unique<odbc_connector>(io_.get_executor(), clock_, *options);
        processes_ =
            watch_engine_processes(io_.get_executor(), clock_, filter_of(how_.engine), [this] {
                if (supervisor_) supervisor_->processes_changed();
            });
        auto space = how_.space.empty() ? access->space : how_.space;
        supervisor_ =
            std::make_unique<supervisor>(io_.get_executor(), ports(), doors(), own(space));
        return std::nullopt;
    }

    [[noreturn]] void run() {
        log_.write("process_started",
                   {{"version", version_text},
                    {"pod", how_.self.name},
                    {"pod_uid", how_.self.uid},
                    {"worst_takeover_s", worst_takeover(how_.chosen.times)}});
        supervisor_->start();
        supervise(io_.get_executor(), "signals", serve_signals(), [this](auto name, auto why) {
            fatal(std::string(name) + ": " + std::string(why));
        });
        io_.run();
        fatal("the loop of the process ended");
    }

private:
    // An instance in no group has no peers.
    std::optional<error> open_peer_doors() {
        peer_dialer_ = transport::make_tcp_dialer();
        if (how_.groups.empty()) return std::nullopt;
        auto shown = peer_credentials(clock_, how_);
        if (!shown) return shown.error();
        auto peers =
            transport::listen_tcp(io_.get_executor(), {how_.listen_address, how_.peer_port, ""});
        if (!peers) return peers.error();
        peer_listener_ = transport::make_tls_listener(
            std::move(*peers), *shown, {transport::client_certificates::required, {}});
        peer_dialer_ = transport::make_tls_dialer(std::move(peer_dialer_), *shown);
        return std::nullopt;
    }

    std::optional<error> open_probe_door() {
        auto probes =
            transport::listen_tcp(io_.get_executor(), {how_.listen_address, how_.http_port, ""});
        if (!probes) return probes.error();
        probe_listener_ = std::move(*probes);
        return std::nullopt;
    }

    supervisor_ports ports() {
        return {clock_,
                api_->api(),
                *engine_,
                *processes_,
                log_,
                [this] { return read_logins(how_.engine); },
                [this](const std::string& why) { fatal(why); }};
    }

    supervisor_doors doors() {
        return {*peer_dialer_,
                peer_listener_.get(),
                probe_listener_.get(),
                [this](const std::string& group) {
                    return make_file_record_store(clock_, how_.record_folder, group);
                },
                [this] { return metrics(); }};
    }

    supervisor_settings own(const std::string& space) const {
        supervisor_settings chosen;
        chosen.self = how_.self;
        constexpr std::size_t bytes = 8;
        chosen.incarnation = random_digits(bytes);
        chosen.version = version_text;
        chosen.space = space;
        chosen.peer_port = how_.peer_port;
        chosen.endpoint_port = how_.engine.endpoint_port;
        chosen.chosen = how_.chosen;
        for (const auto& one : how_.groups) {
            chosen.groups.push_back(one.group);
            chosen.object_names[one.group] = one.object;
        }
        return chosen;
    }

    std::string metrics() {
        auto seen = supervisor_->look();
        seen.wall_time = clock_.wall_time();
        const auto& driver = engine_->counts();
        seen.driver = {driver.connected,
                       driver.connect_failed,
                       driver.login_refused,
                       driver.batches,
                       driver.unknown,
                       driver.abandoned};
        show(numbers_, seen, clock_.now());
        return numbers_.text();
    }

    // A part that ended must not be gone on without: everything that matters is on disk and in the
    // Lease, and the next process finds it there.
    [[noreturn]] void fatal(const std::string& why) {
        log_.write("loop_ended", {{"why", why}});
        end(exit_fatal);
    }

    // Threads of drivers may be stuck, so nobody waits for them.
    [[noreturn]] void end(int code) {
        sink_.flush(std::chrono::seconds{1});
        std::_Exit(code);
    }

    asio::awaitable<void> serve_signals() {
        asio::signal_set signals(io_, SIGTERM, SIGINT);
        int number = co_await signals.async_wait(asio::use_awaitable);
        log_.write("process_stopping", {{"signal", number}});
        co_await supervisor_->leave(how_.leave_limit);
        end(EXIT_SUCCESS);
    }

    agent_config how_;
    asio::io_context io_{1};
    system_clock clock_;
    log::descriptor_sink sink_{STDOUT_FILENO};
    log::logger log_{sink_, clock_, log::level_named(how_.log_level)};
    metrics::registry numbers_{agent_families()};
    std::unique_ptr<transport::dialer> peer_dialer_;
    std::unique_ptr<transport::listener> peer_listener_;
    std::unique_ptr<transport::listener> probe_listener_;
    std::unique_ptr<k8s::connection> api_;
    std::unique_ptr<odbc_connector> engine_;
    std::unique_ptr<engine_processes> processes_;
    std::unique_ptr<supervisor> supervisor_;
};

}  // namespace

int run_daemon(const agent_config& how) {
    std::signal(SIGPIPE, SIG_IGN);
    machinery all(how);
    if (auto wrong = all.build()) {
        std::fprintf(stderr, "mssql-ha-supervisor: %s\n", wrong->message.c_str());
        return exit_cannot_start;
    }
    all.run();
}

}  // namespace ha::agent
