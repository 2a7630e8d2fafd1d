// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/errorlog.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <filesystem>

namespace ha::mssqlsim {

result<errorlog> errorlog::open(const std::string& path, const clock_source& clock) {
    std::error_code none_before;
    std::filesystem::rename(path, path + ".1", none_before);
    auto opened = file::open(path, O_WRONLY | O_CREAT | O_APPEND);
    if (!opened) return tl::unexpected(opened.error());
    return errorlog(std::move(*opened), clock);
}

void errorlog::write(const std::string& text) {
    using namespace std::chrono;
    auto now = clock_->wall_time() + duration_cast<std::chrono::system_clock::duration>(offset_);
    auto hundredths = duration_cast<milliseconds>(now.time_since_epoch()).count() / 10 % 100;
    auto seconds = system_clock::to_time_t(now);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> date{};
    std::strftime(date.data(), date.size(), "%Y-%m-%d %H:%M:%S", &parts);
    std::array<char, 64> head{};
    std::snprintf(head.data(), head.size(), "%s.%02d ", date.data(), static_cast<int>(hundredths));
    write_as_it_is(head.data() + text);
}

void errorlog::write_as_it_is(const std::string& line) {
    (void)file_.write_all(line + "\n");  // a log that cannot be written is no reason to stop
}

}  // namespace ha::mssqlsim
