// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace ha::test {

// A folder of its own for one test, gone after it.
class scratch_folder {
public:
    scratch_folder() : path_(std::filesystem::temp_directory_path() / "mssqlsim-XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no scratch folder");
    }
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

}  // namespace ha::test
