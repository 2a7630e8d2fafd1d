// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ha::mssqlsim {

// An open file descriptor, closed with its owner.
class file {
public:
    file() = default;
    explicit file(int descriptor) : descriptor_(descriptor) {}
    ~file();
    file(file&& other) noexcept;
    file& operator=(file&& other) noexcept;

    // Flags as for open(2); files it makes are readable by their owner alone.
    static result<file> open(const std::string& path, int flags);

    int descriptor() const { return descriptor_; }
    bool is_open() const { return descriptor_ >= 0; }

    result<std::string> read_all() const;
    result<void> write_all(std::string_view bytes) const;  // where the file's offset stands
    result<void> cut(std::uint64_t size) const;            // and goes to the end
    result<void> sync() const;

private:
    int descriptor_ = -1;
};

// "what: why", after errno.
tl::unexpected<error> system_failure(const std::string& what);

// Makes the names in a folder durable.
result<void> sync_folder(const std::string& path);

}  // namespace ha::mssqlsim
