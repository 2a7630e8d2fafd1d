// SPDX-License-Identifier: MIT
#include "common/async/supervise.hpp"
#include "common/async/system_clock.hpp"
#include "common/k8s/credentials.hpp"
#include "common/odbc/target.hpp"
#include "common/transport/tcp.hpp"
#include "test/e2e/client/client.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>

// e2e-client: the client of a scenario, in a pod.

namespace {

using namespace ha;
using namespace ha::test;

struct options {
    e2e::client_plan plan;
    std::uint16_t port = 8090;
};

int refuse(const std::string& words) {
    std::cerr << "e2e-client: " << words << std::endl;
    return 1;
}

void end(std::string_view name, std::string_view why) {
    std::cerr << "e2e-client: " << name << " ended: " << why << std::endl;
    std::_Exit(1);
}

int run(options chosen) {
    auto& plan = chosen.plan;
    std::vector<std::string_view> wanted(std::begin(odbc::known_drivers),
                                         std::end(odbc::known_drivers));
    if (!plan.driver.empty()) wanted = {plan.driver};
    auto driver = odbc::choose_driver(wanted, odbc::installed_drivers());
    if (!driver) return refuse(driver.error().message);
    plan.driver = *driver;
    if (plan.sa_password.empty()) return refuse("SA_PASSWORD is not set");

    boost::asio::io_context io{1};
    system_clock clock;
    auto access = k8s::in_cluster(clock, k8s::environment_of_process());
    if (!access) return refuse(access.error().message);
    plan.group.space = access->space;
    auto api = k8s::connect(clock, *access, "e2e-client");
    e2e::client client{io.get_executor(), clock, api->api(), plan};
    auto listener = transport::listen_tcp(io.get_executor(), {"0.0.0.0", chosen.port, ""});
    if (!listener) return refuse(listener.error().message);
    http::handler answer = [&client](http::incoming came, http::body_writer&) {
        return client.answer(std::move(came));
    };
    supervise(io.get_executor(), "server", http::serve(clock, **listener, answer), end);
    supervise(io.get_executor(), "client", client.begin(), end);
    boost::asio::signal_set stop{io, SIGTERM, SIGINT};
    stop.async_wait([](boost::system::error_code, int) { std::_Exit(0); });
    io.run();
    // Not by return: a thread stuck in the driver would be waited for.
    std::_Exit(1);
}

}  // namespace

int main(int count, char** words) {
    CLI::App app{"Writes to a group through its Service, and keeps the book of what became of it."};
    options chosen;
    auto& plan = chosen.plan;
    app.add_option("--group", plan.group.group, "name of the group's objects")->required();
    app.add_option("--listener", plan.group.listener, "the primary's Service")->required();
    app.add_option("--route", plan.group.service_address, "its address")->required();
    app.add_option("--ag-name", plan.ag_name, "the group's name in T-SQL")->required();
    app.add_option("--replicas", plan.replicas, "how many make it whole");
    app.add_flag("!--without-lease", plan.group.has_lease, "the label alone says who leads");
    app.add_option("--connections", plan.connections, "through the Service");
    app.add_option("--driver", plan.driver, "ODBC driver; default: Microsoft's, else FreeTDS");
    app.add_option("--port", chosen.port, "where it tells and is told");
    app.add_option("--book", plan.book, "file for acknowledged keys, which survives this process");
    app.add_option("--sa-password", plan.sa_password, "default: SA_PASSWORD")
        ->envname("SA_PASSWORD");
    CLI11_PARSE(app, count, words);
    return run(chosen);
}
