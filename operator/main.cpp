// SPDX-License-Identifier: MIT
#include "common/config/program.hpp"
#include "common/log/crash_report.hpp"
#include "common/version.hpp"
#include "operator/daemon/daemon.hpp"
#include "operator/daemon/self_test.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

// Reads settings, then does what was asked for.

namespace {

using namespace ha;

constexpr std::string_view switches[] = {"--help", "--version", "--check-config", "--self-test"};

constexpr const char* usage =
    R"(mssql-operator turns SQLServerAvailabilityGroup resources into the objects of a group and keeps them so,
with its status. It takes no part in a failover: groups go on without it.

usage: mssql-operator [--config FILE] [settings]
       mssql-operator --check-config [--config FILE] [settings]
       mssql-operator --self-test [--config FILE] [settings]

  --check-config  prints every setting with its source; changes nothing
  --self-test     looks at an installed operator from a pod, prints a line for each thing; `helm test` runs it
  --version       prints the version
  --help          prints this

examples:
  in a pod, for the whole cluster:
    mssql-operator --supervisor-image registry/mssql-ha:0.1.0
  in a pod, for its own namespace alone:
    mssql-operator --supervisor-image registry/mssql-ha:0.1.0 --watch-namespace databases
  on a desk, against the cluster of a kubeconfig:
    mssql-operator --kubeconfig ~/.kube/config --leader-elect=false --supervisor-image ...

A setting's flag wins over its environment variable, that over the file, that over the default.

settings:
)";

int run(const std::vector<std::string>& arguments) {
    const config::program itself{
        "mssql-operator", version_text, usage, op::operator_settings(), switches};
    auto begun = config::begin(itself, arguments);
    if (!begun.given) return begun.exit_code;
    auto made = op::read_operator_config(*begun.given);
    if (!made) return config::refuse(itself, made.error());
    if (begun.has("--check-config")) {
        std::fputs(begun.given->in_words().c_str(), stdout);
        return EXIT_SUCCESS;
    }
    if (begun.has("--self-test")) return op::run_self_test(*made);
    return op::run_daemon(*made);
}

}  // namespace

int main(int count, char** words) {
    log::report_crashes(STDOUT_FILENO);
    return run(std::vector<std::string>(words + 1, words + count));
}
