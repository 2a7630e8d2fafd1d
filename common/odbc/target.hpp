// SPDX-License-Identifier: MIT
#pragma once

#include "common/log/secret.hpp"
#include "common/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Which server, through which driver, as whom.

namespace ha::odbc {

// The drivers we know the keywords of, by the names they are installed under, best first.
inline constexpr std::string_view microsoft_driver = "ODBC Driver 18 for SQL Server";
inline constexpr std::string_view freetds_driver = "FreeTDS";
inline constexpr std::string_view known_drivers[] = {microsoft_driver, freetds_driver};

struct target {
    std::string driver{microsoft_driver};
    std::string address = "127.0.0.1";  // an IP literal
    std::uint16_t port = 1433;
    std::string user;
    secret password;
    std::string program;  // what the server shows as program_name; at most 128 characters
};

// The connection string for the target's driver: encrypted, the certificate not verified (the
// server is on this machine's loopback), no silent reconnects. It holds the password. FreeTDS has
// no way to write a value with both ; and } in it: such a password is refused by the server there.
secret connection_string(const target& where);

// The names in odbcinst.ini.
std::vector<std::string> installed_drivers();

// The first of the wanted drivers that is installed, or `failed` with one line that says what is
// missing and how to get it.
result<std::string> choose_driver(std::span<const std::string_view> wanted,
                                  const std::vector<std::string>& installed);

}  // namespace ha::odbc
