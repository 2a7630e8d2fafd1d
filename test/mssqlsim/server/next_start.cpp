// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/next_start.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace ha::mssqlsim {

namespace {

std::string path_in(const std::string& root) {
    return root + "/slow-recovery";
}

}  // namespace

result<void> slow_next_start(const std::string& root, duration longer) {
    std::ofstream file(path_in(root));
    file << std::chrono::duration_cast<std::chrono::milliseconds>(longer).count() << "\n";
    file.flush();
    if (!file) return failure(errc::unreachable, "cannot write " + path_in(root));
    return {};
}

duration take_next_start(const std::string& root) {
    std::int64_t milliseconds = 0;
    std::ifstream(path_in(root)) >> milliseconds;
    std::error_code gone;
    std::filesystem::remove(path_in(root), gone);
    return std::chrono::milliseconds{std::max<std::int64_t>(milliseconds, 0)};
}

}  // namespace ha::mssqlsim
