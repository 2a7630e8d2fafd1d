// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/storage/disk.hpp"
#include "test/mssqlsim/storage/file.hpp"

#include <string>

// The folder an instance lives in, as /var/opt/mssql is for a real one.

namespace ha::mssqlsim {

// The folder and its parts, durable.
result<void> make_root_folder(disk& on, const std::string& path, const std::string& data_path);

class root_folder {
public:
    // Makes it and its parts (data, log, secrets) if they are not there, and locks it: refused when
    // another process has it. The lock ends with its owner. The data may be in a folder elsewhere.
    static result<root_folder> open(const std::string& path, const std::string& data = {});

    std::string log_path() const { return data_ + "/master.log"; }
    std::string rows_path() const { return data_ + "/rows.db"; }
    std::string errorlog_path() const { return path_ + "/log/errorlog"; }
    // A file that T-SQL names: below /var/opt/mssql is below this folder, and a name without a
    // folder is among the data.
    std::string place_of(const std::string& named) const;
    std::string certificate_path() const { return path_ + "/secrets/server.crt"; }
    std::string key_path() const { return path_ + "/secrets/server.key"; }

private:
    root_folder(std::string path, std::string data, file lock)
        : path_(std::move(path)), data_(std::move(data)), lock_(std::move(lock)) {}
    std::string path_;
    std::string data_;
    file lock_;
};

}  // namespace ha::mssqlsim
