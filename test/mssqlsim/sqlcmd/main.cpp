// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/desk.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>

// The test image's /opt/mssql-tools18/bin/sqlcmd: scripts that call Microsoft's find it there.

int main(int count, char** words) {
    // A driver may write to a socket whose other end is gone.
    std::signal(SIGPIPE, SIG_IGN);
    std::vector<std::string> given{words + 1, words + count};
    auto how = ha::sqlcmd::read_options(given, [](const char* name) { return std::getenv(name); });
    if (!how) {
        std::cerr << how.error().message << "\n";
        return EXIT_FAILURE;
    }
    if (how->help) {
        std::cout << ha::sqlcmd::usage;
        return EXIT_SUCCESS;
    }
    return ha::sqlcmd::desk{std::move(*how), std::cout, std::cerr}.work(std::cin);
}
