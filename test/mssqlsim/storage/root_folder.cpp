// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/root_folder.hpp"

#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>

namespace ha::mssqlsim {

result<root_folder> root_folder::open(const std::string& path) {
    std::error_code trouble;
    for (auto part : {"data", "log", "secrets"}) {
        std::filesystem::create_directories(path + "/" + part, trouble);
        if (trouble)
            return failure(errc::failed, "making " + path + "/" + part + ": " + trouble.message());
    }
    auto lock = file::open(path + "/.lock", O_RDWR | O_CREAT);
    if (!lock) return tl::unexpected(lock.error());
    if (::flock(lock->descriptor(), LOCK_EX | LOCK_NB) != 0)
        return failure(errc::refused, path + " is in use by another instance");
    return root_folder(path, std::move(*lock));
}

}  // namespace ha::mssqlsim
