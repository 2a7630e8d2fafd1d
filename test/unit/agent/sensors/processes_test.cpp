// SPDX-License-Identifier: MIT
#include "agent/sensors/processes.hpp"

#include "agent/sensors/process_table.hpp"
#include "common/async/system_clock.hpp"
#include "test/support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

// A folder that looks like /proc.
class made_table {
public:
    made_table() { std::filesystem::create_directories(folder); }
    ~made_table() { std::filesystem::remove_all(folder); }
    made_table(const made_table&) = delete;
    made_table& operator=(const made_table&) = delete;

    void add(int process, const std::string& name, int parent, int uid = 10001, char state = 'S') {
        auto base = folder + "/" + std::to_string(process);
        std::filesystem::create_directories(base);
        std::ofstream(base + "/comm") << name << "\n";
        std::ofstream(base + "/status")
            << "Name:\t" << name << "\nState:\t" << state << " (x)\nPPid:\t" << parent << "\nUid:\t"
            << uid << "\t0\n";
        std::ofstream(base + "/cmdline") << name << '\0' << "--root=/r" << process << '\0';
        std::ofstream(base + "/environ") << "HOME=/" << '\0' << "ROOT=/r" << process << '\0';
    }

    std::string folder =
        std::filesystem::temp_directory_path().string() + "/ha_table_" + std::to_string(getpid());
};

// So long do only the sleepers of this very test sleep, whatever else runs beside it.
std::string own_seconds(const char* of_test) {
    return of_test + std::to_string(getpid());
}

// A child that sleeps until it is killed, or a test that failed leaves it alone.
pid_t start_sleeper(const std::string& seconds) {
    auto child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execlp("sleep", "sleep", seconds.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    return child;
}

process_filter sleeper_filter(const std::string& seconds) {
    process_filter filter;
    filter.name = "sleep";
    filter.argument = seconds;
    filter.neighbour = process_filter::sharing::shared;
    filter.look_period = 20ms;
    return filter;
}

void run_until(boost::asio::io_context& io, const std::function<bool()>& reached) {
    for (int i = 0; i < 1000 && !reached(); ++i) io.run_for(std::chrono::milliseconds{10});
    REQUIRE(reached());
}

}  // namespace

TEST_CASE("the engine's processes are found by name, uid and filter, without zombies") {
    made_table table;
    table.add(10, "sqlservr", 1);
    table.add(11, "sqlservr", 10);
    table.add(12, "sqlservr", 10, 0);
    table.add(13, "sqlservr", 10, 10001, 'Z');
    table.add(14, "bash", 1);
    process_filter filter;
    REQUIRE(find_processes(table.folder, filter, 10001) == std::vector<int>{10, 11});
    filter.argument = "--root=/r11";
    REQUIRE(find_processes(table.folder, filter, 10001) == std::vector<int>{11});
    filter.argument = "--root=/r1";
    REQUIRE(find_processes(table.folder, filter, 10001).empty());
    filter.argument.clear();
    filter.variable = "ROOT=/r10";
    REQUIRE(find_processes(table.folder, filter, 10001) == std::vector<int>{10});
    REQUIRE(find_processes(table.folder + "/none", filter, 10001).empty());
}

// One that ends between open and read cannot be read, as little as a folder can.
TEST_CASE("a process whose files can be opened and not read is none of them") {
    made_table table;
    table.add(10, "sqlservr", 1);
    std::filesystem::remove(table.folder + "/10/status");
    std::filesystem::create_directory(table.folder + "/10/status");
    table.add(11, "sqlservr", 1);
    REQUIRE(find_processes(table.folder, process_filter{}, 10001) == std::vector<int>{11});
    REQUIRE(beginning_of(table.folder, 10) == ha::instant{});
}

