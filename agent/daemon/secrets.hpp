// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <string>

// Passwords in files.

namespace ha::agent {

// The file's text without the line end that people leave behind. Errors: of read_file, and failed
// when nothing is in it.
result<std::string> read_password(const std::string& path);

// The same, but a file that is missing is made, readable to us alone, with a random password that
// satisfies SQL Server's policy.
result<std::string> read_or_make_password(const std::string& path);

// So many random bytes as hexadecimal digits.
std::string random_digits(std::size_t bytes);

}  // namespace ha::agent
