// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ha::mssqlsim {

file::~file() {
    if (is_open()) ::close(descriptor_);
}

file::file(file&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

file& file::operator=(file&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

result<file> file::open(const std::string& path, int flags) {
    auto descriptor = ::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) return system_failure("opening " + path);
    return file(descriptor);
}

result<std::string> file::read_all() const {
    std::string out;
    std::array<char, 64 * 1024> block{};
    if (::lseek(descriptor_, 0, SEEK_SET) < 0) return system_failure("reading a file");
    for (;;) {
        auto got = ::read(descriptor_, block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_failure("reading a file");
        if (got == 0) return out;
        out.append(block.data(), static_cast<std::size_t>(got));
    }
}

result<void> file::write_all(std::string_view bytes) const {
    while (!bytes.empty()) {
        auto wrote = ::write(descriptor_, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return system_failure("writing a file");
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return {};
}

result<void> file::cut(std::uint64_t size) const {
    auto end = static_cast<off_t>(size);
    if (::ftruncate(descriptor_, end) != 0 || ::lseek(descriptor_, end, SEEK_SET) < 0)
        return system_failure("cutting a file");
    return {};
}

result<void> file::sync() const {
    if (::fdatasync(descriptor_) != 0) return system_failure("syncing a file");
    return {};
}

tl::unexpected<error> system_failure(const std::string& what) {
    return failure(errc::failed, what + ": " + std::generic_category().message(errno));
}

result<void> sync_folder(const std::string& path) {
    auto folder = file::open(path, O_RDONLY | O_DIRECTORY);
    if (!folder) return tl::unexpected(folder.error());
    if (::fsync(folder->descriptor()) != 0) return system_failure("syncing " + path);
    return {};
}

}  // namespace ha::mssqlsim