TEST_CASE("a namespace is shared when its first process is none of ours") {
    made_table table;
    table.add(1, "pause", 0);
    table.add(20, "supervisor", 0);
    table.add(30, "init", 1);
    table.add(31, "supervisor", 30);
    REQUIRE(is_namespace_shared(table.folder, 20));
    REQUIRE_FALSE(is_namespace_shared(table.folder, 31));
    REQUIRE_FALSE(is_namespace_shared(table.folder, 1));
    REQUIRE_FALSE(is_namespace_shared(table.folder, 99));
}

TEST_CASE("a process is seen, killed, and its end is proven") {
    const auto mark = own_seconds("7301.");
    boost::asio::io_context io;
    system_clock clock;
    int changes = 0;
    auto watched =
        watch_engine_processes(io.get_executor(), clock, sleeper_filter(mark), [&] { ++changes; });
    REQUIRE(watched->state() == process_state::unknown);
    boost::asio::co_spawn(io, watched->run(), boost::asio::detached);
    run_until(io, [&] { return watched->state() == process_state::gone; });

    auto first = start_sleeper(mark);
    auto second = start_sleeper(mark);
    run_until(io, [&] { return watched->state() == process_state::alive; });
    // Both children have become `sleep` before they are counted.
    run_until(io,
              [&] { return find_processes("/proc", sleeper_filter(mark), getuid()).size() == 2; });
    REQUIRE(watched->visible());
    REQUIRE(watched->kill_all().value() == 2);
    run_until(io, [&] { return watched->state() == process_state::gone; });
    REQUIRE(changes >= 3);
    for (auto child : {first, second}) {
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        REQUIRE(WTERMSIG(status) == SIGKILL);
    }
}

TEST_CASE("an engine that is started again before its last process ends has another beginning") {
    const auto mark = own_seconds("7303.");
    boost::asio::io_context io;
    system_clock clock;
    auto watched = watch_engine_processes(io.get_executor(), clock, sleeper_filter(mark), nullptr);
    boost::asio::co_spawn(io, watched->run(), boost::asio::detached);
    auto before = clock.now();
    auto parent = start_sleeper(mark);
    auto child = start_sleeper(mark);
    run_until(io,
              [&] { return find_processes("/proc", sleeper_filter(mark), getuid()).size() == 2; });
    run_until(io, [&] { return watched->began().has_value(); });
    auto answered = clock.now();
    io.run_for(std::chrono::milliseconds{20});  // beginnings are rounded down
    REQUIRE(*watched->began() >= before - 10ms);
    REQUIRE(*watched->began() < answered);

    kill(parent, SIGKILL);
    REQUIRE(waitpid(parent, nullptr, 0) == parent);
    auto again = start_sleeper(mark);
    run_until(io,
              [&] { return find_processes("/proc", sleeper_filter(mark), getuid()).size() == 2; });
    io.run_for(std::chrono::milliseconds{50});
    REQUIRE(*watched->began() < answered);  // the old child lives

    kill(child, SIGKILL);
    REQUIRE(waitpid(child, nullptr, 0) == child);
    run_until(io, [&] { return watched->began() > answered; });
    REQUIRE(watched->state() == process_state::alive);
    REQUIRE(watched->kill_all().value() == 1);
    run_until(io, [&] { return watched->state() == process_state::gone; });
    REQUIRE_FALSE(watched->began());
    REQUIRE(waitpid(again, nullptr, 0) == again);
}

TEST_CASE("where the namespace is not shared nothing is proven and nothing is killed") {
    boost::asio::io_context io;
    system_clock clock;
    process_filter filter = sleeper_filter(own_seconds("7302."));
    filter.neighbour = process_filter::sharing::none;
    auto watched = watch_engine_processes(io.get_executor(), clock, filter, nullptr);
    boost::asio::co_spawn(io, watched->run(), boost::asio::detached);
    io.run_for(std::chrono::milliseconds{50});
    REQUIRE(watched->state() == process_state::unknown);
    REQUIRE_FALSE(watched->visible());
    REQUIRE_FALSE(watched->kill_all().has_value());
}
