// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_locks.hpp"

#include "test/mssqlsim/tsql/value.hpp"

namespace ha::mssqlsim {

std::string lock_of(const std::string& database,
                    const std::string& table,
                    const std::string& what) {
    return lower(database) + '\n' + lower(table) + '\n' + what;
}

// The names of rows begin with a #, those of keys with a =.
std::string lock_of_change(const std::string& database, const std::string& table) {
    return lock_of(database, table, "changed");
}

std::string lock_of_whole(const std::string& database, const std::string& table) {
    return lock_of(database, table, "whole");
}

}  // namespace ha::mssqlsim
