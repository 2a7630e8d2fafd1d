// SPDX-License-Identifier: MIT
#include "test/sim/node.hpp"

#include "common/http/client.hpp"
#include "common/k8s/client.hpp"
#include "test/sim/wiretap.hpp"

namespace ha::sim {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t peer_port = 8443;
constexpr auto fsync_time = 1ms;

}  // namespace

// The file on the data volume: written whole, after the time of an fsync.
class node::memory_record final : public agent::record_store {
public:
    memory_record(node& own) : own_(own) {}

    asio::awaitable<agent::loaded_record> load() override {
        co_await own_.clock_.sleep_for(fsync_time);
        agent::loaded_record found;
        found.intact = own_.record_.has_value();
        if (found.intact) found.value = *own_.record_;
        co_return found;
    }

    asio::awaitable<result<void>> save(agent::replica_record value) override {
        co_await own_.clock_.sleep_for(fsync_time);
        auto before = own_.record_.value_or(agent::replica_record{});
        own_.record_ = std::move(value);
        if (own_.on_record) own_.on_record(own_, before, *own_.record_);
        co_return result<void>{};
    }

private:
    node& own_;
};

struct node::brain {
    brain(node& of, std::uint64_t life)
        : processes(of.engine_, of.plan_.neighbour_visible),
          api_dialer(listen_in(of.network_.dialer_at(of.host()),
                               [&of](std::string_view text) {
                                   if (of.on_sent) of.on_sent(of, text);
                               })),
          http(http::make_client(of.clock_, *api_dialer, {"api", 443, "kubernetes"})),
          api(k8s::make_client(of.clock_, *http, nullptr, "mssql-ha-supervisor/simulated")),
          connector(connect_to(of.clock_,
                               of.engine_,
                               [&of](const std::string& name) {
                                   if (of.on_statement) of.on_statement(of, name);
                               })),
          shown{of.plan_.name, {of.plan_.name, agent::peer_server_name(of.uid())}},
          peer_dialer(of.network_.dialer_at(of.host(), shown)),
          peer_listener(of.network_.listen(of.host(), peer_port, shown)),
          lines(of.lines_, of.clock_, log::level::info) {
        agent::supervisor_ports ports{of.clock_,
                                      *api,
                                      *connector,
                                      processes,
                                      lines.with({{"pod", of.plan_.name}}),
                                      [] {
                                          agent::logins known;
                                          known.agent = {"mssql_ha_agent", "Agent!Passw0rd"};
                                          known.admin = {"sa", "Str0ng!Passw0rd"};
                                          known.master_key_password = "Master!Passw0rd";
                                          return known;
                                      },
                                      [&of](const std::string& why) {
                                          if (of.on_fatal) of.on_fatal(of, why);
                                      }};
        agent::supervisor_doors doors{
            *peer_dialer,
            peer_listener.get(),
            nullptr,
            [&of](const std::string&) { return std::make_unique<memory_record>(of); },
            [] { return std::string{}; }};
        agent::supervisor_settings own;
        own.self = {of.plan_.name, of.uid()};
        own.incarnation = of.plan_.name + "-" + std::to_string(life);
        own.version = "simulated";
        own.space = of.plan_.space;
        own.peer_port = peer_port;
        own.endpoint_port = 5022;
        own.chosen = of.plan_.chosen;
        own.groups = {of.plan_.group};
        supervisor = std::make_unique<agent::supervisor>(
            of.io_.get_executor(), ports, std::move(doors), std::move(own));
    }

    host_processes processes;
    std::unique_ptr<transport::dialer> api_dialer;
    std::unique_ptr<http::client> http;
    std::unique_ptr<k8s::client> api;
    std::unique_ptr<agent::engine_connector> connector;
    transport::identity shown;
    std::unique_ptr<transport::dialer> peer_dialer;
    std::unique_ptr<transport::listener> peer_listener;
    log::logger lines;
    std::unique_ptr<agent::supervisor> supervisor;
};

node::node(asio::io_context& io,
           test::sim_clock& clock,
           transport::memory_network& network,
           engine_network& engines,
           log::sink& lines,
           node_plan plan)
    : io_(io),
      world_(clock),
      clock_(clock),
      network_(network),
      lines_(lines),
      plan_(std::move(plan)),
      engine_(clock, engines, plan_.engine) {
    engine_.on_process = [this] {
        if (brain_) brain_->supervisor->processes_changed();
        if (engine_.running() || !powered_) return;
        world_.at(world_.now() + plan_.engine_restart, [this, number = ++engine_starts_] {
            if (number == engine_starts_ && powered_ && !engine_.running()) engine_.start();
        });
    };
}

node::~node() = default;

void node::start() {
    power_on();
}

void node::power_on() {
    if (powered_) return;
    powered_ = true;
    start_supervisor();
    engine_.start();
}

void node::power_off() {
    if (!powered_) return;
    resume();
    powered_ = false;
    end_supervisor();
    engine_.kill();
    network_.power_off(host());
}

void node::kill_engine() {
    engine_.kill();
}

void node::kill_supervisor() {
    if (!brain_) return;
    end_supervisor();
    world_.at(world_.now() + plan_.supervisor_restart, [this] {
        if (powered_ && !brain_) start_supervisor();
    });
}

void node::start_supervisor() {
    awake_since_ = clock_.now();
    brain_ = std::make_unique<brain>(*this, ++lives_);
    brain_->supervisor->start();
}

// As SIGKILL: its connections end and nothing of it runs any more. The coroutines unwind in the
// same instant; what they are made of is kept until the end of the run.
void node::end_supervisor() {
    if (!brain_) return;
    brain_->peer_listener->close();
    brain_->supervisor->cancel();
    unwinding_.push_back(std::move(brain_));
}

void node::pause(bool clocks_stand) {
    if (!powered_) return;
    clock_.pause(clocks_stand);
    engine_.freeze();
    network_.isolate(host());
}

void node::resume() {
    if (!clock_.paused()) return;
    clock_.resume();
    awake_since_ = clock_.now();
    engine_.set_lag(clock_.lag());
    engine_.thaw();
    network_.rejoin(host());
}

const agent::group_loop* node::loop() const {
    return brain_ ? brain_->supervisor->group(plan_.group) : nullptr;
}

}  // namespace ha::sim
