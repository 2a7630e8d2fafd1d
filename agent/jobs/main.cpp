// SPDX-License-Identifier: MIT
#include "agent/jobs/failover.hpp"
#include "common/async/system_clock.hpp"
#include "common/k8s/credentials.hpp"
#include "common/version.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <unistd.h>

// Reads what the Job's environment asks for, does it, and ends with its code.

namespace {

using namespace ha;

constexpr int exit_usage = 64;

constexpr const char* usage =
    R"(mssql-ha-job asks something of an availability group on Kubernetes and waits for the answer.

usage: mssql-ha-job failover
       mssql-server-k8s-failover      the same, by the name of the preview's Job

environment:
  MSSQL_K8S_AG_NAME              the group; none: the only one of the namespace
  MSSQL_K8S_NEW_PRIMARY          who shall be primary: a pod, its IP, StatefulSet, server or host name;
                                 !x: anyone but x; none: anyone but the primary
  MSSQL_K8S_NAMESPACE            the group's namespace; none: the one of this pod
  FORCE_FAILOVER_ALLOW_DATA_LOSS true is refused: this version gives up no data

It ends with 0 when that replica is primary, 1 when that was refused, with every reason, and 2 when nobody
answered within a minute; then nothing is asked for any more.
)";

std::string environment(const char* name) {
    const char* found = std::getenv(name);
    return found != nullptr ? found : "";
}

bool is_true(const std::string& words) {
    return words == "true" || words == "TRUE" || words == "True" || words == "1" || words == "yes";
}

agent::failover_order order_of_environment() {
    agent::failover_order made;
    made.space = environment("MSSQL_K8S_NAMESPACE");
    made.group = environment("MSSQL_K8S_AG_NAME");
    made.wanted = environment("MSSQL_K8S_NEW_PRIMARY");
    made.accepts_loss = is_true(environment("FORCE_FAILOVER_ALLOW_DATA_LOSS"));
    char host[256] = {};
    gethostname(host, sizeof host - 1);
    made.id = std::string("job-") + host;
    return made;
}

int complain(const std::string& words) {
    std::fprintf(stderr, "mssql-ha-job: %s\n", words.c_str());
    return exit_usage;
}

int fail_over() {
    auto order = order_of_environment();
    boost::asio::io_context io{1};
    system_clock clock;
    auto access = k8s::in_cluster(clock, k8s::environment_of_process());
    if (!access) return complain(access.error().message);
    if (order.space.empty()) order.space = access->space;
    auto connected = k8s::connect(clock, *access, std::string("mssql-ha-job/") + version_text);
    agent::failover_job job{clock, connected->api(), order, [](const std::string& line) {
                                std::printf("%s\n", line.c_str());
                                std::fflush(stdout);
                            }};
    int code = agent::failover_unanswered;
    boost::asio::co_spawn(io, job.run(), [&](std::exception_ptr why, int ended) {
        if (why) std::rethrow_exception(why);
        code = ended;
        io.stop();
    });
    io.run();
    return code;
}

}  // namespace

int main(int count, char** words) {
    std::string called = words[0];
    auto slash = called.rfind('/');
    if (slash != std::string::npos) called.erase(0, slash + 1);
    std::string asked = count > 1 ? words[1] : "";
    if (called == "mssql-server-k8s-failover") asked = asked.empty() ? "failover" : asked;
    if (asked == "failover") return fail_over();
    std::fputs(asked == "--version" ? version_text : usage, stdout);
    return asked == "--version" || asked == "--help" ? EXIT_SUCCESS : exit_usage;
}
