// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <string>
#include <string_view>

// The one way to read a whole file: settings, Secrets, records and what the kernel tells in /proc.

namespace ha {

// Every byte of the file, which may be of any size, of size 0 by its folder and more when read
// (/proc), or a pipe. Errors say "cannot read WHAT PATH: " and why; `what` is what the file is to
// its reader ("the password file") and may be left out. Kinds: not_found when nothing has that
// name; failed for the rest: a folder, no rights, gone while it was read, a disk's error.
result<std::string> read_file(const std::string& path, std::string_view what = {});

// The error of a file that could not be read, by the number that the system gave.
error unreadable(const std::string& path, std::string_view what, int number);

}  // namespace ha
