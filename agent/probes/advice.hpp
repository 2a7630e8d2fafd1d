// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

// What helps: for people who read a reason or a condition in the night. Nothing is decided by it.

namespace ha::agent {

struct known_condition {
    std::string_view type;     // as in status and in the metric mssql_ha_condition
    std::string_view meaning;  // one sentence
    std::string_view advice;
};

// Every condition there is.
std::span<const known_condition> known_conditions();

// What to do about a reason; empty for a code that nobody has written a word for.
std::string_view advice_on(std::string_view reason);

// docs/reasons.md: every reason and condition with its sentence and what helps.
std::string reasons_page();

}  // namespace ha::agent
