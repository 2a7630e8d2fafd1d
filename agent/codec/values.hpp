// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"
#include "common/json/checked.hpp"

#include <nlohmann/json_fwd.hpp>

// Parts that several documents of ours have in common.

namespace ha::agent {

nlohmann::json write_configuration(const configuration& value);
configuration read_configuration(const json::view& place);

nlohmann::json write_positions(const std::vector<database_position>& values);
std::vector<database_position> read_positions(const json::view& place, std::string_view key);

// A length of time in whole milliseconds.
std::int64_t milliseconds(duration span);
duration read_milliseconds(const json::view& place, std::string_view key);

// Complains when the document's `format` is newer than this version reads: the error to return.
std::optional<error> newer_format(const json::view& place, std::string_view what);
error newer_format_error(std::int64_t found, std::string_view what);

}  // namespace ha::agent
