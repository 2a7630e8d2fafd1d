// SPDX-License-Identifier: MIT
#pragma once

#include <string>

// The locks of open transactions, by name. Rows and keys are held by one; that a table's rows are
// changed is held by as many as change them; whoever makes a table, drops it or makes it anew holds
// it whole, beside nobody.

namespace ha::mssqlsim {

std::string lock_of(const std::string& database, const std::string& table, const std::string& what);
std::string lock_of_change(const std::string& database, const std::string& table);
std::string lock_of_whole(const std::string& database, const std::string& table);

}  // namespace ha::mssqlsim
