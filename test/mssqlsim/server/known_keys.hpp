// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <optional>
#include <string>

// The settings of mssql.conf that are documented for SQL Server on Linux, and what each may say:
// docs linux/sql-server-linux-configure-mssql-conf.md. The double acts on a few and looks at all.

namespace ha::mssqlsim {

enum class key_kind { port, number, switch_, address, text };

// By `section.key` in lower case; nothing: the page has no such key.
std::optional<key_kind> kind_of_key(const std::string& key);

// Errors: malformed, with the name, what it says and what would be right.
result<void> check_value(const std::string& name, key_kind kind, const std::string& text);

result<bool> read_switch(const std::string& name, const std::string& text);

}  // namespace ha::mssqlsim
