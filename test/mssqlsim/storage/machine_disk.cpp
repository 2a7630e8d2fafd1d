// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/disk.hpp"
#include "test/mssqlsim/storage/file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>

// The machine's own disk, by system calls.

namespace ha::mssqlsim {

namespace {

class machine_file final : public disk_file {
public:
    explicit machine_file(file opened) : file_(std::move(opened)) {}
    result<std::string> read_all() const override { return file_.read_all(); }
    result<void> append(std::string_view bytes) override { return file_.write_all(bytes); }
    result<void> cut(std::uint64_t size) override { return file_.cut(size); }
    result<void> sync() override { return file_.sync(); }

private:
    file file_;
};

class real_disk final : public disk {
public:
    result<std::unique_ptr<disk_file>> open(const std::string& path) override {
        auto opened = file::open(path, O_RDWR | O_CREAT | O_APPEND);
        if (!opened) return tl::unexpected(opened.error());
        return std::make_unique<machine_file>(std::move(*opened));
    }

    bool exists(const std::string& path) const override {
        std::error_code trouble;
        return std::filesystem::exists(path, trouble);
    }

    result<void> rename(const std::string& from, const std::string& to) override {
        std::error_code trouble;
        std::filesystem::rename(from, to, trouble);
        if (trouble) return failure(errc::failed, "renaming " + from + ": " + trouble.message());
        return {};
    }

    result<void> make_folder(const std::string& path) override {
        std::error_code trouble;
        std::filesystem::create_directory(path, trouble);
        if (trouble) return failure(errc::failed, "making " + path + ": " + trouble.message());
        return {};
    }

    // A folder that this process may not read was not made by it, and gets no names from it.
    result<void> sync_folder(const std::string& path) override {
        errno = 0;
        auto synced = mssqlsim::sync_folder(path);
        if (!synced && errno == EACCES) return {};
        return synced;
    }
};

}  // namespace

disk& machine_disk() {
    static real_disk only;
    return only;
}

}  // namespace ha::mssqlsim
