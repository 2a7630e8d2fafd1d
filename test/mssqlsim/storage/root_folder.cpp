// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/root_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>

namespace ha::mssqlsim {

result<void> make_root_folder(disk& on, const std::string& path, const std::string& data_path) {
    return make_folders(on, data_path)
        .and_then([&] { return make_folders(on, path + "/log"); })
        .and_then([&] { return make_folders(on, path + "/secrets"); });
}

result<root_folder> root_folder::open(const std::string& path, const std::string& data) {
    auto data_path = data.empty() ? path + "/data" : data;
    auto made = make_root_folder(machine_disk(), path, data_path);
    if (!made) return tl::unexpected(made.error());
    auto lock = file::open(data_path + "/.lock", O_RDWR | O_CREAT);
    if (!lock) return tl::unexpected(lock.error());
    if (::flock(lock->descriptor(), LOCK_EX | LOCK_NB) != 0)
        return failure(errc::refused, data_path + " is in use by another instance");
    return root_folder(path, data_path, std::move(*lock));
}

std::string root_folder::place_of(const std::string& named) const {
    constexpr std::string_view usual = "/var/opt/mssql/";
    if (named.starts_with(usual)) return path_ + "/" + named.substr(usual.size());
    return named.starts_with("/") ? named : data_ + "/" + named;
}

}  // namespace ha::mssqlsim
