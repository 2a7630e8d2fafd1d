// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/result.hpp"
#include "test/mssqlsim/server/channel.hpp"
#include "test/mssqlsim/server/errorlog.hpp"
#include "test/mssqlsim/server/pcap.hpp"
#include "test/mssqlsim/tds/server_connection.hpp"

#include <cstdio>
#include <memory>
#include <string>

// A pcap file of all that clients and the double say to each other, as it is before it is encrypted
// and after it was decrypted. TLS handshakes are left out. Made by option `--pcap`.

namespace ha::mssqlsim {

class traffic_file {
public:
    // Begins the file anew; a write that fails later is told to the errorlog, and is the last.
    // Errors: failed, with the path and the reason.
    static result<traffic_file> open(const std::string& path,
                                     const clock_source& clock,
                                     errorlog& log);

    // Records one connection from now on, until the last copy of what is returned is gone. The
    // file must outlive them all.
    tds::plain_traffic follow(const channel& wire);

private:
    struct closes {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    class connection;

    traffic_file(std::FILE* file, const clock_source& clock, errorlog& log)
        : file_(file), clock_(&clock), log_(&log) {}
    void append(const std::string& bytes);

    std::unique_ptr<std::FILE, closes> file_;
    const clock_source* clock_;
    errorlog* log_;
};

}  // namespace ha::mssqlsim
