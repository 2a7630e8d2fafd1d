// SPDX-License-Identifier: MIT
#include "operator/daemon/daemon.hpp"

#include "common/async/supervise.hpp"
#include "common/async/system_clock.hpp"
#include "common/async/within.hpp"
#include "common/k8s/resources.hpp"
#include "common/log/sinks.hpp"
#include "common/transport/tcp.hpp"
#include "common/version.hpp"
#include "operator/daemon/api_access.hpp"
#include "operator/daemon/probes.hpp"
#include "operator/reconcile/leadership.hpp"
#include "operator/reconcile/operator_metrics.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <unistd.h>

namespace ha::op {

namespace asio = boost::asio;

namespace {

constexpr int exit_cannot_start = 1;
constexpr int exit_fatal = 70;
constexpr duration release_limit = std::chrono::seconds{3};

// All that the operator refers to, in the order in which it is made.
class machinery {
public:
    explicit machinery(const operator_config& how) : how_(how) {}

    // What keeps it from starting.
    std::optional<error> build() {
        auto access = kubernetes_access(clock_, how_);
        if (!access) return access.error();
        auto door =
            transport::listen_tcp(io_.get_executor(), {how_.listen_address, how_.http_port, ""});
        if (!door) return door.error();
        door_ = std::move(*door);
        api_ = k8s::connect(clock_, *access, std::string("mssql-operator/") + version_text);
        auto chance = std::random_device{}();
        how_.work.seed = chance;
        auto space = how_.lease_space.empty() ? access->space : how_.lease_space;
        leadership_ =
            std::make_unique<leadership>(clock_,
                                         api_->api(),
                                         k8s::object_name{k8s::leases, space, how_.lease_name},
                                         how_.pod + "_" + std::to_string(chance),
                                         pod_identity{how_.pod, how_.pod_uid});
        reconciler_ = std::make_unique<reconciler>(
            io_.get_executor(),
            clock_,
            api_->api(),
            log_,
            how_.work,
            [this](const std::string& task, const std::string& why) { fatal(task + ": " + why); });
        return std::nullopt;
    }

    [[noreturn]] void run() {
        log_.write("process_started", {{"version", version_text}, {"pod", how_.pod}});
        begin("probes", http::serve(clock_, *door_, make_probe_handler(sources())));
        if (how_.leader_elect) {
            begin("watch of the operators' Lease", leadership_->watch());
            begin("leadership", lead());
        } else {
            reconciler_->start();
        }
        begin("signals", serve_signals());
        io_.run();
        fatal("the loop of the process ended");
    }

private:
    void begin(std::string name, asio::awaitable<void> loop) {
        supervise(io_.get_executor(), std::move(name), std::move(loop), [this](auto of, auto why) {
            fatal(std::string(of) + ": " + std::string(why));
        });
    }

    bool leads() const { return !how_.leader_elect || leadership_->held(); }

    probe_sources sources() {
        return {[this] { return missing(); },
                [this] {
                    show(numbers_, reconciler_->count(), leads());
                    return numbers_.text();
                }};
    }

    std::vector<std::string> missing() const {
        if (leads()) {
            if (reconciler_->count().listed) return {};
            return {"the objects of the cluster are not listed yet"};
        }
        if (leadership_->watching()) return {};
        return {"the operators' Lease " + how_.lease_name + " cannot be watched"};
    }

    asio::awaitable<void> lead() {
        co_await leadership_->acquire();
        log_.write("operator_leads", {{"lease", how_.lease_name}});
        reconciler_->start();
        auto why = co_await leadership_->hold();
        fatal(why);
    }

    // A part that ended must not be gone on without: everything that matters is in the cluster, and
    // the next process finds it there.
    [[noreturn]] void fatal(const std::string& why) {
        log_.write("loop_ended", {{"why", why}});
        end(exit_fatal);
    }

    [[noreturn]] void end(int code) {
        sink_.flush(std::chrono::seconds{1});
        std::_Exit(code);
    }

    asio::awaitable<void> give_up() {
        co_await reconciler_->stop();
        co_await leadership_->release();
    }

    asio::awaitable<void> serve_signals() {
        asio::signal_set signals(io_, SIGTERM, SIGINT);
        int number = co_await signals.async_wait(asio::use_awaitable);
        log_.write("process_stopping", {{"signal", number}});
        try {
            auto giving_up = give_up();
            co_await within(clock_, release_limit, std::move(giving_up));
        } catch (const boost::system::system_error&) {
            // The Lease runs out by itself.
        }
        end(EXIT_SUCCESS);
    }

    operator_config how_;
    asio::io_context io_{1};
    system_clock clock_;
    log::descriptor_sink sink_{STDOUT_FILENO};
    log::logger log_{sink_, clock_, log::level_named(how_.log_level)};
    metrics::registry numbers_{operator_families()};
    std::unique_ptr<transport::listener> door_;
    std::unique_ptr<k8s::connection> api_;
    std::unique_ptr<leadership> leadership_;
    std::unique_ptr<reconciler> reconciler_;
};

}  // namespace

int run_daemon(const operator_config& how) {
    std::signal(SIGPIPE, SIG_IGN);
    machinery all(how);
    if (auto wrong = all.build()) {
        std::fprintf(stderr, "mssql-operator: %s\n", wrong->message.c_str());
        return exit_cannot_start;
    }
    all.run();
}

}  // namespace ha::op
