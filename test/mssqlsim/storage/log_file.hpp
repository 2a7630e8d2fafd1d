// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/storage/disk.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// The log on disk, which is the truth. Records are appended in batches; a batch is whole or is not
// there.
//
// The file begins with sixteen bytes (magic, format version, CRC). Then batches follow, each a
// header (marker, size of the body, CRC-32C of size and body) and a body of records, each with its
// size before it. All numbers are little-endian.

namespace ha::mssqlsim {

struct opened_log;

class log_file {
public:
    // Opens or makes it. A torn batch at the end, as a crash leaves it, is cut off and told in
    // `notes`. Errors: malformed when something before the end is damaged (a whole batch follows
    // the damage; the message names the offset) or when the format is not ours; failed for the
    // disk's own trouble.
    static result<opened_log> open(const std::string& path, disk& on = machine_disk());

    // Durable when it returns. After an error nobody knows what is on the disk: open it anew.
    result<void> append(const std::vector<std::string>& records);

    static constexpr std::uint32_t format_version = 1;

private:
    explicit log_file(std::unique_ptr<disk_file> opened) : file_(std::move(opened)) {}
    std::unique_ptr<disk_file> file_;
};

struct opened_log {
    log_file log;
    std::vector<std::string> records;
    std::vector<std::string> notes;  // for the errorlog
};

}  // namespace ha::mssqlsim
