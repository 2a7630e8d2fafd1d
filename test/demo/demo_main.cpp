// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "common/odbc/target.hpp"
#include "test/demo/story.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stdlib.h>

// The demo: one group on doubles, from the manifest to a killed primary and back home.

namespace {

using namespace ha;
using namespace ha::test::demo;

constexpr int kills_with_backoff = 3;

struct options {
    std::string build;
    std::string folder;
    std::string driver;
    story_plan plan;
    int forget_after = 0;  // seconds; 0: as fits the number of kills
    bool keep = false;
};

int refuse(const std::string& words) {
    std::cerr << "demo: " << words << std::endl;
    return 1;
}

std::string own_folder() {
    if (const char* base = std::getenv("TMPDIR")) return std::string{base} + "/ha-demo-XXXXXX";
    return "/tmp/ha-demo-XXXXXX";
}

int judge(timeline& events, const verdict& outcome, const files::path& folder) {
    if (!outcome.kills.empty() || !outcome.switchovers.empty()) {
        events.say("");
        events.say("-- measured");
    }
    if (!outcome.kills.empty())
        events.say(summary("kill to first acknowledged write", outcome.kills));
    if (!outcome.switchovers.empty())
        events.say(
            summary("switchover: longest time without an acknowledged write", outcome.switchovers));
    for (const auto& words : outcome.faults) std::cerr << "demo: " << words << std::endl;
    if (outcome.faults.empty()) return 0;
    return refuse("logs are in " + folder.string());
}

// A series would wait for the restarts' back-off most of the time: seven kills of a container
// within ten minutes are eleven minutes of waiting. Said in print, because a kubelet does not do
// so.
duration memory_of_restarts(const options& chosen) {
    if (chosen.forget_after > 0) return std::chrono::seconds{chosen.forget_after};
    if (chosen.plan.kills <= kills_with_backoff) return std::chrono::minutes{10};
    std::cout << "demo: the node double forgets a container's restarts after a second of running "
                 "(a kubelet: ten minutes;\n      --forget-restarts-after 600), so that "
              << chosen.plan.kills << " kills do not wait for the back-off" << std::endl;
    return std::chrono::seconds{1};
}

int play(options chosen) {
    chosen.plan.restarts_forgotten_after = memory_of_restarts(chosen);
    auto with = programs::of_build(chosen.build);
    for (const auto& path : with.missing()) return refuse("not built: " + path);
    auto installed = odbc::installed_drivers();
    std::vector<std::string_view> wanted(std::begin(odbc::known_drivers),
                                         std::end(odbc::known_drivers));
    if (!chosen.driver.empty()) wanted = {chosen.driver};
    auto driver = odbc::choose_driver(wanted, installed);
    if (!driver) return refuse(driver.error().message);

    auto pattern = chosen.folder.empty() ? own_folder() : chosen.folder;
    files::path folder = chosen.folder.empty() ? mkdtemp(pattern.data()) : pattern;
    files::create_directories(folder);
    boost::asio::io_context io{1};
    system_clock clock;
    timeline events{clock};
    story scenes{io.get_executor(), clock, with, folder, *driver, chosen.plan, events};
    int status = 1;
    boost::asio::co_spawn(io, scenes.play(), [&](std::exception_ptr trouble, verdict outcome) {
        if (trouble) std::rethrow_exception(trouble);
        status = judge(events, outcome, folder);
        io.stop();
    });
    boost::asio::signal_set stop{io, SIGTERM, SIGINT};
    stop.async_wait([&](boost::system::error_code, int) { io.stop(); });
    io.run();
    scenes.end_all();
    if (status == 0 && !chosen.keep) files::remove_all(folder);
    std::cout.flush();
    // Not by return: a thread stuck in the driver would be waited for.
    std::_Exit(status);
}

}  // namespace

int main(int count, char** words) {
    CLI::App app{"Shows a group of SQL Server doubles losing its primary and not losing a write."};
    options chosen;
    app.add_option("manifest", chosen.plan.manifest, "YAML file with the group")->required();
    app.add_option("--build", chosen.build, "build folder with the programs")->required();
    app.add_option("--folder", chosen.folder, "where everything is kept; default: a temporary one");
    app.add_option("--driver", chosen.driver, "ODBC driver of the clients; default: Microsoft's");
    app.add_option("--kills", chosen.plan.kills, "how often the primary's engine is killed");
    app.add_option("--switchovers", chosen.plan.switchovers, "planned switchovers after that");
    app.add_option(
        "--deletions", chosen.plan.deletions, "how often the primary's pod is deleted after that");
    app.add_option("--freezes",
                   chosen.plan.freezes,
                   "how often the primary's supervisor is stopped until another replica leads");
    app.add_flag(
        "--take-away",
        chosen.plan.take_away,
        "take the secondary away, the primary, then both: for a group with two data voters");
    app.add_flag("--orders",
                 chosen.plan.orders,
                 "one replica more and one less, another image, a pause, and the deletion");
    app.add_option("--forget-restarts-after",
                   chosen.forget_after,
                   "seconds of running after which a container restarts without back-off");
    app.add_flag(
        "--remove-the-fence",
        chosen.plan.remove_the_fence,
        "the old primary takes writes beside the new one (with --freezes 1): must be seen");
    app.add_flag(
        "--drop-a-row", chosen.plan.drop_a_row, "remove an acknowledged row: must be seen");
    app.add_flag("--keep", chosen.keep, "keep the folder");
    CLI11_PARSE(app, count, words);
    return play(chosen);
}
