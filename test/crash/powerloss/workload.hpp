// SPDX-License-Identifier: MIT
#pragma once

#include "test/unit/mssqlsim/model/cluster_harness.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

// What clients do to a group, and what may be seen of it afterwards. A transaction writes a pair of
// rows: both or none of them are there, with the same version.

namespace ha::crash {

using pair_number = std::int64_t;
using version = std::int64_t;

std::string insert_pair(pair_number which);              // as version 1
std::string update_pair(pair_number which, version to);  // from the version before

// The versions of all pairs, of a primary. A pair that is torn has version -1.
std::optional<std::map<pair_number, version>> read_pairs(mssqlsim::cluster_harness& group,
                                                         std::size_t primary);

// Of three instances that all run: the one with the newest configuration that the engine does not
// refuse becomes primary, the others follow. Nothing: no instance would.
std::optional<std::size_t> regroup(mssqlsim::cluster_harness& group);

}  // namespace ha::crash
