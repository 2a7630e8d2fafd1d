// SPDX-License-Identifier: MIT
#include "agent/sensors/process_table.hpp"

#include "common/files/read_file.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string_view>
#include <unistd.h>

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

std::optional<int> number(std::string_view text) {
    int value = 0;
    auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return {};
    return value;
}

// The first word after "Key:" in /proc/<pid>/status.
std::string status_word(const std::string& status, std::string_view key) {
    auto line = status.find(key);
    while (line != std::string::npos && line != 0 && status[line - 1] != '\n')
        line = status.find(key, line + 1);
    if (line == std::string::npos) return "";
    auto from = status.find_first_not_of(" \t", line + key.size());
    if (from == std::string::npos) return "";
    return status.substr(from, status.find_first_of(" \t\n", from) - from);
}

// Arguments and variables end with a zero byte each.
bool has_entry(const result<std::string>& list, const std::string& wanted) {
    if (!list) return false;
    std::string_view rest = *list;
    while (!rest.empty()) {
        auto end = rest.find('\0');
        if (rest.substr(0, end) == wanted) return true;
        rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    }
    return false;
}

}  // namespace

bool is_wanted(const std::string& folder, int process, const process_filter& filter, unsigned uid) {
    auto base = folder + "/" + std::to_string(process) + "/";
    auto name = read_file(base + "comm");
    if (!name || *name != filter.name + "\n") return false;
    auto status = read_file(base + "status");
    if (!status || status_word(*status, "State:") == "Z") return false;
    if (status_word(*status, "Uid:") != std::to_string(uid)) return false;
    if (!filter.argument.empty() && !has_entry(read_file(base + "cmdline"), filter.argument))
        return false;
    return filter.variable.empty() || has_entry(read_file(base + "environ"), filter.variable);
}

std::vector<int> find_processes(const std::string& folder,
                                const process_filter& filter,
                                unsigned uid) {
    std::vector<int> found;
    std::error_code trouble;
    auto entry = std::filesystem::directory_iterator(folder, trouble);
    for (; !trouble && entry != std::filesystem::directory_iterator(); entry.increment(trouble)) {
        auto process = number(entry->path().filename().string());
        if (process && is_wanted(folder, *process, filter, uid)) found.push_back(*process);
    }
    std::sort(found.begin(), found.end());
    return found;
}

// The 22nd word of /proc/<pid>/stat, in ticks since the machine was started. The second is the name
// in brackets, which may hold anything.
instant beginning_of(const std::string& folder, int process) {
    auto stat = read_file(folder + "/" + std::to_string(process) + "/stat").value_or("");
    std::istringstream words(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
    std::string skipped;
    for (int word = 3; word < 22; ++word) words >> skipped;
    std::int64_t ticks = 0;
    if (!(words >> ticks)) return {};
    return instant{std::chrono::nanoseconds{1s} / sysconf(_SC_CLK_TCK) * ticks};
}

bool is_namespace_shared(const std::string& folder, int self) {
    constexpr int first = 1;
    for (int process = self; process != first;) {
        auto status = read_file(folder + "/" + std::to_string(process) + "/status");
        if (!status) return false;
        auto parent = number(status_word(*status, "PPid:"));
        if (!parent) return false;
        if (*parent == 0) return true;  // came from outside, beside the first process
        process = *parent;
    }
    return false;
}

}  // namespace ha::agent
