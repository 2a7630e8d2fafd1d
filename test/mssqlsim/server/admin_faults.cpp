// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/admin_command.hpp"

// Faults of the machine below the engine: memory, schedulers.

namespace ha::mssqlsim {

namespace {

using faults = instance_faults;

admin_answer set_dumps(admin_powers& powers, const admin_words& said) {
    auto count = number(said[1]);
    if (!count) return misuse("say a number of dumps: " + said[1]);
    powers.on.model().faults().dumps = *count;
    return std::string{};
}

}  // namespace

std::vector<admin_action> faults_of_health() {
    return {
        {"dumps COUNT", "so many dumps are taken between two sets of diagnostics", 1, set_dumps},
        fault_switch("frozen-scheduler",
                     "one of two schedulers stands still: odd sessions are not answered",
                     &faults::scheduler_frozen),
        fault_switch("memory-pressure",
                     "the machine has little memory left, and its views say so",
                     &faults::memory_pressure),
        fault_switch(
            "out-of-memory", "queries and changes of rows end with 701", &faults::out_of_memory),
    };
}

}  // namespace ha::mssqlsim
