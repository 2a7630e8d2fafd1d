// SPDX-License-Identifier: MIT
#include "agent/daemon/secrets.hpp"

#include "common/files/read_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/random.h>
#include <unistd.h>
#include <vector>

namespace ha::agent {

namespace {

tl::unexpected<error> trouble(const char* what, const std::string& path) {
    return failure(
        errc::failed,
        std::string("cannot ") + what + " the password file " + path + ": " + std::strerror(errno));
}

result<void> make_file(const std::string& path, const std::string& text) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    auto fresh = path + ".new";
    int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return trouble("make", fresh);
    bool good = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                ::fsync(file) == 0;
    if (::close(file) != 0 || !good) return trouble("write", fresh);
    if (::rename(fresh.c_str(), path.c_str()) != 0) return trouble("rename", fresh);
    return {};
}

}  // namespace

result<std::string> read_password(const std::string& path) {
    auto text = read_file(path, "the password file");
    if (!text) return text;
    auto last = text->find_last_not_of("\r\n");
    text->erase(last == std::string::npos ? 0 : last + 1);
    if (text->empty()) return failure(errc::failed, "the password file " + path + " is empty");
    return text;
}

result<std::string> read_or_make_password(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return read_password(path);
    constexpr std::size_t bytes = 24;
    auto password = "Ha1-" + random_digits(bytes);
    auto made = make_file(path, password + "\n");
    if (!made) return tl::unexpected(made.error());
    return password;
}

std::string random_digits(std::size_t bytes) {
    std::vector<unsigned char> drawn(bytes);
    // Up to 256 bytes come whole or not at all.
    if (getrandom(drawn.data(), bytes, 0) != static_cast<ssize_t>(bytes)) std::abort();
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (auto byte : drawn) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace ha::agent
