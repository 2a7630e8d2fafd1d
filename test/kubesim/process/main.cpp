// SPDX-License-Identifier: MIT
#include "test/kubesim/process/daemon.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>

// kubesim, the process. It ends with SIGTERM or SIGINT, or when one of its servers ends.

namespace {

int run(ha::kubesim::daemon_settings settings) {
    boost::asio::io_context io{1};
    ha::kubesim::daemon server{std::move(settings)};
    if (auto ready = server.open(io.get_executor()); !ready) {
        std::cerr << "kubesim: " << ready.error().message << std::endl;
        return 1;
    }
    // Sessions stand in the midst of something, which neither server nor loop may be taken from;
    // and nothing is kept that had to be written.
    auto end = [](int code) { std::_Exit(code); };
    auto ended = [end](std::exception_ptr why) {
        try {
            if (why) std::rethrow_exception(why);
        } catch (const std::exception& failure) {
            std::cerr << "kubesim: " << failure.what() << std::endl;
        }
        end(1);
    };
    boost::asio::co_spawn(io, server.serve_api(), ended);
    boost::asio::co_spawn(io, server.serve_admin(), ended);
    boost::asio::signal_set stop{io, SIGTERM, SIGINT};
    stop.async_wait([end](boost::system::error_code, int) { end(0); });
    io.run();
    return 1;
}

}  // namespace

int main(int count, char** words) {
    ha::kubesim::daemon_settings settings;
    CLI::App app{
        "A small Kubernetes API server for tests. Prints one line of JSON when it is ready."};
    app.add_option(
           "--folder", settings.folder, "where ca.crt, kubeconfig and ready.json are written")
        ->required();
    app.add_option(
        "--tokens",
        settings.tokens_file,
        "JSON list of {token, user, groups, expiresSeconds}; without it: one administrator");
    app.add_option("--port", settings.port, "HTTPS port on 127.0.0.1; 0: any that is free");
    app.add_option("--admin-port", settings.admin_port, "port for faults; 0: any that is free");
    app.add_option("--history", settings.history_max, "how many changes watches can go back");
    CLI11_PARSE(app, count, words);
    return run(std::move(settings));
}
