// SPDX-License-Identifier: MIT
#include "common/files/read_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace ha {

namespace {

// Of a process that ended meanwhile, or a file that was removed on the network's other side.
bool is_gone(int number) {
    return number == ESRCH || number == ESTALE;
}

// 0, or the number of the error. Not by a stream's buffer: that throws at such an error, and takes
// a folder for an empty file.
int read_all(int file, std::string& into) {
    char block[16384];
    for (;;) {
        auto count = ::read(file, block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        if (count == 0) return 0;
        into.append(block, static_cast<std::size_t>(count));
    }
}

}  // namespace

error unreadable(const std::string& path, std::string_view what, int number) {
    std::string message = "cannot read ";
    if (!what.empty()) message.append(what).append(" ");
    message += path + ": ";
    message += is_gone(number) ? "it vanished while it was read" : std::strerror(number);
    return {number == ENOENT ? errc::not_found : errc::failed, message};
}

result<std::string> read_file(const std::string& path, std::string_view what) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return tl::unexpected(unreadable(path, what, errno));
    std::string text;
    const int trouble = read_all(file, text);
    ::close(file);
    if (trouble != 0) return tl::unexpected(unreadable(path, what, trouble));
    return text;
}

}  // namespace ha
