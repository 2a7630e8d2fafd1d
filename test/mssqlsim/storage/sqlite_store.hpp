// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/model/row_store.hpp"

#include <memory>
#include <string>

// Rows in SQLite: what redo makes of the log. The file is scratch: each start makes it anew from
// the log, so it needs neither fsync nor a journal, and a crash cannot leave it behind the truth.

namespace ha::mssqlsim {

// Empties the file if it is there. SQLite's own trouble later on ends the process, as the loss of a
// data file ends a real engine.
result<std::unique_ptr<row_store>> make_sqlite_store(const std::string& path);

}  // namespace ha::mssqlsim
