// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

// What sqlcmd is called with: the options of Microsoft's (documentation: "sqlcmd utility", the
// variant that is built on ODBC) that scripts around SQL Server in containers use.

namespace ha::sqlcmd {

enum class encryption { optional, mandatory, strict };

struct options {
    std::string host = "localhost";
    std::uint16_t port = 1433;
    std::string user;
    std::string password;
    std::string database;  // empty: the login's
    encryption encrypt = encryption::mandatory;
    bool trust_certificate = false;
    bool read_only = false;  // the application's intent
    std::chrono::seconds login_limit{8};
    std::chrono::seconds query_limit{0};  // 0: none

    bool has_query = false;
    std::string query;
    bool stays = false;  // after the query: goes on with what is typed
    std::vector<std::string> inputs;
    std::string output;

    int headers = 0;  // -1: none; 0: once for each result set; else again after so many rows
    bool trim = false;
    char separator = ' ';
    std::size_t line_width = 80;
    std::size_t long_width = 256;  // of columns that have no length of their own; 0: no limit
    bool echo = false;
    bool errors_to_stderr = false;

    bool stops_at_error = false;
    int severity = 0;  // -V; 0: not given
    bool substitutes = true;
    std::map<std::string, std::string> variables;  // names in small letters
    bool help = false;
};

// `environment` gives a variable's value, or null. Errors: malformed, one line for people.
result<options> read_options(std::span<const std::string> words,
                             const std::function<const char*(const char*)>& environment);

extern const char* const usage;

}  // namespace ha::sqlcmd
