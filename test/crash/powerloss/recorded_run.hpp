// SPDX-License-Identifier: MIT
#pragma once

#include "test/crash/powerloss/kept_disks.hpp"
#include "test/crash/powerloss/workload.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

// A group of three with clients, crashes and changes of role, played on virtual time: what its
// machines wrote, operation by operation, and what was promised when. The same seed is the same
// run.

namespace ha::crash {

// Given when so many operations were done; holds from then on.
struct promise {
    enum class kind {
        hardened,   // an instance told its model, and so its peers: all up to `count` is on disk
        committed,  // a client was told: this pair has this version
        formed,     // the group with its database stands
        backed_up,  // BACKUP was answered: the text is in the file
    };
    std::size_t operations = 0;
    kind what{};
    std::size_t node = 0;
    std::size_t count = 0;
    pair_number pair = 0;
    version of = 0;
    std::string text;
};

struct recorded_run {
    memory_disk disk;
    std::vector<promise> promises;
    std::array<std::vector<std::string>, group_size> written;  // records, all that ever were
    std::map<pair_number, version> asked;  // the last version that a client asked for
    std::size_t commits = 0;               // that were acknowledged
    std::size_t crashes = 0;
    std::size_t promotions = 0;
    std::vector<std::string> troubles;  // the run itself went wrong
};

struct run_plan {
    std::uint64_t seed = 1;
    int rounds = 60;
    bool without_sync = false;
};

recorded_run record(const run_plan& plan);

}  // namespace ha::crash
