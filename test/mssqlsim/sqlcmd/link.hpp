// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/sqlcmd/options.hpp"
#include "test/mssqlsim/sqlcmd/table.hpp"

#include <memory>

// The connection to the server, over whatever driver is installed, word by word: what it says comes
// in its order.

namespace ha::sqlcmd {

struct message {
    std::int64_t number = 0;
    int severity = 0;
    int state = 0;
    std::string server;
    std::string procedure;
    int line = 0;
    std::string text;
    bool from_server = false;  // else the driver's own
};

// Who is told what a batch brings.
struct listener {
    std::function<void(const message&)> said;
    std::function<void(std::vector<column>)> set_begins;
    std::function<void(std::vector<std::optional<std::string>>)> row;
    std::function<void(std::int64_t rows)> counted;
};

class link {
public:
    link();
    ~link();
    link(const link&) = delete;
    link& operator=(const link&) = delete;

    // False: `to` was told why.
    bool open(const options& how, const listener& to);
    // False: the server or the driver gave up; `to` was told why.
    bool run(const std::string& batch, const options& how, const listener& to);

    const std::string& driver() const { return driver_; }

private:
    struct parts;
    std::unique_ptr<parts> parts_;
    std::string driver_;
};

}  // namespace ha::sqlcmd
