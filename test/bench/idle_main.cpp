// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "operator/core/names.hpp"
#include "test/bench/cost.hpp"
#include "test/demo/cluster.hpp"
#include "test/demo/eyes.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdlib.h>

// What a group at rest costs: memory and processor time of each supervisor, and what they ask of
// the API server. Nobody writes; the group is whole and stays so.

namespace {

using namespace ha;
using namespace ha::test;
namespace asio = boost::asio;
namespace files = std::filesystem;
using node::json;

constexpr duration forming_limit = std::chrono::minutes{2};
// What follows the forming (first reports, backed-off looks) has come to rest by then.
constexpr duration rest = std::chrono::seconds{20};
constexpr double kib_of_mib = 1024;

struct options {
    std::string build;
    std::string manifest;
    int seconds = 60;
    double memory_mib_max = 16;
    double processor_percent_max = 0.5;
    double requests_per_second_max = 1.0 / 3;  // one renewal in each period of 3 s
};

// Requests that are not watches: a watch is one request that stays. The operator renews a Lease of
// its own.
std::int64_t requests_of_supervisors(const json& counts) {
    std::int64_t sum = 0;
    for (const auto& [user, kinds] : counts.items()) {
        if (!user.starts_with("system:serviceaccount:")) continue;
        if (user.ends_with(":mssql-operator")) continue;
        for (const auto& [what, count] : kinds.items()) {
            if (!what.starts_with("watch ")) sum += count.get<std::int64_t>();
        }
    }
    return sum;
}

double percent(duration part, duration whole) {
    return 100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

class bench {
public:
    bench(asio::any_io_executor executor, options chosen, files::path folder)
        : executor_(executor),
          chosen_(std::move(chosen)),
          events_(clock_),
          cluster_(executor,
                   clock_,
                   demo::programs::of_build(chosen_.build),
                   std::move(folder),
                   events_) {}

    asio::awaitable<int> run() {
        auto began = co_await begin();
        if (!began) {
            std::cerr << "bench: " << began.error().message << std::endl;
            co_return 1;
        }
        co_await clock_.sleep_for(rest);
        auto measured = co_await measure();
        if (measured) co_return over_budget_ ? 1 : 0;
        std::cerr << "bench: " << measured.error().message << std::endl;
        co_return 1;
    }

    void end_all() { cluster_.end_all(); }

private:
    asio::awaitable<result<void>> begin() {
        auto started = co_await cluster_.start();
        if (!started) co_return started;
        auto applied = co_await cluster_.apply(chosen_.manifest);
        if (!applied) co_return tl::unexpected(applied.error());
        auto route = applied->read_write ? applied->read_write->name : std::string{};
        demo::eyes_on what{applied->name, route};
        seen_ = std::make_unique<demo::eyes>(executor_, clock_, cluster_.api(), what, events_);
        seen_->begin();
        auto settled = [this, wanted = applied->replicas.size()] { return seen_->settled(wanted); };
        auto end = clock_.now() + forming_limit;
        bool formed = co_await seen_->until(settled, end);
        if (!formed) co_return failure(errc::timed_out, "the group did not form");
        co_return result<void>{};
    }

    int supervisor_of(const std::string& pod) {
        auto runs = cluster_.machine().find(pod);
        auto container = runs ? runs->find(op::supervisor_container) : nullptr;
        return container ? container->pid() : 0;
    }

    asio::awaitable<result<void>> measure() {
        std::map<std::string, duration> before;
        for (const auto& pod : seen_->pods()) {
            auto spent = bench::spent(pod);
            if (!spent) co_return tl::unexpected(spent.error());
            before[pod] = *spent;
        }
        auto asked_before = co_await requests();
        if (!asked_before) co_return tl::unexpected(asked_before.error());
        auto from = clock_.now();
        std::chrono::seconds watched{chosen_.seconds};
        co_await clock_.sleep_for(watched);
        auto length = clock_.now() - from;
        auto asked_after = co_await requests();
        if (!asked_after) co_return tl::unexpected(asked_after.error());
        for (const auto& [pod, then] : before) {
            auto spent = bench::spent(pod);
            auto space = ha::bench::memory_of(supervisor_of(pod));
            if (!spent) co_return tl::unexpected(spent.error());
            if (!space) co_return tl::unexpected(space.error());
            tell(pod, percent(*spent - then, length), *space);
        }
        auto rate = static_cast<double>(*asked_after - *asked_before) /
                    std::chrono::duration<double>(length).count();
        judge("all supervisors, requests to the API server that are not watches",
              rate,
              chosen_.requests_per_second_max,
              "a second");
        co_return result<void>{};
    }

    result<duration> spent(const std::string& pod) {
        int pid = supervisor_of(pod);
        if (pid == 0) return failure(errc::not_found, "no supervisor runs in " + pod);
        return ha::bench::processor_time_of(pid);
    }

    asio::awaitable<result<std::int64_t>> requests() {
        std::string method = "GET";
        std::string path = "/requests";
        auto counts = co_await cluster_.access().admin(method, path, json(nullptr));
        if (!counts) co_return tl::unexpected(counts.error());
        co_return requests_of_supervisors(*counts);
    }

    void tell(const std::string& pod, double processor, ha::bench::memory space) {
        auto who = "supervisor of " + pod + " (" + seen_->role(pod) + ")";
        auto own = static_cast<double>(space.pss_kib - space.driver_kib) / kib_of_mib;
        judge(who + ", processor", processor, chosen_.processor_percent_max, "% of one core");
        judge(who + ", Pss without the driver's mappings", own, chosen_.memory_mib_max, "MiB");
    }

    void judge(const std::string& what, double is, double most, const char* unit) {
        bool kept = is <= most;
        over_budget_ = over_budget_ || !kept;
        char line[200];
        std::snprintf(line,
                      sizeof line,
                      "%-72s %8.2f %-14s budget %6.2f  %s",
                      what.c_str(),
                      is,
                      unit,
                      most,
                      kept ? "kept" : "MISSED");
        std::cout << line << std::endl;
    }

    asio::any_io_executor executor_;
    options chosen_;
    system_clock clock_;
    demo::timeline events_;
    demo::cluster cluster_;
    std::unique_ptr<demo::eyes> seen_;
    bool over_budget_ = false;
};

int run(const options& chosen) {
    for (const auto& path : demo::programs::of_build(chosen.build).missing()) {
        std::cerr << "bench: not built: " << path << std::endl;
        return 1;
    }
    std::string pattern = (files::temp_directory_path() / "ha-bench-XXXXXX").string();
    files::path folder = mkdtemp(pattern.data());
    asio::io_context io{1};
    bench one{io.get_executor(), chosen, folder};
    int status = 1;
    asio::co_spawn(io, one.run(), [&](std::exception_ptr trouble, int outcome) {
        if (trouble) std::rethrow_exception(trouble);
        status = outcome;
        io.stop();
    });
    io.run();
    one.end_all();
    files::remove_all(folder);
    std::cout.flush();
    // Not by return: a thread stuck in the driver would be waited for.
    std::_Exit(status);
}

}  // namespace

int main(int count, char** words) {
    CLI::App app{"Measures what the supervisors of a group at rest cost."};
    options chosen;
    app.add_option("manifest", chosen.manifest, "YAML file with the group")->required();
    app.add_option("--build", chosen.build, "build folder with the programs")->required();
    app.add_option("--seconds", chosen.seconds, "how long it is measured")
        ->check(CLI::Range(1, 3600));
    CLI11_PARSE(app, count, words);
    return run(chosen);
}
