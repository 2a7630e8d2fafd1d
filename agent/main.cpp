// SPDX-License-Identifier: MIT
#include "agent/config/agent_config.hpp"
#include "agent/daemon/daemon.hpp"
#include "agent/daemon/parts.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

// Reads settings, then does what was asked for.

namespace {

using namespace ha;

constexpr int exit_wrong_settings = 2;
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

int refuse(const std::vector<config::complaint>& all) {
    for (const auto& one : all)
        std::fprintf(stderr, "mssql-ha-supervisor: %s\n", config::in_words(one).c_str());
    return exit_wrong_settings;
}

std::optional<std::string> environment(std::string_view name) {
    const auto* found = std::getenv(std::string(name).c_str());
    return found ? std::optional<std::string>{found} : std::nullopt;
}

// The file that flag or environment name; false when it cannot be read.
bool read_file(config::sources& into) {
    auto flag = into.flags.find("--config");
    into.file_name =
        flag != into.flags.end() ? flag->second : environment("MSSQL_HA_CONFIG").value_or("");
    if (into.file_name.empty()) return true;
    std::ifstream file(into.file_name, std::ios::binary);
    if (!file) return false;
    into.file_text.assign(std::istreambuf_iterator<char>(file), {});
    return true;
}

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

struct wishes {
    bool help = false;
    bool version = false;
    bool check = false;
    bool preflight = false;
};

wishes read_wishes(const config::flags& given) {
    wishes all;
    for (const auto& one : given.switches) {
        all.help = all.help || one == "--help";
        all.version = all.version || one == "--version";
        all.check = all.check || one == "--check-config";
        all.preflight = all.preflight || one == "--preflight";
    }
    return all;
}

int run(const std::vector<std::string>& arguments) {
    auto flags = config::parse_flags(agent::agent_settings(), switches, arguments);
    auto wanted = read_wishes(flags);
    if (wanted.help) {
        std::printf("%s%s", usage, config::help(agent::agent_settings()).c_str());
        return EXIT_SUCCESS;
    }
    if (wanted.version) {
        std::printf("mssql-ha-supervisor %s\n", agent::version_text);
        return EXIT_SUCCESS;
    }
    for (const auto& one : flags.rest)
        flags.complaints.push_back({"arguments", "'" + one + "' is no flag; see --help"});
    if (!flags.complaints.empty()) return refuse(flags.complaints);
    config::sources from{flags.given, environment, {}, {}};
    if (!read_file(from)) return refuse({{from.file_name, "cannot be read; see --config"}});
    auto given = config::read(agent::agent_settings(), from);
    if (!given) return refuse(given.error());
    auto made = agent::read_agent_config(*given);
    if (!made) return refuse(made.error());
    if (wanted.check) {
        print(*given, *made);
        return EXIT_SUCCESS;
    }
    if (wanted.preflight) {
        int bad = agent::run_preflight(*made);
        std::fflush(stdout);
        // A driver's thread may be stuck: nobody waits for it.
        std::_Exit(bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    return agent::run_daemon(*made);
}

}  // namespace

int main(int count, char** words) {
    return run(std::vector<std::string>(words + 1, words + count));
}
