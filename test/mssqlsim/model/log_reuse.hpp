// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>

// What keeps a database's log from being used anew, and what comes of it: it grows, until it may
// grow no more (9002).

namespace ha::mssqlsim {

struct log_hold {
    std::int64_t lsn = 0;  // the log above it is kept
    std::int64_t code = 0;
    const char* reason = "NOTHING";
};

log_hold hold_of(const engine& owner, const database_state& database);

// 9002; its state is the number of the reason.
sql_error log_is_full(const std::string& database, const log_hold& why = {0, 2, "LOG_BACKUP"});

// 9002: the log has no room for another record.
std::optional<sql_error> refuses_log(const engine& owner, const std::string& database);

}  // namespace ha::mssqlsim
