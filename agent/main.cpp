// SPDX-License-Identifier: MIT
#include "agent/config/agent_config.hpp"
#include "agent/daemon/daemon.hpp"
#include "common/config/program.hpp"
#include "common/log/crash_report.hpp"
#include "common/version.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

// Reads settings, then does what was asked for.

namespace {

using namespace ha;

constexpr std::string_view switches[] = {"--help", "--version", "--check-config", "--preflight"};

constexpr const char* usage =
    R"(mssql-ha-supervisor keeps SQL Server availability groups on Kubernetes writable: one runs beside each
engine, elects the primary through a Lease, promotes, demotes, fences, rejoins, and answers probes.

usage: mssql-ha-supervisor [--config FILE] [settings]
       mssql-ha-supervisor --check-config [--config FILE] [settings]
       mssql-ha-supervisor --preflight [--config FILE] [settings]

  --check-config  prints every setting with its source and what follows from it; changes nothing
  --preflight     tries driver, engine, logins, API server and folders, and prints a line for each
  --version       prints the version
  --help          prints this

examples:
  in a pod, with what differs from pod to pod in the environment (POD_NAME, POD_UID, POD_NAMESPACE):
    mssql-ha-supervisor --config /etc/mssql-ha/supervisor.yaml
  is this file right, and how long does a takeover take at worst?
    mssql-ha-supervisor --check-config --config supervisor.yaml --pod-name ag-0 --pod-uid x
  why does this pod not come up?
    kubectl exec ag-0 -c mssql-ha-supervisor -- mssql-ha-supervisor --preflight --config ...

A setting's flag wins over its environment variable, that over the file, that over the default.

settings:
)";

void print(const config::values& given, const agent::agent_config& made) {
    std::fputs(given.in_words().c_str(), stdout);
    auto seconds = [](duration span) { return std::chrono::duration<double>(span).count(); };
    const auto& times = made.chosen.times;
    std::printf("\nL=%gs P=%gs W=%gs m=%gs: a node lost is taken over from after %gs at worst\n",
                seconds(times.lease),
                seconds(times.period),
                seconds(times.write_lease),
                seconds(times.margin),
                seconds(agent::worst_takeover(times)));
}

int run(const std::vector<std::string>& arguments) {
    const config::program supervisor{
        "mssql-ha-supervisor", version_text, usage, agent::agent_settings(), switches};
    auto begun = config::begin(supervisor, arguments);
    if (!begun.given) return begun.exit_code;
    auto made = agent::read_agent_config(*begun.given);
    if (!made) return config::refuse(supervisor, made.error());
    if (begun.has("--check-config")) {
        print(*begun.given, *made);
        return EXIT_SUCCESS;
    }
    if (begun.has("--preflight")) {
        int bad = agent::run_preflight(*made);
        std::fflush(stdout);
        // A driver's thread may be stuck: nobody waits for it.
        std::_Exit(bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    return agent::run_daemon(*made);
}

}  // namespace

int main(int count, char** words) {
    log::report_crashes(STDOUT_FILENO);
    return run(std::vector<std::string>(words + 1, words + count));
}
