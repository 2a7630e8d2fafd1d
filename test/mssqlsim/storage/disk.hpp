// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

// What must outlive a loss of power goes through here: the machine's own disk, or one in memory
// that remembers what was written and what of it was synced.

namespace ha::mssqlsim {

class disk_file {
public:
    virtual ~disk_file() = default;
    virtual result<std::string> read_all() const = 0;
    virtual result<void> append(std::string_view bytes) = 0;
    virtual result<void> cut(std::uint64_t size) = 0;
    // Its bytes are durable when this returns; its name is when its folder was synced.
    virtual result<void> sync() = 0;
};

class disk {
public:
    virtual ~disk() = default;
    virtual result<std::unique_ptr<disk_file>> open(const std::string& path) = 0;  // makes it, too
    virtual bool exists(const std::string& path) const = 0;
    virtual result<void> rename(const std::string& from, const std::string& to) = 0;
    virtual result<void> make_folder(const std::string& path) = 0;  // its parent is there
    virtual result<void> sync_folder(const std::string& path) = 0;
};

disk& machine_disk();

// All of these are durable when they return, whatever an earlier process that was killed half-way
// left behind.

// The folder and those above it.
result<void> make_folders(disk& on, const std::string& path);
// Either the old contents are there after a loss of power or the new ones.
result<void> replace_file(disk& on, const std::string& path, const std::string& text);
result<void> append_to_file(disk& on, const std::string& path, const std::string& text);

// Two texts that belong together, a key and its certificate.
struct text_pair {
    std::string key;
    std::string certificate;
};
struct pair_paths {
    std::string key;
    std::string certificate;
};
// The pair that is kept there; without one, what `make` gives is kept and returned.
result<text_pair> kept_pair(disk& on,
                            const pair_paths& where,
                            const std::function<result<text_pair>()>& make);

}  // namespace ha::mssqlsim
