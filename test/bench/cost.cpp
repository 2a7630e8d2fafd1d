// SPDX-License-Identifier: MIT
#include "test/bench/cost.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace ha::bench {
namespace {

std::string folder_of(int pid) {
    return "/proc/" + std::to_string(pid);
}

// Microsoft's driver, FreeTDS, and the libraries that come into the process with them alone.
bool of_a_driver(std::string_view path) {
    static constexpr std::array names{"libmsodbcsql",
                                      "libtdsodbc",
                                      "libodbcinst",
                                      "libkrb5",
                                      "libgssapi",
                                      "libk5crypto",
                                      "libgnutls",
                                      "locale"};
    for (std::string_view name : names) {
        if (path.find(name) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

result<memory> memory_of(int pid) {
    auto path = folder_of(pid) + "/smaps";
    std::ifstream in{path};
    if (!in) return failure(errc::not_found, "cannot read " + path);
    memory made;
    bool driver = false;
    for (std::string line; std::getline(in, line);) {
        std::istringstream words{line};
        std::string first;
        words >> first;
        // A mapping's head is "address-address rights offset device inode path".
        if (first.find('-') != std::string::npos && !first.ends_with(':')) {
            driver = of_a_driver(line);
        } else if (first == "Pss:") {
            std::int64_t kib = 0;
            words >> kib;
            made.pss_kib += kib;
            if (driver) made.driver_kib += kib;
        }
    }
    return made;
}

result<duration> processor_time_of(int pid) {
    auto path = folder_of(pid) + "/stat";
    std::ifstream in{path};
    std::string line;
    if (!std::getline(in, line)) return failure(errc::not_found, "cannot read " + path);
    // The program's name stands in parentheses and may hold blanks: count from behind it.
    std::istringstream words{line.substr(line.rfind(')') + 1)};
    std::string skipped;
    constexpr int before_user_time = 11;  // proc(5): state is the first word, utime the twelfth
    for (int i = 0; i < before_user_time; ++i) words >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    words >> user >> system;
    auto tick = std::chrono::duration_cast<duration>(std::chrono::seconds{1}) /
                static_cast<std::int64_t>(sysconf(_SC_CLK_TCK));
    return tick * (user + system);
}

}  // namespace ha::bench
