// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"
#include "common/result.hpp"

#include <string>
#include <string_view>

// The replica's own record as text: one line of JSON, then one line with its checksum.

namespace ha::agent {

std::string write_record(const replica_record& record);

// Refused: a newer format. Malformed: torn, or not ours.
result<replica_record> read_record(std::string_view text);

}  // namespace ha::agent
