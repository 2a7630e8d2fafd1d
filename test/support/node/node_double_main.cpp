// SPDX-License-Identifier: MIT
#include "common/async/supervise.hpp"
#include "common/async/system_clock.hpp"
#include "test/support/node/api_access.hpp"
#include "test/support/node/control.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <fstream>
#include <iostream>

// node-double: a node for a kubesim process. Its end is the end of every container.

namespace {

using namespace ha;
using namespace ha::test::node;

struct options {
    std::string kubesim;  // its folder
    std::string images;
    std::string folder;
    std::string name = "node-1";
    std::string space = "default";
    int address_block = 16;
};

void declare(CLI::App& app, options& into) {
    app.add_option("--kubesim", into.kubesim, "folder of the kubesim process")->required();
    app.add_option("--images", into.images, "JSON file: which program stands for which image")
        ->required();
    app.add_option("--folder", into.folder, "where pods, claims and the control socket go")
        ->required();
    app.add_option("--name", into.name, "the node's name");
    app.add_option("--namespace", into.space, "the namespace whose pods it runs");
    app.add_option("--address-block", into.address_block, "pods get 127.0.<this>.1 and on");
}

int refuse(const std::string& words) {
    std::cerr << "node-double: " << words << "\n";
    return 1;
}

int run(const options& chosen) {
    boost::asio::io_context io{1};
    system_clock clock;
    auto access = api_access::open(clock, chosen.kubesim);
    if (!access) return refuse(access.error().message);
    std::ifstream in{chosen.images};
    auto images = image_map::read(json::parse(in, nullptr, false));
    if (!images) return refuse(chosen.images + ": " + images.error().message);

    node_settings settings;
    settings.name = chosen.name;
    settings.space = chosen.space;
    settings.folder = files::absolute(chosen.folder);
    settings.cluster_ca = (*access)->ca();
    settings.cluster = (*access)->cluster();
    settings.address_block = chosen.address_block;
    auto tokens = [&](std::string account, json pod) {
        return (*access)->token_for(std::move(account), std::move(pod));
    };
    auto tell = [](std::string words) { std::cout << words << std::endl; };
    node machine{io.get_executor(),
                 clock,
                 (*access)->api(),
                 (*access)->plain(),
                 *images,
                 settings,
                 tokens,
                 tell};

    int status = 0;
    auto on_end = [&](std::string_view name, std::string_view why) {
        status = refuse(std::string{name} + " ended: " + std::string{why});
        io.stop();
    };
    supervise(io.get_executor(), "node", machine.run(), on_end);
    auto control = serve_control(settings.folder / "control", machine);
    supervise(io.get_executor(), "control", std::move(control), on_end);
    boost::asio::signal_set stop{io, SIGTERM, SIGINT};
    stop.async_wait([&](boost::system::error_code, int) { io.stop(); });
    io.run();
    return status;
}

}  // namespace

int main(int count, char** words) {
    CLI::App app{"A Kubernetes node for tests: containers are processes on loopback addresses."};
    app.require_subcommand(1);
    options chosen;
    auto* running = app.add_subcommand("run", "be the node of a kubesim process");
    declare(*running, chosen);
    std::string folder;
    std::vector<std::string> command;
    auto* asking = app.add_subcommand(
        "ask", "tell a running node: list | signal POD CONTAINER KILL|STOP|CONT|TERM");
    asking->add_option("--folder", folder, "the node's folder")->required();
    asking->add_option("command", command, "the words")->required();
    CLI11_PARSE(app, count, words);
    if (*running) return run(chosen);
    auto answer = ask_control(files::path{folder} / "control", command);
    if (!answer) return refuse(answer.error().message);
    std::cout << *answer;
    return 0;
}
