// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/admin_command.hpp"
#include "test/mssqlsim/server/next_start.hpp"

// Faults of the machine below the engine: memory, schedulers, disk, clock, links.

namespace ha::mssqlsim {

namespace {

using faults = instance_faults;

admin_answer set_dumps(admin_powers& powers, const admin_words& said) {
    auto count = number(said[1]);
    if (!count) return misuse("say a number of dumps: " + said[1]);
    powers.on.model().faults().dumps = *count;
    return std::string{};
}

admin_answer set_clock(admin_powers& powers, const admin_words& said) {
    if (said[1] != "ahead" && said[1] != "behind") return misuse("say ahead or behind: " + said[1]);
    return set_delay(said[2], [&](duration time) {
        auto offset = said[1] == "ahead" ? time : -time;
        powers.on.model().faults().clock_offset = offset;
        powers.on.log().set_clock_offset(offset);
    });
}

admin_answer slow_recovery(admin_powers& powers, const admin_words& said) {
    result<void> written;
    auto answer =
        set_delay(said[1], [&](duration time) { written = slow_next_start(powers.root, time); });
    if (!written) return tl::unexpected(written.error());
    return answer;
}

admin_answer set_latency(admin_powers& powers, const admin_words& said) {
    return set_delay(said[1], [&](duration time) { powers.peers.speed.latency = time; });
}

admin_answer set_rate(admin_powers& powers, const admin_words& said) {
    auto count = number(said[1]);
    if (!count) return misuse("say a number of kilobytes: " + said[1]);
    powers.peers.speed.kilobytes_per_second = *count;
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

std::vector<admin_action> faults_of_disk_and_clock() {
    return {
        fault_switch("disk-full",
                     "what needs room on the disk is refused: 1105, 9002, 5149, 3202",
                     &faults::disk_full),
        fault_switch("disk-read-only",
                     "every write of the disk is refused: 9001 (the session ends), 5123, 3201",
                     &faults::disk_read_only),
        {"clock ahead|behind MILLISECONDS",
         "the wall clock is so far off; ms_ticks is not",
         2,
         set_clock},
        {"slow-recovery MILLISECONDS",
         "the next start, and no other, lets logins in so much later",
         1,
         slow_recovery},
    };
}

std::vector<admin_action> faults_of_links() {
    return {
        fault_switch(
            "refuse-renewals", "WRITE_LEASE_VALIDITY ends with 41190", &faults::renewals_refused),
        fault_switch("endpoint-down",
                     "the endpoint is STARTED, and nobody listens or dials",
                     &faults::endpoint_down),
        {"link-latency MILLISECONDS",
         "what is sent to other instances arrives so much later",
         1,
         set_latency},
        {"link-rate KILOBYTES",
         "so much is sent to each other instance in a second; 0: as much as there is",
         1,
         set_rate},
    };
}

}  // namespace ha::mssqlsim
